"""Outputs written whole or not at all, readable by their owner alone."""

import os
import stat
import sys
import tempfile
from pathlib import Path

from charter_score.errors import NotWrittenError

NEW_FILE_MODE = 0o600


def write_file(path: Path, data: bytes, shown: str) -> None:
    """Put data at a path so that nobody ever sees half of it.

    A temporary file beside it is written, flushed to the disk and renamed over it. A link is
    followed, an existing file keeps its mode, a new one is its owner's alone (results hold
    personal data). What is no regular file, such as `/dev/null` or a pipe, is written directly.

    Raises:
        NotWrittenError: with the old file as it was and no temporary file left.
    """
    try:
        target = Path(os.path.realpath(path))
        try:
            status = os.stat(target)
        except FileNotFoundError:
            mode = NEW_FILE_MODE
        else:
            if not stat.S_ISREG(status.st_mode):
                _write_directly(target, data)
                return
            mode = stat.S_IMODE(status.st_mode)
        _replace(target, data, mode)
    except OSError as wrong:
        why = (wrong.strerror or "it cannot be written").lower()
        raise NotWrittenError(f"{shown}: {why}") from wrong


def _write_directly(target: Path, data: bytes) -> None:
    with open(target, "wb") as stream:
        stream.write(data)


def _replace(target: Path, data: bytes, mode: int) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name[:64]}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            os.fchmod(stream.fileno(), mode)
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def write_standard_output(text: str) -> None:
    """Put text on standard output.

    A reader that has gone away (`| head`) is no error: the rest is not wanted.

    Raises:
        NotWrittenError: for any other fault, such as a full disk.
    """
    if sys.stdout is None:
        raise NotWrittenError("standard output is closed")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        quiet_output()
    except OSError as wrong:
        quiet_output()
        why = (wrong.strerror or "it cannot be written").lower()
        raise NotWrittenError(f"standard output: {why}") from wrong


def quiet_output() -> None:
    """Let the interpreter's last flush go nowhere once standard output is lost."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - lives to the end
