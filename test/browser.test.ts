import { isBuiltin } from "node:module";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { expect, it } from "vitest";

const packages = fileURLToPath(new URL("../packages/", import.meta.url));

it.each(["base", "preparation", "tables", "datasets", "integrators", "kernels", "core", "stiffness", "onnx"])(
  "%s is bundled for a browser, and asks for nothing of Node",
  async (name) => {
    const asked: string[] = [];
    const build = await rolldown({
      input: `${packages}${name}/src/index.ts`,
      platform: "browser",
      resolve: { conditionNames: ["browser", "@stiffnet/source", "import", "module", "default"] },
      logLevel: "silent",
      plugins: [
        {
          name: "builtins",
          async resolveId(id, importer) {
            if (!isBuiltin(id)) return null;
            // Packages may say in their manifest what stands for it in a browser.
            const instead = await this.resolve(id, importer, { skipSelf: true });
            if (instead && !instead.external && !isBuiltin(instead.id)) return instead;
            asked.push(`${id} by ${importer?.replace(/^.*node_modules\//, "")}`);
            return { id, external: true };
          },
        },
      ],
    });
    const { output } = await build.generate({ format: "es" });
    await build.close();
    const missing = output.flatMap((chunk) =>
      chunk.type === "chunk" ? [...chunk.imports, ...chunk.dynamicImports] : [],
    );
    expect(asked).toEqual([]);
    expect(missing.filter((file) => !output.some(({ fileName }) => fileName === file))).toEqual([]);
  },
);
