// One line for each input, with name, slider and box; the text of the box is the value. A text column has a
// choice of its values.

import { shortened } from "@stiffnet/base";
import { element, named, withUnit } from "./elements.ts";
import { brief, gridText, numberText, type Range } from "./numbers.ts";
import type { Variable } from "./variables.ts";
import { isOutside } from "./words.ts";

export interface Inputs {
  show(inputs: readonly Variable[], texts: readonly string[]): void;
  /** Says what the boxes say; an empty one, or one that holds no number, says "". */
  readonly texts: readonly string[];
  set(texts: readonly string[]): void;
  /** Marks the point that this one is compared with. */
  hold(texts: readonly string[] | undefined): void;
}

interface Row {
  readonly row: HTMLElement;
  readonly text: string;
  set(text: string): void;
  hold(text: string | undefined): void;
}

/** Arrow keys move by a two-hundredth of the range, the page keys by a tenth, with Shift by the last digit
 *  that is shown. */
const moves: Readonly<Record<string, number>> = {
  ArrowRight: 1 / 200,
  ArrowUp: 1 / 200,
  ArrowLeft: -1 / 200,
  ArrowDown: -1 / 200,
  PageUp: 1 / 10,
  PageDown: -1 / 10,
};

export function createInputs(form: HTMLElement, changed: () => void): Inputs {
  let rows: Row[] = [];
  form.addEventListener("submit", (event) => event.preventDefault());
  return {
    show(inputs, texts) {
      rows = inputs.map((input, j) =>
        input.values
          ? textRow(input, input.values, j, texts[j]!, changed)
          : inputRow(input, j, texts[j]!, changed),
      );
      const filter = inputs.length > few ? [filterOf(inputs, rows)] : [];
      form.replaceChildren(...filter, ...rows.map(({ row }) => row));
    },
    get texts() {
      return rows.map(({ text }) => text);
    },
    set(texts) {
      for (const [j, row] of rows.entries()) row.set(texts[j]!);
      changed();
    },
    hold(texts) {
      for (const [j, row] of rows.entries()) row.hold(texts?.[j]);
    },
  };
}

/** More inputs than this have a box to find them by name. */
const few = 20;

function filterOf(inputs: readonly Variable[], rows: readonly Row[]): HTMLElement {
  const box = element("input", {
    type: "search",
    placeholder: "Find an input",
    "aria-label": "Find an input",
  });
  box.addEventListener("input", () => {
    const part = box.value.trim().toLowerCase();
    for (const [j, { row }] of rows.entries()) row.hidden = !inputs[j]!.name.toLowerCase().includes(part);
  });
  return element("div", { class: "filter" }, box);
}

function labelOf({ name, unit }: Variable, id: string): HTMLElement {
  const shown = { name: shortened(name), ...(unit && { unit }) };
  return element("label", { for: id, title: name }, ...named(shown));
}

function textRow(
  input: Variable,
  values: readonly string[],
  j: number,
  first: string,
  changed: () => void,
): Row {
  const id = `input-${j}`;
  const select = element("select", { id }, ...values.map((value) => element("option", { value }, value)));
  select.value = first;
  const held = heldMark(() => select.value);
  select.addEventListener("change", () => {
    held.draw();
    changed();
  });
  return {
    row: element("div", { class: "input text" }, labelOf(input, id), select, held.mark),
    get text() {
      return select.value;
    },
    set(text) {
      select.value = text;
      held.draw();
    },
    hold: held.hold,
  };
}

/** What the point that this one is compared with has, where it is another text than the one shown. */
function heldMark(shown: () => string): Pick<Row, "hold"> & { readonly mark: HTMLElement; draw(): void } {
  const mark = element("span", { class: "held" });
  let held: string | undefined;
  const draw = (): void => {
    mark.textContent = held === undefined || held === shown() ? "" : `with ${held}`;
  };
  return {
    mark,
    draw,
    hold(text) {
      held = text;
      draw();
    },
  };
}

function inputRow(input: Variable, j: number, first: string, changed: () => void): Row {
  const { slider } = input;
  const id = `input-${j}`;
  const label = labelOf(input, id);
  const slide = element("input", {
    type: "range",
    step: "any",
    min: slider[0],
    max: slider[1],
    "aria-label": withUnit(input),
  });
  const box = element("input", {
    type: "text",
    id,
    inputmode: "decimal",
    role: "spinbutton",
    "aria-label": withUnit(input),
  });
  const low = element("span", {}, brief(slider[0], 3));
  let shown = first;
  const held = heldMark(() => shown);
  const high = element("span", {}, brief(slider[1], 3));
  const track = element(
    "div",
    { class: "track" },
    slide,
    element("div", { class: "ends" }, low, held.mark, high),
  );
  const row = element("div", { class: "input" }, label, track, box);
  const made: Row = {
    row,
    get text() {
      return shown;
    },
    set(text) {
      box.value = text;
      slide.value = text;
      take(text);
    },
    hold: held.hold,
  };
  const take = (text: string): void => {
    shown = text;
    // To a screen reader a slider says what the box says.
    slide.setAttribute("aria-valuetext", text);
    box.setAttribute("aria-invalid", String(text === ""));
    box.setAttribute("aria-valuenow", text);
    row.classList.toggle("outside", text !== "" && isOutside(input, Number(text)));
    held.draw();
  };
  made.set(first);
  const move = (text: string): void => {
    made.set(text);
    changed();
  };
  slide.addEventListener("input", () => move(gridText(slide.valueAsNumber, slider)));
  slide.addEventListener("keydown", (event) => {
    const text = moved(event, Number(made.text), slider);
    if (text === undefined) return;
    event.preventDefault();
    move(text);
  });
  box.addEventListener("input", () => {
    const text = numberText(box.value);
    if (text !== "") slide.value = text;
    take(text);
    changed();
  });
  return made;
}

function moved({ key, shiftKey }: KeyboardEvent, from: number, range: Range): string | undefined {
  const share = moves[key];
  if (share === undefined) return undefined;
  const width = range[1] - range[0];
  const finest = 10 ** (Math.floor(Math.log10(width || 1)) - 3);
  const to = from + (shiftKey ? Math.sign(share) * finest : share * width);
  return gridText(Math.min(range[1], Math.max(range[0], to)), range);
}
