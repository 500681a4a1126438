import type { Batch, OutputTensor } from "../src/inference/batch.ts";

export interface Sessions {
  load(key: string, bytes: Uint8Array): Promise<void>;
  unload(key: string): Promise<void>;
  run(batch: Pick<Batch, "key" | "rows" | "dims" | "outputs">): Promise<OutputTensor[]>;
}
export function createSessions(): Sessions;
