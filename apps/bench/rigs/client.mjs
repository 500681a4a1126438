// A load generator that costs little. It sends encoded requests. Each connection sends the next one when the
// answer is complete, or at a given rate. Run it as its own process, node client.mjs, with
// { "port", "requests" (base64), "connections", "seconds", "warmup", "rate" } on standard input. `rate` is
// requests a second over all connections, or 0 for the maximum.
import { connect } from "node:net";
import { text } from "node:stream/consumers";

const { port, requests, connections, seconds, warmup, rate = 0 } = JSON.parse(await text(process.stdin));
const payloads = requests.map((request) => Buffer.from(request, "base64"));
/** Latencies as counts of a geometric series of bins, 1 % wide, because a long run has too many to keep. */
const bins = new Float64Array(2048);
const binOf = (ms) =>
  Math.min(bins.length - 1, Math.max(0, Math.round(Math.log(ms / 0.001) / Math.log(1.01))));
const statuses = {};
let [measuring, open, counted] = [false, true, 0];
const count = (status) => {
  statuses[status] = (statuses[status] ?? 0) + 1;
};

function start(k) {
  const socket = connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  let [since, expected, received, head, next] = [0, -1, 0, "", k];
  let waiting = true;
  const send = () => {
    since = performance.now();
    waiting = true;
    [expected, received, head] = [-1, 0, ""];
    socket.write(payloads[next++ % payloads.length]);
  };
  socket.on("connect", send);
  socket.on("data", (chunk) => {
    received += chunk.length;
    if (expected < 0) {
      head += chunk.toString("latin1");
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      expected = end + 4 + Number(/content-length: (\d+)/i.exec(head)[1]);
      count(head.slice(9, 12));
    }
    if (received < expected) return;
    waiting = false;
    if (measuring) {
      counted++;
      bins[binOf(performance.now() - since)]++;
    }
    if (!open) socket.destroy();
    else if (rate === 0) send();
    else setTimeout(send, Math.max(0, since + (1000 * connections) / rate - performance.now()));
  });
  let broken = false;
  socket.on("error", ({ code }) => {
    broken = true;
    if (open && waiting) count(code);
  });
  // A request that the server took along is a failed one; the load goes on over another connection.
  socket.on("close", () => {
    if (!open) return;
    if (!broken && waiting) count("closed");
    setTimeout(() => start(k), 100);
  });
}

for (let k = 0; k < connections; k++) start(k);
await new Promise((resolve) => setTimeout(resolve, 1000 * warmup));
measuring = true;
const began = performance.now();
await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
const elapsed = (performance.now() - began) / 1000;
[measuring, open] = [false, false];
function at(fraction) {
  let left = fraction * counted;
  const bin = bins.findIndex((here) => {
    left -= here;
    return left <= 0;
  });
  return 0.001 * 1.01 ** bin;
}
process.stdout.write(
  JSON.stringify({ perSecond: counted / elapsed, p50: at(0.5), p99: at(0.99), statuses }),
  () => process.exit(0),
);
