import type { RawFunctions } from "../src/generated/abi.ts";
import { createRaw, kernelsOf } from "../src/kernels.ts";
import { type UncheckedKernels, unchecked } from "../src/unchecked.ts";

/** Kernels of WebAssembly that do every call natively as well, on a copy of the memory, and throw where one
 *  bit of what both leave differs. NaN is NaN: WebAssembly leaves its sign and payload open. */
export function createTwin(engine: string): UncheckedKernels & { readonly called: Set<string> } {
  const [wasm, native] = [createRaw("wasm"), createRaw(engine)];
  if (native.engine !== engine) throw new Error(`${native.engine} instead of ${engine}`);
  const called = new Set<string>();
  const both = (name: string) => {
    return (...values: number[]): number => {
      called.add(name);
      const missing = wasm.memory.buffer.byteLength - native.memory.buffer.byteLength;
      if (missing > 0) native.memory.grow(missing / 65536);
      const range = [wasm.base, twin.arena.mark() - wasm.base] as const;
      const [left, right] = [wasm, native].map(({ memory }) => new Uint8Array(memory.buffer, ...range));
      right!.set(left!);
      const [result, other] = [wasm, native].map(({ functions }) => functions[name]!(...values));
      if (!Object.is(result, other))
        throw new Error(`${name} returns ${result} in WebAssembly, ${other} in ${engine}`);
      const at = difference(left!, right!);
      if (at !== undefined) throw new Error(`${name} differs in ${engine}: ${at}`);
      return result!;
    };
  };
  const functions: RawFunctions = {};
  for (const name in native.functions) functions[name] = both(name);
  const twin = unchecked(kernelsOf({ ...wasm, functions, engine: `twin of ${engine}` }));
  return Object.assign(twin, { called });
}

function difference(left: Uint8Array, right: Uint8Array): string | undefined {
  const words = [left, right].map(
    (bytes) => new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4),
  );
  const singles = words.map((x) => new Float32Array(x.buffer, x.byteOffset, x.length));
  const doubles = words.map((x) => new Float64Array(x.buffer, x.byteOffset, x.length / 2));
  for (let k = 0; k < words[0]!.length; k++) {
    if (words[0]![k] === words[1]![k]) continue;
    const nan = (views: (Float32Array | Float64Array)[], at: number) =>
      views.every((x) => Number.isNaN(x[at]));
    if (nan(singles, k) || nan(doubles, k >> 1)) continue;
    return `word ${k}: ${singles.map((x) => x[k])} (as float64 ${doubles.map((x) => x[k >> 1])})`;
  }
  return undefined;
}
