// What can be seen of the model at the chosen point: one view a tab, drawn only while it is shown.

import { drawCode } from "./code-view.js";
import { choice, element } from "./elements.js";
import { drawHistory } from "./history-view.js";
import { predict, sensitivities, spectra } from "./network.js";
import { barList, linePlot, mapPlot, shown, spectrumPlot } from "./plots.js";
import { polynomialText, stabilityBoundary, stabilityPolynomial, stepGrowth } from "./stability.js";

const withUnit = ({ name, unit }) => (unit ? `${name} [${unit}]` : name);
const valuesOf = (model, point) => model.inputs.map(({ name }) => point[name]);
const spaced = ([low, high], count) =>
  Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));

/** Choices that outlive the drawing of a view. */
const state = { input: 0, second: 1, output: 0, member: 0, close: 0 };

/** Every view: a label and (context) -> elements; the context holds model, point, service, network and
 *  redraw. */
export const views = {
  slices: { label: "Slice", draw: drawSlice },
  map: { label: "Map", draw: drawMap, fits: ({ inputs }) => inputs.length > 1 },
  sensitivities: { label: "Sensitivities", draw: drawSensitivities },
  spectrum: { label: "Spectrum", draw: drawSpectrum },
  history: { label: "Training", draw: drawHistory },
  code: { label: "Code", draw: drawCode },
};

function choices({ model, redraw }, { inputs = 0, output = true }) {
  const names = model.inputs.map(({ name }) => name);
  const set = (key) => (index) => {
    state[key] = index;
    redraw();
  };
  const made = [];
  if (inputs > 0) made.push(choice(inputs > 1 ? "Across" : "Input", names, state.input, set("input")));
  if (inputs > 1) made.push(choice("Up", names, state.second, set("second")));
  if (output)
    made.push(
      choice(
        "Output",
        model.outputs.map(({ name }) => name),
        state.output,
        set("output"),
      ),
    );
  return element("div", { class: "choices" }, ...made);
}

/** Rows that differ from the point in the given inputs. */
function rowsAt({ model, point }, changes) {
  return changes.map((change) => model.inputs.map(({ name }, j) => change[j] ?? point[name]));
}

async function drawSlice(context) {
  const { model, point, service } = context;
  const input = model.inputs[state.input];
  const output = model.outputs[state.output];
  const x = spaced(input.slider, 101);
  const rows = rowsAt(
    context,
    x.map((value) => ({ [state.input]: value })),
  );
  const { mean, std } = await service.evaluate(model, rows, state.output);
  const line = { name: output.name, x, y: mean };
  if (std) {
    line.low = mean.map((m, k) => m - std[k]);
    line.high = mean.map((m, k) => m + std[k]);
  }
  const [here] = (await service.evaluate(model, [valuesOf(model, point)], state.output)).mean;
  const title = `${output.name} against ${input.name}, the other inputs held: from ${shown(mean[0])} at ${shown(x[0])} to ${shown(mean[100])} at ${shown(x[100])}`;
  const figure = linePlot({
    title,
    lines: [line],
    mark: { x: point[input.name], y: here },
    xLabel: withUnit(input),
    yLabel: withUnit(output),
  });
  const note = std ? "The band is ±, one standard deviation over the ensemble, to either side." : "";
  return [
    choices(context, { inputs: 1 }),
    figure,
    element("p", { class: "quiet" }, `All other inputs are held at the point. ${note}`),
  ];
}

async function drawMap(context) {
  const { model, point, service } = context;
  if (state.second === state.input) state.second = (state.input + 1) % model.inputs.length;
  const [across, up, output] = [
    model.inputs[state.input],
    model.inputs[state.second],
    model.outputs[state.output],
  ];
  const count = 41;
  const [xs, ys] = [spaced(across.slider, count), spaced(up.slider, count)];
  const changes = ys.flatMap((y) => xs.map((x) => ({ [state.input]: x, [state.second]: y })));
  const { mean } = await service.evaluate(model, rowsAt(context, changes), state.output);
  const figure = mapPlot({
    title: `${output.name} over ${across.name} and ${up.name}: from ${shown(Math.min(...mean))} to ${shown(Math.max(...mean))}`,
    values: mean,
    count,
    x: across.slider,
    y: up.slider,
    mark: { x: point[across.name], y: point[up.name] },
    xLabel: withUnit(across),
    yLabel: withUnit(up),
    valueLabel: withUnit(output),
  });
  return [
    choices(context, { inputs: 2 }),
    figure,
    element("p", { class: "quiet" }, "All other inputs are held at the point, which the ring marks."),
  ];
}

async function drawSensitivities(context) {
  const { model, point } = context;
  const network = await context.network();
  const all = sensitivities(network, valuesOf(model, point));
  const output = model.outputs[state.output];
  const bars = model.inputs.map(({ name, slider: [low, high] }, j) => {
    const value = all[state.output * model.inputs.length + j];
    const change = value * (high - low);
    return { name, value: change, text: shown(Number(change.toPrecision(4))) };
  });
  bars.sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const note = `The change of ${withUnit(output)} over the whole range of each input, at the slope of this point.`;
  return [choices(context, {}), barList(bars), element("p", { class: "quiet" }, note)];
}

async function drawSpectrum(context) {
  const { model, point, redraw } = context;
  const network = await context.network();
  const { depth, horizon } = model.config;
  const alpha = horizon / depth;
  const solver = model.config.kind === "neuralOde" ? model.config.solver : "euler";
  // A residual network's steps are its layers.
  const part = solver === "euler" ? "layer" : "step";
  const region = `the stability ${solver === "euler" ? "disc" : "region"}`;
  const member = Math.min(state.member, model.members - 1);
  const layers = spectra(network, valuesOf(model, point), member).map((layer) =>
    layer.map(([re, im]) => [alpha * re, alpha * im]),
  );
  const radii = layers.map((layer) => Math.max(...layer.map(([re, im]) => Math.hypot(re, im))) / alpha);
  const polynomial = stabilityPolynomial(network.discretisation);
  const text = [
    `Largest spectral radius ${shown(Number(Math.max(...radii).toPrecision(4)))} (${part} ${radii.indexOf(Math.max(...radii)) + 1}), mean over the ${part}s ${shown(Number((radii.reduce((a, b) => a + b) / depth).toPrecision(4)))}, in 1/time.`,
    ...verdicts(layers.flat(), polynomial, `${region} of ${solverNames[solver]}`),
  ].join(" ");
  const set = (key) => (index) => {
    state[key] = index;
    redraw();
  };
  const members = Array.from({ length: model.members }, (_, k) => `network ${k + 1}`);
  const chosen = [choice("Show", [region, "the eigenvalues, close"], state.close, set("close"))];
  if (model.members > 1) chosen.push(choice("Of the ensemble", members, member, set("member")));
  return [
    element("div", { class: "choices" }, ...chosen),
    spectrumPlot({
      ...{ title: text, layers, part, close: state.close === 1 },
      boundary: stabilityBoundary(polynomial),
    }),
    element("p", {}, text),
    element(
      "p",
      { class: "quiet" },
      `Eigenvalues of J = diag(s'(z)) W ${part === "layer" ? `of each of the ${depth} layers` : `at the beginning of each of the ${depth} steps`} at the point, times the step α = ${shown(alpha)}; dark is the first ${part}, bright the last. One step multiplies a mode by R(αλ) with R(z) = ${polynomialText(polynomial)}; where the plane is filled, |R(αλ)| ≤ 1.`,
    ),
  ];
}

/** The explicit solvers, which a file can hold. */
const solverNames = {
  euler: "explicit Euler",
  midpoint: "the explicit midpoint method",
  heun: "Heun's method",
  rk4: "the classical Runge-Kutta method",
};

/** How many modes, by what they do of themselves and by what a step does to them. */
function verdicts(eigenvalues, polynomial, region) {
  const count = { inside: 0, growing: 0, unstable: 0, hidden: 0 };
  for (const [re, im] of eigenvalues) {
    const stable = stepGrowth(polynomial, re, im) <= 1 + 1e-12;
    if (stable) count.inside++;
    if (stable && re > 1e-12) count.hidden++;
    if (!stable) count[re < 0 ? "unstable" : "growing"]++;
  }
  const said = `${count.inside} of ${eigenvalues.length} eigenvalues lie in ${region}; ${count.growing} outside belong to growing modes, ${count.unstable} to decaying ones whose step is too long.`;
  // The higher regions reach a little over the imaginary axis.
  return count.hidden === 0
    ? [said]
    : [said, `${count.hidden} inside belong to growing modes that the step makes decay.`];
}

/** Forgets choices that the new model may not have. */
export function resetViews() {
  Object.assign(state, { input: 0, second: 1, output: 0, member: 0 });
}

/** The same answers as the service, computed here. */
export function evaluateHere(network, rows, output) {
  const answers = rows.map((row) => predict(network, row));
  const mean = answers.map((answer) => answer.mean[output]);
  return answers[0].std ? { mean, std: answers.map((answer) => answer.std[output]) } : { mean };
}
