// The network in the browser, in float64: values, derivatives and spectra at one point. No DOM, no requests.

import { activations } from "./activations.js";
import { eigenvalues } from "./eigenvalues.js";

/** Reads what /models/{m}/network sends: parameters as base64 of little-endian float32, in the order lift,
 *  blocks, readout. */
export function readNetwork({ config, discretisation, members }) {
  const { inputs, outputs, width, augment = 0 } = config;
  const { terms, phi } = discretisation;
  const state = width + augment;
  return {
    config: { ...config, state },
    discretisation,
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
function forward({ config, discretisation }, member, x) {
  const { lift, nodes, readout, preparation } = member;
  const { a, b, nodeOf } = discretisation;
  const { value, slope } = activations[config.activation];
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

/** Physical to prepared values, and how a row of derivatives with respect to the prepared ones becomes one
 *  with respect to the physical. */
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

/** Prepared to physical values, and how a column of derivatives of the prepared ones becomes one of the
 *  physical. */
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
function pullback({ config, discretisation: { a, b } }, stages, g) {
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

/** The eigenvalues of J_n = diag(s'(z_n)) W_n of every layer, or at the beginning of every step, of one
 *  member at x, in 1/time. */
export function spectra(network, x, member = 0) {
  const { state } = network.config;
  return forward(network, network.members[member], x).steps.map(([{ weight, slope }]) =>
    eigenvalues(
      weight.map((w, k) => slope[Math.floor(k / state)] * w),
      state,
    ),
  );
}
