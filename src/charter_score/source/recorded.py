"""Reviews read back from a results file, to be scored anew and counted like any others.

What a result records of a review is a review again: the same ratings, fields and words, without the
disputes that decided nothing. Scored anew it must come to the same score, or the rubric changed.
"""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from charter_score.diagnostics import START, Diagnostic, Location
from charter_score.errors import DocumentError
from charter_score.outcome import Failed, Skipped
from charter_score.scalars import Value
from charter_score.source.document import Built, Document, Places
from charter_score.source.earlier_results import recorded_in
from charter_score.source.files import RESULTS, read_beginning, read_bytes
from charter_score.wire.encoding import RESULTS_SCHEMA

_BEGINNINGS = (
    f'{{"schema": "{RESULTS_SCHEMA}"'.encode(),
    b'{"kind": "',
)


class RecordedReview(NamedTuple):
    """A review as a result records it, its own path and digest, and the share that it came to."""

    path: str
    sha256: str
    share: Fraction
    document: Document


def holds_results(path: str, shown: str) -> bool:
    """Whether a file begins as our results do; False too where it cannot be read."""
    try:
        beginning = read_beginning(path, shown, max(map(len, _BEGINNINGS)))
    except DocumentError:
        return False
    return beginning.startswith(_BEGINNINGS)


def recorded_outcomes(path: str, shown: str) -> Iterator[RecordedReview | Failed | Skipped]:
    """Each review that a results file records, and what it says of those that have no score."""
    try:
        recorded = recorded_in(read_bytes(path, shown, RESULTS).decode("utf-8-sig"))
        reviews = [_review(result) for result in recorded.results]
        failed = [_failed(failure) for failure in recorded.failures]
        skipped = [_skipped(one) for one in recorded.skipped]
    except DocumentError as wrong:
        yield Failed(shown, wrong.diagnostics)
        return
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError, ZeroDivisionError):
        damaged = Diagnostic(
            "damaged-results",
            "this is not a whole results file of this version",
            shown,
            hint="write it with `score … -o results.json`",
        )
        yield Failed(shown, (damaged,))
        return
    yield from reviews
    yield from failed
    yield from skipped


def _review(result: Any) -> RecordedReview:
    review, rubric = result["review"], result["rubric"]
    ratings: dict[str, Value] = {}
    disputes: list[Value] = []
    for section in result["sections"]:
        rated: dict[str, Value] = {}
        for criterion in section["criteria"]:
            dispute = criterion["disputed"]
            rating = criterion["rating"] if dispute is None else dispute["original"]
            words = {name: criterion[name] for name in ("comment", "evidence")}
            rated[criterion["id"]] = _given({"rating": rating, **words})
            if dispute is not None:
                where = {"section": section["id"], "criterion": criterion["id"]}
                told = {name: value for name, value in dispute.items() if name != "original"}
                disputes.append(_given({**where, **told}))
        ratings[section["id"]] = rated
    own = {name: value for name, value in review.items() if name not in ("path", "sha256")}
    actions: list[Value] = [_given(action) for action in own.pop("actions")]
    value = _given(
        {
            **own,
            "rubric": f"{rubric['id']}@{rubric['version']}",
            "ratings": ratings,
            "disputes": disputes,
            "actions": actions,
        }
    )
    earned, available = result["score"]["share"].split("/")
    return RecordedReview(
        str(review["path"]),
        str(review["sha256"]),
        Fraction(int(earned), int(available)),
        _placeless(value, str(review["path"])),
    )


def _given(values: dict[str, Any]) -> dict[str, Value]:
    """What says something: null and empty lists stand for what was left out."""
    return {name: value for name, value in values.items() if value not in (None, [], {})}


def _placeless(value: Value, path: str) -> Document:
    """A document of which every part stands at its beginning."""
    places: Places = defaultdict(dict)
    return Document(path, "", value, None, Built(value, START, places))


def _failed(failure: Any) -> Failed:
    path = str(failure["path"])
    diagnostics = tuple(
        Diagnostic(
            str(one["code"]),
            str(one["message"]),
            str(one["path"]),
            _location(one),
            None if one["hint"] is None else str(one["hint"]),
        )
        for one in failure["diagnostics"]
        if one["severity"] == "error"
    )
    return Failed(path, diagnostics)


def _location(diagnostic: Any) -> Location | None:
    if diagnostic["line"] is None:
        return None
    return Location(int(str(diagnostic["line"])), int(str(diagnostic["column"])))


def _skipped(skipped: Any) -> Skipped:
    return Skipped(str(skipped["path"]), str(skipped["id"]), str(skipped["reason"]))
