import {
  type ActivationName,
  activationCodes,
  type Block,
  createDecimals,
  createDense,
  createPerceptron,
  padded,
} from "../src/index.ts";
import {
  createArnoldi,
  createImplicit,
  createNetwork,
  createRungeKutta,
  type UncheckedKernels,
} from "../src/unchecked.ts";
import { createDraw, type Draw } from "./draw.ts";
import { createTwin } from "./twin.ts";

type Driver = (kernels: UncheckedKernels, draw: Draw) => void;

const activationOf = ({ one }: Draw) => one(Object.keys(activationCodes) as ActivationName[]);

interface Size {
  readonly width: number;
  readonly depth: number;
  readonly batch: number;
}
function sizeOf({ whole }: Draw): Size {
  return { width: whole(1, 21), depth: whole(1, 4), batch: whole(1, 37) };
}

function networkOf(kernels: UncheckedKernels, draw: Draw, { width, depth, batch }: Size = sizeOf(draw)) {
  const { whole, one, fill } = draw;
  const [inputs, outputs] = [whole(1, 6), whole(1, 5)];
  const size = width * (inputs + 1) + depth * width * (width + 1) + outputs * (width + 1);
  const shape = {
    ...{ inputs, outputs, width, depth, activation: activationOf(draw), alpha: 0.3 },
    lift: one(["tanh", "identity"] as const),
  };
  const options = { size, capacity: batch + whole(0, 9), penalty: one([true, false]), stages: 2 };
  const network = createNetwork(kernels, shape, options);
  fill(network.parameters);
  network.setBatch(batch);
  const [rows, targets] = [kernels.arena.float32(batch * inputs), kernels.arena.float32(batch * outputs)];
  fill(rows);
  fill(targets);
  const indices = kernels.arena.uint32(batch);
  for (let i = 0; i < batch; i++) indices.array[i] = whole(0, batch - 1);
  kernels.call.gather({ network: network.struct, inputs: rows, outputs: targets, indices });
  return network;
}

/** The layer that the spectral kernels look at. */
function layerOf({ arena }: UncheckedKernels, { whole, fill }: Draw) {
  const [width, batch] = [whole(1, 23), whole(1, 21)];
  const stride = padded(batch);
  const float32 = (length: number): Block => {
    const block = arena.float32(length);
    fill(block);
    return block;
  };
  const layer = { width, batch, stride, weights: float32(width * width), slopes: float32(width * stride) };
  const results = { values: arena.float32(stride), residuals: arena.float32(stride) };
  return { layer, results, float32 };
}

function steps(kernels: UncheckedKernels, draw: Draw, name: "singularLayer" | "logarithmicNormLayer") {
  const { layer, results, float32 } = layerOf(kernels, draw);
  const { width, stride } = layer;
  const count = draw.whole(1, 9);
  kernels.call[name]({
    ...{
      ...layer,
      ...results,
      steps: count,
      start: float32(width * stride),
      vectors: float32(3 * width * stride),
    },
    scratch: kernels.arena.float32(
      (2 * count + 3) * width * stride + 2 * (stride + width + 1) + 64 * stride + width * width,
    ),
  });
}

function passes(kernels: UncheckedKernels, draw: Draw, size?: Size): void {
  const { struct, gradSlopes } = networkOf(kernels, draw, size);
  kernels.call.forward(struct);
  kernels.call.residual(struct);
  draw.fill(gradSlopes);
  kernels.call.backward(struct);
}

const drivers: Record<string, Driver> = {
  blocks: (kernels, draw) => passes(kernels, draw),
  "blocks of many samples": (kernels, draw) =>
    passes(kernels, draw, { width: draw.whole(15, 70), depth: 1, batch: draw.whole(12, 80) }),
  "Runge-Kutta"(kernels, draw) {
    const network = networkOf(kernels, draw);
    const tableau = {
      a: [
        [0, 0],
        [0.5, 0],
      ],
      b: [0.25, 0.75],
    };
    const nodes = Array.from({ length: 2 * network.shape.depth }, () =>
      draw.whole(0, network.shape.depth - 1),
    );
    const solver = createRungeKutta(kernels, network, tableau, nodes);
    solver.forward();
    kernels.call.residual(network.struct);
    solver.backward();
  },
  implicit(kernels, draw) {
    const network = networkOf(kernels, draw);
    const nodes = Array.from({ length: network.shape.depth }, (_, n) => n);
    const solver = createImplicit(kernels, network, draw.one([0.5, 1]), nodes);
    solver.setStep(draw.one([0.01, 0.3]));
    solver.setStart(draw.one([true, false]));
    solver.forward();
    kernels.call.residual(network.struct);
    draw.fill(network.gradSlopes);
    solver.backward();
  },
  perceptron(kernels, draw) {
    const [variables, width, layers] = [draw.whole(1, 9), draw.whole(1, 17), draw.whole(1, 3)];
    const shape = { variables, width, layers, activation: activationOf(draw) };
    const float64 = (length: number) => {
      const block = kernels.arena.float64(length);
      draw.fill(block);
      return block.array.slice();
    };
    const size = width * (variables + 1) + (layers - 1) * width * (width + 1) + variables * (width + 1);
    const [u, v, p] = [float64(variables), float64(variables), float64(size)];
    const net = createPerceptron(kernels, shape, float64(variables), float64(variables));
    net.value(u, float64(variables), p);
    net.jacobian(u, float64(variables * variables), p);
    net.pullback(u, v, float64(variables), float64(size), p);
  },
  activations({ arena, call }, draw) {
    const [kind, size] = [activationCodes[activationOf(draw)], draw.whole(1, 40)];
    const single = () => arena.float32(padded(size));
    const double = () => arena.float64(padded(size));
    const [z, z64] = [single(), double()];
    draw.fill(z);
    draw.fill(z64);
    call.activate({
      kind,
      size,
      z,
      value: single(),
      slope: single(),
      curvature: draw.one([single(), undefined]),
    });
    const curvature = draw.one([double(), undefined]);
    call.activate64({ kind, size, z: z64, value: double(), slope: double(), curvature });
  },
  "sums, Adam and time bases"({ arena, call }, draw) {
    const [size, nodes, terms] = [draw.whole(1, 60), draw.whole(1, 5), draw.whole(1, 5)];
    const float32 = (length: number) => {
      const block = arena.float32(length);
      draw.fill(block);
      return block;
    };
    const [x, y] = [float32(size), float32(size)];
    call.addScaled({ y, x, a: draw.uniform(), size });
    call.sumSquares(x, size);
    call.adam({
      ...{ parameters: x, gradient: y, first: float32(size), second: float32(size), size, scale: 0.05 },
      ...{ step: 1e-3, root: 1.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    });
    const [phi, theta, out] = [float32(nodes * terms), float32(terms * size), float32(nodes * size)];
    call.expand({ nodes, terms, size, phi, theta, out });
    call.contract({ nodes, terms, size, phi, cotangent: out, gradient: theta });
  },
  "dense matrices"(kernels, draw) {
    const dense = createDense(kernels, draw.whole(1, 16), draw.whole(1, 12));
    draw.fillArray(dense.matrices);
    for (const what of [
      "eigenvalues",
      "singularValues",
      "largestSingularValues",
      "logarithmicNorms",
    ] as const) {
      dense.run(what, draw.whole(1, dense.capacity));
    }
  },
  Arnoldi(kernels, draw) {
    const [width, depth, capacity] = [draw.whole(1, 20), draw.whole(1, 3), draw.whole(1, 37)];
    const [stride, powers] = [padded(capacity), draw.one([0, 2, 4])];
    const arnoldi = createArnoldi(kernels, { depth, width, capacity });
    const float32 = (length: number) => {
      const block = kernels.arena.float32(length);
      draw.fill(block);
      return block;
    };
    const lengths = kernels.arena.int32(depth);
    lengths.array.forEach((_, l, all) => {
      all[l] = draw.whole(1, Math.min(width, 12));
    });
    draw.fill(arnoldi.start);
    const blocks = { weights: float32(depth * width * width), slopes: float32(depth * width * stride) };
    const vectors = float32(3 * depth * width * stride * Math.max(powers, 1));
    arnoldi.run({ stride, powers, lengths, vectors, ...blocks });
    arnoldi.run({ stride, powers, lengths, vectors, ...blocks });
  },
  decimals(kernels, draw) {
    const values = new Float32Array(draw.whole(1, 40));
    draw.fillArray(values);
    const doubles = Float64Array.from(values, (x) => x * 1.1);
    const text = `${[...values, ...doubles].filter(Number.isFinite).join(" ,\n")}`;
    const decimals = createDecimals(kernels);
    decimals.read(new TextEncoder().encode(text), 100);
    decimals.write(values);
  },
  "the power method"(kernels, draw) {
    const { layer, results, float32 } = layerOf(kernels, draw);
    const { width, stride } = layer;
    const limits = { most: draw.whole(1, 9), tolerance: 1e-2, mismatch: 0.05, cap: 20 };
    const start = { gradient: draw.one([0, 1]), right: float32(2 * width * stride) };
    kernels.call.powerLayer({
      ...{ ...layer, ...results, ...limits, ...start, left: float32(2 * width * stride) },
      ...{ flags: float32(stride), vectors: float32(6 * width * stride) },
      scratch: kernels.arena.float32(7 * width * stride + 2 * (stride + width + 1) + 9 * stride),
    });
  },
  "singular values by Lanczos": (kernels, draw) => steps(kernels, draw, "singularLayer"),
  "logarithmic norms by Lanczos": (kernels, draw) => steps(kernels, draw, "logarithmicNormLayer"),
  inverses(kernels, draw) {
    const { layer, float32 } = layerOf(kernels, draw);
    const { width } = layer;
    const shape = { depth: 2, width };
    const square = 2 * width * width;
    const [inverses, weights] = [float32(square), float32(square)];
    const doubles = kernels.arena.float64(4 * width * (width + 1));
    kernels.call.inverseTransposed({ ...shape, weights, inverses, scratch: doubles });
    const scratch = kernels.arena.float32(12 * width * padded(width));
    const [pulled, gradWeights] = [float32(square), float32(square)];
    kernels.call.inversePullback({ ...shape, inverses, pulled, gradWeights, scratch });
  },
  "Gelfand's formula"(kernels, draw) {
    const { layer, float32 } = layerOf(kernels, draw);
    const { width, batch, stride } = layer;
    const square = width * padded(width);
    const gradients = kernels.arena.float32(batch * square);
    const shape = { ...layer, depth: 1, gradients };
    const scratch = kernels.arena.float32(12 * square);
    kernels.call.gelfand({ ...shape, squarings: draw.whole(1, 12), values: float32(batch), scratch });
    const [gradWeights, gradSlopes] = [float32(width * width), float32(width * stride)];
    kernels.call.gelfandPullback({ ...shape, cotangent: float32(batch), gradWeights, gradSlopes });
  },
  "rank-one terms and rows"(kernels, draw) {
    const { layer, float32 } = layerOf(kernels, draw);
    const { width, batch, stride, slopes } = layer;
    const { arena, call } = kernels;
    const [terms, cotangent] = [draw.whole(1, 2), float32(stride)];
    const vectors = float32(3 * terms * width * stride);
    const rank = { depth: 1, terms, width, stride, vectors, left: float32(terms * width * stride) };
    call.rankSlopes({ ...rank, slopes, cotangent, gradSlopes: float32(width * stride) });
    const rows = float32(terms * width * stride);
    call.rankWeights({ ...rank, rows, gradWeights: float32(width * width) });
    const slots = arena.uint32(stride);
    for (let i = 0; i < stride; i++) slots.array[i] = (i * 5) % batch;
    const all = { width, batch, stride, rows: float32(batch * width), step: width, slots };
    const block = float32(width * stride);
    call.takeRows({ ...all, block });
    call.putRows({ ...all, block });
    const packed = { rows: width, count: batch, packed: stride, stride, lanes: slots };
    call.takeLanes({ ...packed, in: block, out: float32(width * stride) });
    call.addLanes({ ...packed, in: block, out: float32(width * stride) });
  },
};

/** Products in several blocks, and rows that are kept apart: few cases, since each takes long. */
const slow: Record<string, Driver> = {
  "wide blocks": (kernels, draw) =>
    passes(kernels, draw, {
      width: draw.one([256, draw.whole(180, 300)]),
      depth: 1,
      batch: draw.whole(1, 70),
    }),
};

/** Throws where an engine leaves other bits than WebAssembly, on random shapes and values of every kind.
 *  Returns how many functions were called, and how many there are. */
export function compareWithWasm(engine: string, cases: number): { called: number; all: number } {
  const twin = createTwin(engine);
  const start = twin.arena.mark();
  for (const [name, driver] of Object.entries({ ...drivers, ...slow })) {
    for (let seed = 0; seed < (name in slow ? 6 : cases); seed++) {
      twin.arena.release(start);
      try {
        driver(twin, createDraw(seed));
      } catch (error) {
        throw new Error(`${name}, case ${seed}: ${(error as Error).message}`);
      }
    }
  }
  return { called: twin.called.size, all: Object.keys(twin.call).length };
}
