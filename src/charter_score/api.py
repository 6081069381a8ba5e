"""What a Python program calls: read a rubric and reviews, score them, write the results as JSON.

    >>> from charter_score import load_review, load_rubric, score
    >>> rubric = load_rubric({
    ...     "id": "greeting", "version": "1", "title": "Greeting",
    ...     "sections": [{"id": "welcome", "title": "Welcome", "criteria": [
    ...         {"id": "name", "title": "Gave their name", "points": 1},
    ...         {"id": "tone", "title": "Was friendly", "points": 3}]}]})
    >>> review = load_review({"ratings": {"welcome": {"name": "not met", "tone": "met"}}})
    >>> result = score(rubric, review)
    >>> result.score.earned, result.score.available, result.share
    (Fraction(3, 1), Fraction(4, 1), Fraction(3, 4))

Points are `Fraction`s in the rubric's own points. Shares are `Fraction`s from 0 to 1, also those
that a document gives as a percentage: `expected: 70` is `Fraction(7, 10)`. The names are those of
the package: `from charter_score import score`.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar, cast, overload

from charter_score import library
from charter_score.collectors import Collected
from charter_score.diagnostics import Problem
from charter_score.errors import DocumentError, UsageError
from charter_score.figures import Figure
from charter_score.library import LoadedRubric, checked_review, rubric_of
from charter_score.linting import rubric_problems
from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.pipeline import Job, Scoring, not_a_review, nothing_observed
from charter_score.render.results.batch import Closing
from charter_score.render.results.json import JsonEnvelope, JsonLines
from charter_score.render.results.table import Columns, review_row
from charter_score.result import ReviewResult
from charter_score.review import Review
from charter_score.rubric import Rubric
from charter_score.scoring import NothingObservedError
from charter_score.source.document import Document
from charter_score.source.files import read_bytes, shown_path
from charter_score.source.python_values import diagnostic_of, document_of
from charter_score.source.reading import is_rubric, read_document
from charter_score.summary import Summary
from charter_score.wire.ours import is_ours

Path: TypeAlias = str | os.PathLike[str]
F = TypeVar("F")
Source: TypeAlias = Path | Mapping[str, object]
"""A file's path, or the values that would stand in it."""


def load_rubric(source: Source) -> Rubric:
    """The rubric that a file or a mapping holds, checked.

    A mapping has the same keys as a file, and plain Python values: str, int, Decimal, bool, None,
    lists and dicts. A float is refused, since it is not exact. What a rubric is only warned of is
    not told here: `charter-score check` tells it.

    Raises:
        DocumentError: with everything that is wrong, each thing at its line, or for a mapping at
            its route.

    >>> load_rubric({"id": "a", "version": "1", "title": "A", "sections": []})
    Traceback (most recent call last):
      ...
    charter_score.errors.DocumentError: rubric.sections: error[empty-list] a rubric has at least ...
    """
    if isinstance(source, Mapping):
        return rubric_of(document_of(source, "rubric"), "").rubric
    return library.load_rubric(source).rubric


def load_review(source: Source, rubric: Rubric | None = None) -> Review:
    """The review that a file (YAML, JSON, or a workbook with one form) or a mapping holds.

    It is held against `rubric` where one is given; without one only its form is checked, and
    `score` does the rest. The rubric that the review names is not looked for.

    Raises:
        DocumentError: with everything that is wrong, each thing at its line, or for a mapping at
            its route.

    >>> review = load_review({"status": "draft", "ratings": {"welcome": {"tone": "met"}}})
    >>> review.ratings["welcome"]["tone"].rating
    'met'
    >>> from charter_score import DocumentError
    >>> try:
    ...     load_review({"ratings": {"welcome": {"tone": True}}})
    ... except DocumentError as wrong:
    ...     for diagnostic in wrong.diagnostics:
    ...         print(diagnostic.path, diagnostic.code)
    review.ratings.welcome.tone unknown-rating
    """
    document = _review_document(source)
    if (rubric_instead := is_rubric(document.value)) or is_ours(document.value):
        raise DocumentError([document.diagnostic(not_a_review(rubric=rubric_instead))])
    checked = None if rubric is None else _checked(rubric)
    review, _, _ = checked_review(document, lambda _: checked)
    return review


def _review_document(source: Source) -> Document:
    if isinstance(source, Mapping):
        return document_of(source, "review")
    shown = shown_path(source)
    return read_document(read_bytes(source, shown), shown)


def score(rubric: Rubric, review: Review) -> ReviewResult:
    """Score one review, exactly, against the rubric given, whichever the review itself names.

    Rubric and review are checked first. A rubric is checked once, so score many reviews with the
    same object. Nothing is read or written.

    Raises:
        DocumentError: where the rubric or the review has errors: a criterion is unrated, a word is
            no rating, the review is a draft or void, or nothing was observed.

    >>> from charter_score import Criterion, Rated, Section
    >>> tone = Criterion(id="tone", title="Was friendly")
    >>> welcome = Section(id="welcome", title="Welcome", criteria=(tone,))
    >>> rubric = Rubric(id="greeting", version="1", title="Greeting", sections=(welcome,))
    >>> score(rubric, Review(ratings={"welcome": {"tone": Rated(rating="met")}})).share
    Fraction(1, 1)
    >>> from charter_score import DocumentError
    >>> try:
    ...     score(rubric, Review(ratings={"welcome": {}}))
    ... except DocumentError as wrong:
    ...     print(wrong.diagnostics[0].path, wrong.diagnostics[0].message)
    review.ratings.welcome welcome.tone has no rating
    """
    checked = _checked(rubric)
    problems = checked.linter.problems(review)
    if not review.is_scored or review.is_overturned:
        problems.append(_not_to_be_scored())
    found = [diagnostic_of(problem, "review") for problem in problems]
    if any(diagnostic.is_error for diagnostic in found):
        raise DocumentError(found)
    try:
        return checked.scorer.score(review)
    except NothingObservedError:
        nothing = diagnostic_of(nothing_observed(), "review")
        raise DocumentError([nothing, *found]) from None


def _not_to_be_scored() -> Problem:
    return Problem(
        "not-to-be-scored",
        "a draft or a void review has no score, nor has one that a dispute overturned",
        ("status",),
        hint="score it once its status is final",
    )


_MOST_CHECKED = 16
_checked_rubrics: dict[int, LoadedRubric] = {}
"""By `id()`: the rubrics checked last. They are kept here, so that an id stays theirs."""


def _checked(rubric: Rubric) -> LoadedRubric:
    """A rubric made ready to check reviews and to score them.

    Raises:
        DocumentError: where it has errors, as one that Python code made can have.
    """
    checked = _checked_rubrics.get(id(rubric))
    if checked is None:
        found = [diagnostic_of(problem, "rubric") for problem in rubric_problems(rubric)]
        if any(diagnostic.is_error for diagnostic in found):
            raise DocumentError(found)
        checked = LoadedRubric(rubric, "", "")
        if len(_checked_rubrics) >= _MOST_CHECKED:
            _checked_rubrics.clear()
        _checked_rubrics[id(rubric)] = checked
    return checked


def score_frame(frame: F, rubric: Rubric) -> F:
    """A frame of reviews, one a row, with the result of each: a frame of the same kind.

    Takes a frame of Polars or pandas, a lazy one of Polars, a relation of DuckDB or a frame of
    PySpark, in the wide form of docs/formats.md: a column `section.criterion` for each criterion.
    The results equal those of `score`; a review that has none says why in `not_scored`. It needs
    the extra `tables`. What a column holds is looked at once, when this is called; a lazy frame is
    scored when its rows are asked for.

    Raises:
        DocumentError: where the rubric has errors, or the frame's columns do not fit it.
        UsageError: for what is no such frame, or without the extra.

    >>> import polars
    >>> rubric = load_rubric({"id": "greeting", "version": "1", "title": "Greeting", "sections": [
    ...     {"id": "welcome", "title": "Welcome", "criteria": [
    ...         {"id": "name", "title": "Gave their name"},
    ...         {"id": "tone", "title": "Was friendly", "points": 3}]}]})
    >>> month = polars.DataFrame({
    ...     "id": ["a", "b", "c"],
    ...     "welcome.name": ["met", "no", "n/a"],
    ...     "welcome.tone": ["met", "met", None]})
    >>> score_frame(month, rubric).select("id", "percent", "needs", "not_scored").rows()
    [('a', 100.0, 0, None), ('b', 75.0, 1, None), ('c', None, None, 'unrated')]
    """
    try:
        from charter_score.columns.frames import scored_frame
    except ModuleNotFoundError as missing:
        if missing.name != "narwhals":
            raise
        raise UsageError(
            "a frame is scored with the extra `tables`", "pip install 'charter-score[tables]'"
        ) from None
    scored: F = scored_frame(frame, _checked(rubric).rubric)
    return scored


def score_paths(
    paths: Path | Iterable[Path],
    rubric: Path | None = None,
    rubrics: Iterable[Path] = (),
    *,
    comments: bool = True,
) -> Iterator[Outcome]:
    """Each review under some paths as `Scored`, `Failed` or `Skipped`, in order, as it is read.

    Args:
        paths: files, folders or patterns, or one of them, as on the command line. Rubrics and
            other files that lie in a folder are passed over.
        rubric: the id, `id@version` or path of the rubric for reviews that name none.
        rubrics: folders with more rubrics that a review can name.
        comments: whether to keep what people wrote in their own words.

    Raises:
        UsageError: at the call, where `rubric` or `rubrics` names nothing. What is wrong with a
            review raises nothing: it is a `Failed` with diagnostics.

    >>> for outcome in score_paths("examples/small/absent.yaml"):
    ...     match outcome:
    ...         case Scored():
    ...             print(outcome.id, outcome.result.share)
    ...         case Failed():
    ...             print(outcome.path, outcome.diagnostics[0].code)
    ...         case Skipped():
    ...             print(outcome.id, outcome.reason)
    examples/small/absent.yaml not-found
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else paths
    job = Job(
        [os.fspath(path) for path in given],
        None if rubric is None else os.fspath(rubric),
        [os.fspath(folder) for folder in rubrics],
        comments=comments,
    )
    return Scoring(job).outcomes()


class ScoredTable(Sequence[Outcome]):
    """What became of each review of a table, in its order.

    A notebook shows the summary of them.
    """

    def __init__(self, outcomes: Iterable[Outcome]) -> None:
        self._outcomes = tuple(outcomes)
        self.summary = Summary()
        for outcome in self._outcomes:
            self.summary.add(outcome)

    def __len__(self) -> int:
        return len(self._outcomes)

    @overload
    def __getitem__(self, place: int) -> Outcome: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Outcome, ...]: ...
    def __getitem__(self, place: int | slice) -> Outcome | tuple[Outcome, ...]:
        """The outcome at a place, or some of them."""
        return self._outcomes[place]

    def _repr_html_(self) -> str:
        return self.summary._repr_html_()

    def rows(self) -> list[dict[str, str | float | bool | None]]:
        """A row for each scored review, with the columns of `-f csv`; what failed has none.

        Points and percentages are floats, to look at; the exact score is the text of `share`.
        """
        columns = Columns()
        rows = [review_row(one) for one in self._outcomes if isinstance(one, Scored)]
        for row in rows:
            columns.take_in(row)
        columns.settle()
        return [
            {
                title: float(cell) if isinstance(cell, Figure) else cell
                for title, cell in zip(columns.titles, columns.cells(row), strict=True)
            }
            for row in rows
        ]

    def to_frame(self, backend: str = "polars") -> Any:
        """The rows as a frame of Polars, pandas or PyArrow, whichever is installed and named."""
        import narwhals as nw

        rows = self.rows()
        names = list(rows[0]) if rows else []
        columns = {name: [row[name] for row in rows] for name in names}
        return nw.from_dict(columns, backend=cast("Any", backend)).to_native()


def score_table(source: Any, rubric: Rubric | Path, mapping: Path | None = None) -> ScoredTable:
    """Each review of a table, scored by a rubric.

    Args:
        source: a file (.csv, .tsv, .jsonl, .xlsx, .ods, .parquet, …), or a frame that Narwhals
            knows: Polars, pandas, PyArrow, DuckDB.
        rubric: the rubric, or its id, `id@version` or path, for rows that name none.
        mapping: the path of a mapping, where the headings do not say what the columns hold.

    Raises:
        UsageError: where `rubric` or `mapping` names nothing.
        DocumentError: where the rubric has errors. What is wrong with a row raises nothing: it is
            a `Failed` with diagnostics, as is a table without known headings.

    >>> table = score_table("examples/tables/april.csv", "examples/small/benefits-call.yaml")
    >>> [(one.id, str(one.result.share)) for one in table[:2] if isinstance(one, Scored)]
    [('0041', '1'), ('0042', '2/3')]
    >>> table.summary.scored
    8
    >>> table.rows()[1]["percent"], table.rows()[1]["band"]
    (66.67, 'Needs coaching')
    >>> "Mean, benefits-call@1" in table._repr_html_()
    True
    >>> table[0].result._repr_html_().startswith("<table>")
    True
    """
    is_path = isinstance(source, str | os.PathLike)
    default = _checked(rubric) if isinstance(rubric, Rubric) else None
    job = Job(
        [os.fspath(source)] if is_path else [],
        None if isinstance(rubric, Rubric) else os.fspath(rubric),
        mapping=None if mapping is None else os.fspath(mapping),
    )
    scoring = Scoring(job, default)
    if is_path:
        return ScoredTable(scoring.outcomes())
    from charter_score.source.tables.frames import frame_grid

    return ScoredTable(scoring.outcomes_of_grid(frame_grid(source, "table"), job.mapping))


def to_json(results: ReviewResult | Outcome | Iterable[Outcome]) -> str:
    """Results as the published JSON, which `charter-score schema result` describes.

    Several outcomes make one document with their summary, as `charter-score score -f json` writes
    it. One alone is the object that stands for it there, on one line; a `ReviewResult` came from no
    file, so its `path` and digests are empty. Percentages are decimal numbers from 0 to 100.

    >>> import json
    >>> written = json.loads(to_json(score_paths("examples/small/absent.yaml")))
    >>> written["schema"], written["summary"]["failed"]
    ('charter-score/results/v1', 1)
    """
    if isinstance(results, ReviewResult):
        results = Scored("", results.review.id or "", "", "", results)
    if isinstance(results, Scored | Failed | Skipped):
        return JsonLines().piece(results).rstrip("\n")
    collected = Collected()
    envelope = JsonEnvelope()
    text = [envelope.begin()]
    for outcome in results:
        collected.add(outcome)
        text.append(envelope.add(envelope.piece(outcome)))
    return "".join([*text, *envelope.end(Closing(collected))])
