import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { quantile } from "@stiffnet/report";
import { scriptArguments } from "@stiffnet/terminal";

// A client that costs little: one encoded request, sent again on every connection as soon as its answer is
// complete.
const { path, headers, body, port, connections, seconds } = JSON.parse(
  readFileSync(scriptArguments()[0]!, "utf8"),
);
const content = Buffer.from(body, "base64");
const fields = Object.entries({ host: "127.0.0.1", ...headers, "content-length": content.length });
const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
const request = Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${head}\r\n`), content]);
const ms: number[] = [];
let failed = 0;

function open(): void {
  const socket = connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  let since = 0;
  let expected = -1;
  let received = 0;
  let start = "";
  const send = (): void => {
    since = performance.now();
    [expected, received, start] = [-1, 0, ""];
    socket.write(request);
  };
  socket.on("connect", send);
  socket.on("data", (piece) => {
    received += piece.length;
    if (expected < 0) {
      start += piece.toString("latin1");
      const end = start.indexOf("\r\n\r\n");
      if (end < 0) return;
      expected = end + 4 + Number(/content-length: (\d+)/i.exec(start)?.[1] ?? 0);
      if (start.slice(9, 12) !== "200") failed++;
    }
    if (received < expected) return;
    ms.push(performance.now() - since);
    send();
  });
  socket.on("error", () => failed++);
}

for (let k = 0; k < connections; k++) open();
const began = performance.now();
await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
const perSecond = (1000 * ms.length) / (performance.now() - began);
process.stdout.write(
  JSON.stringify({ perSecond, p50: quantile(ms, 0.5), p99: quantile(ms, 0.99), failed }),
  () => process.exit(0),
);
