import { misuse } from "../errors.ts";
import { DenseOutput } from "../integrate/dense-output.ts";
import { type Plan, planOf } from "../integrate/plan.ts";
import { requirePositive, requireSolver } from "../integrate/requirements.ts";
import { Run, Work } from "../integrate/run.ts";
import { solveOptionNames } from "../integrate/solve-options.ts";
import type { Status } from "../integrate/status.ts";
import type { StepSink } from "../integrate/step-sink.ts";
import { requireKnownOptions } from "../known-names.ts";
import { named } from "../named-parameters.ts";
import type { OdeProblem } from "../problem.ts";
import type { Solver } from "../solvers/solver.ts";
import { largest, weightedNorm } from "../vectors.ts";
import { adjointProblem, backsolveProblem, parameterQuadrature } from "./adjoint-problem.ts";
import { FieldDerivatives } from "./field-derivatives.ts";
import { PreparedRun, reversibleSolution, weightsFor } from "./prepared-run.ts";
import {
  type DifferentiableOptions,
  differentiableOptionNames,
  type Gradients,
  type Sensitivity,
} from "./sensitivity.ts";
import { StepTape } from "./step-tape.ts";
import { timeGradients } from "./time-gradients.ts";

const callerOf = (name: string) =>
  ({ name, options: differentiableOptionNames, gradients: "adjoint" }) as const;

export interface AdjointOptions {
  /** For the backward integration; default: those of the forward one. */
  readonly solver?: Solver;
  readonly rtol?: number;
  /** For lambda. Default: 1e-3 rtol times the largest cotangent. */
  readonly atol?: number;
}

/** Optimise, then discretise: integrates lambda' = -J^T lambda backwards along the forward solution, which
 *  its dense output gives. The parameters' gradient is the integral of lambda^T df/dp, by Gauss's
 *  formula on the dense output of lambda. Converges to the exact gradient with the tolerances.
 *  `checkpointEvery: k` keeps only every k-th state and integrates the pieces in between again, so that only
 *  one piece has dense output at a time. */
export function interpolated(options: AdjointOptions & { checkpointEvery?: number } = {}): Sensitivity {
  requireAdjointOptions(options, "interpolated: ", { checkpointEvery: true });
  const every = options.checkpointEvery;
  if (every !== undefined && !(Number.isInteger(every) && every >= 1)) {
    throw misuse("bad_option", `interpolated: checkpointEvery is ${every}, expected a positive integer`);
  }
  return Object.freeze({
    name: "interpolated",
    run: (problem: OdeProblem, given: DifferentiableOptions = {}) => {
      const run = new PreparedRun(problem, given, callerOf("interpolated"));
      const { n } = run.system;
      const tape = new StepTape(run.stepper, run.plan.t0, run.y0, run.at, every ?? Number.MAX_SAFE_INTEGER);
      const dense = new DenseOutput(n, run.stepper.degree, run.plan.t0);
      const ended = run.record(every === undefined ? [tape, dense] : [tape]);
      const resolve: DenseSource = (work, from, y, to) =>
        every === undefined ? dense : denseOver(work, from, y, to);
      return reversibleSolution(run, tape, ended, (cotangents) =>
        backwards(run, tape, cotangents, options, resolve),
      );
    },
  });
}

/** Optimise, then discretise, without memory: y itself is integrated backwards together with lambda. Cheap,
 *  but wrong if the equation is not reversible in practice. Integrated backwards, a decaying mode of rate r
 *  grows by exp(r T), so stiff problems need another method. */
export function backsolve(options: AdjointOptions = {}): Sensitivity {
  requireAdjointOptions(options, "backsolve: ");
  return Object.freeze({
    name: "backsolve",
    run: (problem: OdeProblem, given: DifferentiableOptions = {}) => {
      const run = new PreparedRun(problem, given, callerOf("backsolve"));
      const tape = new StepTape(run.stepper, run.plan.t0, run.y0, run.at, Number.MAX_SAFE_INTEGER);
      return reversibleSolution(run, tape, run.record([tape]), (cotangents) =>
        backwards(run, tape, cotangents, options, undefined),
      );
    },
  });
}

function requireAdjointOptions(options: AdjointOptions, who: string, more: Record<string, true> = {}): void {
  requireKnownOptions(options, { solver: true, rtol: true, atol: true, ...more }, who);
  if (options.solver !== undefined) requireSolver(options.solver);
  requirePositive(options.rtol, `${who}rtol`);
  requirePositive(options.atol, `${who}atol`);
}

/** The forward solution on a piece, or why it cannot be had. */
type DenseSource = (work: Work, from: number, y: Float64Array, to: number) => DenseOutput | Status;

/** Integrates from the last observation back to t0. A piece ends where lambda jumps and at each
 *  checkpoint. */
function backwards(
  run: PreparedRun,
  tape: StepTape,
  cotangents: Float64Array,
  options: AdjointOptions,
  source: DenseSource | undefined,
): Gradients {
  const work = new Work(run.system.problem, run.plan);
  const { system, stats } = work;
  const derivatives = new FieldDerivatives(system);
  const { n } = system;
  const count = system.p.length;
  const reached = cotangents.length / n;
  // (y,) lambda.
  const head = source === undefined ? n : 0;
  const unknowns = new Float64Array(head + n);
  const lambda = unknowns.subarray(head);
  const gradP = new Float64Array(count);
  const stored = new Float64Array(n);
  const pieces = pieceTimes(run, tape, reached);
  const step = (run.plan.t1 - run.plan.t0) / Math.max(1, tape.steps);
  let status: Status = "finished";
  let observed = reached - 1;
  for (let k = pieces.length - 1; k >= 0; k--) {
    const to = pieces[k]!;
    if (observed >= 0 && run.at[observed] === to.t) {
      for (let i = 0; i < n; i++) lambda[i] = lambda[i]! + cotangents[observed * n + i]!;
      // The state is known here: its backward integration need not carry its drift on.
      if (head > 0) unknowns.set(to.y);
      observed--;
    }
    if (k === 0) break;
    const from = pieces[k - 1]!;
    const span = [to.t, from.t] as const;
    let stateAt: ((t: number) => Float64Array) | undefined;
    if (source !== undefined) {
      const dense = source(work, from.t, from.y, to.t);
      if (typeof dense === "string") {
        status = dense;
        break;
      }
      stateAt = (t) => dense.evaluate(t, stored);
    }
    const problem =
      stateAt === undefined
        ? backsolveProblem(derivatives, unknowns.slice(), span, step)
        : adjointProblem(derivatives, stateAt, unknowns.slice(), span, step);
    const sinks = count === 0 ? [] : [parameterQuadrature(derivatives, gradP, stateAt)];
    const back = integrateBack(problem, work, options, sinks, head);
    unknowns.set(back.y);
    const strayed = head > 0 && back.status === "finished" && strays(run, unknowns, from.y);
    status = strayed ? "not_reversible" : back.status;
    if (status !== "finished") break;
  }
  return {
    status,
    y0: lambda.slice(),
    parameters: named(gradP, system.problem.parameterNames),
    ...timeGradients(run, system, tape.markedStates, cotangents, lambda),
    stats: { ...stats, pullbacks: derivatives.pullbacks },
  };
}

/** The times between which the adjoint is integrated, and the states there. */
function pieceTimes(run: PreparedRun, tape: StepTape, reached: number): { t: number; y: Float64Array }[] {
  const { n } = run.system;
  const pieces = [{ t: run.plan.t0, y: run.y0 }];
  const last = reached === 0 ? 0 : tape.marked[reached - 1]!;
  const marks = Array.from({ length: reached }, (_, k) => ({
    step: tape.marked[k]!,
    t: run.at[k]!,
    y: tape.markedStates.subarray(k * n, (k + 1) * n),
  }));
  const checkpoints: typeof marks = [];
  for (let step = tape.every; step < last; step += tape.every) {
    checkpoints.push({ step, t: tape.t.data[step]!, y: tape.checkpoint(step) });
  }
  const all = [...marks, ...checkpoints].sort((a, b) => a.step - b.step);
  for (const piece of all) if (piece.t !== pieces[pieces.length - 1]!.t) pieces.push(piece);
  return pieces;
}

/** So many tolerances, or this part of the largest unknown with fixed steps, y may be away from where it was
 *  on the way forth. */
const ASTRAY = 1000;
const PART = 0.1;

function strays({ plan }: PreparedRun, back: Float64Array, forth: Float64Array): boolean {
  const size = largest(forth);
  const weights =
    plan.grid === undefined ? weightsFor(plan)(forth).map((w) => ASTRAY * w) : forth.map(() => PART * size);
  const difference = forth.map((x, i) => back[i]! - x);
  return !(weightedNorm(difference, weights) <= 1);
}

function integrateBack(
  problem: OdeProblem,
  work: Work,
  options: AdjointOptions,
  sinks: readonly StepSink[],
  head: number,
): { status: Status; y: Float64Array } {
  const { plan } = work;
  const unknowns = Float64Array.from(problem.y0);
  const rtol = options.rtol ?? plan.rtol;
  const size = largest(unknowns.subarray(head)) || 1;
  const atol = unknowns.map((_, i) =>
    i < head ? plan.atol[i]! : (options.atol ?? 1e-3 * (rtol || 1e-6) * size),
  );
  const [from, to] = problem.tSpan;
  const grid = plan.grid?.times.filter((t) => (t - from) * (t - to) <= 0).reverse();
  const backOptions = {
    solver: options.solver ?? plan.solver,
    rtol,
    atol,
    maxSteps: plan.maxSteps,
    keep: "end",
    tStops: plan.jumps.filter((t) => (t - from) * (t - to) <= 0).reverse(),
    ...(grid ? { grid } : { maxStep: plan.maxStep }),
  } as const;
  const caller = { name: "the adjoint equation", options: solveOptionNames };
  const back = new Run(problem, planOf(problem, backOptions, caller), work);
  back.sinks.push(...sinks);
  return { status: back.complete(unknowns), y: back.integration.y };
}

/** A piece of the forward solution once more, with dense output. */
function denseOver(work: Work, from: number, y: Float64Array, to: number): DenseOutput | Status {
  const { plan } = work;
  const times = plan.grid?.times;
  const within = times && { first: times.indexOf(from), last: times.indexOf(to) };
  const grid = within && {
    times: times.slice(within.first, within.last + 1),
    sizes: plan.grid!.sizes.slice(within.first, within.last),
  };
  const stops = plan.stops.filter((t) => (t - from) * (t - to) < 0);
  const piece: Plan = { ...plan, t0: from, t1: to, grid, stops, onStep: undefined };
  const back = new Run(work.system.problem, piece, work);
  const dense = new DenseOutput(back.system.n, back.stepper.degree, from);
  back.sinks.push(dense);
  const status = back.complete(y.slice());
  return status === "finished" ? dense : status;
}
