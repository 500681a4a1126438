import * as Plot from "@observablehq/plot";
import { describe, expect, it } from "vitest";
import { drawSvg, seriesColour } from "../src/canvas.ts";
import { hoverPoints } from "../src/hover.ts";
import { pngRenderer } from "../src/png.ts";
import { csvOf, latexOf, markdownOf } from "../src/table.ts";

const table = {
  caption: 'R² of 95 % & more: |l1| < 2 "in all"',
  header: ["model", "a_b, c"],
  rows: [
    ['RES "x", 1', "1.5"],
    ["RES | *L2*\nthird", "–"],
  ],
};

describe("tables as files", () => {
  it("quotes what CSV would take apart", () => {
    expect(csvOf(table)).toBe('model,"a_b, c"\r\n"RES ""x"", 1",1.5\r\n"RES | *L2*\nthird",–\r\n');
  });

  it("escapes what Markdown would read", () => {
    expect(markdownOf(table).split("\n")).toEqual([
      'R² of 95 % & more: \\|l1\\| \\< 2 "in all"',
      "",
      "| model | a\\_b, c |",
      "| --- | --: |",
      '| RES "x", 1 | 1.5 |',
      "| RES \\| \\*L2\\* third | – |",
      "",
    ]);
  });

  it("escapes what LaTeX would read", () => {
    const text = latexOf(table);
    expect(text).toContain(
      "\\caption{R\\textsuperscript{2} of 95 \\% \\& more: \\textbar{}l1\\textbar{} \\textless{} 2 ''in all''}",
    );
    expect(text).toContain("model & a\\_b, c \\\\\n\\hline\nRES ''x'', 1 & 1.5 \\\\");
    expect(text).toContain("RES \\textbar{} *L2* third & -- \\\\");
    expect(latexOf({ ...table, caption: "\\{}$#~^" })).toContain(
      "\\caption{\\textbackslash{}\\{\\}\\$\\#\\textasciitilde{}\\textasciicircum{}}",
    );
    expect(text).toContain("\\begin{tabular}{lr}");
  });
});

describe("panels", () => {
  const draw = () =>
    drawSvg("panel", "a label", {
      width: 100,
      height: 60,
      marks: [
        Plot.line(
          [
            [0, 0.123456],
            [1, 1],
          ],
          { stroke: seriesColour(1) },
        ),
        Plot.text(["λ 10⁻³"], { frameAnchor: "middle" }),
      ],
    });

  it("are the same each time, with coordinates to a tenth", () => {
    expect(draw()).toEqual(draw());
    const path = draw().svg.match(/ d="([^"]*)"/)![1]!;
    for (const number of path.match(/\d+(\.\d+)?/g)!) expect(number).toMatch(/^\d+(\.\d)?$/);
  });

  it("become PNGs with text, in the colours of a light page, whatever fonts the system has", async () => {
    const png = await pngRenderer();
    const { svg } = draw();
    const image = png(svg);
    expect([...image.subarray(1, 4)].map((byte) => String.fromCharCode(byte)).join("")).toBe("PNG");
    const size = new DataView(image.buffer, image.byteOffset + 16, 8);
    expect([size.getUint32(0), size.getUint32(4)]).toEqual([200, 120]);
    expect(png(svg)).toEqual(image);
    // Both the colour and the text show.
    expect(png(svg.replaceAll("--series-2)", "--series-3)"))).not.toEqual(image);
    expect(png(svg.replace("10⁻³", "10⁻²"))).not.toEqual(image);
  });

  it("are XML whatever signs the names of columns have", async () => {
    const name = 'P&L <script> "λ"\u0007\u001b\u0085\u00a0\ud800\uffff\n';
    const marks = [hoverPoints([{ x: 1, y: 2, name }], { x: name, y: name }), Plot.text([name])];
    const { svg } = drawSvg("panel", name, { x: { label: name }, marks });
    expect(svg).toContain('aria-label="P&amp;L &lt;script&gt; &quot;λ&quot;\ufffd');
    expect(svg).not.toContain("<script");
    expect((await pngRenderer())(svg).length).toBeGreaterThan(100);
  });
});
