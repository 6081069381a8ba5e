"""The changes of a rubric itself: its texts, rules, bands and fields, and all points at once."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from charter_score import facts
from charter_score.comparing.changes import Change, Figure, Kind
from charter_score.comparing.matching import Matching, same_title
from charter_score.comparing.stakes import stake
from charter_score.comparing.wording import (
    field_text,
    listed,
    numbers_text,
    percent,
    reworded,
    scales_text,
)
from charter_score.figures import figure_text
from charter_score.rating import Rating, same_word
from charter_score.rubric import FieldRule, Permission, Rubric, same_value

_ANYTHING = FieldRule(many=True)
"""What holds for a field of the interaction that a rubric does not declare."""


def rule_changes(matching: Matching) -> Iterator[Change]:
    """Every difference that is not one of a section or criterion alone."""
    yield from _texts(matching)
    yield from _rules(matching)
    yield from _bands(matching)
    yield from _fields(matching)
    yield from _all_points(matching)
    yield from _all_weights(matching)


def fields_to_fill(matching: Matching) -> tuple[str, ...]:
    """The fields that a review of the old may have to say more or other of, whatever applies."""
    old, new = matching.old.fields, matching.new.fields
    decisive = _named_in_conditions(matching)
    return tuple(
        name
        for name in dict.fromkeys([*old, *new])
        if name not in decisive and _stricter(old.get(name, _ANYTHING), new.get(name, _ANYTHING))
    )


def _texts(matching: Matching) -> Iterator[Change]:
    old, new = matching.old, matching.new
    for what in ("title", "organisation", "description", "source", "rule_source", "language"):
        yield from reworded(what, (), "", getattr(old, what), getattr(new, what))
    for what, was, now in (
        ("hide_points", str(old.hide_points).lower(), str(new.hide_points).lower()),
        ("channel_costs_source", old.channel_costs_source, new.channel_costs_source),
        ("tags", _titles(old.tags), _titles(new.tags)),
        ("causes", _titles(old.causes), _titles(new.causes)),
        ("words", facts.spelt(old), facts.spelt(new)),
        ("unit", old.unit.value, new.unit.value),
        ("channel_costs", numbers_text(old.channel_costs), numbers_text(new.channel_costs)),
        ("scales", scales_text(old), scales_text(new)),
        ("ignore", listed(old.ignore), listed(new.ignore)),
    ):
        if was != now:
            # A review may tick a cause, or use a word, that is not there any more.
            lost = what == "causes" and not old.causes.keys() <= new.causes.keys()
            touches = frozenset([Figure.REVIEWS] if lost or what == "words" else [])
            yield Change(Kind.CHANGED, what, (), "", was or None, now or None, touches)


def respelt(old: Rubric, new: Rubric) -> dict[str, str]:
    """Words that the new does not read as the old did, to what it calls the same rating."""
    now = new.words_for_ratings
    own = {same_word(word): word for rating in Rating for word in old.words.of(rating)}
    return {
        own.get(word, word): new.shown(rating)
        for word, rating in old.words_for_ratings.items()
        if now.get(word) is not rating
    }


def _titles(named: Mapping[str, str]) -> str:
    """Ids with their titles."""
    return listed(f"{name} ({title})" for name, title in named.items())


def _rules(matching: Matching) -> Iterator[Change]:
    old, new = matching.old, matching.new
    if old.not_applicable is not new.not_applicable:
        used = any(
            stake(matching, pair) and pair.old.not_applicable is not Permission.FORBIDDEN
            for pair in matching.pairs
        )
        yield _changed(
            "not_applicable",
            old.not_applicable.value,
            new.not_applicable.value,
            {Figure.SHARES} if used else (),
        )
    if old.combine is not new.combine:
        # Of one section alone the weighted share is its share.
        single = len(old.sections) == len(new.sections) == 1
        yield _changed(
            "combine", old.combine.value, new.combine.value, () if single else {Figure.SHARES}
        )
    if old.on_critical is not new.on_critical:
        used = any(pair.old.critical and pair.new.critical for pair in matching.pairs)
        yield _changed(
            "on_critical",
            old.on_critical.value,
            new.on_critical.value,
            {Figure.SHARES} if used else (),
        )
    if old.expected != new.expected:
        yield _changed("expected", percent(old.expected), percent(new.expected), {Figure.EXPECTED})


def _bands(matching: Matching) -> Iterator[Change]:
    old, new = matching.old.bands, matching.new.bands
    if [facts.bound(band) for band in old] == [facts.bound(band) for band in new]:
        for before, after in zip(old, new, strict=True):
            if before.name != after.name:
                yield Change(
                    Kind.RENAMED,
                    "band",
                    (),
                    after.name,
                    before.name,
                    after.name,
                    frozenset([Figure.BAND_NAMES]),
                )
            yield from reworded("meaning", (), after.name, before.meaning, after.meaning)
        return
    touches = frozenset([Figure.BANDS])
    later = {same_title(band.name): band for band in new}
    earlier = {same_title(band.name): band for band in old}
    for band in old:
        if same_title(band.name) not in later:
            yield Change(Kind.REMOVED, "band", (), band.name, facts.bound(band), None, touches)
    for band in new:
        was = earlier.get(same_title(band.name))
        if was is None:
            yield Change(Kind.ADDED, "band", (), band.name, None, facts.bound(band), touches)
            continue
        if facts.bound(was) != facts.bound(band):
            yield Change(
                Kind.CHANGED, "band", (), band.name, facts.bound(was), facts.bound(band), touches
            )
        yield from reworded("meaning", (), band.name, was.meaning, band.meaning)


def _fields(matching: Matching) -> Iterator[Change]:
    old, new = matching.old.fields, matching.new.fields
    decisive = _named_in_conditions(matching)
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name, _ANYTHING), new.get(name, _ANYTHING)
        touches: set[Figure] = set()
        if _stricter(before, after):
            touches.add(Figure.REVIEWS)
            if name in decisive:
                # What the stricter rule makes of a review can decide what applies to it.
                touches.add(Figure.SHARES)
        elif _stricter(after, before):
            touches.add(Figure.REVIEWS)
        was, now = (field_text(rules.get(name)) for rules in (old, new))
        if was != now:
            kind = (
                Kind.ADDED if name not in old else Kind.REMOVED if name not in new else Kind.CHANGED
            )
            yield Change(kind, "field", (), name, was, now, frozenset(touches))
        yield from reworded("title", (), name, before.title, after.title)


def _named_in_conditions(matching: Matching) -> set[str]:
    return {
        name
        for rubric in (matching.old, matching.new)
        for condition in rubric.conditions()
        for name in condition
    }


def _all_points(matching: Matching) -> Iterator[Change]:
    """Points that were all multiplied by one number, which no share feels."""
    for group in matching.groups():
        if matching.factors[group[0]] in (None, 1):
            continue
        inside = [pair for name in group for pair in matching.inside[name]]
        yield Change(
            Kind.CHANGED,
            "all points",
            (group[0],) if matching.weighted else (),
            inside[0].new_section.title if matching.weighted else "",
            figure_text(sum((matching.old.points_of(p.old) for p in inside), Fraction(0))),
            figure_text(sum((matching.new.points_of(p.new) for p in inside), Fraction(0))),
            frozenset([Figure.POINTS]),
        )


def _all_weights(matching: Matching) -> Iterator[Change]:
    if not matching.weighted or matching.weight_factor in (None, 1):
        return
    weights = [(before.weight, after.weight) for before, after in matching.sections]
    yield Change(
        Kind.CHANGED,
        "all weights",
        (),
        "",
        ", ".join(figure_text(old or Fraction(0)) for old, _ in weights),
        ", ".join(figure_text(new or Fraction(0)) for _, new in weights),
        frozenset([Figure.POINTS]),
    )


def _stricter(before: FieldRule, after: FieldRule) -> bool:
    """Whether some interaction that the one rule lets pass does not pass the other."""
    known = {same_value(value) for value in before.values}
    still = {same_value(value) for value in after.values}
    return (
        (bool(still) and (not known or not known <= still))
        or (after.required and not before.required)
        or (before.many and not after.many)
    )


def _changed(what: str, old: str | None, new: str | None, touches: Iterable[Figure]) -> Change:
    return Change(Kind.CHANGED, what, (), "", old, new, frozenset(touches))
