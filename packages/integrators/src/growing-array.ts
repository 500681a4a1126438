/** A Float64Array that doubles as it fills. */
export class GrowingArray {
  #data: Float64Array;
  length = 0;

  constructor(capacity = 64) {
    this.#data = new Float64Array(capacity);
  }

  /** Room for `count` more; returns where they start. */
  #extend(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.#data.length) {
      const larger = new Float64Array(Math.max(this.length, 2 * this.#data.length));
      larger.set(this.#data.subarray(0, at));
      this.#data = larger;
    }
    return at;
  }

  push(value: number): void {
    const at = this.#extend(1);
    this.#data[at] = value;
  }

  pushAll(values: Float64Array): void {
    const at = this.#extend(values.length);
    this.#data.set(values, at);
  }

  get data(): Float64Array {
    return this.#data;
  }

  /** A copy of the filled part. */
  toArray(): Float64Array {
    return this.#data.slice(0, this.length);
  }
}
