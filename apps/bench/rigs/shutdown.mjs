// Ends a server under load, again and again, and counts requests that were sent to it and are not answered:
//
//     node apps/bench/rigs/shutdown.mjs MODEL.onnx [--repetitions 50] [--connections 32,256] \
//         [--processes 1,2]
// [--lame-duck 1]
import { connect } from "node:net";
import { atLeast, isMain, listOf, readCommand, wholeFrom } from "./command.mjs";
import { startServer } from "./server.mjs";

/** Starts a server, loads it, sends SIGTERM and returns what became of the requests that were sent before
 *  the lame-duck time was over. */
export async function shutdown({ path, connections, processes = 1, lameDuck = 1, signal = "SIGTERM" }) {
  const args = [path, "--processes", `${processes}`, "--lame-duck", `${lameDuck}`];
  const { child, url } = await startServer(args, "ignore");
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const { port } = new URL(url);
  const [model] = (await (await fetch(`${url}/models`)).json()).models;
  const body = JSON.stringify({
    inputs: [
      { name: "inputs", datatype: "FP32", shape: [1, model.inputs.length], data: model.inputs.map(() => 1) },
    ],
  });
  const request = `POST /v2/models/${model.name}/infer HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const counts = { answered: 0, lost: 0, other: 0 };
  const late = { is: () => false };
  const clients = Array.from({ length: connections }, () => client(Number(port), request, counts, late));
  await new Promise((resolve) => setTimeout(resolve, 300));
  let unready = false;
  const told = performance.now();
  child.kill(signal);
  late.is = () => performance.now() - told > 1000 * lameDuck;
  while (!late.is()) {
    const status = await fetch(`${url}/v2/health/ready`, { headers: { connection: "close" } }).then(
      (response) => response.status,
      () => 0,
    );
    unready ||= status === 503;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await Promise.all(clients);
  return { ...counts, unready, code: await ended };
}

/** Asks on one connection after the other, as the server ends them, until the time is over. */
async function client(port, request, counts, late) {
  while (!late.is()) await connection(port, request, counts, late);
}

function connection(port, request, counts, late) {
  return new Promise((resolve) => {
    let [text, waiting] = ["", false];
    const socket = connect(port, "127.0.0.1");
    const send = () => {
      if (late.is()) {
        socket.destroy();
        return;
      }
      waiting = true;
      socket.write(request);
    };
    socket.on("connect", send);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(text.slice(0, end))?.[1]);
      if (end < 0 || text.length < end + 4 + length) return;
      waiting = false;
      if (text.startsWith("HTTP/1.1 200")) counts.answered++;
      else counts.other++;
      const last = /connection: close/i.test(text.slice(0, end));
      text = "";
      if (last) socket.destroy();
      else send();
    });
    let refused = false;
    socket.on("error", () => {
      refused = true;
    });
    socket.on("close", () => {
      if (waiting || (refused && !late.is())) counts.lost++;
      resolve();
    });
  });
}

async function main() {
  const asked = readCommand({
    name: "shutdown",
    about: "Ends servers under load and counts the requests that were lost.",
    example: "model.onnx --repetitions 5 --processes 2",
    options: [
      ["--repetitions <n>", "ends of each", wholeFrom(1), 50],
      ["--connections <list>", "connections at one time", listOf(wholeFrom(1)), [32, 256]],
      ["--processes <list>", "processes of the server", listOf(wholeFrom(1)), [1, 2]],
      ["--lame-duck <seconds>", "time to answer while not ready", atLeast(0), 1],
    ],
  });
  let wrong = 0;
  for (const processes of asked.processes) {
    for (const connections of asked.connections) {
      const sum = { answered: 0, lost: 0, other: 0, failed: 0 };
      for (let k = 0; k < asked.repetitions; k++) {
        const found = await shutdown({ ...asked, connections, processes });
        for (const key of ["answered", "lost", "other"]) sum[key] += found[key];
        if (found.code !== 0) sum.failed++;
      }
      wrong += sum.lost + sum.other + sum.failed;
      console.log(JSON.stringify({ processes, connections, ...sum }));
    }
  }
  process.exit(wrong > 0 ? 1 : 0);
}

if (isMain(import.meta.url)) await main();
