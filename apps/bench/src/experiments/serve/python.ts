import { findPython } from "../../peers/python.ts";

export interface PythonService {
  readonly command: string;
  /** "FastAPI 0.115, uvicorn 0.32 ..." */
  readonly versions: string;
}

const script = `
import fastapi, uvicorn, onnxruntime, numpy, importlib.util as u
parts = [("FastAPI", fastapi), ("uvicorn", uvicorn), ("onnxruntime", onnxruntime)]
fast = [name for name in ("uvloop", "httptools") if u.find_spec(name)]
print(", ".join([f"{name} {m.__version__}" for name, m in parts] + fast))
`;

/** The first Python that has the Python service's libraries; undefined where none has. */
export async function findPythonService(): Promise<PythonService | undefined> {
  const found = await findPython(script);
  return found && { command: found.command, versions: found.printed };
}
