import { childEnvironment } from "@stiffnet/terminal";
import { findPython } from "../peers/python.ts";
import type { EngineRow } from "./engine-protocol.ts";

const found = new Map<string, ReturnType<typeof findPython>>();

/** The Python that an engine's library runs in here, or why there is none. */
export function findPythonEngine([library, script]: NonNullable<EngineRow["python"]>) {
  const program = `import ${library}, numpy; print(${library}.__version__)`;
  const search = found.get(library) ?? findPython(script, program, `${library} and numpy`);
  found.set(library, search);
  return search;
}

/** The environment that makes the engines in Python fastest. */
export const pythonEnvironment = childEnvironment({
  TF_CPP_MIN_LOG_LEVEL: "2",
  // Large temporaries stay out of mmap.
  MALLOC_MMAP_THRESHOLD_: "1073741824",
  MALLOC_TRIM_THRESHOLD_: "4294967296",
  // Both are tuned for other machines where they are set at all, and slow small products down.
  OPENBLAS_CORETYPE: undefined,
  OPENBLAS_L2_SIZE: undefined,
});
