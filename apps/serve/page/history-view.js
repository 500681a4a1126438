// What the file says about its training.

import { element } from "./elements.js";
import { linePlot, shown } from "./plots.js";

const seriesNames = {
  riskTrain: "training",
  riskTest: "test",
  riskValidation: "validation",
  penalty: "penalty",
  total: "loss",
  rate: "rate",
  norm: "norm",
};

/** The history as the file has it: an array of records, or an object of arrays. */
function historyOf(metadata) {
  const { history } = metadata;
  if (Array.isArray(history) && history.length > 1) {
    const keys = Object.keys(history[0]).filter((key) => typeof history[0][key] === "number");
    return Object.fromEntries(keys.map((key) => [key, history.map((record) => record[key])]));
  }
  return history && typeof history === "object" && !Array.isArray(history) ? history : {};
}

export function drawHistory({ model }) {
  const history = historyOf(model.metadata);
  const usable = (key) =>
    Array.isArray(history[key]) &&
    history[key].length > 1 &&
    history[key].every((v) => typeof v === "number" && v > 0);
  const keys = ["riskTrain", "riskTest", "riskValidation"].filter(usable);
  const shownAs = [];
  if (keys.length > 0) {
    const epochs = history.epoch ?? history[keys[0]].map((_, k) => k + 1);
    const lines = keys.map((key) => ({ name: seriesNames[key], x: epochs, y: history[key] }));
    const last = keys
      .map((key) => `${seriesNames[key]} ${shown(Number(history[key].at(-1).toPrecision(4)))}`)
      .join(", ");
    shownAs.push(
      linePlot({
        title: `Risk over the epochs; at the end ${last}`,
        lines,
        logarithmic: true,
        xLabel: "epoch",
        yLabel: "risk (RMSE, standardised)",
      }),
    );
  } else {
    shownAs.push(element("p", { class: "quiet" }, "The file holds no training history."));
  }
  const rows = flattened({ sha256: model.sha256, ...model.metadata, history: undefined });
  const list = element("dl", { class: "facts" });
  for (const [key, value] of rows) list.append(element("dt", {}, key), element("dd", {}, value));
  return [...shownAs, list];
}

/** [["risks.train", "0.004"], ...] */
function flattened(value, prefix = "") {
  if (value === undefined || value === null) return [];
  if (typeof value !== "object") return [[prefix, typeof value === "number" ? shown(value) : String(value)]];
  if (Array.isArray(value) && value.length > 6) return [[prefix, `${value.length} values`]];
  return Object.entries(value).flatMap(([key, inner]) => flattened(inner, prefix ? `${prefix}.${key}` : key));
}
