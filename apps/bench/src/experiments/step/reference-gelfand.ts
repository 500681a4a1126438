/** Gelfand's estimate |J^k|_F^(1/k), k = 2^10, of the spectral radius of J [D, D], row-major, and its
 *  gradient.
 *
 *  The powers are rescaled after every squaring. The scales are constants of the chain
 *  M_{j+1} = M_j^2 / s_{j+1}, so d log|J^k| = <M_K, dM_K> / |M_K|^2 and each step back is
 *  G_j = (G_{j+1} M_j' + M_j' G_{j+1}) / s_{j+1}. J = 0 gives 0 with gradient 0. @see slides, "Gelfand's
 *  formula" */
export function gelfandRadiusOf(jacobian: Float64Array): { radius: number; gradient: Float64Array } {
  const D = Math.sqrt(jacobian.length);
  const squarings = 10;
  const zero = { radius: 0, gradient: new Float64Array(D * D) };
  const scales = [norm(jacobian)];
  if (scales[0] === 0) return zero;
  const powers = [jacobian.map((x) => x / scales[0]!)];
  let logNorm = Math.log(scales[0]!);
  for (let j = 0; j < squarings; j++) {
    const square = product(powers[j]!, powers[j]!, D, false, false);
    const scale = norm(square);
    if (scale === 0) return zero;
    powers.push(square.map((x) => x / scale));
    scales.push(scale);
    logNorm = 2 * logNorm + Math.log(scale);
  }
  const radius = Math.exp(logNorm / 2 ** squarings);
  let G = powers[squarings]!.map((x) => (radius / 2 ** squarings) * x);
  for (let j = squarings - 1; j >= 0; j--) {
    const left = product(G, powers[j]!, D, false, true);
    const right = product(powers[j]!, G, D, true, false);
    G = left.map((x, i) => (x + right[i]!) / scales[j + 1]!);
  }
  return { radius, gradient: G.map((x) => x / scales[0]!) };
}

function norm(matrix: Float64Array): number {
  return Math.sqrt(matrix.reduce((sum, x) => sum + x * x, 0));
}

/** op(A) op(B) of two D x D matrices. */
function product(
  A: Float64Array,
  B: Float64Array,
  D: number,
  transposeA: boolean,
  transposeB: boolean,
): Float64Array {
  const left = transposeA ? transposed(A, D) : A;
  const right = transposeB ? transposed(B, D) : B;
  const C = new Float64Array(D * D);
  for (let r = 0; r < D; r++) {
    for (let k = 0; k < D; k++) {
      const a = left[r * D + k]!;
      for (let c = 0; c < D; c++) C[r * D + c]! += a * right[k * D + c]!;
    }
  }
  return C;
}

function transposed(A: Float64Array, D: number): Float64Array {
  const T = new Float64Array(D * D);
  for (let r = 0; r < D; r++) for (let c = 0; c < D; c++) T[c * D + r] = A[r * D + c]!;
  return T;
}
