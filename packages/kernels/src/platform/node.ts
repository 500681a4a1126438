import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { RawFunctions } from "../generated/abi.ts";
import type { KernelMemory } from "../memory.ts";

/** What scripts/build-native.mjs makes. */
export interface Addon {
  /** Of the C sources it was compiled from. */
  readonly version: string;
  /** Whether the processor has its instructions. */
  readonly supported: boolean;
  create(threads: number): RawFunctions & KernelMemory;
}

const sets: { readonly [architecture: string]: readonly string[] } = {
  x64: ["avx512", "avx2", "sse4"],
  arm64: ["neon"],
};

/** Instruction sets of this architecture, the fastest first. */
export const addons: readonly string[] = sets[process.arch] ?? [];

/** Not chosen by itself: WebAssembly, compiled for the processor at hand, is as fast. */
export const slow: ReadonlySet<string> = new Set(["sse4"]);

/** What the user's environment asks for, "" for nothing. */
export function wanted(variable: "STIFFNET_KERNELS" | "STIFFNET_THREADS"): string {
  return process.env[variable] ?? "";
}

/** undefined: not built here. Throws where it cannot be loaded. */
export function loadAddon(name: string): Addon | undefined {
  const folder = `../../native/${process.platform}-${process.arch}/`;
  const path = fileURLToPath(new URL(`${folder}${name}.node`, import.meta.url));
  return existsSync(path) ? createRequire(import.meta.url)(path) : undefined;
}

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
