// Figures as SVG elements: axes, lines with a band, maps, points in the complex plane.

const namespace = "http://www.w3.org/2000/svg";

/** svg("line", { x1: 0 }, child...) */
function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

/** Six digits at most, with an exponent where that is shorter. */
export function shown(x) {
  if (x !== 0 && (Math.abs(x) < 1e-4 || Math.abs(x) >= 1e7)) return x.toExponential(4).replace(/\.?0+e/, "e");
  return String(Number(x.toPrecision(6)));
}

/** Round numbers between low and high. */
function ticks(low, high, count = 5) {
  const raw = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((k) => k * power).find((candidate) => candidate >= raw * 0.999);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) found.push(k * step);
  return found;
}

const size = { height: 340, left: 78, top: 14, bottom: 48 };

/** Narrower on a phone, where a wide figure would be scaled until nobody can read it. */
const fullWidth = () => (document.documentElement.clientWidth < 640 ? 420 : 640);

/** A figure with axes; `at.x` and `at.y` map numbers to places. */
function frame({ title, x, y, xLabel, yLabel, logarithmic = false, square = false, right = 16 }) {
  const { left, top, bottom, height } = size;
  const width = square ? height + left - top - bottom + right : fullWidth();
  const scale = (from, [low, high], start, end) => start + ((from - low) / (high - low || 1)) * (end - start);
  const yMap = logarithmic ? Math.log10 : (v) => v;
  const yRange = y.map(yMap);
  const at = {
    x: (v) => scale(v, x, left, width - right),
    y: (v) => scale(yMap(v), yRange, height - bottom, top),
  };
  const figure = svg("svg", {
    viewBox: `0 0 ${width} ${height}`,
    role: "img",
    "aria-label": title,
    class: "figure",
  });
  for (const tick of ticks(...x)) {
    figure.append(
      svg("line", { x1: at.x(tick), x2: at.x(tick), y1: top, y2: height - bottom, class: "grid" }),
      svg("text", { x: at.x(tick), y: height - bottom + 18, "text-anchor": "middle" }, shown(tick)),
    );
  }
  const decades = ticks(Math.ceil(yRange[0]), Math.floor(yRange[1]), 6).filter(Number.isInteger);
  for (const tick of logarithmic ? decades.map((k) => 10 ** k) : ticks(...y)) {
    figure.append(
      svg("line", { x1: left, x2: width - right, y1: at.y(tick), y2: at.y(tick), class: "grid" }),
      svg(
        "text",
        { x: left - 8, y: at.y(tick) + 4, "text-anchor": "end" },
        logarithmic ? tick.toExponential(0) : shown(tick),
      ),
    );
  }
  figure.append(
    svg(
      "text",
      { x: (left + width - right) / 2, y: height - 8, "text-anchor": "middle", class: "label" },
      xLabel,
    ),
    svg(
      "text",
      {
        transform: `translate(14 ${(height - bottom + top) / 2}) rotate(-90)`,
        "text-anchor": "middle",
        class: "label",
      },
      yLabel,
    ),
  );
  return { figure, at, width };
}

/** Widened a little, so that no line runs along the edge. */
function rangeOf(values, margin = 0.06) {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  const extra = (high - low) * margin || Math.abs(high) * 0.05 || 1;
  return [low - extra, high + extra];
}

const path = (xs, ys, at) =>
  xs.map((x, k) => `${k === 0 ? "M" : "L"}${at.x(x).toFixed(2)} ${at.y(ys[k]).toFixed(2)}`).join("");

/** Lines [{ name, x, y, low?, high? }], low and high being a band about y; `mark` is a point { x, y }. */
export function linePlot({ title, lines, mark, xLabel, yLabel, logarithmic }) {
  const values = lines.flatMap(({ y, low = [], high = [] }) => [...y, ...low, ...high]);
  const x = rangeOf(
    lines.flatMap((line) => line.x),
    0,
  );
  const y = logarithmic ? [Math.min(...values) / 1.3, Math.max(...values) * 1.3] : rangeOf(values);
  const { figure, at, width } = frame({ title, x, y, xLabel, yLabel, logarithmic });
  for (const [k, line] of lines.entries()) {
    if (line.low) {
      const back = path(line.x.toReversed(), line.low.toReversed(), at).replace("M", "L");
      figure.append(svg("path", { d: `${path(line.x, line.high, at)}${back}Z`, class: "band" }));
    }
    figure.append(svg("path", { d: path(line.x, line.y, at), class: `line line-${k}` }));
    if (lines.length > 1) {
      figure.append(
        svg("line", {
          x1: width - 150,
          x2: width - 126,
          y1: 26 + 18 * k,
          y2: 26 + 18 * k,
          class: `line line-${k}`,
        }),
        svg("text", { x: width - 120, y: 30 + 18 * k }, line.name),
      );
    }
  }
  if (mark) figure.append(svg("circle", { cx: at.x(mark.x), cy: at.y(mark.y), r: 5, class: "mark" }));
  return figure;
}

/** Anchors of the colour scale of maps, dark to light. */
const colours = [
  [38, 24, 84],
  [44, 82, 139],
  [33, 140, 141],
  [110, 195, 102],
  [246, 227, 72],
];

function colour(fraction) {
  const place = Math.min(0.9999, Math.max(0, fraction)) * (colours.length - 1);
  const k = Math.floor(place);
  return colours[k].map((c, i) => Math.round(c + (place - k) * (colours[k + 1][i] - c)));
}

/** values[row * count + column], row running with y, over the box x, y. */
export function mapPlot({ title, values, count, x, y, mark, xLabel, yLabel, valueLabel }) {
  const { figure, at, width } = frame({ title, x, y, xLabel, yLabel, right: 110 });
  const [low, high] = rangeOf(values, 0);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = count;
  const context = canvas.getContext("2d");
  const image = context.createImageData(count, count);
  for (const [k, value] of values.entries()) {
    const [row, column] = [Math.floor(k / count), k % count];
    image.data.set(
      [...colour((value - low) / (high - low || 1)), 255],
      4 * ((count - 1 - row) * count + column),
    );
  }
  context.putImageData(image, 0, 0);
  const [left, top, right, bottom] = [at.x(x[0]), at.y(y[1]), at.x(x[1]), at.y(y[0])];
  figure.append(
    svg("image", {
      href: canvas.toDataURL(),
      x: left,
      y: top,
      width: right - left,
      height: bottom - top,
      preserveAspectRatio: "none",
    }),
    svg("circle", { cx: at.x(mark.x), cy: at.y(mark.y), r: 5, class: "mark" }),
  );
  const [bar, step] = [right + 14, (bottom - top) / 40];
  for (let k = 0; k < 40; k++) {
    const fill = `rgb(${colour((k + 0.5) / 40)})`;
    figure.append(svg("rect", { x: bar, y: top + (39 - k) * step, width: 14, height: step + 0.5, fill }));
  }
  const middle = (top + bottom) / 2;
  figure.append(
    svg("text", { x: bar + 20, y: top + 10 }, shown(Number(high.toPrecision(3)))),
    svg("text", { x: bar + 20, y: bottom }, shown(Number(low.toPrecision(3)))),
    svg(
      "text",
      {
        transform: `translate(${width - 56} ${middle}) rotate(-90)`,
        "text-anchor": "middle",
        class: "label",
      },
      valueLabel,
    ),
  );
  return figure;
}

/** alpha lambda of every layer in the complex plane, over the region in which the solver's step is stable, of
 *  which `boundary` is the edge; `close` shows the surroundings of the eigenvalues only. */
export function spectrumPlot({ title, layers, part, boundary, close }) {
  const along = boundary.map(([re]) => re);
  const [least, most] = [Math.min(...along), Math.max(...along)];
  let centre = (least + most) / 2;
  const distance = ([re, im]) => Math.max(Math.abs(re - centre), Math.abs(im));
  const extent = Math.max(...boundary.map(distance));
  let reach = 1.05 * Math.max(1.15 * extent, ...layers.flat().map(distance));
  if (close) {
    const [low, high] = rangeOf(
      layers.flat().map(([re]) => re),
      0,
    );
    centre = (low + high) / 2;
    reach = 1.15 * Math.max((high - low) / 2, ...layers.flat().map(([, im]) => Math.abs(im))) || 1;
  }
  const { figure, at } = frame({
    title,
    x: [centre - reach, centre + reach],
    y: [-reach, reach],
    xLabel: "Re αλ",
    yLabel: "Im αλ",
    square: true,
  });
  const [left, top, right, bottom] = [at.x(centre - reach), at.y(reach), at.x(centre + reach), at.y(-reach)];
  const clip = svg(
    "clipPath",
    { id: "plane" },
    svg("rect", { x: left, y: top, width: right - left, height: bottom - top }),
  );
  const inside = svg("g", { "clip-path": "url(#plane)" });
  inside.append(
    svg("path", {
      d: `${path(
        along,
        boundary.map(([, im]) => im),
        at,
      )}Z`,
      class: "stable",
    }),
    svg("line", { x1: at.x(0), x2: at.x(0), y1: top, y2: bottom, class: "axis" }),
  );
  figure.append(clip, inside);
  for (const [n, layer] of layers.entries()) {
    const fill = `rgb(${colour(layers.length > 1 ? (0.85 * n) / (layers.length - 1) : 0.4)})`;
    for (const [re, im] of layer) {
      figure.append(
        svg(
          "circle",
          { cx: at.x(re), cy: at.y(im), r: 3, fill, class: "eigenvalue" },
          svg("title", {}, `${part} ${n + 1}: ${shown(re)} ${im < 0 ? "-" : "+"} ${shown(Math.abs(im))}i`),
        ),
      );
    }
  }
  return figure;
}

/** Bars to the left and right of zero: [{ name, value, text }]. */
export function barList(bars) {
  const largest = Math.max(...bars.map(({ value }) => Math.abs(value))) || 1;
  const list = document.createElement("table");
  list.className = "bars";
  for (const { name, value, text } of bars) {
    const row = list.insertRow();
    const header = document.createElement("th");
    header.scope = "row";
    header.textContent = name;
    const bar = document.createElement("div");
    bar.className = value < 0 ? "bar negative" : "bar";
    bar.style.width = `${(50 * Math.abs(value)) / largest}%`;
    const cell = document.createElement("td");
    cell.className = "track";
    cell.append(bar);
    row.append(header, cell);
    const number = row.insertCell();
    number.className = "number";
    number.textContent = text;
  }
  return list;
}
