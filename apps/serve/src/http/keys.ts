import { createHash, timingSafeEqual } from "node:crypto";
import { HttpError } from "../errors.ts";

/** The keys that clients must present; without any, everybody may ask. */
export interface Keys {
  /** Throws 401 unless one of the headers carries a key. */
  check(apiKey: string | undefined, authorization: string | undefined): void;
  /** From now on these. */
  replace(keys: readonly string[]): void;
}

/** Compares digests, all of them, in a time that does not depend on how much of a key is right. */
export function createKeys(keys: readonly string[]): Keys {
  let digests = keys.map(digestOf);
  return {
    check(apiKey, authorization) {
      if (digests.length === 0) return;
      const given = apiKey ?? /^Bearer (.+)$/i.exec(authorization ?? "")?.[1];
      const digest = digestOf(given ?? "");
      let matches = 0;
      for (const key of digests) matches += timingSafeEqual(key, digest) ? 1 : 0;
      if (given !== undefined && matches > 0) return;
      const problem = given === undefined ? "the API key is missing" : "the API key is not known";
      throw new HttpError(401, `${problem}, expected Authorization: Bearer KEY or X-API-Key: KEY`, {
        "www-authenticate": "Bearer",
      });
    },
    replace(next) {
      digests = next.map(digestOf);
    },
  };
}

const digestOf = (key: string): Buffer => createHash("sha256").update(key).digest();
