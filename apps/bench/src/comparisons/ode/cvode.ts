import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { variable } from "@stiffnet/terminal";
import { missingPeer, peerFile } from "../peers/python.ts";
import type { RunResult, Started } from "./contestants.ts";
import { ofIndexOne } from "./problems.ts";

const libraries = [
  "cvode",
  "ida",
  "nvecserial",
  "sunlinsoldense",
  "sunlinsolband",
  "sunmatrixdense",
  "sunmatrixband",
  "sunlinsolspgmr",
  "sunnonlinsolfixedpoint",
  "sunlinsolklu",
  "sunmatrixsparse",
];
/** Version 7 has its context in a library of its own. */
const ways = [["-lsundials_core"], []];

/** SUNDIALS CVODE on the problems of ode-problems.c; a reason where it cannot be. */
export async function buildCvode(signal: AbortSignal): Promise<Started> {
  const ask = async (binary: string, name: string, rtol: number, seconds: number): Promise<CvodeAnswer> =>
    JSON.parse(await runProgram(binary, [name, String(rtol), String(seconds)], signal));
  const built = await compileCvode("ode-cvode.cpp", signal);
  if ("reason" in built) return built;
  const { binary, stop } = built;
  const { version } = await ask(binary, "VDPOL", 1e-3, 0);
  return {
    version,
    contestants: [
      {
        name: "CVODE",
        takes: ({ problem }) => ofIndexOne(problem),
        run: async (problem, rtol, seconds): Promise<RunResult> => {
          const answer = await ask(binary, problem.name, rtol, seconds);
          return { ...answer, reason: answer.ok ? "" : "gave up" };
        },
      },
    ],
    stop,
  };
}

/** Runs a program and returns its output. */
export async function runProgram(
  binary: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  return (await promisify(execFile)(binary, [...args], { signal, maxBuffer: 2 ** 24 })).stdout;
}

/** A program of `peers`, compiled with $CXX, g++ or c++ where SUNDIALS' development files are; a reason where
 *  it cannot be. */
export async function compileCvode(
  program: string,
  signal: AbortSignal,
): Promise<{ readonly binary: string; stop(): void } | { readonly reason: string }> {
  const unpublished = missingPeer(program);
  if (unpublished !== undefined) return { reason: unpublished };
  const folder = mkdtempSync(join(tmpdir(), "stiffnet-cvode-"));
  const binary = join(folder, "cvode");
  const source = peerFile(program);
  const mpi = mpiIncludes();
  // Debian's place of KLU's header.
  const includes = ["-I/usr/include/suitesparse", ...mpi.map((path) => `-I${path}`)];
  const flags = ["-O3", "-march=native", ...includes, "-o", binary, source];
  const links = ["-lklu", ...(mpi.length > 0 ? ["-lmpi"] : []), "-lm"];
  const run = promisify(execFile);
  const stop = (): void => rmSync(folder, { recursive: true, force: true });
  let reason = "no C++ compiler was found (g++, c++ or $CXX)";
  const compilers = variable("CXX") ? [variable("CXX")!] : ["g++", "c++"];
  for (const [compiler, way] of compilers.flatMap((each) => ways.map((way) => [each, way] as const))) {
    const all = [...flags, ...libraries.map((name) => `-lsundials_${name}`), ...way, ...links];
    try {
      await run(compiler, all, { signal });
      return { binary, stop };
    } catch (error) {
      const { code, stderr } = error as { code?: unknown; stderr?: string };
      if (code === "ENOENT") continue;
      const complaint = stderr?.split("\n").find((line) => /error|cannot find|undefined/i.test(line));
      reason = `${compiler} cannot build it (libsundials-dev is needed): ${complaint?.trim() ?? "no reason given"}`;
    }
  }
  stop();
  return { reason };
}

interface CvodeAnswer extends Omit<RunResult, "reason"> {
  readonly version: string;
}

/** SUNDIALS of some distributions includes MPI's header. */
function mpiIncludes(): string[] {
  if (!existsSync("/usr/lib")) return [];
  return readdirSync("/usr/lib")
    .filter((name) => name.endsWith("-linux-gnu"))
    .map((name) => join("/usr/lib", name, "openmpi", "include"))
    .filter(existsSync);
}
