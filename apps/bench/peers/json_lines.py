"""Answers a line of JSON by a line of JSON, until standard input closes, and times what is asked for."""
import json
import sys
import time


def answer_lines(answer_to):
    for line in sys.stdin:
        try:
            answer = answer_to(json.loads(line))
        except Exception as error:  # one line to the caller, whatever went wrong
            answer = {"error": f"{type(error).__name__}: {error}".strip().splitlines()[0][:300]}
        print(json.dumps(answer), flush=True)


def best_of(seconds, once):
    """The shortest processor time of at least one run and of as many as begin within `seconds`, and the last result; once() says first
    whether it went well: what did not is not repeated."""
    best, began = 1e300, time.process_time()
    while True:
        start = time.process_time()
        result = once()
        best = min(best, time.process_time() - start)
        if not result[0] or time.process_time() - began >= seconds:
            return best, result
