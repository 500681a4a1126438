import { createSecureContext, type Server as TlsServer } from "node:tls";
import { experimental, type ServerCredentials } from "@grpc/grpc-js";
import { ServeError } from "../errors.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** Undefined without TLS. */
    readonly certificates?: Certificates;
  }
}

/** A certificate with those that sign it, and its key: PEM. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}

export type Certificates = ReturnType<typeof createCertificates>;

/** Certificate and key of every port. A new certificate serves only new connections. */
export function createCertificates(first: Tls) {
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
  // First the provider of our certificate, then that of clients' authorities: the types name them in
  // another order.
  const credentials: ServerCredentials = experimental.createCertificateProviderServerCredentials(
    provider,
    null,
    false,
  );
  return {
    get options() {
      return { ...now, minVersion } as const;
    },
    grpc: credentials,
    /** A server that is to have later ones too. */
    follow: (server: TlsServer) => servers.add(server),
    /** Uses a new certificate. A wrong one is a `ServeError`, and the old one stays. */
    replace(tls: Tls): void {
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
      ? "the key does not belong to the certificate"
      : "expected a certificate and its key, without a passphrase, as PEM";
    throw new ServeError(`TLS: ${reason}`, { code: "bad_option" });
  }
  return { cert, key };
}
