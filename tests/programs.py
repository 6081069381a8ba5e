"""Runs the program, without its start being paid for each time.

Most tests of the command line need no process of their own, only a folder, streams, variables and
an exit code that are not those of the tests: `run` lends the program the tests' process. Where code
is to run before it, that is a fork, with every module loaded already; `install` gives a shell
commands that are such forks. `fresh` starts an interpreter: for what happens while one starts or
ends, for streams that fail, and where there is no fork.
"""

import functools
import importlib
import io
import json
import multiprocessing
import multiprocessing.connection
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, NamedTuple, NoReturn
from unittest import mock

import charter_score

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
    onto: Mapping[int, int] | None = None,
    **environment: str,
) -> "subprocess.CompletedProcess[bytes]":
    """The program in a folder, with `given` on its standard input and some variables set.

    `before` is code that is run first, and `onto` has descriptors to write to in place of 1 or 2
    (a terminal); with either, the program has a process of its own.
    """
    own_process = before or onto
    # Threads of a native library do not live on in a fork, which may then wait for them forever.
    has_threads = not _THREADED.isdisjoint(sys.modules)
    if own_process and (not hasattr(os, "fork") or (has_threads and not onto)):
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
        asked = _Asked(program, words, os.fspath(cwd or os.getcwd()), {**os.environ, **environment})
        streams = [stream.fileno() for stream in (stdin, stdout, stderr)]
        if own_process:
            for number, descriptor in (onto or {}).items():
                streams[number] = descriptor
            _load()
            code = _code_of(_fork(_be_the_program, asked, before, streams), words)
        else:
            code = _lend_this_process(asked, streams)
        stdout.seek(0)
        stderr.seek(0)
        return subprocess.CompletedProcess(words, code, stdout.read(), stderr.read())


_THREADED = frozenset(["duckdb", "polars", "pyarrow", "vl_convert"])
"""Libraries that start threads of their own."""


def install(folder: Path) -> None:
    """Put the commands `score` and `charter-score` into a folder, for shells and what they run."""
    folder.mkdir(exist_ok=True)
    for name, entry in _ENTRIES.items():
        if hasattr(os, "fork"):
            client = _CLIENT.format(address=_server())
            script = f"#!{sys.executable} -IS\n{client}"
        else:
            code = f"from charter_score.__main__ import {entry}; {entry}()"
            script = f"#!/bin/sh\nexec '{sys.executable}' -c '{code}' \"$@\"\n"
        (folder / name).write_text(script, encoding="utf-8")
        (folder / name).chmod(0o755)


class _Asked(NamedTuple):
    """What is to be run: the program's name, its words, the folder and all variables."""

    program: str
    words: Sequence[str | bytes]
    cwd: str
    environment: Mapping[str, str]


_CLIENT = """\
import json, os, socket, sys

with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    asked = [os.path.basename(sys.argv[0]), sys.argv[1:], os.getcwd(), dict(os.environ)]
    socket.send_fds(server, [json.dumps(asked).encode()], [0, 1, 2])
    server.shutdown(socket.SHUT_WR)
    code = int(server.recv(16))
sys.exit(code)
"""
"""An installed command: hands its words and streams to the server, and ends with the same code."""


@functools.cache
def _server() -> str:
    """The address of a fork that becomes the program for whoever connects; one for all tests."""
    _load()
    address = os.path.join(tempfile.mkdtemp(), "program")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    theirs, _kept_open = os.pipe()
    with _forking():
        if os.fork() == 0:
            os.close(_kept_open)
            _and_no_more(_serve, listener, theirs)
    os.close(theirs)
    listener.close()
    return address


def _serve(listener: socket.socket, tests_ended: int) -> None:
    """Answer, each in a fork of its own, until the tests' process is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks that answer
    while tests_ended not in multiprocessing.connection.wait([listener, tests_ended]):
        connection, _ = listener.accept()
        if os.fork() == 0:
            _and_no_more(_answer, connection)
        connection.close()


def _and_no_more(task: Callable[..., None], *given: Any) -> NoReturn:
    """Do what a fork is for, and end it: whatever happens, no test goes on in it."""
    try:
        task(*given)
    except BaseException:  # noqa: BLE001 - shown, and the fork ends in any case
        traceback.print_exc()
    finally:
        os._exit(0)


def _answer(connection: socket.socket) -> None:
    """Be the program with the words and streams that come over a connection; send its code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    text, streams, _, _ = socket.recv_fds(connection, 1 << 20, 3)
    while more := connection.recv(1 << 20):
        text += more
    asked = _Asked(*json.loads(text))
    process = _fork(_be_the_program, asked, "", streams)
    connection.sendall(str(_code_of(process, asked.words)).encode())


@functools.cache
def _load() -> None:
    """Import all of the program, so that no fork has to."""
    for module in pkgutil.walk_packages(charter_score.__path__, "charter_score."):
        with suppress(ImportError):  # of an extra that is not there
            importlib.import_module(module.name)


def _fork(target: Callable[..., None], *given: Any) -> Any:
    """A fork that does something."""
    process = multiprocessing.get_context("fork").Process(target=target, args=given)
    with _forking():
        process.start()
    return process


@contextmanager
def _forking() -> Iterator[None]:
    """Where a fork is made beside a thread: xdist's waits for messages and no more."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def _code_of(process: Any, words: Sequence[str | bytes]) -> int:
    """The exit code of a fork, which is waited for."""
    process.join(SECONDS)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise subprocess.TimeoutExpired([os.fsdecode(word) for word in words], SECONDS)
    code: int = process.exitcode
    process.close()
    return code


def _be_the_program(asked: _Asked, before: str, streams: Sequence[int]) -> None:
    """What the fork does: become what a fresh interpreter would be, and run the program."""
    from charter_score import __main__ as programs

    for descriptor, stream in enumerate(streams):
        os.dup2(stream, descriptor)
    os.environ.clear()
    os.environ.update(asked.environment)
    _open_streams((0, 1, 2))
    os.chdir(asked.cwd)
    sys.argv = [asked.program, *map(os.fsdecode, asked.words)]
    exec(before, {})  # noqa: S102 - code of the test that asks for it
    getattr(programs, _ENTRIES[asked.program])()


def _lend_this_process(asked: _Asked, streams: Sequence[int]) -> int:
    """The exit code of the program, run here; afterwards all is the tests' own again."""
    from charter_score import __main__ as programs
    from charter_score import workers

    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    with (
        mock.patch.dict(os.environ, asked.environment, clear=True),
        mock.patch.multiple(sys, stdin=None, stdout=None, stderr=None),
        mock.patch.object(sys, "argv", [asked.program, *map(os.fsdecode, asked.words)]),
        # xdist's thread waits for messages and no more: a fork is as safe as without it.
        mock.patch.object(workers, "start_method", _start_method),
        chdir(asked.cwd),
        _forking(),
    ):
        opened = _open_streams(streams)
        try:
            getattr(programs, _ENTRIES[asked.program])()
        except SystemExit as ended:
            return int(ended.code or 0)
        finally:
            for stream in opened[1:]:
                stream.flush()
            for number, handler in handlers.items():
                signal.signal(number, handler)
    return 0


def _start_method() -> Literal["fork", "spawn"]:
    return "fork" if sys.platform == "linux" and hasattr(os, "fork") else "spawn"


def _open_streams(descriptors: Sequence[int]) -> Sequence[io.TextIOWrapper]:
    """Make descriptors the standard streams, in the encoding that the variables ask for."""
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", "").partition(":")
    opened = [
        io.TextIOWrapper(
            os.fdopen(descriptor, mode, closefd=False),
            encoding=encoding or "utf-8",
            errors=errors or ("backslashreplace" if number == 2 else "strict"),
            line_buffering=number == 2,
        )
        for number, (descriptor, mode) in enumerate(
            zip(descriptors, ("rb", "wb", "wb"), strict=True)
        )
    ]
    sys.stdin, sys.stdout, sys.stderr = opened
    return opened
