// Gathers what the site shows: its own pages, the READMEs and notebooks where they lie in the repository, and
// pages made from the commands' own --help. Links between them are turned to where they stand in the site.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { sample, testFunction } from "@stiffnet/datasets";
import { browserSizes, importMap } from "../../../scripts/browser-files.mjs";
import { writeApi } from "./api.mjs";
import { numbersPage, numbersSource } from "./numbers.mjs";

const site = join(dirname(fileURLToPath(import.meta.url)), "..");
const root = join(site, "..", "..");
const target = join(site, "generated");

/** Each document's place in the site, without its ending, in the order of the sidebar. */
const documents = [
  ...folders("packages").map((name) => [`packages/${name}/README.md`, `reference/${name}`]),
  ...["stiffnet", "serve", "bench"].map((name) => [`apps/${name}/README.md`, `reference/${name}`]),
  ...["packages", "apps"].flatMap((group) =>
    folders(group).flatMap((name) =>
      markdownIn(`${group}/${name}/docs`).map((file) => [
        `${group}/${name}/docs/${file}`,
        `notebooks/${name}-${file.replace(/\.md$/, "")}`,
      ]),
    ),
  ),
  ...markdownIn("docs/reference").map((file) => [
    `docs/reference/${file}`,
    `reference/${file.replace(/\.md$/, "")}`,
  ]),
  ...markdownIn("docs/guide").map((file) => [`docs/guide/${file}`, `guide/${file.replace(/\.md$/, "")}`]),
  ["docs/research/stiffness/spectral-radius.md", "notebooks/spectral-radius"],
  ["docs/research/stiffness/proxies.md", "notebooks/proxies"],
  ["docs/research/penalties.md", "notebooks/penalties"],
  ["docs/research/follow-up/README.md", "notebooks/the-follow-up"],
  ["docs/research/follow-up/results.md", "notebooks/the-follow-up-answered"],
  ["docs/research/follow-up/plan.md", "notebooks/the-follow-up-planned"],
  ["docs/research/integrators/speed.md", "notebooks/integrators-speed"],
  ["docs/research/step/README.md", "notebooks/step"],
  ["docs/research/cost/README.md", "notebooks/cost"],
  ["docs/research/study/README.md", "notebooks/the-study"],
  ["docs/research/question/README.md", "notebooks/the-question"],
  ["docs/research/question/results.md", "notebooks/the-question-answered"],
  ["docs/research/question/plan.md", "notebooks/the-question-planned"],
  ["docs/release/platforms.md", "reference/platforms"],
  ["docs/release/rehearsal.md", "reference/release"],
  ["docs/architecture.md", "architecture"],
  ["CONTRIBUTING.md", "contributing"],
  ["SECURITY.md", "security"],
];
const ownPages = walk(join(site, "pages"))
  .filter((file) => file.endsWith(".md") && !file.includes(".vitepress"))
  .map((file) => relative(join(site, "pages"), file).replaceAll("\\", "/"))
  .map((name) => [`apps/site/pages/${name}`, name.replace(/\.md$/, "")]);
const places = new Map([...documents, ...ownPages]);

export async function stage() {
  rmSync(target, { recursive: true, force: true });
  for (const file of walk(join(site, "pages"))) {
    if (file.includes(".vitepress")) continue;
    const name = relative(join(site, "pages"), file).replaceAll("\\", "/");
    const place = name.replace(/\.md$/, "");
    if (place !== name)
      write(name, relinked(filled(readFileSync(file, "utf8")), `apps/site/pages/${name}`, place));
    else copy(file, name);
  }
  for (const [source, place] of documents) {
    const text = readFileSync(join(root, source), "utf8");
    write(`${place}.md`, relinked(text, source, place));
  }
  write("numbers.md", relinked(numbersPage(), numbersSource, "numbers"));
  const api = await writeApi(join(target, "reference", "api"));
  for (const [source, place] of packageDocuments()) {
    const { name } = manifestOf(source);
    const own = api.filter((entry) => entry.package === name);
    const links = own.map(({ title, name: page }) => `[API of \`${title}\`](./api/${page}.md)`);
    if (links.length > 0) append(`${place}.md`, `\n## API\n\n${links.join(", ")}\n`);
  }
  copy(join(root, "docs/research/study/report.html"), "public/study-report.html");
  write("public/explorer.html", await explorer());
  write("reference/commands.md", commands());
  write("reference/index.md", packagesPage());
  write("reference/errors.md", errorsPage());
  writeFileSync(
    join(target, "sidebar.json"),
    JSON.stringify([
      ...documents.map(([, place]) => [place, titleOf(place)]),
      ...api.map(({ name, title }) => [`reference/api/${name}`, title]),
    ]),
  );
}

/** Links to files of the repository become links to their pages. Without a page only the words stay. */
function relinked(text, source, place) {
  return outsideCode(text, (part) =>
    part
      .replaceAll(/(!?)\[((?:[^\][]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g, (whole, image, words, address) => {
        if (/^(?:[a-z]+:|#)/i.test(address)) return whole;
        const [path, anchor] = address.split("#");
        const file = posix.normalize(posix.join(posix.dirname(source), path));
        const found = [file, `${file.replace(/\/$/, "")}/README.md`].find((name) => places.has(name));
        if (found) {
          const to = posix.relative(posix.dirname(place), places.get(found));
          return `[${words}](${to.startsWith(".") ? to : `./${to}`}.md${anchor ? `#${anchor}` : ""})`;
        }
        // Pages of the site's own, and what is made for it.
        if (source.startsWith("apps/site/") && file.startsWith("apps/site/pages/")) return whole;
        if (!existsSync(join(root, file))) throw new Error(`${source}: ${address} is not there`);
        if (file === "docs/research/study/report.html")
          return `[${words}](/study-report.html){target="_self"}`;
        return image ? `![${words}](${picture(file)})` : words;
      })
      .replaceAll(
        /(<img[^>]*?\ssrc=")([^":]+)"/g,
        (_, before, address) =>
          `${before}${picture(posix.normalize(posix.join(posix.dirname(source), address)))}"`,
      ),
  );
}

/** The page of a served surrogate, with a small one that is trained here: it computes without a service. So
 *  few rows keep the Gaussian process, which 'train' compares with, from taking most of the time. */
async function explorer() {
  const out = mkdtempSync(join(tmpdir(), "stiffnet-explorer-"));
  const { inputNames, outputNames, train } = sample(testFunction("borehole"), { train: 500, seed: 1 });
  const names = [...inputNames, ...outputNames];
  const rows = Array.from({ length: train.count }, (_, row) => [
    ...rowOf(train.inputs, row, inputNames.length),
    ...rowOf(train.outputs, row, outputNames.length),
  ]);
  const table = join(out, "borehole.csv");
  writeFileSync(table, [names, ...rows].map((row) => `${row.join(",")}\n`).join(""));
  const options = "--inputs 1-8 --outputs 9 --model network --trials 4 --width 16 --epochs 240".split(" ");
  const results = join(out, "results");
  execFileSync(
    process.execPath,
    [join(root, "apps/stiffnet/bin/stiffnet.js"), "train", table, ...options, "--out", results],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const { surrogateHtml } = await import("stiffnet-serve/html");
  const page = await surrogateHtml(readFileSync(join(results, "model.onnx")), "Flow through a borehole");
  rmSync(out, { recursive: true });
  return page;
}

const rowOf = (values, row, columns) => values.subarray(row * columns, (row + 1) * columns);

/** A picture of the repository's, under a name that says where it is from. */
function picture(file) {
  const name = `images/${file.replace(/^docs\/images\//, "").replaceAll("/", "-")}`;
  copy(join(root, file), `public/${name}`);
  return `/${name}`;
}

/** Changes the text between fenced blocks. */
function outsideCode(text, change) {
  return text
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part, k) => (k % 2 === 0 ? change(part) : part))
    .join("");
}

/** Every command of both programs, as it describes itself. */
function commands() {
  const programs = [
    ["stiffnet", join(root, "apps/stiffnet/bin/stiffnet.js")],
    ["stiffnet-bench", join(root, "apps/bench/bin/stiffnet-bench.js")],
    ["stiffnet-serve", join(root, "apps/serve/bin/stiffnet-serve.js")],
  ];
  const parts = programs.flatMap(([name, file]) => {
    const own = help(file, []);
    // Commands are listed in groups; the service has arguments instead.
    const listed = name === "stiffnet-serve" ? "" : own;
    const names = [...listed.matchAll(/^ {2}([a-z][\w-]*)(?= |$)/gm)]
      .map(([, word]) => word)
      .filter((word) => word !== "help");
    return [
      `## ${name}\n\n\`\`\`text\n${own}\`\`\`\n`,
      ...names.map((word) => `### ${name} ${word}\n\n\`\`\`text\n${help(file, [word])}\`\`\`\n`),
    ];
  });
  return `# Commands\n\nWhat each command says of itself with \`--help\`.\n\n${parts.join("\n")}`;
}

/** The whole help, where a command shows only the common options at first. */
function help(file, words) {
  const said = (flag) =>
    execFileSync(process.execPath, [file, ...words, flag], {
      encoding: "utf8",
      env: { ...process.env, COLUMNS: "74" },
    });
  const common = said("--help");
  return `${(common.includes("--help-all") ? said("--help-all") : common).trimEnd()}\n`;
}

/** Fills in facts about built files. */
function filled(text) {
  return text
    .replace("<!-- import map -->", () => JSON.stringify(importMap(), null, 2))
    .replace("<!-- sizes -->", () => {
      const kilobytes = (bytes) => Math.round(bytes / 100) / 10;
      const lines = browserSizes().map(
        ({ name, raw, gzip }) => `| \`${name}\` | ${kilobytes(raw)} | ${kilobytes(gzip)} |`,
      );
      return `| package | kB | kB under gzip |\n| --- | ---: | ---: |\n${lines.join("\n")}`;
    });
}

const packageDocuments = () =>
  documents.filter(([source]) => /^(?:packages|apps)\/[^/]+\/README\.md$/.test(source));

const manifestOf = (source) => JSON.parse(readFileSync(join(root, dirname(source), "package.json"), "utf8"));

function packagesPage() {
  const lines = packageDocuments().map(([source, place]) => {
    const { name, description } = manifestOf(source);
    return `| [\`${name}\`](./${posix.basename(place)}.md) | ${description} |`;
  });
  return `# Packages and commands\n\nEach package can be installed alone. The commands are in [one list](./commands.md).\n\n| package | what it is for |\n| --- | --- |\n${lines.join("\n")}\n`;
}

/** The codes of errors, from the sources that throw them. */
function errorsPage() {
  const thrown = new Map();
  for (const group of ["packages", "apps"]) {
    for (const name of folders(group).filter((folder) => existsSync(join(root, group, folder, "src")))) {
      for (const file of walk(join(root, group, name, "src")).filter((path) => path.endsWith(".ts"))) {
        for (const [, code] of readFileSync(file, "utf8").matchAll(/\bcode: "([a-z]+(?:_[a-z]+)+)"/g))
          thrown.set(code, (thrown.get(code) ?? new Set()).add(name));
      }
    }
  }
  const lines = [...thrown].sort().map(([code, from]) => `| \`${code}\` | ${[...from].sort().join(", ")} |`);
  return `# Error codes

Misuse and input that cannot be used throw an error with a stable \`code\`. Its message is one line: who complains, what was given, and
what was expected. The errors of all packages but the integrators extend \`StiffnetError\` of \`@stiffnet/base\`. A numerical failure is
not an error: it is a \`status\` in the result.

| code | thrown by |
| --- | --- |
${lines.join("\n")}
`;
}

function titleOf(place) {
  const text = readFileSync(join(target, `${place}.md`), "utf8");
  return (/^# (.+)$/m.exec(text)?.[1] ?? place).replaceAll("`", "");
}

function append(name, text) {
  write(name, `${readFileSync(join(target, name), "utf8")}${text}`);
}

function write(name, text) {
  const file = join(target, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function copy(from, name) {
  mkdirSync(dirname(join(target, name)), { recursive: true });
  cpSync(from, join(target, name));
}

function folders(group) {
  return readdirSync(join(root, group)).filter((name) => existsSync(join(root, group, name, "README.md")));
}

function markdownIn(folder) {
  return existsSync(join(root, folder))
    ? readdirSync(join(root, folder)).filter((name) => name.endsWith(".md"))
    : [];
}

function walk(folder) {
  return readdirSync(folder).flatMap((name) => {
    const file = join(folder, name);
    return statSync(file).isDirectory() ? walk(file) : [file];
  });
}
