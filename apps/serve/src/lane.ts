import { type Server, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { answerClientError, failureOf } from "./error-handling.ts";
import { type PlainHead, readHead } from "./lane-head.ts";

/** A plain request: POST with one JSON body of a known length, and a head that holds nothing with a meaning of its own. */
export interface PlainRequest {
  readonly head: PlainHead;
  readonly body: Buffer;
  /** Whether the client still waits. */
  readonly wanted: () => boolean;
}

export interface PlainAnswer {
  readonly json: string;
  readonly length: number;
}

export interface PlainRoute {
  /** The pattern that the path matches. */
  readonly pattern: string;
  /** The JSON text of the answer, and its length in bytes. Nothing, or an error that is thrown at once, leaves the request to the HTTP
   *  server. */
  answer(request: PlainRequest): Promise<PlainAnswer> | undefined;
}

export interface LaneOptions {
  readonly route: (path: string) => PlainRoute | undefined;
  /** Header lines of an answer. */
  readonly headers: (head: PlainHead) => string;
  readonly answered: (pattern: string, status: number, seconds: number) => void;
  /** Told of errors that nobody foresaw. */
  readonly log: (error: Error) => void;
  /** False while shutting down. */
  readonly accepting: () => boolean;
  /** Connections with a request on them. */
  readonly asking: Pick<Set<Socket>, "add" | "delete">;
  /** Largest body, in bytes. */
  readonly maxBody: number;
  /** Milliseconds in which a request must have arrived, and in which a new one must begin. */
  readonly requestTimeout: number;
  readonly keepAliveTimeout: number;
}

const maxHead = 8192;

/** Answers the plain requests of a server on their sockets, at a fraction of the cost of Node's HTTP server and a framework. It takes
 *  only what it has understood in full, and answers it in the same words; a connection with anything else on it is given, with all bytes
 *  that are not answered yet, to the HTTP server, which keeps it. So there is one place where errors are found, and one parser of HTTP. */
export function addLane(server: Server, options: LaneOptions): { close(): void } {
  const [onConnection] = server.listeners("connection") as ((this: Server, socket: Socket) => void)[];
  server.removeListener("connection", onConnection!);
  const connections = new Set<Connection>();
  server.on("connection", (socket: Socket) => {
    const leave = (): void => onConnection!.call(server, socket);
    connections.add(new Connection(socket, options, leave, (done) => connections.delete(done)));
  });
  // One look at all of them now and then is cheaper than a timer for each.
  const sweep = setInterval(() => {
    const now = performance.now();
    for (const connection of connections) connection.giveUp(now);
  }, 1000).unref();
  return { close: () => clearInterval(sweep) };
}

class Connection {
  /** What has arrived and is not understood yet, in pieces. */
  private pieces: Buffer[] = [];
  private arrived = 0;
  /** Bytes that the request that is arriving has; 0 while its head is not read. */
  private expected = 0;
  private head: PlainHead | undefined;
  private pattern = "";
  private busy = false;
  private since: number = performance.now();
  private lastHead = "";
  private lastRead: PlainHead | undefined;
  private readonly socket: Socket;
  private readonly options: LaneOptions;
  private readonly toServer: () => void;
  private readonly forget: (connection: Connection) => void;

  constructor(
    socket: Socket,
    options: LaneOptions,
    toServer: () => void,
    forget: (connection: Connection) => void,
  ) {
    this.socket = socket;
    this.options = options;
    this.toServer = toServer;
    this.forget = forget;
    socket.on("data", this.onData);
    socket.on("end", this.onEnd);
    socket.on("error", this.onError);
    socket.on("close", this.onClose);
  }

  private readonly onData = (piece: Buffer): void => {
    if (this.arrived === 0) this.since = performance.now();
    this.pieces.push(piece);
    this.arrived += piece.length;
    // Whoever sends ahead of the answers waits for them.
    if (this.busy) this.socket.pause();
    else this.read();
  };

  private readonly onEnd = (): void => {
    // Whoever ends the connection before the answer does not want it.
    if (this.busy) this.socket.destroy();
    else if (this.arrived > 0) refuse(this.socket, "HPE_INVALID_EOF_STATE");
    else this.socket.end();
  };

  private readonly onError = (): void => {
    this.socket.destroy();
  };

  private readonly onClose = (): void => {
    this.forget(this);
    this.options.asking.delete(this.socket);
  };

  private readonly wanted = (): boolean => !this.socket.destroyed;

  private read(): void {
    if (this.expected === 0) {
      const bytes = this.all();
      const end = bytes.subarray(0, maxHead).indexOf("\r\n\r\n");
      this.head = end < 0 ? undefined : this.understood(bytes.toString("latin1", 0, end));
      if (this.head === undefined || this.head.length > this.options.maxBody) {
        this.leave();
        return;
      }
      this.expected = end + 4 + this.head.length;
      this.options.asking.add(this.socket);
    }
    if (this.arrived < this.expected) return;
    const bytes = this.all();
    const body = bytes.subarray(this.expected - this.head!.length, this.expected);
    const answer = this.answerTo(this.head!, body);
    if (answer === undefined) {
      this.leave();
      return;
    }
    this.take(bytes.subarray(this.expected));
    answer.then(
      ({ json, length }) => this.send("200 OK", json, length),
      (error: Error) => {
        const { status, headers, text, inner } = failureOf(error);
        if (inner) this.options.log(error);
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
        this.send(`${status} ${STATUS_CODES[status]}`, text, Buffer.byteLength(text), lines.join(""));
      },
    );
  }

  /** Clients send the same head again and again. */
  private understood(text: string): PlainHead | undefined {
    if (text !== this.lastHead) {
      this.lastHead = text;
      this.lastRead = readHead(text);
    }
    return this.lastRead;
  }

  private answerTo(head: PlainHead, body: Buffer): Promise<PlainAnswer> | undefined {
    if (!this.options.accepting()) return undefined;
    try {
      const route = this.options.route(head.path);
      this.pattern = route?.pattern ?? "";
      return route?.answer({ head, body, wanted: this.wanted });
    } catch {
      return undefined;
    }
  }

  private all(): Buffer {
    if (this.pieces.length > 1) this.pieces = [Buffer.concat(this.pieces)];
    return this.pieces[0]!;
  }

  /** The request is being answered; `rest` is what was sent behind it. */
  private take(rest: Buffer): void {
    this.busy = true;
    this.expected = 0;
    this.arrived = rest.length;
    this.pieces = rest.length > 0 ? [rest] : [];
  }

  private send(status: string, text: string, length: number, headers = ""): void {
    const { socket, options, head } = this;
    this.busy = false;
    options.asking.delete(socket);
    const now = performance.now();
    options.answered(this.pattern, Number(status.slice(0, 3)), (now - this.since) / 1000);
    this.since = now;
    if (socket.destroyed) return;
    const last = !options.accepting();
    const top = `HTTP/1.1 ${status}\r\n${options.headers(head!)}${headers}Content-Length: ${length}\r\n${
      last
        ? "Connection: close"
        : `Connection: keep-alive\r\nKeep-Alive: timeout=${options.keepAliveTimeout / 1000}`
    }\r\n\r\n`;
    const flushed = socket.write(top + text, length === text.length ? "latin1" : "utf8");
    // Without waiting for the client to end its side too.
    if (last) socket.destroySoon();
    else if (flushed) this.next();
    else socket.once("drain", () => this.next());
  }

  private next(): void {
    if (this.arrived > 0) this.read();
    if (!this.busy && this.socket.isPaused()) this.socket.resume();
  }

  /** Hands the connection to the HTTP server as if nothing of what is left had been read. */
  private leave(): void {
    const { socket } = this;
    const bytes = this.all();
    this.forget(this);
    this.options.asking.delete(socket);
    socket.off("data", this.onData);
    socket.off("end", this.onEnd);
    socket.off("error", this.onError);
    socket.off("close", this.onClose);
    socket.pause();
    socket.unshift(bytes);
    this.toServer();
    socket.resume();
  }

  giveUp(now: number): void {
    if (this.busy) return;
    const waited = now - this.since;
    if (this.arrived > 0 && waited > this.options.requestTimeout) {
      refuse(this.socket, "ERR_HTTP_REQUEST_TIMEOUT");
    } else if (this.arrived === 0 && waited > this.options.keepAliveTimeout) {
      this.socket.destroy();
    }
  }
}

const refuse = (socket: Socket, code: string): void =>
  answerClientError(Object.assign(new Error(code), { code }), socket);
