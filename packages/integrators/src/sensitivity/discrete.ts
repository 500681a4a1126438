import { misuse } from "../errors.ts";
import { confine } from "../integrate/jumps.ts";
import { Work } from "../integrate/run.ts";
import type { Status } from "../integrate/status.ts";
import { requireKnownOptions } from "../known-names.ts";
import { named } from "../named-parameters.ts";
import type { OdeProblem } from "../problem.ts";
import { STEP_OK } from "../steppers/stepper.ts";
import { type DifferentiableStep, recordedStep } from "./differentiable-step.ts";
import { differentiableSteps } from "./differentiable-steps.ts";
import { PreparedRun, reversibleSolution } from "./prepared-run.ts";
import {
  type DifferentiableOptions,
  type DifferentiableSolution,
  differentiableOptionNames,
  type Gradients,
  type Sensitivity,
} from "./sensitivity.ts";
import { StepTape } from "./step-tape.ts";
import { timeGradients } from "./time-gradients.ts";

const caller = { name: "discrete", options: differentiableOptionNames, gradients: "steps" } as const;

/** Discretise, then optimise: the exact derivative of the numbers that the solver returns, taken step by step
 *  in reverse with the accepted step sizes held fixed. Works for every solver. Implicit stages are
 *  differentiated by the implicit function theorem, so Newton's tolerance is tightened to about 1e-10
 *  relative.
 *
 *  Memory: every `checkpointEvery`-th state (default 1), and the stages of that many steps while going back;
 *  the steps in between are integrated once more. The square root of the number of steps makes both parts
 *  equal. */
export function discrete(options: { checkpointEvery?: number } = {}): Sensitivity {
  requireKnownOptions(options, { checkpointEvery: true }, "discrete: ");
  const every = options.checkpointEvery ?? 1;
  if (!Number.isInteger(every) || every < 1) {
    throw misuse("bad_option", `discrete: checkpointEvery is ${every}, expected a positive integer`);
  }
  return Object.freeze({
    name: "discrete",
    run: (problem: OdeProblem, given: DifferentiableOptions = {}): DifferentiableSolution => {
      const run = new PreparedRun(problem, given, caller);
      const tape = new StepTape(run.stepper, run.plan.t0, run.y0, run.at, every);
      return reversibleSolution(run, tape, run.record([tape]), (cotangents) =>
        pullback(run, tape, cotangents),
      );
    },
  });
}

function pullback(run: PreparedRun, tape: StepTape, cotangents: Float64Array): Gradients {
  const work = new Work(run.system.problem, run.plan);
  const { system, stats } = work;
  const { n } = system;
  const steps = differentiableSteps(run.plan.solver, system, run.plan);
  const lambda = new Float64Array(n);
  const gradP = new Float64Array(system.p.length);
  let observed = cotangents.length / n - 1;
  const addCotangents = (step: number) => {
    for (; observed >= 0 && tape.marked[observed] === step; observed--) {
      for (let i = 0; i < n; i++) lambda[i] = lambda[i]! + cotangents[observed * n + i]!;
    }
  };
  const { every } = tape;
  const states = Math.max(...[...steps.values()].map((each) => each.states));
  const records = Array.from({ length: Math.min(every, Math.max(1, tape.steps)) }, () =>
    recordedStep(n, states),
  );
  const place = { t: run.plan.t1, y: new Float64Array(n) };
  const stepAt = (step: number): DifferentiableStep => {
    place.t = tape.t.data[step]!;
    confine(system, run.plan.jumps, place.t, tape.h.data[step]!);
    return steps.get(tape.solvers[step]!)!;
  };
  const status = work.guarded(place, (): Status => {
    let outcome: Status = "finished";
    let last = tape.steps;
    addCotangents(last);
    while (last > 0) {
      const first = Math.floor((last - 1) / every) * every;
      place.y.set(tape.checkpoint(first));
      for (let step = first; step < last; step++) {
        const one = stepAt(step);
        const code = one.record(place.t, tape.h.data[step]!, place.y, place.y, records[step - first]!);
        if (code !== STEP_OK) outcome = "newton_diverged";
      }
      for (let step = last - 1; step >= first; step--) {
        stepAt(step).pullback(records[step - first]!, lambda, gradP);
        addCotangents(step);
      }
      last = first;
    }
    return outcome;
  });
  const times = timeGradients(run, system, tape.markedStates, cotangents, lambda);
  let pullbacks = 0;
  for (const step of steps.values()) pullbacks += step.derivatives.pullbacks;
  return {
    status,
    y0: lambda,
    parameters: named(gradP, system.problem.parameterNames),
    ...times,
    stats: { ...stats, pullbacks },
  };
}
