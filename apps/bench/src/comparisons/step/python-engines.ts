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

const found = new Map<PythonLibrary, ReturnType<typeof findPython>>();

/** How a Python engine runs here, or why it cannot; undefined for the other engines. */
export async function findPythonEngine(
  engine: StepEngine,
): Promise<PythonEngine | { readonly reason: string } | undefined> {
  const library = libraries[engine];
  if (library === undefined) return undefined;
  const { module, script } = library;
  const program = `import ${module}, numpy; print(${module}.__version__)`;
  const search = found.get(library) ?? findPython(script, program, `${module} and numpy`);
  found.set(library, search);
  const python = await search;
  return "reason" in python ? python : { ...python, environment: childEnvironment(usual) };
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
