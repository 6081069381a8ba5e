"""Files from strangers: opened so that nothing hangs, found so that nothing outside is read."""

import errno
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import BinaryIO, NamedTuple

from charter_score.diagnostics import START, Diagnostic, meant, nearest
from charter_score.errors import DocumentError
from charter_score.limits import MOST_BYTES
from charter_score.source.document import too_large
from charter_score.source.kinds import READ_ENDINGS, UNREAD_ENDINGS

STANDARD_INPUT = "-"
_FOUND_IN_FOLDERS = (*READ_ENDINGS, *UNREAD_ENDINGS)
"""What a walk gives: what is read, and what is to be said of as left out."""
_LOCK = "~$"
"""How the lock file of a spreadsheet that is open begins."""

_AT_ONCE = 65_536
"""Bytes that are read at once at least; what says it is empty may not be."""

AnyPath = str | os.PathLike[str]


class Limit(NamedTuple):
    """How large a file of one kind may be, and what is said of one that is larger."""

    bytes: int
    hint: str

    def exceeded(self, shown: str) -> Diagnostic:
        """The diagnostic of a file over the limit."""
        message = f"the file is larger than {self.bytes // 1_000_000} MB"
        return Diagnostic("too-large", message, shown, START, self.hint)


DOCUMENT = Limit(MOST_BYTES, too_large("").hint or "")
"""Reviews, rubrics and forms."""
RESULTS = Limit(500_000_000, "score fewer reviews at a time, and compare them part by part")
"""Results of an earlier run: about 7 KB for each review in it."""
SETTINGS = Limit(1_000_000, "a settings file has a few lines")


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
    inside = is_under(absolute, here)
    # The top of a file system has no name. Nothing leads from one drive of Windows to another.
    shown = os.path.relpath(absolute, here) if inside else os.path.basename(absolute) or absolute
    return _decoded(slashed(shown))


def slashed(path: str) -> str:
    """A path joined by `/`, whatever joins it on this system."""
    return path if os.sep == "/" else path.replace(os.sep, "/")


def _decoded(name: str) -> str:
    """A file name as text; bytes that are no UTF-8 as replacement characters."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "replace")


def read_bytes(
    path: AnyPath | None, shown: str, limit: Limit = DOCUMENT, most: int | None = None
) -> bytes:
    """The bytes of a regular file, or of standard input where there is no path.

    Every document is opened here: reviews, rubrics, forms, results, settings. With `most` no more
    are read than so many.

    Raises:
        DocumentError: `not-found`, `unreadable`, `not-a-file` (a pipe, a device, a folder) or
            `too-large`. Nothing is waited for: a pipe without a writer does not hang.
    """
    try:
        if path is None:
            data = _read_standard_input(shown, limit)
        else:
            data = _read_regular(path, shown, limit, most)
    except FileNotFoundError:
        raise DocumentError([not_found(path or shown, shown)]) from None
    except OSError as wrong:
        why = (wrong.strerror or "it cannot be read").lower()
        raise DocumentError([Diagnostic("unreadable", why, shown)]) from None
    if len(data) > limit.bytes:
        raise DocumentError([limit.exceeded(shown)])
    return data


def read_beginning(path: AnyPath, shown: str, number: int) -> bytes:
    """The first bytes of a regular file, however large it is.

    Raises:
        DocumentError: as `read_bytes`, but never `too-large`.
    """
    data = read_bytes(path, shown, Limit(sys.maxsize - 1, ""), most=number)
    return data[:number]


def open_file(path: AnyPath, shown: str) -> BinaryIO:
    """A regular file, however large, open for reading from its beginning.

    Raises:
        DocumentError: as `read_bytes`, but never `too-large`.
    """
    try:
        descriptor = _opened(path, shown)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise DocumentError([_no_file(status.st_mode, shown)])  # noqa: TRY301
            return os.fdopen(descriptor, "rb")
        except BaseException:
            os.close(descriptor)
            raise
    except FileNotFoundError:
        raise DocumentError([not_found(path, shown)]) from None
    except OSError as wrong:
        why = (wrong.strerror or "it cannot be read").lower()
        raise DocumentError([Diagnostic("unreadable", why, shown)]) from None


def digest_of(path: AnyPath, shown: str) -> str:
    """SHA-256 of the bytes of a file, however large.

    Raises:
        DocumentError: as `open_file`.
    """
    from hashlib import file_digest

    with open_file(path, shown) as stream:
        return file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]


def not_found(path: AnyPath, shown: str) -> Diagnostic:
    """The diagnostic of a path that leads nowhere."""
    return Diagnostic("not-found", "there is no such file or folder", shown, hint=near_path(path))


def no_match(shown: str) -> Diagnostic:
    """The diagnostic of a glob that names nothing."""
    return Diagnostic("not-found", "there is no such file or folder", shown)


def near_path(path: AnyPath) -> str | None:
    """A hint with the path that a mistyped one was meant for."""
    near = nearest_path(path)
    return None if near is None else meant(near)


def nearest_path(path: AnyPath) -> str | None:
    """What is there under the path nearest to a mistyped one, as it can be typed."""
    near = ""
    for part in slashed(os.fspath(path)).split("/"):
        step = f"{near}{part}"
        if part and not os.path.lexists(step):
            name = _nearest_name(part, _names_in(near))
            if name is None or not name.isprintable():
                return None
            step = f"{near}{name}"
        near = f"{step}/"
    near = near.removesuffix("/")
    return near if os.path.lexists(near) else None


def _nearest_name(mistyped: str, names: Iterable[str]) -> str | None:
    """The name nearest to a mistyped one; a like ending alone makes no two names near."""
    stem, ending = os.path.splitext(mistyped.casefold())
    parts = [(name, *os.path.splitext(name.casefold())) for name in names]
    alike = {own: name for name, own, its_ending in parts if its_ending == ending}
    if near := nearest(stem, alike):
        return alike[near]
    return next((name for name, own, _ in parts if own == stem), None)


def _names_in(folder: str) -> list[str]:
    """The names in a folder that a person may mean, in order; none where it cannot be listed."""
    try:
        return sorted(name for name in os.listdir(folder or ".") if not name.startswith("."))
    except (OSError, ValueError):
        return []


def is_there(path: AnyPath) -> bool:
    """Whether there is something at a path, be it a link that leads nowhere.

    Raises:
        OSError: where that cannot be told.
    """
    try:
        os.lstat(path)
    except ValueError:
        return False  # a name with a character that no name can have
    except OSError as wrong:
        if wrong.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG):
            return False
        raise
    return True


def _read_standard_input(shown: str, limit: Limit) -> bytes:
    if sys.stdin is None:
        raise DocumentError([Diagnostic("unreadable", "standard input is closed", shown)])
    return sys.stdin.buffer.read(limit.bytes + 1)


_READING = os.O_RDONLY | sum(
    # What a system has of these: not inherited by other programs, no waiting for a pipe's writer,
    # and on Windows every byte as it is.
    getattr(os, name, 0)
    for name in ("O_CLOEXEC", "O_NONBLOCK", "O_BINARY")
)


def _opened(path: AnyPath, shown: str) -> int:
    """A descriptor of what lies at a path."""
    try:
        return os.open(path, _READING)
    except PermissionError:
        # Windows opens no folder.
        if os.path.isdir(path):
            raise DocumentError([_no_file(stat.S_IFDIR, shown)]) from None
        raise


def _read_regular(path: AnyPath, shown: str, limit: Limit, most: int | None) -> bytes:
    descriptor = _opened(path, shown)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise DocumentError([_no_file(status.st_mode, shown)])
        if status.st_size > limit.bytes:
            raise DocumentError([limit.exceeded(shown)])
        pieces = []
        left = limit.bytes + 1 if most is None else most
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
    return Diagnostic(
        "not-a-file",
        "this is a pipe or a device, not a file",
        shown,
        hint="write what it gives to a file first, and name that",
    )


def find_inputs(paths: Iterable[str]) -> tuple[list[Input], list[Diagnostic]]:
    """Everything that `search` finds: the inputs, and what could not be found or entered."""
    inputs: list[Input] = []
    problems: list[Diagnostic] = []
    for entry in search(list(paths)):
        if isinstance(entry, Input):
            inputs.append(entry)
        else:
            problems.append(entry)
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
        for expanded in _expand(name):
            if isinstance(expanded, str):
                folders.append(expanded)
            else:
                named.append(expanded)
    streams: list[Iterator[Input | Diagnostic]] = [iter(sorted(named, key=_place))]
    streams += [_walk(folder) for folder in folders]
    if len(streams) == 2 and not named:
        return streams[1]  # one folder cannot name a file twice
    return _each_once(streams, {_real(entry) for entry in named if isinstance(entry, Input)})


def _place(entry: Input | Diagnostic) -> str:
    return entry.shown if isinstance(entry, Input) else entry.path


def _real(file: Input) -> str:
    return STANDARD_INPUT if file.path is None else os.path.realpath(file.path)


def _each_once(
    streams: Iterable[Iterator[Input | Diagnostic]], named: set[str]
) -> Iterator[Input | Diagnostic]:
    """Sorted streams merged; a file that is also named itself stands only under that name."""
    from heapq import merge

    seen: set[str] = set()
    already_given: set[Diagnostic] = set()
    for entry in merge(*streams, key=_place):
        if not isinstance(entry, Input):
            if entry not in already_given:
                already_given.add(entry)
                yield entry
            continue
        real = _real(entry)
        if real in seen or (entry.root is not None and real in named):
            continue
        seen.add(real)
        yield entry


def _expand(name: str) -> Iterator[Input | Diagnostic | str]:
    """What one word of the command names: inputs, and folders as plain text."""
    if name == STANDARD_INPUT:
        yield Input(STANDARD_INPUT, None)
        return
    try:
        there = is_there(name)
    except OSError:
        there = not _is_pattern(name)  # reading it says what is wrong
    if there:
        yield name if os.path.isdir(name) else Input(shown_path(name), name)
        return
    matches = _matches(name)
    if not matches:
        shown = shown_path(name)
        yield not_found(name, shown) if not _is_pattern(name) else no_match(shown)
    for match in matches:
        yield match if os.path.isdir(match) else Input(shown_path(match), match)


def _is_pattern(name: str) -> bool:
    import glob

    return glob.has_magic(name)


def _matches(pattern: str) -> list[str]:
    """What a glob names, sorted; `**` follows no links and enters no folder with a dot in front."""
    if not _is_pattern(pattern):
        return []
    import glob

    pattern = slashed(pattern)
    if "**" not in pattern:
        return sorted(glob.glob(pattern))
    from pathlib import Path

    fixed, _, rest = pattern.partition("**")
    base = fixed.rpartition("/")[0] + "/" if "/" in fixed else ""
    if glob.has_magic(base):
        return sorted(found for one in glob.glob(base) for found in _matches(one + "**" + rest))
    names = (os.fspath(one) for one in Path(base).glob(pattern[len(base) :]))
    depth = len(Path(base).parts)
    return sorted(
        name for name in names if not any(part.startswith(".") for part in Path(name).parts[depth:])
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
    already_given: set[Diagnostic] = set()
    streams = [
        iter([folder]) if isinstance(folder, Diagnostic) else walk.documents(*folder)
        for folder in _folders(root, shown_path(root))
    ]
    for entry in merge(
        *streams, key=lambda entry: (_place(entry).rpartition("/")[2], _place(entry))
    ):
        if isinstance(entry, Diagnostic):
            if entry in already_given:
                continue  # a folder is listed twice, and both times it could not be
            already_given.add(entry)
        name = _place(entry).rpartition("/")[2]
        yield entry._replace(shown=name) if isinstance(entry, Input) else entry._replace(path=name)


def _folders(root: str, shown_root: str) -> Iterator[tuple[str, str] | Diagnostic]:
    """A folder and all below it that a walk enters: path, and name as printed with its `/`.

    A folder that cannot be listed may have more below it: that comes as a diagnostic.
    """
    waiting = [(root, shown_root + "/")]
    while waiting:
        path, shown = waiting.pop()
        yield path, shown
        for entry in _entries(path, shown):
            if isinstance(entry, Diagnostic):
                yield entry
            elif entry[2] is _Kind.FOLDER:
                waiting.append((entry[0], entry[1] + "/"))


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
            entry = next(waiting[-1], None)
            if entry is None:
                waiting.pop()
            elif isinstance(entry, Diagnostic):
                yield entry
            elif entry[2] is _Kind.FOLDER:
                waiting.append(_entries(entry[0], entry[1] + "/"))
            else:
                yield from self._document(*entry)

    def documents(self, folder: str, shown: str) -> Iterator[Input | Diagnostic]:
        """Those that lie in one folder itself, in order of name."""
        for entry in _entries(folder, shown):
            if isinstance(entry, Diagnostic):
                yield entry
            elif entry[2] is not _Kind.FOLDER:
                yield from self._document(*entry)

    def _document(self, path: str, shown: str, kind: "_Kind") -> Iterator[Input | Diagnostic]:
        if kind is _Kind.FILE or not path.lower().endswith(READ_ENDINGS):
            yield Input(shown, path, self._root)
            return
        for linked in _linked(path, shown, self._root, self._real_root):
            real = os.path.realpath(path)
            if isinstance(linked, Diagnostic) or real not in self._linked:
                self._linked.add(real)
                yield linked


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
    fault: OSError | None = None
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if _is_left_out(entry.name):
                    continue
                is_document = entry.name.lower().endswith(_FOUND_IN_FOLDERS)
                try:
                    if entry.is_dir(follow_symlinks=False):
                        names.append(entry.name + "/")
                        continue
                    is_link = is_document and entry.is_symlink()
                except OSError as wrong:  # on some disks every entry is asked for
                    fault = fault or wrong
                    continue
                if is_document:
                    names.append(entry.name)
                if is_link:
                    links.add(entry.name)
    except OSError as wrong:
        fault = wrong
    if fault is not None:
        # What was listed before is still read: the diagnostic says that it may not be all.
        why = (fault.strerror or "it cannot be entered").lower()
        yield Diagnostic("unreadable", why, shown.rstrip("/") or ".")
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
    try:
        real = _real_path(path)
    except OSError as wrong:
        why = (wrong.strerror or "it cannot be followed").lower()
        yield Diagnostic("unreadable", why, shown)
        return
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
    """Whether a walk leaves a path out: for its own name, or that of a folder on the way to it."""
    return any(map(_is_left_out, os.path.relpath(real, real_root).split(os.sep)))


def _is_left_out(name: str) -> bool:
    """Whether a walk leaves an entry out for its name: hidden, or the lock of an open form."""
    return name.startswith((".", _LOCK))


def is_among(path: AnyPath, paths: Iterable[str]) -> Input | None:
    """The input that a file would be in a search over some paths, by whatever name it is given.

    Raises:
        OSError: where that cannot be told.
    """
    status = os.stat(path)
    real = _real_path(path)
    for name in paths:
        for expanded in _expand(name):
            if isinstance(expanded, Input):
                if expanded.path is not None and is_file(expanded.path, status):
                    return expanded
            elif isinstance(expanded, str):
                root = _real_path(expanded)
                if (
                    is_under(real, root)
                    and real.lower().endswith(READ_ENDINGS)
                    and not _is_hidden(real, root)
                ):
                    return Input(shown_path(path), os.fspath(path), expanded)
                if status.st_nlink > 1 and (other := _by_another_name(status, expanded)):
                    return other
    return None


def _by_another_name(status: os.stat_result, folder: str) -> Input | None:
    """The document below a folder that is the file of a status: it has more names than one."""
    for entry in _walk(folder):
        if isinstance(entry, Input) and entry.path is not None and is_file(entry.path, status):
            return entry
    return None


def is_file(path: AnyPath, status: os.stat_result) -> bool:
    """Whether a path leads to the file of a status.

    Raises:
        OSError: where that cannot be told.
    """
    try:
        return os.path.samestat(os.stat(path), status)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _real_path(path: AnyPath) -> str:
    """Where a path leads in the end; of a link that leads nowhere, where it would lead.

    Raises:
        OSError: where that cannot be told.
    """
    try:
        return os.path.realpath(path, strict=True)
    except OSError as wrong:
        if wrong.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
            return os.path.realpath(path)
        raise


def is_standard_input(path: AnyPath) -> bool:
    """Whether standard input comes from a file."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(sys.stdin.fileno()))
    except (OSError, ValueError, AttributeError):
        return False  # it is closed, or no file of the system's


def is_under(path: str, folder: str) -> bool:
    """Whether a real path is a folder or lies below it."""
    # Windows takes capital and small letters for the same.
    path, folder = os.path.normcase(path), os.path.normcase(folder)
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
