// biome-ignore-all lint/style/noExcessiveLinesPerFile: one small plan serves all of these tests
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { evaluate, refine, resnet, withDepth } from "@stiffnet/core";
import { formatNumber } from "@stiffnet/terminal";
import { type DataSpec, loadData } from "@stiffnet/trials";
import { beforeAll, describe, expect, it } from "vitest";
import { expectRefusal, inTurn, temporaryFolder } from "../../../../scripts/commands/run.ts";
import { type Answer, answerOf, verdictOf } from "../../src/studies/question/answer.ts";
import { answerFigure } from "../../src/studies/question/figure.ts";
import { questionsOf, toHalf } from "../../src/studies/question/outcomes.ts";
import { type Plan, planDigest, readPlan, studyOf } from "../../src/studies/question/plan.ts";
import { readTrainings, type Training, writeTrainings } from "../../src/studies/question/trainings.ts";
import { resultsPage } from "../../src/studies/question/words.ts";
import reference from "../reference/question.json" with { type: "json" };

const docs = fileURLToPath(new URL("../../../../docs/research/question", import.meta.url));
const plan = readPlan(docs);

/** The formatter pads tables. */
const bare = (text: string): string =>
  text.replaceAll(/ +/g, " ").replaceAll(/-+/g, "-").replaceAll("-:", "-");

/** Two penalties, two weights, two small cells: one of a function, one of a table. */
function smallPlan(digest = ""): Plan {
  const [borehole] = plan.cells.filter(({ name }) => name === "borehole");
  const training = { epochs: 5, batchSize: 20 };
  const data = { kind: "function", name: "borehole", train: 60, test: 30, validation: 0.2 } as const;
  const table: DataSpec = {
    kind: "table",
    file: "runs.csv",
    inputs: "1-2",
    outputs: "3",
    test: 0.3,
    validation: 0.2,
    missing: "error",
    digest,
  };
  return {
    ...plan,
    initialisations: 2,
    weights: [1e-5, 1e-3],
    penalties: plan.penalties.slice(0, 2),
    cells: [
      { ...borehole!, name: "small", data, training },
      { ...borehole!, name: "table", data: table, training },
    ],
  };
}

function written(folder: string, made: Plan, digest = planDigest(made)): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "plan.json"), JSON.stringify(made));
  writeFileSync(join(folder, "plan.md"), `Configuration: \`${digest}\`\n`);
}

describe("the plan", () => {
  it("has a study in each of its cells", () => {
    for (const cell of plan.cells) {
      const { models, trials } = studyOf(plan, cell);
      expect(trials).toBe(10);
      expect(new Set(models.map(({ name }) => name)).size).toBe(models.length);
      // The coarser network has half the layers.
      expect(cell.network.depth % 2).toBe(0);
    }
    // Ten pairs can be sure in every one of so many cells: 2 / 2^10 times their number.
    expect((2 / 2 ** 10) * plan.cells.length).toBeLessThan(plan.level);
  });

  it("trains a sum as the mean that it is", () => {
    const { models } = studyOf(plan, plan.cells[0]!);
    const stiff = models.filter(({ penalty }) => penalty?.kind === "stiff");
    expect(stiff.map(({ penalty }) => penalty!.weight).sort((a, b) => a - b)).toEqual([
      1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100,
    ]);
  });

  it("asks questions with answers about every function and ensemble", async () => {
    // Cells of one source differ in their rows. The questions are the same for all of them.
    const sources = plan.cells.flatMap((cell) => {
      const { data } = cell;
      if (data.kind === "table") return [];
      return [[data.kind === "dalec" ? data.ensemble : data.name, cell] as const];
    });
    for (const cell of new Map(sources.reverse()).values()) {
      const data = await loadData(cell.data, plan.seed);
      const { noisy, outside } = questionsOf(plan, cell.data, data);
      expect(outside!.count, cell.name).toBeGreaterThan(50);
      for (const values of [noisy.inputs, outside!.inputs, outside!.outputs]) {
        expect(values.every(Number.isFinite), cell.name).toBe(true);
      }
    }
  });
});

it.each(["question", "follow-up"])("the results of %s are what its trainings say, by its rule", (name) => {
  const folder = join(docs, "..", name);
  const own = readPlan(folder);
  const trainings = readTrainings(readFileSync(join(folder, "trainings.csv"), "utf8"));
  const answer = answerOf(own, trainings);
  if (name === "question") expectInGuide(answer);
  expect(bare(readFileSync(join(folder, "results.md"), "utf8"))).toBe(
    bare(resultsPage(own, answer, trainings)),
  );
  expect(readFileSync(join(folder, "answer.svg"), "utf8")).toBe(answerFigure(own, answer).svg);
});

function expectInGuide({ verdict, primary, better, worse, complete }: Answer): void {
  const guide = readFileSync(new URL("../../../../docs/guide/faq.md", import.meta.url), "utf8");
  const [, said] = /make better surrogates\?\*\* (.*?)\n\n/s.exec(guide)!;
  const sure = [`better in ${better.length}`, `worse in ${worse.length}`];
  for (const part of [verdict, `${complete.length} cells`, formatNumber(primary.ratio.median), ...sure]) {
    expect(said!.replaceAll("\n", " ").toLowerCase()).toContain(part);
  }
}

describe("noise on the outputs", () => {
  it("is on the training rows alone, of the deviation that was asked for", async () => {
    const spec = { kind: "function", name: "borehole", train: 4000, test: 20, validation: 0 } as const;
    const [clean, noisy] = [await loadData(spec, 5), await loadData({ ...spec, noise: 0.2 }, 5)];
    expect(noisy.test).toEqual(clean.test);
    expect(noisy.preparation).toEqual(clean.preparation);
    expect(noisy.train.inputs).toEqual(clean.train.inputs);
    const spread = (values: Float64Array): number => {
      const mean = values.reduce((a, b) => a + b) / values.length;
      return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
    };
    const added = noisy.train.outputs.map((value, i) => value - clean.train.outputs[i]!);
    // 4,000 uniform numbers give a deviation to 0.7 %.
    expect(Math.abs(spread(added) / spread(clean.train.outputs) / 0.2 - 1)).toBeLessThan(0.03);
  });
});

describe("what is asked of a network", () => {
  it("float16 is NumPy's", () => {
    for (const [single, half] of reference.halves) expect(toHalf(single!)).toBe(half);
    expect(toHalf(65520)).toBe(Number.POSITIVE_INFINITY);
  });

  it("half the steps undo a refinement by two", () => {
    const samples = {
      count: 2,
      inputs: Float64Array.of(0.1, -0.4, 0.7, 0.2),
      outputs: Float64Array.of(1, 2),
    };
    const made = resnet({ inputs: 2, outputs: 1, width: 3, depth: 4, activation: "tanh", seed: 3 });
    const twice = resnet({ inputs: 2, outputs: 1, width: 3, depth: 8, activation: "tanh", seed: 3 });
    const { lift, readout, blocks } = made.layout;
    const copy = (from: { offset: number; size: number }, to: { offset: number }): void =>
      twice.parameters.set(made.parameters.subarray(from.offset, from.offset + from.size), to.offset);
    for (const part of ["weight", "bias"] as const) {
      copy(lift[part], twice.layout.lift[part]);
      copy(readout[part], twice.layout.readout[part]);
      blocks.forEach((block, n) => {
        copy(block[part], twice.layout.blocks[2 * n]![part]);
        copy(block[part], twice.layout.blocks[2 * n + 1]![part]);
      });
    }
    expect(evaluate(twice, samples).risk).toBeCloseTo(evaluate(refine(made, 2), samples).risk, 6);
    expect(evaluate(withDepth(twice, 4), samples).risk).toBe(evaluate(made, samples).risk);
  });
});

describe("the answer", () => {
  const four = reference.cells.map((_, k) => ({ ...plan.cells[0]!, name: `cell ${k}` }));
  const few: Plan = { ...plan, weights: [1e-3], penalties: plan.penalties.slice(0, 2), cells: four };
  /** Validation chooses both penalties. */
  const trainings = reference.cells.flatMap(({ model, against }, k): Training[] =>
    studyOf(few, four[k]!).models.flatMap(({ name }) =>
      model.map((_, trial) => ({
        cell: `cell ${k}`,
        model: name,
        trial,
        status: "finished",
        riskTrain: 0.001,
        stiffness: 1,
        step: 1,
        coarse: 1,
        float16: 1,
        noisy: 1,
        outside: 1,
        growth: 1,
        steps: 9,
        seconds: 1,
        digest: "ab",
        riskValidation: name === "plain" ? 1 : 0.1,
        riskTest: name.startsWith("l2") ? against[trial]! : name === "plain" ? 1 : model[trial]!,
      })),
    ),
  );

  it("agrees with SciPy and statsmodels", () => {
    const { primary } = answerOf(few, trainings);
    primary.cells.forEach(({ ratio, p, adjusted, model }, k) => {
      const expected = reference.cells[k]!;
      // Logarithms and a few sums.
      expect(ratio.median).toBeCloseTo(expected.ratio, 12);
      expect(p).toBeCloseTo(expected.p, 12);
      expect(adjusted).toBeCloseTo(expected.adjusted, 12);
      expect(model.weight).toBe(1e-3);
    });
    expect(primary.ratio.median).toBeCloseTo(reference.overall.ratio, 12);
    expect(primary.p).toBeCloseTo(reference.overall.p, 12);
  });

  it("follows the rule", () => {
    const cell = (median: number, adjusted: number) =>
      ({ cell: `${median}`, ratio: { median }, adjusted }) as never;
    const ask = (ratio: number, p: number, ...cells: never[]) =>
      verdictOf(plan, { ratio: { median: ratio } as never, p, cells }).verdict;
    expect(ask(0.9, 0.01, cell(0.9, 0.01), cell(0.9, 0.2))).toBe("yes");
    expect(ask(0.96, 0.01, cell(0.9, 0.2), cell(0.9, 0.2))).toBe("no");
    expect(ask(0.9, 0.06, cell(0.9, 0.01), cell(1, 1), cell(1, 1), cell(1, 1))).toBe("in some cases");
    expect(ask(0.9, 0.01, cell(0.9, 0.01), cell(1.1, 0.01))).toBe("in some cases");
    expect(ask(1, 1, cell(0.96, 0.01))).toBe("no");
  });

  it("counts a diverged training as the constant it leaves its user with, and names it", () => {
    const bad = trainings.map((training) =>
      training.cell === "cell 0" && training.trial < 6 && training.model.startsWith("stiff")
        ? { ...training, status: "diverged" as const, riskTest: 0.001, riskValidation: Number.NaN }
        : training,
    );
    const kept = { ...bad[0]!, riskValidation: Number.NaN };
    expect(readTrainings(writeTrainings([kept]))[0]!.riskValidation).toBeNaN();
    const answer = answerOf(few, bad);
    expect(answer.diverged).toHaveLength(6);
    // Ten to the -6 / 10 of validation error is still below plain's 1.
    expect(answer.primary.cells[0]!.model.weight).toBe(1e-3);
    expect(answer.primary.cells[0]!.ratio.median).toBeGreaterThan(5);
    expect(resultsPage(few, answer, bad)).toContain("6 trainings diverged");
  });

  it("leaves out, and names, a cell that lacks a training", () => {
    const answer = answerOf(few, trainings.slice(1));
    expect(answer.missing).toEqual(["cell 0"]);
    expect(answer.primary.cells).toHaveLength(3);
    expect(resultsPage(few, answer, trainings)).toContain("Not complete, and in nothing here: cell 0.");
    expect(answerFigure(few, answer).svg).toContain("cell 3");
  });
});

describe("stiffnet-bench question", () => {
  const folder = temporaryFolder();
  const ask = (...args: string[]) => inTurn(["question", "--plan", "mine", ...args], { cwd: folder });
  beforeAll(() => {
    written(join(folder, "mine"), smallPlan());
    const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${(i * i) % 11},${i % 7 ? i : -i}`);
    mkdirSync(join(folder, "tables"));
    writeFileSync(join(folder, "tables", "runs.csv"), `a,b,y\n${rows.join("\n")}\n`);
  });

  it("answers, takes up a finished run at once, and compares a part with what is committed", async () => {
    const first = await ask("--cells", "small", "--out", "out", "--json");
    expect(first.code, first.stderr).toBe(0);
    const { complete, missing, failed } = JSON.parse(first.stdout);
    expect([complete, missing, failed]).toEqual([["small"], ["table"], []]);
    const file = (name: string): string => readFileSync(join(folder, "out", name), "utf8");
    expect(file("results.md")).toContain("Not complete, and in nothing here: table.");
    expect(file("answer.svg")).toContain("all cells");
    expect(readTrainings(file("trainings.csv"))).toHaveLength(2 * 5);
    const again = await ask("--cells", "small", "--out", "out", "--json");
    expect(again.stdout).toBe(first.stdout);
    expect(file("results.md")).toContain("This is the median of 1 cell, with");
    cpSync(join(folder, "out", "trainings.csv"), join(folder, "mine", "trainings.csv"));
    const half = await ask("--part", "2/2", "--out", "half", "--json");
    expect(half.stderr).toContain("without --tables these cells are left out: table");
    expect([half.code, JSON.parse(half.stdout).same]).toEqual([0, 5]);
    const other = file("trainings.csv").replace(/[0-9a-f]{16}\n$/, "0123456789abcdef\n");
    writeFileSync(join(folder, "mine", "trainings.csv"), other);
    const changed = await ask("--part", "2/2", "--out", "half");
    expect(changed.code).toBe(1);
    expect(changed.stdout).toMatch(/5 trainings, 4 with the digests .*, 1 with others/);
    expect(changed.stdout).toContain("another digest: small stiff");
    writeFileSync(join(folder, "mine", "trainings.csv"), other.trimEnd().split("\n").slice(0, -1).join("\n"));
    const lacking = await ask("--part", "2/2", "--out", "half");
    expect(lacking.code).toBe(1);
    expect(lacking.stdout).toMatch(/4 with the digests .*, 1 that it does not have\nnot in .*: small stiff/);
  });

  it("measures the networks again for a plan that asks for other measures of them", async () => {
    const noisyOf = async (inputNoise: number, out: string) => {
      written(join(folder, "noise"), { ...smallPlan(), inputNoise });
      const args = ["--plan", "noise", "--cells", "small", "--out", out];
      const { code, stderr } = await inTurn(["question", ...args], { cwd: folder });
      expect(code, stderr).toBe(0);
      return readTrainings(readFileSync(join(folder, out, "trainings.csv"), "utf8")).map(
        ({ noisy }) => noisy,
      );
    };
    const little = await noisyOf(0.1, "noise-out");
    const much = await noisyOf(2, "noise-out");
    expect(much).not.toEqual(little);
    expect(much).toEqual(await noisyOf(2, "noise-new"));
  });

  it("refuses parts that would be empty", async () => {
    const { initialisations } = smallPlan();
    const refused = await ask("--part", `1/${initialisations + 1}`, "--out", "none");
    expectRefusal(
      refused,
      `--part 1/${initialisations + 1}: the plan has ${initialisations} initialisations`,
    );
  });

  it("refuses a table that changed since the plan, before anything is trained", async () => {
    const { data } = smallPlan().cells[1]!;
    const { digest } = await loadData(
      { ...data, file: join(folder, "tables", "runs.csv") } as never,
      plan.seed,
    );
    written(join(folder, "tabled"), smallPlan(digest));
    const args = ["--plan", "tabled", "--tables", "tables", "--out", "tabled-out"];
    const once = await inTurn(["question", ...args, "--cells", "table"], { cwd: folder });
    expect(once.code, once.stderr).toBe(0);
    appendFileSync(join(folder, "tables", "runs.csv"), "1,1,3\n");
    const then = await inTurn(["question", ...args.with(-1, "other")], { cwd: folder });
    expectRefusal(
      then,
      "cell 'table'",
      "runs.csv",
      "the file or its split has changed",
      `expected ${digest}`,
    );
    expect(then.stderr).not.toContain("--out");
    expect(existsSync(join(folder, "other"))).toBe(false);
  });

  it("refuses what does not match the plan", async () => {
    written(join(folder, "changed"), { ...smallPlan(), effect: 0.01 }, planDigest(smallPlan()));
    expectRefusal(
      await inTurn(["question", "--plan", "changed"], { cwd: folder }),
      "plan.json: its digest is",
      "plan.md was written for",
    );
    expectRefusal(
      await inTurn(["question"], { cwd: folder }),
      "docs/research/question/plan.json: no such file",
    );
    expectRefusal(await ask("--cells", "small,large"), "--cells: 'large' is not in the plan", "small, table");
    expectRefusal(await ask("--tables", "none"), "cell 'table'", "runs.csv");
    expectRefusal(await ask("--part", "3/2"), "--part", "'3/2'");
  });
});
