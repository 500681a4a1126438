import { childEnvironment } from "@stiffnet/terminal";
import { JsonProcess } from "../peers/json-process.ts";
import { findPython } from "../peers/python.ts";
import type { RunResult, Started } from "./contestants.ts";

/** Problems that are written in JAX, too. */
const written = [
  ...["ROBER", "OREGO", "HIRES", "VDPOL", "BRUSS", "LORENZ", "ARENSTORF", "PLEIADES", "MEDAKZO", "HEAT"],
  "ALLEN",
];

/** diffrax in its own process: Tsit5 on problems that are not stiff, Kvaerno5 on stiff ones. Compiling is
 *  timed separately. */
export async function startDiffrax(): Promise<Started> {
  const found = await findPython("ode_diffrax.py", "import diffrax; print(diffrax.__version__)", "diffrax");
  if ("reason" in found) return found;
  const one = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
  const process_ = new JsonProcess(found.command, [found.script], childEnvironment(one));
  return {
    version: found.printed,
    contestants: (["Tsit5", "Kvaerno5"] as const).map((method) => ({
      name: `diffrax ${method}`,
      takes: ({ name, stiff }) => written.includes(name) && stiff === (method === "Kvaerno5"),
      run: ({ name, problem, tStops = [], atolFor }, rtol, seconds): Promise<RunResult> => {
        const [t0, t1] = problem.tSpan;
        const y0 = Array.from(problem.y0);
        const times = [t0, ...tStops, t1];
        return process_.ask({ problem: name, method, rtol, atol: atolFor(rtol), y0, times, seconds });
      },
    })),
    stop: () => process_.stop(),
  };
}
