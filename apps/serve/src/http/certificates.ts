import { createSecureContext, type Server as TlsServer } from "node:tls";
import { experimental, type ServerCredentials } from "@grpc/grpc-js";
import { ServeError } from "../errors.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** What its ports speak TLS with; nothing where they do not. */
    readonly certificates?: Certificates;
  }
}

/** A certificate with those that sign it, and its key: PEM. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}

/** What connections begin with, on every port; a new certificate holds for those that begin after it. */
export interface Certificates {
  readonly options: Tls & { readonly minVersion: "TLSv1.2" };
  readonly grpc: ServerCredentials;
  /** A server that is to have later ones too. */
  follow(server: TlsServer): void;
  /** From now on this; one that is none is a `ServeError`, and the old one stays. */
  replace(tls: Tls): void;
}

export function createCertificates(first: Tls): Certificates {
  const minVersion = "TLSv1.2";
  const servers = new Set<TlsServer>();
  const grpc = new Set<experimental.IdentityCertificateUpdateListener>();
  let now = checked(first);
  const identity = () => ({ certificate: Buffer.from(now.cert), privateKey: Buffer.from(now.key) });
  const provider: experimental.CertificateProvider = {
    addIdentityCertificateListener(listener) {
      grpc.add(listener);
      // Once whoever adds it is ready to be told.
      process.nextTick(() => listener(identity()));
    },
    removeIdentityCertificateListener: (listener) => grpc.delete(listener),
    addCaCertificateListener: () => {},
    removeCaCertificateListener: () => {},
  };
  return {
    get options() {
      return { ...now, minVersion } as const;
    },
    // The one that identifies, and nobody to ask clients for theirs: the order is not the one that its type
    // tells.
    grpc: experimental.createCertificateProviderServerCredentials(provider, null, false),
    follow: (server) => servers.add(server),
    replace(tls) {
      now = checked(tls);
      for (const server of servers) server.setSecureContext({ ...now, minVersion });
      for (const listener of grpc) listener(identity());
    },
  };
}

function checked({ cert, key }: Tls): Tls {
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const reason = /mismatch/.test((error as Error).message)
      ? "the key is not that of the certificate"
      : "expected a certificate and its key, without a passphrase, as PEM";
    throw new ServeError(`TLS: ${reason}`, { code: "bad_option" });
  }
  return { cert, key };
}
