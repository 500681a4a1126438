/** The parts one after the other, in a new array of this type: `concatenated(Float64Array, parts)`. */
export function concatenated<A extends { set(values: ArrayLike<number>, at: number): void }>(
  type: new (length: number) => A,
  parts: readonly ArrayLike<number>[],
): A {
  const all = new type(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
