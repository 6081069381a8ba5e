"""Volumes read from a file: how many contacts there were by channel."""

from pydantic import ValidationError

from charter_score.errors import DocumentError, UsageError
from charter_score.report.costs import Volumes
from charter_score.source.files import AnyPath, read_bytes, shown_path
from charter_score.source.reading import read_document

_HINT = "docs/formats.md shows such a file"


def read_volumes(path: AnyPath) -> Volumes:
    """The volumes in a YAML or JSON file.

    Raises:
        UsageError: where the file cannot be read or is no such document, with the place.
    """
    shown = shown_path(path)
    try:
        document = read_document(read_bytes(path, shown), shown)
    except DocumentError as wrong:
        first = wrong.diagnostics[0]
        place = f":{first.location.line}:{first.location.column}" if first.location else ""
        raise UsageError(f"{shown}{place}: {first.message}", first.hint) from None
    try:
        return Volumes.model_validate(document.value)
    except ValidationError as refused:
        detail = refused.errors(include_url=False, include_input=False)[0]
        route = tuple(part for part in detail["loc"] if isinstance(part, str | int))
        where = document.locate(route)
        message = detail.get("ctx", {}).get("message") or _MESSAGES.get(
            detail["type"], "this is not as a file of volumes has it"
        )
        hint = detail.get("ctx", {}).get("hint") or _HINT
        raise UsageError(f"{shown}:{where.line}:{where.column}: {message}", hint) from None


_MESSAGES = {
    "missing": "a field is missing: `schema` and `channels` are required",
    "extra_forbidden": "there is a field that volumes do not have",
    "literal_error": "the schema is not charter-score/volumes/v1",
    "model_type": "a file of volumes is a mapping with `schema` and `channels`",
}
