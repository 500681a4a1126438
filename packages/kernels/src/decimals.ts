import type { Kernels } from "./kernels.ts";

/** Reads lists of JSON numbers. */
export interface DecimalReader {
  /** Puts numbers, with commas between them, of the ASCII `text` from `at` on into `into` from `count` on,
   *  each as `Math.fround(JSON.parse(...))` has it to the bit, and tells how far it came: behind the last one
   *  read and its spaces, or still `at` where none was. A comma there is before what it leaves to others: a
   *  number whose last bit plain arithmetic cannot be sure of (`readDecimal` of @stiffnet/base can), or none.
   *
   *  `text` must end with another character than a digit. The same array is not copied again. */
  read(
    text: Uint8Array,
    at: number,
    into: Float32Array,
    count: number,
  ): { readonly at: number; readonly count: number };
}

export function createDecimalReader({ arena, call }: Kernels): DecimalReader {
  const position = arena.int32(1);
  const mark = arena.mark();
  let bytes = arena.uint8(0);
  let numbers = arena.float32(0);
  let held: Uint8Array | undefined;
  const hold = (text: Uint8Array, most: number): void => {
    if (bytes.length < text.length || numbers.length < most) {
      const [characters, room] = [Math.max(bytes.length, text.length), Math.max(numbers.length, most)];
      arena.release(mark);
      bytes = arena.uint8(characters);
      numbers = arena.float32(room);
    } else if (text === held) return;
    bytes.array.set(text);
    held = text;
  };
  return {
    read(text, at, into, count) {
      const most = into.length - count;
      hold(text, most);
      position.array[0] = at;
      const read = call.readDecimals({ bytes, most, numbers, at: position });
      into.set(numbers.array.subarray(0, read), count);
      return { at: position.array[0]!, count: count + read };
    },
  };
}
