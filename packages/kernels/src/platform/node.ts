import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { RawFunctions } from "../generated/abi.ts";
import type { KernelMemory } from "../memory.ts";

/** What scripts/build-native.mjs makes. */
export interface Addon {
  /** Version of the C sources of the addon. */
  readonly version: string;
  /** Whether the processor has the instructions that it is compiled with. */
  readonly supported: boolean;
  create(threads: number): RawFunctions & KernelMemory;
}

/** The value of an environment variable, or "". */
export function wanted(variable: "STIFFNET_KERNELS" | "STIFFNET_THREADS"): string {
  return process.env[variable] ?? "";
}

const here = createRequire(import.meta.url);

/** Where an addon may lie. STIFFNET_KERNELS_FOLDER replaces all others. Otherwise these are the clone's own
 *  build, and the optional package that npm installed for this platform. */
function foldersOf(): string[] {
  const given = process.env.STIFFNET_KERNELS_FOLDER;
  if (given) return [given];
  const { platform, arch } = process;
  const names = platform === "linux" ? ["linux-ARCH-gnu", "linux-ARCH-musl"] : [`${platform}-ARCH`];
  const packages = names.flatMap((name) => installed(`@stiffnet/kernels-${name.replace("ARCH", arch)}`));
  const own =
    packages.length > 1 ? packages.filter((path) => path.endsWith(musl() ? "-musl" : "-gnu")) : packages;
  return [fileURLToPath(new URL(`../../native/${platform}-${arch}`, import.meta.url)), ...own];
}

function installed(name: string): string[] {
  try {
    return [dirname(here.resolve(`${name}/package.json`))];
  } catch {
    return [];
  }
}

/** Whether the system's C library is musl, which some package managers do not ask. */
function musl(): boolean {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime === undefined;
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
export function loadAddon(): Addon | undefined {
  const path = foldersOf()
    .map((folder) => join(folder, "kernels.node"))
    .find((file) => existsSync(file));
  if (path === undefined) return undefined;
  requireWhole(path);
  return here(path);
}

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
