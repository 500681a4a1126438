/** Prints a message on standard error. Standard output carries the result only. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
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

let called: readonly string[] = ["stiffnet"];

/** Remembers the command line: reports say how they are made again, complaints who complains. */
export function callAs(words: readonly string[]): void {
  called = words;
}

/** The program's name and what followed it. */
export function calledAs(): readonly string[] {
  return called;
}
