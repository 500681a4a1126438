/** What the command prints. Standard output carries the result, one JSON document with --json; everything
 *  else goes to standard error. */
export interface Output {
  readonly json: boolean;
  /** A part of the result for human readers; nothing with --json. */
  result(text: string): void;
  /** The result as one document; nothing without --json. */
  document(document: object): void;
  /** What happens meanwhile. */
  note(text: string): void;
}

export function createOutput(json: boolean): Output {
  return {
    json,
    result(text) {
      if (!json) process.stdout.write(`${text}\n`);
    },
    document(document) {
      if (json) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    },
    note(text) {
      process.stderr.write(`${text}\n`);
    },
  };
}

/** A reader that has seen enough (`stiffnet ... | head`) is no failure. */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit(process.exitCode ?? 0);
    });
  }
}
