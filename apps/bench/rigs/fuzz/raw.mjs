// Bytes on a socket.
import { connect } from "node:net";
import { isError, wellFormed } from "./well-formed.mjs";

/** Bytes on a socket: broken HTTP, bodies that stop or come slowly, lengths that lie. */
export function raw(context, random) {
  const { port, hostname } = new URL(context.url);
  const { body } = wellFormed(context, random);
  const text = JSON.stringify(body);
  const head = (length, extra = "") =>
    `POST /v2/models/${encodeURIComponent(context.model.name)}/infer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${extra}Content-Length: ${length}\r\nConnection: close\r\n\r\n`;
  const length = Buffer.byteLength(text);
  const chunked =
    "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
  const half = Math.floor(length / 2);
  const [parts, outcome] = random.among([
    [[head(length), text], "right"],
    [[head(length), text.slice(0, 20), text.slice(20, 30), text.slice(30)], "right"],
    [[head(length), text.slice(0, half)], "left"],
    [[head(length + 50), text], "left"],
    [[head(length, "Content-Length: 3\r\n"), text], "wrong"],
    [[head("abc"), text], "wrong"],
    [[head(-5), text], "wrong"],
    [["GARBAGE\r\n\r\n"], "wrong"],
    [[`GET / HTTP/9.9\r\nHost: localhost\r\n\r\n`], "wrong"],
    [[`GET /${"x".repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`], "wrong"],
    [[`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"y".repeat(20_000)}\r\n\r\n`], "wrong"],
    [["GET /v2 HTTP/1.1\r\nConnection: close\r\n\r\n"], "wrong"],
    [[chunked, "zz\r\n{}\r\n0\r\n\r\n"], "wrong"],
    [[chunked, "2\r\n{}\r\n0\r\n\r\n"], "wrong"],
    [[head(20_000_000)], "wrong"],
    [[], "left"],
  ]);
  return {
    send: () => exchange(Number(port), hostname, parts, outcome === "left"),
    check: (answer) => checkRaw(answer, outcome),
  };
}

function exchange(port, host, parts, leave) {
  return new Promise((resolve) => {
    const chunks = [];
    const finish = () => {
      const all = Buffer.concat(chunks).toString();
      const [top, ...rest] = all.split("\r\n\r\n");
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(top)?.[1] ?? 0), body: rest.join("\r\n\r\n") });
    };
    const socket = connect(port, host, async () => {
      for (const part of parts) {
        if (socket.destroyed) break;
        socket.write(part);
        await new Promise((next) => setTimeout(next, 2));
      }
      if (leave) socket.destroy();
    });
    socket.setTimeout(10_000, () => socket.destroy());
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", () => {});
    socket.on("close", finish);
  });
}

function checkRaw(answer, outcome) {
  if (outcome === "left") return answer.status === 500 ? "status 500" : undefined;
  if (outcome === "right") return answer.status === 200 ? undefined : `status ${answer.status}, expected 200`;
  return answer.status < 400 && answer.status !== 0
    ? `status ${answer.status}, expected an error`
    : answer.status === 500
      ? "status 500"
      : answer.status === 0
        ? undefined
        : isError(answer);
}
