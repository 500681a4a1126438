import { withUnit } from "../elements.ts";
import { type Swing, swingTable } from "../figures/swings.ts";
import { rangeOf, scaleOf, trailing, written } from "../numbers.ts";
import { settings, type Variable } from "../variables.ts";
import { column } from "./columns.ts";
import { note, rowsAt, type View } from "./context.ts";

const steps = 21;

/** How much the chosen output changes while one input runs through its range and the others stay. */
export const sensitivity: View = {
  label: "Sensitivity",
  async draw({ model, variables, point, output, service }) {
    const of = model.outputs[output]!;
    const rows = variables.map((variable) => rowsAt(point, settings(variable, steps)));
    const { mean } = await service.evaluate(model, [...rows.flat(), [...point]]);
    const values = column(mean, output, model.outputs.length);
    const here = values.at(-1)!;
    const swings = variables.map((variable, j) => {
      const along = values.splice(0, rows[j]!.length);
      const [low, high] = rangeOf([...along, here]);
      return { ...variable, low: low - here, high: high - here, direction: directionOf(along, variable) };
    });
    const size = ({ low, high }: { low: number; high: number }): number => high - low;
    swings.sort((a, b) => size(b) - size(a));
    const scale = scaleOf([0, size(swings[0]!)]);
    const texts = swings.map((swing) => written(size(swing), scale));
    const pads = trailing(texts);
    const rowsShown: Swing[] = swings.map((swing, k) => ({
      ...swing,
      text: `${texts[k]}${pads[k]}`,
      // Of a change that is shown as 0, the direction is that of rounding errors.
      direction: Number(texts[k]) === 0 ? "no change" : swing.direction,
    }));
    return [
      swingTable(rowsShown, `Change of ${withUnit(of)}`),
      note(
        "The change of the chosen output while one input runs through its whole range and all others stay at this point. The bars run from the least to the largest value on the way; the line is the value at this point.",
      ),
    ];
  },
};

function directionOf(along: readonly number[], { values }: Variable): string {
  const [low, high] = rangeOf(along);
  if (values && low < high) return `${values[along.indexOf(low)]} to ${values[along.indexOf(high)]}`;
  const slack = (high - low) * 1e-3;
  const rises = along.every((value, k) => k === 0 || value >= along[k - 1]! - slack);
  const falls = along.every((value, k) => k === 0 || value <= along[k - 1]! + slack);
  if (rises) return "rises";
  return falls ? "falls" : "rises and falls";
}
