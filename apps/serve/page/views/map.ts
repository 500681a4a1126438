import { withUnit } from "../elements.ts";
import { mapPlot } from "../figures/map-plot.ts";
import { brief, rangeOf, spaced } from "../numbers.ts";
import { numbersAmong, variablesOf } from "../variables.ts";
import { column } from "./columns.ts";
import { bar, inputChoice, note, rowsAt, type View } from "./context.ts";

const count = 41;

/** The chosen output over two inputs, the others held. */
export const map: View = {
  label: "Map",
  fits: (model) => numbersAmong(variablesOf(model)).length > 1,
  async draw(context) {
    const { model, variables, point, held, output, choices, service } = context;
    const others = numbersAmong(variables).filter(({ first }) => first !== choices.input);
    if (choices.second === choices.input) {
      choices.second = (others.find(({ first }) => first > choices.input) ?? others[0]!).first;
    }
    const [across, up] = [model.inputs[choices.input]!, model.inputs[choices.second]!];
    const of = model.outputs[output]!;
    const [xs, ys] = [spaced(across.slider, count), spaced(up.slider, count)];
    const changes = ys.flatMap((y) =>
      xs.map(
        (x) =>
          new Map([
            [choices.input, x],
            [choices.second, y],
          ]),
      ),
    );
    const { mean } = await service.evaluate(model, rowsAt(point, changes));
    const values = column(mean, output, model.outputs.length);
    const [low, high] = rangeOf(values);
    const figure = mapPlot({
      title: `${of.name} over ${across.name} and ${up.name}: from ${brief(low)} to ${brief(high)}`,
      values,
      count,
      x: across.slider,
      y: up.slider,
      marks: [point, ...(held ? [held] : [])].map((at) => ({
        x: at[choices.input]!,
        y: at[choices.second]!,
      })),
      xLabel: withUnit(across),
      yLabel: withUnit(up),
      valueLabel: withUnit(of),
    });
    const ring = held
      ? "The full ring marks it, the other ring the point that it is compared with."
      : "The ring marks it.";
    return [
      bar(inputChoice(context, "Across", "input"), inputChoice(context, "Up", "second")),
      figure,
      note(`All other inputs are held at this point. ${ring}`),
    ];
  },
};
