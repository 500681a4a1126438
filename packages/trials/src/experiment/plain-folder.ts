import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ensureFolder, refuseToReplace, writeJson } from "@stiffnet/base/files";
import { BenchError } from "@stiffnet/terminal";

/** Opens the results folder of an experiment. A folder of the same command is overwritten; a folder of
 *  another command is refused. Returns where its files lie. */
export function openPlainFolder(
  folder: string,
  config: { readonly command: string },
): { folder: string; config: string; report: string; summary: string } {
  for (const name of ["config.json", "figures", "report.html", "summary.json", "tables"]) {
    refuseToReplace(join(folder, name));
  }
  ensureFolder(folder);
  const file = join(folder, "config.json");
  if (!existsSync(file)) {
    // A report empties them first.
    const foreign = ["figures", "tables"].find((name) => existsSync(join(folder, name)));
    if (foreign !== undefined) {
      throw new BenchError(
        `${folder}: the folder holds '${foreign}' but no study, expected an empty folder or one with a study; choose another --out`,
      );
    }
  } else {
    const held = commandIn(file);
    if (held !== config.command) {
      throw new BenchError(
        `${folder}: holds a study of '${held}', expected none or one of '${config.command}'; choose another --out`,
      );
    }
  }
  writeJson(file, config);
  return { folder, config: file, report: join(folder, "report.html"), summary: join(folder, "summary.json") };
}

function commandIn(file: string): unknown {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { command?: unknown } | null)?.command;
  } catch {
    throw new BenchError(`${file}: not the configuration of a study (broken JSON); choose another --out`);
  }
}
