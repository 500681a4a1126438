import type { Figure } from "./canvas.ts";
import { quoted, type ReportTable } from "./table.ts";

export interface Report {
  readonly title: string;
  /** What the numbers show, in sentences. */
  readonly lead: readonly string[];
  readonly tables: readonly ReportTable[];
  readonly figures: readonly Figure[];
  /** How it was made, as pairs. */
  readonly facts: readonly (readonly [string, string])[];
  /** The command that makes it again. */
  readonly repeat: string;
  /** Plain JSON, shown folded. */
  readonly configuration: unknown;
}

const style = `
:root{color-scheme:light dark;--ground:#fff;--ink:#1c1c1c;--soft:#555;--line:#d5d5d5;--panel:#f6f6f4}
@media (prefers-color-scheme:dark){:root{--ground:#15171a;--ink:#e4e4e4;--soft:#a9adb3;--line:#3a3e44;--panel:#1d2024}}
body{margin:0 auto;max-width:1020px;padding:2.2rem 1.2rem 4rem;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .6rem}h2{font-size:1.15rem;margin:2.4rem 0 .6rem}
.lead{font-size:1.05rem;max-width:72ch}.lead p{margin:.5rem 0}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.92rem}
.wide{overflow-x:auto;margin:0 0 1.6rem}
caption{caption-side:top;text-align:left;color:var(--soft);padding:0 0 .5rem;max-width:80ch}
th,td{padding:.32rem .55rem;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
th:first-child,td:first-child{text-align:left;padding-left:0}thead th{border-bottom:2px solid var(--line);vertical-align:bottom;font-weight:600;white-space:normal}
tbody tr.seed{color:var(--soft);font-style:italic}
figure{margin:0 0 2.2rem;break-inside:avoid}figure>div{display:flex;flex-wrap:wrap;gap:.6rem 1.2rem;align-items:flex-start}
figcaption{color:var(--soft);font-size:.92rem;max-width:80ch;margin-top:.4rem}figcaption b{color:var(--ink)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.2rem;font-size:.92rem;margin:0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
pre,code{font:0.85rem/1.45 ui-monospace,monospace}pre{background:var(--panel);padding:.7rem .9rem;overflow-x:auto;border-radius:4px}
@media print{:root{color-scheme:light;--ground:#fff;--ink:#000;--soft:#333;--line:#bbb;--panel:#f4f4f4}body{max-width:none;padding:0;font-size:11pt}.wide{overflow:visible}table{font-size:7.5pt}th,td{padding:.15rem .3rem}details>*{display:block}}
`.trim();

/** One self-contained page: no script, no request. */
export function reportPage(report: Report): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${escaped(report.title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(report.title)}</h1>
<div class="lead">${report.lead.map((text) => `<p>${escaped(text)}</p>`).join("\n")}</div>
${report.tables.map(table).join("\n")}
<h2>Figures</h2>
${report.figures.map(figure).join("\n")}
<h2>How it was run</h2>
<dl>${report.facts.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join("\n")}</dl>
<h2>To repeat it</h2>
<pre>${escaped(report.repeat)}</pre>
<details><summary>Configuration</summary><pre>${escaped(JSON.stringify(report.configuration, null, 2))}</pre></details>
</body>
</html>
`;
}

function table({ caption, header, rows }: ReportTable): string {
  const row = (cells: readonly string[]): string => {
    const [head = "", ...rest] = cells;
    const kind = head.startsWith(quoted) ? ' class="seed"' : "";
    return `<tr${kind}><td>${escaped(head)}</td>${rest.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`;
  };
  return `<div class="wide"><table><caption>${escaped(caption)}</caption>
<thead><tr>${header.map((name) => `<th scope="col">${escaped(name)}</th>`).join("")}</tr></thead>
<tbody>${rows.map(row).join("\n")}</tbody></table></div>`;
}

function figure({ title, caption, panels }: Figure, index: number): string {
  return `<figure><div>${panels.map((panel) => panel.svg).join("\n")}</div>
<figcaption><b>Figure ${index + 1}. ${escaped(title)}.</b> ${escaped(caption)}</figcaption></figure>`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
