// A load generator that costs little: one pre-encoded request, sent again on every connection as soon as its answer is complete. Run as
// a process of its own: node client.mjs '{ "port", "request", "connections", "seconds", "warmup", "rate" }', rate being requests a second
// over all connections, or 0 for as many as get answered.
import { connect } from "node:net";

const { port, request, connections, seconds, warmup, rate = 0 } = JSON.parse(process.argv[2]);
const payload = Buffer.from(request, "base64");
const latencies = [];
const statuses = {};
let measuring = false;
let open = true;

function start() {
  const socket = connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  let since = 0;
  let expected = -1;
  let received = 0;
  let head = "";
  const send = () => {
    since = performance.now();
    expected = -1;
    received = 0;
    head = "";
    socket.write(payload);
  };
  socket.on("connect", send);
  socket.on("data", (chunk) => {
    received += chunk.length;
    if (expected < 0) {
      head += chunk.toString("latin1");
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      expected = end + 4 + Number(/content-length: (\d+)/i.exec(head)[1]);
      const status = head.slice(9, 12);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
    if (received < expected) return;
    if (measuring) latencies.push(performance.now() - since);
    if (!open) socket.destroy();
    else if (rate === 0) send();
    else setTimeout(send, Math.max(0, since + (1000 * connections) / rate - performance.now()));
  });
  socket.on("error", ({ code }) => {
    statuses[code] = (statuses[code] ?? 0) + 1;
  });
}

for (let k = 0; k < connections; k++) start();
await new Promise((resolve) => setTimeout(resolve, 1000 * warmup));
measuring = true;
const began = performance.now();
await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
measuring = false;
const elapsed = (performance.now() - began) / 1000;
open = false;
latencies.sort((a, b) => a - b);
const at = (fraction) =>
  latencies[Math.min(latencies.length - 1, Math.floor(fraction * latencies.length))] ?? Number.NaN;
console.log(JSON.stringify({ perSecond: latencies.length / elapsed, p50: at(0.5), p99: at(0.99), statuses }));
process.exit(0);
