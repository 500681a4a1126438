/** Start vectors for the first time: a hash of the position, uniform in [-1, 1). */
export function fillWithNoise(array: Float32Array): void {
  for (let i = 0; i < array.length; i++) {
    let x = Math.imul(i + 1, 0x9e3779b1);
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    array[i] = ((x ^ (x >>> 16)) | 0) / 2 ** 31;
  }
}
