import { ServeError } from "../errors.ts";
import type { Tls } from "../http/certificates.ts";
import { textOf } from "./text-of.ts";

/** The files of --tls-cert and --tls-key; nothing without them. */
export async function readTls(flags: { tlsCert?: string; tlsKey?: string }): Promise<Tls | undefined> {
  const { tlsCert, tlsKey } = flags;
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new ServeError("--tls-cert and --tls-key belong together, expected both", { code: "bad_option" });
  }
  return { cert: await textOf("--tls-cert", tlsCert), key: await textOf("--tls-key", tlsKey) };
}
