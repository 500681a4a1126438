import { join } from "node:path";
import { evolution, writeReport } from "@stiffnet/report/charts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../scripts/commands/run.ts";
import { needs } from "../../../scripts/needs.ts";
import { launch } from "../../serve/test/browser.ts";
import { sensitivitySentences } from "../src/sensitivity/words.ts";
import { modelTable, outputTable, sentences, type TrainSummary } from "../src/train/words.ts";

const spread = (...values: number[]) => ({ median: values[0]!, values });

/** What came out of a training, with what a test says of it otherwise. */
function summaryOf(other: Partial<TrainSummary> = {}): TrainSummary {
  const errors = (rmse: number, r2: number) => ({ rmse, r2 });
  const summary = {
    kept: { kind: "network", by: "validation", ratio: 1 },
    r2: { model: 0.9, network: 0.9, gaussian: 0.95, linear: 0.5 },
    rows: { train: 80, validation: 10, test: 20, dropped: 0, filled: 0, constant: [] },
    learning: { trials: 8, unfinished: 0, threshold: 0.1, epochs: 100 },
    intervals: { level: 0.9, rows: 80, outside: 3 },
    gaussianRows: 80,
    outputs: [
      {
        name: "carbon_flux",
        model: errors(0.5, 0.9),
        network: errors(0.5, 0.9),
        gaussian: errors(0.25, 0.95),
        linear: errors(1.5, 0.5),
        coverage: 0.78,
        halfWidth: 0.8,
      },
    ],
    models: [
      {
        name: "RES",
        trials: 8,
        diverged: 0,
        riskTrain: spread(0.1),
        riskTest: spread(0.3),
        stiffness: spread(3),
        penalty: spread(0),
        seconds: spread(2),
      },
    ],
    config: {
      keep: "best",
      models: [{ name: "RES" }],
      network: { width: 40, depth: 4, activation: "softplus", lift: "identity", horizon: 1 },
    },
    ...other,
  };
  return summary as unknown as TrainSummary;
}

describe("the report's sentences", () => {
  it("say right after the verdict that the other model predicts better", () => {
    const [verdict, second] = sentences(summaryOf());
    expect(verdict).toContain("the average of 8 networks explains 90 %");
    expect(second).toMatch(/^The Gaussian process predicts the test rows better.* 2 times as large/);
    const kept = summaryOf({ kept: { kind: "gaussian-process", by: "validation", ratio: 2 } });
    expect(sentences(kept)[0]).toMatch(/^The Gaussian process is exported, because .* 2 times as large/);
    expect(sentences(kept).join()).not.toContain("test rows better");
    const [output] = kept.outputs;
    const worse = { ...kept, outputs: [{ ...output!, network: { rmse: 0.25, r2: 0.95 } }] };
    expect(sentences(worse)[1]).toMatch(
      /^The networks predict the test rows better: the errors of the Gaussian process are 2 times as large/,
    );
  });

  it("tell errors beside an R² above 99 %", () => {
    const near = { model: 0.9996, network: 0.9996, gaussian: 0.9, linear: 0.5 };
    expect(sentences(summaryOf({ r2: near }))[0]).toContain("errors of 2 % of the standard deviation");
    expect(sentences(summaryOf())[0]).not.toContain("errors of");
  });

  it("warn of intervals that hold less than they promise", () => {
    const told = sentences(summaryOf());
    expect(told).toContainEqual(
      expect.stringMatching(/^Warning: the intervals are too narrow. The 90 % intervals hold only 78 % /),
    );
    const [output] = summaryOf().outputs;
    const right = sentences(summaryOf({ outputs: [{ ...output!, coverage: 0.88 }] }));
    expect(right.join()).toContain("The 90 % intervals hold 88 %");
    expect(right.join()).not.toContain("Warning");
  });

  it("say that the smallest validation error of many is optimistic", () => {
    const tuning = {
      budget: { trials: 3 },
      chosen: 1,
      candidates: [
        { settings: "as asked for", risks: [0.5, 0.4] },
        { settings: "rate 0.003", risks: [0.4, 0.3] },
      ],
    };
    expect(sentences(summaryOf({ tuning }))).toContainEqual(
      expect.stringMatching(
        /'rate 0.003' has the smallest validation error \(0.3; .*is optimistic, so judge by the test error/,
      ),
    );
  });

  it("say how stiff the networks are, beside what their steps can bear", () => {
    const stiffness = sentences(summaryOf()).filter((text) => text.startsWith("Stiffness"));
    expect(stiffness).toEqual([
      expect.stringMatching(
        /spectral radius of 3 .* a layer is a step of 0.25. The product is 0.75. .*unstable above 2/,
      ),
    ]);
  });

  it("name inputs that do nothing, whether they never varied or the model does not need them", () => {
    const { rows } = summaryOf();
    const fixed = sentences(summaryOf({ rows: { ...rows, constant: ["site"] } }));
    expect(fixed).toContain("The model ignores inputs that are constant in the training rows: site.");
    const index = (value: number) => ({ value, low: value - 0.001, high: value + 0.001 });
    const [told] = sensitivitySentences({
      inputs: ["rain", "idle", "wind"],
      confidence: 0.95,
      samples: 64,
      outputs: [
        {
          name: "flux",
          first: [index(0.7), index(0), index(0.3)],
          total: [index(0.7), index(0.001), index(0.3)],
        },
      ],
    } as never);
    expect(told).toContain("1 of 3 inputs has no effect on it (below 1 %): idle");
  });
});

it("draws no median over trials that are left when one has ended", () => {
  const curve = (trial: string, epochs: number) => ({
    series: "RES",
    trial,
    points: Array.from({ length: epochs }, (_, epoch) => ({ epoch, value: 10 - epoch })),
  });
  const { svg } = evolution([curve("0", 5), curve("1", 9), curve("2", 9)], {
    name: "risk",
    label: "risk",
    series: ["RES"],
    width: 400,
  });
  // The bold line alone is so wide; it is drawn before the piece beside its name.
  const [, bold] = /stroke-width="2.2"[^>]*?(?:><path)? d="([^"]*)"/.exec(svg)!;
  expect(bold!.match(/[ML]/g)).toHaveLength(5);
});

describe("the report at 390 pixels", needs("chromium"), () => {
  const cwd = temporaryFolder();
  let browser: Awaited<ReturnType<typeof launch>>;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  it("shows R², interval and coverage on its first screen", async () => {
    const summary = summaryOf();
    await writeReport(
      { file: (...names) => join(cwd, ...names) },
      {
        title: "ensemble.csv: surrogate of 1 output from 15 inputs",
        lead: sentences(summary),
        tables: [outputTable(summary), modelTable(summary)],
        figures: [],
        facts: [],
        repeat: "stiffnet train",
        configuration: {},
      },
    );
    const page = browser.pages()[0]!;
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`file://${join(cwd, "report.html")}`);
    for (const heading of ["R²", "coverage", "± 90 %"]) {
      const column = page
        .locator("figure.table")
        .first()
        .getByRole("columnheader", { name: heading, exact: true });
      const at = (await column.boundingBox())!;
      expect(at.x + at.width, heading).toBeLessThanOrEqual(390);
      expect(at.y + 3 * at.height, heading).toBeLessThanOrEqual(844);
    }
    await expect(page.evaluate("document.documentElement.scrollWidth")).resolves.toBe(390);
  });
});
