import { type Column, tableText } from "../csv.ts";
import { button, copied, download, withUnit } from "../elements.ts";
import { type Line, linePlot } from "../figures/line-plot.ts";
import { brief, spaced } from "../numbers.ts";
import type { Values } from "../service/types.ts";
import { numbersAmong, variablesOf } from "../variables.ts";
import { spreadName, spreadText } from "../words.ts";
import { columnsOf } from "./columns.ts";
import { bar, inputChoice, note, rowsAt, type View, type ViewContext } from "./context.ts";

const count = 101;

/** The chosen output along one input, the others held; with a second point, both. */
export const slice: View = {
  label: "Slice",
  fits: (model) => numbersAmong(variablesOf(model)).length > 0,
  async draw(context) {
    const { model, point, held, output, choices, service } = context;
    const input = model.inputs[choices.input]!;
    const of = model.outputs[output]!;
    const x = spaced(input.slider, count);
    const along = (from: readonly number[]): number[][] => [
      ...rowsAt(
        from,
        x.map((value) => new Map([[choices.input, value]])),
      ),
      [...from],
    ];
    const rows = [...along(point), ...(held ? along(held) : [])];
    const all = await service.evaluate(model, rows);
    const names = held ? ["this point", "compared with"] : [of.name];
    const lines = names.map((name, k) => lineOf(context, all, { name, x, first: k * (count + 1) }));
    const [line] = lines;
    const [first, last] = [line!.y[0]!, line!.y[count - 1]!];
    const title = `${of.name} against ${input.name}, the other inputs held: from ${brief(first)} at ${brief(x[0]!)} to ${brief(last)} at ${brief(x[count - 1]!)}`;
    const table = (separator: "," | "\t"): string => tableText(columnsFor(context, all, x), separator);
    const file = `${model.name} along ${input.name}.csv`.replaceAll(/[^\w. -]/g, "_");
    return [
      bar(
        inputChoice(context, "Input", "input"),
        button("Copy table", () => copied(table("\t"))),
        button("Save CSV", () => download(file, table(","), "text/csv")),
      ),
      linePlot({ title, lines, xLabel: withUnit(input), yLabel: withUnit(of) }),
      note(`All other inputs stay as they are. ${spreadText(model)}`),
    ];
  },
};

function lineOf(
  { model, point, held, output, choices }: ViewContext,
  all: Values,
  { name, x, first }: { name: string; x: number[]; first: number },
): Line {
  const { mean, low, high } = columnsOf(all, output, model.outputs.length);
  const part = (values: number[]): number[] => values.slice(first, first + count);
  const y = part(mean);
  const from = first === 0 ? point : held!;
  return {
    name,
    x,
    y,
    mark: { x: from[choices.input]!, y: mean[first + count]! },
    ...(low && high && { low: part(low), high: part(high) }),
  };
}

/** The input, then every output with its spread; of the second point too. */
function columnsFor({ model, held, choices }: ViewContext, all: Values, x: readonly number[]): Column[] {
  const points = held ? ["", " (compared with)"] : [""];
  const columns = points.flatMap((suffix, p) =>
    model.outputs.flatMap((output, j) => {
      const { mean, spread } = columnsOf(all, j, model.outputs.length);
      const part = (values: number[]): number[] => values.slice(p * (count + 1), p * (count + 1) + count);
      const name = `${withUnit(output)}${suffix}`;
      return [
        { name, values: part(mean) },
        ...(spread ? [{ name: `${name}, ${spreadName(model)}`, values: part(spread) }] : []),
      ];
    }),
  );
  return [{ name: withUnit(model.inputs[choices.input]!), values: x }, ...columns];
}
