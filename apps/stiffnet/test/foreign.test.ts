import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inspectOnnx } from "@stiffnet/onnx";
import ort from "onnxruntime-node";
import { afterAll, describe, expect, it } from "vitest";
import { expectRefusal, inTurn, temporaryFolder } from "../../../scripts/commands/run.ts";

const folder = temporaryFolder();
const repository = fileURLToPath(new URL("../../../", import.meta.url));
const foreign = (name: string): string =>
  join(repository, `packages/onnx/test/reference/foreign/${name}.onnx`);
const run = (...words: string[]) => inTurn(words, { cwd: folder });

const rows = [
  [0.5, -0.25, 0.75],
  [-1, 0.125, 0],
  [0.3, 0.9, -0.6],
];
writeFileSync(join(folder, "runs.csv"), `x1,x2,x3\n${rows.map((row) => row.join(",")).join("\n")}\n`);

/** What onnxruntime answers from the file that the other library wrote. */
async function answersOf(path: string): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(readFileSync(path));
  const input = new ort.Tensor("float32", Float32Array.from(rows.flat()), [3, 3]);
  const answer = await session.run({ [session.inputNames[0]!]: input });
  return answer[session.outputNames[0]!]!.data as Float32Array;
}

const children: ReturnType<typeof spawn>[] = [];
afterAll(() => {
  for (const child of children) child.kill();
});

/** Starts `stiffnet-serve FILE` as a user would, and returns its address. */
async function served(path: string): Promise<string> {
  const script = join(repository, "apps/serve/bin/stiffnet-serve.js");
  const child = spawn(process.execPath, [script, path, "--port", "0", "--workers", "1"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let said = "";
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`stiffnet-serve ended with ${code}: ${said}`);
  });
  const heard = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text) => {
        said += text;
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
        if (found) resolve(found[0]);
      });
    }
  });
  const address = await Promise.race([heard, ended]);
  ended.catch(() => {});
  return address;
}

describe.each(["torch-residual", "dynamo-tanh", "sklearn-relu", "sklearn-logistic"])("%s", (name) => {
  const file = foreign(name);

  it("is described, measured, exported, served and predicted", async () => {
    const inspected = await run("inspect", file);
    expect(inspected.stdout).toMatch(/\nnetwork {7}\{"kind":"resnet","inputs":3,"outputs":2,/);

    const measured = await run(
      "stability",
      file,
      "--data",
      "runs.csv",
      "--json",
      "--out",
      `${name}-stability`,
    );
    expect(measured.code, measured.stderr).toBe(0);
    expect(JSON.parse(measured.stdout).members[0].layers[0].radius.max).toBeGreaterThan(0);

    const exported = await run("export", file, "--out", `${name}.onnx`, "--jacobian", "--json");
    expect(exported.code, exported.stderr).toBe(0);
    const { files } = JSON.parse(exported.stdout);
    expect(files).toEqual({ model: file, onnx: join(folder, `${name}.onnx`) });
    const { surrogate, outputs } = await inspectOnnx(files.onnx);
    const { producer, sha256 } = await inspectOnnx(file);
    expect(surrogate!.metadata).toEqual({ imported: { producer, sha256 } });
    expect(outputs.map((output) => output.name)).toEqual(["outputs", "jacobian"]);

    const expected = await answersOf(file);
    const largest = Math.max(...expected.map(Math.abs));
    const address = await served(files.onnx);
    const body = JSON.stringify({
      inputs: [{ name: "inputs", shape: [3, 3], datatype: "FP32", data: rows.flat() }],
    });
    const response = await fetch(`${address}/v2/models/${name}/infer`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
    const answer = (await response.json()) as { outputs: { name: string; data: number[] }[] };
    expect(response.status, JSON.stringify(answer)).toBe(200);
    const given = answer.outputs.find((output) => output.name === "outputs")!.data;
    expect(given).toHaveLength(expected.length);
    // float32 in both, added up in other orders.
    given.forEach((value, k) => {
      expect(Math.abs(value - expected[k]!)).toBeLessThan(2e-6 * largest);
    });

    for (const source of [file, files.onnx]) {
      const predicted = await run("predict", source, "runs.csv", "--json");
      const { predictions } = JSON.parse(predicted.stdout) as {
        predictions: { outputs: { value: number }[] }[];
      };
      const values = predictions.flatMap((one) => one.outputs.map(({ value }) => value));
      expect(values).toHaveLength(expected.length);
      values.forEach((value, k) => {
        expect(Math.abs(value - expected[k]!)).toBeLessThan(2e-6 * largest);
      });
    }
  });

  it("is refused, with the way to go, where a file of ours is needed", async () => {
    for (const words of [
      ["export", file, "--html", "page.html"],
      ["export", file, "--tfjs", "graph"],
    ]) {
      expectRefusal(await run(...words), name, "stiffnet export", "--out");
    }
    expectRefusal(await run("stability", file), "does not say the training range of input 'x1'", "--data");
  });
});

it("does what the guide says, word for word", async () => {
  const guide = readFileSync(join(repository, "docs/guide/how-to.md"), "utf8");
  const section = guide.split("\n## ").find((text) => text.startsWith("PyTorch"))!;
  const lines = [...section.matchAll(/^npx stiffnet (.*)$/gm)].map((found) => found[1]!.split(" "));
  expect(lines.map(([command]) => command)).toEqual(["inspect", "stability", "predict", "export"]);
  copyFileSync(foreign("torch-tanh"), join(folder, "torch.onnx"));
  for (const words of lines) {
    const { code, stderr } = await run(...words);
    expect(code, stderr).toBe(0);
  }
  expect(section).toContain("\nnpx stiffnet-serve model.onnx\n");
  expect((await inspectOnnx(join(folder, "model.onnx"))).surrogate!.config).toMatchObject({
    width: 8,
    depth: 3,
  });
});

it("writes page and graph model of a network of another library at once", async () => {
  const words = ["--out", "all.onnx", "--html", "all.html", "--tfjs", "all"];
  const { code, stderr } = await run("export", foreign("torch-tanh"), ...words);
  expect(code, stderr).toBe(0);
  expect(readFileSync(join(folder, "all.html"), "utf8")).toContain("<title>");
  expect(readFileSync(join(folder, "all", "model.json"), "utf8")).toContain("graph-model");
});

it("keeps what a file of ours says, when it is written anew", async () => {
  await run("export", foreign("torch-tanh"), "--out", "first.onnx");
  const { code, stderr } = await run("export", "first.onnx", "--out", "second.onnx");
  expect(code, stderr).toBe(0);
  expect(readFileSync(join(folder, "second.onnx")).equals(readFileSync(join(folder, "first.onnx")))).toBe(
    true,
  );
  expectRefusal(await run("export", "first.onnx", "--out", "first.onnx"), "written over itself");
  expectRefusal(await run("export", "first.onnx", "--jacobian", "--html", "x.html"), "--jacobian");
});

it("says which node is no part of a network", async () => {
  const file = foreign("unreadable-leaky");
  expectRefusal(await run("export", file, "--out", "leaky.onnx"), "(LeakyRelu)");
  const { code, stdout } = await run("inspect", file);
  expect(code).toBe(0);
  expect(stdout).toMatch(/network {7}not read: .*LeakyRelu/);
});
