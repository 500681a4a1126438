import { fileURLToPath } from "node:url";
import { JsonProcess } from "../../peers/json-process.ts";
import { findPython } from "../../peers/python.ts";
import type { Contestant } from "./contestants.ts";
import type { OdeCase } from "./problems.ts";

/** Methods of solve_ivp, and the older odeint, which calls LSODA without a step of Python in between. */
export const scipyMethods = ["Radau", "BDF", "LSODA", "RK45", "odeint"] as const;

export const scipyPrefix = "SciPy ";

/** Right-hand sides that a SciPy run may take: RK45 has no other way out of a stiff problem. */
const evaluationLimit = 50_000;

export interface ScipyPeer {
  readonly version: string;
  readonly contestants: readonly Contestant[];
  stop(): void;
}

/** SciPy in a process of its own; undefined where no Python has it. */
export async function startScipy(): Promise<ScipyPeer | undefined> {
  const found = await findPython("import scipy, scipy.integrate; print(scipy.__version__)");
  if (found === undefined) return undefined;
  const script = fileURLToPath(new URL("../../../peers/ode_scipy.py", import.meta.url));
  const one = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
  const process_ = new JsonProcess(found.command, [script], { ...process.env, ...one });
  return {
    version: found.printed,
    contestants: scipyMethods.map((method) => ({
      name: `${scipyPrefix}${method}`,
      run: (problem: OdeCase, rtol: number, seconds: number) =>
        process_.ask({ problem: problem.name, method, rtol, seconds, limit: evaluationLimit }),
    })),
    stop: () => process_.stop(),
  };
}
