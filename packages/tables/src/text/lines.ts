import { fileError } from "../errors.ts";
import { longestRecord } from "./bytes.ts";

/** An array may hold all records of a file. */
const longestArray = 2 ** 28;

/** Lines of UTF-8 text as they come, numbered from 1. Throws where the bytes are not UTF-8 or a line has no
 *  end. */
export async function* textLines(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<{ readonly text: string; readonly line: number }> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  let line = 0;
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch {
      throw fileError(file, "bytes that are not UTF-8, expected text", "not_text", { line: line + 1 });
    }
  };
  for await (const chunk of chunks) {
    // What is left of the chunks before is not looked through again.
    const lines = decode(chunk).split("\n");
    lines[0] = rest + lines[0]!;
    rest = lines.pop()!;
    for (const text of lines) yield { text: text.endsWith("\r") ? text.slice(0, -1) : text, line: ++line };
    if (rest.length > (rest.startsWith("[") ? longestArray : longestRecord)) {
      const what = `longer than ${longestRecord / 2 ** 20} MiB`;
      throw fileError(file, what, "malformed_text", { line: line + 1 });
    }
  }
  rest += decode();
  if (rest !== "") yield { text: rest, line: ++line };
}
