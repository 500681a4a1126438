import { existsSync, readdirSync, readFileSync } from "node:fs";
import { inspectOnnx } from "@stiffnet/onnx";
import { proxyTable, type StudyConfig } from "@stiffnet/trials";
import { beforeAll, describe, expect, it } from "vitest";
import { concludeStudy } from "../src/studies/study/report.ts";
import { mainTable, type StudySummary } from "../src/studies/study/tables.ts";
import { printStudy, verdicts } from "../src/studies/study/words.ts";
import { configOf, resultsOf, type Told } from "./study-trials.ts";

async function conclude(
  config: StudyConfig,
  tell: (model: string, trial: number) => Told,
): Promise<{ summary: StudySummary; file: (...names: string[]) => string }> {
  const results = await resultsOf(config, tell);
  const summary = await concludeStudy(results);
  results.folder.close();
  return { summary, file: (...names) => results.folder.file(...names) };
}

/** Spread over the trials, the same for every model: between 0 and 1. */
const own = (trial: number): number => ((trial * 7) % 8) / 8;

/** L2 is as good as none, the stiffness penalty 5 % worse, ten times less stiff at four times the time. */
function story(model: string, trial: number): Told {
  const sign = trial % 2 === 0 ? 1 : -1;
  const risk = 0.2 + 0.1 * own(trial);
  if (model === "RES") return { riskTest: risk, stiffness: 3 + own(trial) };
  if (model === "RES L2") {
    return { riskTest: risk * (1 + sign * 0.001 * (1 + trial)), stiffness: (3 + own(trial)) * 0.9 };
  }
  return { riskTest: 1.05 * risk, stiffness: (3 + own(trial)) / 10, processorSeconds: 8 };
}

describe("the report of a study", () => {
  let summary: StudySummary;
  let file: (...names: string[]) => string;
  beforeAll(async () => {
    ({ summary, file } = await conclude(configOf(), story));
  });

  it("says what the numbers show, with the uncertainty, in both directions", () => {
    const text = verdicts(summary).join("\n");
    expect(text).toContain("8 initialisations of 3 models: 24 of 24 networks were trained to the end.");
    expect(text).toMatch(
      /^Compared with no penalty, the L2 penalty gives: test error \S+ % \w+ \(95 % interval -\S+ % to \+\S+ %\), p = \S+, so no difference is shown; /m,
    );
    expect(text).toContain(
      "p is the p-value of a signed-rank test over 8 pairs of trials with the same initial weights.",
    );
    // Eight equal signs: 2 / 2^8; times two by Holm, for the third comparison has a larger p or the same.
    expect(text).toMatch(
      /^Compared with no penalty, the spectral-radius penalty gives: test error 5 % higher \(95 % interval \+5 % to \+5 %\), p = 0\.02\d; spectral radius 10 times smaller \(95 % interval 10 to 10\), p = 0\.02\d; processor time of a step 4 times larger \(95 % interval 4 to 4\)\.$/m,
    );
  });

  it("does not print the cap of a ratio as a number", () => {
    const [model] = summary.models;
    const capped = { ...model!.proxies.eigenRatio!, median: Math.fround(1e12), max: 1e11 };
    const { rows } = proxyTable({ models: [{ ...model!, proxies: { eigenRatio: capped } }] });
    expect(rows[0]).toEqual(["stiffness ratio |l1| / |ln|", "", "", "above 1e12", "", "", "1.00e+11"]);
  });

  it("prints the slides' table with theirs beside ours, marked, and ends with the answer", () => {
    const text = printStudy(summary);
    expect(text).toMatch(/^spectral-radius penalty +8 +1 +0\.1 +\S+ +\S+ +4 s +4$/m);
    expect(text).toMatch(
      /^original: spectral-radius penalty +25 +0\.05 +0\.012 +0\.038 +0\.05 +513 h 31 min +103$/m,
    );
    expect(text).toMatch(
      /\nIn short, the spectral-radius penalty against no penalty: spectral radius 10 times smaller, test error 5 % higher, processor time of a step 4 times as long\.\n\nchecksum /,
    );
    expect(text).toContain(summary.digest);
    expect(text).toContain(
      "In files, the models have their names from Hudson et al. (2022): RES (no penalty), RES L2 (L2 penalty), RES stiff (spectral-radius penalty).",
    );
    expect(readFileSync(file("report.html"), "utf8")).toContain("another data set, the ELM-FATES ensemble");
  });

  /** A figure as the page has it, without names of its parts. */
  const shown = (name: string): string =>
    readFileSync(file("figures", name), "utf8").replaceAll(
      /(<(?!svg\b)[a-z]+[^>]*?) aria-label="[^"]*"/g,
      "$1",
    );

  it("opens with the answer, the slides' table and the figures that show it, and folds the other tables", () => {
    const page = readFileSync(file("report.html"), "utf8");
    const order = [
      "<h1>",
      "In short, the spectral-radius penalty against no penalty: spectral radius 10 times smaller",
    ];
    order.push("test error 5 % higher, processor time of a step 4 times as long", "513 h 31 min");
    order.push(shown("risk-test.svg"), "What it shows", "so no difference is shown");
    order.push(shown("norm.svg"), '<details class="table">');
    const places = order.map((part) =>
      page.indexOf(part, page.indexOf("<main>") * (part === "<h1>" ? 0 : 1)),
    );
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    // A pointer is told the values.
    expect(page).toMatch(/<title>spectral-radius penalty: test error \(RMSE\) \S+ at epoch \d+<\/title>/);
  });

  it("writes every panel as SVG, and no PNG as the environment has it, every table as CSV, Markdown and LaTeX, and the trials", () => {
    const figures = readdirSync(file("figures"));
    expect(figures.filter((name) => !name.endsWith(".svg"))).toEqual([]);
    expect(figures).toEqual(
      expect.arrayContaining(
        [
          "risk-train",
          "risk-test",
          "norm",
          "stiffness",
          "risks",
          "proxy-frobenius",
          "proxy-eigenRatio",
          // A proxy that this version knows nothing of.
          "proxy-kreissConstant",
          "spectra-1",
          "spectra-3",
          "spectra-scale",
        ].map((name) => `${name}.svg`),
      ),
    );
    const tables = ["study", "comparisons", "outputs", "spread", "proxies"];
    expect(readdirSync(file("tables")).sort()).toEqual(
      [...tables.flatMap((name) => ["csv", "md", "tex"].map((end) => `${name}.${end}`)), "trials.csv"].sort(),
    );
    const trials = readFileSync(file("tables", "trials.csv"), "utf8").trim().split("\r\n");
    expect(trials).toHaveLength(25);
    expect(trials[0]).toContain("rmse");
    const page = readFileSync(file("report.html"), "utf8");
    for (const panel of figures) expect(page).toContain(shown(panel));
    expect(page.match(/(?:src|href)="(?!data:)[^"#]*"|@import|<script/g)).toBe(null);
  });

  it("exports the mean of each model's networks, the first also as model.onnx", async () => {
    expect(
      Object.keys(summary.files)
        .filter((name) => name.startsWith("model"))
        .sort(),
    ).toEqual(["model", "model-res", "model-res-l2", "model-res-stiff"]);
    const { surrogate } = await inspectOnnx(file("model-res-stiff.onnx"));
    expect(surrogate!.members).toBe(8);
    expect(readFileSync(file("model.onnx"))).toEqual(readFileSync(file("model-res.onnx")));
  });

  it("is a document without NaN, and the same each time", async () => {
    const again = await conclude(configOf(), story);
    expect(again.summary.statistics).toEqual(summary.statistics);
    expect(JSON.parse(JSON.stringify(summary)).statistics).toEqual(summary.statistics);
    for (const name of readdirSync(file("figures"))) {
      expect(
        readFileSync(again.file("figures", name)).equals(readFileSync(file("figures", name))),
        name,
      ).toBe(true);
    }
  });
});

describe("a study in which nothing differs", () => {
  it("shows no difference, in either direction", async () => {
    const { summary } = await conclude(configOf(), () => ({}));
    const text = verdicts(summary).join("\n");
    expect(text).toContain(
      "Compared with no penalty, the spectral-radius penalty gives: test error the same within 0.01 % (95 % interval 0 % to 0 %), p = 1, so no difference is shown; spectral radius the same within 0.01 %",
    );
    // A table of the reader's own is not set beside the slides.
    const data = { kind: "table" } as StudyConfig["data"];
    expect(mainTable({ ...summary, config: { ...summary.config, data } }).rows).toHaveLength(3);
  });
});

describe("a study of few trials", () => {
  it("of two claims no interval: it would be the range of two values", async () => {
    const { summary } = await conclude(configOf({ trials: 2 }), story);
    const text = verdicts(summary).join("\n");
    expect(text).toContain("2 initialisations are too few for an interval");
    expect(text).not.toContain("95 % interval");
  });

  it("of one claims no interval and no difference", async () => {
    const { summary } = await conclude(configOf({ trials: 1 }), story);
    const text = verdicts(summary).join("\n");
    expect(text).toContain("One trial does not show the uncertainty");
    expect(text).toContain("1 pair of trials is too few for a test");
    expect(text).not.toContain("95 % interval");
    expect(text).not.toMatch(/p = |NaN/);
  });

  it("that all diverged says so, and writes a report without figures or models", async () => {
    const { summary, file } = await conclude(configOf({ trials: 2 }), () => ({
      status: "diverged",
      riskTest: Number.NaN,
    }));
    expect(verdicts(summary)).toEqual([expect.stringContaining("Every training diverged")]);
    expect(printStudy(summary)).toMatch(/^no penalty +0 +– +– +– +– +\? +–$/m);
    expect(summary.files).not.toHaveProperty("model");
    expect(existsSync(file("figures"))).toBe(false);
    expect(readFileSync(file("report.html"), "utf8")).toContain(
      "res-000 diverged and is left out of all averages",
    );
  });

  it("of which some diverged compares the others", async () => {
    const { summary } = await conclude(configOf({ trials: 8 }), (model, trial) => ({
      ...story(model, trial),
      ...(model === "RES L2" ? { status: "diverged" } : {}),
    }));
    expect(verdicts(summary)[0]).toContain("16 of 24 networks were trained to the end, 8 diverged");
    expect(verdicts(summary).join("\n")).not.toContain("L2 penalty gives");
    expect(summary.files).not.toHaveProperty("model-res-l2");
    expect(printStudy(summary)).toMatch(/^L2 penalty +0 /m);
  });
});

describe("a sweep", () => {
  it("has its path in a table and a figure", async () => {
    const weights = [1e-3, 1e-2, 1e-1];
    const models = [
      { name: "RES" },
      ...weights.map((weight) => ({
        name: `RES stiff ${weight}`,
        penalty: { kind: "stiff", weight } as const,
      })),
      { name: "RES width 6", network: { width: 6 } },
    ];
    const { summary, file } = await conclude(configOf({ models, trials: 3 }), (model, trial) => {
      const k = models.findIndex(({ name }) => name === model);
      return { stiffness: 8 / (k + 1) + 0.1 * trial, riskTest: 0.2 + 0.01 * (k - 2) ** 2 };
    });
    expect(summary.statistics.paths.map(({ field }) => field)).toEqual(["network.width", "penalty.weight"]);
    for (const name of ["path-penalty-weight", "path-network-width"]) {
      expect(existsSync(file("tables", `${name}.csv`))).toBe(true);
      expect(existsSync(file("figures", `${name}-stiffness.svg`))).toBe(true);
    }
    expect(readFileSync(file("tables", "path-penalty-weight.csv"), "utf8")).toMatch(
      /^no penalty,0,.*\r\nspectral-radius penalty 0\.001,0\.001,/m,
    );
    // Only the slides' own model is set beside theirs.
    expect(printStudy(summary)).not.toContain("original: spectral-radius");
  });
});

describe("a study of many models", () => {
  it("counts how many comparisons show what, where there are many", async () => {
    const models = Array.from({ length: 9 }, (_, k) => ({
      name: k === 0 ? "RES" : `RES ${k}`,
      training: { rate: 1e-3 * (k + 1) },
    }));
    const { summary } = await conclude(configOf({ models, trials: 12 }), (model, trial) => {
      const k = models.findIndex(({ name }) => name === model);
      return { riskTest: (0.2 + 0.01 * own(trial)) * (k === 3 ? 1.1 : k === 5 ? 0.9 : 1) };
    });
    expect(verdicts(summary).join("\n")).toContain(
      "8 comparisons of the test error: lower in 1, higher in 1, no difference in 6, and too few pairs for a test in 0",
    );
  });
});
