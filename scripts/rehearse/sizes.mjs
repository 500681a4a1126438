// Sizes of a package: its tarball, unpacked, and with all dependencies.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Bytes of the files below a folder. */
export function bytesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

/** [{ name, tarball, unpacked, installed }] in bytes. */
export async function sizes(packages, registry, folder) {
  return Promise.all(
    packages.map(async (name) => {
      const { versions, "dist-tags": tags } = await (
        await fetch(`${registry}${name.replace("/", "%2f")}`)
      ).json();
      const { tarball } = versions[tags.latest].dist;
      const packed = (await (await fetch(tarball)).arrayBuffer()).byteLength;
      const home = join(folder, "npm", name.replace("/", "-"), "node_modules");
      return { name, tarball: packed, unpacked: bytesBelow(join(home, name)), installed: bytesBelow(home) };
    }),
  );
}
