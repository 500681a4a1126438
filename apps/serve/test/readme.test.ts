import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { expect, test, vi } from "vitest";
import { createServer } from "../src/index.ts";
import { writeModel } from "./service.ts";

test("the snippet of the README runs and prints what it promises", async () => {
  const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");
  const [, snippet] = /```ts\n([\s\S]*?)```/.exec(readme)!;
  const file = join(import.meta.dirname, ".readme-snippet.ts");
  writeFileSync(file, snippet!);
  process.chdir(mkdtempSync(join(tmpdir(), "stiffnet-readme-")));
  copyFileSync(await writeModel("readme.onnx"), "model.onnx");
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await import(/* @vite-ignore */ file);
  } finally {
    rmSync(file);
  }
  expect(readFileSync("model.html", "utf8")).toMatch(/^<!doctype html>/);
  expect(log.mock.calls[0]![0]).toMatchObject({
    name: "model",
    versions: ["1"],
    inputs: [{ shape: [-1, 3] }],
  });
});

test("what the documents link to is in the package", () => {
  const home = join(import.meta.dirname, "..");
  const { files } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as { files: string[] };
  for (const file of ["README.md", "docs/operation.md", "docs/load.md", "docs/clients.md"]) {
    const text = readFileSync(join(home, file), "utf8");
    const links = [...text.matchAll(/(?:\]\(|src=")(?!https?:|#)([^)#"]+)/g)].map(([, link]) => link!);
    for (const link of links) {
      const path = relative(home, join(home, dirname(file), link));
      expect(existsSync(join(home, path)), `${file}: ${link}`).toBe(true);
      const packed = files.some(
        (entry) =>
          path.startsWith(`${entry}/`) ||
          (entry.endsWith("/*.md") && dirname(path) === dirname(entry)) ||
          path === entry,
      );
      expect(packed, `${file}: ${link}`).toBe(true);
    }
  }
});

test("the requests of the README are answered", async () => {
  const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");
  const path = await writeModel("requests.onnx");
  copyFileSync(path, join(dirname(path), "model.onnx"));
  const server = await createServer([join(dirname(path), "model.onnx")], { log: "silent", watch: 0 });
  try {
    const asked = [...readme.matchAll(/curl localhost:8000(\S+) -H '(\S+): (\S+)' \\\n +-d '([^']+)'/g)];
    expect(asked).toHaveLength(2);
    for (const [, url, name, value, payload] of asked) {
      const answer = await server.inject({
        method: "POST",
        url: url!,
        payload: payload!,
        headers: { [name!]: value! },
      });
      expect(answer.statusCode, answer.body).toBe(200);
    }
  } finally {
    await server.close();
  }
});

test("so does a program on the command line, whose flags are not for the workers", async () => {
  const path = await writeModel("inline.onnx");
  const program = `import { createServer } from "stiffnet-serve";
    const server = await createServer([${JSON.stringify(path)}], { workers: 1, log: "silent", watch: 0 });
    console.log((await server.inject({ url: "/v2/health/ready" })).body);
    await server.close();`;
  const options = { cwd: join(import.meta.dirname, ".."), encoding: "utf8" } as const;
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", program], options);
  expect(printed).toBe('{"ready":true}\n');
});
