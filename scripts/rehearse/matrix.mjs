// Every package alone in an empty folder, by every package manager, imported by every Node and by strict
// TypeScript.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { each, run } from "./run.mjs";

/** Packages that users install beside a package. */
const beside = { "@stiffnet/tfjs": ["@tensorflow/tfjs"] };

/** A project of a user; npm's bill of materials asks for its name and version. */
const manifest = '{ "name": "user", "version": "1.0.0", "private": true, "type": "module" }\n';

/** Rows of { name, managers: { [manager]: { seconds, nodes: { [version]: "ok" | reason } } }, types }. */
export async function matrix({ folder, packages, managers, tools, atOnce }) {
  const cells = packages.flatMap((name) => Object.keys(managers).map((manager) => ({ name, manager })));
  const done = await each(cells, atOnce, async ({ name, manager }) => {
    const home = join(folder, manager, name.replace("/", "-"));
    mkdirSync(home, { recursive: true });
    const { command, args, env } = managers[manager];
    writeFileSync(join(home, "package.json"), manifest);
    const source = `import * as all from "${name}";\nconst names: readonly string[] = Object.keys(all);\n`;
    writeFileSync(
      join(home, "use.ts"),
      `${source}if (names.length === 0) throw new Error("nothing is exported");\n`,
    );
    writeFileSync(
      join(home, "use.js"),
      `import * as all from "${name}";\nif (Object.keys(all).length === 0) throw 0;\n`,
    );
    // Makes the folder a project, independent of the folders above.
    if (manager === "yarn") writeFileSync(join(home, "yarn.lock"), "");
    const installed = await run(command, [...args, name, ...(beside[name] ?? [])], { cwd: home, env });
    if (installed.code !== 0) return { problem: `install: ${lastLine(installed)}` };
    const versions = {};
    for (const [version, node] of Object.entries(tools.nodes)) {
      const used = await run(node, ["use.js"], { cwd: home, env });
      versions[version] = used.code === 0 ? "ok" : lastLine(used);
    }
    // Types are of the package, not of who installs it.
    const types = manager === "npm" ? await typesOf(home, name, tools, env) : undefined;
    return { seconds: installed.seconds, versions, types };
  });
  return packages.map((name) => ({
    name,
    cells: Object.fromEntries(
      cells.flatMap((cell, i) => (cell.name === name ? [[cell.manager, done[i]]] : [])),
    ),
  }));
}

async function typesOf(home, name, { tsc, types }, env) {
  const options = [
    "--strict",
    "--noEmit",
    "--module",
    "nodenext",
    "--target",
    "es2023",
    "--types",
    "node",
    "--typeRoots",
    types,
    // The types of a package beside may have errors.
    ...(beside[name] ? ["--skipLibCheck"] : []),
  ];
  const { code, stdout } = await run(process.execPath, [tsc, ...options, "use.ts"], { cwd: home, env });
  return code === 0 ? "ok" : stdout.trim().split("\n")[0];
}

function lastLine({ stdout, stderr, code }) {
  const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => /err/i.test(line));
  return (lines[0] ?? `exit ${code}`).trim().slice(0, 160);
}

/** The table of the rows, in Markdown. */
export function matrixTable(rows, nodes) {
  const managers = Object.keys(rows[0].cells);
  const versions = Object.keys(nodes);
  const notes = [];
  const cell = ({ problem, versions: seen, seconds }) => {
    if (problem) {
      notes.push(problem);
      return `no (${notes.length})`;
    }
    const failed = versions.filter((version) => seen[version] !== "ok");
    for (const version of failed) notes.push(`Node ${version}: ${seen[version]}`);
    return failed.length === 0
      ? `ok, ${seconds.toFixed(1)} s`
      : `not on ${failed.join(", ")} (${notes.length})`;
  };
  const lines = rows.map(({ name, cells }) => {
    const installed = managers.map((manager) => cell(cells[manager]));
    const types = cells.npm?.types ?? "not installed by npm";
    if (types !== "ok") notes.push(`types of ${name}: ${types}`);
    return `| \`${name}\` | ${installed.join(" | ")} | ${types === "ok" ? "ok" : `no (${notes.length})`} |`;
  });
  return {
    failures: notes.length,
    text: [
      `| package | ${managers.join(" | ")} | strict TypeScript |`,
      `| --- |${" --- |".repeat(managers.length + 1)}`,
      ...lines,
      "",
      ...notes.map((note, i) => `${i + 1}. ${note}`),
    ].join("\n"),
  };
}
