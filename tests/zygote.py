"""Processes that begin with everything imported: a single-threaded parent forks them on demand, in milliseconds."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT_FOLDER = Path(__file__).resolve().parents[1]


class Zygote:
    """Starts functions ``module:name`` in processes of their own, with arguments that JSON can hold."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ready(self) -> None:
        """Return once everything is imported and prepared."""
        self._asked({"ready": True})

    def start(self, function: str, **arguments: Any) -> int:
        """The id of the process that runs it."""
        return int(self._asked({"function": function, "arguments": arguments}))

    def wait(self, pid: int) -> int:
        """Exit code of a process that was started: 0 when the function returned, −9 after a kill."""
        return int(self._asked({"wait": pid}))

    def _asked(self, question: dict[str, Any]) -> Any:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the zygote has no pipes")
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def zygote(*modules: str) -> Iterator[Zygote]:
    """A parent that has imported ``modules`` and called their ``prepare``, where they have one: from then on nobody
    who measures a child's time measures the parent's. No thread of ours runs in it, for none would live on in a fork.
    """
    command = [sys.executable, "-m", "tests.zygote", *modules]
    with subprocess.Popen(
        command, cwd=ROOT_FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        made = Zygote(process)
        made.ready()
        yield made
        if process.stdin:
            process.stdin.close()


def _serve(questions: Iterator[str], answer: Callable[[object], None]) -> None:
    for line in questions:
        question = json.loads(line)
        if "ready" in question:
            answer(True)
            continue
        if "wait" in question:
            answer(os.waitstatus_to_exitcode(os.waitpid(question["wait"], 0)[1]))
            continue
        pid = os.fork()
        if pid == 0:
            _run(question["function"], question["arguments"])
        answer(pid)


def _run(function: str, arguments: dict[str, Any]) -> None:
    module, name = function.split(":")
    code = 1
    try:
        getattr(import_module(module), name)(**arguments)
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    # What anybody prints must not be taken for an answer.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for module in sys.argv[1:]:
        prepare = getattr(import_module(module), "prepare", None)
        if prepare:
            prepare()
    # A collection in a fork would touch, and thereby copy, every object that was made before it.
    gc.collect()
    gc.freeze()

    def answer(told: object) -> None:
        answers.write(json.dumps(told) + "\n")
        answers.flush()

    _serve(iter(sys.stdin.readline, ""), answer)


if __name__ == "__main__":
    main()
