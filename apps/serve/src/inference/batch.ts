import { unavailable } from "../errors.ts";

export type Rows = Float32Array | Float64Array;

export interface OutputTensor {
  readonly name: string;
  readonly data: Rows;
  readonly dims: readonly number[];
}

/** One request: rows of one model, row-major [count, columns]. */
export interface Job {
  readonly key: string;
  readonly rows: Rows;
  readonly columns: number;
  readonly outputs: readonly string[];
  /** When it began to wait. */
  readonly since: number;
  /** Told when it, or a part of it, has been run. */
  readonly ran?: ((queued: number, started: number, ended: number) => void) | undefined;
  /** Whether anybody still waits for the answer. */
  readonly wanted: () => boolean;
  readonly resolve: (outputs: OutputTensor[]) => void;
  readonly reject: (error: Error) => void;
}

/** Requests that are run as one. */
export interface Batch {
  readonly key: string;
  readonly jobs: readonly Job[];
  readonly rows: Rows;
  readonly dims: readonly [number, number];
  readonly outputs: readonly string[];
}

/** For a request that is dropped. */
export const unwanted = (): Error => unavailable("the client has stopped waiting for this request");

/** Takes the oldest request off the queue, or `first`, and behind it those of the same model while they fit.
 *  Requests that nobody waits for any more are dropped on the way. */
export function batchOf(queue: Job[], maxRows: number, first?: Job): Batch | undefined {
  const jobs: Job[] = first ? [first] : [];
  const left: Job[] = [];
  let count = first ? first.rows.length / first.columns : 0;
  let looked = 0;
  for (const job of queue) {
    // Requests behind a full batch wait.
    if (count >= maxRows) break;
    looked++;
    const rows = job.rows.length / job.columns;
    if (!job.wanted()) {
      job.reject(unwanted());
    } else if (jobs.length === 0 || (job.key === jobs[0]!.key && count + rows <= maxRows)) {
      jobs.push(job);
      count += rows;
    } else {
      left.push(job);
    }
  }
  queue.splice(0, looked, ...left);
  const oldest = jobs[0];
  if (!oldest) return undefined;
  const { key, columns } = oldest;
  const outputs = jobs.length === 1 ? oldest.outputs : [...new Set(jobs.flatMap((job) => job.outputs))];
  return { key, jobs, rows: joined(jobs), dims: [count, columns], outputs };
}

function joined(jobs: readonly Job[]): Rows {
  const first = jobs[0]!.rows;
  if (jobs.length === 1) return first;
  const length = jobs.reduce((sum, job) => sum + job.rows.length, 0);
  const rows = emptyLike(first, length);
  let offset = 0;
  for (const job of jobs) {
    rows.set(job.rows, offset);
    offset += job.rows.length;
  }
  return rows;
}

/** Fills a batch up to a multiple of `rows` with copies of its last row, as a request without a client. */
export function padded(batch: Batch, rows: number): Batch {
  const [count, columns] = batch.dims;
  const missing = (rows - (count % rows)) % rows;
  if (missing === 0) return batch;
  const padding = emptyLike(batch.rows, missing * columns);
  const last = batch.rows.subarray((count - 1) * columns);
  for (let k = 0; k < missing; k++) padding.set(last, k * columns);
  const job: Job = {
    ...batch.jobs[0]!,
    rows: padding,
    outputs: [],
    resolve: () => {},
    reject: () => {},
  };
  const jobs = [...batch.jobs, job];
  return { ...batch, jobs, rows: joined(jobs), dims: [count + missing, columns] };
}

/** Hands every request its rows of the results. */
export function split(batch: Batch, results: readonly OutputTensor[]): void {
  const [count, columns] = batch.dims;
  const [only] = batch.jobs;
  if (batch.jobs.length === 1) {
    only!.resolve([...results]);
    return;
  }
  let from = 0;
  for (const job of batch.jobs) {
    const to = from + job.rows.length / columns;
    const mine: OutputTensor[] = [];
    for (const tensor of results) {
      if (job.outputs.includes(tensor.name)) mine.push(rowsOf(tensor, count, from, to));
    }
    job.resolve(mine);
    from = to;
  }
}

/** The batch axis: the first one or, for the members of an ensemble, the second one. */
const batchAxis = (name: string): number => (name === "outputs_members" ? 1 : 0);

/** Rows from..to of a tensor. */
function rowsOf({ name, data, dims }: OutputTensor, count: number, from: number, to: number): OutputTensor {
  const axis = batchAxis(name);
  const outer = axis === 0 ? 1 : dims[0]!;
  const inner = data.length / (outer * count);
  const length = (to - from) * inner;
  const rows = emptyLike(data, outer * length);
  for (let k = 0; k < outer; k++) {
    rows.set(data.subarray((k * count + from) * inner, (k * count + to) * inner), k * length);
  }
  return { name, data: rows, dims: dims.map((size, k) => (k === axis ? to - from : size)) };
}

/** The results of a large request that was run in parts, one behind the other. */
export function concatenated(parts: readonly (readonly OutputTensor[])[]): OutputTensor[] {
  return parts[0]!.map(({ name, data, dims }, output) => {
    const axis = batchAxis(name);
    const inner = dims.slice(axis + 1).reduce((a, b) => a * b, 1);
    const outer = dims.slice(0, axis).reduce((a, b) => a * b, 1);
    const counts = parts.map((part) => part[output]!.dims[axis]!);
    const count = counts.reduce((a, b) => a + b, 0);
    const whole = emptyLike(data, outer * count * inner);
    for (let k = 0; k < outer; k++) {
      let row = k * count;
      for (const [p, part] of parts.entries()) {
        const rows = counts[p]!;
        whole.set(part[output]!.data.subarray(k * rows * inner, (k + 1) * rows * inner), row * inner);
        row += rows;
      }
    }
    return { name, data: whole, dims: dims.map((size, k) => (k === axis ? count : size)) };
  });
}

const emptyLike = (data: Rows, length: number): Rows =>
  data instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
