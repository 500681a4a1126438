import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

export interface PythonWithTorch {
  readonly command: string;
  readonly torch: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The first of $STIFFNET_PYTHON, python3 and /usr/bin/python3 that can import torch; undefined where none can. */
export async function findTorch(): Promise<PythonWithTorch | undefined> {
  const chosen = process.env.STIFFNET_PYTHON;
  for (const command of chosen ? [chosen] : ["python3", "/usr/bin/python3"]) {
    try {
      const { stdout } = await promisify(execFile)(
        command,
        ["-c", "import torch, numpy; print(torch.__version__)"],
        { timeout: 120_000 },
      );
      const torch = stdout.trim();
      return { command, torch, environment: torchEnvironment(torch) };
    } catch {
      // Not there, or without torch: the next one.
    }
  }
  return undefined;
}

/** The environment in which PyTorch is at its fastest, so that the comparison is with its best.
 *
 *  Debian links the reference BLAS, so OpenBLAS is loaded before it where it is installed; the compiler of
 *  torch.compile vectorises only with SLEEF loaded; large temporaries are kept out of mmap. */
function torchEnvironment(torch: string): Record<string, string | undefined> {
  const preload = process.env.LD_PRELOAD?.split(/[\s:]+/).filter(Boolean) ?? [];
  if (torch.includes("debian") && existsSync("/usr/lib")) {
    for (const folder of readdirSync("/usr/lib").filter((name) => name.endsWith("-linux-gnu"))) {
      const at = (file: string): string => join("/usr/lib", folder, file);
      const openblas = ["openblas-openmp/libopenblas.so.0", "libopenblas.so.0"].map(at).find(existsSync);
      const sleef = at("libsleef.so.3");
      if (openblas !== undefined) preload.push(openblas);
      if (existsSync(sleef)) preload.push(sleef);
    }
  }
  return {
    ...process.env,
    ...(preload.length > 0 ? { LD_PRELOAD: preload.join(":") } : {}),
    MALLOC_MMAP_THRESHOLD_: "1073741824",
    MALLOC_TRIM_THRESHOLD_: "4294967296",
    // Both are tuned for other machines where they are set at all, and slow small products down.
    OPENBLAS_CORETYPE: undefined,
    OPENBLAS_L2_SIZE: undefined,
  };
}
