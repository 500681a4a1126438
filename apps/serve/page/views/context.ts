import { choice, element } from "../elements.ts";
import type { ModelDescription, PageService } from "../service/types.ts";

/** Choices that outlive the drawing of a view. */
export interface Choices {
  /** The input of the slice and across the map. `second` is up the map. */
  input: number;
  second: number;
  /** A member of the ensemble. */
  member: number;
  /** Every layer (-1) or one; all of the stability region or the surroundings of the eigenvalues. */
  layer: number;
  region: boolean;
  language: number;
}

export const firstChoices = (): Choices => ({
  ...{ input: 0, second: 1, member: 0, layer: -1, region: false, language: 0 },
});

/** Data of a view. */
export interface ViewContext {
  readonly model: ModelDescription;
  readonly point: readonly number[];
  /** Texts of the boxes. `point` has their numbers. */
  readonly texts: readonly string[];
  /** The point that this one is compared with. */
  readonly held: readonly number[] | undefined;
  /** Number of the chosen output. */
  readonly output: number;
  readonly service: PageService;
  readonly choices: Choices;
  redraw(): void;
}

/** One tab. */
export interface View {
  readonly label: string;
  fits?(model: ModelDescription): boolean;
  draw(context: ViewContext): Promise<Node[]>;
}

/** A choice of an input; `key` says for what. */
export function inputChoice(
  { model, choices, redraw }: ViewContext,
  label: string,
  key: "input" | "second",
): HTMLElement {
  const names = model.inputs.map(({ name }) => name);
  return choice(label, names, choices[key], (index) => {
    choices[key] = index;
    redraw();
  });
}

export const bar = (...parts: Node[]): HTMLElement => element("div", { class: "choices" }, ...parts);

export const note = (text: string): HTMLElement => element("p", { class: "quiet" }, text);

/** Rows that differ from a point in the given inputs. */
export const rowsAt = (
  point: readonly number[],
  changes: readonly ReadonlyMap<number, number>[],
): number[][] => changes.map((change) => point.map((value, j) => change.get(j) ?? value));
