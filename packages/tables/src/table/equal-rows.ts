/** For each row the first one that is equal in every column; the row itself where none is before it. NaN
 *  equals NaN. */
export function firstEqual(
  count: number,
  width: number,
  at: (row: number, column: number) => number,
): Uint32Array {
  const firsts = new Uint32Array(count);
  const seen = new Map<number, number | number[]>();
  const equal = (a: number, b: number): boolean => {
    for (let c = 0; c < width; c++) if (!Object.is(at(a, c), at(b, c))) return false;
    return true;
  };
  for (let row = 0; row < count; row++) {
    let hash = 0;
    for (let c = 0; c < width; c++) hash = mix(hash, at(row, c));
    const found = seen.get(hash);
    const alike = found === undefined ? [] : Array.isArray(found) ? found : [found];
    const first = alike.find((other) => equal(other, row));
    firsts[row] = first ?? row;
    if (first === undefined) seen.set(hash, found === undefined ? row : [...alike, row]);
  }
  return firsts;
}

const value = new Float64Array(1);
const words = new Uint32Array(value.buffer);

/** A 32-bit hash of a number's bits, chained. Collisions are resolved by comparing. */
function mix(hash: number, x: number): number {
  value[0] = x;
  let h = Math.imul(hash ^ words[0]!, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15) ^ words[1]!, 0x85ebca77);
  return (h ^ (h >>> 13)) | 0;
}
