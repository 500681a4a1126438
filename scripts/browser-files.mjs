// Bundles packages for pages without a bundler. Every entry becomes an ES module with all its dependencies,
// except our other packages, which an import map resolves.
//
//   node ../../scripts/browser-files.mjs    in a package's folder, after tsc: writes its dist/browser
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const packages = join(dirname(fileURLToPath(import.meta.url)), "..", "packages");

/** The entries of each package, by the names of their files in dist. */
export const browserEntries = {
  base: ["index"],
  kernels: ["index", "unchecked"],
  integrators: ["index", "fixed-step", "problems", "tableaus"],
  autodiff: ["index"],
  preparation: ["index"],
  tables: ["index"],
  datasets: ["index"],
  uncertainty: ["index"],
  core: ["index"],
  stiffness: ["index"],
  onnx: ["index"],
};

/** The import map of a page; `at` is where the packages lie. */
export function importMap(at = "./node_modules/@stiffnet/") {
  const imports = Object.entries(browserEntries).flatMap(([name, entries]) =>
    entries.map((entry) => [
      entry === "index" ? `@stiffnet/${name}` : `@stiffnet/${name}/${entry}`,
      `${at}${name}/dist/browser/${entry}.js`,
    ]),
  );
  return { imports: Object.fromEntries(imports) };
}

/** Bytes of each package's files as they are built, and as a server sends them under gzip. */
export function browserSizes() {
  return Object.keys(browserEntries).map((name) => {
    const dist = join(packages, name, "dist");
    const files = readdirSync(join(dist, "browser")).map((file) => join(dist, "browser", file));
    const texts = [
      ...files,
      ...kept.filter((file) => name === file.package).map(({ path }) => join(dist, path)),
    ];
    const bytes = texts.map((file) => readFileSync(file));
    const sum = (of) => bytes.reduce((total, one) => total + of(one), 0);
    return {
      name: `@stiffnet/${name}`,
      raw: sum((one) => one.length),
      gzip: sum((one) => gzipSync(one).length),
    };
  });
}

/** The kernels are most of their package: the page loads the file that Node loads. */
const kept = [{ package: "kernels", path: "generated/wasm.js" }];

async function write(name) {
  const { rolldown } = await import("rolldown");
  const dist = join(packages, name, "dist");
  const build = await rolldown({
    input: Object.fromEntries(browserEntries[name].map((entry) => [entry, join(dist, `${entry}.js`)])),
    platform: "browser",
    resolve: { conditionNames: ["browser", "import", "module", "default"] },
    external: /^@stiffnet\//,
    logLevel: "silent",
    plugins: [
      {
        name: "kept",
        async resolveId(id, importer) {
          if (isBuiltin(id) && !(await this.resolve(id, importer, { skipSelf: true })))
            throw new Error(`${name}: asks for ${id}, which a browser has not`);
          const own = kept.find(({ path }) => id.startsWith(".") && id.endsWith(`/${basename(path)}`));
          return own ? { id: `../${own.path}`, external: true } : null;
        },
      },
    ],
  });
  rmSync(join(dist, "browser"), { recursive: true, force: true });
  await build.write({ dir: join(dist, "browser"), format: "es", minify: true, chunkFileNames: "[name].js" });
  await build.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await write(basename(process.cwd()));
