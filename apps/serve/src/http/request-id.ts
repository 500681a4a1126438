import { randomUUID } from "node:crypto";

/** The client's own name for a request where it is one, else a new one. */
export const requestIdOf = (given: unknown): string =>
  typeof given === "string" && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
