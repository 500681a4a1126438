// The packages of an installed command: npm's own bill of materials, with licences.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "./run.mjs";

/** Writes NAME.cdx.json (CycloneDX) of each of the commands, installed by npm below `folder`; returns
 *  { name, components, licences: [[licence, how many], ...] } of each. */
export async function billsOfMaterials({ names, folder, target, env }) {
  mkdirSync(target, { recursive: true });
  return Promise.all(
    names.map(async (name) => {
      const { stdout } = await must("npm", ["sbom", "--sbom-format", "cyclonedx", "--omit", "dev"], {
        cwd: join(folder, "npm", name.replace("/", "-")),
        env,
      });
      writeFileSync(join(target, `${name.replace("/", "-")}.cdx.json`), stdout);
      const { components } = JSON.parse(stdout);
      const counts = new Map();
      for (const { licenses } of components) {
        const licence = licenses?.map(({ license, expression }) => expression ?? license.id ?? license.name);
        const key = licence?.join(" and ") ?? "not said";
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      return { name, components: components.length, licences: [...counts].sort((a, b) => b[1] - a[1]) };
    }),
  );
}

export function billsTable(bills) {
  return [
    "| command | packages | licences |",
    "| --- | --- | --- |",
    ...bills.map(
      ({ name, components, licences }) =>
        `| \`${name}\` | ${components} | ${licences.map(([licence, n]) => `${licence} ${n}`).join(", ")} |`,
    ),
  ].join("\n");
}
