/** Mean over the M members, and their standard deviation sqrt(sum_k (y_k - mean)^2 / (M - 1)), which is 0
 *  for M = 1. All members have the same length. */
export function spreadOf(members: readonly Float64Array[]): { mean: Float64Array; std: Float64Array } {
  const [first] = members;
  const mean = new Float64Array(first?.length ?? 0);
  for (const values of members) for (let i = 0; i < mean.length; i++) mean[i]! += values[i]! / members.length;
  const std = new Float64Array(mean.length);
  if (members.length > 1) {
    for (const values of members) {
      for (let i = 0; i < std.length; i++) std[i]! += (values[i]! - mean[i]!) ** 2 / (members.length - 1);
    }
    for (let i = 0; i < std.length; i++) std[i] = Math.sqrt(std[i]!);
  }
  return { mean, std };
}
