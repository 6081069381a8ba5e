"""Places that results go to: standard output, files replaced whole, files that CI reads."""

import os
import stat
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

from charter_score.errors import NotWrittenError
from charter_score.render.results.batch import BatchRenderer, Closing
from charter_score.render.text.console import for_encoding
from charter_score.render.text.hostile import visible_document
from charter_score.source.files import slashed
from charter_score.writing import NEW_FILE_MODE, Replacement, write_standard_output


class Output:
    """One place that results go to: a file, or standard output where there is no path.

    After a fault it takes nothing more and remembers why in `lost`. Used as a context: a file that
    was not committed stays as it was.
    """

    def __init__(self, path: str | None, lost: NotWrittenError | None = None) -> None:
        self.path = path
        self.renderer: BatchRenderer | None = None
        self.lost = lost
        self.is_painted = False
        """Whether the text holds colours of ours, and what came from files is harmless in it."""
        self._file: Replacement | _Appended | None = None
        if path is not None:
            self._try(self._open)

    def _open(self) -> None:
        path = self.path or ""
        self._file = Replacement(path, slashed(path))

    @property
    def room(self) -> int | None:
        """Bytes that the output may take; None where it is as many as it likes."""
        return None

    @property
    def is_terminal(self) -> bool:
        """Whether a terminal shows the output."""
        return self.path is None and is_terminal()

    @property
    def is_file(self) -> bool:
        """Whether it ends up in a file, and not in a pipe or on standard output."""
        return self.path is not None and (
            os.path.isfile(self.path) or not os.path.exists(self.path)
        )

    def begin(self, renderer: BatchRenderer) -> None:
        """Choose what the output is rendered by, and write how that begins."""
        self.renderer = renderer
        self.write(renderer.begin())

    def _try(self, write: Callable[[], None]) -> None:
        if self.lost is None:
            try:
                write()
            except NotWrittenError as wrong:
                self.lost = wrong
            except OSError as wrong:
                why = (wrong.strerror or "it cannot be written").lower()
                where = slashed(self.path or "standard output")
                self.lost = NotWrittenError(f"{where}: a temporary file was needed: {why}")

    def write(self, text: str | bytes) -> None:
        """Add to the output."""
        if not text:
            return
        file = self._file
        if file is not None:
            if isinstance(text, str):
                text = _for_file(text, file, is_painted=self.is_painted)
            data = text
            self._try(lambda: file.write(data))
        elif self.path is None:
            self._try(lambda: print_text(text, is_painted=self.is_painted))

    def add(self, pieces: Sequence[Any], hide: Callable[[], None]) -> None:
        """Write what the renderer gives for pieces; `hide` what the terminal shows meanwhile."""
        renderer = self.renderer
        if renderer is None or self.lost is not None:
            return
        texts: list[str | bytes] = []
        self._try(lambda: texts.extend(renderer.add(piece) for piece in pieces))
        text = _joined(texts)
        if text and self.path is None:
            hide()
        self.write(text)

    def end(self, closing: Closing) -> None:
        """Write how the renderer ends, and put the output in its place: it is whole."""
        renderer = self.renderer
        if renderer is not None:
            self._try(lambda: self._write_all(renderer.end(closing)))
        if self._file is not None:
            self._try(self._file.commit)

    def keep_old(self) -> bool:
        """Take nothing more where there is an older file, which then stays as it is."""
        if not isinstance(self._file, Replacement) or not self._file.replaces:
            return False
        self._file.__exit__()
        self.renderer = self._file = None
        return True

    def _write_all(self, texts: Iterable[str | bytes]) -> None:
        for text in texts:
            self.write(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        if self._file is not None:
            self._file.__exit__(*problem)


class AppendedOutput(Output):
    """The end of a file that a CI system reads, and that other steps write to as well.

    `name` is what a fault calls it, `most` the bytes that the whole file may have. Where it already
    holds something, `between` comes first.
    """

    def __init__(
        self, path: str, name: str, *, most: int | None = None, between: bytes = b""
    ) -> None:
        self._name = name
        self._most = most
        self._between = between
        self._taken = 0
        super().__init__(path)

    def _open(self) -> None:
        path = self.path or ""
        self._taken = os.path.getsize(path) if os.path.isfile(path) else 0
        self._file = _Appended(path, self._name, self._between if self._taken else b"")

    @property
    def room(self) -> int | None:
        """The bytes that others left of the file."""
        return None if self._most is None else max(0, self._most - self._taken)


class _Appended:
    """Data added to the end of a file in one go, once all of it is there."""

    def __init__(self, path: str, name: str, data: bytes) -> None:
        self._path = path
        self._name = name
        self._data = data

    def write(self, data: bytes) -> None:
        """Keep data to be added."""
        self._data += data

    def commit(self) -> None:
        """Add everything.

        Raises:
            NotWrittenError: where the file takes nothing.
        """
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        try:
            with open(os.open(self._path, flags, NEW_FILE_MODE), "ab") as file:
                file.write(self._data)
        except OSError as wrong:
            why = (wrong.strerror or "it cannot be written").lower()
            raise NotWrittenError(f"{self._name}: {why}") from wrong

    def __exit__(self, *_: object) -> None:
        """Nothing was begun that would have to be undone."""


def is_terminal(path: str | None = None) -> bool:
    """Whether a terminal shows what is written: to a path, or to standard output."""
    if path is None:
        return sys.stdout is not None and sys.stdout.isatty()
    try:
        if not stat.S_ISCHR(os.stat(path).st_mode):
            return False
        descriptor = os.open(path, os.O_WRONLY | getattr(os, "O_NOCTTY", 0))
    except (OSError, ValueError):
        return False  # writing it says what is wrong
    try:
        return os.isatty(descriptor)
    finally:
        os.close(descriptor)


def write_text(path: str, text: str | bytes, shown: str) -> None:
    """Put a document at a path, whole or not at all; a terminal there gets nothing that acts.

    Raises:
        NotWrittenError: with the old file as it was.
    """
    with Replacement(path, shown) as file:
        file.write(_for_file(text, file) if isinstance(text, str) else text)
        file.commit()


def _for_file(text: str, file: "Replacement | _Appended", *, is_painted: bool = False) -> bytes:
    """Text as it is written to a file: one like `/dev/tty` is a terminal by another name."""
    if not is_painted and isinstance(file, Replacement) and file.is_terminal:
        text = visible_document(text)
    return text.encode("utf-8")


def print_text(text: str | bytes, *, is_painted: bool = False) -> None:
    """Put text on standard output.

    A terminal obeys control characters and reorders text as bidirectional ones say, so there they
    are shown and not sent; painted text is ours and harmless already. What people read is in
    characters that standard output can carry; a document that programs read is UTF-8 in a file or
    a pipe, whatever the locale says.

    Raises:
        NotWrittenError: where it cannot be written.
    """
    if isinstance(text, str) and sys.stdout is not None:
        if is_painted or is_terminal():
            text = text if is_painted else visible_document(text)
            text = for_encoding(text, sys.stdout.encoding)
        else:
            text = text.encode("utf-8")
    write_standard_output(text)


def _joined(texts: Sequence[str | bytes]) -> str | bytes:
    if texts and isinstance(texts[0], bytes):
        return b"".join(text for text in texts if isinstance(text, bytes))
    return "".join(text for text in texts if isinstance(text, str))
