import { type FoundPython, findPython } from "../../peers/python.ts";

const versions = `
import fastapi, uvicorn, onnxruntime, numpy, importlib.util as u
parts = [("FastAPI", fastapi), ("uvicorn", uvicorn), ("onnxruntime", onnxruntime)]
fast = [name for name in ("uvloop", "httptools") if u.find_spec(name)]
print(", ".join([f"{name} {m.__version__}" for name, m in parts] + fast))
`;

/** The first Python that has the Python service's libraries, which prints their versions. */
export function findPythonService(): Promise<FoundPython | undefined> {
  return findPython(versions);
}
