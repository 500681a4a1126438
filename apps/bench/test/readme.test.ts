import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { stiffnet, temporaryFolder } from "./run.ts";

it("the commands of the README's first block work as they stand", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const block = /```sh\n([^`]*)```/.exec(readme)![1]!;
  const commands = block.trim().split("\n");
  expect(commands.length).toBeGreaterThan(0);
  const cwd = temporaryFolder();
  for (const command of commands) {
    const [npx, name, ...args] = command.split(" ");
    expect([npx, name]).toEqual(["npx", "stiffnet"]);
    const { code, stderr } = await stiffnet(args, { cwd });
    expect(code, stderr).toBe(0);
  }
  for (const file of [
    "report.html",
    "summary.json",
    "trials.jsonl",
    "model.onnx",
    "figures",
    "config.json",
  ]) {
    expect(existsSync(join(cwd, "results", "first", file)), file).toBe(true);
  }
  expect(existsSync(join(cwd, "results", "first-step", "report.html"))).toBe(true);
});
