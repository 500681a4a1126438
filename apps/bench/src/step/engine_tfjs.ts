import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { Scalar, Tensor, Tensor2D, Variable } from "@tensorflow/tfjs";
import type { EngineUnderTest, PrepareRequest } from "./engine_protocol.ts";
import { penaltyWeight, type StepModel, type StepProblem } from "./problem.ts";

type TensorFlow = typeof import("@tensorflow/tfjs");

/** The step in TensorFlow.js: the same model as tensor operations, its own automatic differentiation and its own
 *  Adam, on the cpu or wasm backend. Batches are tensors before the clock starts. */
export async function tfjsEngine(problem: StepProblem, request: PrepareRequest): Promise<EngineUnderTest> {
  const tf = await start(request.engine === "tfjs-wasm" ? "wasm" : "cpu", request.threads);
  const { config, layout, batch, batches } = problem;
  const data = Array.from({ length: batches }, (_, i) => ({
    x: tf.tensor2d(problem.inputs.subarray(i * batch * config.inputs, (i + 1) * batch * config.inputs), [
      batch,
      config.inputs,
    ]),
    y: tf.tensor2d(problem.outputs.subarray(i * batch * config.outputs, (i + 1) * batch * config.outputs), [
      batch,
      config.outputs,
    ]),
  }));
  const variables = layout.slots.map(({ offset, size, shape }) =>
    tf.variable(tf.tensor(problem.parameters.subarray(offset, offset + size), [...shape])),
  );
  const lossOf = (i: number): Scalar =>
    stepLoss(
      tf,
      variables,
      data[i % batches]!.x,
      data[i % batches]!.y,
      request.model,
      config.depth,
      config.horizon,
    );
  let optimiser = tf.train.adam(1e-3, 0.9, 0.999, 1e-8);
  let at = 0;
  return {
    describe: () => ({
      version: tf.version.tfjs,
      detail: `backend ${tf.getBackend()}, automatic differentiation, tf.train.adam`,
    }),
    gradient() {
      const { value, grads } = tf.variableGrads(() => lossOf(0));
      const gradient = new Float32Array(layout.size);
      layout.slots.forEach((slot, s) => {
        gradient.set(grads[variables[s]!.name]!.dataSync(), slot.offset);
      });
      const loss = value.dataSync()[0]!;
      tf.dispose([value, grads]);
      return { loss, gradient };
    },
    train(steps) {
      optimiser = tf.train.adam(1e-3, 0.9, 0.999, 1e-8);
      layout.slots.forEach(({ offset, size, shape }, s) => {
        variables[s]!.assign(tf.tensor(problem.parameters.subarray(offset, offset + size), [...shape]));
      });
      const losses: number[] = [];
      for (at = 0; at < steps; at++) {
        const loss = optimiser.minimize(() => lossOf(at), true, variables)!;
        losses.push(loss.dataSync()[0]!);
        loss.dispose();
      }
      return losses;
    },
    step() {
      optimiser.minimize(() => lossOf(at), false, variables);
      at++;
    },
  };
}

async function start(backend: "wasm" | "cpu", threads: number): Promise<TensorFlow> {
  let tf: TensorFlow;
  // Its advertisement would be printed once by every process.
  const warn = console.warn;
  console.warn = () => {};
  try {
    tf = (await import("@tensorflow/tfjs")) as TensorFlow;
    if ("default" in tf) tf = tf.default as TensorFlow;
    if (backend === "wasm") {
      const { setThreadsCount, setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
      const files = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"));
      setWasmPaths(`${files}/`);
      setThreadsCount(threads);
    }
    if (!(await tf.setBackend(backend))) throw new Error(`backend ${backend} did not start`);
    await tf.ready();
  } finally {
    console.warn = warn;
  }
  return tf;
}

/** The loss of `referenceStep`, as tensor operations. Variables in the order of the layout's slots. */
function stepLoss(
  tf: TensorFlow,
  variables: readonly Variable[],
  x: Tensor2D,
  y: Tensor2D,
  model: StepModel,
  depth: number,
  horizon: number,
): Scalar {
  const [A, a] = variables as [Variable, Variable];
  const weights = variables.slice(2, 2 + depth);
  const biases = variables.slice(2 + depth, 2 + 2 * depth);
  const [C, c] = variables.slice(-2) as [Variable, Variable];
  // Not tf.fused.matMul: with a bias and transposeB the wasm backend of 4.22 returns other numbers than the cpu one.
  const dense = (h: Tensor2D, weight: Variable, bias: Variable): Tensor2D =>
    tf.add(tf.matMul(h, weight as unknown as Tensor2D, false, true), bias);
  let h: Tensor2D = tf.tanh(dense(x, A, a));
  const activations: Tensor2D[] = [];
  for (let n = 0; n < depth; n++) {
    const t = tf.tanh(dense(h, weights[n]!, biases[n]!));
    activations.push(t);
    h = tf.add(h, tf.mul(t, horizon / depth));
  }
  let squares: Tensor = tf.sum(tf.square(tf.sub(dense(h, C, c), y)), 1);
  if (model === "RES L2") {
    const norms = variables.map((v) => tf.sqrt(tf.sum(tf.square(v))));
    squares = tf.add(squares, tf.mul(tf.square(tf.mean(tf.stack(norms))), penaltyWeight[model]));
  } else if (model === "RES stiff (gelfand)") {
    const slopes = tf.sub(1, tf.square(tf.stack(activations)));
    const jacobians = tf.mul(tf.expandDims(slopes, 3), tf.expandDims(tf.stack(weights), 1));
    const radii = gelfandRadii(tf, jacobians);
    squares = tf.add(squares, tf.mul(tf.square(tf.mean(radii, 0)), penaltyWeight[model]));
  }
  return tf.sqrt(tf.mean(squares)) as Scalar;
}

/** Gelfand's formula with k = 2^10 over jacobians [N, B, D, D]; returns [N, B]. */
function gelfandRadii(tf: TensorFlow, jacobians: Tensor): Tensor {
  const [N, B, D] = jacobians.shape as [number, number, number, number];
  let powers: Tensor = tf.reshape(jacobians, [N * B, D, D]);
  let logs: Tensor = tf.zeros([N * B, 1, 1]);
  for (let j = 0; j <= 10; j++) {
    if (j > 0) powers = tf.matMul(powers, powers);
    const norms = tf.sqrt(tf.sum(tf.square(powers), [1, 2], true));
    powers = tf.div(powers, norms);
    logs = tf.add(tf.mul(logs, 2), tf.log(norms));
  }
  return tf.reshape(tf.exp(tf.div(logs, 2 ** 10)), [N, B]);
}
