/** So many actions are looked at together. */
const BLOCK = 20;
/** No run gets past actions that follow one another ever faster, once a block of them takes less than this
 *  part of the time. */
const TINY = 1e-8;
/** Or once two of them are so many roundings of t apart. */
const ROUNDINGS = 1024;

/** Detects that the actions of an event accumulate (Zeno's paradox), such as the bounces of a ball that
 *  comes to rest. The bounces of a ball that loses no energy do not accumulate. */
export class Accumulation {
  /** How soon the next action may follow, if the last two pauses say so. */
  wait: number = Number.POSITIVE_INFINITY;
  /** Time from the action before to the last one. */
  #gap = Number.POSITIVE_INFINITY;
  found = false;
  readonly #start: number;
  #last = Number.NaN;
  #count = 0;
  #mark: number;
  #before = Number.POSITIVE_INFINITY;

  constructor(t0: number) {
    this.#start = t0;
    this.#mark = t0;
  }

  add(t: number): void {
    const gap = Number.isNaN(this.#last) ? Number.POSITIVE_INFINITY : Math.abs(t - this.#last);
    this.found ||= gap < this.#gap && gap <= ROUNDINGS * Number.EPSILON * Math.abs(t);
    this.wait = this.#gap < Number.POSITIVE_INFINITY ? gap * Math.min(1, gap / this.#gap) : gap;
    this.#gap = gap;
    this.#last = t;
    if (++this.#count % BLOCK !== 0) return;
    const length = Math.abs(t - this.#mark);
    const size = Math.max(Math.abs(t), Math.abs(t - this.#start));
    this.found ||= length < 0.95 * this.#before && length <= TINY * size;
    this.#mark = t;
    this.#before = length;
  }
}
