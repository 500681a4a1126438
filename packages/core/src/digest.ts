import { createHash } from "node:crypto";

/** SHA-256 of the parameters' bits (little-endian, as wide as they are), in hexadecimal: equal for equal results. */
export function digestOf(parameters: Float32Array | Float64Array): string {
  const wide = parameters instanceof Float64Array;
  const bytes = new DataView(new ArrayBuffer(parameters.byteLength));
  parameters.forEach((value, i) => {
    if (wide) bytes.setFloat64(8 * i, value, true);
    else bytes.setFloat32(4 * i, value, true);
  });
  return createHash("sha256").update(new Uint8Array(bytes.buffer)).digest("hex");
}
