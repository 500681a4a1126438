import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/** After its usual time a client must take an answer at so many bytes a second. */
export const slowest = 64 * 1024;
/** A connection that is idle for so many milliseconds may be closed for another. */
const idle = 5000;

/** One connection, of HTTP or gRPC. */
export class Connection {
  socket: Socket;
  /** Whether anything was asked over it. */
  asked = false;
  /** Requests or calls that are not answered yet. */
  running = 0;
  /** The last of HTTP: a client may send the next before the answer. */
  request: IncomingMessage | undefined;
  /** When it was last asked or answered. */
  since: number = performance.now();
  /** Answers that have begun and have not ended: several where requests came one behind the other. */
  private sending = 0;
  /** Start of the first answer, or 0. */
  answering = 0;
  /** Bytes that the connection had sent at the first check. */
  sent = -1;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  began(request?: IncomingMessage): void {
    this.asked = true;
    this.running++;
    this.request = request;
  }

  answers(): void {
    this.sending++;
    if (this.answering === 0) this.answering = performance.now();
  }

  ended(request?: IncomingMessage): void {
    this.running--;
    if (this.request === request) this.request = undefined;
    this.since = performance.now();
    this.sending = Math.max(0, this.sending - 1);
    this.answering = this.sending > 0 ? this.since : 0;
    this.sent = -1;
  }
}

const placeOf = ({ remoteAddress, remotePort, localPort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localPort}`;
const sentBy = ({ bytesWritten, writableLength }: Socket): number => bytesWritten - writableLength;

/** The connections of one port or several. If there are too many, one without a whole request is closed for
 *  the next, so that slow clients cannot lock others out. A connection that does not take its answer is
 *  closed. */
export class Connections {
  /** Keys are the address and port of the client, and our port: TLS and HTTP/2 show other sockets than the
   *  opened one. */
  private readonly byPlace = new Map<string, Connection>();
  private readonly most: number;
  private readonly timeout: number;
  private readonly sweep: NodeJS.Timeout;

  /** @param timeout Milliseconds that every answer may take. */
  constructor(most: number, timeout: number) {
    this.most = most;
    this.timeout = timeout;
    this.sweep = setInterval(() => this.closeUnread(), Math.min(1000, timeout / 4)).unref();
  }

  /** Follows a new connection; over TLS the secure socket takes the place of the one below it. */
  open(socket: Socket, limited = true): void {
    const place = placeOf(socket);
    const below = this.byPlace.get(place);
    if (below) below.socket = socket;
    else if (!limited || this.byPlace.size < this.most || this.makeRoom()) {
      this.byPlace.set(place, new Connection(socket));
    } else {
      socket.destroy();
      return;
    }
    socket.once("close", () => {
      if (this.byPlace.get(place)?.socket === socket) this.byPlace.delete(place);
    });
  }

  all(): Iterable<Connection> {
    return this.byPlace.values();
  }

  of(socket: Socket): Connection | undefined {
    return this.byPlace.get(placeOf(socket));
  }

  close(): void {
    clearInterval(this.sweep);
  }

  private makeRoom(): boolean {
    const now = performance.now();
    const kinds: ((one: Connection) => boolean)[] = [
      ({ asked, since }) => !asked && now - since > Math.min(1000, this.timeout / 4),
      ({ request }) => request?.complete === false,
      ({ running, since }) => running === 0 && now - since > idle,
      ({ asked }) => !asked,
    ];
    for (const isKind of kinds) {
      for (const [place, connection] of this.byPlace) {
        if (!isKind(connection)) continue;
        connection.socket.destroy();
        this.byPlace.delete(place);
        return true;
      }
    }
    return false;
  }

  private closeUnread(): void {
    const now = performance.now();
    for (const connection of this.all()) {
      const { socket, answering, sent } = connection;
      if (answering === 0) continue;
      if (sent < 0) connection.sent = sentBy(socket);
      const elapsed = now - answering;
      const expected = ((elapsed - this.timeout) / 1000) * slowest;
      if (elapsed > this.timeout && sentBy(socket) - sent < Math.max(1, expected)) socket.destroy();
    }
  }
}
