/** Rows of numbers that grow: row-major chunks of about a million values, so that growing never copies. */
export class NumberStore {
  readonly width: number;
  readonly #chunkRows: number;
  readonly #chunks: Float64Array[] = [];
  #count = 0;

  constructor(width: number) {
    this.width = width;
    this.#chunkRows = Math.max(1, Math.floor(2 ** 20 / width));
  }

  get count(): number {
    return this.#count;
  }

  /** A place for one more row: the chunk and the offset to write `width` numbers at. */
  next(): { chunk: Float64Array; offset: number } {
    const within = this.#count % this.#chunkRows;
    if (within === 0) this.#chunks.push(new Float64Array(this.#chunkRows * this.width));
    this.#count++;
    return { chunk: this.#chunks.at(-1)!, offset: within * this.width };
  }

  /** Adds rows of zeros, to be filled by `set`. */
  extend(rows: number): void {
    for (let r = 0; r < rows; r++) this.next();
  }

  /** Frees the unused end of the last chunk. */
  finish(): void {
    const used = this.#count % this.#chunkRows;
    if (used > 0) this.#chunks.push(this.#chunks.pop()!.slice(0, used * this.width));
  }

  at(row: number, column: number): number {
    const chunk = this.#chunks[Math.floor(row / this.#chunkRows)]!;
    return chunk[(row % this.#chunkRows) * this.width + column]!;
  }

  set(row: number, column: number, value: number): void {
    const chunk = this.#chunks[Math.floor(row / this.#chunkRows)]!;
    chunk[(row % this.#chunkRows) * this.width + column] = value;
  }
}
