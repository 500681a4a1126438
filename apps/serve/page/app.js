// biome-ignore-all lint/style/noExcessiveLinesPerFile: wires what the page has, in the order of the page
// The page: sliders in, outputs live. Asks only the server that it came from or, in a document of its own,
// nobody.

import { element } from "./elements.js";
import { shown } from "./plots.js";
import { hereService, serverService } from "./service.js";
import { resetViews, views } from "./views.js";

const find = (id) => document.getElementById(id);

/** A model that stands in the document itself answers from here; else the server does. */
const embedded = find("embedded");
const service = embedded ? hereService(JSON.parse(embedded.textContent)) : serverService();

let model;
let point = {};
let gauges = [];
let network;
let tab = "slices";

function show(chosen) {
  model = chosen;
  network = undefined;
  resetViews();
  find("title").textContent = model.name;
  document.title = `${model.name} - stiffnet`;
  const { width, augment = 0, depth, activation, solver } = model.config;
  const blocks = solver ? `neural ODE, ${depth} steps of ${solver}` : `${depth} blocks`;
  const many = model.members > 1 ? `ensemble of ${model.members} networks, ` : "";
  find("about").textContent = [
    model.description,
    `${many}${blocks} of width ${width + augment}, ${activation}`,
  ]
    .filter(Boolean)
    .join(" · ");
  point = Object.fromEntries(
    model.inputs.map(({ name, slider }) => [name, snapped(within(slider, 0.5), slider)]),
  );
  find("inputs").replaceChildren(...model.inputs.map(inputRow));
  gauges = model.outputs.map(outputRow);
  find("outputs").tBodies[0].replaceChildren(...gauges.map(({ row }) => row));
  showTabs();
  void update();
  void findRanges(model);
}

/** A place in a range, as a number that is pleasant to read: rounded to a thousandth of the range, or
 *  finer. */
function within([low, high], fraction) {
  const unit = 10 ** (Math.floor(Math.log10(high - low || 1)) - 3);
  const rounded = Number((Math.round((low + (high - low) * fraction) / unit) * unit).toPrecision(12));
  return Math.min(high, Math.max(low, rounded));
}

/** A value as it is shown, so that whoever copies it asks for the same point; exact at the ends, which
 *  rounding would leave. */
function snapped(value, [low, high]) {
  const rounded = Number(shown(value));
  return rounded < low || rounded > high ? value : rounded;
}

/** The same number, with an exponent where its digits would not fit a box. */
const boxed = (x) => (Number(shown(x)) === x ? shown(x) : String(x));

/** For the ends of a slider. */
const brief = (x) => shown(Number(x.toPrecision(4)));

function inputRow({ name, unit, range, slider }, j) {
  const [low, high] = slider;
  const id = `input-${j}`;
  const step = (high - low) / 200 || 1;
  const slide = element("input", {
    type: "range",
    min: low,
    max: high,
    step: "any",
    value: point[name],
    "aria-labelledby": `${id}-label`,
  });
  const number = element("input", {
    type: "number",
    id,
    step: "any",
    value: String(point[name]),
    inputmode: "decimal",
  });
  const label = element("label", { for: id, id: `${id}-label` }, name, " ");
  if (unit) label.append(element("span", { class: "unit" }, unit));
  const ends = element(
    "div",
    { class: "ends" },
    element("span", {}, brief(low)),
    element("span", {}, brief(high)),
  );
  const row = element("div", { class: "input" }, label, number, element("div", {}, slide, ends));
  const set = (value) => {
    point[name] = value;
    number.setAttribute("aria-invalid", String(Number.isNaN(value)));
    row.classList.toggle("outside", range !== undefined && (value < range[0] || value > range[1]));
    void update();
  };
  row.set = (given) => {
    const value = snapped(given, slider);
    slide.value = value;
    number.value = boxed(value);
    set(value);
  };
  slide.addEventListener("input", () => {
    const value = snapped(slide.valueAsNumber, slider);
    number.value = boxed(value);
    set(value);
  });
  // A step of "any" leaves the arrow keys to the browser, which then moves by 1.
  slide.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 20, PageDown: -20 }[
      event.key
    ];
    if (by === undefined) return;
    event.preventDefault();
    row.set(Math.min(high, Math.max(low, slide.valueAsNumber + by * step)));
  });
  number.addEventListener("input", () => {
    // An empty box, or what is no number, is a wrong value and not the last one.
    if (!Number.isNaN(number.valueAsNumber)) slide.value = number.valueAsNumber;
    set(number.valueAsNumber);
  });
  return row;
}

function outputRow({ name, unit }) {
  const value = element("output", { "aria-live": "off" }, "…");
  const spread = element("span", { class: "quiet" });
  const band = element("div", { class: "band" });
  const mark = element("div", { class: "mark" });
  const gauge = element("div", { class: "gauge", "aria-hidden": "true" }, band, mark);
  const header = element("th", { scope: "row" }, name, " ");
  if (unit) header.append(element("span", { class: "unit" }, unit));
  const row = element(
    "tr",
    {},
    header,
    element("td", { class: "number" }, value, spread),
    element("td", { class: "wide" }, gauge),
  );
  return { row, name, value, spread, band, mark, range: undefined, last: undefined };
}

function draw(gauge) {
  const { range, last } = gauge;
  gauge.mark.hidden = gauge.band.hidden = !range || !last;
  if (!range || !last) return;
  const at = (y) => Math.min(100, Math.max(0, (100 * (y - range[0])) / (range[1] - range[0] || 1)));
  gauge.mark.style.left = `${at(last.value)}%`;
  const spread = last.std ?? 0;
  gauge.band.style.left = `${at(last.value - spread)}%`;
  gauge.band.style.width = `${at(last.value + spread) - at(last.value - spread)}%`;
}

/** Runs one at a time; what is asked meanwhile is run once more at the end. */
function coalesced(work) {
  let running = false;
  let again = false;
  return async function run() {
    again = running;
    if (running) return;
    running = true;
    await work();
    running = false;
    if (again) void run();
  };
}

const update = coalesced(async () => {
  const asked = model;
  try {
    const wrong = asked.inputs.find(({ name }) => !Number.isFinite(point[name]));
    if (wrong) throw new Error(`${wrong.name} is no number.`);
    const start = performance.now();
    const answer = await service.predict(asked, { ...point });
    if (asked !== model) return;
    for (const gauge of gauges) {
      gauge.last = { value: answer.outputs[gauge.name], std: answer.std?.[gauge.name] };
      gauge.value.textContent = shown(gauge.last.value);
      gauge.spread.textContent =
        gauge.last.std === undefined ? "" : ` ± ${shown(Number(gauge.last.std.toPrecision(2)))}`;
      draw(gauge);
    }
    find("latency").textContent = `${(performance.now() - start).toFixed(1)} ms`;
    say(answer.warnings.join("\n"));
    void redraw();
  } catch (error) {
    // The numbers of another point would pass for those of this one.
    for (const gauge of gauges) blank(gauge);
    find("view").replaceChildren();
    find("latency").textContent = "";
    say(error.message);
  }
});

function blank(gauge) {
  gauge.last = undefined;
  gauge.value.textContent = "–";
  gauge.spread.textContent = "";
  draw(gauge);
}

function say(text) {
  if (find("status").textContent !== text) find("status").textContent = text;
}

const redraw = coalesced(async () => {
  const asked = model;
  const drawn = tab;
  const context = {
    model,
    point: { ...point },
    service,
    redraw,
    network: async () => {
      network ??= await service.network(asked);
      return network;
    },
  };
  try {
    const focused = document.activeElement?.closest?.("#view .choices select");
    const index = focused ? [...find("view").querySelectorAll("select")].indexOf(focused) : -1;
    const parts = await views[drawn].draw(context);
    if (asked !== model || drawn !== tab) return;
    find("view").replaceChildren(...parts);
    // A drawing replaces the select that asked for it: give the keyboard its place back.
    if (index >= 0) find("view").querySelectorAll("select")[index]?.focus();
  } catch (error) {
    find("view").replaceChildren(element("p", { class: "warning" }, error.message));
  }
});

function showTabs() {
  const names = Object.keys(views).filter((name) => views[name].fits?.(model) ?? true);
  if (!names.includes(tab)) tab = names[0];
  const buttons = names.map((name) =>
    element(
      "button",
      { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "view" },
      views[name].label,
    ),
  );
  const select = (k) => {
    tab = names[k];
    for (const [i, button] of buttons.entries()) {
      button.setAttribute("aria-selected", String(i === k));
      button.tabIndex = i === k ? 0 : -1;
    }
    find("view").setAttribute("aria-labelledby", `tab-${tab}`);
    void redraw();
  };
  for (const [k, button] of buttons.entries()) {
    button.addEventListener("click", () => select(k));
    button.addEventListener("keydown", ({ key }) => {
      const to = { ArrowRight: k + 1, ArrowLeft: k - 1, Home: 0, End: names.length - 1 }[key];
      if (to === undefined) return;
      const next = (to + names.length) % names.length;
      select(next);
      buttons[next].focus();
    });
  }
  find("tabs").replaceChildren(...buttons);
  select(names.indexOf(tab));
}

/** The range of each output over points that fill the box of inputs evenly and are the same each time, for
 *  the gauges. */
async function findRanges(asked) {
  const golden = 0.6180339887498949;
  const rows = Array.from({ length: 400 }, (_, i) =>
    asked.inputs.map(
      ({ slider: [low, high] }, j) => low + (high - low) * (((i + 1) * (golden + Math.sqrt(j + 2))) % 1),
    ),
  );
  for (const [j, gauge] of gauges.entries()) {
    const { mean } = await service.evaluate(asked, rows, j);
    if (asked !== model) return;
    gauge.range = [Math.min(...mean), Math.max(...mean)];
    draw(gauge);
  }
}

/** Moves every input to a fraction of its range. */
function moveAll(fraction) {
  for (const [j, { slider }] of model.inputs.entries()) {
    find("inputs").children[j].set(within(slider, fraction()));
  }
}
find("centre").addEventListener("click", () => moveAll(() => 0.5));
find("random").addEventListener("click", () => moveAll(Math.random));
find("inputs").addEventListener("submit", (event) => event.preventDefault());

async function start() {
  try {
    const models = await service.models();
    find("key-form").hidden = true;
    const select = find("model");
    select.replaceChildren(...models.map(({ name }) => element("option", {}, name)));
    select.onchange = () => show(models[select.selectedIndex]);
    find("chooser").hidden = models.length < 2;
    if (models.length === 0) say("No model is loaded.");
    else show(models[0]);
  } catch (error) {
    find("key-form").hidden = error.status !== 401;
    say(
      error.status === 401
        ? "This service needs an API key."
        : `The service does not answer: ${error.message}`,
    );
  }
}
find("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  service.setKey(find("key").value);
  say("");
  void start();
});
await start();
