/** Positions of the eigenvalues by modulus, largest first, of a pair the one with positive imaginary part first. */
export function byModulus(re: Float64Array, im: Float64Array, count: number): number[] {
  const square = (k: number) => re[k]! * re[k]! + im[k]! * im[k]!;
  return Array.from({ length: count }, (_, k) => k).sort((a, b) => {
    const difference = square(b) - square(a);
    return difference !== 0 ? difference : im[b]! - im[a]!;
  });
}
