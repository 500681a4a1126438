import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { expectRefusal, inTurn, temporaryFolder } from "../../../scripts/commands/run.ts";

describe("train and the preset of Alpine 02 are configured as study is", () => {
  const shown = async (line: string): Promise<Record<string, unknown>> => {
    const { code, stdout, stderr } = await inTurn([...line.split(" "), "--show-config"]);
    expect([code, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout);
  };

  test("by files, options and paths", async () => {
    const file = join(temporaryFolder(), "config.json");
    writeFileSync(file, JSON.stringify({ preset: "alpine", training: { batchSize: 9 } }));
    expect(
      await shown(`study --config ${file} --epochs 80 --set data.test=7 --set training.plateau.patience=3`),
    ).toMatchObject({
      command: "study",
      trials: 5,
      data: { name: "alpine02", train: 900, test: 7 },
      training: { batchSize: 9, epochs: 80, plateau: { factor: 0.95, patience: 3 } },
      measures: { every: 2, samples: 20 },
    });
    expect(
      await shown("train function:ishigami --validation 0 --penalty l2=1e-4 --set trials=2"),
    ).toMatchObject({
      trials: 2,
      data: { name: "ishigami", validation: 0 },
      keep: "final",
      models: [{ name: "RES L2", penalty: { weight: 1e-4 } }],
    });
    expect(await shown("train function:ishigami")).toMatchObject({ keep: "best", trials: 8 });
  });

  test.each<[string, ...string[]]>([
    ["train", "no data", "expected a file"],
    ["train --validation 0.1", "--validation: is given without files"],
    ["train function:ishigami --engine kernels,tfjs", "--engine", "'kernels,tfjs'"],
    ["train function:ishigami --set preset=quick", "preset: is 'quick', expected none"],
  ])("%s is refused", async (line, ...parts) => {
    expectRefusal(await inTurn(line.split(" ")), ...parts);
  });
});
