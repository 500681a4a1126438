import type { Block } from "../src/index.ts";

/** Random numbers of a case: mulberry32, so that a failure can be repeated. */
export function createDraw(seed: number) {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (from: number, to: number) => from + Math.floor(uniform() * (to - from + 1));
  const one = <T>(among: readonly T[]): T => among[whole(0, among.length - 1)]!;
  const strange = [0, -0, 1e-40, -3e-45, 1e30, -1e30, 1e-30, 3e38, Number.NaN, Number.POSITIVE_INFINITY];
  // Most cases are ordinary: one strange number soon makes everything NaN.
  const scale = one([1, 1, 1, 1, 0.1, 10, 1e-30, 1e30, 1e-38]);
  const share = one([0, 0, 0, 0.01, 0.3]);
  const value = () => (uniform() < share ? one(strange) : scale * (2 * uniform() - 1));
  const fillArray = (array: Float32Array | Float64Array) => {
    for (let k = 0; k < array.length; k++) array[k] = value();
  };
  const fill = (block: Block | Block<Float64Array>) => fillArray(block.array);
  return { uniform, whole, one, fill, fillArray };
}
export type Draw = ReturnType<typeof createDraw>;
