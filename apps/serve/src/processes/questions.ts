import { unavailable } from "../errors.ts";

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

export type Questions = ReturnType<typeof createQuestions>;

/** Questions over a channel that only carries messages.
 *  @param failure The error that an answer without a result is. */
export function createQuestions(
  post: (message: Question & { id: number }) => void,
  failure: (answer: Answer) => Error,
) {
  interface Open {
    readonly resolve: (value: unknown) => void;
    readonly reject: (error: Error) => void;
    readonly timer: NodeJS.Timeout | undefined;
  }
  const open = new Map<number, Open>();
  let count = 0;
  return {
    /** Rejects where no answer comes within so many milliseconds; without them it waits on. */
    ask(question: Question, within?: number): Promise<unknown> {
      const id = ++count;
      return new Promise((resolve, reject) => {
        const fail = () => {
          open.delete(id);
          reject(unavailable(`no answer to '${question.do}' within ${within! / 1000} s`));
        };
        const timer = within === undefined ? undefined : setTimeout(fail, within).unref();
        open.set(id, { resolve, reject, timer });
        post({ ...question, id });
      });
    },
    take(answer: Answer): void {
      const call = open.get(answer.id);
      open.delete(answer.id);
      clearTimeout(call?.timer);
      if (answer.error === undefined) call?.resolve(answer.result);
      else call?.reject(failure(answer));
    },
    /** Rejects all open questions, because the other side has ended. */
    lose(error: Error): void {
      for (const { reject } of open.values()) reject(error);
      open.clear();
    },
  };
}
