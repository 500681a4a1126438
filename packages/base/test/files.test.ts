import { execFileSync } from "node:child_process";
import { lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renameOver, writeAside, writeWhole } from "@stiffnet/base/files";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stiffnet-files-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a file is the old one until the new one is whole, and nothing stays beside it", async () => {
  const path = join(folder, "a.txt");
  await writeFile(path, "old");
  const failing = writeAside(path, async (aside) => {
    await writeFile(aside, "ne");
    throw new Error("disk full");
  });
  await expect(failing).rejects.toThrow("disk full");
  expect([await readdir(folder), await readFile(path, "utf8")]).toEqual([["a.txt"], "old"]);
  await writeAside(path, (aside) => writeFile(aside, "new"));
  expect([await readdir(folder), await readFile(path, "utf8")]).toEqual([["a.txt"], "new"]);
});

test("a file that another program holds, as on Windows, is tried again; other errors are not", () => {
  let calls = 0;
  const held = (code: string, times: number) => () => {
    if (calls++ < times) throw Object.assign(new Error(code), { code });
  };
  renameOver("aside", "path", [1, 1, 1], held("EPERM", 3));
  expect(calls).toBe(4);
  calls = 0;
  expect(() => renameOver("aside", "path", [1, 1], held("EBUSY", 3))).toThrow("EBUSY");
  calls = 0;
  expect(() => renameOver("aside", "path", [1, 1], held("ENOSPC", 1))).toThrow("ENOSPC");
  expect(calls).toBe(1);
});

test.skipIf(process.platform === "win32")("a pipe is refused, and a link stays one", async () => {
  const [pipe, toPipe] = [join(folder, "pipe"), join(folder, "to-pipe")];
  execFileSync("sh", ["-c", `mkfifo "$0"`, pipe]);
  await symlink(pipe, toPipe);
  for (const path of [pipe, toPipe]) {
    expect(() => writeWhole(path, "text")).toThrow(
      `${path}: is a device or a pipe, expected a file or a folder`,
    );
    await expect(writeAside(path, (aside) => writeFile(aside, "text"))).rejects.toThrow("is a device");
  }
  const [path, link] = [join(folder, "a.txt"), join(folder, "link.txt")];
  await writeFile(path, "old");
  await symlink(path, link);
  writeWhole(link, "new");
  expect([(await lstat(link)).isSymbolicLink(), await readFile(path, "utf8")]).toEqual([true, "new"]);
  await writeAside(link, (aside) => writeFile(aside, "newer"));
  expect([(await lstat(link)).isSymbolicLink(), await readFile(path, "utf8")]).toEqual([true, "newer"]);
});
