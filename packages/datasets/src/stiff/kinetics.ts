import { firstFault, positiveFault } from "@stiffnet/base";
import { type JacobianFunction, radauIIA5, solve, type VectorField } from "@stiffnet/integrators";
import { DatasetError } from "../errors.ts";
import { rowsOf } from "../functions/pointwise.ts";
import type { Output, TestFunction } from "../functions/types.ts";

/** Rates to the state at a given time: every row is one initial value problem. */
export interface Kinetics extends Omit<TestFunction, "outputs" | "evaluate"> {
  readonly species: readonly Output[];
  readonly y0: readonly number[];
  /** The rates of a row come as `p`. */
  readonly f: VectorField;
  readonly jacobian: JacobianFunction;
  readonly time: number;
  /** Absolute tolerance of each species, small beside its size. */
  readonly atol: readonly number[];
}

/** A test function that solves with Radau IIA of order 5 at a relative tolerance of 1e-9. A row that cannot
 *  be solved throws, with its number and what the solver says. */
export function kinetics(model: Kinetics): TestFunction {
  const { name, inputs, species, formula, source, y0, f, jacobian, time, atol } = model;
  const fault = firstFault({ time: positiveFault(time) });
  if (fault) throw new DatasetError(`${name}: ${fault}`, { code: "bad_time" });
  const solver = radauIIA5;
  return {
    name,
    inputs,
    outputs: species,
    formula,
    source,
    evaluate(rows) {
      const count = rowsOf(name, rows, inputs.length);
      const values = new Float64Array(count * species.length);
      for (let r = 0; r < count; r++) {
        const parameters = rows.subarray(r * inputs.length, (r + 1) * inputs.length);
        const into = values.subarray(r * species.length, (r + 1) * species.length);
        if (!parameters.every(Number.isFinite)) {
          into.fill(Number.NaN);
          continue;
        }
        const problem = { f, jacobian, autonomous: true, y0, tSpan: [0, time] as const, parameters };
        const solution = solve(problem, { solver, rtol: 1e-9, atol, keep: "end" });
        if (solution.status !== "finished") {
          throw new DatasetError(`${name}, row ${r + 1}: ${solution.status}: ${solution.hint}`, {
            code: "not_solved",
            place: { row: r + 1 },
          });
        }
        into.set(solution.yEnd);
      }
      return values;
    },
  };
}
