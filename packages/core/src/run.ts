import { type RandomStream, randomStream, resumeStream, shuffle } from "@stiffnet/base";
import { prepare } from "@stiffnet/preparation";
import type { ModelConfig } from "./config.ts";
import type { TrainingData } from "./data.ts";
import { fingerprintOf, requireSame } from "./fingerprint.ts";
import type { EpochRecord } from "./history.ts";
import type { Model } from "./model.ts";
import type { TrainOptions, TrainSettings } from "./options.ts";
import { type PlateauState, plateauStep } from "./plateau.ts";
import { riskOn } from "./risk.ts";
import type { TrainingState } from "./state.ts";
import { stopwatch } from "./stopwatch.ts";
import type { Rows, TrainingEngine } from "./training-engine.ts";

/** A training run, advanced epoch by epoch. */
export interface Run<C extends ModelConfig> {
  /** Finished epochs. */
  readonly finished: number;
  readonly history: readonly EpochRecord[];
  /** The last batch's L, not finite after "diverged", and the samples in it that an implicit solver gave up. */
  readonly lastLoss: number;
  readonly lastUnsolved: number;
  /** Trains one more epoch. Unless "done", everything stands again as the epoch found it. */
  epoch(interrupted: () => Promise<boolean>): Promise<"done" | "diverged" | "interrupted">;
  /** live: the history and what the penalty keeps are not copied but the run's own, right until it goes on. */
  state(options: { live: boolean }): TrainingState;
  /** The state of a run that does not go on. */
  last(): TrainingState;
  /** The trained model, with other parameters. */
  modelWith(parameters: Float32Array): Model<C>;
}

/** What an epoch changes. */
interface Position extends Pick<TrainingState["arrays"], "parameters" | "first" | "second" | "penalty"> {
  readonly time: number;
  readonly random: readonly number[];
}

/** An epoch that takes longer than this may be left unfinished when a run is interrupted. */
const longEpochSeconds = 0.2;

export function startRun<C extends ModelConfig>(
  engine: TrainingEngine,
  model: Model<C>,
  data: TrainingData,
  settings: TrainSettings,
  options: TrainOptions,
): Run<C> {
  const { penalty, resume } = options;
  const { inputs, outputs } = data.preparation;
  const tableOf = (samples: TrainingData["train"]): Rows =>
    engine.table(prepare(inputs, samples.inputs), prepare(outputs, samples.outputs));
  const table = tableOf(data.train);
  const test = data.test && tableOf(data.test);
  const validation = data.validation && tableOf(data.validation);
  const order = engine.order(table.count);
  const fingerprint = fingerprintOf(model, data, settings, penalty, engine.name);

  const modelWith = (parameters: Float32Array): Model<C> => ({
    ...model,
    parameters: parameters.slice(),
    inputNames: data.inputNames,
    outputNames: data.outputNames,
    preparation: data.preparation,
  });

  let random: RandomStream;
  let plateau: PlateauState;
  let time = 0;
  let epoch = 0;
  let watch = stopwatch();
  let history: EpochRecord[] = [];
  let best = { epoch: 0, risk: Number.POSITIVE_INFINITY };
  let bestParameters: Float32Array = model.parameters.slice();
  let lastLoss = Number.NaN;
  let lastUnsolved = 0;
  let epochSeconds = 0;

  /** The end time of a batch. */
  const endTime = (): number => {
    const { horizon } = model.config;
    return settings.steer === undefined ? horizon : horizon + settings.steer * (2 * random.uniform() - 1);
  };

  /** What the penalty keeps for every sample can be most of the memory, so there is one copy of it to go back to. */
  const ofPenalty = (): Float32Array => engine.penalty?.state?.() ?? new Float32Array(0);
  let goBackTo: Float32Array = new Float32Array(0);
  const marked = (): Float32Array => {
    const own = ofPenalty();
    if (goBackTo.length !== own.length) goBackTo = new Float32Array(own.length);
    goBackTo.set(own);
    return goBackTo;
  };

  const position = (penalty: Float32Array): Position => ({
    time,
    random: random.state(),
    ...engine.read(),
    penalty,
  });

  const moveTo = (to: Position): void => {
    time = to.time;
    random = resumeStream(to.random);
    engine.write(to);
    if (to.penalty.length > 0) engine.penalty?.restore?.(to.penalty);
  };

  /** What is recorded at the end of an epoch, and on the untrained network. */
  const close = (part: Pick<EpochRecord, "riskTrain" | "penalty" | "total" | "rate">): void => {
    const record: { -readonly [K in keyof EpochRecord]: EpochRecord[K] } = {
      epoch,
      ...part,
      norm: engine.norm(),
    };
    if (test) record.riskTest = riskOn(engine, test);
    if (validation) record.riskValidation = riskOn(engine, validation);
    const { measure } = options;
    if (measure && (epoch % measure.every === 0 || epoch === settings.epochs)) {
      // Looking at the network is not training it.
      record.measures = watch.aside(() => measure.of(modelWith(engine.read().parameters)));
    }
    const statistics = epoch > 0 ? engine.penalty?.statistics?.() : undefined;
    if (statistics) record.statistics = statistics;
    history.push(record);
    if (record.riskValidation !== undefined && record.riskValidation < best.risk) {
      best = { epoch, risk: record.riskValidation };
      bestParameters = engine.read().parameters;
    }
  };

  if (resume) {
    requireSame(resume.fingerprint, fingerprint);
    const { best: savedBest, ...arrays } = resume.arrays;
    moveTo({ time: resume.time, random: resume.random, ...arrays });
    ({ epoch, plateau, best } = resume);
    watch = stopwatch(resume);
    history = resume.history.slice();
    bestParameters = savedBest;
  } else {
    random = randomStream(settings.seed, 2 * settings.trial + 1);
    plateau = { rate: settings.rate, best: Number.POSITIVE_INFINITY, bad: 0, cooling: 0 };
    engine.write({ parameters: model.parameters });
    const risk = riskOn(engine, table);
    close({
      riskTrain: risk,
      penalty: 0,
      total: risk * Math.sqrt(model.config.outputs),
      rate: settings.rate,
    });
  }

  const stateWith = (penalty: Float32Array, records: readonly EpochRecord[]): TrainingState => {
    const { time, random, ...arrays } = position(penalty);
    return {
      fingerprint,
      epoch,
      time,
      plateau,
      random,
      history: records,
      best,
      ...watch.spent,
      arrays: { ...arrays, best: bestParameters },
    };
  };

  return {
    get finished() {
      return epoch;
    },
    get history() {
      return history;
    },
    get lastLoss() {
      return lastLoss;
    },
    get lastUnsolved() {
      return lastUnsolved;
    },
    modelWith,
    state: ({ live }) =>
      live ? stateWith(ofPenalty(), history) : stateWith(ofPenalty().slice(), history.slice()),
    last: () => stateWith(marked(), history.slice()),
    async epoch(interrupted) {
      const before = watch.spent.seconds;
      watch.start();
      const long = epochSeconds > longEpochSeconds || epoch === 0;
      const start = position(marked());
      shuffle(order.array, random);
      const rate = plateau.rate;
      const adam = { rate, beta1: settings.beta1, beta2: settings.beta2, epsilon: settings.epsilon };
      let squares = 0;
      let penaltySum = 0;
      let penaltySquares = 0;
      for (let from = 0; from < table.count; from += settings.batchSize) {
        const to = Math.min(from + settings.batchSize, table.count);
        const loss = engine.lossAndGradient(table, order, from, to, endTime());
        if (!Number.isFinite(loss.loss)) {
          lastLoss = loss.loss;
          lastUnsolved = loss.unsolved;
          moveTo(start);
          return "diverged";
        }
        squares += loss.squares;
        penaltySum += loss.penaltySum;
        penaltySquares += loss.penaltySquares;
        engine.step(++time, adam);
        if (long && (await interrupted())) {
          moveTo(start);
          return "interrupted";
        }
      }
      const weighted = (penalty?.weight ?? 0) * penaltySquares;
      const total = Math.sqrt((squares + weighted) / table.count);
      if (settings.plateau) plateau = plateauStep(plateau, total, settings.plateau);
      epoch++;
      close({
        riskTrain: Math.sqrt(squares / (table.count * model.config.outputs)),
        penalty: penaltySum / table.count,
        total,
        rate,
      });
      watch.stop();
      epochSeconds = watch.spent.seconds - before;
      return "done";
    },
  };
}
