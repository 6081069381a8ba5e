"""One person's records among reviews: as advisor, reviewer, decider, and where texts name them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from charter_score.field_types import Model
from charter_score.review import Review
from charter_score.rubric import same_value, values_of

PERSONS = ("advisor", "reviewer", "by", "decided_by", "who")
"""Fields of a review, its disputes and actions that hold a person's name."""
_PARTS = {
    "reviewer": "reviewed it",
    "by": "raised a dispute",
    "decided_by": "decided a dispute",
    "who": "has an action agreed",
}
FREE_TEXT = frozenset(
    (
        *("comment", "evidence", "notes", "done_well", "could_be_better", "what", "because"),
        *("reason", "advisor_comment"),
    )
)
_SHORTEST = 2
"""Letters of a name that is looked for in texts: a single one would be found everywhere."""


class Text(NamedTuple):
    """A free text of a review, and the field it stands in: `welcome.tone.comment`."""

    field: str
    text: str


def names_in(review: Review) -> Iterator[tuple[str, str]]:
    """Every name in a review's own fields, with the field."""
    for name in ("advisor", "reviewer"):
        if (value := getattr(review, name)) is not None:
            yield name, value
    for dispute in review.disputes:
        for name in ("by", "decided_by"):
            if (value := getattr(dispute, name)) is not None:
                yield name, value
    for action in review.actions:
        if action.who is not None:
            yield "who", action.who


def parts_of(review: Review, person: str) -> list[str]:
    """What else a person did in a review than being reviewed, in words, each once."""
    wanted = same_value(person)
    found = {field for field, name in names_in(review) if same_value(name) == wanted}
    return [told for field, told in _PARTS.items() if field in found]


def is_advisor(review: Review, person: str) -> bool:
    """Whether the review is of the person's work."""
    return review.advisor is not None and same_value(review.advisor) == same_value(person)


def texts_in(review: Review) -> Iterator[Text]:
    """Every free text of a review."""
    yield from _texts(review, "")


def _texts(value: object, route: str, name: str = "") -> Iterator[Text]:
    if isinstance(value, str):
        if name in FREE_TEXT:
            yield Text(route, value)
    elif isinstance(value, Model):
        for field in type(value).model_fields:
            yield from _texts(getattr(value, field), _joined(route, field), field)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _texts(one, key if route == "ratings" else _joined(route, str(key)), name)
    elif isinstance(value, tuple):
        for number, one in enumerate(value, 1):
            yield from _texts(one, _joined(route, str(number)), name)


def _joined(route: str, name: str) -> str:
    return f"{route}.{name}" if route else name


class NameFinder:
    """Finds names in texts: whole words, whatever their case, Unicode form and signs between."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {words for name in names if sum(map(len, words := _words(name))) >= _SHORTEST}
        self._lengths = sorted({len(words) for words in self._names})

    def is_in(self, text: str) -> bool:
        """Whether one of the names stands in a text."""
        words = _words(text)
        return any(
            words[start : start + length] in self._names
            for length in self._lengths
            for start in range(len(words) - length + 1)
        )


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", unicodedata.normalize("NFC", text).casefold()))


def day_in(review: Review) -> str | None:
    """The day of the contact, if it is given."""
    days = values_of(review.interaction, "date")
    return days[0] if days else None
