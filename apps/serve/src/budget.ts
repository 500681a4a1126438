import { HttpError, overloaded } from "./errors.ts";

/** Shares of at most so many bytes still fit where large ones have taken what they may: they do not shut
 *  small requests out. */
const small = 64 * 1024;
const forLarge = 7 / 8;

/** What one request holds in memory, from its first byte to the last byte of its answer. */
export interface Share {
  /** Holds so many bytes more. Throws 503 where the budget is used up, and 413 where even an empty one would
   *  not do. */
  take(bytes: number): void;
  /** Holds this instead of what it held. */
  hold(bytes: number): void;
  release(): void;
  readonly bytes: number;
}

/** Bytes that all requests may hold together, and those of one connection: bodies that are read, tensors that
 *  wait or run, answers that are not taken yet. HTTP and gRPC share it. */
export class Budget {
  /** Bytes held now, and the most since the start. */
  held = 0;
  highest = 0;
  refused = 0;
  readonly limit: number;
  readonly perConnection: number;
  private readonly connections = new WeakMap<object, { held: number }>();

  constructor(limit: number) {
    this.limit = limit;
    this.perConnection = Math.ceil(limit / 4);
  }

  /** @param connection What the request came over. */
  share(connection: object): Share {
    const mine = this.connections.get(connection) ?? { held: 0 };
    this.connections.set(connection, mine);
    let own = 0;
    let released = false;
    const hold = (bytes: number): void => {
      // The client may be gone before its request is looked at.
      if (released) return;
      const more = bytes - own;
      if (more > 0) this.check(bytes, more, mine.held);
      own = bytes;
      mine.held += more;
      this.held += more;
      this.highest = Math.max(this.highest, this.held);
    };
    return {
      take: (bytes) => hold(own + bytes),
      hold,
      release: () => {
        hold(0);
        released = true;
      },
      get bytes() {
        return own;
      },
    };
  }

  private check(whole: number, more: number, connection: number): void {
    const [most, held, where] =
      connection + more > this.perConnection
        ? [this.perConnection, connection, "of this connection"]
        : [whole <= small ? this.limit : this.limit * forLarge, this.held, "of this server"];
    if (held + more <= most) return;
    this.refused++;
    const needed = `the request and its answer need ${whole} bytes of memory`;
    if (whole > this.perConnection) {
      throw new HttpError(413, `${needed}, expected at most ${this.perConnection} (--max-memory)`);
    }
    throw overloaded(`${needed}, but other requests ${where} hold ${held} already; try again later`);
  }
}
