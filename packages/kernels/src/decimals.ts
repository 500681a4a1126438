import { type Kernels, unchecked } from "./kernels.ts";

/** Reads and writes lists of JSON numbers in ASCII, with commas between them. */
export interface Decimals {
  /** Reads numbers of `text` from `at` on into `into` from `count` on, with the bits of
   *  `Math.fround(JSON.parse(...))`. Returns the new count and the position behind the last number and its
   *  spaces, or `at` if none was read. It stops at the comma before text that is not a number, or a number
   *  whose last bit plain arithmetic cannot decide (`readDecimal` of @stiffnet/base can).
   *
   *  `text` must not end with a digit. The same array is not copied again. */
  read(
    text: Uint8Array,
    at: number,
    into: Float32Array,
    count: number,
  ): { readonly at: number; readonly count: number };
  /** Writes numbers with at most 9 significant digits, which is enough to read the same float32 back: 0.1 as
   *  0.100000001. Stops before one that is not finite, so that `count` of them were
   *  written. `text` is the kernels' memory, which the next call writes to. */
  write(numbers: Float32Array): { readonly text: Uint8Array; readonly count: number };
}

/** Bytes of a number and its comma, with those that are written beyond its end; as in c/text/decimals.c. */
const longest = 24;

export function createDecimals(kernels: Kernels): Decimals {
  const { arena, call } = unchecked(kernels);
  const place = arena.int32(1);
  let bytes = arena.uint8(0);
  let numbers = arena.float32(0);
  let held: Uint8Array | undefined;
  const reserve = (characters: number, count: number): void => {
    // Other arrays may stand behind: the old ones stay, and are together no larger than these.
    if (bytes.length < characters) {
      bytes = arena.uint8(Math.max(characters, 2 * bytes.length));
      held = undefined;
    }
    if (numbers.length < count) numbers = arena.float32(Math.max(count, 2 * numbers.length));
  };
  return {
    read(text, at, into, count) {
      const most = into.length - count;
      reserve(text.length, most);
      if (text !== held) bytes.array.set(text);
      held = text;
      place.array[0] = at;
      const read = call.readDecimals({ bytes, most, numbers, at: place });
      into.set(numbers.array.subarray(0, read), count);
      return { at: place.array[0]!, count: count + read };
    },
    write(given) {
      reserve(longest * given.length, given.length);
      held = undefined;
      numbers.array.set(given);
      const count = call.writeDecimals({ numbers, count: given.length, bytes, end: place });
      return { text: bytes.array.subarray(0, place.array[0]!), count };
    },
  };
}
