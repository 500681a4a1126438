import { anyNumber, whole } from "@stiffnet/base";
import { leadingEigenvectors } from "./eigenvectors.ts";
import { checkOptions, PreparationError, requireFinite, requireSome } from "./errors.ts";
import type { Preparation } from "./types.ts";

/** Fits principal components: the orthonormal directions along which centred rows vary most, so that a field
 *  of thousands of outputs can be learnt through a few dozen numbers.
 *
 *  `keep` is the number of components. Or `explained` is the share of the variance that they must hold,
 *  default 0.999. Columns of different units should be standardised first (`chain(standardise,
 *  principalComponents)`). Directions are signed so that their largest entry is positive. Refuses rows that
 *  do not vary at all, and values that are not finite, by row. */
export function principalComponents(
  rows: Float64Array,
  names: readonly string[],
  options: { keep?: number; explained?: number } = {},
): Preparation {
  checkOptions(
    "principalComponents",
    options,
    { keep: anyNumber, explained: anyNumber },
    { excludes: [["keep", "explained"]] },
  );
  const columns = names.length;
  const count = requireSome("principalComponents", rows, columns);
  const { explained = 0.999, keep } = options;
  const fault = keep !== undefined && whole(1, Math.min(count - 1, columns)).fault("keep", keep);
  if (fault) {
    throw new PreparationError(`principalComponents: ${fault} (${count} rows of ${columns})`, {
      code: "bad_components",
    });
  }
  if (!(explained > 0 && explained <= 1)) {
    throw new PreparationError(
      `principalComponents: explained is ${explained}, expected a share above 0 and up to 1`,
      {
        code: "bad_components",
      },
    );
  }
  const { centred, means } = centre(rows, names, count);
  const total = centred.reduce((sum, x) => sum + x * x, 0);
  if (total === 0) {
    throw new PreparationError(`principalComponents: all ${count} rows are equal, expected some variance`, {
      code: "constant_column",
    });
  }
  const directions = leadingEigenvectors(centred, count, columns, (variances) => {
    if (keep !== undefined) return variances.length >= keep ? keep : undefined;
    let held = 0;
    const enough = variances.findIndex((variance) => {
      held += variance;
      // Rounding leaves the sum of all a little short of the total.
      return held >= explained * total * (1 - 1e-12);
    });
    return enough < 0 ? undefined : enough + 1;
  });
  return {
    columns,
    steps: [
      { kind: "affine", mean: means, scale: means.map(() => 1) },
      { kind: "components", directions },
    ],
  };
}

function centre(rows: Float64Array, names: readonly string[], count: number) {
  const columns = names.length;
  const means = names.map((name, c) => {
    let sum = 0;
    for (let r = 0; r < count; r++) sum += requireFinite(rows[r * columns + c]!, name, r);
    return sum / count;
  });
  return { centred: rows.map((x, i) => x - means[i % columns]!), means };
}
