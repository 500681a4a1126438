import { childEnvironment } from "@stiffnet/terminal";
import { type FoundPython, findPython } from "../peers/python.ts";
import type { StepEngine } from "./engine-protocol.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A Python that has an engine's library, and its fastest environment. */
export interface PythonEngine extends FoundPython {
  readonly environment: Environment;
}

interface PythonLibrary {
  readonly module: string;
  readonly script: string;
}

const torch: PythonLibrary = { module: "torch", script: "torch_step.py" };
const tensorflow: PythonLibrary = { module: "tensorflow", script: "tensorflow_step.py" };
const libraries: Partial<Record<StepEngine, PythonLibrary>> = {
  "torch-eager": torch,
  "torch-compile": torch,
  jax: { module: "jax", script: "jax_step.py" },
  tensorflow,
  "tensorflow-xla": tensorflow,
};

/** For each Python engine: how it runs here, or why it cannot. */
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
      const environment = childEnvironment(usual);
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
