import { late, unavailable } from "../errors.ts";

/** A request that has been let in and has no answer yet. */
export interface Admitted {
  /** Whether its time is over. */
  readonly late: boolean;
  /** It has been answered, one way or the other. */
  leave(): void;
}

interface Waiting extends Admitted {
  at: number;
  readonly deadline: number;
  late: boolean;
  readonly onLate: (error: Error) => void;
}

/** How many requests may wait or run at one time, and for how long. */
export class Admission {
  // A Set would keep answered requests until the next full collection, because V8 links its old tables to
  // the new ones.
  private readonly requests: Waiting[] = [];
  private closed = false;
  private readonly maxRequests: number;
  // One look at all of them now and then is cheaper than a timer for each.
  private readonly sweep = setInterval(() => {
    const now = performance.now();
    for (const request of this.requests) {
      if (request.deadline > now || request.late) continue;
      request.late = true;
      request.onLate(late("the request was not answered within its time"));
    }
  }, 10).unref();

  constructor(maxRequests: number) {
    this.maxRequests = maxRequests;
  }

  get waiting(): number {
    return this.requests.length;
  }

  /** Lets a request in, or throws 503. `onLate` is called once where its time ends before `leave`. */
  admit(timeout: number, onLate: (error: Error) => void): Admitted {
    const { requests } = this;
    if (this.closed) throw unavailable("the server is shutting down");
    if (requests.length >= this.maxRequests) {
      throw unavailable(`${requests.length} requests are waiting already; try again later`);
    }
    const request = {
      at: requests.length,
      deadline: performance.now() + timeout,
      late: false,
      onLate,
      leave: () => {
        if (request.at < 0) return;
        const last = requests.pop()!;
        if (last !== request) {
          requests[request.at] = last;
          last.at = request.at;
        }
        request.at = -1;
      },
    };
    requests.push(request);
    return request;
  }

  /** Lets nobody in any more. */
  close(): void {
    this.closed = true;
    clearInterval(this.sweep);
  }
}
