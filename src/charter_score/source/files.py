"""Files from strangers: opened so that nothing hangs, found so that nothing outside is read."""

import os
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from charter_score.diagnostics import Diagnostic
from charter_score.errors import DocumentError
from charter_score.source.document import MOST_BYTES, too_large
from charter_score.source.kinds import READ_ENDINGS, UNREAD_ENDINGS

STANDARD_INPUT = "-"
_FOUND_IN_FOLDERS = (*READ_ENDINGS, *UNREAD_ENDINGS)
"""What a walk gives: what is read, and what is to be said of as left out."""
_LOCK = "~$"
"""How the lock file of a spreadsheet that is open begins."""

_AT_ONCE = 65_536
"""Bytes that are read at once at least; what says it is empty may not be."""

AnyPath = str | os.PathLike[str]


class Input(NamedTuple):
    """One thing to read.

    `shown` is its name in every output, `path` where it lies (None: standard input). `root` is the
    folder it was found in, None where it was named itself: a folder may hold rubrics and results
    too, which are then left out.
    """

    shown: str
    path: str | None
    root: str | None = None

    @property
    def stem(self) -> str:
        """The id of a review that names none."""
        if self.path is None:
            return "stdin"
        return os.path.splitext(self.shown.rpartition("/")[2])[0]


def shown_path(path: AnyPath) -> str:
    """A path as it is printed: relative to the current folder, `/`-joined; outside it the name."""
    absolute = os.path.abspath(path)
    here = os.getcwd()
    if absolute == here:
        return "."
    if absolute == os.sep:
        return "/"
    inside = is_under(absolute, here)
    shown = os.path.relpath(absolute, here) if inside else os.path.basename(absolute)
    return _decoded(shown.replace(os.sep, "/"))


def _decoded(name: str) -> str:
    """A file name as text; bytes that are no UTF-8 as replacement characters."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "replace")


def read_bytes(path: AnyPath | None, shown: str) -> bytes:
    """The bytes of a regular file, or of standard input where there is no path.

    Raises:
        DocumentError: `not-found`, `unreadable`, `not-a-file` (a pipe, a device, a folder) or
            `too-large`. Nothing is waited for: a pipe without a writer does not hang.
    """
    try:
        data = _read_standard_input(shown) if path is None else _read_regular(path, shown)
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


def _read_standard_input(shown: str) -> bytes:
    if sys.stdin is None:
        raise DocumentError([Diagnostic("unreadable", "standard input is closed", shown)])
    return sys.stdin.buffer.read(MOST_BYTES + 1)


def _read_regular(path: AnyPath, shown: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise DocumentError([_no_file(status.st_mode, shown)])
        if status.st_size > MOST_BYTES:
            raise DocumentError([too_large(shown)])
        pieces = []
        left = MOST_BYTES + 1
        # Memory is set aside for all that is asked for, so not for the largest file every time.
        usual = max(status.st_size + 1, _AT_ONCE)
        while left and (piece := os.read(descriptor, min(left, usual))):
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)
    finally:
        os.close(descriptor)


def _no_file(mode: int, shown: str) -> Diagnostic:
    if stat.S_ISDIR(mode):
        return Diagnostic("not-a-file", "this is a folder, not a file", shown)
    return Diagnostic("not-a-file", "this is a pipe or a device, not a file", shown)


def find_inputs(paths: Iterable[str]) -> tuple[list[Input], list[Diagnostic]]:
    """Everything that `search` finds: the inputs, and what could not be found or entered."""
    inputs: list[Input] = []
    problems: list[Diagnostic] = []
    for one in search(list(paths)):
        if isinstance(one, Input):
            inputs.append(one)
        else:
            problems.append(one)
    return inputs, problems


def search(paths: Sequence[str]) -> Iterator[Input | Diagnostic]:
    """Every document named by files, folders, globs and `-`, in order of path, each once.

    A folder is walked without following links; entries that begin with a dot are left out. What
    cannot be found or entered comes as a diagnostic in its place. Folders are listed as they are
    reached, so a walk holds the names of one folder at a time.
    """
    named: list[Input | Diagnostic] = []
    folders: list[str] = []
    for name in paths:
        for one in _expand(name):
            if isinstance(one, str):
                folders.append(one)
            else:
                named.append(one)
    streams: list[Iterator[Input | Diagnostic]] = [iter(sorted(named, key=_place))]
    streams += [_walk(folder) for folder in folders]
    if len(streams) == 2 and not named:
        return streams[1]  # one folder cannot name a file twice
    return _each_once(streams, {_real(one) for one in named if isinstance(one, Input)})


def _place(one: Input | Diagnostic) -> str:
    return one.shown if isinstance(one, Input) else one.path


def _real(one: Input) -> str:
    return STANDARD_INPUT if one.path is None else os.path.realpath(one.path)


def _each_once(
    streams: Iterable[Iterator[Input | Diagnostic]], named: set[str]
) -> Iterator[Input | Diagnostic]:
    """Sorted streams merged; a file that is also named itself stands only under that name."""
    from heapq import merge

    seen: set[str] = set()
    told: set[Diagnostic] = set()
    for one in merge(*streams, key=_place):
        if not isinstance(one, Input):
            if one not in told:
                told.add(one)
                yield one
            continue
        real = _real(one)
        if real in seen or (one.root is not None and real in named):
            continue
        seen.add(real)
        yield one


def _expand(name: str) -> Iterator[Input | Diagnostic | str]:
    """What one word of the command names: inputs, and folders as plain text."""
    if name == STANDARD_INPUT:
        yield Input(STANDARD_INPUT, None)
        return
    if os.path.lexists(name):
        yield name if os.path.isdir(name) else Input(shown_path(name), name)
        return
    matches = _matches(name)
    if not matches:
        yield not_found(shown_path(name))
    for match in matches:
        yield match if os.path.isdir(match) else Input(shown_path(match), match)


def _matches(pattern: str) -> list[str]:
    """What a glob names, sorted; `**` follows no links and enters no folder with a dot in front."""
    import glob

    if not glob.has_magic(pattern):
        return []
    if "**" not in pattern:
        return sorted(glob.glob(pattern))
    from pathlib import Path

    fixed, _, rest = pattern.partition("**")
    base = fixed.rpartition("/")[0] + "/" if "/" in fixed else ""
    if glob.has_magic(base):
        return sorted(found for one in glob.glob(base) for found in _matches(one + "**" + rest))
    found = (os.fspath(one) for one in Path(base).glob(pattern[len(base) :]))
    depth = len(Path(base).parts)
    return sorted(
        name for name in found if not any(part.startswith(".") for part in Path(name).parts[depth:])
    )


def _walk(root: str) -> Iterator[Input | Diagnostic]:
    """The documents below a folder, in order of path."""
    if is_under(os.path.abspath(root), os.getcwd()):
        shown = shown_path(root)
        return _Walk(root).deep("" if shown == "." else shown + "/")
    return _by_name(root)


def _by_name(root: str) -> Iterator[Input | Diagnostic]:
    """A walk outside the current folder, where only a file's own name is shown, and orders it.

    Only names are held: each folder is a sorted stream of its own.
    """
    from heapq import merge

    walk = _Walk(root)
    streams = [walk.documents(folder, shown) for folder, shown in _folders(root, shown_path(root))]
    for one in merge(*streams, key=lambda one: (_place(one).rpartition("/")[2], _place(one))):
        name = _place(one).rpartition("/")[2]
        yield one._replace(shown=name) if isinstance(one, Input) else one._replace(path=name)


def _folders(root: str, shown_root: str) -> Iterator[tuple[str, str]]:
    """A folder and all below it that a walk enters: path, and name as printed with its `/`."""
    waiting = [(root, shown_root + "/")]
    while waiting:
        path, shown = waiting.pop()
        yield path, shown
        waiting.extend(
            (one[0], one[1] + "/")
            for one in _entries(path, shown)
            if not isinstance(one, Diagnostic) and one[2] is _Kind.FOLDER
        )


class _Walk:
    """The documents below a folder, each once however many links lead to it."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._real_root = os.path.realpath(root)
        self._linked: set[str] = set()

    def deep(self, shown: str) -> Iterator[Input | Diagnostic]:
        """All of them, in order of path; iterative, since a tree can be deeper than the stack."""
        waiting = [_entries(self._root, shown)]
        while waiting:
            one = next(waiting[-1], None)
            if one is None:
                waiting.pop()
            elif isinstance(one, Diagnostic):
                yield one
            elif one[2] is _Kind.FOLDER:
                waiting.append(_entries(one[0], one[1] + "/"))
            else:
                yield from self._document(*one)

    def documents(self, folder: str, shown: str) -> Iterator[Input | Diagnostic]:
        """Those that lie in one folder itself, in order of name."""
        for one in _entries(folder, shown):
            if isinstance(one, Diagnostic):
                yield one
            elif one[2] is not _Kind.FOLDER:
                yield from self._document(*one)

    def _document(self, path: str, shown: str, kind: "_Kind") -> Iterator[Input | Diagnostic]:
        if kind is _Kind.FILE or not path.lower().endswith(READ_ENDINGS):
            yield Input(shown, path, self._root)
            return
        for found in _linked(path, shown, self._root, self._real_root):
            real = os.path.realpath(path)
            if isinstance(found, Diagnostic) or real not in self._linked:
                self._linked.add(real)
                yield found


class _Kind(Enum):
    """What an entry of a folder is."""

    FOLDER = "folder"
    FILE = "file"
    LINK = "link"


def _entries(folder: str, shown: str) -> Iterator[tuple[str, str, _Kind] | Diagnostic]:
    """The documents and folders in a folder: path, name as printed, and what it is.

    A folder sorts as if its name ended with `/`, which is the order of whole paths.
    """
    names: list[str] = []
    links: set[str] = set()
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith((".", _LOCK)):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    names.append(entry.name + "/")
                elif entry.name.lower().endswith(_FOUND_IN_FOLDERS):
                    names.append(entry.name)
                    if entry.is_symlink():
                        links.add(entry.name)
    except OSError as wrong:
        why = (wrong.strerror or "it cannot be entered").lower()
        yield Diagnostic("unreadable", why, shown.rstrip("/") or ".")
        return
    names.sort()
    if not all(map(str.isascii, names)):
        names.sort(key=_decoded)
    names.reverse()
    while names:
        name = names.pop()  # what was read needs no memory any more
        plain = name.rstrip("/")
        kind = _Kind.LINK if name in links else _Kind.FILE if plain == name else _Kind.FOLDER
        yield os.path.join(folder, plain), shown + _decoded(plain), kind


def _linked(path: str, shown: str, root: str, real_root: str) -> Iterator[Input | Diagnostic]:
    """A link in a folder: read where it stays inside and is not found there anyway."""
    real = os.path.realpath(path)
    if os.path.isdir(real):
        return
    if not is_under(real, real_root):
        yield Diagnostic(
            "link-outside",
            "this link leads out of the folder and is not followed",
            shown,
            hint="name the file itself",
        )
        return
    is_document = real.lower().endswith(READ_ENDINGS)
    found_anyway = is_document and not _is_hidden(real, real_root)
    if not (found_anyway and os.path.exists(real)):
        yield Input(shown, path, root)


def _is_hidden(real: str, real_root: str) -> bool:
    """Whether a walk leaves a path out: it, or a folder on the way to it, begins with a dot."""
    return any(part.startswith(".") for part in os.path.relpath(real, real_root).split(os.sep))


def is_among(path: AnyPath, paths: Iterable[str]) -> Input | None:
    """The input that a path would be in a search over some paths, without searching."""
    real = os.path.realpath(path)
    for name in paths:
        for one in _expand(name):
            if isinstance(one, Input):
                if one.path is not None and os.path.realpath(one.path) == real:
                    return one
            elif isinstance(one, str):
                root = os.path.realpath(one)
                if (
                    is_under(real, root)
                    and real.lower().endswith(READ_ENDINGS)
                    and not _is_hidden(real, root)
                ):
                    return Input(shown_path(path), os.fspath(path), one)
    return None


def is_standard_input(path: AnyPath) -> bool:
    """Whether standard input comes from a file."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(sys.stdin.fileno()))
    except (OSError, ValueError, AttributeError):
        return False  # it is closed, or no file of the system's


def is_under(path: str, folder: str) -> bool:
    """Whether a real path is a folder or lies below it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
