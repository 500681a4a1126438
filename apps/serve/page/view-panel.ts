// The panel below the tabs: the shown view, drawn anew when something changes.

import { coalesced, element, find } from "./elements.ts";
import type { ViewContext } from "./views/context.ts";
import { type ViewName, views } from "./views/table.ts";

export interface Asked extends Omit<ViewContext, "redraw"> {
  readonly view: ViewName;
  /** Owner of the drawing. Results that come too late for it are dropped. */
  readonly session: object;
}

/** `current` says what is to be drawn; undefined is nothing. */
export function createPanel(current: () => Asked | undefined): () => Promise<void> {
  const box = find("view");
  const redraw = coalesced(async () => {
    const asked = current();
    if (!asked) return box.replaceChildren();
    let parts: Node[];
    try {
      parts = await views[asked.view].draw({ ...asked, redraw: () => void redraw() });
    } catch (error) {
      parts = [element("p", { class: "warning" }, (error as Error).message)];
    }
    const now = current();
    if (now?.session !== asked.session || now.view !== asked.view) return;
    // A drawing replaces the control that asked for it: give the keyboard its place back.
    const controls = () => [...box.querySelectorAll<HTMLElement>("select, button")];
    const place = controls().indexOf(document.activeElement as HTMLElement);
    box.replaceChildren(...parts);
    controls()[place]?.focus();
  });
  return redraw;
}
