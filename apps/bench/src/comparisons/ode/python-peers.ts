import { dirname } from "node:path";
import { childEnvironment } from "@stiffnet/terminal";
import { JsonProcess } from "../peers/json-process.ts";
import { type FoundPython, findPython, peerFile } from "../peers/python.ts";
import { type Contestant, LARGE, type Started } from "./contestants.ts";
import type { OdeCase } from "./problems.ts";

/** Methods of solve_ivp, and the older odeint, which calls LSODA without a step of Python in between. */
const methods = ["Radau", "BDF", "LSODA", "RK45", "DOP853", "odeint"] as const;

/** Right-hand sides that a SciPy run may take. */
const evaluationLimit = 60_000;

/** Problems that are written in JAX, too. */
const written = [
  "ROBER",
  "OREGO",
  "HIRES",
  "VDPOL",
  "BRUSS",
  "LORENZ",
  "ARENSTORF",
  "PLEIADES",
  "MEDAKZO",
  "HEAT",
  "ALLEN",
];

/** SciPy in a process of its own, with right-hand sides in C. */
export async function startScipy(signal: AbortSignal): Promise<Started> {
  const folder = JSON.stringify(dirname(peerFile("ode_scipy.py")));
  const found = await findPython(
    "ode_scipy.py",
    `import sys; sys.path.insert(0, ${folder}); import scipy, scipy.integrate, ode_compiled; print(scipy.__version__)`,
    "scipy",
  );
  if ("reason" in found) return { reason: `${found.reason}, or no C compiler (cc or $CC)` };
  return started(found, signal, (python) =>
    methods.map((method) => ({
      name: `SciPy ${method}`,
      takes: ({ problem, stiff, unknowns }: OdeCase) =>
        problem.mass === undefined &&
        // Explicit methods are for what is not stiff; those that would factorise for hours are not asked.
        (method.startsWith("RK") || method === "DOP853" ? !stiff : true) &&
        (unknowns <= LARGE || method === "BDF" || method === "LSODA"),
      run: ({ name: problem }: OdeCase, rtol: number, seconds: number) =>
        python.ask({ problem, method, rtol, seconds, limit: evaluationLimit }),
    })),
  );
}

/** diffrax in its own process: Tsit5 on problems that are not stiff, Kvaerno5 on stiff ones. Compiling is
 *  timed separately. */
export async function startDiffrax(signal: AbortSignal): Promise<Started> {
  const found = await findPython("ode_diffrax.py", "import diffrax; print(diffrax.__version__)", "diffrax");
  if ("reason" in found) return found;
  return started(found, signal, (python) =>
    (["Tsit5", "Kvaerno5"] as const).map((method) => ({
      name: `diffrax ${method}`,
      takes: ({ name, stiff }) => written.includes(name) && stiff === (method === "Kvaerno5"),
      run: ({ name, problem, tStops = [], atolFor }, rtol, seconds) => {
        const [t0, t1] = problem.tSpan;
        const y0 = Array.from(problem.y0);
        const times = [t0, ...tStops, t1];
        return python.ask({ problem: name, method, rtol, atol: atolFor(rtol), y0, times, seconds });
      },
    })),
  );
}

function started(
  { command, script, printed: version }: FoundPython,
  signal: AbortSignal,
  contestantsOf: (python: JsonProcess) => Contestant[],
): Started {
  const one = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
  const python = new JsonProcess(command, [script], signal, childEnvironment(one));
  return { version, contestants: contestantsOf(python), stop: () => python.stop() };
}
