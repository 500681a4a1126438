import { bestOf, type Contestant, type RunResult, type Started } from "./contestants.ts";
import type { OdeCase } from "./problems.ts";

/** Solvers of npm, which take what is not stiff. */
const npmPeers = ["odex", "ode45-cash-karp"] as const;

interface Odex {
  readonly Solver: new (
    n: number,
  ) => {
    absoluteTolerance: number;
    relativeTolerance: number;
    maxSteps: number;
    solve(
      f: (t: number, y: number[]) => ArrayLike<number>,
      t0: number,
      y0: number[],
      t1: number,
    ): { readonly y: number[]; readonly outcome: number; readonly nEval: number; readonly nAccept: number };
  };
}

type CashKarp = (
  y0: Float64Array,
  f: (dy: Float64Array, y: Float64Array, t: number) => void,
  t0: number,
  dt0: number,
  options: { readonly tol: number; readonly verbose: boolean },
) => { readonly y: Float64Array; readonly t: number; step(limit: number): boolean };

type Once = (problem: OdeCase, rtol: number) => Omit<RunResult, "seconds" | "ok" | "reason">;

const noParameters = new Float64Array(0);

function odexOnce({ Solver }: Odex): Once {
  return ({ problem, unknowns, atolFor }, rtol) => {
    const solver = new Solver(unknowns);
    solver.relativeTolerance = rtol;
    solver.absoluteTolerance = atolFor(rtol)[0]!;
    solver.maxSteps = 100_000;
    const state = new Float64Array(unknowns);
    const f = (t: number, y: number[]): ArrayLike<number> => {
      const dy = new Float64Array(unknowns);
      state.set(y);
      problem.f(t, state, dy, noParameters);
      return dy;
    };
    const [t0, t1] = problem.tSpan;
    const run = solver.solve(f, t0, Array.from(problem.y0), t1);
    return { evaluations: run.nEval, steps: run.nAccept, y: run.y };
  };
}

function cashKarpOnce(ode45: CashKarp): Once {
  return ({ problem }, rtol) => {
    let evaluations = 0;
    let steps = 0;
    const [t0, t1] = problem.tSpan;
    const f = (dy: Float64Array, y: Float64Array, t: number): void => {
      evaluations++;
      problem.f(t, y, dy, noParameters);
    };
    const run = ode45(Float64Array.from(problem.y0), f, t0, 1e-4, { tol: rtol, verbose: false });
    while (run.step(t1) && steps < 1_000_000) steps++;
    return { evaluations, steps, y: run.y };
  };
}

export async function loadNpmPeers(): Promise<Record<string, Started>> {
  const found: Record<string, Started> = {};
  for (const name of npmPeers) {
    try {
      const loaded: { default?: unknown } = await import(name);
      const library = loaded.default ?? loaded;
      const once = name === "odex" ? odexOnce(library as Odex) : cashKarpOnce(library as CashKarp);
      found[name] = { version: "of npm", contestants: [contestant(name, once)] };
    } catch {
      found[name] = { reason: `it is not installed (npm install ${name})` };
    }
  }
  return found;
}

function contestant(name: string, once: Once): Contestant {
  return {
    name,
    takes: ({ stiff, problem }) => !stiff && problem.mass === undefined,
    async run(problem, rtol, seconds) {
      return bestOf(seconds, () => {
        const result = once(problem, rtol);
        const ok = Array.from(result.y).every(Number.isFinite);
        return { ...result, ok, reason: ok ? "" : "not finite" };
      });
    },
  };
}
