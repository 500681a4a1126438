import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
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

/** Whether STIFFNET_SIMULATE_CPU has the processor lack an instruction set: it names the best one that is
 *  left, or "none". */
export function lacks(name: string): boolean {
  const best = process.env.STIFFNET_SIMULATE_CPU;
  if (!best) return false;
  return best === "none" || addons.indexOf(name) < addons.indexOf(best);
}

/** Where an addon is looked for: in STIFFNET_KERNELS_FOLDER, or where this clone built it. */
function placeOf(name: string): string {
  const folder = process.env.STIFFNET_KERNELS_FOLDER;
  if (folder) return join(folder, `${name}.node`);
  const built = `../../native/${process.platform}-${process.arch}/${name}.node`;
  return fileURLToPath(new URL(built, import.meta.url));
}

/** Throws where an ELF file ends before its last table: the system's loader would end the process. */
function requireWhole(path: string): void {
  const bytes = readFileSync(path);
  if (bytes.length < 64) throw new Error(`${path} has ${bytes.length} bytes`);
  if (bytes.readUInt32BE(0) !== 0x7f454c46) return;
  const end = Number(bytes.readBigUInt64LE(0x28)) + bytes.readUInt16LE(0x3a) * bytes.readUInt16LE(0x3c);
  if (bytes.length < end) throw new Error(`${path} is cut off: ${bytes.length} bytes, expected ${end}`);
}

/** undefined: there is none. Throws where it cannot be loaded. */
export function loadAddon(name: string): Addon | undefined {
  const path = placeOf(name);
  if (!existsSync(path)) return undefined;
  requireWhole(path);
  return createRequire(import.meta.url)(path);
}

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
