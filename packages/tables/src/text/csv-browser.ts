import { joined } from "./bytes.ts";
import type * as node from "./csv-node.ts";

/** Without streams: splits when all bytes are there. */
export const csvRecords: typeof node.csvRecords = async function* (chunks, options) {
  const { parse } = await import("csv-parse/browser/esm/sync");
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  const text = new TextDecoder().decode(joined(parts));
  type Found = { record: string[]; info: { lines: number } };
  const records = parse(text, { ...options, info: true }) as unknown as Found[];
  for (const { record, info } of records) yield { record, lines: info.lines };
};

export const csvText: typeof node.csvText = async (text, options) =>
  (await import("csv-parse/browser/esm/sync")).parse(text, options);
