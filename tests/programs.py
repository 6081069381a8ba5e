"""Runs the program in a process of its own, without its start being paid for each time.

Most tests of the command line need no fresh interpreter, only a folder, streams, variables and an
exit code that are not those of the tests. A fork of the tests' process has them, with every module
loaded already. `fresh` starts an interpreter: for what happens while one starts or ends, for
streams that fail, and where there is no fork.
"""

import io
import multiprocessing
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from typing import IO, Any

Run = Callable[..., tuple[int, str, str]]
"""Runs the program with some words: its exit code, standard output, standard error."""

SECONDS = 60
"""What a run may take before it counts as hanging."""

_ENTRIES = {"charter-score": "main", "score": "score_main"}


def fresh(
    *words: str | bytes, program: str = "charter-score", before: str = "", **more: Any
) -> "subprocess.CompletedProcess[Any]":
    """The program in a fresh interpreter; `before` is run in it first, and `more` is subprocess's.

    Its output is caught and its standard input is empty, unless `more` says otherwise.
    """
    main = f"from charter_score.__main__ import {_ENTRIES[program]} as main\n{before}\nmain()"
    streams = {} if {"stdout", "stderr"} & more.keys() else {"capture_output": True}
    given = {} if "input" in more else {"stdin": subprocess.DEVNULL}
    options: dict[str, Any] = {"timeout": SECONDS, **streams, **given, **more}
    return subprocess.run([sys.executable, "-c", main, *words], check=False, **options)


def run(*words: str | bytes, **more: Any) -> "subprocess.CompletedProcess[str]":
    """The same as `run_binary`, with what a terminal would show in place of bytes."""
    done = run_binary(*words, **more)
    encoding = more.get("PYTHONIOENCODING", "utf-8")
    out, err = done.stdout.decode(encoding), done.stderr.decode(encoding)
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def run_binary(
    *words: str | bytes,
    program: str = "charter-score",
    before: str = "",
    cwd: str | os.PathLike[str] | None = None,
    given: bytes | None = None,
    **environment: str,
) -> "subprocess.CompletedProcess[bytes]":
    """The program in a folder, with `given` on its standard input and some variables set.

    `before` is code that is run first.
    """
    if not hasattr(os, "fork"):
        standard_input = {} if given is None else {"input": given}
        more = {"program": program, "before": before, "cwd": cwd, **standard_input}
        return fresh(*words, env={**os.environ, **environment}, **more)
    with (
        open(os.devnull, "rb") if given is None else tempfile.TemporaryFile() as stdin,
        tempfile.TemporaryFile() as stdout,
        tempfile.TemporaryFile() as stderr,
    ):
        if given is not None:
            stdin.write(given)
            stdin.seek(0)
        process = multiprocessing.get_context("fork").Process(
            target=_be_the_program,
            args=(words, program, before, cwd, environment, (stdin, stdout, stderr)),
        )
        with warnings.catch_warnings():
            # The thread that xdist keeps in each of its processes waits for messages and no more.
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
        process.join(SECONDS)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(words, SECONDS)
        code = process.exitcode
        process.close()
        stdout.seek(0)
        stderr.seek(0)
        return subprocess.CompletedProcess(words, code, stdout.read(), stderr.read())


def _be_the_program(
    words: tuple[str | bytes, ...],
    program: str,
    before: str,
    cwd: str | os.PathLike[str] | None,
    environment: dict[str, str],
    streams: tuple[IO[bytes], ...],
) -> None:
    """What the fork does: become what a fresh interpreter would be, and run the program."""
    from charter_score import __main__ as programs

    for descriptor, stream in enumerate(streams):
        os.dup2(stream.fileno(), descriptor)
    os.environ.update(environment)
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", "").partition(":")
    sys.stdin, sys.stdout, sys.stderr = (
        io.TextIOWrapper(
            os.fdopen(descriptor, mode, closefd=False),
            encoding=encoding or "utf-8",
            errors=errors or ("backslashreplace" if descriptor == 2 else "strict"),
            line_buffering=descriptor == 2,
        )
        for descriptor, mode in enumerate(("rb", "wb", "wb"))
    )
    if cwd is not None:
        os.chdir(cwd)
    sys.argv = [program, *map(os.fsdecode, words)]
    exec(before, {})  # noqa: S102 - code of the test that asks for it
    getattr(programs, _ENTRIES[program])()
