import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { predict, resnet } from "@stiffnet/core";
import { exportOnnx, importOnnx } from "@stiffnet/onnx";
import { identity } from "@stiffnet/preparation";
import { startTensorFlow } from "@stiffnet/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { expectRefusal, inTurn, temporaryFolder } from "../../../scripts/commands/run.ts";

const folder = temporaryFolder();
const results = join(folder, "carbon");
const model = join(results, "model.onnx");

beforeAll(async () => {
  const made = resnet({ inputs: 2, outputs: 1, width: 3, depth: 2, seed: 1 });
  const preparation = { inputs: identity(2), outputs: identity(1) };
  mkdirSync(results);
  const ranges = [
    [0, 1],
    [-2, 2],
  ] as const;
  await exportOnnx({ ...made, inputNames: ["rain", "warmth"], outputNames: ["flux"], preparation }, model, {
    ranges,
  });
  writeFileSync(join(folder, "foreign.onnx"), "not a model at all");
});

describe("inspect", () => {
  it("prints what is in a file or a results folder", async () => {
    for (const source of [model, results]) {
      const { code, stdout } = await inTurn(["inspect", source]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/warmth, trained from -2 to 2/);
      expect(stdout).toMatch(/"width":3,"depth":2/);
    }
  });

  it("prints one document", async () => {
    const { code, stdout } = await inTurn(["inspect", results, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      command: "inspect",
      files: { model },
      outputs: [{ name: "outputs", dtype: "float32" }],
      surrogate: { members: 1, inputs: [{ name: "rain", range: [0, 1] }, { name: "warmth" }] },
    });
  });

  it("refuses what is no model in one line", async () => {
    expectRefusal(
      await inTurn(["inspect", "foreign.onnx"], { cwd: folder }),
      "foreign.onnx",
      "not an ONNX file",
    );
    expectRefusal(await inTurn(["inspect", "gone.onnx"], { cwd: folder }), "gone.onnx", "no such file");
    expectRefusal(await inTurn(["inspect", "."], { cwd: folder }), "no model.onnx");
    expectRefusal(await inTurn(["inspect"]), "model");
  });
});

describe("export", () => {
  it("writes one page that holds the network and asks no server", async () => {
    const { code, stdout } = await inTurn(["export", "carbon", "--html", "pages/carbon.html", "--json"], {
      cwd: folder,
    });
    expect(code).toBe(0);
    const { files, bytes } = JSON.parse(stdout);
    const page = readFileSync(files.html, "utf8");
    expect(files.html).toBe(join(folder, "pages", "carbon.html"));
    expect(Buffer.byteLength(page)).toBe(bytes);
    expect(page.match(/(?:src|href)="(?!data:)[^"#]*"|@import/g)).toBe(null);
    expect(page).toContain("default-src 'none'");
    const embedded = /<script type="application\/json" id="embedded">(.*?)<\/script>/s.exec(page)![1]!;
    expect(JSON.stringify(JSON.parse(embedded))).toContain("warmth");
    expect(JSON.parse(embedded).model.name).toBe("carbon");
  });

  it("takes another title, and replaces an earlier page", async () => {
    const html = join(folder, "again.html");
    writeFileSync(html, "old");
    const line = ["export", model, "--html", html, "--title", "Fluxes & <pools>"];
    const { code, stdout } = await inTurn(line);
    expect([code, stdout]).toEqual([0, `page ${html}\n`]);
    const page = readFileSync(html, "utf8");
    expect(page).toContain("Fluxes & \\u003cpools>");
  });

  it("writes a graph model that TensorFlow.js loads, with the same answers", async () => {
    const line = ["export", "carbon", "--tfjs", "web/carbon", "--json"];
    const { code, stdout } = await inTurn(line, { cwd: folder });
    expect(code).toBe(0);
    const { files, bytes } = JSON.parse(stdout);
    expect(files).toEqual({ model: join("carbon", "model.onnx"), tfjs: join(folder, "web", "carbon") });
    const { weightsManifest, ...rest } = JSON.parse(readFileSync(join(files.tfjs, "model.json"), "utf8"));
    const [{ paths, weights: weightSpecs }] = weightsManifest;
    const weights = readFileSync(join(files.tfjs, paths[0]));
    expect(bytes).toBe(weights.length + readFileSync(join(files.tfjs, "model.json")).length);
    const { tf } = await startTensorFlow({ backend: "cpu" });
    const weightData = Uint8Array.from(weights).buffer;
    const graph = await tf.loadGraphModel(tf.io.fromMemory({ ...rest, weightSpecs, weightData }));
    const answer = graph.predict(tf.tensor2d([[0.25, -1.5]])) as ReturnType<typeof tf.tensor>;
    const [network] = await importOnnx(model);
    expect(answer.dataSync()[0]).toBeCloseTo(predict(network!, Float64Array.of(0.25, -1.5))[0]!, 6);
  });

  it("refuses what it cannot turn into a page, and leaves the model alone", async () => {
    const before = readFileSync(model);
    expectRefusal(await inTurn(["export", model, "--html", model]), "written over itself");
    expectRefusal(
      await inTurn(["export", "foreign.onnx", "--html", "x.html"], { cwd: folder }),
      "not an ONNX file",
    );
    expectRefusal(await inTurn(["export", model]), "expected --out FILE, --html FILE or --tfjs FOLDER");
    expectRefusal(await inTurn(["export", model, "--tfjs", "x", "--title", "y"]), "--title");
    expectRefusal(await inTurn(["export", model, "--tfjs", model]), model, "is a file");
    expectRefusal(
      await inTurn(["export", "foreign.onnx", "--tfjs", "x"], { cwd: folder }),
      "not an ONNX file",
    );
    expect(readFileSync(model).equals(before)).toBe(true);
  });
});
