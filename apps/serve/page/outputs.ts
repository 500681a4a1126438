// Every output with its spread and where it lies in its range.

import { element, named } from "./elements.ts";
import { svg } from "./figures/svg.ts";
import { type Range, type Scale, scaleOf, spreadWritten, trailing, written } from "./numbers.ts";
import type { ModelDescription, Values } from "./service/types.ts";
import { columnsOf } from "./views/columns.ts";
import { spreadSign } from "./words.ts";

export interface Drawn {
  readonly values: Values | undefined;
  /** Values of the point that this one is compared with. */
  readonly held: Values | undefined;
  /** Range of each output over the inputs' ranges. */
  readonly ranges: readonly Range[] | undefined;
  /** Number of the chosen output. */
  readonly chosen: number;
}

/** How an output's numbers are written, here and in the strip. */
export function scaleFor({ values, ranges }: Drawn, j: number): Scale {
  const value = values?.mean[j] ?? 0;
  return scaleOf(ranges?.[j] ?? [Math.min(0, value), Math.max(0, value)], values?.spread?.[j]);
}

const blank = "–";

/** A cell for each output, aligned at the point. */
function numberCells(texts: readonly string[], name = "number"): HTMLElement[] {
  const pads = trailing(texts.map((text) => (text === blank ? "" : text)));
  return texts.map((text, j) => element("td", { class: name }, text, pads[j]!));
}

/** Draws the table anew: a dozen rows. `choose` is given the number of an output. */
export function drawOutputs(
  table: HTMLTableElement,
  model: ModelDescription,
  drawn: Drawn,
  choose: (output: number) => void,
): void {
  const { outputs } = model;
  const { values, held, ranges, chosen } = drawn;
  const scales = outputs.map((_, j) => scaleFor(drawn, j));
  const write = (of: ArrayLike<number> | undefined, as = written): string[] =>
    scales.map((scale, j) => (of ? as(of[j]!, scale) : blank));
  const change = values && held && Array.from(values.mean, (value, j) => value - held.mean[j]!);
  const signed = write(change).map((text, j) =>
    change && change[j]! > 0 && text !== blank ? `+${text}` : text,
  );
  const columns: [title: string, cells: HTMLElement[]][] = [["Value", numberCells(write(values?.mean))]];
  if (values?.spread)
    columns.push([spreadSign(model), numberCells(write(values.spread, spreadWritten), "number spread")]);
  if (held) {
    columns.push(
      ["Compared with", numberCells(write(held.mean), "number other")],
      ["Change", numberCells(signed)],
    );
  }
  table.classList.toggle("compared", held !== undefined);
  table.tHead!.replaceChildren(
    element(
      "tr",
      {},
      element("th", { scope: "col" }, "Output"),
      ...columns.map(([title, cells]) => element("th", { scope: "col", class: cells[0]!.className }, title)),
      element("th", { scope: "col", class: "wide" }, "In its range"),
    ),
  );
  const focused = [...table.tBodies[0]!.querySelectorAll("button")].indexOf(
    document.activeElement as HTMLButtonElement,
  );
  table.tBodies[0]!.replaceChildren(
    ...outputs.map((output, j) => {
      const pick = element(
        "button",
        { type: "button", "aria-pressed": String(j === chosen) },
        ...named(output),
      );
      pick.addEventListener("click", () => choose(j));
      return element(
        "tr",
        j === chosen ? { class: "chosen" } : {},
        element("th", { scope: "row" }, pick),
        ...columns.map(([, cells]) => cells[j]!),
        element("td", { class: "wide" }, gauge(ranges?.[j], values, held, j)),
      );
    }),
  );
  table.querySelectorAll<HTMLButtonElement>("tbody button")[focused]?.focus();
}

/** The value and its spread between the least and the greatest value over the inputs. */
function gauge(
  range: Range | undefined,
  values: Values | undefined,
  held: Values | undefined,
  j: number,
): Node {
  if (!range) return document.createTextNode("");
  const scale = scaleOf(range);
  const ends = element(
    "div",
    { class: "ends" },
    ...range.map((end) =>
      element("span", {}, written(end, { ...scale, decimals: Math.max(0, scale.decimals - 1) })),
    ),
  );
  const at = (y: number): number =>
    Math.min(100, Math.max(0, (100 * (y - range[0])) / (range[1] - range[0] || 1)));
  const figure = svg(
    "svg",
    { viewBox: "0 0 100 10", preserveAspectRatio: "none", class: "gauge", "aria-hidden": "true" },
    svg("rect", { x: 0, y: 0, width: 100, height: 10, class: "scale" }),
  );
  const line = (y: number, name: string): void => {
    figure.append(svg("line", { x1: at(y), x2: at(y), y1: 0, y2: 10, class: name }));
  };
  if (values) {
    const { mean, low = mean, high = mean } = columnsOf(values, j, values.mean.length);
    const [value, from] = [mean[0]!, at(low[0]!)];
    figure.append(svg("rect", { x: from, y: 0, width: at(high[0]!) - from, height: 10, class: "band" }));
    if (held) line(held.mean[j]!, "other");
    line(value, "here");
  }
  return element("div", {}, figure, ends);
}
