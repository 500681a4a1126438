import { unavailable } from "../errors.ts";
import { type Batch, batchOf, concatenated, type Job, type OutputTensor, unwanted } from "./batch.ts";

/** Requests that wait. Small requests and the parts of large ones take turns, and so do large requests. So a
 *  small request waits only for the batches that run and for one part of a large request. */
export class Queue {
  private readonly small: Job[] = [];
  private readonly big: LargeRequest[] = [];
  private largesTurn = false;
  private readonly maxRows: number;

  /** @param maxRows Rows of a batch. */
  constructor(maxRows: number) {
    this.maxRows = maxRows;
  }

  get length(): number {
    return this.small.length + this.big.length;
  }

  get large(): number {
    return this.big.length;
  }

  /** The small ones that wait, or all where there are none: their rows, counted until they fill a batch, and
   *  the model of the first. */
  get next(): { readonly key: string; readonly rows: number } | undefined {
    const waiting = this.small.length > 0 ? this.small : this.big.map(({ job }) => job);
    const [first] = waiting;
    let rows = 0;
    // Each request asks: looking at all that wait would cost more, the more wait.
    for (let k = 0; k < waiting.length && rows < this.maxRows; k++) rows += rowsOf(waiting[k]!);
    return first && { key: first.key, rows };
  }

  /** Whether anything of a model waits. */
  has(key: string): boolean {
    return this.small.some((job) => job.key === key) || this.big.some(({ job }) => job.key === key);
  }

  push(job: Job): void {
    // Four and more small ones fit into a batch.
    if (4 * rowsOf(job) <= this.maxRows || rowsOf(job) === 1) this.small.push(job);
    else this.big.push(new LargeRequest(job, this.maxRows));
  }

  /** The next batch. With `smallFirst` small requests always have their turn. */
  take(smallFirst = false): Batch | undefined {
    const smallsTurn = this.small.length > 0 && (smallFirst || !this.largesTurn);
    const part = smallsTurn ? undefined : this.takePart();
    this.largesTurn = part === undefined;
    return batchOf(this.small, this.maxRows, part);
  }

  /** Refuses all that waits. */
  close(): void {
    for (const job of [...this.small.splice(0), ...this.big.splice(0).map((request) => request.job)]) {
      job.reject(unavailable("the server is shutting down"));
    }
  }

  /** The next part of the large request whose turn it is. */
  private takePart(): Job | undefined {
    for (let request = this.big.shift(); request; request = this.big.shift()) {
      if (!request.job.wanted()) {
        request.job.reject(unwanted());
        continue;
      }
      const part = request.takePart();
      if (request.left > 0) this.big.push(request);
      return part;
    }
    return undefined;
  }
}

const rowsOf = ({ rows, columns }: Job): number => rows.length / columns;

/** A request that is run in parts: memory stays bounded and others get their turn. */
class LargeRequest {
  readonly job: Job;
  /** Parts that were not taken yet. */
  left: number;
  private readonly size: number;
  private readonly parts: OutputTensor[][] = [];
  private answered = 0;
  private since: number;

  /** @param size Rows of a part. */
  constructor(job: Job, size: number) {
    this.job = job;
    this.size = size;
    this.since = job.since;
    this.left = Math.ceil(rowsOf(job) / size);
  }

  takePart(): Job {
    const { job, size, parts, since } = this;
    const count = Math.ceil(rowsOf(job) / size);
    const k = count - this.left--;
    this.since = performance.now();
    return {
      ...job,
      since,
      // A copy: a worker would be sent all that a view stands in.
      rows: job.rows.slice(k * size * job.columns, (k + 1) * size * job.columns),
      resolve: (results) => {
        parts[k] = results;
        this.answered++;
        if (this.answered === count) job.resolve(count === 1 ? results : concatenated(parts));
      },
    };
  }
}
