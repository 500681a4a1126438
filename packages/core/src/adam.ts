import type { Block, Kernels } from "@stiffnet/kernels";
import { unchecked } from "@stiffnet/kernels/unchecked";
import { power } from "./power.ts";
import type { AdamOptions, EngineState } from "./training-engine.ts";

/** Adam on parameters in the kernels' memory. */
export interface Adam {
  /** Copies of the moments. */
  read(): Pick<EngineState, "first" | "second">;
  /** Moments that are not given become 0. */
  write(moments: Partial<Pick<EngineState, "first" | "second">>): void;
  /** Update number `time`, from 1, for `scale` times the gradient. */
  step(time: number, scale: number, options: AdamOptions): void;
}

export function createAdam(kernels: Kernels, parameters: Block, gradient: Block): Adam {
  const { arena, call } = unchecked(kernels);
  const size = parameters.length;
  const first = arena.float32(size);
  const second = arena.float32(size);
  const put = (moment: Block, values: Float32Array | undefined): void => {
    if (values) moment.array.set(values);
    else moment.array.fill(0);
  };
  return {
    read: () => ({ first: first.array.slice(), second: second.array.slice() }),
    write(moments) {
      put(first, moments.first);
      put(second, moments.second);
    },
    step(time, scale, { rate, beta1, beta2, epsilon }) {
      const step = rate / (1 - power(beta1, time));
      const root = 1 / Math.sqrt(1 - power(beta2, time));
      call.adam({ parameters, first, second, gradient, size, scale, step, root, beta1, beta2, epsilon });
    },
  };
}

/** The same in float64, in plain arithmetic, for parameters outside the kernels' memory; changes its first
 *  three arrays. */
export function adamStep64(
  parameters: Float64Array,
  first: Float64Array,
  second: Float64Array,
  gradient: Float64Array,
  time: number,
  { rate, beta1, beta2, epsilon }: AdamOptions,
): void {
  const [p1, p2] = [power(beta1, time), power(beta2, time)];
  for (let i = 0; i < parameters.length; i++) {
    const g = gradient[i]!;
    first[i] = beta1 * first[i]! + (1 - beta1) * g;
    second[i] = beta2 * second[i]! + (1 - beta2) * g * g;
    const size = Math.sqrt(second[i]! / (1 - p2)) + epsilon;
    parameters[i] = parameters[i]! - (rate * first[i]!) / ((1 - p1) * size);
  }
}
