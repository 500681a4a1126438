import { createHash } from "node:crypto";

/** SHA-256 of the parameters' bits (little-endian float32), in hexadecimal: equal for equal results. */
export function digestOf(parameters: Float32Array): string {
  const bytes = new DataView(new ArrayBuffer(4 * parameters.length));
  parameters.forEach((value, i) => {
    bytes.setFloat32(4 * i, value, true);
  });
  return createHash("sha256").update(new Uint8Array(bytes.buffer)).digest("hex");
}
