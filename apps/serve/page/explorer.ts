// One model at one point: boxes, the strip with the answer, the table of outputs, and a view around the
// point.

import { type Shown, textsFrom } from "./address.ts";
import { coalesced, find } from "./elements.ts";
import { createInputs } from "./inputs.ts";
import type { Range } from "./numbers.ts";
import { type Drawn, drawOutputs } from "./outputs.ts";
import { findRanges, samples } from "./ranges.ts";
import type { ModelDescription, PageService, Values } from "./service/types.ts";
import { drawStrip } from "./strip.ts";
import { createTabs } from "./tabs.ts";
import { pointOf, textOf, type Variable, variablesOf } from "./variables.ts";
import { createPanel } from "./view-panel.ts";
import { firstChoices } from "./views/context.ts";
import type { ViewName } from "./views/table.ts";
import { outsideText, spreadText } from "./words.ts";

export interface Explorer {
  /** Shows a model at the point of the address; `wrong` is what that says amiss. */
  open(model: ModelDescription, address: Shown, wrong: readonly string[]): void;
  shown(): Shown & { view: string; output: string };
  say(text: string): void;
}

/** The state of one model. */
interface Session {
  readonly model: ModelDescription;
  readonly variables: readonly Variable[];
  readonly choices: ReturnType<typeof firstChoices>;
  output: number;
  view: ViewName;
  held: { texts: readonly string[]; values: Values } | undefined;
  ranges: readonly Range[] | undefined;
  values: Values | undefined;
}

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: the parts of one page, each a few lines
export function createExplorer(service: PageService, changed: () => void): Explorer {
  let session: Session | undefined;
  const inputs = createInputs(find("inputs"), () => void update());
  const say = (text: string): void => {
    if (find("status").textContent !== text) find("status").textContent = text;
  };

  const update = coalesced(async () => {
    const asked = session;
    if (!asked) return;
    const { model, variables } = asked;
    const { texts } = inputs;
    const point = pointOf(variables, texts);
    changed();
    try {
      const wrong = variables.filter((_, j) => texts[j] === "");
      if (wrong.length > 0) throw new Error(`${wrong.map(({ name }) => name).join(", ")}: not a number.`);
      const values = await service.predict(model, point);
      if (asked !== session) return;
      asked.values = values;
      say(outsideText(model, point));
    } catch (error) {
      if (asked !== session) return;
      // The numbers of another point would pass for those of this one.
      asked.values = undefined;
      say((error as Error).message);
    }
    draw(asked);
  });

  function draw(asked: Session): void {
    const drawn: Drawn = { ...asked, held: asked.held?.values, chosen: asked.output };
    const { model } = asked;
    drawStrip(model, drawn, choose);
    drawOutputs(find<HTMLTableElement>("outputs"), model, drawn, choose);
    find("outputs-note").textContent =
      `The bar spans the values of an output at ${samples} random points. ${spreadText(model)}`;
    void redraw();
  }

  const redraw = createPanel(() => {
    if (!session?.values) return undefined;
    const { model, variables, choices, output, view, held } = session;
    const { texts } = inputs;
    return {
      session,
      view,
      model,
      variables,
      service,
      texts,
      choices,
      output,
      point: pointOf(variables, texts),
      held: held && pointOf(variables, held.texts),
    };
  });

  function choose(output: number): void {
    if (!session) return;
    session.output = output;
    changed();
    draw(session);
  }
  const tabs = createTabs((view) => {
    if (!session) return;
    session.view = view;
    changed();
    void redraw();
  });
  const moveAll = (fraction: () => number): void =>
    inputs.set(session?.variables.map((variable) => textOf(variable, fraction())) ?? []);
  function hold(held: Session["held"]): void {
    if (!session) return;
    session.held = held;
    inputs.hold(held?.texts);
    find("hold").setAttribute("aria-pressed", String(held !== undefined));
    changed();
    draw(session);
  }

  find("random").addEventListener("click", () => moveAll(Math.random));
  find("reset").addEventListener("click", () => {
    hold(undefined);
    moveAll(() => 0.5);
  });
  find("hold").addEventListener("click", () => {
    if (session?.held) hold(undefined);
    else if (session?.values) hold({ texts: inputs.texts, values: session.values });
  });
  new ResizeObserver(() => void redraw()).observe(find("explore"));
  keepClear();

  return {
    say,
    shown() {
      const { model, variables, output, view, held } = session!;
      const named = (texts: readonly string[]): Map<string, string> =>
        new Map(variables.flatMap(({ name }, j) => (texts[j] ? [[name, texts[j]!]] : [])));
      return {
        view,
        output: model.outputs[output]!.name,
        inputs: named(inputs.texts),
        held: named(held?.texts ?? []),
      };
    },
    open(model, address, wrong) {
      const variables = variablesOf(model);
      const { texts, wrong: amiss } = textsFrom(address.inputs, variables, centreOf(variables));
      const output = model.outputs.findIndex(({ name }) => name === address.output);
      const opened: Session = {
        model,
        variables,
        choices: firstChoices(variables),
        output: Math.max(0, output),
        held: undefined,
        ranges: undefined,
        values: undefined,
        view: tabs.show(model, address.view),
      };
      session = opened;
      inputs.show(variables, texts);
      find("hold").setAttribute("aria-pressed", "false");
      void (async () => {
        await update();
        if (opened === session && address.held.size > 0) hold(await heldIn(address, opened));
        const notes = [...wrong, ...amiss];
        if (opened === session && notes.length > 0) say(`${notes.join("; ")}.`);
        const ranges = await findRanges(service, model).catch(() => undefined);
        if (opened !== session) return;
        opened.ranges = ranges;
        draw(opened);
      })();
    },
  };

  /** The point that the address has beside the shown one. */
  async function heldIn({ held }: Shown, { model, variables }: Session): Promise<Session["held"]> {
    const { texts } = textsFrom(held, variables, centreOf(variables));
    const values = await service.predict(model, pointOf(variables, texts)).catch(() => undefined);
    return values && { texts, values };
  }
}

const centreOf = (variables: readonly Variable[]): string[] =>
  variables.map((variable) => textOf(variable, 0.5));

/** Keeps the focused element from under the strip, however high its text makes it. */
function keepClear(): void {
  const strip = find("strip");
  new ResizeObserver(() => {
    document.documentElement.style.scrollPaddingTop = `${strip.offsetHeight + 8}px`;
  }).observe(strip);
}
