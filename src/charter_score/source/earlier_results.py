"""Results that charter-score wrote earlier, read back for a comparison.

Such a file decides whether CI passes, so what is not plainly as we wrote it is refused whole:
nothing in it is skipped or guessed.
"""

import json
import re
from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple, NoReturn

from charter_score.errors import DocumentError, UsageError
from charter_score.filters import NO_FILTER, PEOPLE, ReviewFilter, month_of
from charter_score.gates import EarlierReview
from charter_score.review import Status
from charter_score.scalars import Number
from charter_score.source.files import RESULTS, AnyPath, read_bytes, shown_path
from charter_score.wire.encoding import RESULTS_SCHEMA


def earlier_reviews(path: AnyPath, chosen: ReviewFilter = NO_FILTER) -> tuple[EarlierReview, ...]:
    """Every review in a results file (`json` or `json-lines`) that a filter takes.

    Calibration reviews are left out, as gates leave them out.

    Raises:
        UsageError: where the file cannot be read, holds no results of this version, is damaged, or
            has no review that anything could be compared with.
    """
    shown = shown_path(path)
    try:
        results = _results(read_bytes(path, shown, RESULTS).decode("utf-8-sig"))
        reviews = [
            _earlier(result)
            for result in results
            if chosen.is_empty or chosen.takes(partial(_field_values, result))
        ]
    except DocumentError as wrong:
        problem = wrong.diagnostics[0]
        raise UsageError(f"{shown}: {problem.message}", problem.hint) from None
    except _RefusedError as wrong:
        raise UsageError(f"{shown} {wrong}", _HINT) from None
    except (ValueError, RecursionError):
        raise UsageError(f"{shown} holds no results of charter-score", _HINT) from None
    compared = tuple(review for review in reviews if review is not None)
    if not compared and len(reviews) < len(results):
        options = " and ".join(chosen.options)
        raise UsageError(
            f"{shown} holds no review that {options} would take", "leave --baseline out"
        )
    if not compared:
        raise UsageError(f"{shown} holds no review to compare with", _HINT)
    return compared


_HINT = "write them with `score … -o results.json`"
_KINDS = frozenset(["result", "failure", "skipped", "warning", "summary"])
_SHARE = re.compile("([0-9]{1,4000})/([0-9]{1,4000})")


class _RefusedError(ValueError):
    """What is wrong with the file, as the end of a sentence about it."""


def parsed_json(text: str) -> Any:
    """A JSON text in which no key stands twice; its numbers stay their digits, as `Number`s.

    Raises:
        ValueError: where it is no such text.
    """
    return json.loads(
        text,
        parse_float=Number,
        parse_int=Number,
        parse_constant=_no_number,
        object_pairs_hook=_mapping,
    )


def _no_number(_: str) -> NoReturn:
    raise _RefusedError("is damaged: Infinity and NaN are no numbers of JSON")


def _mapping(pairs: list[tuple[str, object]]) -> dict[str, object]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise _RefusedError("is damaged: a key stands twice in it")
    return mapping


class Recorded(NamedTuple):
    """What a results file holds: results, failures and skipped reviews, each as it stands there."""

    results: list[object]
    failures: list[object]
    skipped: list[object]


def recorded_in(text: str) -> Recorded:
    """Everything that a results file holds of reviews.

    Raises:
        ValueError: where it holds no results of this version, or is damaged.
    """
    results = _results(text)
    if text.lstrip().startswith('{"kind"'):
        lines = [parsed_json(line) for line in text.split("\n") if line.strip()]
        of_kind = {
            wanted: [line for line in lines if _text(line, "kind") == wanted]
            for wanted in ("failure", "skipped")
        }
        return Recorded(results, of_kind["failure"], of_kind["skipped"])
    whole = parsed_json(text)
    failures, skipped = _at(whole, "failures"), _at(whole, "skipped")
    if not isinstance(failures, list) or not isinstance(skipped, list):
        raise _RefusedError("is damaged: `failures` or `skipped` is no list")
    return Recorded(results, failures, skipped)


def _results(text: str) -> list[object]:
    """The results in a file: of one whole document, or one a line; as many as its summary says."""
    if text.lstrip().startswith('{"kind"'):
        lines = [parsed_json(line) for line in text.split("\n") if line.strip()]
        kinds = [_text(line, "kind") for line in lines]
        if not _KINDS.issuperset(kinds):
            raise _RefusedError("is damaged: it has a line of an unknown kind")
        results = [line for line, kind in zip(lines, kinds, strict=True) if kind == "result"]
        summary = lines[-1]
    else:
        whole = parsed_json(text)
        if not isinstance(whole, dict) or whole.get("schema") != RESULTS_SCHEMA:
            raise _RefusedError(f"holds no results of this version ({RESULTS_SCHEMA})")
        listed = _at(whole, "results")
        if not isinstance(listed, list):
            raise _RefusedError("is damaged: `results` is no list")
        results = listed
        summary = _at(whole, "summary")
    if _text(summary, "kind") != "summary" or _at(summary, "scored") != Number(str(len(results))):
        raise _RefusedError("is not whole: it lacks results, or the summary that counts them")
    return results


def _earlier(result: object) -> EarlierReview | None:
    """What a comparison needs of one result; None of a review for calibration."""
    if _text(result, "kind") != "result":
        raise _RefusedError("is damaged: `results` holds what is no result")
    status = _text(result, "review", "status")
    if status == Status.CALIBRATION:
        return None
    if status != Status.FINAL:
        raise _RefusedError("is damaged: a result has a status that is never scored")
    band = _at(result, "band")
    rubric = f"{_text(result, 'rubric', 'id')}@{_text(result, 'rubric', 'version')}"
    return EarlierReview(
        (_text(result, "review", "id"), rubric),
        _text(result, "review", "path"),
        None if band is None else _text(result, "band"),
        _share(_text(result, "score", "share")),
        _text(result, "review", "sha256"),
        _text(result, "rubric", "sha256"),
    )


def _field_values(result: object, field: str) -> Sequence[str]:
    """What the review of a result gives for a field, as `filters.field_values` has it."""
    if field == "rubric":
        return (f"{_text(result, 'rubric', 'id')}@{_text(result, 'rubric', 'version')}",)
    if field in PEOPLE:
        return _texts(_at(result, "review", field))
    interaction = _at(result, "review", "interaction")
    if not isinstance(interaction, dict):
        raise _RefusedError("is damaged: `review.interaction` is no mapping")
    values = _texts(interaction.get("date" if field == "month" else field))
    return tuple(map(month_of, values)) if field == "month" else values


def _texts(value: object) -> tuple[str, ...]:
    """A text, several, or nothing, as texts."""
    if value is None:
        return ()
    texts: list[str] = []
    for text in value if isinstance(value, list) else [value]:
        if type(text) is not str:
            raise _RefusedError("is damaged: a field of a review is no text")
        texts.append(text)
    return tuple(text for text in texts if text.strip())


def _share(text: str) -> Fraction:
    digits = _SHARE.fullmatch(text)
    if digits:
        earned, available = int(digits[1]), int(digits[2])
        if earned <= available and available:
            return Fraction(earned, available)
    raise _RefusedError("is damaged: a share is no fraction from 0/1 to 1/1")


def _at(document: object, *names: str) -> object:
    """The value at a route of keys."""
    value = document
    for name in names:
        if not isinstance(value, dict) or name not in value:
            raise _RefusedError(f"is damaged: `{'.'.join(names)}` is missing")
        value = value[name]
    return value


def _text(document: object, *names: str) -> str:
    """The text at a route of keys."""
    text = _at(document, *names)
    if type(text) is not str:
        raise _RefusedError(f"is damaged: `{'.'.join(names)}` is no text")
    return text
