import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** A SHA-256 that grows piece by piece; text counts as UTF-8. */
export interface Digest {
  update(piece: string | Uint8Array): Digest;
  bytes(): Uint8Array;
  hex(): string;
}

/** An empty digest. `bytes()` or `hex()` ends it: call one of them, once. */
export function createDigest(): Digest {
  const hash = sha256.create();
  const digest: Digest = {
    update(piece) {
      hash.update(typeof piece === "string" ? utf8ToBytes(piece) : piece);
      return digest;
    },
    bytes: () => hash.digest(),
    hex: () => bytesToHex(hash.digest()),
  };
  return digest;
}

/** SHA-256 of the numbers' bits (little-endian, as wide as they are), in hexadecimal: equal for equal
 *  results. */
export function digestOf(numbers: Float32Array | Float64Array): string {
  return createDigest().update(littleEndian(numbers)).hex();
}

const machineIsLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bytes of the numbers, least significant first on every machine; where it can be, the memory of
 *  `numbers` itself. */
export function littleEndian(numbers: Float32Array | Float64Array): Uint8Array {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return machineIsLittle ? bytes : swapped(bytes, numbers.BYTES_PER_ELEMENT);
}

/** A copy with the bytes of each word of `width` bytes in reverse. */
export function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const copy = bytes.slice();
  for (let at = 0; at < copy.length; at += width) copy.subarray(at, at + width).reverse();
  return copy;
}
