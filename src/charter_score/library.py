"""Rubrics and reviews, from documents to checked models.

`load_rubric` and `review_of` validate and check a document and give a model, or raise with
everything that is wrong with it. `Library` knows the rubrics that a review can name.
"""

import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple, TypeVar

from charter_score.diagnostics import At, Diagnostic, Problem, Route, did_you_mean, meant
from charter_score.errors import DocumentError, UsageError
from charter_score.limits import MOST_BYTES
from charter_score.linting import ReviewLinter, rubric_problems
from charter_score.review import Review
from charter_score.rubric import Rubric
from charter_score.scoring import Scorer
from charter_score.source.document import Document
from charter_score.source.files import (
    AnyPath,
    find_inputs,
    is_under,
    near_path,
    nearest_path,
    read_bytes,
    shown_path,
    slashed,
)
from charter_score.source.kinds import TEXT_ENDINGS
from charter_score.source.reading import is_rubric, read_document
from charter_score.source.validation import validated
from charter_score.wire.ours import envelope_of


@dataclass(frozen=True)
class LoadedRubric:
    """A rubric without errors, ready to score with, and where it came from."""

    rubric: Rubric
    path: str
    sha256: str
    warnings: tuple[Diagnostic, ...] = ()

    @cached_property
    def linter(self) -> ReviewLinter:
        """The rubric made ready to check reviews, once."""
        return ReviewLinter(self.rubric)

    @cached_property
    def scorer(self) -> Scorer:
        """The rubric made ready to score, once."""
        return Scorer(self.rubric)


def load_rubric(path: AnyPath, shown: str | None = None) -> LoadedRubric:
    """Read a rubric and check it.

    Raises:
        DocumentError: with everything that is wrong with it.
    """
    shown = shown or shown_path(path)
    data = read_bytes(path, shown)
    return rubric_of(read_document(data, shown), sha256(data).hexdigest())


def rubric_of(document: Document, digest: str) -> LoadedRubric:
    """The rubric that a document holds.

    Raises:
        DocumentError: with everything that is wrong with it.
    """
    if isinstance(document.value, dict) and "ratings" in document.value:
        wrong = Problem("not-a-rubric", "this is a review, not a rubric", ("ratings",), At.KEY)
        raise DocumentError([document.diagnostic(wrong)])
    envelope, value = envelope_of(document.value)
    checked = validated(Rubric, value)
    rubric = checked.model
    own: list[Problem] = []
    if rubric is not None:
        own = rubric_problems(rubric, checked.wrong)
        if own and rubric.ignore:
            from charter_score.linting.advice import without_ignored

            own = without_ignored(rubric, own)
    problems = checked.everything(own)
    placed = (problem._replace(route=(*envelope, *problem.route)) for problem in problems)
    found = [document.diagnostic(problem) for problem in placed]
    if rubric is None or any(one.is_error for one in found):
        raise DocumentError(found)
    return LoadedRubric(rubric, document.path, digest, tuple(found))


class LoadedReview(NamedTuple):
    """A review without errors and the rubric it is scored against."""

    review: Review
    rubric: LoadedRubric
    warnings: tuple[Diagnostic, ...]


def review_of(
    document: Document, library: "Library", folder: str | None, default: LoadedRubric | None
) -> LoadedReview:
    """The review that a document holds, checked against its rubric.

    `folder` is where the review lies (rubric paths are relative to it), `default` the rubric for
    reviews that name none.

    Raises:
        DocumentError: with everything that is wrong with it.
    """
    return LoadedReview(
        *checked_review(document, lambda review: library.rubric_for(review, folder, default))
    )


R = TypeVar("R", bound=LoadedRubric | None)


def checked_review(
    document: Document, rubric_for: Callable[[Review], R]
) -> tuple[Review, R, tuple[Diagnostic, ...]]:
    """The review that a document holds, its rubric, and what is to be warned of.

    `rubric_for` finds the rubric; where it gives None, the review is held against none.

    Raises:
        DocumentError: with everything that is wrong with it.
    """
    checked = validated(Review, document.value)
    review = checked.model
    hidden = document.unreadable
    more: list[Problem] = []
    found = list(document.diagnostics)
    rubrics: list[R] = []
    wrong_routes = _reported(checked.wrong) | hidden
    if review is not None and ("rubric",) not in wrong_routes:
        try:
            rubric = rubric_for(review)
        except RubricReferenceError as wrong:
            more.append(wrong.problem)
            found.extend(wrong.diagnostics)
        else:
            rubrics.append(rubric)
            if rubric is not None:
                more += rubric.linter.problems(review, wrong_routes)
    problems = checked.everything(more)
    found += [document.diagnostic(problem) for problem in _told(problems, hidden)]
    if review is None or not rubrics or any(one.is_error for one in found):
        raise DocumentError(found)
    return review, rubrics[0], tuple(found)


def _told(problems: Iterable[Problem], unreadable: Set[Route]) -> Iterator[Problem]:
    """The problems that do not follow from what could not be read."""
    for problem in problems:
        if not unreadable or not any(problem.route[: len(route)] == route for route in unreadable):
            yield problem


def _reported(routes: Set[Route]) -> Set[Route]:
    """What was reported as wrong, and is not to be reported again as missing."""
    return routes | {
        route[:3] for route in routes if route[:1] == ("ratings",) and route[3:4] == ("rating",)
    }


class RubricReferenceError(Exception):
    """A review's `rubric` leads nowhere, to several, or to an invalid one.

    `problem` speaks of the review; `diagnostics` are those of the rubric itself.
    """

    def __init__(self, problem: Problem, diagnostics: Iterable[Diagnostic] = ()) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.diagnostics = tuple(diagnostics)


class _Known(NamedTuple):
    """A rubric file whose id and version could be read; perhaps not valid."""

    id: str
    version: str
    path: str
    sha256: str


def built_in_rubrics() -> dict[str, str]:
    """The shipped rubrics, from id to path: in the wheel, or at the top of a source checkout."""
    package = os.path.dirname(os.path.abspath(__file__))
    folder = os.path.join(package, "rubrics")
    if not os.path.isdir(folder):
        folder = os.path.join(os.path.dirname(os.path.dirname(package)), "rubrics")
    return {
        name.removesuffix(".yaml"): os.path.join(folder, name)
        for name in sorted(os.listdir(folder))
        if name.endswith(".yaml")
    }


@dataclass
class Library:
    """The rubrics that are known: the built-in ones and those in the folders given.

    `roots` are the folders under which a rubric may be named by its path. A built-in rubric's file
    is called by its id, so that one rubric can be found without reading all.
    """

    folders: Sequence[AnyPath] = ()
    roots: Sequence[AnyPath] = ()
    problems: list[Diagnostic] = field(default_factory=list)
    _loaded: dict[str, LoadedRubric | DocumentError] = field(default_factory=dict)
    _added: list[_Known] = field(default_factory=list)
    _references: dict[tuple[str, str | None], LoadedRubric] = field(default_factory=dict)
    _dead_ends: dict[tuple[str, str | None], tuple[Problem, tuple[Diagnostic, ...]]] = field(
        default_factory=dict
    )
    _headers: dict[str, _Known | None] = field(default_factory=dict)
    _documents: dict[str, tuple[Document, str]] = field(default_factory=dict)
    _room: int = MOST_BYTES

    def rubric_for(
        self, review: Review, folder: str | None, default: LoadedRubric | None
    ) -> LoadedRubric:
        """The rubric a review is scored against.

        Raises:
            RubricReferenceError: where its `rubric` names none that can be used.
        """
        if review.rubric is None:
            if default is not None:
                return default
            raise RubricReferenceError(
                Problem(
                    "missing-field",
                    "`rubric` is missing here, and the command names none",
                    (),
                    At.KEY,
                    "add `rubric: ID`, or use --rubric ID (charter-score rubrics lists them)",
                )
            )
        key = (review.rubric, folder if is_path(review.rubric) else None)
        if key in self._dead_ends:
            raise RubricReferenceError(*self._dead_ends[key])
        if key not in self._references:
            try:
                self._references[key] = self.find(review.rubric, folder)
            except RubricReferenceError as wrong:
                self._dead_ends[key] = wrong.problem, wrong.diagnostics
                raise
        return self._references[key]

    def find(self, reference: str, folder: str | None) -> LoadedRubric:
        """A rubric by id, `id@version`, or path relative to a folder.

        Raises:
            RubricReferenceError: `unknown-rubric`, `ambiguous-rubric`, `rubric-conflict`,
                `rubric-outside` or `invalid-rubric`.
        """
        if is_path(reference):
            try:
                path = self._path(reference, folder)
            except RubricReferenceError:
                moved = self._of_file(reference)
                if moved is None:
                    raise
                path = moved
            return self._load(path)
        rubric_id, _, version = reference.partition("@")
        known = [one for one in self._known(rubric_id) if version in ("", one.version)]
        if not known:
            raise RubricReferenceError(self._unknown(rubric_id), self.problems)
        versions = {one.version for one in known}
        if len(versions) > 1:
            listed = ", ".join(f"{rubric_id}@{one}" for one in sorted(versions))
            raise RubricReferenceError(
                Problem(
                    "ambiguous-rubric",
                    "several versions of this rubric are known",
                    ("rubric",),
                    hint=f"name one of {listed}",
                )
            )
        if len({one.sha256 for one in known}) > 1:
            places = " and ".join(sorted({shown_path(one.path) for one in known}))
            raise RubricReferenceError(
                Problem(
                    "rubric-conflict",
                    f"two different rubrics have this id and version: {places}",
                    ("rubric",),
                    hint="give one of them another version",
                )
            )
        return self._load(known[0].path)

    def known(self, reference: str, folder: str | None) -> LoadedRubric | None:
        """The rubric of a reference, looked for once; None where it names none that can be used."""
        key = (reference, folder if is_path(reference) else None)
        if key not in self._references and key not in self._dead_ends:
            try:
                self._references[key] = self.find(reference, folder)
            except RubricReferenceError as wrong:
                self._dead_ends[key] = wrong.problem, wrong.diagnostics
        return self._references.get(key)

    def why_not(self, reference: str, folder: str | None) -> Problem | None:
        """Why a reference names no rubric that can be used; None of one that does."""
        key = (reference, folder if is_path(reference) else None)
        return self._dead_ends[key][0] if key in self._dead_ends else None

    def add(self, rubric: LoadedRubric) -> None:
        """Make a rubric known that lies in none of the folders."""
        path = rubric.path
        known = rubric.rubric
        self._added.append(_Known(known.id, known.version, path, rubric.sha256))
        self._loaded[path] = rubric

    def all(self) -> list[LoadedRubric | DocumentError]:
        """Every known rubric, in order of id and version, each once; errors for invalid ones."""
        seen: dict[tuple[str, str, str], str] = {}
        for one in self._known(None):
            seen.setdefault((one.id, one.version, one.sha256), one.path)
        return [self._load_or_error(path) for _, path in sorted(seen.items())]

    def _unknown(self, rubric_id: str) -> Problem:
        everything = self._known(None)
        versions = sorted({one.version for one in everything if one.id == rubric_id})
        if versions:
            listed = ", ".join(f"{rubric_id}@{one}" for one in versions)
            return Problem(
                "unknown-rubric", "this version is not known", ("rubric",), hint=f"known: {listed}"
            )
        ids = sorted({one.id for one in everything})
        return Problem(
            "unknown-rubric",
            "no rubric of this id is known",
            ("rubric",),
            hint=did_you_mean(rubric_id, ids)
            or "`charter-score rubrics` lists them; --rubrics FOLDER adds more",
        )

    def _path(self, reference: str, folder: str | None) -> str:
        path = os.path.join(folder or "", reference)
        real = os.path.realpath(path)
        roots = [os.curdir, *self.roots, *self.folders]
        if not any(is_under(real, os.path.realpath(root)) for root in roots):
            raise RubricReferenceError(
                Problem(
                    "rubric-outside",
                    "this path leads out of the current folder and of the folders given",
                    ("rubric",),
                    hint="move the rubric, or name its folder with --rubrics",
                )
            )
        if not os.path.lexists(path):
            raise RubricReferenceError(
                Problem(
                    "unknown-rubric",
                    "there is no such file; the path is relative to the review",
                    ("rubric",),
                    hint=self._near(reference, folder)
                    or "correct it, or name the rubric's folder with --rubrics FOLDER",
                )
            )
        return path

    def _near(self, reference: str, folder: str | None) -> str | None:
        """A hint with the path, relative to the review, that a mistyped one was meant for."""
        near = nearest_path(os.path.join(folder or "", reference))
        if near is None:
            return None
        relative = slashed(os.path.relpath(near, folder or os.curdir))
        return meant(relative if is_path(relative) else f"./{relative}")

    def _of_file(self, reference: str) -> str | None:
        """Where a rubric is that a review names by a path, when review and rubric were parted.

        It is looked for by its file's name among the rubrics that the command names, so that a form
        can be read in another folder than the one it was made in.
        """
        name = reference.rpartition("/")[2]
        found = [
            one
            for one in (*self._in_folders, *self._added)
            if name in (os.path.basename(one.path), f"{one.id}.yaml")
        ]
        return found[0].path if len({one.sha256 for one in found}) == 1 else None

    def _load(self, path: str) -> LoadedRubric:
        loaded = self._load_or_error(path)
        if isinstance(loaded, LoadedRubric):
            return loaded
        raise RubricReferenceError(
            Problem(
                "invalid-rubric",
                "the rubric that this review names has errors",
                ("rubric",),
                hint=shlex.join(["charter-score", "check", slashed(os.path.relpath(path))]),
            ),
            loaded.diagnostics,
        )

    def _load_or_error(self, path: str) -> LoadedRubric | DocumentError:
        if path not in self._loaded:
            document, digest = self._documents.pop(path, (None, ""))
            try:
                self._loaded[path] = (
                    load_rubric(path) if document is None else rubric_of(document, digest)
                )
            except DocumentError as wrong:
                self._loaded[path] = wrong
        return self._loaded[path]

    def _known(self, rubric_id: str | None) -> list[_Known]:
        """The rubric files of one id, or all."""
        wanted = [path for name, path in built_in_rubrics().items() if rubric_id in (None, name)]
        known = [one for path in wanted if (one := self._header(path)) is not None]
        more = [*self._in_folders, *self._added]
        return known + [one for one in more if rubric_id in (None, one.id)]

    @cached_property
    def _in_folders(self) -> list[_Known]:
        if not self.folders:
            return []
        inputs, problems = find_inputs(os.fspath(folder) for folder in self.folders)
        self.problems.extend(problems)
        return [
            one
            for found in inputs
            if found.path
            and found.path.lower().endswith(TEXT_ENDINGS)
            and (one := self._header(found.path)) is not None
        ]

    def _header(self, path: str) -> _Known | None:
        """A rubric's id and version as they stand in its file; None where it is no rubric."""
        if path not in self._headers:
            self._headers[path] = self._read_header(path)
        return self._headers[path]

    def _read_header(self, path: str) -> _Known | None:
        shown = shown_path(path)
        try:
            data = read_bytes(path, shown)
            document = read_document(data, shown)
        except DocumentError as wrong:
            self.problems.extend(wrong.diagnostics)
            return None
        value = document.value
        if not is_rubric(value) or not isinstance(value, dict):
            return None
        digest = sha256(data).hexdigest()
        if len(data) <= self._room:
            # Kept until it is loaded, so that it is read once; not more than one large file takes.
            self._room -= len(data)
            self._documents[path] = document, digest
        return _Known(str(value.get("id")), str(value.get("version")), path, digest)


def is_path(reference: str) -> bool:
    """Whether a rubric is named by its path rather than by its id."""
    return "/" in reference or os.sep in reference or reference.lower().endswith(TEXT_ENDINGS)


def named_rubric(
    reference: str, library: Library, option: str = ""
) -> LoadedRubric | DocumentError:
    """The rubric that the command names; unlike a review's it may lie anywhere.

    `option` is the one that names it, if an option does.

    Raises:
        UsageError: where there is no such rubric.
    """
    before = f"{option}: " if option else ""
    if is_path(reference):
        if not os.path.lexists(reference):
            raise UsageError(
                f"{before}there is no file {shown_path(reference)}", near_path(reference)
            )
        try:
            return load_rubric(reference)
        except DocumentError as wrong:
            return wrong
    try:
        return library.find(reference, None)
    except RubricReferenceError as wrong:
        if wrong.diagnostics:
            return DocumentError(wrong.diagnostics)
        raise UsageError(f"{before}{wrong.problem.message}", wrong.problem.hint) from None
