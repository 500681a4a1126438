import { once } from "node:events";
import { get } from "node:https";
import { connect as connectPlain } from "node:net";
import { connect } from "node:tls";
import { credentials, makeGenericClientConstructor } from "@grpc/grpc-js";
import { generate } from "selfsigned";
import { afterEach, expect, test } from "vitest";
import { main } from "../src/cli/main.ts";
import { inferenceService } from "../src/grpc/definition.ts";
import { createServer } from "../src/index.ts";
import { writeModel } from "./service.ts";

async function certificate(name: string): Promise<{ cert: string; key: string }> {
  const { cert, private: key } = await generate([{ name: "commonName", value: name }], {
    extensions: [
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  return { cert, key };
}
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** The name in the certificate, and the answer. */
function ask(url: string, ca: string): Promise<{ name: string; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = get(url, { ca, agent: false }, async (response) => {
      const name = (response.socket as import("node:tls").TLSSocket).getPeerCertificate().subject.CN;
      resolve({ name: String(name), text: String((await response.toArray()).join("")) });
    });
    sent.on("error", reject);
  });
}

test("every port speaks TLS; a connection that never begins does not hold up the end, nor one that asks", async () => {
  const tls = await certificate("first");
  const server = await createServer([await writeModel("tls.onnx")], {
    ...{ workers: 1, log: "silent", watch: 0, tls },
    ...{ grpc: { port: 0 }, admin: { port: 0 } },
  });
  closing.push(() => server.close());
  const url = await server.listen({ port: 0 });
  const { adminPort, grpcPort } = server as unknown as { adminPort: number; grpcPort: number };
  expect(url).toMatch(/^https:/);
  expect((await ask(`${url}/v2/health/ready`, tls.cert)).text).toBe('{"ready":true}');
  expect((await ask(`https://127.0.0.1:${adminPort}/metrics`, tls.cert)).text).toContain("stiffnet_");
  const Client = makeGenericClientConstructor(inferenceService, "any");
  const client = new Client(`127.0.0.1:${grpcPort}`, credentials.createSsl(Buffer.from(tls.cert)));
  closing.push(() => client.close());
  const live = await new Promise((resolve, reject) => {
    client.ServerLive!({}, (error: Error | null, answer: object) =>
      error ? reject(error) : resolve(answer),
    );
  });
  expect(live).toEqual({ live: true });
  const { port } = new URL(url);
  // One that says nothing, and one with a request on its way.
  const silent = connectPlain(Number(port), "127.0.0.1");
  await once(silent, "connect");
  const asking = connect(Number(port), "127.0.0.1", { ca: tls.cert });
  await once(asking, "secureConnect");
  asking.write("GET /v2 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const answer = once(asking, "data");
  expect(await server.leave({ lameDuck: 0, drain: 5000 })).toBe(0);
  expect(String((await answer)[0])).toMatch(/^HTTP\/1.1 200/);
  asking.destroy();
  silent.destroy();
});

test("half of the files, and files that are none, are refused", async () => {
  const model = await writeModel("refused.onnx");
  let said = "";
  const write = process.stderr.write;
  process.stderr.write = ((text: string) => (said += text)) as never;
  try {
    expect(await main([model, "--tls-cert", "cert.pem"])).toBe(2);
    expect(await main([model, "--tls-cert", model, "--tls-key", model])).toBe(2);
  } finally {
    process.stderr.write = write;
  }
  expect(said).toContain("--tls-cert and --tls-key belong together, expected both");
  expect(said).toContain("TLS: expected a certificate and its key, without a passphrase, as PEM");
});
