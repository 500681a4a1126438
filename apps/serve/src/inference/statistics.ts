/** Times of one version of a model since the process started, in seconds. */
export interface ModelStatistics {
  /** As Prometheus labels it. */
  readonly labels: { readonly model: string; readonly version: string };
  requests: number;
  failures: number;
  /** Rows of answered requests. */
  answered: number;
  /** Time from the arrival of a request to its answer. */
  seconds: number;
  failedSeconds: number;
  /** Rows that were run. */
  rows: number;
  batches: number;
  /** That batched requests, or parts of large ones, waited; summed over them. */
  queueSeconds: number;
  queued: number;
  /** In onnxruntime, summed over batches. */
  computeSeconds: number;
  /** Milliseconds since 1970, of the last request. */
  last: number;
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
    model.batches++;
    model.rows += rows;
    model.queued += waits.length;
    for (const wait of waits) model.queueSeconds += wait;
    model.computeSeconds += computeSeconds;
    return model;
  }

  private at(id: string): ModelStatistics {
    let found = this.models.get(id);
    if (!found) {
      const slash = id.lastIndexOf("/");
      found = {
        labels: { model: id.slice(0, slash), version: id.slice(slash + 1) },
        requests: 0,
        failures: 0,
        answered: 0,
        seconds: 0,
        failedSeconds: 0,
        rows: 0,
        batches: 0,
        queueSeconds: 0,
        queued: 0,
        computeSeconds: 0,
        last: 0,
      };
      this.models.set(id, found);
    }
    return found;
  }
}
