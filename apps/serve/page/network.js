// The network in the browser, in float64: values, derivatives and spectra at one point. No DOM, no requests.

const activations = {
  tanh: [Math.tanh, (z) => 1 - Math.tanh(z) ** 2],
  relu: [(z) => Math.max(z, 0), (z) => (z > 0 ? 1 : 0)],
  softplus: [(z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))), (z) => 1 / (1 + Math.exp(-z))],
  sin: [Math.sin, Math.cos],
  identity: [(z) => z, () => 1],
};

/** Reads what /models/{m}/network sends: parameters as base64 of little-endian float32, in the order lift, blocks, readout. */
export function readNetwork({ config, members }) {
  const { inputs, outputs, width, depth } = config;
  return {
    config,
    members: members.map(({ parameters, preparation }) => {
      const bytes = Uint8Array.from(atob(parameters), (c) => c.charCodeAt(0));
      const all = new Float32Array(bytes.buffer);
      let offset = 0;
      const take = (count) => {
        offset += count;
        return all.subarray(offset - count, offset);
      };
      const lift = { weight: take(width * inputs), bias: take(width) };
      const weights = Array.from({ length: depth }, () => take(width * width));
      const blocks = weights.map((weight) => ({ weight, bias: take(width) }));
      const readout = { weight: take(outputs * width), bias: take(outputs) };
      return { lift, blocks, readout, preparation };
    }),
  };
}

function affine({ weight, bias }, x) {
  return Float64Array.from(bias, (b, i) => {
    let sum = b;
    for (let j = 0; j < x.length; j++) sum += weight[i * x.length + j] * x[j];
    return sum;
  });
}

/** One member at one point: physical outputs, and the slopes s'(z_n) of every block. */
function forward(config, member, x) {
  const { lift, blocks, readout, preparation } = member;
  const [value, slope] = activations[config.activation];
  const { values: prepared, slope: inputSlope } = prepare(preparation.inputs, Float64Array.from(x));
  const z0 = affine(lift, prepared);
  let h = config.lift === "tanh" ? z0.map(Math.tanh) : z0;
  const liftSlope = config.lift === "tanh" ? h.map((v) => 1 - v * v) : h.map(() => 1);
  const slopes = blocks.map((block) => {
    const z = affine(block, h);
    h = h.map((v, k) => v + (config.horizon / config.depth) * value(z[k]));
    return z.map(slope);
  });
  const { values: y, slope: outputSlope } = restore(preparation.outputs, affine(readout, h));
  return { y, slopes, liftSlope, inputSlope, outputSlope };
}

/** Physical to prepared values, and how a row of derivatives with respect to the prepared ones becomes one with respect to the physical. */
function prepare({ steps }, x) {
  const slopes = [];
  let values = x;
  for (const step of steps) {
    const before = values;
    if (step.kind === "affine") {
      values = values.map((v, j) => (v - step.mean[j]) / step.scale[j]);
      slopes.push((row) => row.map((g, j) => g / step.scale[j]));
    } else if (step.kind === "log") {
      values = values.map((v, j) => (step.applies[j] ? Math.log(v) : v));
      slopes.push((row) => row.map((g, j) => (step.applies[j] ? g / before[j] : g)));
    } else {
      values = Float64Array.from(step.directions, (direction) =>
        direction.reduce((sum, d, j) => sum + d * before[j], 0),
      );
      slopes.push((row) =>
        Float64Array.from(before, (_, j) => step.directions.reduce((sum, d, k) => sum + d[j] * row[k], 0)),
      );
    }
  }
  return { values, slope: (row) => slopes.reduceRight((g, one) => one(g), row) };
}

/** Prepared to physical values, and how a column of derivatives of the prepared ones becomes one of the physical. */
function restore({ steps }, y) {
  const slopes = [];
  let values = y;
  const combine = (directions, v) =>
    Float64Array.from(directions[0], (_, j) => directions.reduce((sum, d, k) => sum + d[j] * v[k], 0));
  for (const step of steps.toReversed()) {
    if (step.kind === "affine") {
      values = values.map((v, j) => step.mean[j] + step.scale[j] * v);
      slopes.push((column) => column.map((g, j) => g * step.scale[j]));
    } else if (step.kind === "log") {
      const after = values.map((v, j) => (step.applies[j] ? Math.exp(v) : v));
      slopes.push((column) => column.map((g, j) => (step.applies[j] ? g * after[j] : g)));
      values = after;
    } else {
      values = combine(step.directions, values);
      slopes.push((column) => combine(step.directions, column));
    }
  }
  return { values, slope: (column) => slopes.reduce((g, one) => one(g), column) };
}

/** Mean and standard deviation over the members; the spread is undefined for a single network. */
export function predict({ config, members }, x) {
  const all = members.map((member) => forward(config, member, x).y);
  const mean = all[0].map((_, j) => all.reduce((sum, y) => sum + y[j], 0) / all.length);
  if (all.length === 1) return { mean };
  const std = mean.map((m, j) => Math.sqrt(all.reduce((sum, y) => sum + (y[j] - m) ** 2, 0) / all.length));
  return { mean, std };
}

/** dy/dx of the mean over the members, row-major [outputs, inputs], in physical units. */
export function sensitivities({ config, members }, x) {
  const { width, depth, horizon } = config;
  let total;
  for (const member of members) {
    const { y, slopes, liftSlope, inputSlope, outputSlope } = forward(config, member, x);
    const rows = Array.from({ length: config.outputs }, (_, o) => {
      let g = Float64Array.from(member.readout.weight.subarray(o * width, (o + 1) * width));
      for (let n = depth - 1; n >= 0; n--) {
        const scaled = g.map((v, k) => v * slopes[n][k] * (horizon / depth));
        g = g.map((v, j) => v + product(scaled, member.blocks[n].weight, j));
      }
      g = g.map((v, k) => v * liftSlope[k]);
      return inputSlope(
        Float64Array.from({ length: config.inputs }, (_, i) => product(g, member.lift.weight, i)),
      );
    });
    total ??= new Float64Array(y.length * x.length);
    for (let i = 0; i < x.length; i++) {
      const column = outputSlope(Float64Array.from(rows, (row) => row[i]));
      for (let o = 0; o < y.length; o++) total[o * x.length + i] += column[o] / members.length;
    }
  }
  return total;
}

/** Component j of row vector times matrix. */
function product(row, matrix, j) {
  const columns = matrix.length / row.length;
  let sum = 0;
  for (let k = 0; k < row.length; k++) sum += row[k] * matrix[k * columns + j];
  return sum;
}

/** The eigenvalues of J_n = diag(s'(z_n)) W_n of every layer of one member at x, in 1/time. */
export function spectra({ config, members }, x, member = 0) {
  const { slopes } = forward(config, members[member], x);
  const { width } = config;
  return members[member].blocks.map(({ weight }, n) =>
    eigenvalues(
      Float64Array.from(weight, (w, k) => slopes[n][Math.floor(k / width)] * w),
      width,
    ),
  );
}

/** Eigenvalues [re, im] of a real matrix [size, size]: reduction to Hessenberg form, then the complex QR iteration with Wilkinson's shift. */
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
