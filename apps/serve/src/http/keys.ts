import { createHash, timingSafeEqual } from "node:crypto";
import { HttpError } from "../errors.ts";

/** The keys that clients must present; without any, everybody may ask. Each key may have a name behind it:
 *  "KEY NAME". Compares digests, all of them, in a time that does not depend on how much of a key is
 *  right. */
export function createKeys(keys: readonly string[]) {
  let known = keys.map(read);
  return {
    /** Throws 401 unless one of the headers carries a key; returns the key's name, where it has one. */
    check(apiKey: string | undefined, authorization: string | undefined): string | undefined {
      if (known.length === 0) return undefined;
      const given = apiKey ?? /^Bearer (.+)$/i.exec(authorization ?? "")?.[1];
      const digest = digestOf(given ?? "");
      const matches = known.filter((key) => timingSafeEqual(key.digest, digest));
      if (given !== undefined && matches[0]) return matches[0].name;
      const problem = given === undefined ? "the API key is missing" : "the API key is not known";
      throw new HttpError(401, `${problem}, expected Authorization: Bearer KEY or X-API-Key: KEY`, {
        "www-authenticate": "Bearer",
      });
    },
    replace(next: readonly string[]): void {
      known = next.map(read);
    },
  };
}

function read(line: string): { readonly digest: Buffer; readonly name: string | undefined } {
  const [key, ...words] = line.trim().split(/\s/);
  return { digest: digestOf(key!), name: words.length > 0 ? words.join(" ") : undefined };
}

const digestOf = (key: string): Buffer => createHash("sha256").update(key).digest();
