import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomStream } from "@stiffnet/base";
import { makeCommand, parserOf, rulesOf } from "@stiffnet/terminal";
import { expect, it } from "vitest";
import { expectRefusal, inTurn, temporaryFolder } from "../../../scripts/commands/run.ts";
import { commands } from "../src/cli.ts";

const cwd = temporaryFolder();
const random = randomStream(7, 0);
const lines = Array.from({ length: 40 }, () => [random.uniform(), random.uniform(), random.uniform()]);
writeFileSync(join(cwd, "runs.csv"), ["a,b,y", ...lines.map((line) => line.join(","))].join("\n"));
const train = "train runs.csv --inputs a,b --outputs y".split(" ");

const made = async (name: string) =>
  makeCommand(name, commands[name]!, await commands[name]!.load(), () => {});

const rules = [];
for (const name of Object.keys(commands)) {
  const command = await made(name);
  for (const rule of rulesOf(command)) rules.push({ name, command, ...rule, pair: rule.options.join(" ") });
}

/** What a command asks for in any case. */
const needed: Readonly<Record<string, readonly string[]>> = {
  train: train.slice(1),
  work: ["--queue", "redis://localhost"],
};

it.each(rules)("$name, $kind, $pair: one would have no effect", async ({ name, command, ...rule }) => {
  const {
    kind,
    options: [a, b],
    when,
  } = rule;
  const given = (long: string): string[] => {
    const parser = parserOf(command.options.find((one) => one.long === long)!);
    return parser ? [long, parser.example] : [long];
  };
  const values: Readonly<Record<string, string>> = { "--kernels": "wasm" };
  const second = when ? [b, values[b]!] : given(b);
  const words = [name, ...(needed[name] ?? []), ...given(a), ...(kind === "needs" ? [] : second)];
  const complaint = kind === "needs" ? `${a}: is given without ${b}` : `${b}: is given with ${a}`;
  expectRefusal(await inTurn(words, { cwd }), complaint);
});

it.each([
  ["--rate 0.1 --set training.rate=0.2", "--set training.rate: is given with --rate"],
  ["--test 0.1 --set data.test=0.3", "--set data.test: is given with --test"],
  ["--no-plateau --set training.plateau.patience=3", "is given with --no-plateau"],
  ["--trials 2 --set trials=3", "--set trials: is given with --trials"],
  ["--penalty l2=1 --set models.0.penalty.weight=3", "is given with --penalty"],
  ["--set network.width=3 --set network.width=4", "--set network.width: is given twice"],
  ["--prepare components:1 --prepare components", "--prepare components: is given twice (1, 0.9999)"],
  ["--prepare log:a --prepare log:b,a", "--prepare log: 'a' is given twice"],
  ["--prepare components:0", "--prepare: is 'components:0'"],
  ["--threads 2 --engine tfjs", "--threads: is 2, expected 1: TensorFlow.js trains on one thread"],
  ["--engine kernels,tfjs", "--engine: is 'kernels,tfjs', expected one of kernels, tfjs"],
  ["--threads 2 --set models.0.engine=tfjs", "--threads: is 2, expected 1"],
])("train %s is refused", async (words, complaint) => {
  expectRefusal(await inTurn([...train, ...words.split(" ")], { cwd }), complaint);
});

it("train refuses what is said of the rows and columns of built-in data, which have their own", async () => {
  const { options } = await made("train");
  const own = options.filter(
    ({ helpGroupHeading, long }) => /data:$/i.test(helpGroupHeading ?? "") && long !== "--validation",
  );
  expect(own.length).toBeGreaterThan(10);
  for (const option of own) {
    const words = ["train", "function:ishigami", option.long!, parserOf(option)?.example ?? "a"];
    const complaint = `function:ishigami: has its own rows and columns, expected no ${option.long}`;
    expectRefusal(await inTurn(words, { cwd }), complaint);
  }
});

it.each(["--threads 2 --engine kernels", "--threads 1 --engine tfjs"])(
  "train %s is accepted",
  async (words) => {
    const { code, stderr } = await inTurn([...train, ...words.split(" "), "--show-config"], { cwd });
    expect([code, stderr]).toEqual([0, ""]);
  },
);

it("train takes a field of a rule for the rate that it does not use by itself", async () => {
  const schema = await inTurn(["train", "--schema"], { cwd });
  expect(JSON.parse(schema.stdout).title).toBe("stiffnet train");
  const words = [...train, "--set", "training.plateau.patience=20", "--show-config"];
  const { code, stdout } = await inTurn(words, { cwd });
  expect(code).toBe(0);
  const { training } = JSON.parse(stdout);
  expect([training.plateau, training.anneal]).toEqual([{ patience: 20 }, undefined]);
});

/** A row for each option, so that nobody has to look into the code for what it may stand beside. */
it("is all told in one table", async () => {
  const rows: string[] = [];
  for (const name of ["train", "predict", "sensitivity", "calibrate", "suggest"]) {
    const command = await made(name);
    rows.push(
      `## ${name}`,
      "",
      "| option | what it does | not beside | needs |",
      "| --- | --- | --- | --- |",
    );
    const help = command.createHelp();
    for (const option of command.options) {
      const { flags, long, conflictsWith } = option as typeof option & {
        readonly long: string;
        readonly conflictsWith: readonly string[];
      };
      const beside = (kind: string): string[] =>
        rulesOf(command)
          .filter((rule) => rule.kind === kind && rule.options.includes(long))
          .flatMap(({ options, when }) => {
            if (kind === "needs" && options[0] !== long) return [];
            return options
              .filter((one) => one !== long)
              .map((one) => `${one}${when ? " (some values)" : ""}`);
          });
      const cells = [
        `\`${flags}\``,
        help.optionDescription(option),
        [...beside("excludes"), ...conflictsWith.map((one) => `--${one}`)].join(", "),
        beside("needs").join(", "),
      ];
      rows.push(`| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`);
    }
    rows.push("");
  }
  const head =
    "# Options of `train`, `predict`, `sensitivity`, `calibrate` and `suggest`\n\nChecked by `test/option-rules.test.ts`. An option is refused beside those in the third column.\nIt has an effect only beside those in the fourth.\n\n";
  // The formatter aligns the columns of what is committed.
  const plain = (text: string): string => text.trim().replace(/ +/g, " ").replace(/-{3,}/g, "---");
  const file = readFileSync(new URL("../docs/options.md", import.meta.url), "utf8");
  expect(plain(file)).toBe(plain(`${head}${rows.join("\n")}`));
});
