import { type FoundPython, findPython } from "../peers/python.ts";
import { type Dialect, nestedRows } from "./request.ts";

/** A service that a Python user would write; peers/NAME_service.py MODEL PORT PROCESSES starts it. */
interface PythonService {
  readonly title: string;
  readonly dialect: Dialect;
  /** The libraries it imports (the first names it), and libraries that make it faster. */
  readonly libraries: readonly string[];
  readonly faster: readonly string[];
}

export const pythonServices: Record<"fastapi" | "bentoml", PythonService> = {
  fastapi: {
    title: "FastAPI",
    dialect: nestedRows((answer) => answer.outputs),
    libraries: ["fastapi", "uvicorn", "numpy", "onnxruntime"],
    faster: ["uvloop", "httptools"],
  },
  bentoml: {
    title: "BentoML",
    dialect: nestedRows((answer) => answer),
    libraries: ["bentoml", "uvicorn", "numpy", "onnxruntime"],
    faster: [],
  },
};

export type PythonServiceKind = keyof typeof pythonServices;
export const pythonKinds = Object.keys(pythonServices) as PythonServiceKind[];

const versions = (libraries: readonly string[], faster: readonly string[]): string => `
import ${libraries.join(", ")}, importlib.metadata as m, importlib.util as u
print(", ".join([f"{name} {m.version(name)}" for name in ${JSON.stringify(libraries)}] + [name for name in ${JSON.stringify(faster)} if u.find_spec(name)]))
`;

/** The Pythons that have a service's libraries, and their versions; and of the others, why not. */
export async function findPythonServices(): Promise<{
  found: ReadonlyMap<PythonServiceKind, FoundPython>;
  missing: string[];
}> {
  const found = new Map<PythonServiceKind, FoundPython>();
  const missing: string[] = [];
  for (const kind of pythonKinds) {
    const { title, libraries, faster } = pythonServices[kind];
    const names = `${libraries.slice(0, -1).join(", ")} and ${libraries.at(-1)}`;
    const python = await findPython(`${kind}_service.py`, versions(libraries, faster), names);
    if ("reason" in python) missing.push(`${title}: ${python.reason}`);
    else found.set(kind, python);
  }
  return { found, missing };
}
