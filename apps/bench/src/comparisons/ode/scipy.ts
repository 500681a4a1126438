import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { JsonProcess } from "../peers/json-process.ts";
import { findPython } from "../peers/python.ts";
import { type Contestant, LARGE } from "./contestants.ts";
import type { OdeCase } from "./problems.ts";

/** Methods of solve_ivp, and the older odeint, which calls LSODA without a step of Python in between. */
export const scipyMethods = ["Radau", "BDF", "LSODA", "RK45", "DOP853", "odeint"] as const;

export const scipyPrefix = "SciPy ";

/** Right-hand sides that a SciPy run may take. */
const evaluationLimit = 60_000;

export interface ScipyPeer {
  readonly version: string;
  readonly contestants: readonly Contestant[];
  stop(): void;
}

/** SciPy in a process of its own, with right-hand sides in C; undefined where no Python has it, or no C
 *  compiler is there. */
export async function startScipy(): Promise<ScipyPeer | undefined> {
  const script = fileURLToPath(new URL("../../../peers/ode_scipy.py", import.meta.url));
  const folder = JSON.stringify(dirname(script));
  const found = await findPython(
    `import sys; sys.path.insert(0, ${folder}); import scipy, scipy.integrate, ode_compiled; print(scipy.__version__)`,
  );
  if (found === undefined) return undefined;
  const one = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
  const process_ = new JsonProcess(found.command, [script], { ...process.env, ...one });
  return {
    version: found.printed,
    contestants: scipyMethods.map((method) => ({
      name: `${scipyPrefix}${method}`,
      takes: ({ problem, stiff, unknowns }: OdeCase) =>
        problem.mass === undefined &&
        // Explicit methods are for what is not stiff; those that would factorise for hours are not asked.
        (method.startsWith("RK") || method === "DOP853" ? !stiff : true) &&
        (unknowns <= LARGE || method === "BDF" || method === "LSODA"),
      run: (problem: OdeCase, rtol: number, seconds: number) =>
        process_.ask({ problem: problem.name, method, rtol, seconds, limit: evaluationLimit }),
    })),
    stop: () => process_.stop(),
  };
}
