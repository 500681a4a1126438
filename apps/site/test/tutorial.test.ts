import { execFile, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runReadme } from "../../../scripts/snippet.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const work = join(root, "apps/site/node_modules/.cache", `tutorial-${process.pid}`);
const programs: Readonly<Record<string, string>> = {
  stiffnet: join(root, "apps/bench/bin/stiffnet.js"),
  "stiffnet-serve": join(root, "apps/serve/bin/stiffnet-serve.js"),
};

const page = (name: string): string => readFileSync(join(root, `apps/site/pages/${name}.md`), "utf8");
/** The lines of a page's sh blocks, word by word. */
const commandsOf = (name: string): string[] =>
  [...page(name).matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) => block!.trim().split("\n"));

/** Runs `npx NAME ...` as it is built here; what it printed. */
async function run(command: string): Promise<string> {
  const [npx, name, ...words] = command.split(" ");
  expect(npx).toBe("npx");
  const { stdout } = await promisify(execFile)(process.execPath, [programs[name!]!, ...words], { cwd: work });
  return stdout;
}

beforeAll(() => mkdirSync(work, { recursive: true }));
afterAll(() => rmSync(work, { recursive: true, force: true }));

it.each([
  ["neural-ode", ["finished true", "true"]],
  ["penalty", ["true"]],
  ["solver", ["finished 0.71583", "stiff", /use auto\(\), rodas5P or radauIIA5/, "finished"]],
])("the program of %s", async (name, printed) => {
  const lines = await runReadme(import.meta.url, `pages/tutorial/${name}.md`);
  expect(lines).toHaveLength(printed.length);
  for (const [k, line] of printed.entries()) expect(lines[k]).toMatch(line);
});

it("from a table to a service: makes it, describes it, trains, serves and is answered", async () => {
  const [describe, train, serve, ask] = commandsOf("tutorial/surrogate");
  const made = await runReadme(import.meta.url, "pages/tutorial/surrogate.md", work);
  expect(made).toEqual(["wrote ensemble.csv"]);
  expect(await run(describe!)).toContain("300 rows");
  expect(await run(train!)).toContain("explains");
  const [, name, ...words] = serve!.split(" ");
  const service = spawn(process.execPath, [programs[name!]!, ...words, "--port", "0", "--json"], {
    cwd: work,
  });
  try {
    const lines = createInterface({ input: service.stdout });
    const document = await new Promise<string>((resolve) => lines.once("line", resolve));
    const { url } = JSON.parse(document);
    const [, path, body] = /127\.0\.0\.1:8000(\S+) -H 'content-type: application\/json' -d '(.*)'$/.exec(
      ask!,
    )!;
    const answer = await fetch(new URL(path!, url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: body!,
    });
    expect(answer.status).toBe(200);
    const { outputs } = (await answer.json()) as { outputs: unknown[] };
    expect(outputs[0]).toMatchObject({ name: "outputs", data: [expect.any(Number)] });
  } finally {
    service.kill();
  }
});

it("the parts of a study end as the whole", async () => {
  const printed = [];
  for (const command of commandsOf("tutorial/machines")) printed.push(await run(command));
  const digest = (text: string | undefined) => /digest ([0-9a-f]{64})/.exec(text ?? "")?.[1];
  expect(digest(printed[2])).toBeDefined();
  expect(digest(printed[3])).toBe(digest(printed[2]));
});
