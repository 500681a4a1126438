import { element } from "../elements.ts";
import { linePlot } from "../figures/line-plot.ts";
import { brief } from "../numbers.ts";
import type { ModelDescription } from "../service/types.ts";
import { networkText } from "../words.ts";
import { note, type View } from "./context.ts";

type Metadata = ModelDescription["metadata"];

/** How the network was trained and how good it is, in words, then all that the file says. */
export const training: View = {
  label: "Training",
  async draw({ model }) {
    const groups: [title: string, facts: [string, string | undefined][]][] = [
      ["How good it is", quality(model.metadata)],
      ["The network", network(model)],
      ["Where it is from", origin(model)],
    ];
    const rest = flattened({ ...model.metadata, history: undefined });
    return [
      historyFigure(model.metadata),
      ...groups.flatMap(([title, facts]) => {
        const known = facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
        return known.length > 0 ? [element("h3", {}, title), list(known)] : [];
      }),
      ...(rest.length > 0
        ? [element("details", {}, element("summary", {}, "All that the file says"), list(rest))]
        : []),
    ];
  },
};

function list(facts: readonly (readonly [string, string])[]): HTMLElement {
  return element(
    "dl",
    { class: "facts" },
    ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
  );
}

const numberAt = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
const textAt = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? String(value) : undefined;

function quality(metadata: Metadata): [string, string | undefined][] {
  const risks = (metadata.risks ?? {}) as Readonly<Record<string, unknown>>;
  const percent = (risk: number | undefined): string | undefined =>
    risk === undefined ? undefined : `${brief(100 * risk, 3)} % of the outputs' standard deviation (RMSE)`;
  return [
    ["Error on the test set", percent(numberAt(metadata.riskTest ?? risks.test))],
    ["Error on the training set", percent(numberAt(metadata.riskTrain ?? risks.train))],
    [
      "Stiffness",
      numberAt(metadata.stiffness) === undefined
        ? undefined
        : `${brief(numberAt(metadata.stiffness)!)} per unit of time: the mean spectral radius of the layers`,
    ],
  ];
}

function network(model: ModelDescription): [string, string | undefined][] {
  const { config, members, dtype, inputs, outputs } = model;
  const weights = "weights" in config ? config.weights : undefined;
  return [
    ["Kind", networkText(model)],
    ["Inputs and outputs", `${inputs.length} and ${outputs.length}`],
    ["Weights over time", weights && "basis" in weights ? weights.basis : undefined],
    ["Networks", members > 1 ? `${members}, of which the mean is shown` : undefined],
    ["Numbers", dtype],
  ];
}

function origin({ metadata, version, sha256 }: ModelDescription): [string, string | undefined][] {
  const trials = metadata.trials;
  return [
    ["Made by", textAt(metadata.study) && `stiffnet ${textAt(metadata.study)}`],
    ["Called there", textAt(metadata.model)],
    ["Trained on", textAt(metadata.trainingPoints) && `${textAt(metadata.trainingPoints)} samples`],
    ["Trials", Array.isArray(trials) ? trials.map(String).join(", ") : undefined],
    ["Seed", textAt(metadata.seed)],
    ["Version", version],
    ["Checksum of the file", `sha256 ${sha256}`],
  ];
}

const seriesNames = [
  ["riskTrain", "training set"],
  ["riskTest", "test set"],
  ["riskValidation", "validation set"],
] as const;

/** The history as the file has it: an array of records, or an object of arrays. */
function historyOf({ history }: Metadata): Readonly<Record<string, unknown>> {
  if (Array.isArray(history)) {
    const records = history as unknown as Readonly<Record<string, unknown>>[];
    const keys = Object.keys(records[0] ?? {});
    return Object.fromEntries(keys.map((key) => [key, records.map((record) => record[key])]));
  }
  return history && typeof history === "object" ? (history as Readonly<Record<string, unknown>>) : {};
}

function historyFigure(metadata: Metadata): Node {
  const history = historyOf(metadata);
  const series = (key: string): number[] | undefined => {
    const found = history[key];
    const usable =
      Array.isArray(found) && found.length > 1 && found.every((v) => typeof v === "number" && v > 0);
    return usable ? (found as number[]) : undefined;
  };
  const epochs = history.epoch;
  const lines = seriesNames.flatMap(([key, name]) => {
    const y = series(key);
    if (!y) return [];
    const x =
      Array.isArray(epochs) && epochs.length === y.length ? (epochs as number[]) : y.map((_, k) => k + 1);
    return [{ name, x, y }];
  });
  if (lines.length === 0) return note("The file holds no training history.");
  const last = lines.map(({ name, y }) => `${brief(y.at(-1)!)} on the ${name}`).join(", ");
  return linePlot({
    title: `Error over the epochs; at the end ${last}`,
    lines,
    logarithmic: true,
    xLabel: "epoch",
    yLabel: "error (RMSE, standardised)",
  });
}

/** [["risks.train", "0.004"], ...] */
function flattened(value: unknown, prefix = ""): [string, string][] {
  if (value === undefined || value === null) return [];
  if (typeof value !== "object")
    return [[prefix, typeof value === "number" ? brief(value, 6) : String(value)]];
  if (Array.isArray(value) && value.length > 6) return [[prefix, `${value.length} values`]];
  return Object.entries(value).flatMap(([key, inner]) => flattened(inner, prefix ? `${prefix}.${key}` : key));
}
