import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = (name: string): string => readFileSync(join(root, "packages", name, "README.md"), "utf8");
const names = readdirSync(join(root, "packages")).filter((name) =>
  existsSync(join(root, "packages", name, "README.md")),
);
const blocksOf = (name: string): string =>
  [...readme(name).matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block).join("\n");

describe("the READMEs of the packages", () => {
  // A package manager that does not hoist shows a program only what it installed itself.
  it.each(names)("%s: what is to be installed has all that the examples import", (name) => {
    const installed = /^npm install (.*)$/m.exec(readme(name))?.[1]?.split(" ");
    const imported = [...blocksOf(name).matchAll(/from "(@stiffnet\/\w+)/g)].map(([, from]) => from);
    if (installed !== undefined) expect(installed).toEqual(expect.arrayContaining(imported));
  });

  it.each(["preparation", "uncertainty", "onnx"])("%s: all codes of errors are told", (name) => {
    const source = join(root, "packages", name, "src");
    const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".ts"),
    );
    const codes = files.flatMap((file) =>
      [...readFileSync(join(source, file), "utf8").matchAll(/code: "(\w+)"/g)].map(
        ([, code]) => `\`${code}\``,
      ),
    );
    expect(codes.filter((code) => !readme(name).includes(code))).toEqual([]);
  });

  it("have examples that TypeScript accepts", () => {
    const options: ts.CompilerOptions = {
      strict: true,
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2023,
      customConditions: ["@stiffnet/source"],
      types: ["node"],
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      noEmit: true,
    };
    const examples = new Map(
      names.map((name) => [join(root, "packages", name, "readme.ts"), blocksOf(name)]),
    );
    const host = ts.createCompilerHost(options);
    const { fileExists, getSourceFile } = host;
    host.fileExists = (file) => examples.has(file) || fileExists(file);
    host.getSourceFile = (file, target) =>
      examples.has(file)
        ? ts.createSourceFile(file, `${examples.get(file)}\nexport {};`, target)
        : getSourceFile(file, target);
    const program = ts.createProgram([...examples.keys()], options, host);
    const complaints = [...examples.keys()].flatMap((file) => {
      const source = program.getSourceFile(file)!;
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    });
    expect(ts.formatDiagnostics(complaints, host)).toBe("");
  });
});
