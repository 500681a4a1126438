import { concatenated, type Job, type OutputTensor } from "./batch.ts";

/** A request that is run in parts: memory stays bounded and others get their turn. */
export interface LargeRequest {
  readonly job: Job;
  /** Parts that were not taken yet. */
  readonly left: number;
  takePart(): Job;
}

/** @param size Rows of a part. */
export function createLargeRequest(job: Job, size: number): LargeRequest {
  const { rows, columns } = job;
  const count = Math.ceil(rows.length / columns / size);
  const parts: OutputTensor[][] = [];
  let [taken, answered] = [0, 0];
  let { since } = job;
  return {
    job,
    get left() {
      return count - taken;
    },
    takePart() {
      const k = taken++;
      const waiting = since;
      since = performance.now();
      return {
        ...job,
        since: waiting,
        // A copy: a worker would be sent all that a view stands in.
        rows: rows.slice(k * size * columns, (k + 1) * size * columns),
        resolve(results) {
          parts[k] = results;
          answered++;
          if (answered === count) job.resolve(count === 1 ? results : concatenated(parts));
        },
      };
    },
  };
}
