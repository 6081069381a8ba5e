"""One person's records, for an access request: on a terminal, and as a document."""

from collections.abc import Sequence
from typing import NamedTuple

from charter_score.compiled import bounds_of
from charter_score.figures import JSON_DECIMALS, Figure, percent_text
from charter_score.render.text import phrases
from charter_score.render.text.blocks import Hanging, Parts, heading, item, spaced, words
from charter_score.render.text.phrases import count
from charter_score.result import ReviewResult
from charter_score.review import Review
from charter_score.wire.encoding import encode, model_document, share_text, tool
from charter_score.wire.fairness import (
    SubjectDocument,
    SubjectReviewDocument,
    SubjectRoleDocument,
    ThirdPartyDocument,
)

WARNING = (
    "Comments about the person may be about others too. Before it is handed over a person "
    "reads it: what names somebody whom a review names is told above; other names are not found."
)


class OwnReview(NamedTuple):
    """A review of the person's work; `result` is None where it has no score."""

    path: str
    id: str
    review: Review
    result: ReviewResult | None


class OtherPart(NamedTuple):
    """A review in which the person had another part."""

    path: str
    id: str
    day: str | None
    parts: tuple[str, ...]


class Named(NamedTuple):
    """A free text that names somebody."""

    path: str
    id: str
    field: str


class Records(NamedTuple):
    """Everything that was found about one person."""

    name: str
    read: int
    failed: int
    own: tuple[OwnReview, ...]
    others: tuple[OtherPart, ...]
    named_in: tuple[Named, ...]
    names_others: tuple[Named, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not (self.own or self.others or self.named_in)


def subject_lines(records: Records) -> Parts:
    """The view for whoever answers the request."""
    return spaced(
        [
            heading(f"Records of {records.name}"),
            Hanging(
                words(
                    f"{count(records.read, 'review')} read: {len(records.own)} of their work, "
                    f"{len(records.others)} in which they had another part, "
                    f"{count(len(records.named_in), 'more text')} that name them."
                )
            ),
        ],
        _listed("Reviews of their work", [_own(one) for one in records.own]),
        _listed(
            "Other parts",
            [f"{one.path}{_on(one.day)}: {', '.join(one.parts)}" for one in records.others],
        ),
        _listed("Texts in other reviews that name them", _places(records.named_in)),
        _listed("Texts in their records that name others", _places(records.names_others), "!"),
        [
            Hanging(words((WARNING, "warn"))),
            Hanging(words(("-f json has the records whole.", "faint"))),
        ],
    )


def _listed(title: str, lines: Sequence[str], sign: str = "-") -> Parts:
    return [heading(title), *(item(words(line), sign) for line in lines)] if lines else []


def _places(named: Sequence[Named]) -> list[str]:
    return [f"{one.path} ({one.field})" for one in named]


def _on(day: str | None) -> str:
    return "" if day is None else f", {phrases.day(day)}"


def _own(one: OwnReview) -> str:
    days = one.review.interaction.get("date")
    told = f"{one.path}{_on(days if isinstance(days, str) else None)}"
    if one.result is None:
        return f"{told}: {one.review.status.value}, without a score"
    band = f", {one.result.band.name}" if one.result.band is not None else ""
    disputes = len(one.review.disputes)
    disputed = f", {count(disputes, 'dispute')}" if disputes else ""
    return f"{told}: {phrases.percent(one.result.share, one.result.rubric)}{band}{disputed}"


def subject_json(records: Records) -> str:
    """`charter-score/subject/v1`."""
    document: SubjectDocument = {
        "schema": "charter-score/subject/v1",
        "tool": tool(),
        "name": records.name,
        "reviews_read": records.read,
        "failed": records.failed,
        "as_advisor": [_own_document(one) for one in records.own],
        "other_parts": [
            SubjectRoleDocument(path=one.path, id=one.id, date=one.day, part=part)
            for one in records.others
            for part in one.parts
        ],
        "named_in": _named(records.named_in),
        "names_others": _named(records.names_others),
    }
    return encode(document) + "\n"


def _own_document(one: OwnReview) -> SubjectReviewDocument:
    result = one.result
    return {
        "path": one.path,
        "id": one.id,
        "status": one.review.status.value,
        "share": None if result is None else share_text(result.share),
        "percent": None
        if result is None
        else Figure(percent_text(result.share, JSON_DECIMALS, bounds_of(result.rubric))),
        "band": None if result is None or result.band is None else result.band.name,
        "document": model_document(one.review),
    }


def _named(named: Sequence[Named]) -> list[ThirdPartyDocument]:
    return [ThirdPartyDocument(path=one.path, id=one.id, field=one.field) for one in named]
