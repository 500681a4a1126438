import { confine } from "../integrate/jumps.ts";
import type { Status } from "../integrate/status.ts";
import type { OdeProblem, Stats } from "../problem.ts";
import { STEP_OK } from "../steppers/stepper.ts";
import { differentiableSteps } from "./differentiable-steps.ts";
import { prepareRun } from "./prepared-run.ts";
import type { DifferentiableOptions } from "./sensitivity.ts";
import { StepTape } from "./step-tape.ts";

/** States and their derivatives at the times of `at`. */
export interface ForwardSensitivities {
  readonly status: Status;
  readonly hint: string;
  readonly n: number;
  readonly t: Float64Array;
  /** [t.length, n] */
  readonly y: Float64Array;
  /** dy_i(t) / dy0_j: [t.length, n, n], row i, column j. */
  readonly y0: Float64Array;
  /** dy_i(t) / dp_k: [t.length, n, p.length]. */
  readonly parameters: Float64Array;
  readonly stats: Stats;
}

/** Forward sensitivities: the variational equation integrated by the same method on the same steps, which for
 *  Runge-Kutta and Rosenbrock methods is the exact derivative of the numerical solution. The step control
 *  looks at y alone. Costs about n + p.length tangents a step, with one Jacobian and factorisation a stage
 *  for all of them: for few parameters; with many, a pullback is cheaper. */
export function forwardSensitivities(
  problem: OdeProblem,
  options: DifferentiableOptions = {},
): ForwardSensitivities {
  const run = prepareRun(problem, options, true);
  const { system, at, y0, stats } = run;
  const { n } = system;
  const count = system.p.length;
  const tape = new StepTape(run.stepper, run.plan.t0, y0, at, 1);
  const { status, hint } = run.run([tape]);
  const reached = tape.marked.filter((step) => step >= 0).length;
  const steps = differentiableSteps(run.solver, system, run.plan);
  const unit = (size: number, k: number) => {
    const v = new Float64Array(size);
    if (k >= 0 && k < size) v[k] = 1;
    return v;
  };
  const tangents = Array.from({ length: n + count }, (_, d) => unit(n, d));
  const dp = Array.from({ length: n + count }, (_, d) => unit(count, d - n));
  const byState = new Float64Array(reached * n * n);
  const byParameter = new Float64Array(reached * n * count);
  const save = (step: number) => {
    for (let k = 0; k < reached; k++) {
      if (tape.marked[k] !== step) continue;
      tangents.forEach((tangent, d) => {
        for (let i = 0; i < n; i++) {
          if (d < n) byState[(k * n + i) * n + d] = tangent[i]!;
          else byParameter[(k * n + i) * count + d - n] = tangent[i]!;
        }
      });
    }
  };
  const stages = new Float64Array(Math.max(...[...steps.values()].map((s) => s.width)));
  const y = y0.slice();
  let outcome = status;
  save(0);
  for (let step = 0; step < tape.steps; step++) {
    const one = steps.get(tape.solvers[step]!)!;
    const ti = tape.t.data[step]!;
    const h = tape.h.data[step]!;
    confine(system, run.plan.jumps, ti, h);
    if (one.record(ti, h, tape.checkpoint(step), y, stages, 0) !== STEP_OK) outcome = "newton_diverged";
    one.pushforward(ti, h, stages, 0, tangents, dp);
    save(step + 1);
  }
  return {
    status: outcome,
    hint: hint(outcome),
    n,
    t: at.slice(0, reached),
    y: tape.markedStates.slice(0, reached * n),
    y0: byState,
    parameters: byParameter,
    stats,
  };
}
