import { ConfigError } from "./errors.ts";

/** How the weights depend on time: W(t) = sum_j phi_j(t / T) Theta_j. The biases use the same phi_j.
 *
 *  - perLayer: phi_j is 1 in layer j, [j T / layers, (j + 1) T / layers), and 0 elsewhere. All stages of a
 *    step use the layer of the step's number.
 *  - polynomial: phi_j is the Legendre polynomial P_j(2 t / T - 1), j = 0..degree.
 *  - piecewiseLinear: phi_j is the hat at the knot j T / (knots - 1), constant beyond the last knot. */
export type WeightBasis =
  | { readonly basis: "perLayer"; readonly layers: number }
  | { readonly basis: "polynomial"; readonly degree: number }
  | { readonly basis: "piecewiseLinear"; readonly knots: number };

const degrees = { constant: 0, linear: 1, quadratic: 2, cubic: 3 } as const;

/** A basis, or its usual name; perLayer without a number has a layer for each step. */
export type WeightsOption = WeightBasis | "perLayer" | keyof typeof degrees;

export function requireBasis(given: WeightsOption, depth: number): WeightBasis {
  const bad = (what: string): ConfigError => new ConfigError(`neuralOde: weights ${what}`);
  if (typeof given === "string") {
    if (given === "perLayer") return { basis: given, layers: depth };
    const degree: number | undefined = degrees[given];
    if (degree === undefined) {
      throw bad(
        `is '${given}', expected one of perLayer, ${Object.keys(degrees).join(", ")}, or a basis with its size`,
      );
    }
    return { basis: "polynomial", degree };
  }
  switch (given?.basis) {
    case "perLayer": {
      const { basis, layers } = given;
      if (!Number.isInteger(layers) || layers < 1 || depth % layers !== 0) {
        throw bad(
          `have ${layers} layers for depth ${depth}, expected a whole number of steps in each of at least 1 layer`,
        );
      }
      return { basis, layers };
    }
    case "polynomial": {
      const { basis, degree } = given;
      if (!Number.isInteger(degree) || degree < 0) {
        throw bad(`have degree ${degree}, expected a whole number of at least 0`);
      }
      return { basis, degree };
    }
    case "piecewiseLinear": {
      const { basis, knots } = given;
      if (!Number.isInteger(knots) || knots < 2) {
        throw bad(`have ${knots} knots, expected a whole number of at least 2`);
      }
      return { basis, knots };
    }
    default:
      throw bad(
        `have basis '${(given as { basis?: string } | undefined)?.basis}', expected perLayer, polynomial or piecewiseLinear`,
      );
  }
}

/** How many Theta_j there are. */
export function termsOf(weights: WeightBasis): number {
  if (weights.basis === "perLayer") return weights.layers;
  return weights.basis === "polynomial" ? weights.degree + 1 : weights.knots;
}

/** phi_j(tau) for all j, tau = t / T, into `out`. */
export function basisAt(weights: WeightBasis, tau: number, out: Float64Array): Float64Array {
  out.fill(0);
  switch (weights.basis) {
    case "perLayer":
      out[Math.min(Math.max(Math.floor(tau * weights.layers), 0), weights.layers - 1)] = 1;
      break;
    case "polynomial": {
      const x = 2 * tau - 1;
      out[0] = 1;
      if (weights.degree > 0) out[1] = x;
      for (let j = 2; j <= weights.degree; j++) {
        out[j] = ((2 * j - 1) * x * out[j - 1]! - (j - 1) * out[j - 2]!) / j;
      }
      break;
    }
    case "piecewiseLinear": {
      const last = weights.knots - 1;
      const at = Math.min(Math.max(tau, 0), 1) * last;
      const left = Math.min(Math.floor(at), last - 1);
      out[left] = 1 - (at - left);
      out[left + 1] = at - left;
    }
  }
  return out;
}
