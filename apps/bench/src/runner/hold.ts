import { interruptedCode, onSignals } from "../signals.ts";
import type { StudyConfig } from "./config.ts";
import { ResultsFolder } from "./folder.ts";

interface Hold {
  /** Aborted when the user asks the training to stop. */
  readonly signal: AbortSignal;
  /** To be called when the training is over: from then on a signal ends the process at once. */
  readonly trained: () => void;
}

/** Opens a study's folder and keeps it while `body` runs. The first Ctrl-C asks the training to save and
 *  stop; the second, or one after the training, ends the process. */
export async function holdFolder<T>(
  path: string,
  config: StudyConfig,
  options: { force: boolean },
  body: (folder: ResultsFolder, hold: Hold) => Promise<T>,
): Promise<T> {
  const folder = ResultsFolder.open(path, config, options);
  const stop = new AbortController();
  let training = true;
  const onSignal = (): void => {
    if (training && !stop.signal.aborted) {
      stop.abort();
      return;
    }
    // All is saved, or the user insists.
    folder.close();
    process.exit(interruptedCode);
  };
  const letGo = onSignals(onSignal);
  try {
    return await body(folder, {
      signal: stop.signal,
      trained() {
        training = false;
      },
    });
  } finally {
    letGo();
    folder.close();
  }
}
