import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Gathered pages with their titles, as the staging wrote them. */
const pages: readonly (readonly [place: string, title: string])[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../generated/sidebar.json"), "utf8"),
);

const under = (folder: string) =>
  pages
    .filter(([place]) => place.startsWith(`${folder}/`) && !place.slice(folder.length + 1).includes("/"))
    .map(([place, text]) => ({ text, link: `/${place}` }));

export const sidebar = [
  {
    text: "Guide",
    items: [
      { text: "Start", link: "/guide/start" },
      { text: "What is stiffness?", link: "/guide/stiffness" },
      { text: "When to use this", link: "/guide/when-to-use" },
      { text: "How to", link: "/guide/how-to" },
      { text: "From Python", link: "/guide/from-python" },
      { text: "From TypeScript", link: "/guide/from-typescript" },
      { text: "Questions", link: "/guide/faq" },
      { text: "Glossary", link: "/guide/glossary" },
    ],
  },
  {
    text: "Playground",
    items: [
      { text: "Train", link: "/playground/train" },
      { text: "Integrate", link: "/playground/integrate" },
    ],
  },
  {
    text: "Learn",
    items: [
      { text: "A tour of the slides", link: "/tour" },
      { text: "Numbers", link: "/numbers" },
      { text: "A neural ODE", link: "/tutorial/neural-ode" },
      { text: "A penalty of your own", link: "/tutorial/penalty" },
      { text: "A solver used alone", link: "/tutorial/solver" },
      { text: "A study on several machines", link: "/tutorial/machines" },
    ],
  },
  {
    text: "Reference",
    items: [
      { text: "Packages", link: "/reference/" },
      { text: "Commands", link: "/reference/commands" },
      { text: "Error codes", link: "/reference/errors" },
      { text: "In a page, without a bundler", link: "/reference/script" },
      ...under("reference"),
    ],
  },
  { text: "API", items: under("reference/api") },
  { text: "Notebooks", items: under("notebooks") },
  { text: "Architecture", link: "/architecture" },
  { text: "Contributing", link: "/contributing" },
  { text: "Security", link: "/security" },
];
