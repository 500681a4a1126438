import { StiffnetError } from "@stiffnet/base";

/** The kernels' memory is full or cannot grow. */
export class KernelMemoryError extends StiffnetError {
  override readonly name = "KernelMemoryError";

  constructor(message: string) {
    super(message, { code: "out_of_memory" });
  }
}

type NumberArray = Float32Array | Float64Array | Uint32Array | Int32Array | Uint8Array;

type ArrayType<A> = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): A;
};

/** The used part of `WebAssembly.Memory`, which TypeScript declares only for browsers. The addon has the
 *  same. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** An array inside the kernels' memory: what their functions take. */
export class Block<A extends NumberArray = Float32Array> {
  /** Bytes from the start of the memory. */
  readonly address: number;
  readonly length: number;
  readonly #memory: KernelMemory;
  readonly #type: ArrayType<A>;
  #view: A | undefined;

  constructor(memory: KernelMemory, type: ArrayType<A>, address: number, length: number) {
    this.#memory = memory;
    this.#type = type;
    this.address = address;
    this.length = length;
  }

  /** The numbers, to be fetched anew at each use, since growth moves the memory. */
  get array(): A {
    const { buffer } = this.#memory;
    if (this.#view?.buffer !== buffer) this.#view = new this.#type(buffer, this.address, this.length);
    return this.#view!;
  }

  /** Elements `from` and following, `length` of them or all. */
  at(from: number, length: number = this.length - from): Block<A> {
    if (!(from >= 0 && length >= 0 && from + length <= this.length)) {
      throw new RangeError(
        `kernels: elements ${from} to ${from + length} of an array of ${this.length} numbers`,
      );
    }
    return new Block(this.#memory, this.#type, this.address + this.#type.BYTES_PER_ELEMENT * from, length);
  }
}

const page = 65536;
const alignment = 64;

/** Hands out zeroed blocks, one behind the other; `release` takes back all that came after a mark. */
export class Arena {
  readonly #memory: KernelMemory;
  #top: number;

  constructor(memory: KernelMemory, base: number) {
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

  uint8(length: number): Block<Uint8Array> {
    return this.#allocate(Uint8Array, length);
  }

  /** The block of numbers that lie in this memory already. */
  blockOf(array: Float32Array): Block {
    if (array.buffer !== this.#memory.buffer) {
      throw new TypeError(
        `kernels: ${array.length} numbers outside this memory, expected numbers from \`arena\`; get \`array\` again after the memory has grown`,
      );
    }
    return new Block(this.#memory, Float32Array, array.byteOffset, array.length);
  }

  mark(): number {
    return this.#top;
  }

  release(mark: number): void {
    this.#top = mark;
  }

  #allocate<A extends NumberArray>(type: ArrayType<A>, length: number): Block<A> {
    if (!(Number.isInteger(length) && length >= 0)) {
      throw new StiffnetError(`kernels: an array of ${length} numbers, expected a whole number of them`, {
        code: "invalid_argument",
      });
    }
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
    const block = new Block(this.#memory, type, address, length);
    block.array.fill(0);
    return block;
  }
}

function align(address: number): number {
  return Math.ceil(address / alignment) * alignment;
}
