import { createSecureContext } from "node:tls";
import { ServeError } from "../errors.ts";

/** A certificate with those that sign it, and its key: PEM. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}

/** Certificate and key of every port. */
export function tlsOptions({ cert, key }: Tls): Tls & { readonly minVersion: "TLSv1.2" } {
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const reason = /mismatch/.test((error as Error).message)
      ? "the key does not belong to the certificate"
      : "expected a certificate and its key, without a passphrase, as PEM";
    throw new ServeError(`TLS: ${reason}`, { code: "bad_option" });
  }
  return { cert, key, minVersion: "TLSv1.2" };
}
