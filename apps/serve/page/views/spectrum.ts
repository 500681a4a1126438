import type { ModelConfig } from "@stiffnet/core";
import { choice, element } from "../elements.ts";
import { planePlot } from "../figures/plane-plot.ts";
import { brief } from "../numbers.ts";
import type { LayerSpectra } from "../service/types.ts";
import { polynomialText, stabilityBoundary, stabilityPolynomial, stepGrowth } from "../stability.ts";
import { bar, note, type View, type ViewContext } from "./context.ts";

/** The explicit solvers, which a file can hold. */
const solverNames: Readonly<Record<string, string>> = {
  euler: "explicit Euler",
  midpoint: "the explicit midpoint method",
  heun: "Heun's method",
  rk4: "the classical Runge-Kutta method",
};

/** The eigenvalues of every layer's Jacobian over the stability region of the network's own step. */
export const spectrum: View = {
  label: "Spectrum",
  fits: ({ config }) => config.kind !== "gaussianProcess",
  async draw(context) {
    const { model, point, service, choices } = context;
    const config = model.config as ModelConfig;
    const { depth, horizon } = config;
    const alpha = horizon / depth;
    const solver = config.kind === "neuralOde" ? config.solver : "euler";
    // A residual network's steps are its layers.
    const part = solver === "euler" ? "layer" : "step";
    const region = `the stability ${solver === "euler" ? "disc" : "region"}`;
    const member = Math.min(choices.member, model.members - 1);
    const { layers: found, method } = await service.spectra(model, point, member);
    const layers = found.map((layer) => layer.map(([re, im]) => [alpha * re, alpha * im] as const));
    const polynomial = stabilityPolynomial(method);
    const radii = found.map((layer) => Math.max(...layer.map(([re, im]) => Math.hypot(re, im))));
    const largest = Math.max(...radii);
    const mean = radii.reduce((a, b) => a + b) / depth;
    const text = [
      `Largest spectral radius ${brief(largest)} (${part} ${radii.indexOf(largest) + 1}), mean over the ${part}s ${brief(mean)}, in 1/time.`,
      ...verdicts(layers.flat(), polynomial, `${region} of ${solverNames[solver]}`),
    ].join(" ");
    const shownLayers = layers
      .map((values, number) => ({ number, values }))
      .filter(({ number }) => choices.layer < 0 || number === choices.layer);
    return [
      selects(context, { part, region, member, depth }),
      planePlot({
        title: text,
        layers: shownLayers,
        count: depth,
        part,
        close: !choices.region,
        boundary: stabilityBoundary(polynomial),
      }),
      element("p", {}, text),
      note(
        `Eigenvalues λ of J = diag(s'(z)) W ${part === "layer" ? `of each of the ${depth} layers` : `at the beginning of each of the ${depth} steps`} at the point, times the step α = ${brief(alpha)}. One step multiplies a mode by R(αλ) with R(z) = ${polynomialText(polynomial)}; where the plane is filled, |R(αλ)| ≤ 1.`,
      ),
    ];
  },
};

function selects(
  { model, choices, redraw }: ViewContext,
  { part, region, member, depth }: { part: string; region: string; member: number; depth: number },
): HTMLElement {
  const numbered = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, k) => `${name} ${k + 1}`);
  const layers = ["all", ...numbered(part, depth)];
  const made = [
    choice("Show", ["the eigenvalues, close", region], Number(choices.region), (index) => {
      choices.region = index === 1;
      redraw();
    }),
    choice(part === "layer" ? "Layers" : "Steps", layers, choices.layer + 1, (index) => {
      choices.layer = index - 1;
      redraw();
    }),
  ];
  if (model.members > 1) {
    made.push(
      choice("Of the ensemble", numbered("network", model.members), member, (index) => {
        choices.member = index;
        redraw();
      }),
    );
  }
  return bar(...made);
}

/** How many modes, by what they do of themselves and by what a step does to them. */
function verdicts(
  eigenvalues: LayerSpectra[number],
  polynomial: readonly number[],
  region: string,
): string[] {
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
