import { pageStyle } from "./page-style.ts";
import { quoted, type ReportTable } from "./table.ts";

/** One SVG. */
export interface Panel {
  /** File name without its ending. */
  readonly name: string;
  readonly svg: string;
}

/** A numbered figure of the report: panels side by side under one caption. */
export interface Figure {
  readonly title: string;
  readonly caption: string;
  readonly panels: readonly Panel[];
}

export interface Report {
  readonly title: string;
  /** Sentences about the numbers. The first sentence answers the title's question. */
  readonly lead: readonly string[];
  /** The first one opens the page. */
  readonly tables: readonly ReportTable[];
  /** The first ones, up to two panels of them, open the page. */
  readonly figures: readonly Figure[];
  /** How it was made, as pairs. */
  readonly facts: readonly (readonly [string, string])[];
  /** The command that makes it again. */
  readonly repeat: string;
  /** Plain JSON, shown folded. */
  readonly configuration: unknown;
}

interface Section {
  readonly id: string;
  readonly title: string;
  readonly html: string;
}

/** One self-contained page: no script, no request. The answer, the table and the figures that show it fit
 *  on a first screen; all else comes after, tables folded. */
export function reportPage(report: Report): string {
  const [answer = "", ...lead] = report.lead;
  const [main, ...tables] = report.tables;
  const figures = report.figures.map((one, k) => ({ one, number: k + 1, html: figure(one, k + 1) }));
  const opening = openingCount(report.figures);
  const sections: Section[] = [
    { id: "shown", title: "What it shows", html: lead.map((text) => `<p>${prose(text)}</p>`).join("\n") },
    {
      id: "figures",
      title: "Figures",
      html: figures
        .slice(opening)
        .map(({ html }) => html)
        .join("\n"),
    },
    { id: "tables", title: "Tables", html: tables.map(foldedTable).join("\n") },
    { id: "run", title: "How it was run", html: howItWasRun(report) },
  ].filter(({ html }) => html !== "");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${escaped(report.title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<header>
<h1>${escaped(report.title)}</h1>
<nav aria-label="Contents">${sections.map(({ id, title }) => `<a href="#${id}">${title}</a>`).join("\n")}</nav>
</header>
<main>
<p class="answer">${prose(answer)}</p>
${main === undefined ? "" : openTable(main)}
<div class="opening">${figures
    .slice(0, opening)
    .map(({ html }) => html)
    .join("\n")}</div>
${sections.map(({ id, title, html }) => `<section id="${id}"><h2>${title}</h2>\n${html}</section>`).join("\n")}
</main>
</body>
</html>
`;
}

/** The first figures up to about two panels. A figure with many panels opens the page only if it is the only
 *  figure. */
function openingCount(figures: readonly Figure[]): number {
  const [first, second] = figures;
  if (first === undefined) return 0;
  return first.panels.length === 1 && second?.panels.length === 1 ? 2 : 1;
}

function openTable(shown: ReportTable): string {
  const { rows, caption } = shown;
  return `<figure class="table">${tableBody(shown)}
<details><summary>What the columns are${rows.some(isQuoted) ? ", and where the rows of the slides come from" : ""}</summary>
<p>${escaped(caption)}</p></details></figure>`;
}

/** Its caption stays visible. */
function foldedTable(shown: ReportTable): string {
  return `<details class="table"><summary>${escaped(shown.caption)}</summary>\n${tableBody(shown)}</details>`;
}

function tableBody({ caption, header, rows }: ReportTable): string {
  const row = (cells: readonly string[]): string => {
    const [head = "", ...rest] = cells;
    const kind = isQuoted(cells) ? ' class="seed"' : "";
    return `<tr${kind}><th scope="row">${escaped(head)}</th>${rest.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`;
  };
  const [label = ""] = caption.split(/[.:](?=\s|$)/);
  return `<div class="wide" role="region" tabindex="0" aria-label="${escaped(label)}"><table>
<thead><tr>${header.map((name) => `<th scope="col">${escaped(name)}</th>`).join("")}</tr></thead>
<tbody>${rows.map(row).join("\n")}</tbody></table></div>`;
}

function isQuoted([head = ""]: readonly string[]): boolean {
  return head.startsWith(quoted);
}

function figure({ title, caption, panels }: Figure, number: number): string {
  // A part of a picture has no role, and so no name.
  const drawn = panels.map(({ svg }) => svg.replaceAll(/(<(?!svg\b)[a-z]+[^>]*?) aria-label="[^"]*"/g, "$1"));
  return `<figure><div>${drawn.join("\n")}</div>
<figcaption><b>Figure ${number}. ${escaped(title)}.</b> ${escaped(caption)}</figcaption></figure>`;
}

function howItWasRun({ facts, repeat, configuration }: Report): string {
  return `<dl>${facts.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join("\n")}</dl>
<p>To repeat it:</p>
<pre tabindex="0">${escaped(repeat)}</pre>
<details><summary>Configuration</summary><pre tabindex="0">${escaped(JSON.stringify(configuration, null, 2))}</pre></details>`;
}

/** A line does not break within an option. */
function prose(text: string): string {
  return escaped(text).replaceAll(/(?<![\w-])--[a-z][a-z-]*/g, "<code>$&</code>");
}

/** Text for HTML and XML. */
export function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
