"""Results that charter-score wrote earlier, read back for a comparison."""

import json
from fractions import Fraction
from typing import Any

from charter_score.errors import UsageError
from charter_score.gates import Key
from charter_score.source.files import AnyPath, shown_path


def earlier_reviews(path: AnyPath) -> dict[Key, tuple[str | None, Fraction]]:
    """Band and share of every review in a results file (`json` or `json-lines`).

    Calibration reviews are left out, as gates leave them out.

    Raises:
        UsageError: where the file cannot be read or holds no results of ours.
    """
    shown = shown_path(path)
    try:
        with open(path, encoding="utf-8") as stream:
            documents = [_parsed(line) for line in _objects(stream.read())]
    except OSError as wrong:
        raise UsageError(f"{shown}: {(wrong.strerror or 'cannot be read').lower()}") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{shown} holds no results of charter-score", _HINT) from None
    found: dict[Key, tuple[str | None, Fraction]] = {}
    try:
        for document in documents:
            for one in document.get("results", [document]):
                if one.get("kind") == "result" and one["review"]["status"] != "calibration":
                    rubric = f"{one['rubric']['id']}@{one['rubric']['version']}"
                    share = Fraction(one["score"]["share"])
                    found[one["review"]["id"], rubric] = (one["band"], share)
    except (AttributeError, KeyError, TypeError, ValueError, ZeroDivisionError):
        raise UsageError(f"{shown} holds no results of charter-score", _HINT) from None
    return found


_HINT = "write them with `score … -o results.json`"


def _parsed(text: str) -> Any:
    # Numbers are not looked at: shares are text.
    return json.loads(text, parse_float=str, parse_int=str)


def _objects(text: str) -> list[str]:
    """The JSON texts of a file: one whole document, or one a line."""
    if text.lstrip().startswith('{"kind"'):
        return [line for line in text.splitlines() if line.strip()]
    return [text]
