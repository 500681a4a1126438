import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { get } from "node:https";
import { connect as connectPlain } from "node:net";
import { join } from "node:path";
import { connect } from "node:tls";
import { fileURLToPath } from "node:url";
import { credentials, makeGenericClientConstructor } from "@grpc/grpc-js";
import { generate } from "selfsigned";
import { afterEach, expect, test } from "vitest";
import { main } from "../src/cli/main.ts";
import { inferenceService } from "../src/grpc/definition.ts";
import { createServer } from "../src/index.ts";
import { folder, writeModel } from "./service.ts";

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
    workers: 1,
    log: "silent",
    watch: 0,
    tls,
    grpc: { port: 0 },
    admin: { port: 0 },
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

test("a new certificate is read on SIGHUP; one that does not fit its key changes nothing", async () => {
  const [first, second] = [await certificate("first"), await certificate("second")];
  const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  const write = ({ cert, key }: { cert: string; key: string }) => {
    writeFileSync(files.cert, cert);
    writeFileSync(files.key, key);
  };
  write(first);
  const script = fileURLToPath(new URL("../bin/stiffnet-serve.js", import.meta.url));
  const options = ["--port", "0", "--json", "--tls-cert", files.cert, "--tls-key", files.key];
  const child = spawn(process.execPath, [script, await writeModel("hangup.onnx"), ...options]);
  closing.push(() => child.kill("SIGKILL"));
  let stderr = "";
  child.stderr.on("data", (text) => (stderr += text));
  const { url } = JSON.parse(String((await once(child.stdout, "data"))[0]));
  expect((await ask(`${url}/v2`, first.cert)).name).toBe("first");
  write(second);
  child.kill("SIGHUP");
  await expect
    .poll(() =>
      ask(`${url}/v2`, second.cert).then(
        ({ name }) => name,
        () => "",
      ),
    )
    .toBe("second");
  writeFileSync(files.key, first.key);
  child.kill("SIGHUP");
  await expect
    .poll(() => stderr)
    .toContain("TLS: the key does not belong to the certificate; the certificate stays as before");
  expect((await ask(`${url}/v2`, second.cert)).name).toBe("second");
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
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
