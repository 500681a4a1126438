import { bindFunctions, type KernelFunctions, type RawFunctions } from "./generated/abi.ts";
import { wasmBase64 } from "./generated/wasm.ts";
import { Arena, type WasmMemory } from "./memory.ts";

/** One instance of the kernels with a memory of its own: not shared between threads. */
export interface Kernels {
  readonly call: KernelFunctions;
  readonly arena: Arena;
}

interface WasmApi {
  Memory: new (limits: { initial: number; maximum: number }) => WasmMemory;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> };
}

let compiled: object | undefined;

/** A fresh instance; the module is compiled once a thread. */
export function createKernels(): Kernels {
  const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: WasmApi }).WebAssembly;
  compiled ??= new Module(Uint8Array.from(atob(wasmBase64), (c) => c.charCodeAt(0)));
  const memory = new Memory({ initial: 4, maximum: 65536 });
  const { exports } = new Instance(compiled, { env: { memory } });
  const base = (exports.__heap_base as { value: number }).value;
  return { call: bindFunctions(exports as RawFunctions), arena: new Arena(memory, base) };
}
