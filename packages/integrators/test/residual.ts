/** |(shift I - J) x - b| / (|shift I - J| |x| + |b|) in maximum norms: rounding, when the elimination pivoted
 *  well. */
export function residual(
  n: number,
  jac: Float64Array,
  re: number,
  im: number,
  xr: Float64Array,
  xi: Float64Array,
  br: ArrayLike<number>,
  bi: ArrayLike<number>,
  transposed = false,
): number {
  let largest = 0;
  let scale = 0;
  for (let i = 0; i < n; i++) {
    let rr = -br[i]!;
    let ri = -bi[i]!;
    let size = Math.abs(br[i]!) + Math.abs(bi[i]!);
    for (let j = 0; j < n; j++) {
      const a = -(transposed ? jac[j + n * i]! : jac[i + n * j]!) + (i === j ? re : 0);
      const c = i === j ? im : 0;
      rr += a * xr[j]! - c * xi[j]!;
      ri += a * xi[j]! + c * xr[j]!;
      size += (Math.abs(a) + Math.abs(c)) * (Math.abs(xr[j]!) + Math.abs(xi[j]!));
    }
    largest = Math.max(largest, Math.abs(rr) + Math.abs(ri));
    scale = Math.max(scale, size);
  }
  return largest / (scale || 1);
}
