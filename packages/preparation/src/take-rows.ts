import type { Samples } from "./types.ts";

/** The given rows, counted from 0 and in the given order, of samples: a copy. */
export function takeRows(samples: Samples, order: ArrayLike<number>): Samples {
  const take = (values: Float64Array): Float64Array => {
    const width = values.length / Math.max(1, samples.count);
    const taken = new Float64Array(order.length * width);
    for (let i = 0; i < order.length; i++) {
      const from = order[i]! * width;
      taken.set(values.subarray(from, from + width), i * width);
    }
    return taken;
  };
  return { count: order.length, inputs: take(samples.inputs), outputs: take(samples.outputs) };
}
