import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { resnet, train } from "@stiffnet/core";
import { alpine02, sample } from "@stiffnet/datasets";
import { exportOnnx } from "@stiffnet/onnx";
import { beforeAll, expect, it } from "vitest";
import { expectRefusal, inTurn, temporaryFolder } from "../../../scripts/commands/run.ts";

const cwd = temporaryFolder();
const model = join(cwd, "results", "model.onnx");
beforeAll(async () => {
  const data = sample(alpine02(2), { train: 20, test: 5, seed: 1 });
  const run = await train(resnet({ inputs: 2, outputs: 1, width: 3, depth: 1, seed: 1 }), data, {
    epochs: 1,
  });
  mkdirSync(join(cwd, "results", "figures"), { recursive: true });
  await exportOnnx(run.model, model);
  const names = run.model.inputNames.join(",");
  for (const file of ["in.csv", "results/predictions.csv", "results/figures/in.csv"]) {
    writeFileSync(
      join(cwd, file),
      `${names},y\n${[1, 2, 3, 4, 5, 6, 7, 8].map((k) => `${k},${k ** 2},${3 * k}`).join("\n")}`,
    );
  }
  symlinkSync(join(cwd, "in.csv"), join(cwd, "link.csv"));
  symlinkSync(join(cwd, "results"), join(cwd, "linked"));
});

it.each([
  ["predict results in.csv --out in.csv", "in.csv"],
  ["predict results in.csv --out link.csv", "in.csv"],
  ["predict results link.csv --out ./in.csv", "in.csv"],
  ["predict results in.csv --out results/model.onnx", "results/model.onnx"],
  ["predict results in.csv --out linked/model.onnx", "results/model.onnx"],
  ["export results --html results/model.onnx", "results/model.onnx"],
  ["train results/predictions.csv --inputs 1,2 --outputs y --out results", "results/predictions.csv"],
  ["train results/figures/in.csv --inputs 1,2 --outputs y --out linked", "results/figures/in.csv"],
  ["train results/predictions.csv --inputs 1,2 --outputs y --out results --force", "results/predictions.csv"],
])("%s is refused before anything is written", async (line, kept) => {
  const before = readFileSync(join(cwd, kept));
  expectRefusal(await inTurn(line.split(" "), { cwd }), "which this command reads");
  expect(readFileSync(join(cwd, kept)).equals(before)).toBe(true);
});
