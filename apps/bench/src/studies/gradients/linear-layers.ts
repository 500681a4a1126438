import type { FieldPullback, OdeProblem } from "@stiffnet/integrators";

/** Identical linear layers x_n = A x_(n-1), A = I + delta W, delta = T / L, and the loss |x_L - y|^2. */
export interface LinearLayers {
  readonly width: number;
  /** W, row-major [width, width]. */
  readonly weight: Float64Array;
  readonly input: Float64Array;
  readonly target: Float64Array;
  /** T. */
  readonly horizon: number;
}

/** The equation that the layers are Euler steps of: x' = W x, with W as parameters. */
export function equationOf({
  width: d,
  weight,
  input,
  horizon,
}: LinearLayers): OdeProblem & { readonly pullback: FieldPullback } {
  return {
    f: (_t, x, dx, w) => {
      for (let i = 0; i < d; i++) {
        let sum = 0;
        for (let j = 0; j < d; j++) sum += w[i * d + j]! * x[j]!;
        dx[i] = sum;
      }
    },
    pullback: (_t, x, v, gradX, gradW, w) => {
      for (let i = 0; i < d; i++) {
        for (let j = 0; j < d; j++) {
          gradX[j] = gradX[j]! + v[i]! * w[i * d + j]!;
          gradW[i * d + j] = gradW[i * d + j]! + v[i]! * x[j]!;
        }
      }
    },
    autonomous: true,
    y0: input,
    parameters: weight,
    tSpan: [0, horizon],
  };
}

/** The same with W behind x among the unknowns, W' = 0. A solver of the adjoint equation then takes the
 *  integral of the gradient by its own steps. */
export function withWeights(layers: LinearLayers): OdeProblem {
  const { f, pullback, ...rest } = equationOf(layers);
  const { width, input, weight } = layers;
  const parts = (z: Float64Array) => [z.subarray(0, width), z.subarray(width)] as const;
  return {
    f: (t, z, dz) => {
      const [x, w] = parts(z);
      f(t, x, dz.fill(0), w);
    },
    pullback: (t, z, v, gradient) => {
      const [x, w] = parts(z);
      pullback(t, x, v, ...parts(gradient), w);
    },
    autonomous: true,
    y0: [...input, ...weight],
    tSpan: rest.tSpan,
  };
}

/** x_0 ... x_L. */
function statesOf(layers: LinearLayers, depth: number): Float64Array[] {
  const { width: d, weight, input, horizon } = layers;
  const delta = horizon / depth;
  const states = [input];
  for (let n = 1; n <= depth; n++) {
    const before = states[n - 1]!;
    const after = before.slice();
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) after[i] = after[i]! + delta * weight[i * d + j]! * before[j]!;
    states.push(after);
  }
  return states;
}

/** The two gradients with respect to W, in closed form:
 *
 *      ResNet        delta sum_n (A^T)^(L-n) r x_(n-1)^T      r = 2 (x_L - y)
 *      neural ODE    delta sum_n (A^T)^(L-n) r  x_n^T
 *
 *  Explicit Euler on the adjoint equation gives the second. It goes backwards, so it takes a step's integrand
 *  at the step's later end, where the backward step starts. For one unknown the powers commute and all L
 *  terms are equal. The sum is then delta L = T times the slides' formulas. Second = first A^T for any
 *  width. */
export function closedForms(
  layers: LinearLayers,
  depth: number,
): { resnet: Float64Array; ode: Float64Array } {
  const { width: d, weight, target, horizon } = layers;
  const delta = horizon / depth;
  const states = statesOf(layers, depth);
  let lambda = states[depth]!.map((x, i) => 2 * (x - target[i]!));
  const resnet = new Float64Array(d * d);
  const ode = new Float64Array(d * d);
  for (let n = depth; n >= 1; n--) {
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        const at = i * d + j;
        resnet[at] = resnet[at]! + delta * lambda[i]! * states[n - 1]![j]!;
        ode[at] = ode[at]! + delta * lambda[i]! * states[n]![j]!;
      }
    }
    const earlier = lambda.slice();
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) earlier[j] = earlier[j]! + delta * weight[i * d + j]! * lambda[i]!;
    lambda = earlier;
  }
  return { resnet, ode };
}

/** The slides' formulas for one unknown, as they stand there. */
export function slidesFormulas(
  { weight, input, target, horizon }: LinearLayers,
  depth: number,
): { resnet: number; ode: number } {
  const factor = 1 + (horizon / depth) * weight[0]!;
  const x = input[0]!;
  const residual = 2 * (factor ** depth * x - target[0]!);
  return { resnet: residual * factor ** (depth - 1) * x, ode: residual * factor ** depth * x };
}

/** gradient A^T. */
export function timesTransposed(gradient: Float64Array, layers: LinearLayers, depth: number): Float64Array {
  const { width: d, weight, horizon } = layers;
  const out = gradient.slice();
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++)
      for (let k = 0; k < d; k++)
        out[i * d + j] = out[i * d + j]! + (horizon / depth) * gradient[i * d + k]! * weight[j * d + k]!;
  return out;
}
