import { HttpError, unavailable } from "./errors.ts";

/** Shares of at most so many bytes still fit where large ones have taken what they may: they do not shut
 *  small requests out. */
const small = 64 * 1024;
const forLarge = 7 / 8;

/** Memory that the requests of one connection hold. */
interface Account {
  held: number;
  closed: boolean;
}

/** Something that ends, such as a socket or an HTTP/2 stream. */
export interface Closing {
  once(event: "close", listener: () => void): unknown;
}

/** Limits the memory of all requests together and of each connection. Bodies, waiting tensors and unread
 *  answers count. HTTP and gRPC share one budget. */
export class Budget {
  /** Bytes held now, and the most since the start. */
  held = 0;
  highest = 0;
  refused = 0;
  readonly limit: number;
  readonly perConnection: number;
  private readonly accounts = new WeakMap<Closing, Account>();

  constructor(limit: number) {
    this.limit = limit;
    this.perConnection = Math.ceil(limit / 4);
  }

  /** @param connection What the request came over; with its end all that it held is free. */
  share(connection: Closing): Share {
    let account = this.accounts.get(connection);
    if (!account) {
      const opened = { held: 0, closed: false };
      this.accounts.set(connection, opened);
      connection.once("close", () => {
        this.held -= opened.held;
        opened.closed = true;
      });
      account = opened;
    }
    return new Share(this, account);
  }

  /** Why `more` bytes do not fit, of a request that then holds `whole`; undefined where they do. */
  refusal(whole: number, more: number, connection: number): HttpError | undefined {
    const [most, held, where] =
      connection + more > this.perConnection
        ? [this.perConnection, connection, "of this connection"]
        : [whole <= small ? this.limit : this.limit * forLarge, this.held, "of this server"];
    if (held + more <= most) return undefined;
    const needed = `the request and its answer need ${whole} bytes of memory`;
    if (whole > this.perConnection) {
      return new HttpError(413, `${needed}, expected at most ${this.perConnection} (--max-memory)`);
    }
    return unavailable(
      `${needed}, but other requests ${where} hold ${held} already; try again later`,
      "overloaded",
    );
  }
}

/** Memory of one request, from its first byte to the last byte of its answer. */
export class Share {
  bytes = 0;
  private released = false;
  private readonly budget: Budget;
  private readonly account: Account;

  constructor(budget: Budget, account: Account) {
    this.budget = budget;
    this.account = account;
  }

  /** Holds so many bytes more. Throws 503 where the budget is used up, and 413 where even an empty one would
   *  not do. */
  take(bytes: number): void {
    this.hold(this.bytes + bytes);
  }

  /** The same, for what can be done without: false where it does not fit. */
  tryTake(bytes: number): boolean {
    const { budget, account } = this;
    if (budget.refusal(this.bytes + bytes, bytes, account.held)) return false;
    this.take(bytes);
    return true;
  }

  /** Holds this instead of what it held. */
  hold(bytes: number): void {
    const { budget, account } = this;
    // The client may be gone before its request is looked at.
    if (this.released || account.closed) return;
    const more = bytes - this.bytes;
    const refusal = more > 0 ? budget.refusal(bytes, more, account.held) : undefined;
    if (refusal) {
      budget.refused++;
      throw refusal;
    }
    this.bytes = bytes;
    account.held += more;
    budget.held += more;
    if (budget.held > budget.highest) budget.highest = budget.held;
  }

  release(): void {
    this.hold(0);
    this.released = true;
  }
}
