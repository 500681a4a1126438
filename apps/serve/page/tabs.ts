import { element, find } from "./elements.ts";
import type { ModelDescription } from "./service/types.ts";
import { type ViewName, views } from "./views/table.ts";

export interface Tabs {
  /** Shows the wanted view if it fits the model, else the first that does. */
  show(model: ModelDescription, wanted: string | undefined): ViewName;
}

/** Tabs as the ARIA practices have them: arrows move, one stop for the keyboard. */
export function createTabs(chosen: (view: ViewName) => void): Tabs {
  return {
    show(model, wanted) {
      const names = (Object.keys(views) as ViewName[]).filter((name) => fits(name, model));
      const buttons = names.map((name) =>
        element(
          "button",
          { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "view" },
          views[name].label,
        ),
      );
      const select = (k: number): void => {
        for (const [i, button] of buttons.entries()) {
          button.setAttribute("aria-selected", String(i === k));
          button.tabIndex = i === k ? 0 : -1;
        }
        find("view").setAttribute("aria-labelledby", `tab-${names[k]}`);
        find("explore-heading").dataset.view = views[names[k]!].label;
      };
      for (const [k, button] of buttons.entries()) {
        button.addEventListener("click", () => {
          select(k);
          chosen(names[k]!);
        });
        button.addEventListener("keydown", ({ key }) => {
          const to = { ArrowRight: k + 1, ArrowLeft: k - 1, Home: 0, End: names.length - 1 }[key];
          if (to === undefined) return;
          const next = (to + names.length) % names.length;
          buttons[next]!.click();
          buttons[next]!.focus();
        });
      }
      find("tabs").replaceChildren(...buttons);
      const first = Math.max(0, names.indexOf(wanted as ViewName));
      select(first);
      return names[first]!;
    },
  };
}

function fits(name: ViewName, model: ModelDescription): boolean {
  const view = views[name];
  return "fits" in view ? view.fits(model) : true;
}
