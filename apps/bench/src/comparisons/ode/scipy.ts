import { dirname } from "node:path";
import { childEnvironment } from "@stiffnet/terminal";
import { JsonProcess } from "../peers/json-process.ts";
import { findPython, peerFile } from "../peers/python.ts";
import { LARGE, type Started } from "./contestants.ts";
import type { OdeCase } from "./problems.ts";

/** Methods of solve_ivp, and the older odeint, which calls LSODA without a step of Python in between. */
const methods = ["Radau", "BDF", "LSODA", "RK45", "DOP853", "odeint"] as const;

/** Right-hand sides that a SciPy run may take. */
const evaluationLimit = 60_000;

/** SciPy in a process of its own, with right-hand sides in C. */
export async function startScipy(): Promise<Started> {
  const folder = JSON.stringify(dirname(peerFile("ode_scipy.py")));
  const found = await findPython(
    "ode_scipy.py",
    `import sys; sys.path.insert(0, ${folder}); import scipy, scipy.integrate, ode_compiled; print(scipy.__version__)`,
    "scipy",
  );
  if ("reason" in found) return { reason: `${found.reason}, or no C compiler (cc or $CC)` };
  const one = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
  const process_ = new JsonProcess(found.command, [found.script], childEnvironment(one));
  return {
    version: found.printed,
    contestants: methods.map((method) => ({
      name: `SciPy ${method}`,
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
