import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { quantile } from "../../statistics.ts";

// A client that costs little: one encoded request, sent again on every connection as soon as its answer is
// complete.
const { path, body, port, connections, seconds } = JSON.parse(readFileSync(process.argv[2]!, "utf8"));
const request = Buffer.from(
  `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
);
const ms: number[] = [];
let failed = 0;

function start(): void {
  const socket = connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  let since = 0;
  let expected = -1;
  let received = 0;
  let head = "";
  const send = (): void => {
    since = performance.now();
    [expected, received, head] = [-1, 0, ""];
    socket.write(request);
  };
  socket.on("connect", send);
  socket.on("data", (piece) => {
    received += piece.length;
    if (expected < 0) {
      head += piece.toString("latin1");
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      expected = end + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (head.slice(9, 12) !== "200") failed++;
    }
    if (received < expected) return;
    ms.push(performance.now() - since);
    send();
  });
  socket.on("error", () => failed++);
}

for (let k = 0; k < connections; k++) start();
const began = performance.now();
await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
const perSecond = (1000 * ms.length) / (performance.now() - began);
process.stdout.write(
  JSON.stringify({ perSecond, p50: quantile(ms, 0.5), p99: quantile(ms, 0.99), failed }),
  () => process.exit(0),
);
