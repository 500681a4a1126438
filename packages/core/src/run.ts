import { type RandomStream, randomStream, resumeStream, shuffle } from "@stiffnet/base";
import type { Samples, TrainingData } from "@stiffnet/preparation";
import type { ModelConfig } from "./config.ts";
import { fingerprintOf, requireSame } from "./fingerprint.ts";
import type { EpochRecord } from "./history.ts";
import type { Model } from "./model.ts";
import type { TrainOptions, TrainSettings } from "./options.ts";
import { type PlateauState, plateauStep } from "./plateau.ts";
import { type DataSet, preparedRows } from "./prepared-rows.ts";
import { riskOn } from "./risk.ts";
import type { TrainingState } from "./state.ts";
import { stopwatch } from "./stopwatch.ts";
import type { Loss, Rows, TrainingEngine } from "./training-engine.ts";

/** State that an epoch changes. */
interface Position extends Pick<TrainingState["arrays"], "parameters" | "first" | "second" | "penalty"> {
  readonly time: number;
  readonly random: readonly number[];
}

/** An epoch that takes longer than this may be left unfinished when a run is interrupted. */
const longEpochSeconds = 0.2;

/** A training run, advanced epoch by epoch. */
export class Run<C extends ModelConfig> {
  /** Finished epochs. */
  finished = 0;
  history: EpochRecord[] = [];
  /** After "diverged" the last batch's L, which is NaN if the parameters are not finite, and the samples in
   *  the batch that an implicit solver gave up. */
  lastLoss: number = Number.NaN;
  lastUnsolved = 0;
  readonly #engine: TrainingEngine;
  readonly #model: Model<C>;
  readonly #data: TrainingData;
  readonly #settings: TrainSettings;
  readonly #options: TrainOptions;
  readonly #table: Rows;
  readonly #test: Rows | undefined;
  readonly #validation: Rows | undefined;
  readonly #order: Uint32Array;
  readonly #fingerprint: Readonly<Record<string, string>>;
  #random: RandomStream;
  #plateau: PlateauState;
  #watch = stopwatch();
  #time = 0;
  #best = { epoch: 0, risk: Number.POSITIVE_INFINITY };
  #bestParameters: Float32Array;
  #epochSeconds = 0;
  /** The penalty's values for every sample can be most of the memory, so only one copy is kept to go back to.
   *  */
  #goBackTo: Float32Array = new Float32Array(0);

  constructor(
    engine: TrainingEngine,
    model: Model<C>,
    data: TrainingData,
    settings: TrainSettings,
    options: TrainOptions,
  ) {
    this.#engine = engine;
    this.#model = model;
    this.#data = data;
    this.#settings = settings;
    this.#options = options;
    const tableOf = (set: DataSet, samples: Samples): Rows =>
      engine.table(...preparedRows(data, set, samples));
    this.#table = tableOf("train", data.train);
    this.#test = data.test && tableOf("test", data.test);
    this.#validation = data.validation && tableOf("validation", data.validation);
    this.#order = new Uint32Array(this.#table.count);
    this.#fingerprint = fingerprintOf(model, data, settings, options.penalty, engine.name);
    this.#random = randomStream(settings.seed, 2 * settings.trial + 1);
    this.#plateau = { rate: settings.rate, best: Number.POSITIVE_INFINITY, bad: 0, cooling: 0 };
    this.#bestParameters = model.parameters.slice();
    if (options.resume) this.#resume(options.resume);
    else this.#begin();
  }

  #resume(saved: TrainingState): void {
    requireSame(saved.fingerprint, this.#fingerprint);
    const { best, ...arrays } = saved.arrays;
    this.#moveTo({ time: saved.time, random: saved.random, ...arrays });
    this.finished = saved.epoch;
    this.#plateau = saved.plateau;
    this.#best = saved.best;
    this.#watch = stopwatch(saved);
    this.history = saved.history.slice();
    this.#bestParameters = best;
  }

  #begin(): void {
    const { rate } = this.#settings;
    this.#engine.write({ parameters: this.#model.parameters });
    const risk = riskOn(this.#engine, this.#table);
    this.#close({
      riskTrain: risk,
      penalty: 0,
      total: risk * Math.sqrt(this.#model.config.outputs),
      rate,
      norm: this.#engine.norm(),
    });
  }

  /** The validation error has not fallen for as many epochs as `patience` allows. */
  get outOfPatience(): boolean {
    const { patience = Number.POSITIVE_INFINITY } = this.#settings;
    return this.finished - this.#best.epoch >= patience;
  }

  /** A validation error that is not finite: nothing can be chosen by it any more. */
  get lostValidation(): number | undefined {
    const { riskValidation } = this.history.at(-1)!;
    return riskValidation === undefined || Number.isFinite(riskValidation) ? undefined : riskValidation;
  }

  /** The trained model, with other parameters. */
  modelWith(parameters: Float32Array): Model<C> {
    const { inputNames, outputNames, preparation } = this.#data;
    return { ...this.#model, parameters: parameters.slice(), inputNames, outputNames, preparation };
  }

  /** live: the history and what the penalty keeps are not copied but the run's own, right until it goes
   *  on. */
  state({ live }: { live: boolean }): TrainingState {
    const kept = this.#ofPenalty();
    return live ? this.#stateWith(kept, this.history) : this.#stateWith(kept.slice(), this.history.slice());
  }

  /** The state of a run that does not go on. */
  last(): TrainingState {
    return this.#stateWith(this.#marked(), this.history.slice());
  }

  /** Trains one more epoch. Unless "done", everything stands again as the epoch found it. */
  async epoch(interrupted: () => Promise<boolean>): Promise<"done" | "diverged" | "interrupted"> {
    const engine = this.#engine;
    const table = this.#table;
    const { batchSize, beta1, beta2, epsilon, plateau } = this.#settings;
    const before = this.#watch.spent.seconds;
    this.#watch.start();
    const long = this.#epochSeconds > longEpochSeconds || this.finished === 0;
    const start = this.#position(this.#marked());
    shuffle(this.#order, this.#random);
    const rate = this.#rate();
    const adam = { rate, beta1, beta2, epsilon };
    let squares = 0;
    let penaltySum = 0;
    let penaltySquares = 0;
    for (let from = 0; from < table.count; from += batchSize) {
      const to = Math.min(from + batchSize, table.count);
      const loss = engine.lossAndGradient(table, this.#order, from, to, this.#endTime());
      if (!Number.isFinite(loss.loss)) return this.#diverge(start, loss);
      squares += loss.squares;
      penaltySum += loss.penaltySum;
      penaltySquares += loss.penaltySquares;
      engine.step(++this.#time, adam);
      if (long && (await interrupted())) {
        this.#moveTo(start);
        return "interrupted";
      }
    }
    // No further batch would show what the last step did.
    const norm = engine.norm();
    if (!Number.isFinite(norm)) return this.#diverge(start, { loss: Number.NaN, unsolved: 0 });
    const weighted = (this.#options.penalty?.weight ?? 0) * penaltySquares;
    const total = Math.sqrt((squares + weighted) / table.count);
    if (plateau) this.#plateau = plateauStep(this.#plateau, total, plateau);
    this.finished++;
    this.#close({
      riskTrain: Math.sqrt(squares / (table.count * this.#model.config.outputs)),
      penalty: penaltySum / table.count,
      total,
      rate,
      norm,
    });
    this.#watch.stop();
    this.#epochSeconds = this.#watch.spent.seconds - before;
    return "done";
  }

  #diverge(start: Position, { loss, unsolved }: Pick<Loss, "loss" | "unsolved">): "diverged" {
    this.lastLoss = loss;
    this.lastUnsolved = unsolved;
    this.#moveTo(start);
    return "diverged";
  }

  #rate(): number {
    const { anneal, rate, epochs } = this.#settings;
    return anneal ? rate * (1 - this.finished / epochs) : this.#plateau.rate;
  }

  /** The end time of a batch. */
  #endTime(): number {
    const { horizon } = this.#model.config;
    const { steer } = this.#settings;
    return steer === undefined ? horizon : horizon + steer * (2 * this.#random.uniform() - 1);
  }

  #ofPenalty(): Float32Array {
    return this.#engine.penalty?.state?.(this.#goBackTo) ?? new Float32Array(0);
  }

  #marked(): Float32Array {
    const own = this.#ofPenalty();
    // A penalty may hand over the array that it works on.
    if (own !== this.#goBackTo) {
      if (this.#goBackTo.length !== own.length) this.#goBackTo = new Float32Array(own.length);
      this.#goBackTo.set(own);
    }
    return this.#goBackTo;
  }

  #position(penalty: Float32Array): Position {
    return { time: this.#time, random: this.#random.state(), ...this.#engine.read(), penalty };
  }

  #moveTo(to: Position): void {
    this.#time = to.time;
    this.#random = resumeStream(to.random);
    this.#engine.write(to);
    if (to.penalty.length > 0) this.#engine.penalty?.restore?.(to.penalty);
  }

  /** Records the end of an epoch, or the untrained network. */
  #close(part: Pick<EpochRecord, "riskTrain" | "penalty" | "total" | "rate" | "norm">): void {
    const engine = this.#engine;
    const epoch = this.finished;
    const record: { -readonly [K in keyof EpochRecord]: EpochRecord[K] } = { epoch, ...part };
    if (this.#test) record.riskTest = riskOn(engine, this.#test);
    if (this.#validation) this.#validate(record);
    const { measure } = this.#options;
    const last = epoch === this.#settings.epochs || this.outOfPatience;
    const every = measure?.every ?? 0;
    const due = typeof every === "number" ? epoch % every === 0 : every(epoch);
    if (measure && (due || last)) {
      // Looking at the network is not training it.
      record.measures = this.#watch.aside(() => measure.of(this.modelWith(engine.read().parameters)));
    }
    const statistics = epoch > 0 ? engine.penalty?.statistics?.() : undefined;
    if (statistics) record.statistics = statistics;
    this.history.push(record);
  }

  /** Records the validation error, and keeps the parameters where it is the smallest so far. */
  #validate(record: { epoch: number; riskValidation?: number }): void {
    const risk = riskOn(this.#engine, this.#validation!);
    record.riskValidation = risk;
    if (!(risk < this.#best.risk)) return;
    this.#best = { epoch: record.epoch, risk };
    this.#bestParameters = this.#engine.read().parameters;
  }

  #stateWith(penalty: Float32Array, history: readonly EpochRecord[]): TrainingState {
    const { time, random, ...arrays } = this.#position(penalty);
    return {
      fingerprint: this.#fingerprint,
      epoch: this.finished,
      time,
      plateau: this.#plateau,
      random,
      history,
      best: this.#best,
      ...this.#watch.spent,
      arrays: { ...arrays, best: this.#bestParameters },
    };
  }
}
