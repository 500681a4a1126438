/** Something that another thread or process is to do. */
export interface Question {
  readonly do: string;
  readonly [argument: string]: unknown;
}

export interface Answer {
  readonly id: number;
  readonly result?: unknown;
  /** Why there is none. */
  readonly error?: string;
  readonly status?: number;
  readonly code?: string;
}

/** Questions over a channel that only carries messages. */
export interface Questions {
  ask(question: Question): Promise<unknown>;
  take(answer: Answer): void;
  /** Nobody is left to answer: rejects what was asked. */
  lose(error: Error): void;
}

/** @param failure The error that an answer without a result is. */
export function createQuestions(
  post: (message: Question & { id: number }) => void,
  failure: (answer: Answer) => Error,
): Questions {
  const open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let count = 0;
  return {
    ask(question) {
      const id = ++count;
      return new Promise((resolve, reject) => {
        open.set(id, { resolve, reject });
        post({ ...question, id });
      });
    },
    take(answer) {
      const call = open.get(answer.id);
      open.delete(answer.id);
      if (answer.error === undefined) call?.resolve(answer.result);
      else call?.reject(failure(answer));
    },
    lose(error) {
      const lost = [...open.values()];
      open.clear();
      for (const { reject } of lost) reject(error);
    },
  };
}
