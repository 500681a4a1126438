import { longestFloat32, writeFloat32 } from "@stiffnet/base";

const comma = 44;
let scratch = Buffer.allocUnsafe(2 ** 14);

/** Finite float32 numbers as decimal text, with commas between them. */
export function float32Text(values: Float32Array): string {
  const needed = values.length * (longestFloat32 + 1);
  if (scratch.length < needed) scratch = Buffer.allocUnsafe(2 * needed);
  let at = 0;
  for (let k = 0; k < values.length; k++) {
    if (k > 0) scratch[at++] = comma;
    at = writeFloat32(scratch, at, values, k);
  }
  return scratch.toString("latin1", 0, at);
}
