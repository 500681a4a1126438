import { type Kernels, unchecked } from "./kernels.ts";

/** Writes lists of JSON numbers in ASCII, with commas between them. */
export interface Decimals {
  /** Writes numbers with at most 9 significant digits, which is enough to read the same float32 back: 0.1 as
   *  0.100000001. Stops before one that is not finite, so that `count` of them were written. `text` is the
   *  kernels' memory, which the next call writes to. */
  write(numbers: Float32Array): { readonly text: Uint8Array; readonly count: number };
}

/** Bytes of a number and its comma, with those that are written beyond its end; as in c/text/decimals.c. */
const longest = 24;

export function createDecimals(kernels: Kernels): Decimals {
  const { arena, call } = unchecked(kernels);
  const end = arena.int32(1);
  let bytes = arena.uint8(0);
  let numbers = arena.float32(0);
  return {
    write(given) {
      if (numbers.length < given.length) {
        // Other arrays may stand behind: the old ones stay, and are together no larger than these.
        const room = Math.max(given.length, 2 * numbers.length);
        bytes = arena.uint8(longest * room);
        numbers = arena.float32(room);
      }
      numbers.array.set(given);
      const count = call.writeDecimals({ numbers, count: given.length, bytes, end });
      return { text: bytes.array.subarray(0, end.array[0]!), count };
    },
  };
}
