import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renameOver, writeAside } from "@stiffnet/base/files";
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
