// The chosen output, always in sight.

import { element, find } from "./elements.ts";
import { spreadWritten, written } from "./numbers.ts";
import { type Drawn, scaleFor } from "./outputs.ts";
import type { ModelDescription } from "./service/types.ts";
import { levelText } from "./words.ts";

export function drawStrip(model: ModelDescription, drawn: Drawn, choose: (output: number) => void): void {
  const { outputs } = model;
  const { values, held, chosen: j } = drawn;
  const select = find<HTMLSelectElement>("output");
  const names = outputs.map(({ name }) => name);
  const there = [...select.options].map(({ value }) => value);
  if (names.join("\n") !== there.join("\n")) {
    select.replaceChildren(...names.map((name) => element("option", {}, name)));
  }
  select.selectedIndex = j;
  select.onchange = () => choose(select.selectedIndex);
  const scale = scaleFor(drawn, j);
  const unit = outputs[j]!.unit ? ` ${outputs[j]!.unit}` : "";
  const spread = values?.spread ? ` ± ${spreadWritten(values.spread[j]!, scale)}` : "";
  find("answer").textContent = values ? `${written(values.mean[j]!, scale)}${spread}${unit}` : "–";
  const change = values && held ? values.mean[j]! - held.mean[j]! : undefined;
  find("answer-note").textContent = [
    spread && levelText(model),
    change === undefined ? "" : `change ${change > 0 ? "+" : ""}${written(change, scale)}`,
  ]
    .filter(Boolean)
    .join(" ");
}
