"""A results file of ours read back whole, for a comparison with what is recomputed."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from charter_score.diagnostics import Diagnostic
from charter_score.errors import DocumentError
from charter_score.source.earlier_results import parsed_json
from charter_score.source.files import RESULTS, AnyPath, read_bytes, shown_path
from charter_score.wire.encoding import RESULTS_SCHEMA


class Recorded(NamedTuple):
    """What a results file holds; numbers are the text that stands there.

    `summary` is None where there is none, `version` where the file does not say what wrote it.
    """

    shown: str
    results: Sequence[Mapping[str, Any]]
    failures: Sequence[Mapping[str, Any]]
    skipped: Sequence[Mapping[str, Any]]
    summary: Mapping[str, Any] | None
    version: str | None = None


def recorded_results(path: AnyPath) -> Recorded:
    """The results of `json` or `json-lines`.

    Raises:
        DocumentError: where the file cannot be read, or holds no results of this version.
    """
    shown = shown_path(path)
    data = read_bytes(path, shown, RESULTS)
    try:
        parts = _parts(data.decode("utf-8-sig"))
    except (ValueError, RecursionError, KeyError, TypeError):
        hint = "write results with `score … -o results.json`"
        message = f"this holds no results of charter-score ({RESULTS_SCHEMA})"
        raise DocumentError([Diagnostic("not-results", message, shown, hint=hint)]) from None
    return Recorded(shown, *parts)


def _parts(text: str) -> tuple[list[Any], list[Any], list[Any], Any, str | None]:
    if text.lstrip().startswith('{"kind"'):
        lines = [parsed_json(line) for line in text.split("\n") if line.strip()]
        by_kind: dict[str, list[Any]] = {}
        for line in lines:
            by_kind.setdefault(line["kind"], []).append(line)
        if by_kind.keys() - {"result", "failure", "skipped", "warning", "summary"}:
            raise ValueError("a line of an unknown kind")
        listed = [by_kind.get(kind, []) for kind in ("result", "failure", "skipped", "summary")]
        results, failures, skipped, summaries = listed
        return results, failures, skipped, summaries[-1] if summaries else None, None
    whole = parsed_json(text)
    if whole["schema"] != RESULTS_SCHEMA:
        raise ValueError("another document")
    lists = [whole[name] for name in ("results", "failures", "skipped")]
    for entries in lists:
        if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
            raise TypeError("no list of objects")
    results, failures, skipped = lists
    return results, failures, skipped, whole.get("summary"), str(whole["tool"]["version"])
