import { largestChunk } from "@stiffnet/base";
import { type Model, stateWidth } from "@stiffnet/core";
import { type DifferentiableProxy, requireProxy, type StiffnessProxy } from "./proxy.ts";
import { chooseRows, visitJacobians } from "./visit-jacobians.ts";

/** A proxy on every layer and sample, and what is usually said of it. All in the proxy's unit. */
export interface Measurement {
  readonly proxy: string;
  readonly depth: number;
  readonly samples: number;
  /** values[n * samples + i]: layer n, sample i. */
  readonly values: Float32Array;
  /** Over all layers and samples. */
  readonly mean: number;
  readonly median: number;
  readonly max: number;
  /** Mean of the squares over all layers and samples. */
  readonly meanSquare: number;
  /** Mean over samples of the sum over layers: the slides' total stiffness a sample. */
  readonly sum: number;
  /** Mean over samples, layer by layer: the profile. */
  readonly layers: Float64Array;
}

/** Evaluates a proxy on a model's Jacobians, exactly even if training uses an approximation. `samples` has
 *  row-major inputs in physical units. `most` takes at most so many samples, evenly spread (default: all). A
 *  NaN makes all results NaN, except those of other layers. */
export function measure(
  model: Model,
  samples: { readonly inputs: Float64Array },
  proxy: StiffnessProxy,
  options: { most?: number } = {},
): Measurement {
  const chosen = chooseRows(model, samples, options, "measure");
  requireProxy("measure", proxy);
  const { depth } = model.config;
  const values = new Float32Array(depth * chosen.count);
  const part = new Float32Array(depth * largestChunk);
  visitJacobians(model, chosen, (kernels) => {
    const space = { kernels, depth, width: stateWidth(model.config), capacity: largestChunk, rows: 0 };
    const bound = exactly(proxy).bind({ ...space, gradient: false });
    return ({ first, batch, jacobians }) => {
      bound.evaluate(jacobians, part);
      for (let n = 0; n < depth; n++) {
        values.set(part.subarray(n * batch, (n + 1) * batch), n * chosen.count + first);
      }
    };
  });
  return summarise(exactly(proxy).name, depth, chosen.count, values);
}

function exactly(proxy: StiffnessProxy | DifferentiableProxy): StiffnessProxy {
  return ("exact" in proxy && proxy.exact) || proxy;
}

function summarise(proxy: string, depth: number, samples: number, values: Float32Array): Measurement {
  const layers = new Float64Array(depth);
  let sum = 0;
  let squares = 0;
  values.forEach((value, at) => {
    sum += value;
    squares += value * value;
    layers[Math.floor(at / samples)]! += value / samples;
  });
  const sorted = values.slice().sort();
  const middle = (sorted.length - 1) / 2;
  // Typed arrays sort NaN last, so that it is seen here.
  const max = sorted.at(-1)!;
  return {
    proxy,
    depth,
    samples,
    values,
    mean: sum / values.length,
    median: Number.isNaN(max) ? max : (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2,
    max,
    meanSquare: squares / values.length,
    sum: sum / samples,
    layers,
  };
}
