"""Files from strangers: opened so that nothing hangs, found so that nothing outside is read."""

import glob
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from charter_score.diagnostics import Diagnostic
from charter_score.errors import DocumentError
from charter_score.source.document import MOST_BYTES, too_large

STANDARD_INPUT = "-"
DOCUMENT_ENDINGS = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Input:
    """One thing to read.

    `shown` is its name in every output. `root` is the folder it was found in, None where it was
    named itself: a folder may hold rubrics and results too, which are then left out.
    """

    shown: str
    path: Path | None
    root: Path | None = None

    @property
    def stem(self) -> str:
        """The id of a review that names none."""
        return "stdin" if self.path is None else Path(self.shown).stem


def shown_path(path: Path) -> str:
    """A path as it is printed: relative to the current folder, `/`-joined; outside it the name."""
    absolute = os.path.abspath(path)
    here = os.getcwd()
    prefix = here if here.endswith(os.sep) else here + os.sep
    shown = absolute[len(prefix) :] if absolute.startswith(prefix) else os.path.basename(absolute)
    return os.fsencode(shown.replace(os.sep, "/")).decode("utf-8", "replace") or "."


def read_bytes(path: Path | None, shown: str) -> bytes:
    """The bytes of a regular file, or of standard input where there is no path.

    Raises:
        DocumentError: `not-found`, `unreadable`, `not-a-file` (a pipe, a device, a folder) or
            `too-large`. Nothing is waited for: a pipe without a writer does not hang.
    """
    if path is None:
        if sys.stdin is None:
            raise DocumentError([Diagnostic("unreadable", "standard input is closed", shown)])
        data = sys.stdin.buffer.read(MOST_BYTES + 1)
    else:
        try:
            data = _read_regular(path, shown)
        except FileNotFoundError:
            raise DocumentError([not_found(shown)]) from None
        except OSError as wrong:
            why = (wrong.strerror or "it cannot be read").lower()
            raise DocumentError([Diagnostic("unreadable", why, shown)]) from None
    if len(data) > MOST_BYTES:
        raise DocumentError([too_large(shown)])
    return data


def not_found(shown: str) -> Diagnostic:
    """The diagnostic of a path that leads nowhere."""
    return Diagnostic("not-found", "there is no such file or folder", shown)


def _read_regular(path: Path, shown: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise DocumentError([Diagnostic("not-a-file", "this is not a regular file", shown)])
        if status.st_size > MOST_BYTES:
            raise DocumentError([too_large(shown)])
        pieces = []
        left = MOST_BYTES + 1
        while left and (piece := os.read(descriptor, left)):
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)
    finally:
        os.close(descriptor)


def find_inputs(paths: Iterable[str]) -> tuple[list[Input], list[Diagnostic]]:
    """Every document named by files, folders, globs and `-`, in order of path, each once.

    A folder is walked without following links; entries that begin with a dot are left out. What
    cannot be found or entered comes back as diagnostics, one for each.
    """
    found: dict[str, Input] = {}
    problems: list[Diagnostic] = []
    for name in paths:
        for one in _expand(name, problems):
            real = STANDARD_INPUT if one.path is None else os.path.realpath(one.path)
            before = found.get(real)
            # Named itself, a file must be a review; the first such name in order stands.
            if before is None or (before.root is not None, before.shown) > (
                one.root is not None,
                one.shown,
            ):
                found[real] = one
    return sorted(found.values(), key=lambda one: one.shown), problems


def _expand(name: str, problems: list[Diagnostic]) -> Iterator[Input]:
    if name == STANDARD_INPUT:
        yield Input(STANDARD_INPUT, None)
        return
    path = Path(name)
    if os.path.lexists(path):
        yield from _file_or_folder(path, problems)
        return
    matches = sorted(glob.glob(name, recursive=True)) if glob.has_magic(name) else []
    if not matches:
        problems.append(not_found(shown_path(path)))
    for match in matches:
        yield from _file_or_folder(Path(match), problems)


def _file_or_folder(path: Path, problems: list[Diagnostic]) -> Iterator[Input]:
    if path.is_dir():
        yield from _walk(path, path, problems)
    else:
        yield Input(shown_path(path), path)


def _walk(folder: Path, root: Path, problems: list[Diagnostic]) -> Iterator[Input]:
    """The documents below a folder; iterative, since a tree can be deeper than the stack."""
    waiting = [folder]
    real_root = os.path.realpath(root)
    while waiting:
        here = waiting.pop()
        try:
            entries = list(os.scandir(here))
        except OSError as wrong:
            why = (wrong.strerror or "it cannot be entered").lower()
            problems.append(Diagnostic("unreadable", why, shown_path(here)))
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                waiting.append(path)
            elif entry.name.lower().endswith(DOCUMENT_ENDINGS):
                if entry.is_symlink():
                    if path.is_dir():
                        continue
                    if not is_under(os.path.realpath(path), real_root):
                        problems.append(
                            Diagnostic(
                                "link-outside",
                                "this link leads out of the folder and is not followed",
                                shown_path(path),
                                hint="name the file itself",
                            )
                        )
                        continue
                yield Input(shown_path(path), path, root)


def is_under(path: str, folder: str) -> bool:
    """Whether a real path is a folder or lies below it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
