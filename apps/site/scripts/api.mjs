// The API reference: a page for each public entry of each package, made by typedoc from the sources. Made
// again only where a source has changed.
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { publishedPackages } from "../../../scripts/rehearse/publish.mjs";

const site = join(dirname(fileURLToPath(import.meta.url)), "..");
const root = join(site, "..", "..");
const cache = join(site, "node_modules", ".cache", "api");

/** [{ title, name, source }]: what is imported, the page's name, and the file that it is made of. */
function entries() {
  return publishedPackages(root).flatMap(({ folder, name, exports: exported = {} }) =>
    Object.entries(exported).flatMap(([path, { "@stiffnet/source": file } = {}]) => {
      if (!file) return [];
      const title = path === "." ? name : `${name}${path.slice(1)}`;
      return [
        {
          title,
          package: name,
          name: title.replace("@stiffnet/", "").replace("/", "-"),
          source: join(root, folder, file),
        },
      ];
    }),
  );
}

/** Writes the pages into a folder; what there is of them. */
export async function writeApi(target) {
  const all = entries();
  const made = join(cache, digestOf(all));
  if (!existsSync(made)) await make(all, made);
  cpSync(made, target, { recursive: true });
  return all;
}

async function make(all, folder) {
  const { Application } = await import("typedoc");
  const aside = `${folder}.${process.pid}`;
  const app = await Application.bootstrapWithPlugins({
    entryPoints: all.map(({ source }) => source),
    tsconfig: join(site, "tsconfig.api.json"),
    plugin: ["typedoc-plugin-markdown"],
    outputs: [{ name: "markdown", path: aside }],
    readme: "none",
    router: "module",
    name: "API",
    logLevel: "Warn",
    // Only named exports belong to the interface. Another script checks the types.
    skipErrorChecking: true,
    validation: false,
    disableSources: true,
    excludePrivate: true,
    excludeExternals: true,
    groupOrder: ["Functions", "Classes", "Interfaces", "Type Aliases", "Variables"],
    excludeInternal: true,
    hidePageHeader: true,
    hideBreadcrumbs: true,
    hidePageTitle: true,
    useCodeBlocks: true,
    useCustomAnchors: true,
    customAnchorsFormat: "curlyBrace",
    parametersFormat: "table",
    interfacePropertiesFormat: "table",
    propertyMembersFormat: "table",
    typeDeclarationFormat: "table",
    entryFileName: "index",
  });
  const project = await app.convert();
  if (!project) throw new Error("typedoc: no project");
  for (const module of project.children ?? []) {
    module.name = all.find(({ source }) => modulePath(source) === module.name).name;
  }
  await app.generateOutputs(project);
  rmSync(join(aside, "index.md"), { force: true });
  for (const { name, title } of all) {
    const file = join(aside, `${name}.md`);
    writeFileSync(file, `---\noutline: [2, 3]\n---\n\n# API of ${title}\n\n${readFileSync(file, "utf8")}`);
  }
  for (const old of readdirSync(cache)) {
    if (join(cache, old) !== aside) rmSync(join(cache, old), { recursive: true, force: true });
  }
  renameSync(aside, folder);
}

/** Typedoc's name of a file's module. */
function modulePath(source) {
  return relative(root, source).replace(/(?:\/index)?\.ts$/, "");
}

/** Checksum of all sources and of this script. */
function digestOf(all) {
  const hash = createHash("sha256").update(readFileSync(fileURLToPath(import.meta.url)));
  const roots = [
    ...new Set(all.map(({ source }) => join(root, source.slice(root.length + 1).split("/src/")[0], "src"))),
  ];
  for (const folder of roots.sort()) {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".ts"),
    );
    for (const file of files.sort()) hash.update(file).update(readFileSync(join(folder, file)));
  }
  return hash.digest("hex").slice(0, 16);
}
