import { HttpError } from "../errors.ts";
import { type Answer, createQuestions, type Question, type Questions } from "./questions.ts";

/** One end of the channel between two processes. */
interface End {
  send?(message: object, done: (error: Error | null) => void): unknown;
  on(event: "message", listener: (message: unknown) => void): unknown;
}

type Handlers = Readonly<Record<string, (question: Question) => Promise<unknown>>>;

/** Questions in both directions between two processes; an error comes over with its status. */
export function openChannel(end: End, handlers: Handlers): Questions {
  // A process that has ended needs no answer. Without a callback the error of a closed channel would be an
  // event 'error', which ends this process.
  const post = (message: object): void => void end.send?.(message, () => {});
  const questions = createQuestions(post, ({ error, status = 500 }) => new HttpError(status, error!));
  end.on("message", (message) => {
    const { id } = message as Answer;
    if (!("do" in (message as object))) {
      questions.take(message as Answer);
      return;
    }
    const question = message as Question;
    handlers[question.do]!(question).then(
      (result) => post({ id, result }),
      (error: Error & { statusCode?: number }) =>
        post({ id, error: error.message, status: error.statusCode }),
    );
  });
  return questions;
}
