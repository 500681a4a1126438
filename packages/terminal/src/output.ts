import { fstatSync, writeFileSync } from "node:fs";

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

/** Lets standard output write all of a text to a file, or fail. If the disk fills up, the system writes a
 *  part, which Node's own stream takes for the whole. */
export function writeAllOutput(): void {
  const { stdout } = process;
  // Without bigint, Node 20 shares the result with its module loader. If this is a pipe, the loader finds no
  // modules.
  const kind = fstatSync(stdout.fd, { bigint: true });
  if (stdout.isTTY || !(kind.isFile() || kind.isCharacterDevice())) return;
  stdout._write = (chunk: Uint8Array, _, done) => {
    writeFileSync(stdout.fd, chunk);
    done();
  };
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
