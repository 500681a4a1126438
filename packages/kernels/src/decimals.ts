import { type Kernels, unchecked } from "./kernels.ts";

/** Reads and writes lists of JSON numbers in ASCII, with commas between them. */
export interface Decimals {
  /** Puts the numbers of `text` from `at` on into `into` from `count` on, each as
   *  `Math.fround(JSON.parse(...))` has it to the bit, and tells how far it came: behind the last one read
   *  and its spaces, or still `at` where none was. A comma there is before what it leaves to others: a number
   *  whose last bit plain arithmetic cannot be sure of (`readDecimal` of @stiffnet/base can), or none.
   *
   *  `text` must end with another character than a digit. The same array is not copied again. */
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
