import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { childEnvironment, variable } from "@stiffnet/terminal";
import { type FoundPython, findPython } from "../peers/python.ts";
import type { StepEngine } from "./engine-protocol.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A Python that has an engine's library, and the environment in which it is at its fastest. */
export interface PythonEngine extends FoundPython {
  readonly environment: Environment;
}

interface PythonLibrary {
  readonly module: string;
  readonly script: string;
  environment?(version: string): Record<string, string | undefined>;
}

const torch: PythonLibrary = { module: "torch", script: "torch_step.py", environment: torchEnvironment };
const tensorflow: PythonLibrary = { module: "tensorflow", script: "tensorflow_step.py" };
const libraries: Partial<Record<StepEngine, PythonLibrary>> = {
  "torch-eager": torch,
  "torch-compile": torch,
  jax: { module: "jax", script: "jax_step.py" },
  tensorflow,
  "tensorflow-xla": tensorflow,
};

/** The engines among these that are Python's and have no Python here, with what was looked for; the others of
 *  Python's with how they run. */
export async function findPythonEngines(engines: readonly StepEngine[]): Promise<{
  readonly found: ReadonlyMap<StepEngine, PythonEngine>;
  readonly missing: ReadonlyMap<StepEngine, string>;
}> {
  const found = new Map<StepEngine, PythonEngine>();
  const missing = new Map<StepEngine, string>();
  const known = new Map<PythonLibrary, Awaited<ReturnType<typeof findPython>>>();
  for (const engine of engines) {
    const library = libraries[engine];
    if (library === undefined) continue;
    const { module, script } = library;
    if (!known.has(library)) {
      const program = `import ${module}, numpy; print(${module}.__version__)`;
      known.set(library, await findPython(script, program, `${module} and numpy`));
    }
    const python = known.get(library)!;
    if ("reason" in python) missing.set(engine, python.reason);
    else {
      const environment = childEnvironment({ ...usual, ...library.environment?.(python.printed) });
      found.set(engine, { ...python, environment });
    }
  }
  return { found, missing };
}

const usual: Environment = {
  TF_CPP_MIN_LOG_LEVEL: "2",
  // Large temporaries stay out of mmap.
  MALLOC_MMAP_THRESHOLD_: "1073741824",
  MALLOC_TRIM_THRESHOLD_: "4294967296",
  // Both are tuned for other machines where they are set at all, and slow small products down.
  OPENBLAS_CORETYPE: undefined,
  OPENBLAS_L2_SIZE: undefined,
};

/** Debian links the reference BLAS, so OpenBLAS is loaded before it where it is installed; the compiler of
 *  torch.compile vectorises only with SLEEF loaded. */
function torchEnvironment(version: string): Record<string, string | undefined> {
  const preload =
    variable("LD_PRELOAD")
      ?.split(/[\s:]+/)
      .filter(Boolean) ?? [];
  if (version.includes("debian") && existsSync("/usr/lib")) {
    for (const folder of readdirSync("/usr/lib").filter((name) => name.endsWith("-linux-gnu"))) {
      const at = (file: string): string => join("/usr/lib", folder, file);
      const openblas = ["openblas-openmp/libopenblas.so.0", "libopenblas.so.0"].map(at).find(existsSync);
      const sleef = at("libsleef.so.3");
      if (openblas !== undefined) preload.push(openblas);
      if (existsSync(sleef)) preload.push(sleef);
    }
  }
  return preload.length > 0 ? { LD_PRELOAD: preload.join(":") } : {};
}
