import type { Side, TrainConfig } from "./config.ts";
import { curves } from "./curves.ts";

const made: Readonly<Record<string, (config: TrainConfig) => readonly [imports: string, code: string]>> = {
  alpine02: ({ rows, seed }) => [
    `import { alpine02, sample } from "@stiffnet/datasets";`,
    `const data = sample(alpine02(2), { train: ${rows}, test: 200, seed: ${seed} });`,
  ],
  dalec: ({ rows, seed }) => [
    `import { dalecDataset } from "@stiffnet/datasets";`,
    `const data = dalecDataset({ train: ${rows}, test: 200, seed: ${seed} });`,
  ],
};

/** Samples of a function of one number. */
const sampled = ({ data, rows, seed }: TrainConfig): readonly [string, string] => [
  `import { dataset } from "@stiffnet/preparation";
import { samplingStream } from "@stiffnet/base";`,
  `const draw = (count, purpose) => {
  const stream = samplingStream(${seed}, purpose, 0);
  const inputs = Float64Array.from({ length: count }, () => 2 * stream.uniform() - 1);
  return { count, inputs, outputs: inputs.map((x) => ${curves[data]!.text}) };
};
const test = draw(100, "test");
const data = dataset({ name: "${data}", inputNames: ["x"], outputNames: ["y"], train: draw(${rows}, "points"), test });`,
];

/** A program for Node that trains the same network to the same digest, with the public packages alone. */
export function nodeProgram(
  config: TrainConfig,
  side: Side,
  table?: { readonly name: string; readonly inputs: readonly string[]; readonly outputs: readonly string[] },
): string {
  const { width, depth, weights, activation, solver, seed, epochs, batch, rate, penalty, weight } = config;
  const [imports, code] = (config.data in curves ? sampled : made[config.data])?.(config) ?? [
    `import { readTable } from "@stiffnet/tables";`,
    `const columns = ${JSON.stringify({ inputs: table?.inputs ?? [], outputs: table?.outputs ?? [] })};
const data = (await readTable(${JSON.stringify(table?.name ?? "table.csv")})).split({ ...columns, missing: "drop", test: 0.2, seed: ${seed} });`,
  ];
  const penalised = side === "penalised";
  const stiff = penalised && penalty !== "l2";
  const core = ["neuralOde", "train", ...(penalised && !stiff ? ["l2Penalty"] : [])].sort().join(", ");
  const term = stiff
    ? `stiffnessPenalty(penalisedProxies.${penalty}.create(), { weight: ${weight} })`
    : `l2Penalty(${weight})`;
  return `import { ${core} } from "@stiffnet/core";
${imports}${stiff ? `\nimport { penalisedProxies, stiffnessPenalty } from "@stiffnet/stiffness";` : ""}

${code}
const { inputNames, outputNames, preparation } = data;
const model = neuralOde({
  inputs: inputNames.length,
  outputs: outputNames.length,
  width: ${width},
  depth: ${depth},
  weights: "${weights}",
  activation: "${activation}",
  solver: "${solver}",
  seed: ${seed},
});
const run = await train({ ...model, inputNames, outputNames, preparation }, data, {
  epochs: ${epochs},
  batchSize: ${batch},
  rate: ${rate},
  seed: ${seed},${penalised ? `\n  penalty: ${term},` : ""}
});
console.log(run.digest);
`;
}
