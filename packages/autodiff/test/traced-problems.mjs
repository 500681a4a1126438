// Right-hand sides of the test problems, as defineTraced takes them, in the order of the numeric ones'
// operations. JavaScript, for scripts that measure them, too.

export const rober = ({ y, math: { mul, sub } }) => {
  const r1 = mul(0.04, y[0]);
  const r2 = mul(1e4, y[1], y[2]);
  const r3 = mul(3e7, y[1], y[1]);
  return [sub(r2, r1), sub(sub(r1, r2), r3), r3];
};

export const hires = ({ y, math: { add, mul, neg, sub } }) => {
  const meet = mul(280, y[5], y[7]);
  const last = sub(meet, mul(1.81, y[6]));
  return [
    add(mul(-1.71, y[0]), mul(0.43, y[1]), mul(8.32, y[2]), 0.0007),
    sub(mul(1.71, y[0]), mul(8.75, y[1])),
    add(mul(-10.03, y[2]), mul(0.43, y[3]), mul(0.035, y[4])),
    sub(add(mul(8.32, y[1]), mul(1.71, y[2])), mul(1.12, y[3])),
    add(mul(-1.745, y[4]), mul(0.43, y[5]), mul(0.43, y[6])),
    add(sub(add(neg(meet), mul(0.69, y[3]), mul(1.71, y[4])), mul(0.43, y[5])), mul(0.69, y[6])),
    last,
    neg(last),
  ];
};

const oregoPart = 8.375e-6;
export const orego = ({ y: [a, b, c], math: { add, div, mul, sub } }) => [
  mul(77.27, add(b, mul(a, sub(sub(1, mul(oregoPart, a)), b)))),
  div(sub(c, mul(add(1, a), b)), 77.27),
  mul(0.161, sub(a, c)),
];

export const vdpol = ({ y, math: { div, mul, sub } }) => [
  y[1],
  div(sub(mul(sub(1, mul(y[0], y[0])), y[1]), y[0]), 1e-6),
];

export const e5 = ({ y, math: { mul, neg, sub } }) => {
  const r1 = mul(7.89e-10, y[0]);
  const r2 = mul(1.1e7, y[0], y[2]);
  const r3 = mul(1e6 * 1.13e3, y[1], y[2]);
  const r4 = mul(1.13e3, y[3]);
  const [second, fourth] = [sub(r1, r3), sub(r2, r4)];
  return [sub(neg(r1), r2), second, sub(second, fourth), fourth];
};

const rates = [
  0.35, 26.6, 1.23e4, 8.6e-4, 8.2e-4, 1.5e4, 1.3e-4, 2.4e4, 1.65e4, 9e3, 0.022, 1.2e4, 1.88, 1.63e4, 4.8e6,
  3.5e-4, 0.0175, 1e8, 4.44e11, 1240, 2.1, 5.78, 0.0474, 1780, 3.12,
];
const reactants = [
  [0],
  [1, 3],
  [4, 1],
  [6],
  [6],
  [6, 5],
  [8],
  [8, 5],
  [10, 1],
  [10, 0],
  [12],
  [9, 1],
  [13],
  [0, 5],
  [2],
  [3],
  [3],
  [15],
  [15],
  [16, 5],
  [18],
  [18],
  [0, 3],
  [18, 0],
  [19],
];

export const pollu = ({ y, math }) => {
  const r = rates.map((k, i) => math.mul(k, ...reactants[i].map((j) => y[j])));
  // Reactions from 1, as in the paper; minus takes away.
  const sum = (...parts) =>
    parts.map((k) => (k < 0 ? math.neg(r[-k - 1]) : r[k - 1])).reduce((a, b) => math.add(a, b));
  const twice = (k) => math.mul(2, r[k - 1]);
  return [
    sum(2, 3, 9, 11, 12, 22, 25, -1, -10, -14, -23, -24),
    sum(1, 21, -2, -3, -9, -12),
    sum(1, 17, 19, 22, -15),
    sum(15, -2, -16, -17, -23),
    math.sub(math.add(twice(4), r[5], r[6], r[12], r[19]), r[2]),
    [5, 7, 13, 19].reduce((a, k) => math.sub(a, r[k]), math.add(r[2], twice(18))),
    sum(13, -4, -5, -6),
    sum(4, 5, 6, 7),
    sum(-7, -8),
    sum(7, 9, -12),
    sum(8, 11, -9, -10),
    sum(9),
    sum(10, -11),
    sum(12, -13),
    sum(14),
    sum(16, -18, -19),
    sum(-20),
    sum(20),
    sum(23, 25, -21, -22, -24),
    sum(24, -25),
  ];
};

export const brusselator =
  (points) =>
  ({ y, math: { add, mul, sub } }) => {
    const n = 2 * points;
    const diffusion = (points + 1) ** 2 / 50;
    const bend = (left, middle, right) => mul(diffusion, add(sub(left, mul(2, middle)), right));
    return y.map((_, i) => {
      const [u, v] = i % 2 === 0 ? [y[i], y[i + 1]] : [y[i - 1], y[i]];
      const [left, right] = [
        i < 2 ? (i === 0 ? 1 : 3) : y[i - 2],
        i >= n - 2 ? (i === n - 2 ? 1 : 3) : y[i + 2],
      ];
      const uuv = mul(u, u, v);
      const reaction = i % 2 === 0 ? sub(add(1, uuv), mul(4, u)) : sub(mul(3, u), uuv);
      return add(reaction, bend(left, y[i], right));
    });
  };
