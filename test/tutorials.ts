import { execFile, execFileSync, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { needs, programOf } from "../scripts/needs.ts";

const pages = new URL("../apps/site/pages/tutorial/", import.meta.url);
const guide = new URL("../docs/guide/", import.meta.url);

/** The blocks of a page in a language. */
function blocks(name: string, language: "ts" | "js" | "sh" | "python"): string[] {
  const text = readFileSync(new URL(`${name}.md`, name === "start" ? guide : pages), "utf8");
  return [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)].flatMap(([, of, block]) =>
    of === language ? [block!] : [],
  );
}

const commandsOf = (name: string): string[] =>
  blocks(name, "sh").flatMap((block) => block.trim().split("\n"));

/** Packages that a reader of the tutorials installs. */
export const tutorialPackages: readonly string[] = [
  "stiffnet",
  "stiffnet-serve",
  "@stiffnet/bench",
  ...["core", "datasets", "integrators", "stiffness"].map((name) => `@stiffnet/${name}`),
];

/** Runs the tutorials as a reader would, in a folder that has `tutorialPackages` in it. */
export function describeTutorials(folder: string): void {
  describe("the tutorials, with the packages as they are packed", () => tutorialTests(folder));
}

function tutorialTests(folder: string): void {
  /** Runs the ts blocks of a page as one program and returns its output lines. */
  function program(name: string): string[] {
    const { outputText } = ts.transpileModule(blocks(name, "ts").join("\n"), {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    });
    writeFileSync(join(folder, `${name}.js`), outputText);
    const printed = execFileSync(process.execPath, [`${name}.js`], { cwd: folder, encoding: "utf8" });
    return printed.trim().split("\n");
  }

  /** `npx NAME ...` as it is found there. */
  function found(command: string): [program: string, words: string[]] {
    const [npx, name, ...words] = command.split(" ");
    expect(npx).toBe("npx");
    return [join(folder, "node_modules", ".bin", name!), words];
  }

  async function run(command: string, env: Record<string, string> = {}): Promise<string> {
    const options = { cwd: folder, env: { ...process.env, ...env } };
    return (await promisify(execFile)(...found(command), options)).stdout;
  }

  it.each([
    ["neural-ode", ["finished true", "true"]],
    ["penalty", ["true"]],
    ["solver", ["finished 0.71583", "stiff", /use auto\(\), rodas5P or radau/, "finished"]],
  ])("the program of %s", (name, expected) => {
    const lines = program(name);
    expect(lines).toHaveLength(expected.length);
    for (const [k, line] of expected.entries()) expect(lines[k]).toMatch(line);
  });

  it("start: makes a table, describes it, trains with defaults, predicts, serves and is answered", async () => {
    const commands = commandsOf("start").filter((command) => command.startsWith("npx "));
    const [look, train, predict, serve] = commands;
    const [make, ask] = blocks("start", "js");
    writeFileSync(join(folder, "make.mjs"), make!);
    execFileSync(process.execPath, ["make.mjs"], { cwd: folder });
    expect(await run(look!)).toContain("300 rows");
    // Two networks stand for the eight.
    expect(await run(`${train} --trials 2`)).toContain("explains");
    expect((await run(predict!)).split("\n").length).toBeGreaterThan(300);
    await served(serve!, async (url) => {
      const [value] = await answerOf(process.execPath, "ask.mjs", ask!, url);
      // sin(0.5) + 7 sin(1)^2 + 0.1 (-0.5)^4 sin(0.5), as near as the surrogate is.
      expect(Math.abs(value! - 5.439)).toBeLessThan(0.5);
    });
  });

  it("start: is answered in Python as well", needs("python"), async () => {
    const serve = commandsOf("start").find((command) => command.startsWith("npx stiffnet-serve"));
    const ask = blocks("start", "python").find((block) => block.includes("urllib"));
    await served(serve!, async (url) => {
      expect(await answerOf(programOf("python")!, "ask.py", ask!, url)).toEqual([expect.any(Number)]);
    });
  });

  /** While the command serves. */
  async function served(command: string, use: (url: string) => Promise<void>): Promise<void> {
    const [server, words] = found(command);
    const service = spawn(server, [...words, "--port", "0", "--json"], { cwd: folder });
    try {
      const lines = createInterface({ input: service.stdout });
      const document = await new Promise<string>((resolve) => lines.once("line", resolve));
      await use(JSON.parse(document).url);
    } finally {
      service.kill();
    }
  }

  /** Output of a client of the page. */
  async function answerOf(program: string, file: string, client: string, url: string): Promise<number[]> {
    writeFileSync(join(folder, file), client.replace("http://127.0.0.1:8000", url));
    return JSON.parse((await promisify(execFile)(program, [file], { cwd: folder })).stdout);
  }

  it("the parts of a study end as the whole", async () => {
    const printed = [];
    // The training above has drawn PNG files.
    for (const command of commandsOf("machines")) printed.push(await run(command, { STIFFNET_NO_PNG: "1" }));
    const digest = (text: string | undefined) => /checksum ([0-9a-f]{64})/.exec(text ?? "")?.[1];
    expect(digest(printed[2])).toBeDefined();
    expect(digest(printed[3])).toBe(digest(printed[2]));
  });
}
