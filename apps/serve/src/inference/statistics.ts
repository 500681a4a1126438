/** Times of one version of a model since the process started, in seconds. */
export interface ModelStatistics {
  requests: number;
  failures: number;
  /** Time from the arrival of a request to its answer. */
  seconds: number;
  failedSeconds: number;
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
  readonly key: string;
  readonly rows: number;
  /** That each of the requests waited. */
  readonly waits: readonly number[];
  readonly computeSeconds: number;
}

/** Name and version of a key NAME/VERSION#LOAD. */
export function modelOf(key: string): readonly [name: string, version: string] {
  const slash = key.lastIndexOf("/");
  return [key.slice(0, slash), key.slice(slash + 1, key.lastIndexOf("#"))];
}

export class Statistics {
  private readonly models = new Map<string, ModelStatistics>();

  of({ name, version }: { readonly name: string; readonly version: string }): ModelStatistics {
    return this.at(`${name}/${version}`);
  }

  all(): (readonly [name: string, version: string, ModelStatistics])[] {
    return [...this.models].map(([id, statistics]) => {
      const slash = id.lastIndexOf("/");
      return [id.slice(0, slash), id.slice(slash + 1), statistics];
    });
  }

  ran({ key, rows, waits, computeSeconds }: BatchTimes): void {
    const model = this.at(modelOf(key).join("/"));
    model.batches++;
    model.rows += rows;
    model.queued += waits.length;
    for (const wait of waits) model.queueSeconds += wait;
    model.computeSeconds += computeSeconds;
  }

  private at(id: string): ModelStatistics {
    let found = this.models.get(id);
    if (!found) {
      found = {
        ...{ requests: 0, failures: 0, seconds: 0, failedSeconds: 0, rows: 0, batches: 0 },
        ...{ queueSeconds: 0, queued: 0, computeSeconds: 0, last: 0 },
      };
      this.models.set(id, found);
    }
    return found;
  }
}
