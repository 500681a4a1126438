import { TableError } from "../errors.ts";

/** Up to this many bytes of numbers any file may declare. */
const harmless = 2 ** 26;

/** Refuses a part of a file that would grow to more than `ratio` times its stored bytes, before it does:
 *  numbers do not compress like that, and the memory is not there. `what` names the file and the part. */
export function refuseBomb(what: string, file: string, stored: number, grown: number, ratio: number): void {
  if (grown <= harmless || grown <= ratio * stored) return;
  throw new TableError(
    `${what}: ${stored} bytes declare ${grown} bytes, expected at most ${ratio} times as many`,
    { code: "zip_bomb", place: { file } },
  );
}
