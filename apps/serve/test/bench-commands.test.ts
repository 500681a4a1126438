import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { writeModel } from "./service.ts";

const run = (name: string, ...args: string[]) => {
  const script = fileURLToPath(new URL(`../../bench/rigs/${name}.mjs`, import.meta.url));
  return spawnSync(process.execPath, [script, ...args], { encoding: "utf8", timeout: 60_000 });
};

const commands = [
  "attacks",
  "deterministic",
  "fairness",
  "fuzz",
  "rolling",
  "screenshots",
  "shutdown",
  "soak",
];

test.each(commands.map((name) => [name, "model"]).concat([["load-table", "summary"]]))(
  "rigs/%s.mjs tells how it is used, and what is wrong",
  (name, argument) => {
    const help = run(name, "--help");
    expect(help.status).toBe(0);
    expect(help.stdout).toContain(`Usage: node apps/bench/rigs/${name}.mjs [options] <${argument}>`);
    expect(help.stdout).toContain(`Example:\n  node apps/bench/rigs/${name}.mjs `);
    const gone = run(name, "gone.onnx");
    expect(gone.status).toBe(2);
    expect(gone.stderr).toContain(
      `'gone.onnx' is invalid for argument '${argument}'. There is no such file.`,
    );
  },
);

test("numbers of the rigs are looked at before a server starts", async () => {
  const model = await writeModel("bench-commands.onnx");
  for (const [args, text] of [
    [["--repetitions", "2.5"], "'2.5' is invalid. Expected a whole number."],
    [["--connections", "32,"], "'32,' is invalid. Expected a number of at least 1."],
    [["--lame-duck", "-1"], "'-1' is invalid. Expected a number of at least 0."],
    [["--times", "3"], "unknown option '--times'"],
  ] as const) {
    const { status, stderr } = run("shutdown", model, ...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(text)]);
  }
});

test("rigs/demo.mjs takes --help for no folder", () => {
  const { status, stdout } = run("demo", "--help");
  expect(status).toBe(0);
  expect(stdout).toContain("Usage: node apps/bench/rigs/demo.mjs [options] [folder]");
});
