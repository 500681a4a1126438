import { unavailable } from "../errors.ts";

/** A request that has been let in and has no answer yet. */
export interface Admitted {
  /** Whether its time is over. */
  readonly late: boolean;
  /** It has been answered, one way or the other. */
  leave(): void;
}

/** How many requests, and rows of them, may wait or run at one time, and for how long. */
export interface Admission {
  readonly waiting: number;
  /** Lets a request in, or throws 503. `onLate` is called once where its time ends before `leave`. */
  admit(rows: number, timeout: number, onLate: (error: Error) => void): Admitted;
  /** Lets nobody in any more. */
  close(): void;
}

/** Bounds the memory of waiting requests, which may have many rows each. */
const maxRowsWaiting = 2 ** 20;
/** Requests of so few rows are bounded by their number alone: large ones do not shut them out. */
const fewRows = 256;

export function createAdmission(maxRequests: number): Admission {
  // No Set: V8 ties the tables that a Set outgrows to their successors, and with them every request that
  // stood in one lives until the next full collection.
  const waiting: (Admitted & {
    at: number;
    deadline: number;
    late: boolean;
    onLate: (error: Error) => void;
  })[] = [];
  let rowsWaiting = 0;
  let closed = false;
  // One look at all of them now and then is cheaper than a timer for each.
  const sweep = setInterval(() => {
    const now = performance.now();
    for (const request of waiting) {
      if (request.deadline > now || request.late) continue;
      request.late = true;
      request.onLate(unavailable("the request was not answered within its time"));
    }
  }, 10).unref();
  return {
    get waiting() {
      return waiting.length;
    },
    admit(rows, timeout, onLate) {
      if (closed) throw unavailable("the server is shutting down");
      if (waiting.length >= maxRequests) {
        throw unavailable(`${waiting.length} requests are waiting already; try again later`);
      }
      if (waiting.length > 0 && rows > fewRows && rowsWaiting + rows > maxRowsWaiting) {
        throw unavailable(`${rowsWaiting} rows are waiting already; try again later`);
      }
      rowsWaiting += rows;
      const request = {
        at: waiting.length,
        deadline: performance.now() + timeout,
        late: false,
        onLate,
        leave() {
          if (request.at < 0) return;
          rowsWaiting -= rows;
          const last = waiting.pop()!;
          if (last !== request) {
            waiting[request.at] = last;
            last.at = request.at;
          }
          request.at = -1;
        },
      };
      waiting.push(request);
      return request;
    },
    close() {
      closed = true;
      clearInterval(sweep);
    },
  };
}
