import { choice, element } from "../elements.ts";
import type { ModelDescription, PageService } from "../service/types.ts";
import { numbersAmong, type Variable } from "../variables.ts";

/** Choices that outlive the drawing of a view. */
export interface Choices {
  /** The model's input of the slice and across the map. `second` is up the map. */
  input: number;
  second: number;
  /** A member of the ensemble. */
  member: number;
  /** Every layer (-1) or one; all of the stability region or the surroundings of the eigenvalues. */
  layer: number;
  region: boolean;
  language: number;
}

export function firstChoices(variables: readonly Variable[]): Choices {
  const [input, second] = numbersAmong(variables).map(({ first }) => first);
  return {
    input: input ?? 0,
    second: second ?? 0,
    member: 0,
    layer: -1,
    region: false,
    language: 0,
  };
}

/** Data of a view. */
export interface ViewContext {
  readonly model: ModelDescription;
  readonly variables: readonly Variable[];
  /** The inputs of the model. */
  readonly point: readonly number[];
  /** What is set of each variable. */
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

/** A choice of an input that is a number; `key` says for what. */
export function inputChoice(
  { variables, choices, redraw }: ViewContext,
  label: string,
  key: "input" | "second",
): HTMLElement {
  const numbers = numbersAmong(variables);
  const names = numbers.map(({ name }) => name);
  const chosen = numbers.findIndex(({ first }) => first === choices[key]);
  return choice(label, names, chosen, (index) => {
    choices[key] = numbers[index]!.first;
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
