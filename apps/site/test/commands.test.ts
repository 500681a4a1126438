import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { siteServer } from "../scripts/serve.mjs";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const generated = join(root, "apps/site/generated");
const pages = readdirSync(generated, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".md"),
);
const textOf = (name: string): string => readFileSync(join(generated, name), "utf8");

/** The help of every command, by its name. */
const helps = new Map(
  [
    ...textOf(join("reference", "commands.md")).matchAll(/^###? (stiffnet.*)\n\n```text\n([\s\S]*?)```/gm),
  ].map(([, name, help]) => [name!, help!] as const),
);
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** The lines of the shell's blocks in all pages, joined where one goes on in the next, without comments. */
const lines = pages.flatMap((page) =>
  [...textOf(page).matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    block!
      .replaceAll(/\\\n\s*/g, " ")
      .split("\n")
      .map((line) => ({ page, line: line.replace(/(^|\s)#.*$/, "").trim() }))
      .filter(({ line }) => line !== ""),
  ),
);

/** The fault of a command of the project. Undefined for a right command, and for other programs. */
function faultOf(line: string): string | undefined {
  const [, program, rest = ""] =
    /^(?:npx )?(stiffnet|stiffnet-bench|stiffnet-serve)(?: (.*))?$/.exec(line) ?? [];
  if (program !== undefined) {
    const [word = ""] = rest.split(" ");
    const named = helps.has(`${program} ${word}`) ? `${program} ${word}` : program;
    if (program !== "stiffnet-serve" && /^[a-z]/.test(word) && named === program) return `no command ${word}`;
    const options = rest.split(/[|>]/)[0]!.match(/(?<=^|\s)--[a-z][\w-]*/g) ?? [];
    const unknown = options.filter((option) => !new RegExp(`${option}\\b(?!-)`).test(helps.get(named)!));
    return unknown.length > 0 ? `no option ${unknown.join(", ")}` : undefined;
  }
  const [, file] = /^node ((?:apps|packages|scripts)\/\S+)/.exec(line) ?? [];
  if (file !== undefined) return existsSync(join(root, file)) ? undefined : `no file ${file}`;
  const [, script] = /^npm run (\S+)/.exec(line) ?? [];
  return script === undefined || script in scripts ? undefined : `no script ${script}`;
}

describe("the command lines of the site", () => {
  it("name commands, options, files and scripts that there are", () => {
    const ours = lines.filter(({ line }) => /^(?:npx )?stiffnet|^node |^npm run /.test(line));
    expect(ours.length).toBeGreaterThan(30);
    const faults = ours.map(({ page, line }) => ({ page, line, fault: faultOf(line) }));
    expect(faults.filter(({ fault }) => fault !== undefined)).toEqual([]);
  });

  it.each([
    ["npx stiffnet stduy", "no command stduy"],
    ["npx stiffnet-bench study --trails 3", "no option --trails"],
    ["stiffnet-serve model.onnx --prot 1", "no option --prot"],
    ["node apps/bench/scripts/none.mjs", "no file apps/bench/scripts/none.mjs"],
    ["npm run none", "no script none"],
  ])("%s would be found out", (line, fault) => {
    expect(faultOf(line)).toBe(fault);
  });
});

describe("the reference", () => {
  const sources = ["packages", "apps", "scripts"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(?:ts|mjs)$/.test(name) && !/node_modules|dist|generated|test\//.test(name))
      .map((name) => readFileSync(join(root, folder, name), "utf8")),
  );

  it("has every variable of the environment that a program reads", () => {
    const page = textOf(join("reference", "environment.md"));
    const read = sources.flatMap((text) =>
      [...text.matchAll(/(?:env\.|wanted\("|= ")(STIFFNET_[A-Z_]+)/g)].map(([, name]) => name!),
    );
    expect(read.length).toBeGreaterThan(5);
    expect([...new Set(read)].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it("has the codes of errors, with the packages that throw them", () => {
    const page = textOf(join("reference", "errors.md"));
    expect(page).toMatch(/\| `bad_option` \| .*datasets.*serve.*tables/);
    expect(page.match(/^\| `[a-z_]+` \|/gm)!.length).toBeGreaterThan(40);
  });
});

describe("npm run site", () => {
  const serving = (...words: string[]) =>
    promisify(execFile)(process.execPath, [join(root, "apps/site/scripts/serve.mjs"), ...words]);

  it("explains itself, and refuses in one line what it cannot do", async () => {
    expect((await serving("--help")).stdout).toContain("npm run site -- [--port <number>]");
    for (const [words, complaint] of [
      [["--prot", "1"], "site: Unknown option '--prot'"],
      [["--port", "http"], "site: --port has 'http', expected a number from 0 to 65535"],
    ] as const)
      await expect(serving(...words)).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringContaining(complaint),
      });
  });

  it("says before it builds that the port is taken, and answers any address", async () => {
    const server = siteServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await expect(serving("--port", `${port}`)).rejects.toMatchObject({
      stderr: `site: port ${port} is taken: npm run site -- --port 0 takes one that is free\n`,
    });
    for (const path of ["no-such-page", "%E0%A4%A", "..%2f..%2fpackage.json", "%00"]) {
      const { status, headers } = await fetch(`http://127.0.0.1:${port}/${path}`);
      expect([path, status, headers.get("content-type")]).toEqual([path, 404, "text/html; charset=utf-8"]);
    }
    server.close();
  });
});
