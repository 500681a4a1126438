/** The kernels' memory is full or cannot grow. */
export class KernelMemoryError extends Error {
  override readonly name = "KernelMemoryError";
  readonly code = "out_of_memory";
}

type NumberArray = Float32Array | Float64Array | Uint32Array | Int32Array;

/** An array inside the kernels' memory. `array` is fetched anew on each use, since growth moves the memory. */
export interface Block<A extends NumberArray = Float32Array> {
  /** Byte address, what the kernels are given. */
  readonly address: number;
  readonly length: number;
  readonly array: A;
}

const page = 65536;
const alignment = 64;

type ArrayType<A> = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): A;
};

/** Hands out zeroed blocks, one behind the other; `release` takes back all that came after a mark. */
export class Arena {
  readonly #memory: WasmMemory;
  #top: number;

  constructor(memory: WasmMemory, base: number) {
    this.#memory = memory;
    this.#top = align(base);
  }

  float32(length: number): Block<Float32Array> {
    return this.#allocate(Float32Array, length);
  }

  float64(length: number): Block<Float64Array> {
    return this.#allocate(Float64Array, length);
  }

  uint32(length: number): Block<Uint32Array> {
    return this.#allocate(Uint32Array, length);
  }

  int32(length: number): Block<Int32Array> {
    return this.#allocate(Int32Array, length);
  }

  mark(): number {
    return this.#top;
  }

  release(mark: number): void {
    this.#top = mark;
  }

  #allocate<A extends NumberArray>(type: ArrayType<A>, length: number): Block<A> {
    const address = this.#top;
    // Kernels may read one vector past the end of an array, never write there.
    const end = align(address + type.BYTES_PER_ELEMENT * length + 16);
    const missing = end - this.#memory.buffer.byteLength;
    if (missing > 0) {
      try {
        this.#memory.grow(Math.ceil(missing / page));
      } catch {
        throw new KernelMemoryError(
          `kernels: an array of ${length} numbers does not fit: ${Math.ceil(end / 2 ** 20)} MiB needed, at most 4096 MiB possible`,
        );
      }
    }
    this.#top = end;
    const memory = this.#memory;
    let view = new type(memory.buffer, address, length);
    view.fill(0);
    return {
      address,
      length,
      get array(): A {
        if (view.buffer !== memory.buffer) view = new type(memory.buffer, address, length);
        return view;
      },
    };
  }
}

/** What is used of `WebAssembly.Memory`, which TypeScript declares for browsers only. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

function align(address: number): number {
  return Math.ceil(address / alignment) * alignment;
}
