import { execFile } from "node:child_process";
import { promisify } from "node:util";

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

/** The first of $STIFFNET_PYTHON, python3 and /usr/bin/python3 that has the Python service's libraries; undefined where none has. */
export async function findPythonService(): Promise<PythonService | undefined> {
  const chosen = process.env.STIFFNET_PYTHON;
  for (const command of chosen ? [chosen] : ["python3", "/usr/bin/python3"]) {
    try {
      const { stdout } = await promisify(execFile)(command, ["-c", script], {
        timeout: 60_000,
        maxBuffer: 2 ** 24,
      });
      return { command, versions: stdout.trim().split("\n").at(-1)! };
    } catch {
      // Not there, or without one of them: the next one.
    }
  }
  return undefined;
}
