import { kernelsName } from "@stiffnet/core";
import { axis } from "@stiffnet/datasets";
import type { Experiment } from "@stiffnet/trials";
import type { Surrogate } from "@stiffnet/trials/surrogate";
import { type SobolAnalysis, type SobolIndicesOptions, sobolIndices } from "@stiffnet/uncertainty";
import { sensitivityFigure } from "./figures.ts";
import { type InputRange, inputRows } from "./ranges.ts";
import { extrapolations, type SensitivityConfig, sensitivitySentences, sensitivityTable } from "./words.ts";

/** The indices over these ranges; a column whose range is a point is held there. A column of texts is one
 *  variable, whose values are equally likely. */
export async function analyse(
  answer: (rows: Float64Array) => Float64Array,
  ranges: readonly InputRange[],
  outputNames: readonly string[],
  options: SobolIndicesOptions & { turn?: () => Promise<void> },
): Promise<SobolAnalysis> {
  const { turn, ...rest } = options;
  const varied = ranges.flatMap(({ low, high }, i) => (high > low ? [i] : []));
  const axes = varied.map((i) => {
    const { name, low, high, logarithmic } = ranges[i]!;
    return axis(name, low, high, { distribution: { kind: logarithmic ? "logUniform" : "uniform" } });
  });
  return sobolIndices(
    async (rows, count) => {
      await turn?.();
      const full = inputRows(ranges, count, (row, i) => {
        const k = varied.indexOf(i);
        return k < 0 ? ranges[i]!.low : rows[row * varied.length + k]!;
      });
      return answer(full);
    },
    axes,
    outputNames,
    rest,
  );
}

export function sensitivityExperiment(
  surrogate: Surrogate,
): Experiment<SensitivityConfig, { readonly analysis: SobolAnalysis }, undefined> {
  return {
    engine: kernelsName,
    async compute({ ranges, samples, seed }, watch) {
      const total = ranges.filter(({ low, high }) => high > low).length + 2;
      let done = 0;
      const analysis = await analyse(surrogate.mean, ranges, surrogate.outputNames, {
        samples,
        seed,
        async turn() {
          if (await watch.interrupted()) throw new Error("interrupted");
          watch.progress({ done: done++, total, details: [`${samples} rows each`] });
        },
      });
      return { result: { analysis }, drawn: undefined };
    },
    digested: ({ analysis }) => analysis.outputs,
    present: ({ analysis, config }) => ({
      title: "What the outputs depend on",
      lead: [
        ...extrapolations(config, surrogate),
        ...sensitivitySentences(analysis),
        ...rangeSentences(config),
      ],
      tables: [sensitivityTable(analysis)],
      figures: [sensitivityFigure(analysis)],
      facts: [
        ["model", config.model],
        ["evaluations", String(analysis.evaluations)],
        ["method", "Saltelli et al. 2010 and Jansen 1999, scrambled Sobol sequence, bootstrap intervals"],
      ],
    }),
  };
}

function rangeSentences({ ranges }: SensitivityConfig): string[] {
  const held = ranges
    .filter(({ low, high }) => low === high)
    .map(({ name, low, values }) => `${name} at ${values?.[low] ?? low}`);
  const texts = ranges.filter(({ low, high, values }) => values && low < high).map(({ name }) => name);
  const logarithmic = ranges.filter((range) => range.logarithmic).map(({ name }) => name);
  return [
    ...(held.length > 0 ? [`Held fixed: ${held.join(", ")}.`] : []),
    ...(texts.length > 0 ? [`Text inputs, with equally likely values: ${texts.join(", ")}.`] : []),
    ...(logarithmic.length > 0 ? [`Drawn on a logarithmic scale: ${logarithmic.join(", ")}.`] : []),
  ];
}
