export interface FuzzResult {
  readonly count: number;
  /** Valid requests that were answered with the right numbers. */
  readonly right: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly problems: readonly Readonly<Record<string, unknown>>[];
}
export function fuzz(options: {
  readonly url: string;
  /** HOST:PORT of its gRPC side, where that is to be asked too. */
  readonly grpcAddress?: string;
  readonly count: number;
  readonly seed?: number;
  readonly onProgress?: (done: number) => void | Promise<void>;
}): Promise<FuzzResult>;
