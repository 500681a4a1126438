// The page: sliders in, outputs live. Asks only the server that it came from.

const find = (id) => document.getElementById(id);

/** element("td", { class: "number" }, "text", child...) */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Six digits, with a unit-friendly exponent where it is short. */
const shown = (x) =>
  x !== 0 && (Math.abs(x) < 1e-4 || Math.abs(x) >= 1e7)
    ? x.toExponential(4)
    : String(Number(x.toPrecision(6)));

async function ask(path, body) {
  const response = await fetch(
    path,
    body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) },
  );
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

let model;
let point = {};
let gauges = [];

function show(chosen) {
  model = chosen;
  find("title").textContent = model.name;
  document.title = `${model.name} - stiffnet`;
  const { width, depth, activation } = model.config;
  const network = `${depth} blocks of width ${width}, ${activation}`;
  const many = model.members > 1 ? `ensemble of ${model.members} networks, ` : "";
  find("about").textContent = [model.description, `${many}${network}`].filter(Boolean).join(" · ");
  point = Object.fromEntries(model.inputs.map(({ name, slider: [low, high] }) => [name, (low + high) / 2]));
  find("inputs").replaceChildren(...model.inputs.map(inputRow));
  gauges = model.outputs.map(outputRow);
  find("outputs").tBodies[0].replaceChildren(...gauges.map(({ row }) => row));
  update();
  void findRanges(model);
}

function inputRow({ name, unit, range, slider: [low, high] }, j) {
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
    value: shown(point[name]),
    inputmode: "decimal",
  });
  const label = element("label", { for: id, id: `${id}-label` }, name, " ");
  if (unit) label.append(element("span", { class: "unit" }, unit));
  const ends = element(
    "div",
    { class: "ends" },
    element("span", {}, shown(low)),
    element("span", {}, shown(high)),
  );
  const row = element("fieldset", { class: "input" }, label, number, element("div", {}, slide, ends));
  const set = (value) => {
    point[name] = value;
    const outside = range !== undefined && (value < range[0] || value > range[1]);
    row.classList.toggle("outside", outside);
    update();
  };
  row.set = (value) => {
    slide.value = value;
    number.value = shown(value);
    set(value);
  };
  slide.addEventListener("input", () => {
    number.value = shown(slide.valueAsNumber);
    set(slide.valueAsNumber);
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
    if (Number.isNaN(number.valueAsNumber)) return;
    slide.value = number.valueAsNumber;
    set(number.valueAsNumber);
  });
  return row;
}

function outputRow({ name, unit }) {
  const value = element("output", {}, "…");
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
  gauge.band.style.left = `${at(last.value - 2 * spread)}%`;
  gauge.band.style.width = `${at(last.value + 2 * spread) - at(last.value - 2 * spread)}%`;
}

let asking = false;
let stale = false;

/** One request at a time; what changed meanwhile is asked once it is answered. */
async function update() {
  if (asking) {
    stale = true;
    return;
  }
  asking = true;
  const asked = model;
  try {
    const start = performance.now();
    const answer = await ask("predict", { model: model.name, inputs: point });
    if (asked === model) {
      for (const gauge of gauges) {
        gauge.last = { value: answer.outputs[gauge.name], std: answer.std?.[gauge.name] };
        gauge.value.textContent = shown(gauge.last.value);
        gauge.spread.textContent =
          gauge.last.std === undefined ? "" : ` ± ${shown(Number(gauge.last.std.toPrecision(2)))}`;
        draw(gauge);
      }
      find("latency").textContent = `${(performance.now() - start).toFixed(1)} ms`;
      find("status").textContent = answer.warnings.join("\n");
    }
  } catch (error) {
    find("status").textContent = error.message;
  }
  asking = false;
  if (stale) {
    stale = false;
    void update();
  }
}

/** The range of each output over 400 points spread over the inputs, for the gauges. */
async function findRanges(asked) {
  const { inputs, outputs, dtype, name } = asked;
  const count = 400;
  // An additive recurrence fills the box evenly and is the same each time.
  const golden = 0.6180339887498949;
  const data = Array.from({ length: count }, (_, i) =>
    inputs.map(
      ({ slider: [low, high] }, j) =>
        low + (high - low) * ((0.5 + (i + 1) * golden ** (1 + j / inputs.length)) % 1),
    ),
  ).flat();
  const datatype = dtype === "float64" ? "FP64" : "FP32";
  const answer = await ask(`v2/models/${encodeURIComponent(name)}/infer`, {
    inputs: [{ name: "inputs", shape: [count, inputs.length], datatype, data }],
    outputs: [{ name: "outputs" }],
  });
  if (asked !== model) return;
  const values = answer.outputs[0].data;
  gauges.forEach((gauge, j) => {
    const column = values.filter((_, k) => k % outputs.length === j);
    gauge.range = [Math.min(...column), Math.max(...column)];
    draw(gauge);
  });
}

/** Moves every input to a fraction of its range. */
function moveAll(fraction) {
  for (const [j, { slider }] of model.inputs.entries()) {
    const [low, high] = slider;
    find("inputs").children[j].set(low + (high - low) * fraction());
  }
}
find("centre").addEventListener("click", () => moveAll(() => 0.5));
find("random").addEventListener("click", () => moveAll(Math.random));
find("inputs").addEventListener("submit", (event) => event.preventDefault());

try {
  const { models } = await ask("models");
  const select = find("model");
  select.replaceChildren(...models.map(({ name }) => element("option", {}, name)));
  select.addEventListener("change", () => show(models[select.selectedIndex]));
  find("chooser").hidden = models.length < 2;
  show(models[0]);
} catch (error) {
  find("status").textContent = `The service does not answer: ${error.message}`;
}
