"""The hostile text in every field, through every format and every terminal view."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from enum import Enum

import pytest

import hostile
from batches import rendered, rendered_text
from charter_score.cli.formats import Format, Look, renderer
from charter_score.field_types import Model
from charter_score.render.results.explain import explain
from charter_score.render.results.full import full
from charter_score.render.text.blocks import words
from charter_score.render.text.console import Screen
from charter_score.render.text.diagnostics import problem_lines
from charter_score.review import Review
from charter_score.rubric import Rubric
from effort import some

EVERYTHING = Look(names=True, public_comments=True)

# Places where only an id, a word of ours or a date can stand.
PLAIN = {
    *("Rubric.id", "Rubric.language", "Section.id", "Criterion.id", "Review.rubric"),
    *("Criterion.looks_like:key", "Rubric.ignore:key", "Review.interaction:key"),
    *("Review.interaction", "Review.ratings", "Review.ratings:key", "Rated.rating"),
    *("Dispute.section", "Dispute.criterion", "Dispute.says"),
    *("Criterion.tags", "Rubric.tags:key", "Rubric.causes:key", "Rated.causes"),
    *("Review.acknowledged", "Review.reviewed", "Review.retain_until"),
}


def texts(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a model with the field that it stands in."""
    if isinstance(value, Enum) or value in (None, ""):
        return
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Model):
        for field in type(value).model_fields:
            yield from texts(getattr(value, field), f"{type(value).__name__}.{field}")
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from texts(key, f"{place}:key")
            yield from texts(one, place)
    elif isinstance(value, tuple):
        for one in value:
            yield from texts(one, place)


@pytest.mark.parametrize("model", [hostile.rubric(), hostile.review()], ids=["rubric", "review"])
def test_every_field_has_the_hostile_text(model: Rubric | Review) -> None:
    """No field of a rubric or review in which text can stand is left out, now or later."""
    found = list(texts(model))
    assert {place for place, text in found if not hostile.MARK.search(text)} <= PLAIN
    with_text = {place.partition(":")[0] for place, text in found if hostile.MARK.search(text)}
    assert with_text >= {
        f"{type(part).__name__}.{name}"
        for part in (model, *parts(model))
        for name, field in type(part).model_fields.items()
        if "str" in str(field.annotation) and f"{type(part).__name__}.{name}" not in PLAIN
    }


def parts(model: Model) -> Iterator[Model]:
    """The models inside a model."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        for inner in value.values() if isinstance(value, Mapping) else (value,):
            for part in inner if isinstance(inner, tuple) else (inner,):
                if isinstance(part, Model):
                    yield part
                    yield from parts(part)


def test_the_hostile_text_is_long_and_its_readable_part_can_be_read() -> None:
    """40,000 characters, and the part for documents is under the reader's limit of 64 KB."""
    assert len(hostile.HOSTILE) == 40_000
    assert len(hostile.READABLE.encode()) < 64 * 1024


@pytest.mark.parametrize("chosen", list(Format))
def test_every_format_can_say_nothing_of_nothing(chosen: Format) -> None:
    """The batch without any review is an output like any other, twice the same."""
    for look in (Look(), EVERYTHING, Look(long=True)):
        once, again = (rendered(renderer(chosen, look), []) for _ in range(2))
        assert once == again


@pytest.mark.parametrize("chosen", list(Format))
def test_the_same_reviews_give_the_same_bytes(chosen: Format) -> None:
    """No clock and no order that depends on the machine."""
    outcomes = hostile.outcomes(hostile.BRIEF)
    once, again = (rendered(renderer(chosen, EVERYTHING), outcomes) for _ in range(2))
    assert once == again


CODES = re.compile(r"\x1b\[[0-9;]{1,12}m")
ACTS = ("Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn")


def acting(text: str) -> set[str]:
    """The characters of a terminal view that act or hide."""
    return {c for c in text if c != "\n" and unicodedata.category(c) in ACTS}


@pytest.mark.parametrize("coloured", [False, True])
def test_no_line_is_a_command_to_a_runner(coloured: bool) -> None:
    """GitHub's runner reads commands from all that a step prints: a space takes them apart."""
    lines = [
        words("::error file=a::b"),
        words("  ", ("::warning::c", "bad"), " ::debug::d"),
        words(": :", (":x", "good")),
        words(("r/##[error]##[x]", "good"), "#", "#[", "::"),
        words("a::b and #[c]"),
    ]
    assert CODES.sub("", Screen(80, coloured).text(lines)).splitlines() == [
        ": :error file=a::b",
        "  : :warning::c ::debug::d",
        ": ::x",
        "r/## [error]## [x]## [::",
        "a::b and #[c]",
    ]


@pytest.mark.at_length
@pytest.mark.parametrize("width", some([40, 80]))
def test_nothing_acts_in_a_terminal(width: int) -> None:
    """No view of a review, a batch or diagnostics holds a character that acts or hides."""
    one = hostile.scored(hostile.BRIEF)
    views = [full(one), explain(one), list(problem_lines(hostile.warnings(hostile.BRIEF)))]
    for view in views:
        plain = Screen(width).text(view)
        assert acting(plain) == set()
        assert CODES.sub("", Screen(width, coloured=True).text(view)) == plain
    for chosen in (Format.FULL, Format.CONCISE):
        look = EVERYTHING._replace(screen=Screen(width))
        text = rendered_text(renderer(chosen, look), hostile.outcomes(hostile.BRIEF))
        assert acting(text) == set()


SHOWN_IN_FULL = {
    *("rubric-title", "organisation", "version", "review-id", "advisor", "reviewer"),
    *("team", "channel", "reference", "interaction-name", "interaction-one", "interaction-other"),
    *("applies-field", "applies-value", "section-welcome", "section-close"),
    *("title-tone", "title-identity", "title-level", "title-scaled", "title-absent"),
    *("title-advisory", "title-greeting", "title-thanks", "title-next"),
    *("comment-greeting", "comment-tone", "comment-identity", "comment-level", "comment-scaled"),
    *("comment-absent", "comment-advisory", "comment-thanks", "comment-next"),
    *("comment-disputed", "evidence-greeting", "evidence-tone", "evidence-identity"),
    *("evidence-level", "evidence-scaled", "evidence-absent", "evidence-advisory"),
    *("evidence-disputed", "evidence-thanks", "evidence-next"),
    *("advice-tone", "advice-identity", "advice-level", "advice-scaled"),
    *("level-middle", "scale-low", "because-tone", "reason-tone", "reason-disputed"),
    *("because-disputed", "on-tone", "on-disputed", "decided-by-tone", "decided-by-disputed"),
    *("decided-on-tone", "decided-on-disputed"),
    *("band-low", "done-well", "could-be-better", "notes", "what", "who", "by"),
    "advisor-comment",
}


def squeezed(text: str) -> str:
    """Text without white space, since views break lines where they must."""
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("width", [40, 80])
def test_the_view_of_a_review_loses_no_text(width: int) -> None:
    """`full` gives back every text that it shows, to the last letter, whatever stands in it."""
    from charter_score.render.text.hostile import visible

    text = squeezed(Screen(width).text(full(hostile.scored(hostile.BRIEF))))
    assert {name for name in SHOWN_IN_FULL if hostile.mark(name) not in text} == set()
    end = squeezed(visible(hostile.PIECES[-4] + " " + hostile.PIECES[-3]))
    assert text.count(end) >= len(SHOWN_IN_FULL)
