import type { OdeProblem } from "../src/index.ts";
import { System } from "../src/system.ts";

/** df/dy of a problem that gives it, whatever its storage, row by row. */
export function jacobianRows(problem: OdeProblem, y: Float64Array): number[][] {
  const system = new System(problem);
  const jac = system.newJacobian();
  if (!system.analyticJacobian(0, y, jac)) throw new Error("the problem gives no Jacobian");
  return Array.from(y, (_, i) =>
    Array.from(y, (_x, j) => {
      const at = jac.index(i, j);
      return at < 0 ? 0 : jac.values[at]!;
    }),
  );
}

/** f at t = 0; NaN where it writes nothing. */
export function slopeOf(problem: OdeProblem, y: Float64Array): Float64Array {
  const dy = new Float64Array(y.length).fill(Number.NaN);
  problem.f(0, y, dy, Float64Array.from(problem.parameters ?? []));
  return dy;
}
