import { checkOptions, StiffnetError, text, whole } from "@stiffnet/base";
import { type Addon, loadAddon, say, wanted } from "#platform";
import { bindFunctions, type KernelFunctions, type RawFunctions } from "./generated/abi.ts";
import { sourceVersion, wasmBase64 } from "./generated/wasm.ts";
import { Arena, type KernelMemory } from "./memory.ts";

/** One instance of the kernels with a memory of its own: not shared between threads. */
export interface Kernels {
  readonly arena: Arena;
  /** "wasm" or "native". The bits are the same. */
  readonly engine: string;
  /** How many threads work on a call; 1 in WebAssembly. Bits do not depend on it. */
  readonly threads: number;
}

/** Kernels with the bare C functions. They do not check sizes, and read and write beyond the ends of arrays
 *  that are too short. */
export interface UncheckedKernels extends Kernels {
  readonly call: KernelFunctions;
}

export interface KernelsOptions {
  /** "auto", "wasm" or "native"; STIFFNET_KERNELS by default, and "auto" without. */
  readonly engine?: string | undefined;
  /** For one call, of native kernels alone; STIFFNET_THREADS by default, and 1 without. */
  readonly threads?: number | undefined;
}

/** The parts of an engine, before types. */
export interface RawKernels {
  readonly functions: RawFunctions;
  readonly memory: KernelMemory;
  /** First possible offset of arrays. WebAssembly has its stack below. */
  readonly base: number;
  readonly engine: string;
  readonly threads: number;
}

interface WasmApi {
  Memory: new (limits: { initial: number; maximum: number }) => KernelMemory;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> };
}

let compiled: object | undefined;

function wasmKernels(): RawKernels {
  const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: WasmApi }).WebAssembly;
  compiled ??= new Module(Uint8Array.from(atob(wasmBase64), (c) => c.charCodeAt(0)));
  const memory = new Memory({ initial: 4, maximum: 65536 });
  const { exports } = new Instance(compiled, { env: { memory } });
  const base = (exports.__heap_base as { value: number }).value;
  return { functions: exports as RawFunctions, memory, base, engine: "wasm", threads: 1 };
}

let warned = false;
function warn(line: string): void {
  if (!warned) say(`kernels: ${line}; one thread of WebAssembly is used`);
  warned = true;
}

/** Calls an addon that may refuse: undefined, with a line, where it does. */
function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    warn(`native fails (${String((error as Error).message).split("\n")[0]})`);
    return undefined;
  }
}

let loaded: { readonly addon: Addon | undefined } | undefined;

/** The addon, if it was built from these sources and the processor can run it. */
function usableAddon(): Addon | undefined {
  if (!loaded) {
    const addon = attempt(loadAddon);
    loaded = { addon: addon?.supported && addon.version === sourceVersion ? addon : undefined };
  }
  return loaded.addon;
}

function nativeKernels(threads: number): RawKernels | undefined {
  const object = attempt(() => usableAddon()?.create(threads));
  return object && { functions: object, memory: object, base: 64, engine: "native", threads };
}

const mostThreads = 256;

function requireThreads(given: number): number {
  if (Number.isInteger(given) && given >= 1 && given <= mostThreads) return given;
  throw new StiffnetError(`kernels: threads is ${given}, expected a whole number from 1 to ${mostThreads}`, {
    code: "invalid_argument",
  });
}

/** The engines that can be asked for here, the fastest first: "native" only where there is an addon for this
 *  processor. */
export function kernelEngines(): string[] {
  return usableAddon() ? ["native", "wasm"] : ["wasm"];
}

/** The engine that was asked for, or WebAssembly, with one line where that is not what was expected. */
export function createRaw(
  engine: string = wanted("STIFFNET_KERNELS") || "auto",
  given: number = Number(wanted("STIFFNET_THREADS") || 1),
): RawKernels {
  const threads = requireThreads(given);
  const known = ["auto", "wasm", "native"];
  if (!known.includes(engine)) {
    throw new StiffnetError(`kernels: engine '${engine}', expected one of ${known.join(", ")}`, {
      code: "invalid_argument",
    });
  }
  if (engine === "wasm") {
    if (threads === 1) return wasmKernels();
    throw new StiffnetError(
      `kernels: threads is ${threads} with engine 'wasm', expected 1: WebAssembly has one thread`,
      { code: "invalid_argument" },
    );
  }
  const kernels = nativeKernels(threads);
  if (kernels) return kernels;
  if (engine !== "auto" || threads > 1) {
    const missing = engine === "auto" ? `native, which ${threads} threads need,` : engine;
    warn(`${missing} is missing, was built from other sources, or is for another processor`);
  }
  return wasmKernels();
}

/** A fresh instance; the WebAssembly module is compiled once a thread. */
export function createKernels(options: KernelsOptions = {}): Kernels {
  checkOptions("kernels", options, { engine: text, threads: whole(1, mostThreads) });
  return kernelsOf(createRaw(options.engine, options.threads));
}

/** Apart from the instances, so that what holds one cannot call the functions. */
const withFunctions = new WeakMap<Kernels, UncheckedKernels>();

export function kernelsOf({ functions, memory, base, engine, threads }: RawKernels): Kernels {
  const kernels: Kernels = { arena: new Arena(memory, base), engine, threads };
  const all = { ...kernels, call: bindFunctions(functions) };
  withFunctions.set(kernels, all).set(all, all);
  return kernels;
}

/** The same instance with its C functions. */
export function unchecked(kernels: Kernels): UncheckedKernels {
  const found = withFunctions.get(kernels);
  if (found) return found;
  throw new StiffnetError(
    "kernels: this object was not made by createKernels, expected the object that createKernels returned",
    {
      code: "invalid_argument",
    },
  );
}
