import type { Arena, Block } from "./memory.ts";

/** Layout of a C struct's fields. scripts/abi.mjs counts it, and the compiler confirms it. */
export interface StructLayout<F extends object> {
  readonly name: string;
  readonly size: number;
  readonly fields: {
    readonly [K in keyof F]-?: {
      readonly at: number;
      readonly type: "int32" | "float32" | "float64" | "offset";
    };
  };
}

/** A C struct in the kernels' memory. */
export interface Struct<F extends object> {
  readonly address: number;
  set(fields: Partial<F>): void;
  /** A number that the kernels left there. */
  get(field: keyof F): number;
}

export function createStruct<F extends object>(arena: Arena, layout: StructLayout<F>, fields: F): Struct<F> {
  const memory: Block<Float64Array> = arena.float64(Math.ceil(layout.size / 8));
  const { address } = memory;
  let views = viewsOf(memory.array.buffer as ArrayBuffer);
  const fresh = (): typeof views => {
    const buffer = memory.array.buffer as ArrayBuffer;
    if (views.int32.buffer !== buffer) views = viewsOf(buffer);
    return views;
  };
  function viewsOf(buffer: ArrayBuffer) {
    return {
      int32: new Int32Array(buffer, address, memory.length * 2),
      float32: new Float32Array(buffer, address, memory.length * 2),
      float64: new Float64Array(buffer, address, memory.length),
    };
  }
  const struct: Struct<F> = {
    address,
    set(given) {
      const { int32, float32, float64 } = fresh();
      for (const name in given) {
        const { at, type } = layout.fields[name];
        const value = given[name] as number | { address: number } | undefined;
        if (type === "offset") int32[at / 4] = (value as { address: number } | undefined)?.address ?? 0;
        else if (type === "int32") int32[at / 4] = value as number;
        else if (type === "float32") float32[at / 4] = value as number;
        else float64[at / 8] = value as number;
      }
    },
    get(field) {
      const { at, type } = layout.fields[field];
      const all = fresh();
      if (type === "float64") return all.float64[at / 8]!;
      return (type === "float32" ? all.float32 : all.int32)[at / 4]!;
    },
  };
  struct.set(fields);
  return struct;
}
