import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeCommand } from "@stiffnet/terminal";
import { describe, expect, it, vi } from "vitest";
import { expectRefusal, inTurn, small, temporaryFolder } from "../../../scripts/commands/run.ts";
import { commands } from "../src/cli.ts";

describe("help", () => {
  it.each([
    ["study", "--help-all"],
    ["train", "--help-all"],
    ["load", "--help"],
  ])("%s explains itself with examples", async (command, help) => {
    const { code, stdout } = await inTurn([command, help]);
    expect(code).toBe(0);
    for (const part of ["Examples:", "--json", "--out", "--seed", "--workers"])
      expect(stdout).toContain(part);
  });

  it("of train is one page in 80 columns, and says how to see the rest", async () => {
    const { code, stdout } = await inTurn(["train", "--help"], { env: { COLUMNS: "80" } });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(60);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    for (const part of ["Data:", "Network and training:", "--help-all"]) expect(stdout).toContain(part);
    expect(stdout).not.toContain("--lost-after");
    expect(code).toBe(0);
  });

  it.each(["step", "spectral", "stability", "convergence", "crossing", "gradients", "cost", "stiff-node"])(
    "%s has a seed, and explains itself with examples",
    async (command) => {
      const { code, stdout } = await inTurn([command, "--help"]);
      expect(code).toBe(0);
      for (const part of ["Examples:", "--json", "--out", "--seed"]) expect(stdout).toContain(part);
    },
  );

  it.each(["data", "inspect", "export", "intro", "ode", "merge", "status", "question"])(
    "%s explains itself with examples",
    async (command) => {
      const { code, stdout } = await inTurn([command, "--help"]);
      expect(code).toBe(0);
      for (const part of ["Examples:", "--json"]) expect(stdout).toContain(part);
    },
  );

  it.each(Object.entries(commands))("of %s fits 80 columns, with all options", async (name, row) => {
    vi.stubEnv("COLUMNS", "80");
    const pieces: string[] = [];
    const command = makeCommand(name, row, await row.load(), () => {}).exitOverride();
    command.configureOutput({ writeOut: (piece) => pieces.push(piece), getOutHelpWidth: () => 80 });
    const flag = command.options.some(({ long }) => long === "--help-all") ? "--help-all" : "--help";
    await expect(command.parseAsync([flag], { from: "user" })).rejects.toThrow("(outputHelp)");
    vi.unstubAllEnvs();
    const text = pieces.join("");
    expect(text).toContain("--json");
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("is shown, with exit code 2, where no command is given", async () => {
    const { code, stdout } = await inTurn([]);
    for (const group of ["Studies:", "Comparisons:", "Across machines:"]) expect(stdout).toContain(group);
    expect(code).toBe(2);
  });
});

describe("wrong options", () => {
  const wrong: [string, ...string[]][] = [
    ["stud", "unknown command 'stud'", "study"],
    ["study --widht 3", "unknown option '--widht'"],
    ["study --width 0", "--width", "'0'", "at least 1"],
    ["study --depth 1.5", "--depth", "'1.5'"],
    ["study --rate -1", "--rate", "'-1'", "above 0"],
    ["study --rate 1e-3x", "--rate", "'1e-3x'"],
    ["study --epochs 0", "--epochs", "'0'"],
    ["study --trials many", "--trials", "'many'"],
    ["study --workers 0", "--workers", "'0'"],
    ["study --seed -1", "--seed", "'-1'"],
    ["study --preset huge", "--preset", "'huge'", "paper, quick, alpine"],
    ["study --activation swish", "--activation", "'swish'", "softplus"],
    ["study --models l1=3", "'l1=3'", "l2=WEIGHT"],
    ["study --models l2=-3", "'l2=-3'", "at least 0"],
    ["study --out", "--out"],
    ["study extra", "too many arguments"],
    ["study --solver rk4 --horizon 2 --steer 2.5", "--steer: is 2.5", "which is 2"],
    ["train --inputs 1 --outputs 2", "file"],
    ["train some.csv --outputs 2", "--inputs"],
    ["step --engines mxnet", "'mxnet'", "stiffnet-wasm"],
    ["step --models RES,RESNET", "'RESNET'"],
    ["load --rows 0", "--rows", "'0'", "1 to 65536"],
    ["load --connections 1,many", "--connections", "'many'"],
    ["load --seconds 0.5", "--seconds", "'0.5'"],
    ["load none.onnx", "too many arguments"],
    ["intro --rate 1", "--rate", "'1'", "above 1"],
    ["intro --rtol 2", "--rtol", "'2'", "below 1"],
    ["intro --methods rk5", "'rk5'", "dopri5"],
    ["intro --rates 10,0.5", "'0.5'", "at least 1"],
    ["intro results", "too many arguments"],
    ["convergence --solvers rk5", "'rk5'", "implicitMidpoint"],
    ["convergence --weights perLayer", "perLayer", "cubic"],
    ["crossing --models ODE", "'ODE'", "augmented"],
    ["crossing --layers 0", "--layers", "'0'"],
    ["stiff-node --models kim", "'kim'", "unscaled"],
    ["stiff-node --times 1", "--times", "'1'"],
    ["ode --problems ROBERT", "'ROBERT'", "ROBER"],
    ["ode --solvers rk45", "'rk45'", "rodas5P"],
    ["ode --rtol 0", "--rtol", "'0'", "above 0"],
    ["ode --peers none,scipy", "none,scipy", "alone"],
    ["gradients --depths 4,0", "'0'", "from 1 to"],
    ["gradients --weight steep", "--weight", "'steep'"],
    ["gradients --width 1", "--width", "'1'", "from 2 to 30"],
  ];
  it.each(wrong)("%s", async (line, ...parts) => {
    expectRefusal(await inTurn(line.split(" "), { cwd: temporaryFolder() }), ...parts);
  });
});

describe("wrong tables", () => {
  const good = "a,b,y\n1,2,3\n2,1,5\n3,5,4\n4,3,9\n5,4,7\n6,1,2\n";
  const files: [string, string | undefined, string, ...string[]][] = [
    ["is missing", undefined, "--inputs 1-2 --outputs 3", "table.csv", "no such file"],
    ["is empty", "", "--inputs 1-2 --outputs 3", "table.csv", "empty"],
    ["has only a header", "a,b,y\n", "--inputs 1-2 --outputs 3", "table.csv"],
    [
      "has text among numbers",
      good.replace("5,4,7", "5,four,7"),
      "--inputs 1-2 --outputs 3",
      "line 6",
      "'four'",
    ],
    ["has NaN", good.replace("5,4,7", "5,NaN,7"), "--inputs 1-2 --outputs 3", "line 6", "'b'"],
    ["has a short row", good.replace("5,4,7", "5,4"), "--inputs 1-2 --outputs 3", "line 6"],
    ["has no such column", good, "--inputs a,c --outputs y", "'c'"],
    ["has a constant output", good.replace(/,\d\n/g, ",7\n"), "--inputs 1-2 --outputs 3", "'y'", "constant"],
    ["has fewer columns", good, "--inputs 1-2 --outputs 3-9", "9", "3 columns"],
    ["is asked for a column twice", good, "--inputs 1-2 --outputs 2-3", "'b'"],
    ["leaves nothing to train on", good, "--inputs 1-2 --outputs 3 --test 6", "6"],
  ];
  it.each(files)("a table that %s", async (_, content, options, ...parts) => {
    const folder = temporaryFolder();
    if (content !== undefined) writeFileSync(join(folder, "table.csv"), content);
    const ended = await inTurn(["train", "table.csv", ...options.split(" ")], { cwd: folder });
    expectRefusal(ended, ...parts);
    expect(existsSync(join(folder, "results"))).toBe(false);
  });
});

describe("results folders", () => {
  it("one that holds another study is refused, and left as it is", async () => {
    const out = join(temporaryFolder(), "out");
    expect((await inTurn([...small, "--out", out])).code).toBe(0);
    const refused = await inTurn([...small, "--out", out, "--seed", "2"]);
    expectRefusal(refused, out, "seed was 1, now 2", "--force");
    const again = await inTurn([...small, "--out", out, "--json"]);
    expect(again.stderr).toContain("already finished");
    expect(JSON.parse(again.stdout).config.seed).toBe(1);
    const forced = await inTurn([...small, "--out", out, "--seed", "2", "--force", "--json"]);
    expect(JSON.parse(forced.stdout).config.seed).toBe(2);
  });

  it("one that holds other files is refused", async () => {
    const out = temporaryFolder();
    writeFileSync(join(out, "thesis.tex"), "all of it");
    expectRefusal(await inTurn([...small, "--out", out]), "thesis.tex");
  });

  it("one with a broken configuration is refused", async () => {
    const out = temporaryFolder();
    writeFileSync(join(out, "config.json"), '{"format": 1,');
    expectRefusal(await inTurn([...small, "--out", out]), "config.json", "--force");
  });

  it("one that is a file is refused", async () => {
    const out = join(temporaryFolder(), "file");
    writeFileSync(out, "");
    expectRefusal(await inTurn([...small, "--out", out]), out);
  });

  it("one whose checkpoints cannot be written ends the study in one line", async () => {
    const out = temporaryFolder();
    mkdirSync(join(out, "checkpoints", "res-000.history.jsonl"), { recursive: true });
    writeFileSync(join(out, "checkpoints", "res-000.state"), "");
    const { config } = JSON.parse((await inTurn([...small, "--out", join(out, "other"), "--json"])).stdout);
    writeFileSync(join(out, "config.json"), JSON.stringify(config));
    expectRefusal(await inTurn([...small, "--out", out]), "res-000.state");
  });
});
