import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { needs, programOf } from "../../../scripts/needs.ts";

const file = (name: string) => join(import.meta.dirname, "..", "deploy", name);

test("the image is built of this package", () => {
  const { name } = JSON.parse(readFileSync(file("../package.json"), "utf8"));
  const filters = readFileSync(file("Dockerfile"), "utf8").matchAll(/--filter (\S+?)(?:\.\.\.)? /g);
  expect([...filters].map(([, filter]) => filter)).toEqual([name, name]);
});

/** Nothing here was run by them: they read. */
describe("linters have nothing to say about the files for deployment", needs("linters"), () => {
  const run = (tool: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(join(dirname(programOf("linters")!), tool), args, {
      encoding: "utf8",
    });
    return status === 0 ? "" : `${stdout}${stderr}` || "failed";
  };
  test.each([
    ["Dockerfile", "hadolint", []],
    ["kubernetes.yaml", "kubernetes-validate", ["--strict"]],
    ["compose.yaml", "check-jsonschema", ["--builtin-schema", "vendor.compose-spec"]],
  ])("%s by %s", (name, tool, options) => {
    expect(run(tool, ...options, file(name))).toBe("");
    // The tool notices a file of another kind.
    expect(run(tool, ...options, file("haproxy.cfg"))).not.toBe("");
  });
});
