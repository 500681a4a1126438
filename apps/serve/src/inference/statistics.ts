/** How often something was done, and the seconds that it took in all. */
export class Times {
  count = 0;
  seconds = 0;

  add(seconds: number): void {
    this.count++;
    this.seconds += seconds;
  }
}

/** Times of one version of a model since the process started. */
export class ModelStatistics {
  /** As Prometheus labels it. */
  readonly labels: { readonly model: string; readonly version: string };
  /** From the arrival of a request to its answer. */
  readonly requests: Times = new Times();
  readonly failures: Times = new Times();
  /** That batched requests, or parts of large ones, waited. */
  readonly queue: Times = new Times();
  /** Batches in onnxruntime. */
  readonly batches: Times = new Times();
  /** Rows that were run, and those of answered requests. */
  rows = 0;
  answered = 0;
  /** Milliseconds since 1970, of the last request. */
  last = 0;

  constructor(id: string) {
    const slash = id.lastIndexOf("/");
    this.labels = { model: id.slice(0, slash), version: id.slice(slash + 1) };
  }
}

export interface BatchTimes {
  /** NAME/VERSION#LOAD. */
  readonly key: string;
  readonly rows: number;
  /** That each of the requests waited. */
  readonly waits: readonly number[];
  readonly computeSeconds: number;
}

export class Statistics {
  private readonly models = new Map<string, ModelStatistics>();

  of({ name, version }: { readonly name: string; readonly version: string }): ModelStatistics {
    return this.at(`${name}/${version}`);
  }

  all(): Iterable<ModelStatistics> {
    return this.models.values();
  }

  ran({ key, rows, waits, computeSeconds }: BatchTimes): ModelStatistics {
    const model = this.at(key.slice(0, key.lastIndexOf("#")));
    model.rows += rows;
    model.batches.add(computeSeconds);
    for (const wait of waits) model.queue.add(wait);
    return model;
  }

  private at(id: string): ModelStatistics {
    const found = this.models.get(id) ?? new ModelStatistics(id);
    this.models.set(id, found);
    return found;
  }
}
