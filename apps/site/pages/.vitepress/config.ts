import { join } from "node:path";
import { lookVariables } from "@stiffnet/terminal";
import { defineConfig } from "vitepress";
import { sidebar } from "./sidebar.ts";

export default defineConfig({
  title: "stiffnet",
  description:
    "Residual networks and neural ODEs: trained, their stiffness measured and penalised, shipped as ONNX",
  srcDir: "../generated",
  outDir: "../dist",
  cacheDir: "../node_modules/.cache/vitepress",
  // A host may serve the site below its root: /stiffnet/.
  base: process.env.SITE_BASE ?? "/",
  lastUpdated: false,
  cleanUrls: false,
  head: [
    ["link", { rel: "icon", href: "data:," }],
    // Code that an address brings computes, and reaches nobody.
    [
      "meta",
      {
        "http-equiv": "Content-Security-Policy",
        content: "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'",
      },
    ],
    ["style", {}, `:root{${lookVariables("light")}}.dark{${lookVariables("dark")}}`],
  ],
  markdown: {
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    config: (markdown) => {
      const whole = markdown.renderer.rules.code_inline!;
      markdown.renderer.rules.code_inline = (tokens, at, ...others) => {
        // A name or an option is not broken at its hyphens.
        if (/^\S{1,24}$/.test(tokens[at]!.content)) tokens[at]!.attrJoin("class", "short");
        return whole(tokens, at, ...others);
      };
    },
  },
  themeConfig: {
    search: {
      provider: "local",
      options: {
        miniSearch: {
          searchOptions: {
            // Answers to questions come before lists of names.
            boostDocument: (id: string) =>
              id.includes("/guide/") ? 3 : id.includes("/playground/") ? 2 : id.includes("/api/") ? 0.1 : 1,
          },
        },
      },
    },
    nav: [
      { text: "Train", link: "/playground/train" },
      { text: "Integrate", link: "/playground/integrate" },
      { text: "Tour", link: "/tour" },
      { text: "Numbers", link: "/numbers" },
      { text: "Guide", link: "/guide/start" },
      { text: "Reference", link: "/reference/" },
    ],
    sidebar,
    outline: { level: [2, 3] },
  },
  vite: {
    resolve: {
      conditions: ["@stiffnet/source"],
      // The page of the HTML export, as it is built.
      alias: { "#page": join(import.meta.dirname, "../../../serve/dist/page-files.js") },
    },
    worker: { format: "es" },
    build: { chunkSizeWarningLimit: 3000, target: "es2022" },
  },
});
