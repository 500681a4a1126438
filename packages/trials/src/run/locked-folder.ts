import { type Stop, stopOnSignals } from "@stiffnet/terminal";
import type { StudyConfig } from "../configuration/config.ts";
import { ResultsFolder } from "./folder.ts";

/** Opens a study's folder and keeps it locked while `body` runs. The first Ctrl-C asks the training to save
 *  and stop; the second, or one after `stop.atOnce()`, ends the process. */
export async function withLockedFolder<T>(
  path: string,
  config: StudyConfig,
  options: { force: boolean },
  body: (folder: ResultsFolder, stop: Stop) => Promise<T>,
): Promise<T> {
  const folder = ResultsFolder.open(path, config, options);
  const stop = stopOnSignals(() => folder.close());
  try {
    return await body(folder, stop);
  } finally {
    stop.letGo();
    folder.close();
  }
}
