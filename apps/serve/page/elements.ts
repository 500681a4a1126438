// Elements of the document.

type Child = Node | string;

/** element("td", { class: "number" }, "text", child...) */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

/** The element with this id. */
export function find<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as E;
}

/** A name that may break where its words end, and the unit behind it. */
export function named({ name, unit }: { name: string; unit?: string }): Child[] {
  const words = name.split(/(?<=[_./-])/).flatMap((word) => [word, element("wbr")]);
  return unit ? [...words, " ", element("span", { class: "unit" }, unit)] : words;
}

export const withUnit = ({ name, unit }: { name: string; unit?: string }): string =>
  unit ? `${name} [${unit}]` : name;

/** A select with a label; `onChange` is given the index. */
export function choice(
  label: string,
  names: readonly string[],
  chosen: number,
  onChange: (index: number) => void,
): HTMLLabelElement {
  const select = element("select", {}, ...names.map((name) => element("option", {}, name)));
  select.selectedIndex = chosen;
  select.addEventListener("change", () => onChange(select.selectedIndex));
  return element("label", {}, `${label} `, select);
}

/** A button that says for a moment what came of it. */
export function button(label: string, act: () => unknown): HTMLButtonElement {
  const made = element("button", { type: "button" }, label);
  made.addEventListener("click", async () => {
    const said = await act();
    if (typeof said !== "string") return;
    made.textContent = said;
    setTimeout(() => {
      made.textContent = label;
    }, 2000);
  });
  return made;
}

/** Puts a text on the clipboard; says whether that worked. */
export async function copied(text: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied";
  } catch {
    return "The browser forbids it";
  }
}

/** Offers a text as a file. */
export function download(name: string, text: string, type: string): void {
  const link = element("a", { download: name, href: URL.createObjectURL(new Blob([text], { type })) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** Runs one at a time; what is asked meanwhile is run once more at the end. */
export function coalesced(work: () => Promise<void>): () => Promise<void> {
  let running = false;
  let again = false;
  return async function run() {
    again = running;
    if (running) return;
    running = true;
    try {
      await work();
    } finally {
      running = false;
    }
    if (again) void run();
  };
}
