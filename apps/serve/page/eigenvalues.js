// Eigenvalues of a real matrix, in float64. No DOM, no requests.

/** Eigenvalues [re, im] of a real matrix [size, size]: reduction to Hessenberg form, then the complex QR
 *  iteration with Wilkinson's shift. */
export function eigenvalues(matrix, size) {
  const re = hessenberg(matrix, size);
  const im = new Float64Array(size * size);
  const found = [];
  let high = size - 1;
  let iterations = 0;
  while (high >= 0) {
    let low = high;
    while (low > 0) {
      const below = Math.hypot(re[low * size + low - 1], im[low * size + low - 1]);
      const [a, b] = [low * size + low, (low - 1) * size + low - 1];
      const near = Math.hypot(re[a], im[a]) + Math.hypot(re[b], im[b]);
      if (below <= Number.EPSILON * near || below < 1e-300) break;
      low--;
    }
    if (low === high) {
      found.push([re[high * size + high], im[high * size + high]]);
      high--;
      iterations = 0;
      continue;
    }
    if (++iterations > 300)
      return [...found, ...Array.from({ length: high + 1 }, () => [Number.NaN, Number.NaN])];
    qrStep(re, im, size, low, high, iterations % 11 === 10);
  }
  return found;
}

/** Householder reduction of a copy. */
function hessenberg(matrix, size) {
  const a = Float64Array.from(matrix);
  for (let k = 0; k < size - 2; k++) {
    const v = new Float64Array(size);
    let norm = 0;
    for (let i = k + 1; i < size; i++) norm = Math.hypot(norm, a[i * size + k]);
    if (norm === 0) continue;
    for (let i = k + 1; i < size; i++) v[i] = a[i * size + k];
    v[k + 1] += v[k + 1] < 0 ? -norm : norm;
    let square = 0;
    for (let i = k + 1; i < size; i++) square += v[i] * v[i];
    const reflect = (index) => {
      let dot = 0;
      for (let i = k + 1; i < size; i++) dot += v[i] * a[index(i)];
      for (let i = k + 1; i < size; i++) a[index(i)] -= (2 * dot * v[i]) / square;
    };
    for (let j = 0; j < size; j++) reflect((i) => i * size + j);
    for (let j = 0; j < size; j++) reflect((i) => j * size + i);
  }
  return a;
}

/** One shifted QR step on rows and columns low..high of a complex Hessenberg matrix, by Givens rotations. */
function qrStep(re, im, size, low, high, exceptional) {
  const [sr, si] = exceptional
    ? [
        Math.hypot(re[high * size + high - 1], im[high * size + high - 1]) + re[high * size + high],
        im[high * size + high],
      ]
    : wilkinson(re, im, size, high);
  for (let i = low; i <= high; i++) {
    re[i * size + i] -= sr;
    im[i * size + i] -= si;
  }
  const rotations = [];
  for (let k = low; k < high; k++) {
    const [p, q] = [k * size + k, (k + 1) * size + k];
    const norm = Math.hypot(re[p], im[p], re[q], im[q]) || 1;
    const rotation = [re[p] / norm, im[p] / norm, re[q] / norm, im[q] / norm];
    rotations.push(rotation);
    for (let j = k; j <= high; j++) rotateRows(re, im, k * size + j, (k + 1) * size + j, rotation);
  }
  for (let k = low; k < high; k++) {
    const last = Math.min(k + 1, high);
    for (let i = low; i <= last; i++)
      rotateColumns(re, im, i * size + k, i * size + k + 1, rotations[k - low]);
  }
  for (let i = low; i <= high; i++) {
    re[i * size + i] += sr;
    im[i * size + i] += si;
  }
}

/** (a, b) to (conj(c) a + conj(s) b, -s a + c b). */
function rotateRows(re, im, a, b, [cr, ci, sr, si]) {
  const [ar, ai, br, bi] = [re[a], im[a], re[b], im[b]];
  re[a] = cr * ar + ci * ai + sr * br + si * bi;
  im[a] = cr * ai - ci * ar + sr * bi - si * br;
  re[b] = -(sr * ar - si * ai) + cr * br - ci * bi;
  im[b] = -(sr * ai + si * ar) + cr * bi + ci * br;
}

/** The conjugate transpose of the same rotation, from the right. */
function rotateColumns(re, im, a, b, [cr, ci, sr, si]) {
  const [ar, ai, br, bi] = [re[a], im[a], re[b], im[b]];
  re[a] = cr * ar - ci * ai + sr * br - si * bi;
  im[a] = cr * ai + ci * ar + sr * bi + si * br;
  re[b] = -(sr * ar + si * ai) + cr * br + ci * bi;
  im[b] = -(sr * ai - si * ar) + cr * bi - ci * br;
}

/** The eigenvalue of the trailing 2 x 2 block that is nearer to its last entry. */
function wilkinson(re, im, size, high) {
  const at = (i, j) => [re[i * size + j], im[i * size + j]];
  const [a, b, c, d] = [at(high - 1, high - 1), at(high - 1, high), at(high, high - 1), at(high, high)];
  const half = [(a[0] - d[0]) / 2, (a[1] - d[1]) / 2];
  const square = [
    half[0] ** 2 - half[1] ** 2 + b[0] * c[0] - b[1] * c[1],
    2 * half[0] * half[1] + b[0] * c[1] + b[1] * c[0],
  ];
  const size2 = Math.hypot(...square);
  const root = [
    Math.sqrt((size2 + square[0]) / 2),
    Math.sign(square[1] || 1) * Math.sqrt(Math.max(0, (size2 - square[0]) / 2)),
  ];
  // Of d + half +- root, the one with the smaller distance from d.
  const sign = half[0] * root[0] + half[1] * root[1] > 0 ? -1 : 1;
  return [d[0] + half[0] + sign * root[0], d[1] + half[1] + sign * root[1]];
}
