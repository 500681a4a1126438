import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { randomStream } from "@stiffnet/base";
import { inspectOnnx } from "@stiffnet/onnx";
import { describe, expect, it } from "vitest";
import { but, inTurn, temporaryFolder } from "../../../scripts/commands/run.ts";
import { runReadme } from "../../../scripts/snippet.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The lines of the documents that call this command, without comments: but those of the tutorials, which
 *  test/tutorials.ts runs as a reader would. */
function documented(): string[] {
  const below = (folder: string): string[] =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
          .filter((name) => name.endsWith(".md") && !/tutorial|start\.md/.test(name))
          .map((name) => join(folder, name))
      : [];
  const owned = ["apps", "packages"].flatMap((group) =>
    readdirSync(join(root, group)).flatMap((name) => [
      ...[join(group, name, "README.md")].filter((file) => existsSync(join(root, file))),
      ...below(join(group, name, "docs")),
    ]),
  );
  const files = ["README.md", "CONTRIBUTING.md", ...below("docs"), ...below("apps/site/pages"), ...owned];
  const blocks = files.flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(
      ([, block]) => block!,
    ),
  );
  const lines = blocks.flatMap((block) => block.replaceAll(/\s*\\\n\s*/g, " ").split("\n"));
  return lines.flatMap((line) => /^(?:npx )?(stiffnet(?:-bench)? .*?)\s*(?:#.*)?$/.exec(line)?.[1] ?? []);
}

const little = "--trials 1 --epochs 1 --width 4 --depth 2";
const study = `${little} --measure-every 1`;
const noServer = "— there is no Redis server; queue.test.ts starts one";
const calibrated = "— some minutes; calibrate.test.ts of stiffnet has small models";
const foreign = "— needs a network of PyTorch; foreign.test.ts of stiffnet has them";
/** The options that make each command fast, or after a dash the reason not to run it here. */
const moments: Readonly<Record<string, string>> = {
  "stiffnet-bench study --preset alpine --trials 2 --epochs 200 --out results/first": study,
  "stiffnet-bench step --engines stiffnet-wasm --rounds 1 --seconds-per-round 0.1 --out results/first-step":
    "--models RES",
  "stiffnet-bench study": `${study} --data function:ishigami`,
  "stiffnet-bench study --preset quick --trials 2 --epochs 20 --out results/small": `${study} --set data.train=100`,
  "stiffnet-bench study --preset quick --data function:ishigami --models res,stiff=1e-3 --trials 2 --epochs 20 --out results/small": `${study} --out results/ishigami`,
  "stiffnet-bench study --preset alpine": `${study} --out results/alpine`,
  "stiffnet train ensemble.csv --inputs 1-15 --outputs 16-25": little,
  "stiffnet predict results/train new-runs.csv --id run > answers.csv": "--level 0.9",
  "stiffnet predict results/train new-runs.csv": "--id run",
  "stiffnet-bench study --preset quick --models res --trials 3 --epochs 200 --weights cubic --data ensemble.csv --inputs 1-15 --outputs 16- --activation softplus --lift identity --sweep solver=euler,rk4,implicitMidpoint --out results/ode-jules":
    study,
  'stiffnet-bench study --preset quick --models res --trials 3 --epochs 150 --rate 3e-3 --weights cubic --set \'data={"kind":"function","name":"alpine02","train":900,"test":100,"validation":0}\' --sweep solver=euler,rk4,implicitMidpoint --out results/ode-alpine':
    study,
  "stiffnet-bench step": "— of all engines; that of bench's README has one",
  "stiffnet-bench intro": "--rates 10,100",
  "stiffnet-bench convergence": "--epochs 1 --factors 1,2,4,8 --width 4 --depth 2",
  "stiffnet-bench gradients": "--depths 4,8,16",
  "stiffnet-bench cost": "— a process for each size; cost.test.ts has few",
  "stiffnet --help": "",
  "stiffnet-bench question --plan docs/research/follow-up --part 1/10 --cells borehole,dalec-site":
    "— 86 trainings of the same command",
  "stiffnet-bench question --part 1/10": "— 506 trainings; question.test.ts has a plan of its own",
  "stiffnet export torch.onnx --out model.onnx --jacobian": foreign,
  "stiffnet inspect torch.onnx": foreign,
  "stiffnet stability torch.onnx --data runs.csv": foreign,
  "stiffnet predict torch.onnx runs.csv --out answers.csv": foreign,
  "stiffnet train dalec:site --out dalec": calibrated,
  "stiffnet calibrate dalec observed.csv": calibrated,
  "stiffnet-bench merge results/study": "— of a study in parts, which the tutorial makes",
  "stiffnet-bench study --queue redis://10.0.0.1:6379": noServer,
  "stiffnet-bench work --queue redis://10.0.0.1:6379 --workers 8": noServer,
};

describe("the command lines of the documents", () => {
  const cwd = temporaryFolder();
  const columns = Array.from({ length: 25 }, (_, k) => `c${k + 1}`);
  const random = randomStream(1, 0);
  const rows = Array.from({ length: 60 }, (_, i) => [i, ...columns.map(() => random.uniform())]);
  writeFileSync(join(cwd, "new-runs.csv"), [["run", ...columns], ...rows].join("\n"));
  const table = [columns, ...rows.map(([, ...row]) => row)];
  writeFileSync(join(cwd, "ensemble.csv"), table.join("\n"));

  it("are all in the list of what makes them take a moment", () => {
    expect([...new Set(documented())].sort()).toEqual(Object.keys(moments).sort());
  });

  it.each(Object.entries(moments).filter(([, moment]) => !moment.startsWith("—")))(
    "%s",
    async (line, moment) => {
      const [, ...words] = line.replace(/ >.*/, "").match(/'[^']*'|\S+/g)!;
      const args = words.map((word) => word.replaceAll("'", ""));
      const { code, stderr } = await inTurn(but(args, ...moment.split(" ").filter(Boolean)), { cwd });
      expect(code, stderr).toBe(0);
    },
  );

  it("and the configuration that study.md shows, small", async () => {
    const text = readFileSync(join(root, "apps/bench/docs/study.md"), "utf8");
    const config = JSON.parse(/```json\n([\s\S]*?)```/.exec(text)![1]!);
    writeFileSync(join(cwd, "study.json"), JSON.stringify({ ...config, trials: 1, training: { epochs: 1 } }));
    const small = ["--data", "function:ishigami", "--depth", "2", "--measure-every", "1", "--json"];
    const { code, stdout, stderr } = await inTurn(
      ["study", "--config", "study.json", ...small, "--out", "results/config"],
      { cwd },
    );
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout).models.map(({ name }: { name: string }) => name)).toEqual(
      config.models.map(({ name }: { name: string }) => name),
    );
  });

  it("and the program for TypeScript", async () => {
    // The packages can be found from here.
    const work = join(root, "apps/stiffnet/node_modules/.cache", `readme-${process.pid}`);
    mkdirSync(work, { recursive: true });
    try {
      copyFileSync(join(cwd, "ensemble.csv"), join(work, "ensemble.csv"));
      const [stiffness] = await runReadme(import.meta.url, "../../docs/guide/from-typescript.md", work);
      expect(Number(stiffness)).toBeGreaterThan(0);
      expect((await inspectOnnx(join(work, "surrogate.onnx"))).surrogate!.config).toMatchObject({
        depth: 16,
      });
    } finally {
      rmSync(work, { recursive: true });
    }
  });

  it("leave what the README says in the folder", () => {
    const files = ["report.html", "summary.json", "trials.jsonl", "model.onnx", "figures", "config.json"];
    for (const file of files) expect(existsSync(join(cwd, "results", "first", file)), file).toBe(true);
    expect(existsSync(join(cwd, "results", "first-step", "report.html"))).toBe(true);
  });
});
