import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { findPython } from "../../peers/python.ts";

export interface PythonWithTorch {
  readonly command: string;
  readonly torch: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The first Python that can import torch; undefined where none can. */
export async function findTorch(): Promise<PythonWithTorch | undefined> {
  const found = await findPython("import torch, numpy; print(torch.__version__)");
  if (found === undefined) return undefined;
  const { command, printed: torch } = found;
  return { command, torch, environment: torchEnvironment(torch) };
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
