export { type Activation, activations, type ResNetConfig, type ResNetOptions } from "./config.ts";
export type { Samples, TrainingData } from "./data.ts";
export { ConfigError, ShapeError, StiffnetError } from "./errors.ts";
export { type Layout, layoutOf, type Slot, tensor } from "./layout.ts";
export { blockWeights, type Model, resnet } from "./model.ts";
export { type RandomStream, randomStream, shuffle } from "./random.ts";
