import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  childrenOf,
  type Ended,
  gone,
  inTurn,
  start,
  temporaryFolder,
} from "../../../../scripts/commands/run.ts";
import { needs, programOf } from "../../../../scripts/needs.ts";
import { binary, pointsOf } from "../../src/comparisons/load/request.ts";

const quick = "--rounds 1 --seconds 1 --warm-up 1 --connections 2 --workers 1 --json".split(" ");

interface Case {
  readonly kind: string;
  readonly rows: number;
  readonly connections: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
  readonly difference?: number;
}

describe("load", () => {
  const out = join(temporaryFolder(), "out");
  let ended: Ended;
  beforeAll(async () => {
    ended = await inTurn(["load", ...quick, "--rows", "3", "--out", out]);
  });

  it("measures every service and the limit, and no request fails", () => {
    expect(ended.code, ended.stderr).toBe(0);
    const document = JSON.parse(ended.stdout);
    expect(document.digest).toMatch(/^[0-9a-f]{64}$/);
    const cases: Case[] = document.cases;
    for (const [kind, connections] of [
      ["stiffnet", 2],
      ["binary", 2],
      ["http", 2],
    ] as const) {
      const found = cases.find((one) => one.kind === kind)!;
      expect(found).toMatchObject({ rows: 3, connections, failed: 0 });
      expect(found.perSecond).toBeGreaterThan(0);
      expect(found.p99).toBeGreaterThanOrEqual(found.p50);
    }
    // The same network in float32; the Python service where there is one.
    const python = cases.filter(({ kind }) => kind === "fastapi" || kind === "bentoml");
    const bytes = cases.filter(({ kind }) => kind === "binary");
    for (const { difference } of [...python, ...bytes]) expect(difference).toBeLessThan(1e-5);
    for (const [kind, title] of [
      ["fastapi", "FastAPI"],
      ["bentoml", "BentoML"],
    ]) {
      if (!python.some((one) => one.kind === kind)) expect(document.missing.join()).toContain(title);
    }
    expect(JSON.parse(readFileSync(join(out, "summary.json"), "utf8"))).toEqual(document);
  });

  it("leaves a report that asks nobody for anything", () => {
    const page = readFileSync(join(out, "report.html"), "utf8");
    expect(page.match(/(?:src|href)="(?!data:)[^"#]*"|url\((?!#)[^)]*\)|@import|<script/g)).toBe(null);
    for (const part of ["How many requests a second", "node:http alone", "stiffnet-bench load"])
      expect(page).toContain(part);
  });

  it("without Python and wrk says what is missing, and a client in Node asks the other services", async () => {
    const env = { PATH: "/no/such/folder", STIFFNET_PYTHON: "/no/such/python" };
    const ended = await inTurn(["load", ...quick, "--rows", "1", "--out", join(temporaryFolder(), "out")], {
      env,
    });
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain(
      "FastAPI: no Python with fastapi, uvicorn, numpy and onnxruntime was found",
    );
    expect(ended.stderr).toContain(
      "BentoML: no Python with bentoml, uvicorn, numpy and onnxruntime was found",
    );
    const { client, cases } = JSON.parse(ended.stdout);
    expect(client).toBe("node");
    expect(cases.map(({ kind }: Case) => kind)).not.toContain("fastapi");
  });

  it("ends its services when it is interrupted", async () => {
    if (process.platform !== "linux") return;
    const out = join(temporaryFolder(), "out");
    const { child, ended } = start(["load", "--seconds", "30", "--out", out], {});
    await expect.poll(() => childrenOf(child.pid!).length).toBeGreaterThan(1);
    const children = childrenOf(child.pid!);
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    await Promise.all(children.map(gone));
    expect(existsSync(join(out, "report.html"))).toBe(false);
  });
});

const ask = `
import sys, json, numpy, tritonclient.http as client
points = numpy.array(json.load(sys.stdin), dtype=numpy.float32)
sent = client.InferInput("inputs", list(points.shape), "FP32")
sent.set_data_from_numpy(points)
body, head = client.InferenceServerClient.generate_request_body([sent])
print(json.dumps({"body": body.hex(), "head": str(head)}))`;

it("sends bytes as tritonclient does, to the byte", needs("triton"), () => {
  const points = pointsOf(3, 15);
  const input = JSON.stringify(points);
  const theirs = JSON.parse(execFileSync(programOf("triton")!, ["-c", ask], { input, encoding: "utf8" }));
  const { body, headers } = binary.request(points);
  expect(body.toString("hex")).toBe(theirs.body);
  expect(headers["inference-header-content-length"]).toBe(theirs.head);
});
