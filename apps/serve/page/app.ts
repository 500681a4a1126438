// The page: the chosen model and version, and the address. The explorer shows the model.

import { addressOf, readAddress } from "./address.ts";
import { copied, element, find } from "./elements.ts";
import { createExplorer, type Explorer } from "./explorer.ts";
import { withIntervals } from "./service/intervals.ts";
import type { ModelDescription, PageService } from "./service/types.ts";
import { networkText } from "./words.ts";

export async function startPage(source: PageService): Promise<void> {
  const service = withIntervals(source);
  let model: ModelDescription | undefined;
  let written = "";
  const explorer: Explorer = createExplorer(service, () => {
    if (model) write(model, explorer);
  });
  const write = later(({ name, version }: ModelDescription, { shown }: Explorer): void => {
    written = addressOf({ ...shown(), model: name, version });
    history.replaceState(undefined, "", written);
  });
  let models: readonly ModelDescription[] = [];

  /** Opens what the address names, else the first model. */
  async function open(hash: string): Promise<void> {
    const address = readAddress(hash);
    const newest = models.find(({ name }) => name === address.model) ?? models[0];
    if (!newest) return explorer.say("No model is loaded.");
    const { version } = address;
    const wrong: string[] = [];
    if (address.model !== undefined && address.model !== newest.name) {
      wrong.push(`the address has the model ${address.model}, which is not here`);
    }
    const known = version === undefined || version === newest.version || newest.versions.includes(version);
    if (!known) wrong.push(`the address has version ${version} of ${newest.name}, which is not here`);
    model = known && version !== undefined ? await versionOf(newest, version) : newest;
    showModel(model, newest);
    explorer.open(model, address, wrong);
  }
  const versionOf = async (newest: ModelDescription, version: string): Promise<ModelDescription> =>
    version === newest.version ? newest : await service.version(newest.name, version);

  function showModel(shown: ModelDescription, { versions }: ModelDescription): void {
    find("title").textContent = shown.name;
    document.title = `${shown.name} - stiffnet`;
    find("about").textContent = shown.description || networkText(shown);
    fill(
      "model",
      models.map(({ name }) => name),
      shown.name,
    );
    fill("version", versions, shown.version);
  }
  const reopen = (parts: Record<string, string>): void => {
    const { view, output, inputs, held } = explorer.shown();
    // Choices that suit both models stay.
    void attempt(() => open(addressOf({ ...parts, view, output, inputs, held })));
  };
  find<HTMLSelectElement>("model").onchange = () => reopenNamed("model");
  find<HTMLSelectElement>("version").onchange = () => reopenNamed("version");
  function reopenNamed(changed: "model" | "version"): void {
    const [name, version] = ["model", "version"].map((id) => find<HTMLSelectElement>(id).value);
    reopen({ model: name!, ...(changed === "version" && { version: version! }) });
  }
  find("skip").addEventListener("click", (event) => {
    // The address is the point that is shown.
    event.preventDefault();
    find("outputs-panel").focus();
  });
  find("share").addEventListener("click", async () => {
    if (model) write.now(model, explorer);
    explorer.say(`${await copied(location.href)}: the address of this point.`);
  });
  window.addEventListener("hashchange", () => {
    if (location.hash !== written) void attempt(() => open(location.hash));
  });

  async function attempt(work: () => Promise<void> | void): Promise<void> {
    try {
      await work();
      find("key-form").hidden = true;
    } catch (error) {
      const locked = (error as { status?: number }).status === 401;
      find("key-form").hidden = !locked;
      explorer.say(
        locked
          ? "This service needs an API key."
          : `The service does not answer: ${(error as Error).message}`,
      );
    }
  }
  const begin = async (): Promise<void> => {
    models = await service.models();
    await open(location.hash);
  };
  find("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    service.setKey(find<HTMLInputElement>("key").value);
    explorer.say("");
    void attempt(begin);
  });
  if (service.url) {
    find("links").append(element("a", { id: "api", href: "docs" }, "API"));
  }
  await attempt(begin);
}

/** A select with these names, hidden where there is nothing to choose. */
function fill(id: "model" | "version", names: readonly string[], chosen: string): void {
  const select = find<HTMLSelectElement>(id);
  select.replaceChildren(...names.map((name) => element("option", {}, name)));
  select.selectedIndex = names.indexOf(chosen);
  find(`${id}-chooser`).hidden = names.length < 2;
}

/** Runs a little later, with what it was given last: browsers limit how often an address changes. */
function later<A extends unknown[]>(
  work: (...given: A) => void,
): { (...given: A): void; now(...given: A): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = (...given: A): void => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), 200);
  };
  return Object.assign(run, {
    now(...given: A) {
      clearTimeout(timer);
      work(...given);
    },
  });
}
