import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resnet, train } from "@stiffnet/core";
import { alpine02, sample } from "@stiffnet/datasets";
import { standardise } from "@stiffnet/preparation";
import { quantile } from "@stiffnet/report";
import { tableOf } from "@stiffnet/tables";
import { formatDuration, formatNumber, showProgress, textTable } from "@stiffnet/terminal";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differences, identityOf, type StudyConfig, trialSpecs } from "../src/configuration/config.ts";
import { foldOf, keptBack } from "../src/data/row-subsets.ts";
import { Checkpoint } from "../src/run/checkpoint.ts";
import { differenceOf } from "../src/run/folder.ts";
import { appendRecord, mendRecords } from "../src/run/journal.ts";

const config: StudyConfig = {
  format: 1,
  command: "train",
  seed: 1,
  trials: 2,
  data: {
    kind: "table",
    file: "here/runs.csv",
    digest: "d1",
    inputs: "1-2",
    outputs: "3",
    test: 0.2,
    validation: 0.2,
    missing: "error",
  },
  network: { width: 4, depth: 2, activation: "tanh", lift: "tanh", horizon: 1 },
  training: { epochs: 10, batchSize: 5, rate: 1e-3, plateau: false },
  keep: "best",
  models: [{ name: "RES" }, { name: "RES L2", penalty: { kind: "l2", weight: 1e-5 } }],
  measures: { every: 5, samples: 20 },
};

describe("study configuration", () => {
  it("lists all models of a trial before the next trial", () => {
    expect(trialSpecs(config).map((spec) => spec.id)).toEqual([
      "res-000",
      "res-l2-000",
      "res-001",
      "res-l2-001",
    ]);
  });

  it("is the same study wherever the table lies, and in whatever order its fields stand", () => {
    const moved = { ...config, data: { ...config.data, file: "/there/runs.csv" } } as StudyConfig;
    const turned = Object.fromEntries(Object.entries(config).reverse()) as unknown as StudyConfig;
    expect(identityOf(moved)).toBe(identityOf(config));
    expect(identityOf(turned)).toBe(identityOf(config));
  });

  it("is another study where any number differs, and says which", () => {
    const other: StudyConfig = { ...config, training: { ...config.training, epochs: 11 } };
    expect(identityOf(other)).not.toBe(identityOf(config));
    expect(differences(config, other)).toEqual(["training.epochs was 10, now 11"]);
    const moved = { ...other, seed: 2, data: { ...other.data, file: "/there/runs.csv" } } as StudyConfig;
    expect(differenceOf(config, moved)).toBe("seed was 1, now 2 (and 1 more difference)");
    const changed = { ...config, data: { ...config.data, digest: "d2" } } as StudyConfig;
    expect(identityOf(changed)).not.toBe(identityOf(config));
  });
});

describe("journal", () => {
  it("keeps every whole line of a file that was cut anywhere, and appends after them", () => {
    const records = [{ a: 1 }, { b: "zwei ü" }, { c: [3, 3] }];
    const whole = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length }), (cut) => {
        const path = join(mkdtempSync(join(tmpdir(), "journal-")), "trials.jsonl");
        writeFileSync(path, whole.subarray(0, cut));
        const complete = whole.subarray(0, cut).toString("latin1").split("\n").length - 1;
        expect(mendRecords(path)).toEqual(records.slice(0, complete));
        appendRecord(path, { d: 4 });
        expect(mendRecords(path)).toEqual([...records.slice(0, complete), { d: 4 }]);
        expect(readFileSync(path, "utf8").endsWith('{"d":4}\n')).toBe(true);
      }),
    );
  });
});

describe("checkpoint", () => {
  const trained = async (epochs: number) => {
    const data = sample(alpine02(2), { train: 20, test: 5, seed: 1 });
    const model = resnet({ inputs: 2, outputs: 1, width: 3, depth: 2, seed: 1 });
    return (await train(model, data, { epochs })).state;
  };
  const place = () => mkdtempSync(join(tmpdir(), "checkpoint-"));

  it("gives back what was saved, history and all, saved at once or in parts", async () => {
    const [early, late] = [await trained(3), await trained(7)];
    const folder = place();
    const checkpoint = new Checkpoint(folder, "t");
    checkpoint.save(early);
    checkpoint.save(late);
    expect(new Checkpoint(folder, "t").load()).toEqual(late);
    expect(new Checkpoint(folder, "t").epoch()).toBe(7);
    expect(new Checkpoint(folder, "other").load()).toBeUndefined();
  });

  it("does not mind epochs that were written twice or too far, nor a torn line after them", async () => {
    const [early, late] = [await trained(3), await trained(7)];
    const folder = place();
    new Checkpoint(folder, "t").save(early);
    const file = join(folder, "t.history.jsonl");
    const lines = late.history.map((record) => `${JSON.stringify(record)}\n`);
    appendFileSync(file, `${lines[2]}${lines[3]}${lines[4]}{"epoch":5,"ri`);
    const checkpoint = new Checkpoint(folder, "t");
    expect(checkpoint.load()).toEqual(early);
    checkpoint.save(late);
    expect(new Checkpoint(folder, "t").load()).toEqual(late);
  });

  it("starts over where the history does not reach the state", async () => {
    const folder = place();
    new Checkpoint(folder, "t").save(await trained(3));
    const file = join(folder, "t.history.jsonl");
    writeFileSync(file, readFileSync(file, "utf8").split("\n").slice(0, 2).join("\n"));
    expect(new Checkpoint(folder, "t").load()).toBeUndefined();
  });
});

describe("folds", () => {
  it("part the training rows; over all trials of a round every row is validated once", () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 60 }), fc.constantFrom(0.1, 0.2, 0.25, 0.5), (count, share) => {
        const inputs = Float64Array.from({ length: 2 * count }, (_, i) => i);
        const outputs = Float64Array.from({ length: count }, (_, i) => 10 * i);
        const train = { count, inputs, outputs };
        const preparation = { inputs: standardise(inputs, ["a", "b"]), outputs: standardise(outputs, ["y"]) };
        const data = {
          name: "t",
          inputNames: ["a", "b"],
          outputNames: ["y"],
          train,
          test: train,
          preparation,
          digest: "",
        };
        const size = Math.max(1, Math.round(share * count));
        const seen: number[] = [];
        for (let trial = 0; trial < Math.floor(count / size); trial++) {
          const fold = foldOf(data, share, trial);
          const rows = [...fold.train.outputs, ...fold.validation!.outputs].sort((a, b) => a - b);
          expect(rows).toEqual([...outputs]);
          // Inputs stay with their outputs.
          fold.validation!.outputs.forEach((y, i) => {
            expect(fold.validation!.inputs[2 * i]).toBe((2 * y) / 10);
          });
          expect(fold.preparation).toBe(preparation);
          seen.push(...fold.validation!.outputs);
        }
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen).toHaveLength(size * Math.floor(count / size));
      }),
    );
  });

  it("keep whole groups back, of whatever sizes", () => {
    const sites = [7, 60, 12, 9, 33, 51, 8, 17, 25, 40, 11, 14];
    const rows = sites.flatMap((size, site) => Array.from({ length: size }, (_, k) => [site, k, site * k]));
    const table = tableOf(["site", "x", "y"], rows);
    for (let seed = 1; seed <= 6; seed++) {
      const by = { groups: "site", fraction: 0.2 };
      const data = table.split({ inputs: "site,x", outputs: "y", by, seed });
      const siteOf = (inputs: Float64Array): number[] => [...inputs.filter((_, i) => i % 2 === 0)];
      const trained = new Set(siteOf(data.train.inputs));
      const seen = new Set<number>();
      for (let trial = 0; trial < 10; trial++) {
        const { train, validation } = foldOf(data, 0.1, trial);
        const [kept, others] = [validation!, train].map(({ inputs }) => new Set(siteOf(inputs)));
        expect([kept!.size > 0, others!.size > 0]).toEqual([true, true]);
        expect([...kept!].filter((site) => others!.has(site))).toEqual([]);
        for (const site of kept!) seen.add(site);
      }
      expect(seen).toEqual(trained);
    }
    const one = { train: { count: 3, inputs: new Float64Array(3), outputs: new Float64Array(3) } };
    expect(() => keptBack({ ...one, trainGroups: new Uint32Array(3) }, 0.3, 0)).toThrow(
      "the training rows are one group, expected at least two",
    );
  });
});

describe("quantile", () => {
  it("interpolates as NumPy does", () => {
    // numpy.quantile([4, 1, 3, 2], [0, 0.1, 0.25, 0.5, 0.9, 1])
    const values = [0, 0.1, 0.25, 0.5, 0.9, 1].map((q) => quantile([4, 1, 3, 2], q));
    [1, 1.3, 1.75, 2.5, 3.7, 4].forEach((expected, i) => {
      expect(values[i]).toBeCloseTo(expected, 12);
    });
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe("formats", () => {
  it("durations", () => {
    expect([0.4, 59.6, 3599, 3661, Number.NaN].map(formatDuration)).toEqual([
      "0 s",
      "1 min 00 s",
      "59 min 59 s",
      "1 h 01 min",
      "?",
    ]);
  });
  it("numbers", () => {
    expect([0, 12.3456, 1e-9, 123456, -0.00012, Number.NaN].map((value) => formatNumber(value))).toEqual([
      "0",
      "12.3",
      "1.00e-9",
      "1.23e+5",
      "-1.20e-4",
      "–",
    ]);
  });
  it("tables align numbers to the right", () => {
    expect(
      textTable(
        ["model", "ER"],
        [
          ["RES", "0.5"],
          ["RES L2", "12"],
        ],
      ),
    ).toBe("model    ER\n------  ---\nRES     0.5\nRES L2   12");
  });
});

describe("progress", () => {
  const progress = (done: number) => ({
    done,
    total: 100,
    details: ["1 of 4 trials", "", "training error 0.034"],
  });
  const collect = (isTTY: boolean) => {
    let time = 0;
    let text = "";
    const stream = { isTTY, columns: 120, write: (part: string) => (text += part) };
    const display = showProgress("alpine", stream as unknown as NodeJS.WriteStream, () => time);
    return {
      display,
      at: (now: number, done: number) => {
        time = now;
        display.update(progress(done));
      },
      text: () => text,
    };
  };

  it("is one line that is redrawn in a terminal, with the time that remains", () => {
    const { display, at, text } = collect(true);
    at(0, 20);
    at(50, 21);
    at(10_000, 60);
    display.close();
    expect(text()).not.toContain("\n");
    expect(text().match(/alpine/g)).toHaveLength(2);
    // 40 of 100 took 10 s, so 40 more take 10 s.
    expect(text()).toContain("60 % · 1 of 4 trials · training error 0.034 · 10 s left");
  });

  it("is a plain line now and then elsewhere", () => {
    const { at, text } = collect(false);
    at(1000, 20);
    at(11_000, 30);
    at(12_000, 40);
    at(22_000, 50);
    expect(text().split("\n").filter(Boolean)).toEqual([
      "alpine: 30 %, 1 of 4 trials, training error 0.034, 1 min 10 s left",
      "alpine: 50 %, 1 of 4 trials, training error 0.034, 35 s left",
    ]);
    expect(text()).not.toContain("\x1b");
  });
});
