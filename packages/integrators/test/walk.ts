import { defineTraced } from "../../autodiff/src/index.ts";
import {
  auto,
  type Batch,
  backsolve,
  bdf,
  type DifferentiableOptions,
  discrete,
  type EventSpec,
  forwardSensitivities,
  interpolated,
  type OdeProblem,
  oneStepSolvers,
  radau,
  rkc,
  type SolveOptions,
  type Solver,
  solve,
  solveBatch,
  symplecticSolvers,
} from "../src/index.ts";

/** Every kind of solver x every form of a problem or option x every way to solve and differentiate. */

export const solvers: readonly Solver[] = [
  ...oneStepSolvers,
  bdf,
  rkc,
  auto(),
  auto({ stiff: radau }),
  ...symplecticSolvers,
];

/** A pendulum under a constant force: y = (q, v), v' = -p_0 sin q + p_1. */
const pendulum: OdeProblem = {
  f: (_t, y, dy, p) => dy.set([y[1]!, -p[0]! * Math.sin(y[0]!) + p[1]!]),
  y0: [1, 0.2],
  tSpan: [0, 1],
  parameters: [4, 0.5],
};

/** Another pendulum, whose force acts from t = 1/2 on. */
const jumping: OdeProblem = {
  ...pendulum,
  f: (t, y, dy, p) => dy.set([y[1]!, -p[0]! * Math.sin(y[0]!) + (t > 0.5 ? p[1]! : 0)]),
};

const pullback: NonNullable<OdeProblem["pullback"]> = (_t, y, v, gradY, gradP, p) => {
  gradY[0] = gradY[0]! - p[0]! * Math.cos(y[0]!) * v[1]!;
  gradY[1] = gradY[1]! + v[0]!;
  gradP[0] = gradP[0]! - Math.sin(y[0]!) * v[1]!;
  gradP[1] = gradP[1]! + v[1]!;
};

/** The swing loses speed where it passes the middle. */
const brake: EventSpec = {
  value: (_t, y) => y[0]!,
  action: (_t, y) => {
    y[1] = 0.5 * y[1]!;
  },
};

/** An event whose time and derivatives the tests ask for. */
const reach: EventSpec = { value: (_t, y) => y[0]! - 0.3, terminal: true };

interface Feature {
  readonly problem: OdeProblem;
  readonly options?: SolveOptions;
  /** How complaints may call it. */
  readonly words: RegExp;
}

const steps = 400;

export const features: Readonly<Record<string, Feature>> = {
  "a dense Jacobian": { problem: pendulum, words: /jacobian/i },
  "a declared band": { problem: { ...pendulum, band: { lower: 1, upper: 1 } }, words: /band/ },
  "a declared sparsity": { problem: { ...pendulum, sparsity: [[1], [0]] }, words: /sparsity/ },
  krylov: { problem: { ...pendulum, krylov: {} }, words: /krylov|GMRES/ },
  "krylov with a pullback": { problem: { ...pendulum, krylov: {}, pullback }, words: /krylov|GMRES/ },
  "a mass matrix": {
    problem: {
      ...pendulum,
      mass: [2, 1],
      f: (t, y, dy, p) => {
        pendulum.f(t, y, dy, p);
        dy[0] = 2 * dy[0]!;
      },
    },
    words: /mass/,
  },
  "a traced problem": {
    problem: defineTraced({
      f: ({ y, p, math }) => [y[1]!, math.add(math.mul(math.neg(p[0]!), math.sin(y[0]!)), p[1]!)],
      y0: [1, 0.2],
      tSpan: [0, 1],
      parameters: [4, 0.5],
    }),
    words: /traced/,
  },
  "events that act": { problem: pendulum, options: { events: [brake] }, words: /events/ },
  "jumps at tStops": { problem: jumping, options: { tStops: [0.5] }, words: /tStops/ },
  bounds: { problem: pendulum, options: { bounds: { lower: -2 } }, words: /bounds/ },
  "a batch": { problem: pendulum, words: /batch/ },
  "fixed steps": { problem: pendulum, options: { steps }, words: /fixed steps/ },
};

/** The results: states and derivatives, one after another. */
export type Numbers = readonly number[];

interface Run {
  readonly problem: OdeProblem;
  readonly options: SolveOptions;
  readonly batch: boolean;
}

function ended(status: string, wanted = "finished"): void {
  if (status !== wanted) throw new Error(`status ${status}, expected ${wanted}`);
}

/** d(y_0 + 2 y_1)/d(y0, p) at the end. */
const reverse =
  (sensitivity: ReturnType<typeof discrete>) =>
  ({ problem, options, batch }: Run): Numbers => {
    const given = batch ? { ...options, batch: true } : options;
    const run = sensitivity.run(problem, given as DifferentiableOptions);
    ended(run.status);
    const gradients = run.pullback([1, 2]);
    ended(gradients.status);
    return [...gradients.y0, ...gradients.parameters];
  };

const batchOf = (given: boolean) => (given ? { batch: true } : {});

export const uses: Readonly<Record<string, { readonly run: (run: Run) => Numbers; readonly words: RegExp }>> =
  {
    solve: {
      words: /solve/,
      run: ({ problem, options, batch }) => {
        if (batch) {
          const members: Batch = { y0: [0, 0, ...Array.from(problem.y0)], parameters: [1, 1, 4, 0.5] };
          const run = solveBatch(problem, members, options);
          ended(run.statuses[1]!);
          return [...run.yEnd.subarray(2)];
        }
        const run = solve(problem, { ...options, keep: "end" });
        ended(run.status);
        return [...run.yEnd];
      },
    },
    forwardSensitivities: {
      words: /forwardSensitivities/,
      run: ({ problem, options, batch }) => {
        const run = forwardSensitivities(problem, {
          ...options,
          ...batchOf(batch),
        } as object as DifferentiableOptions);
        ended(run.status);
        const [a, b] = [run.y0, run.parameters];
        const combined = (m: Float64Array) => [m[0]! + 2 * m[2]!, m[1]! + 2 * m[3]!];
        return [...combined(a), ...combined(b)];
      },
    },
    discrete: { words: /discrete/, run: reverse(discrete()) },
    interpolated: { words: /interpolated/, run: reverse(interpolated()) },
    backsolve: { words: /backsolve/, run: reverse(backsolve()) },
    "event gradients": {
      words: /forwardSensitivities/,
      run: ({ problem, options, batch }) => {
        const events = [...(options.events ?? []), reach];
        const given = { ...options, events, ...batchOf(batch) } as object as DifferentiableOptions;
        const run = forwardSensitivities(problem, given);
        ended(run.status, "event");
        const event = run.events[run.events.length - 1]!;
        return [event.t, ...event.y0, ...event.parameters];
      },
    },
  };

/** The right result, by central differences of tight solves. */
export function reference(feature: string, use: string): Numbers {
  const { problem, options = {} } = features[feature]!;
  const base = problem.f === jumping.f ? jumping : pendulum;
  const { bounds: _bounds, steps: _steps, ...kept } = options;
  const end = (y0: readonly number[], p: readonly number[]) => {
    const events = [...(kept.events ?? []), ...(use === "event gradients" ? [reach] : [])];
    const tight = { ...kept, events, rtol: 1e-12, atol: 1e-13, keep: "end" } as const;
    return solve({ ...base, y0, parameters: p }, tight);
  };
  const [y0, p] = [
    [1, 0.2],
    [4, 0.5],
  ] as const;
  const e = 1e-4;
  const quantity = (run: ReturnType<typeof end>) =>
    use === "event gradients" ? run.tEnd : run.yEnd[0]! + 2 * run.yEnd[1]!;
  const derivative = (k: number) => {
    const at = (step: number) =>
      quantity(
        end(
          y0.map((x, i) => (i === k ? x + step : x)),
          p.map((x, i) => (i + 2 === k ? x + step : x)),
        ),
      );
    return (at(e) - at(-e)) / (2 * e);
  };
  const middle = end(y0, p);
  if (use === "solve") return [...middle.yEnd];
  const derivatives = [0, 1, 2, 3].map(derivative);
  return use === "event gradients" ? [middle.tEnd, ...derivatives] : derivatives;
}

/** The outcome of a cell: right, refused with a message, or wrong. */
export type Outcome = { readonly right: true } | { readonly refused: string } | { readonly wrong: string };

/** Steps and tolerances that suit an order, and the error that they leave. */
function demands(solver: Solver): { readonly rtol: number; readonly error: number } {
  if (solver.order === 1) return { rtol: 1e-4, error: 3e-2 };
  if (solver.order === 2) return { rtol: 1e-5, error: 3e-3 };
  return { rtol: 1e-7, error: 3e-4 };
}

export function outcome(solver: Solver, feature: string, use: string, right: Numbers): Outcome {
  const { problem, options, words } = features[feature]!;
  const { rtol, error } = demands(solver);
  try {
    const tolerances = options?.steps === undefined ? { rtol, atol: 1e-2 * rtol } : {};
    const numbers = uses[use]!.run({
      problem,
      options: { solver, ...tolerances, ...options },
      batch: feature === "a batch",
    });
    const off = Math.max(
      ...numbers.map((x, i) => Math.abs(x - right[i]!) / Math.max(1, Math.abs(right[i]!))),
    );
    return off <= error ? { right: true } : { wrong: `off by ${off}: ${numbers} instead of ${right}` };
  } catch (cause) {
    const { name, message } = cause as Error;
    if (name !== "IntegratorError") return { wrong: `${name}: ${message}` };
    const named = [words, uses[use]!.words, /fixed steps/].filter((each) => each.test(message)).length;
    const both = named + (message.includes(solver.name) ? 1 : 0);
    return both >= 2 ? { refused: message } : { wrong: `refused without naming both: ${message}` };
  }
}
