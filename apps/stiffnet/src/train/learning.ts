import {
  constantInputs,
  keptBack,
  type StudyConfig,
  type StudyData,
  type TrainedTrial,
  trainingFor,
} from "@stiffnet/trials";

/** What became of the rows of a table. */
export interface TrainRows {
  readonly train: number;
  /** Of the training rows, in each trial. */
  readonly validation: number;
  readonly test: number;
  /** Left out for a gap, and input cells that were filled. */
  readonly dropped: number;
  readonly filled: number;
  /** Inputs that never vary in training, which the model ignores. */
  readonly constant: readonly string[];
}

/** Whether the trials had learnt what they could when they ended. */
export interface Learning {
  readonly trials: number;
  /** Trained to the last epoch, and better by more than `threshold` in the last quarter. */
  readonly unfinished: number;
  readonly threshold: number;
  /** That a trial may train. */
  readonly epochs: number;
}

export function rowsOf(data: StudyData, trials: readonly TrainedTrial[], share: number): TrainRows {
  const { train, test, missing } = data;
  const keeps = keptBack(data, share, trials[0]?.record.trial ?? 0);
  let validation = 0;
  for (let row = 0; row < train.count; row++) if (keeps(row)) validation++;
  const filled = Object.values(missing?.filled ?? {}).reduce((sum, cells) => sum + cells, 0);
  const constant = constantInputs(data).map((input) => data.inputNames[input]!);
  const dropped = missing?.dropped ?? 0;
  return { train: train.count, validation, test: test.count, dropped, filled, constant };
}

const threshold = 0.1;

export function learningOf(config: StudyConfig, trials: readonly TrainedTrial[]): Learning {
  const { epochs } = trainingFor(config, config.models[0]!);
  const unfinished = trials.filter(({ history }) => {
    const risks = history.map((record) => record.riskValidation ?? record.riskTrain);
    if (risks.length <= epochs) return false;
    const before = Math.min(...risks.slice(0, Math.ceil(0.75 * epochs) + 1));
    return Math.min(...risks) < (1 - threshold) * before;
  });
  return { trials: trials.length, unfinished: unfinished.length, threshold, epochs };
}
