export function shutdown(options: {
  readonly path: string;
  readonly connections: number;
  readonly processes?: number;
  readonly lameDuck?: number;
  readonly signal?: "SIGTERM" | "SIGINT";
}): Promise<{
  readonly answered: number;
  readonly lost: number;
  readonly other: number;
  readonly unready: boolean;
  readonly code: number;
}>;
