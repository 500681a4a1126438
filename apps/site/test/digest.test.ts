import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BrowserContext, Page } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needs } from "../../../scripts/needs.ts";
import { launch } from "../../serve/test/browser.ts";
import { readAddress } from "../playground/address.ts";
import { type Side, type TrainConfig, trainFields } from "../playground/train/config.ts";
import { nodeProgram } from "../playground/train/snippet.ts";

/** The worker as one script for a page, and its neighbours. */
async function bundled(entry: string): Promise<Map<string, string>> {
  const build = await rolldown({
    input: fileURLToPath(new URL(`../playground/${entry}`, import.meta.url)),
    platform: "browser",
    resolve: { conditionNames: ["browser", "@stiffnet/source", "import", "module", "default"] },
    logLevel: "silent",
  });
  const { output } = await build.generate({ format: "es" });
  await build.close();
  return new Map(output.flatMap((part) => (part.type === "chunk" ? [[`/${part.fileName}`, part.code]] : [])));
}

/** Output in Node of the program that a page shows. */
async function inNode(config: TrainConfig, side: Side): Promise<string> {
  const folder = mkdtempSync(fileURLToPath(new URL("./program-", import.meta.url)));
  const file = join(folder, "program.ts");
  const program = nodeProgram(config, side).replace(
    "console.log(run.digest)",
    "export const digest = run.digest",
  );
  writeFileSync(file, program);
  try {
    return (await import(/* @vite-ignore */ file)).digest;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("a network trained in Chromium", needs("chromium"), () => {
  let server: Server;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    const scripts = await bundled("train/worker.ts");
    server = createServer((request, response) => {
      const code = scripts.get(request.url ?? "");
      response.writeHead(200, { "content-type": code ? "text/javascript" : "text/html" });
      response.end(code ?? "<!doctype html><title>digests</title>");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    context = await launch();
    page = context.pages()[0]!;
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });
  afterAll(async () => {
    await context?.close();
    server?.close();
  });

  /** Trained in a worker; with `pauses`, one epoch at a time first. */
  const inPage = (config: TrainConfig, side: Side, pauses = 0): Promise<string> =>
    // This is text because Node lacks such workers.
    page.evaluate(`new Promise((resolve, reject) => {
      const worker = new Worker("/worker.js", { type: "module" });
      let left = ${pauses};
      worker.onmessage = ({ data }) => {
        if (data.kind === "ready" || data.kind === "paused") {
          worker.postMessage({ kind: left-- > 0 ? "step" : "go" });
        } else if (data.kind === "ended") {
          worker.terminate();
          resolve(data.digest);
        } else if (data.kind === "failed") reject(new Error(data.reason));
      };
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(${JSON.stringify({ kind: "start", config, side, shown: { layers: 2, output: 0 } })});
    })`);

  it.each<[string, Side, string, number]>([
    ["data=alpine02&width=8&depth=3&epochs=4&rows=60&weights=perLayer", "plain", "resnet", 0],
    ["data=alpine02&width=8&depth=3&epochs=6&rows=60", "penalised", "resnet, one epoch at a time", 3],
    ["data=dalec&width=6&depth=2&epochs=3&rows=50&penalty=l2&activation=gelu", "penalised", "DALEC", 0],
    ["data=bump&epochs=3", "penalised", "a preset", 0],
    ["data=flip&width=5&depth=2&epochs=5&rows=40&solver=rk4&penalty=frobenius&seed=7", "penalised", "ODE", 0],
  ])("%s, %s: has the digest of the program for Node that the page shows", async (hash, side, _, pauses) => {
    const { state, complaints } = readAddress(trainFields, hash);
    expect(complaints).toEqual([]);
    const digest = await inPage(state, side, pauses);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(digest).toBe(await inNode(state, side));
  });
});
