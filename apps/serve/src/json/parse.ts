import { isAscii, isUtf8 } from "node:buffer";
import { badRequest } from "../errors.ts";

/** Parses a body strictly: valid UTF-8, one JSON value, no key twice in one object. */
export function parseJson(body: Uint8Array): unknown {
  const text = textOf(body);
  if (text.length === 0) throw badRequest("the body is empty, expected a JSON object");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const hint = /[[,:]\s*-?(NaN|Infinity)/.test(text) ? " (JSON has no NaN and no Infinity)" : "";
    throw badRequest(`the body is not JSON: ${oneLine((error as Error).message)}${hint}`);
  }
  // A repeated key leaves fewer keys in the value than stand in the text.
  if (keysOf(value) !== keysIn(text)) throw badRequest("a key stands twice in one object of the body");
  return value;
}

/** Most bodies are ASCII, which is read several times faster. */
function textOf(body: Uint8Array): string {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (isAscii(buffer)) return buffer.toString("latin1");
  if (!isUtf8(buffer)) throw badRequest("the body is not UTF-8 text");
  return buffer.toString("utf8");
}

const oneLine = (message: string): string => message.replace(/\s+/g, " ").slice(0, 160);

/** Number of keys of all objects of a value. Iterative: a body may nest deeper than the stack. */
function keysOf(root: unknown): number {
  let count = 0;
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (Array.isArray(value)) {
      for (const item of value) if (typeof item === "object" && item !== null) pending.push(item);
    } else if (typeof value === "object" && value !== null) {
      for (const item of Object.values(value)) {
        count++;
        if (typeof item === "object" && item !== null) pending.push(item);
      }
    }
  }
  return count;
}

/** Number of strings of a valid JSON text that are followed by a colon. */
function keysIn(text: string): number {
  let count = 0;
  let at = text.indexOf('"');
  while (at >= 0) {
    let end = at + 1;
    for (let code = text.charCodeAt(end); code !== 34; code = text.charCodeAt(++end)) if (code === 92) end++;
    end++;
    while (text.charCodeAt(end) <= 32) end++;
    if (text.charCodeAt(end) === 58) count++;
    at = text.indexOf('"', end);
  }
  return count;
}

/** How an error names a value of the wrong type. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "string") return `the text ${quoted(value)}`;
  if (typeof value === "object") return "an object";
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
    return "a number too large for float64";
  }
  return String(value);
}

/** User text in an error: one line, not too long. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
