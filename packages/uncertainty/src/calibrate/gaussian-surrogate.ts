import exp from "@stdlib/math-base-special-exp";
import {
  prepare,
  preparedColumns,
  pullPrepare,
  pullRestore,
  restore,
  takesLogarithm,
} from "@stiffnet/preparation";
import { UncertaintyError } from "../errors.ts";
import { upperTimes } from "../gaussian/cholesky.ts";
import type { GaussianModel } from "../gaussian/gaussian-model.ts";
import { type GaussianProcess, inLengths, knownAt } from "../gaussian/gaussian-process.ts";
import { squaredDistance } from "../gaussian/likelihood.ts";
import type { SpreadSurrogate } from "./surrogate.ts";

/** What `predictGaussianModel` says of one row, with exact derivatives: each costs the rows squared. Refuses
 *  outputs whose logarithm is not taken before all else. */
export function gaussianSurrogate({ processes, preparation }: GaussianModel): SpreadSurrogate {
  const { inputs, outputs } = preparation;
  if (outputs.steps.slice(1).some(({ kind }) => kind === "log")) {
    throw new UncertaintyError(
      "gaussianSurrogate: the preparation takes the logarithm of outputs after another step, expected the logarithm first",
      { code: "bad_option" },
    );
  }
  const logarithmic = takesLogarithm(outputs);
  const squares = squaresOf(processes, outputs);
  let at: ReturnType<typeof state>;
  let physical: Float64Array = new Float64Array();
  let means = physical;
  let deviations = physical;
  return {
    at(row) {
      physical = row;
      at = state(processes, row, inputs);
      means = restore(outputs, at.means);
      deviations = Float64Array.from(squares, (own) =>
        Math.sqrt(own.reduce((sum, square, p) => sum + square * at.variances[p]!, 0)),
      );
      const std = deviations.map((size, c) => (logarithmic[c] ? means[c]! * size : size));
      return { mean: means, std };
    },
    pull(byMean, byStd) {
      const byOutput = byMean.map((slope, c) =>
        logarithmic[c] ? slope + byStd[c]! * deviations[c]! : slope,
      );
      const byPrepared = pullRestore(outputs, at.means, byOutput);
      const byVariance = byPrepared.map((_, p) =>
        squares.reduce((sum, own, c) => {
          const slope = logarithmic[c] ? byStd[c]! * means[c]! : byStd[c]!;
          return slope === 0 ? sum : sum + (slope * own[p]!) / (2 * deviations[c]!);
        }, 0),
      );
      const byInput = new Float64Array(preparedColumns(inputs));
      let column = 0;
      processes.forEach((process, k) => {
        const end = column + process.outputs;
        const bySquare = byVariance.subarray(column, end).reduce((sum, slope) => sum + slope, 0);
        pullProcess(process, at.parts[k]!, byPrepared.subarray(column, end), bySquare, byInput);
        column = end;
      });
      return pullPrepare(inputs, physical, byInput);
    },
  };
}

/** Weights of the processes' variances in the variance of each physical output. A weight is the square of the
 *  process's deviation times the derivative of the linear steps. */
function squaresOf(
  processes: readonly GaussianProcess[],
  { columns, steps }: GaussianModel["preparation"]["outputs"],
): Float64Array[] {
  const linear = { columns, steps: steps.filter(({ kind }) => kind !== "log") };
  const sizes = processes.flatMap(({ deviations }) => [...deviations]);
  const zero = restore(linear, new Float64Array(sizes.length));
  const along = sizes.map((size, p) =>
    restore(
      linear,
      Float64Array.from(sizes, (_, k) => (k === p ? 1 : 0)),
    ).map((value, c) => size * (value - zero[c]!)),
  );
  return Array.from({ length: columns }, (_, c) =>
    Float64Array.from(along, (values) => values[c]! * values[c]!),
  );
}

/** A process at one row, which `at` holds in lengths. */
type Part = ReturnType<typeof state>["parts"][number];

function state(
  processes: readonly GaussianProcess[],
  row: Float64Array,
  inputs: GaussianModel["preparation"]["inputs"],
) {
  const prepared = prepare(inputs, row);
  const parts = processes.map((process) => {
    const at = inLengths(process, prepared);
    return { at, ...knownAt(process, at, 0) };
  });
  const means = Float64Array.from(parts.flatMap((part) => [...part.means]));
  const variances = processes.flatMap(({ outputs }, k) =>
    new Array<number>(outputs).fill(parts[k]!.variance),
  );
  return { parts, means, variances };
}

/** Adds the gradient by the prepared inputs of what has these by the means and by the variance. */
function pullProcess(
  process: GaussianProcess,
  { at, white, variance }: Part,
  byMeans: Float64Array,
  byVariance: number,
  gradient: Float64Array,
): void {
  const { inputs, outputs, rows, points, root, noise, weights, lengths } = process;
  const byKnown = variance > noise ? -2 * byVariance : 0;
  const known = byKnown === 0 ? white : upperTimes(root, rows, white);
  for (let i = 0; i < rows; i++) {
    let slope = 0;
    for (let o = 0; o < outputs; o++) slope += byMeans[o]! * weights[i * outputs + o]!;
    slope += byKnown * known[i]!;
    // Matern's correlation by the squared distance.
    const r = Math.sqrt(5 * squaredDistance(at, 0, points, i, inputs));
    const common = (-5 / 3) * slope * (1 + r) * exp(-r);
    for (let d = 0; d < inputs; d++) {
      gradient[d]! += (common * (at[d]! - points[i * inputs + d]!)) / lengths[d]!;
    }
  }
}
