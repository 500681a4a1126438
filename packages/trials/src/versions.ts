import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The version of an installed package, by its package.json. */
export function versionOf(name: string): string {
  const file = fileURLToPath(import.meta.resolve(`${name}/package.json`));
  return JSON.parse(readFileSync(file, "utf8")).version;
}

/** Versions of Node and of the packages that compute. */
export function versions(): Record<string, string> {
  return {
    node: process.versions.node,
    v8: process.versions.v8,
    ...Object.fromEntries(
      ["core", "integrators", "stiffness", "datasets", "onnx", "tfjs"].map((name) => [
        `@stiffnet/${name}`,
        versionOf(`@stiffnet/${name}`),
      ]),
    ),
  };
}
