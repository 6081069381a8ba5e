"""Outputs written whole or not at all, readable by their owner alone."""

import os
import stat
import sys
from contextlib import suppress
from typing import BinaryIO, Self

from charter_score.errors import NotWrittenError

AnyPath = str | os.PathLike[str]

NEW_FILE_MODE = 0o600


class Replacement:
    """A file written beside its target and put in its place only when it is whole.

    A link is followed, an existing file keeps its mode, a new one is its owner's alone (results
    hold personal data). What is no regular file, such as `/dev/null` or a pipe, is written
    directly. Used as a context: leaving it by an exception takes the temporary file away and leaves
    the old one as it was.
    """

    def __init__(self, path: AnyPath, shown: str) -> None:
        self._shown = shown
        self._path = path
        self._target = os.path.realpath(path)
        self._temporary: str | None = None
        try:
            self._stream = self._open()
        except OSError as wrong:
            self._forget()
            raise self._not_written(wrong) from wrong
        except BaseException:
            self._forget()  # interrupted or terminated: nobody else knows of it yet
            raise

    def _open(self) -> BinaryIO:
        try:
            status = os.stat(self._path)
        except FileNotFoundError:
            mode = NEW_FILE_MODE
        else:
            if not stat.S_ISREG(status.st_mode):
                return open(self._path, "wb")  # as it is: a pipe in /dev/fd has no other name
            mode = stat.S_IMODE(status.st_mode)
        import tempfile

        folder, name = os.path.split(self._target)
        # A name may have 255 bytes, and a character four of them.
        descriptor, self._temporary = tempfile.mkstemp(prefix=f".{name[:48]}.", dir=folder)
        try:
            _set_mode(descriptor, self._temporary, mode)
            return os.fdopen(descriptor, "wb")
        except BaseException:
            os.close(descriptor)
            raise

    @property
    def is_terminal(self) -> bool:
        """Whether what is written is shown on a terminal."""
        return self._temporary is None and self._stream.isatty()

    @property
    def replaces(self) -> bool:
        """Whether there is an older file, whose place it is to take."""
        return self._temporary is not None and os.path.exists(self._target)

    def write(self, data: bytes) -> None:
        """Add data to the file.

        Raises:
            NotWrittenError: where the disk or the pipe says no.
        """
        try:
            self._stream.write(data)
        except BrokenPipeError:
            pass  # its reader has gone away and wants no more
        except OSError as wrong:
            raise self._not_written(wrong) from wrong

    def commit(self) -> None:
        """Put the file in its place.

        Raises:
            NotWrittenError: where it cannot be flushed to the disk or renamed.
        """
        try:
            self._stream.flush()
            if self._temporary is not None:
                os.fsync(self._stream.fileno())
            self._stream.close()
            if self._temporary is not None:
                os.replace(self._temporary, self._target)
                self._temporary = None
        except BrokenPipeError:
            pass
        except OSError as wrong:
            raise self._not_written(wrong) from wrong

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._stream.close()
        self._forget()

    def _forget(self) -> None:
        """Take the temporary file away, if there is one."""
        if self._temporary is not None:
            with suppress(OSError):
                os.unlink(self._temporary)
            self._temporary = None

    def _not_written(self, wrong: OSError) -> NotWrittenError:
        folder = os.path.dirname(self._target)
        if isinstance(wrong, FileNotFoundError) and not os.path.lexists(folder):
            return NotWrittenError(f"{self._shown}: its folder is not there; make it first")
        return NotWrittenError(f"{self._shown}: {(wrong.strerror or 'cannot be written').lower()}")


def write_file(path: AnyPath, data: bytes, shown: str) -> None:
    """Put data at a path, whole or not at all; see `Replacement`.

    Raises:
        NotWrittenError: with the old file as it was and no temporary file left.
    """
    with Replacement(path, shown) as file:
        file.write(data)
        file.commit()


def _set_mode(descriptor: int, path: str, mode: int) -> None:
    """Give a new file its mode. On Windows a file has the rights that its folder gives it."""
    if os.name == "nt":
        return
    if change := getattr(os, "fchmod", None):
        change(descriptor, mode)
    else:
        os.chmod(path, mode)


def write_standard_output(text: str | bytes) -> None:
    """Put text, or the bytes of a binary format, on standard output; a line ends in LF everywhere.

    A reader that has gone away (`| head`) is no error: the rest is not wanted.

    Raises:
        NotWrittenError: for any other fault, such as a full disk.
    """
    if sys.stdout is None:
        raise NotWrittenError("standard output is closed")
    encoding = sys.stdout.encoding or "utf-8"
    try:
        data = text if isinstance(text, bytes) else text.encode(encoding, "backslashreplace")
        # As bytes: as text, Windows would end each line in CR LF.
        if (stream := getattr(sys.stdout, "buffer", None)) is not None:
            sys.stdout.flush()
            stream.write(data)
        else:
            sys.stdout.write(data.decode(encoding))
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
