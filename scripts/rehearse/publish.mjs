// A release as the workflow makes it, in a clone of the last commit, to the registry of the rehearsal.
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "./run.mjs";

/** The packages that are published, as their manifests say. */
export function publishedPackages(root) {
  return ["packages", "apps"].flatMap((group) =>
    readdirSync(join(root, group))
      .map((name) => ({ folder: join(group, name), file: join(root, group, name, "package.json") }))
      .filter(({ file }) => existsSync(file))
      .map(({ folder, file }) => ({ folder, ...JSON.parse(readFileSync(file, "utf8")) }))
      .filter((manifest) => !manifest.private),
  );
}

/** Clones the repository with what was built of it, where only ONNX files know a version. */
export async function cloneBuilt(root, clone, env) {
  await must("git", ["clone", "-q", "--local", root, clone], { env });
  await must("pnpm", ["install", "--frozen-lockfile", "--prefer-offline", "--ignore-scripts"], {
    cwd: clone,
    env: { ...env, npm_config_registry: env.UPSTREAM, CI: "true" },
  });
  for (const { folder } of publishedPackages(root)) {
    // npm: the native kernels, where they were cross-compiled.
    for (const made of ["dist", "npm"]) {
      const built = join(root, folder, made);
      if (existsSync(built)) cpSync(built, join(clone, folder, made), { recursive: true });
    }
  }
}

/** `changeset version` and `changeset publish`; `note` adds a change to every package first. */
export async function release(clone, env, note) {
  if (note !== undefined) {
    const names = publishedPackages(clone).map(({ name }) => `"${name}": minor`);
    writeFileSync(join(clone, ".changeset", "next.md"), `---\n${names.join("\n")}\n---\n\n${note}\n`);
  }
  const changeset = join(clone, "node_modules", "@changesets", "cli", "bin.js");
  await must(process.execPath, [changeset, "version"], { cwd: clone, env });
  // The files that it writes name its version.
  await must("pnpm", ["run", "build"], { cwd: join(clone, "packages", "onnx"), env });
  const kernels = join(clone, "packages", "kernels", "scripts", "publish-packages.mjs");
  await must(process.execPath, [kernels], { cwd: clone, env });
  const { seconds } = await must(process.execPath, [changeset, "publish", "--no-git-tag"], {
    cwd: clone,
    env,
  });
  return { seconds, packages: publishedPackages(clone) };
}
