// The page in a browser, from a server or as a document of its own.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BrowserContext, Page } from "playwright-core";
import { createServer, surrogateHtml } from "../../src/index.ts";
import { launch } from "../browser.ts";
import { folder } from "../service.ts";

export interface Opened {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly address: string;
  /** Errors in the console, and what was thrown. */
  readonly complaints: string[];
  /** Requests to anybody but the page's own server. */
  readonly foreign: string[];
  /** Opens the page with what stands behind #, and waits for its answer. */
  open(hash?: string): Promise<void>;
  close(): Promise<void>;
}

export const kinds = ["a server", "a document of its own"] as const;

/** A document has one model: the first. */
export async function openPage(kind: (typeof kinds)[number], files: readonly string[]): Promise<Opened> {
  const context = await launch();
  const page = context.pages()[0]!;
  const [complaints, foreign]: [string[], string[]] = [[], []];
  const server =
    kind === "a server" ? await createServer(files, { workers: 1, log: "silent", watch: 0 }) : undefined;
  let address = await server?.listen({ port: 0 });
  if (address === undefined) {
    const file = join(folder, "page.html");
    // A name that would end the script element if it were written as it is.
    writeFileSync(file, await surrogateHtml(readFileSync(files[0]!), "</script><b>$& land"));
    address = pathToFileURL(file).href;
  }
  const own = address;
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(own) && !/^(data|blob|about):/.test(request.url()))
      foreign.push(request.url());
  });
  return {
    context,
    page,
    address,
    complaints,
    foreign,
    async open(hash = "") {
      // Another hash alone would not load it anew.
      await page.goto("about:blank");
      await page.goto(`${own}${hash}`);
      await page.locator("#answer", { hasText: /\d/ }).waitFor();
    },
    async close() {
      await context.close();
      await server?.close();
    },
  };
}
