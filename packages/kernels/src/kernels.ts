import { wasmBase64 } from "./generated/wasm.ts";
import { Arena, type WasmMemory } from "./memory.ts";

/** The compiled functions. Addresses are bytes into the memory; the C files in `c/` document each. */
export interface KernelFunctions {
  gather(network: number, inputs: number, outputs: number, indices: number): void;
  forward(network: number): void;
  residual(network: number): number;
  backward(network: number): void;
  runge_kutta_forward(method: number): void;
  runge_kutta_backward(method: number): void;
  implicit_forward(method: number): void;
  implicit_backward(method: number): void;
  expand(nodes: number, terms: number, size: number, phi: number, theta: number, out: number): void;
  contract(
    nodes: number,
    terms: number,
    size: number,
    phi: number,
    cotangent: number,
    gradient: number,
  ): void;
  activate(kind: number, size: number, z: number, value: number, slope: number): void;
  perceptron_value(perceptron: number): void;
  perceptron_jacobian(perceptron: number): void;
  perceptron_pullback(perceptron: number): void;
  activate64(kind: number, size: number, z: number, value: number, slope: number): void;
  adam(
    parameters: number,
    first: number,
    second: number,
    gradient: number,
    size: number,
    scale: number,
    step: number,
    root: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void;
  gelfand(
    depth: number,
    width: number,
    batch: number,
    stride: number,
    weights: number,
    slopes: number,
    squarings: number,
    values: number,
    gradients: number,
    scratch: number,
  ): void;
  gelfand_pullback(
    depth: number,
    width: number,
    batch: number,
    stride: number,
    weights: number,
    slopes: number,
    gradients: number,
    cotangent: number,
    gradWeights: number,
    gradSlopes: number,
  ): void;
  arnoldi_layer(arnoldi: number): void;
  rank_pullback(
    terms: number,
    width: number,
    stride: number,
    slopes: number,
    vectors: number,
    cotangent: number,
    gradWeights: number,
    gradSlopes: number,
    scratch: number,
  ): void;
  singular_layer(
    width: number,
    batch: number,
    stride: number,
    steps: number,
    weights: number,
    slopes: number,
    start: number,
    values: number,
    residuals: number,
    vectors: number,
    scratch: number,
  ): void;
  /** Returns the products taken with each sample. */
  power_layer(
    width: number,
    batch: number,
    stride: number,
    most: number,
    tolerance: number,
    mismatch: number,
    cap: number,
    gradient: number,
    weights: number,
    slopes: number,
    right: number,
    left: number,
    values: number,
    residuals: number,
    flags: number,
    vectors: number,
    scratch: number,
  ): number;
  take_rows(
    width: number,
    batch: number,
    stride: number,
    store: number,
    step: number,
    slots: number,
    block: number,
  ): void;
  put_rows(
    width: number,
    batch: number,
    stride: number,
    store: number,
    step: number,
    slots: number,
    block: number,
  ): void;
  /** Returns 0, 1 (not finite) or 2 (not converged). */
  eigenvalues(n: number, a: number, re: number, im: number): number;
  /** Returns 0, 1 (not finite) or 2 (not converged). */
  singular_values(n: number, a: number, sigma: number): number;
  add_scaled(y: number, x: number, a: number, size: number): void;
  sum_squares(x: number, size: number): number;
}

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
  return { call: exports as unknown as KernelFunctions, arena: new Arena(memory, base) };
}
