import { type Kernels, unchecked } from "./kernels.ts";

/** Reads and writes lists of JSON numbers in ASCII, with commas between them. */
export interface Decimals {
  /** The numbers of `text`, with the bits of `Math.fround(JSON.parse(...))`. Undefined if there are more than
   *  `most`, a number that plain arithmetic cannot read to the last bit, or anything else: then JSON.parse
   *  must read the text. */
  read(text: Uint8Array, most: number): Float32Array | undefined;
  /** Writes numbers with at most 9 significant digits, which is enough to read the same float32 back: 0.1 as
   *  0.100000001. Undefined if one is not finite. The text is the kernels' memory, which the next call
   *  writes to. */
  write(numbers: Float32Array): Uint8Array | undefined;
}

/** Bytes of a number and its comma, with those that are written beyond its end; as in c/text/decimals.c. */
const longest = 24;

export function createDecimals(kernels: Kernels): Decimals {
  const { arena, call } = unchecked(kernels);
  let bytes = arena.uint8(0);
  let numbers = arena.float32(0);
  const reserve = (characters: number, count: number): void => {
    // Other arrays may stand behind: the old ones stay, and are together no larger than these.
    if (bytes.length < characters) bytes = arena.uint8(Math.max(characters, 2 * bytes.length));
    if (numbers.length < count) numbers = arena.float32(Math.max(count, 2 * numbers.length));
  };
  return {
    read(text, most) {
      // A number and its comma are two bytes or more.
      const room = Math.min(most, Math.ceil((text.length + 1) / 2));
      reserve(text.length + 1, room);
      bytes.array.set(text);
      // No digit of an earlier text may follow.
      bytes.array[text.length] = 0;
      const count = call.readDecimals({ bytes, length: text.length, most: room, numbers });
      return count > 0 ? numbers.array.slice(0, count) : undefined;
    },
    write(given) {
      reserve(longest * given.length, given.length);
      numbers.array.set(given);
      const length = call.writeDecimals(numbers, given.length, bytes);
      return length < 0 ? undefined : bytes.array.subarray(0, length);
    },
  };
}
