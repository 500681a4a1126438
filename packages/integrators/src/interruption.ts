/** Ends a run in the middle of a step. */
export class Interruption extends Error {}

/** Asked by work inside of a step that may take long; undefined where nothing limits it. */
let check: (() => void) | undefined;

/** Lets a limit end the step: work that may take seconds calls it from time to time. */
export function poll(): void {
  check?.();
}

/** Does work whose polls ask `limit`, which throws an `Interruption` where it is reached. Runs may be nested:
 *  f may solve a problem of its own. */
export function limited<T>(limit: (() => void) | undefined, work: () => T): T {
  const before = check;
  check = limit ?? before;
  try {
    return work();
  } finally {
    check = before;
  }
}
