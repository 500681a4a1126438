import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { createServer } from "../src/index.ts";
import { writeModel } from "./service.ts";

const inputs = { rainfall: 700, "soil depth": 1, Q10: 1.2 };

test("closing answers what was accepted, then nobody is let in", async () => {
  const server = await createServer([await writeModel("drain.onnx")], {
    workers: 1,
    maxBatch: 1,
    log: "silent",
    watch: 0,
  });
  const url = await server.listen({ port: 0 });
  const ask = () =>
    fetch(`${url}/predict`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ inputs }),
    });
  expect((await fetch(`${url}/v2/health/ready`)).status).toBe(200);
  let arrived = 0;
  server.server.on("request", () => arrived++);
  const answers = Array.from({ length: 60 }, () =>
    ask().then(
      ({ status }) => status,
      () => "closed",
    ),
  );
  await expect.poll(() => arrived, { interval: 1 }).toBeGreaterThan(30);
  const accepted = arrived;
  await server.close();
  const found = await Promise.all(answers);
  // 503 is for those that came on an open connection once the closing had begun.
  expect(found.filter((status) => status === 200).length).toBeGreaterThanOrEqual(accepted);
  expect(new Set(found)).toEqual(
    new Set([...found].filter((status) => [200, 503, "closed"].includes(status))),
  );
  await expect(ask()).rejects.toThrow();
});

test("closing answers what was sent behind another request, before that is answered and after", async () => {
  const server = await createServer([await writeModel("behind.onnx")], {
    workers: 1,
    maxBatch: 16,
    log: "silent",
    watch: 0,
  });
  await server.listen({ port: 0 });
  const { port } = server.server.address() as { port: number };
  const request = (rows: number): string => {
    const data = new Array(3 * rows).fill(1);
    const body = JSON.stringify({
      inputs: [{ name: "inputs", datatype: "FP32", shape: [rows, 3], data }],
    });
    return `POST /v2/models/behind/infer HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };
  const statuses = (rows: readonly number[]) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(rows.map(request).join("")));
    socket.on("data", (chunk) => (text += chunk)).on("error", () => {});
    const found = (): (string | undefined)[] =>
      [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    return { found, ended: once(socket, "close") };
  };
  const after = statuses([1, 65_536]);
  await expect.poll(after.found, { interval: 1 }).toEqual(["200"]);
  const before = statuses([65_536, 1]);
  await expect.poll(() => server.stiffnet.pool.state.waiting, { interval: 1 }).toBe(3);
  await server.close();
  await Promise.all([after.ended, before.ended]);
  expect([after.found(), before.found()]).toEqual([
    ["200", "200"],
    ["200", "200"],
  ]);
});

test("a request in the queue whose client is gone is dropped", async () => {
  const server = await createServer([await writeModel("gone.onnx")], {
    workers: 1,
    maxBatch: 1,
    log: "silent",
    watch: 0,
  });
  const url = await server.listen({ port: 0 });
  const rows = Array.from({ length: 3000 }, () => [700, 1, 1.2]);
  const body = JSON.stringify({
    inputs: [{ name: "inputs", datatype: "FP32", shape: [3000, 3], data: rows }],
  });
  const leave = new AbortController();
  const sent = fetch(`${url}/v2/models/gone/infer`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    signal: leave.signal,
  }).catch((error) => error.name);
  const waiting = async (): Promise<number> =>
    Number(/^stiffnet_waiting_requests (\d+)/m.exec(await (await fetch(`${url}/metrics`)).text())![1]);
  await expect.poll(waiting, { interval: 1 }).toBe(1);
  leave.abort();
  expect(await sent).toBe("AbortError");
  await expect.poll(waiting).toBe(0);
  const batches = Number(
    /^stiffnet_batches_total (\d+)/m.exec(await (await fetch(`${url}/metrics`)).text())![1],
  );
  expect(batches).toBeLessThan(3000);
  await server.close();
});

test("the end takes the lame-duck and drain times once, whoever goes on asking and whatever never ends", async () => {
  const server = await createServer([await writeModel("end.onnx")], { log: "silent", watch: 0, workers: 1 });
  const url = await server.listen({ port: 0 });
  const { port } = server.server.address() as { port: number };
  const stuck = connect(port, "127.0.0.1", () =>
    stuck.write("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"),
  ).on("error", () => {});
  await once(stuck, "connect");
  const asking = setInterval(() => void fetch(`${url}/v2`).catch(() => {}), 5);
  const since = performance.now();
  await server.leave({ lameDuck: 100, drain: 2000 });
  // Twice the drain time would be 4.35 s.
  expect(performance.now() - since).toBeLessThan(3900);
  clearInterval(asking);
  stuck.destroy();
});
