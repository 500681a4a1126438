import { spreadOf } from "../spread.ts";

/** A model of one row, with exact derivatives, as `pullback64` of `@stiffnet/core` makes it. */
export interface Differentiable {
  /** F(x) in physical units. */
  at(inputs: Float64Array): Float64Array;
  /** J(x)^T cotangent, at the row that `at` was given last. */
  pull(cotangent: Float64Array): Float64Array;
}

/** A surrogate at one row: what it answers and how far its members are apart, with exact derivatives. */
export interface SpreadSurrogate {
  at(inputs: Float64Array): { readonly mean: Float64Array; readonly std: Float64Array };
  /** Gradient by the inputs, at the row that `at` was given last, of what has these by mean and std. */
  pull(byMean: Float64Array, byStd: Float64Array): Float64Array;
}

/** Mean and spread of one model or several, as `spreadOf` has them. */
export function ensembleSurrogate(members: readonly Differentiable[]): SpreadSurrogate {
  let answers: readonly Float64Array[] = [];
  let spread = spreadOf([]);
  return {
    at(inputs) {
      answers = members.map((member) => member.at(inputs));
      spread = spreadOf(answers);
      return spread;
    },
    pull(byMean, byStd) {
      const { mean, std } = spread;
      const parts = members.map((member, k) => {
        const cotangent = byMean.map((slope, o) => {
          const apart = answers[k]![o]! - mean[o]!;
          const ofStd = std[o]! > 0 ? (byStd[o]! * apart) / ((members.length - 1) * std[o]!) : 0;
          return slope / members.length + ofStd;
        });
        return member.pull(cotangent);
      });
      return parts.reduce((all, part) => all.map((value, i) => value + part[i]!));
    },
  };
}
