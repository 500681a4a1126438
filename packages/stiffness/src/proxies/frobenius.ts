import { type DifferentiableProxy, guarded } from "../proxy.ts";

/** |J|_F = sqrt( sum_d s_d^2 |row d of W|^2 ), in 1/time. Not differentiable at J = 0: the gradient there is
 *  0. */
export function frobenius(): DifferentiableProxy {
  return {
    name: "frobenius",
    bind(space) {
      const { depth, width, capacity } = space;
      const rowSquares = new Float64Array(depth * width);
      const factors = new Float64Array(depth * width);
      let evaluated: Float32Array;
      const values64 = new Float64Array(depth * capacity);
      return guarded(space, {
        evaluate({ depth, width, batch, stride, weights, slopes }, values) {
          for (let row = 0; row < depth * width; row++) {
            let sum = 0;
            for (let k = row * width; k < (row + 1) * width; k++) sum += weights[k]! * weights[k]!;
            rowSquares[row] = sum;
          }
          for (let n = 0; n < depth; n++) {
            for (let i = 0; i < batch; i++) {
              let sum = 0;
              for (let d = n * width; d < (n + 1) * width; d++)
                sum += slopes[d * stride + i]! ** 2 * rowSquares[d]!;
              values64[n * batch + i] = Math.sqrt(sum);
              values[n * batch + i] = values64[n * batch + i]!;
            }
          }
        },
        pullbackSlopes({ depth, width, batch, stride, weights, slopes }, cotangent, gradient) {
          evaluated = weights;
          factors.fill(0);
          for (let n = 0; n < depth; n++) {
            for (let d = n * width; d < (n + 1) * width; d++) {
              for (let i = 0; i < batch; i++) {
                const value = values64[n * batch + i]!;
                if (value === 0) continue;
                const slope = slopes[d * stride + i]!;
                const pulled = (cotangent[n * batch + i]! * slope) / value;
                factors[d]! += pulled * slope;
                gradient[d * stride + i]! += pulled * rowSquares[d]!;
              }
            }
          }
        },
        pullbackWeights(gradient) {
          for (let k = 0; k < evaluated.length; k++) {
            gradient[k]! += Math.fround(factors[Math.floor(k / width)]! * evaluated[k]!);
          }
        },
      });
    },
  };
}
