import { isAscii, isUtf8 } from "node:buffer";
import { badRequest } from "../errors.ts";

/** Limits of a body. JSON.parse takes seconds for megabytes of keys or of empty arrays, and the server
 *  answers no other request meanwhile. */
const most = { keys: 10_000, arraysAndObjects: 100_000, depth: 64, digits: 1000 };

/** Parses a body strictly: valid UTF-8, one JSON value, no key twice in one object. */
export function parseJson(body: Uint8Array): unknown {
  if (body.length === 0) throw badRequest("the body is empty, expected a JSON object");
  const keys = countKeys(body);
  const text = textOf(body);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const hint = /[[,:]\s*-?(NaN|Infinity)/.test(text) ? " (JSON has no NaN and no Infinity)" : "";
    throw badRequest(`the body is not JSON: ${oneLine((error as Error).message)}${hint}`);
  }
  // A repeated key leaves fewer keys in the value than stand in the text.
  if (keysOf(value) !== keys) throw badRequest("an object of the body has the same key twice");
  return value;
}

const [quote, backslash, colon, zero, nine] = [34, 92, 58, 48, 57];
const opening = new Uint8Array(256);
const closing = new Uint8Array(256);
for (const bracket of "[{") opening[bracket.charCodeAt(0)] = 1;
for (const bracket of "]}") closing[bracket.charCodeAt(0)] = 1;

/** The number of keys of a valid JSON text: of its colons that stand in no string. Refuses what is too much
 *  of anything. */
function countKeys(body: Uint8Array): number {
  let [keys, opened, depth, digits] = [0, 0, 0, 0];
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]!;
    // A number of millions of digits takes seconds to read.
    digits = byte >= zero && byte <= nine ? digits + 1 : 0;
    if (digits > most.digits) throw badRequest(`the body has a number of more than ${most.digits} digits`);
    if (byte === quote) {
      for (at++; at < body.length && body[at] !== quote; at++) if (body[at] === backslash) at++;
    } else if (byte === colon) {
      if (++keys > most.keys) throw badRequest(`the body has more than ${most.keys} keys`);
    } else if (opening[byte] === 1) {
      if (++opened > most.arraysAndObjects)
        throw badRequest(
          `the body has more than ${most.arraysAndObjects} arrays and objects (data may be flat)`,
        );
      if (++depth > most.depth) throw badRequest(`the body is nested more than ${most.depth} deep`);
    } else if (closing[byte] === 1) {
      depth--;
    }
  }
  return keys;
}

/** Most bodies are ASCII, which is read several times faster. */
function textOf(body: Uint8Array): string {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (isAscii(buffer)) return buffer.toString("latin1");
  if (!isUtf8(buffer)) throw badRequest("the body is not UTF-8 text");
  return buffer.toString("utf8");
}

const oneLine = (message: string): string => message.replace(/\s+/g, " ").slice(0, 160);

/** Number of keys of all objects of a value. */
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
