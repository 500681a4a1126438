import { childEnvironment } from "@stiffnet/terminal";
import { type FoundPython, findPython } from "../peers/python.ts";
import type { EngineRow } from "./engine-protocol.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A Python that has an engine's library, and its fastest environment. */
export interface PythonEngine extends FoundPython {
  readonly environment: Environment;
}

const found = new Map<string, ReturnType<typeof findPython>>();

/** How an engine in Python runs here, or why it cannot. */
export async function findPythonEngine([library, script]: NonNullable<EngineRow["python"]>): Promise<
  PythonEngine | { readonly reason: string }
> {
  const program = `import ${library}, numpy; print(${library}.__version__)`;
  const search = found.get(library) ?? findPython(script, program, `${library} and numpy`);
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
