// The network in the browser, in float64: values, derivatives and spectra at one point. No DOM, no requests.

const activations = {
  tanh: [Math.tanh, (z) => 1 - Math.tanh(z) ** 2],
  relu: [(z) => Math.max(z, 0), (z) => (z > 0 ? 1 : 0)],
  softplus: [(z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))), (z) => 1 / (1 + Math.exp(-z))],
  sin: [Math.sin, Math.cos],
  identity: [(z) => z, () => 1],
};

/** Reads what /models/{m}/network sends: parameters as base64 of little-endian float32, in the order lift, blocks, readout. */
export function readNetwork({ config, passage, members }) {
  const { inputs, outputs, width, augment = 0 } = config;
  const { terms, phi } = passage;
  const state = width + augment;
  return {
    config: { ...config, state },
    passage,
    members: members.map(({ parameters, preparation }) => {
      const bytes = Uint8Array.from(atob(parameters), (c) => c.charCodeAt(0));
      const all = new Float32Array(bytes.buffer);
      let offset = 0;
      const take = (count) => {
        offset += count;
        return all.subarray(offset - count, offset);
      };
      const end = (kind, rows, columns) =>
        kind === "none" ? undefined : { weight: take(rows * columns), bias: take(rows) };
      const lift = end(config.lift, width, inputs);
      const weights = Array.from({ length: terms }, () => take(state * state));
      const biases = Array.from({ length: terms }, () => take(state));
      const readout = end(config.readout, outputs, state);
      const sum = (node, parts) =>
        Float64Array.from(parts[0], (_, k) =>
          parts.reduce((total, part, j) => total + phi[node * terms + j] * part[k], 0),
        );
      const nodes = Array.from({ length: phi.length / terms }, (_, m) => ({
        weight: sum(m, weights),
        bias: sum(m, biases),
      }));
      return { lift, nodes, readout, preparation };
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

/** One member at one point: physical outputs, and the slopes s'(z) and node of every stage of every step. */
function forward({ config, passage }, member, x) {
  const { lift, nodes, readout, preparation } = member;
  const { a, b, nodeOf } = passage;
  const [value, slope] = activations[config.activation];
  const alpha = config.horizon / config.depth;
  const { values: prepared, slope: inputSlope } = prepare(preparation.inputs, Float64Array.from(x));
  const z0 = lift ? affine(lift, prepared) : prepared;
  const lifted = config.lift === "tanh" ? z0.map(Math.tanh) : z0;
  const liftSlope = config.lift === "tanh" ? lifted.map((v) => 1 - v * v) : lifted.map(() => 1);
  let h = new Float64Array(config.state);
  h.set(lifted);
  const steps = Array.from({ length: config.depth }, (_, n) => {
    const k = [];
    const along = (c) => h.map((v, r) => v + alpha * k.reduce((sum, stage, j) => sum + c[j] * stage[r], 0));
    const stages = a.map((row, i) => {
      const node = nodes[nodeOf[n * a.length + i]];
      const z = affine(node, along(row));
      k.push(z.map(value));
      return { weight: node.weight, slope: z.map(slope) };
    });
    h = config.skip === false ? k[0] : along(b);
    return stages;
  });
  const y = readout ? affine(readout, h) : h.slice(0, config.outputs);
  const { values, slope: outputSlope } = restore(preparation.outputs, y);
  return { y: values, steps, liftSlope, inputSlope, outputSlope };
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
export function predict(network, x) {
  const all = network.members.map((member) => forward(network, member, x).y);
  const mean = all[0].map((_, j) => all.reduce((sum, y) => sum + y[j], 0) / all.length);
  if (all.length === 1) return { mean };
  const std = mean.map((m, j) => Math.sqrt(all.reduce((sum, y) => sum + (y[j] - m) ** 2, 0) / all.length));
  return { mean, std };
}

/** dy/dx of the mean over the members, row-major [outputs, inputs], in physical units. */
export function sensitivities(network, x) {
  const { config, members } = network;
  const { inputs, outputs, width, state } = config;
  let total;
  for (const member of members) {
    const { lift, readout } = member;
    const { y, steps, liftSlope, inputSlope, outputSlope } = forward(network, member, x);
    const rows = Array.from({ length: outputs }, (_, o) => {
      const end = Float64Array.from({ length: state }, (_, k) =>
        readout ? readout.weight[o * state + k] : Number(k === o),
      );
      const start = steps.reduceRight((g, stages) => pullback(network, stages, g), end);
      const g = start.slice(0, width).map((v, k) => v * liftSlope[k]);
      return inputSlope(
        lift ? Float64Array.from({ length: inputs }, (_, i) => product(g, lift.weight, i)) : g,
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

/** A row of derivatives with respect to the state after a step, to those before it. */
function pullback({ config, passage: { a, b } }, stages, g) {
  const alpha = config.horizon / config.depth;
  const through = ({ weight, slope }, cotangent) => {
    const scaled = cotangent.map((v, k) => v * slope[k]);
    return cotangent.map((_, j) => product(scaled, weight, j));
  };
  if (config.skip === false) return through(stages[0], g);
  const pulled = [];
  for (let i = stages.length - 1; i >= 0; i--) {
    const later = stages.map((_, l) => l).filter((l) => l > i);
    const cotangent = g.map(
      (v, k) => alpha * later.reduce((sum, l) => sum + a[l][i] * pulled[l][k], b[i] * v),
    );
    pulled[i] = through(stages[i], cotangent);
  }
  return g.map((v, k) => pulled.reduce((sum, row) => sum + row[k], v));
}

/** Component j of row vector times matrix. */
function product(row, matrix, j) {
  const columns = matrix.length / row.length;
  let sum = 0;
  for (let k = 0; k < row.length; k++) sum += row[k] * matrix[k * columns + j];
  return sum;
}

/** The eigenvalues of J_n = diag(s'(z_n)) W_n of every layer, or at the beginning of every step, of one member at x, in 1/time. */
export function spectra(network, x, member = 0) {
  const { state } = network.config;
  return forward(network, network.members[member], x).steps.map(([{ weight, slope }]) =>
    eigenvalues(
      weight.map((w, k) => slope[Math.floor(k / state)] * w),
      state,
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
