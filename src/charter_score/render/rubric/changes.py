"""What changed between two rubrics: for people as lines, for programs as a versioned document."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from rich.console import RenderableType

from charter_score import __version__
from charter_score.comparing.changes import (
    Carry,
    Change,
    Example,
    Figure,
    Kind,
    RubricChanges,
    Step,
    Verdict,
)
from charter_score.diagnostics import joined
from charter_score.render.text import phrases
from charter_score.render.text.blocks import (
    Hanging,
    Labelled,
    Parts,
    entry,
    heading,
    item,
    prose,
    spaced,
    words,
)
from charter_score.rubric import CriterionKey, Rubric
from charter_score.wire.encoding import encode, share_text

SCHEMA = "charter-score/rubric-diff/v1"
CONTEXT = 6
"""Words kept on both sides of what differs in a long text."""

_FIGURES = {
    Figure.SHARES: "scores",
    Figure.SECTION_SHARES: "section scores",
    Figure.BANDS: "bands",
    Figure.BAND_NAMES: "names of bands",
    Figure.EXPECTED: "the expected score",
    Figure.POINTS: "points and weights",
    Figure.TAGS: "totals of tags",
}
"""The figures of a score, in words. Which reviews are accepted is no figure."""
_DETAILS = frozenset([Figure.BAND_NAMES, Figure.POINTS, Figure.TAGS])
"""Figures that are named only where they differ."""

_THINGS = {
    "not_applicable": "n/a",
    "applies_when": "condition",
    "rule_source": "source of the rule",
    "on_critical": "what a missed critical criterion does",
    "combine": "how sections make the score",
    "looks_like": "what ratings look like",
    "hide_points": "hiding of points",
    "channel_costs": "costs by channel",
    "channel_costs_source": "source of the costs",
    "at_least": "minimum",
    "critical": "critical",
    "comment": "comments",
}


def rubric_changes(found: RubricChanges) -> Parts:
    """The verdict first, then what reviews need, then every change in its place."""
    return spaced(
        [
            Hanging(words((found.old.name, "title")), ("Old: ", "title")),
            Hanging(words((found.new.name, "title")), ("New: ", "title")),
        ],
        list(_verdict(found)),
        list(_carry(found)),
        *_changes(found),
    )


def _verdict(found: RubricChanges) -> Iterator[RenderableType]:
    match found.verdict:
        case Verdict.WORDING_ONLY:
            style, said = "good", "no score can differ."
        case Verdict.COMPARABLE:
            style, said = (
                "warn",
                "every review of the old rubric has the same score (the same share of the "
                "points) under the new one.",
            )
        case Verdict.NOT_COMPARABLE:
            style, said = (
                "bad",
                "one and the same review can score differently, or not be accepted any more. Do "
                "not put scores of the two side by side, or into one average.",
            )
    yield Hanging(words((f"{found.verdict.value.upper()}: ", style), said), hang=2)
    if found.example is not None:
        yield Hanging(words(_example(found, found.example)), 2)
    rows = []
    if found.verdict is Verdict.COMPARABLE:
        touched = found.touched
        same = [text for figure, text in _FIGURES.items() if figure not in touched | _DETAILS]
        other = [text for figure, text in _FIGURES.items() if figure in touched]
        rows.append(("Comparable", joined(same)))
        if other:
            rows.append(("Not comparable", joined(other)))
    rows.append(("Version", _step(found)))
    yield Labelled(
        [(words((f"{label}:", "strong")), words(text)) for label, text in rows],
        column=len("Not comparable:"),
        gap=1,
    )


def _step(found: RubricChanges) -> str:
    match found.step:
        case Step.PATCH:
            said = "none is needed, or the smallest step (a patch)."
        case Step.MINOR:
            said = "a small step (a minor version)."
        case Step.MAJOR:
            said = "a big step (a major version), so that nobody mixes the two."
    if found.says_same_version:
        said += (
            f" Now both are {found.old.name}, and two different rubrics of one name cannot be "
            "known side by side: give the new one another version, or put it in the old one's "
            "place."
        )
    return said


def _example(found: RubricChanges, example: Example) -> str:
    named = [f"“{example.missed}”, which is missed"] if example.missed else []
    if example.not_applicable:
        named.append(f"“{example.not_applicable}”, which is n/a")
    all_met = "everything met" + (f" but {joined(named)}" if named else "")
    return (
        f"For example, with {all_met}: {phrases.percent(example.old, found.old)} under the old, "
        f"{phrases.percent(example.new, found.new)} under the new."
    )


def _carry(found: RubricChanges) -> Iterator[RenderableType]:
    carry = found.carry
    if carry.nothing:
        return
    yield heading("Before the new rubric takes a review of the old")
    for old, new in carry.renamed.items():
        yield entry(words(f"rename {_dotted(old)} to {_dotted(new)}"))
    for label, places in (
        ("take out", carry.dropped),
        ("rate", carry.rate),
        ("say why, where a comment is now wanted", carry.comment),
    ):
        if places:
            yield entry(words(f"{label}: {', '.join(_dotted(one) for one in places)}"))
    if carry.fill:
        rules = "put the interaction right by the stricter rules"
        yield entry(words(f"{rules}: {', '.join(carry.fill)}"))
    for new_word in dict.fromkeys(carry.respell.values()):
        spellings = [old for old, new in carry.respell.items() if new == new_word]
        yield entry(words(f"write “{new_word}” in place of: {', '.join(spellings)}"))


def _dotted(place: CriterionKey) -> str:
    return ".".join(place)


def _changes(found: RubricChanges) -> Iterator[Parts]:
    if not found.changes:
        yield [Hanging(words("Nothing differs but, at most, how the files are written."))]
    titles = {
        section.id: section.title
        for rubric in (found.old, found.new)
        for section in rubric.sections
    }
    for section, changes in groupby(
        found.changes, key=lambda change: change.place[0] if change.place else ""
    ):
        title = titles.get(section, "The rubric") if section else "The rubric"
        yield [heading(title), *(part for change in changes for part in _change(change))]


def _change(change: Change) -> Iterator[RenderableType]:
    sign = {Kind.ADDED: "+", Kind.REMOVED: "-"}.get(change.kind, "~")
    style = "bad" if Figure.SHARES in change.touches else "warn" if change.touches else ""
    text, was_now = _said(change)
    touched = (f" ({_touched(change)})", style or "faint")
    yield item(words(text, touched), sign, style)
    if was_now:
        was, now = _differing(change.old or "", change.new or "")
        for label, part, colour in (("was: ", was, "bad"), ("now: ", now, "good")):
            yield Hanging(prose(part or "(nothing)"), words(" " * 6, (label, colour)))


def _said(change: Change) -> tuple[str, bool]:
    """A change in words, and whether its two texts are to be shown below."""
    thing = _THINGS.get(change.what, change.what.replace("_", " "))
    criterion = len(change.place) == 2
    whose = f" of {change.title}" if criterion or (change.title and change.what != "band") else ""
    where = f" ({'.'.join(change.place)})" if change.place else ""
    match change.kind:
        case Kind.ADDED | Kind.REMOVED:
            worth = change.new if change.kind is Kind.ADDED else change.old
            more = f", {worth}" if change.what in ("band", "field") and worth else ""
            if change.what == "criterion" and worth:
                more = f", worth {worth}"
            return f"{thing} {change.kind.value}: {change.title}{where}{more}", False
        case Kind.RENAMED if change.what == "band":
            return f"band renamed: {change.old} → {change.new}", False
        case Kind.RENAMED:
            return f"id{whose}: {change.old} → {change.new}", False
        case Kind.MOVED:
            return f"{change.title} moved: {change.old} → {change.new}", False
        case Kind.REORDERED:
            return f"{thing} in another order: {change.new}", False
        case Kind.REWORDED:
            return f"{thing}{whose} reworded", True
        case Kind.CHANGED:
            name = f"band {change.title}" if change.what == "band" else f"{thing}{whose}"
            return f"{name}: {change.old or 'none'} → {change.new or 'none'}", False


def _touched(change: Change) -> str:
    """What a change touches, in words."""
    if Figure.SHARES in change.touches:
        return "scores differ"
    told = [text for figure, text in _FIGURES.items() if figure in change.touches]
    if told:
        differ = "differs" if told == [_FIGURES[Figure.EXPECTED]] else "differ"
        return f"{joined(told)} {differ}"
    return "no score differs" if Figure.REVIEWS in change.touches else "wording"


def _differing(old: str, new: str) -> tuple[str, str]:
    """Two texts without the words they share at both ends, but for a few to know the place by."""
    was, now = old.split(), new.split()
    before = 0
    while before < min(len(was), len(now)) and was[before] == now[before]:
        before += 1
    after = 0
    while after < min(len(was), len(now)) - before and was[-1 - after] == now[-1 - after]:
        after += 1
    start, end = max(0, before - CONTEXT), max(0, after - CONTEXT)

    def part(texts: list[str]) -> str:
        kept = texts[start : len(texts) - end]
        return " ".join([*["…"] * (start > 0), *kept, *["…"] * (end > 0)])

    return part(was), part(now)


# The document.


def changes_json(found: RubricChanges, old_sha256: str, new_sha256: str) -> str:
    """The comparison as `charter-score/rubric-diff/v1`, one change a line."""
    document = changes_document(found, old_sha256, new_sha256)
    changes = document.pop("changes")
    lines = [f' "{name}": {encode(value)},' for name, value in document.items()]
    listed = ",\n".join(f"  {encode(change)}" for change in changes)
    body = f' "changes": [\n{listed}\n ]' if listed else ' "changes": []'
    return "{" + "\n".join([*lines, body]).lstrip() + "}\n"


def changes_document(found: RubricChanges, old_sha256: str, new_sha256: str) -> dict[str, Any]:
    """The comparison with the words and ids of the two rubrics, for programs."""
    touched = found.touched
    return {
        "schema": SCHEMA,
        "tool": {"name": "charter-score", "version": __version__},
        "old": _named(found.old, old_sha256),
        "new": _named(found.new, new_sha256),
        "verdict": found.verdict.value,
        "comparable": {
            figure.value: figure not in touched for figure in Figure if figure in _FIGURES
        },
        "version_step": found.step.value,
        "same_version": found.says_same_version,
        "example": None if found.example is None else _example_document(found.example),
        "carry_over": _carry_document(found.carry),
        "changes": [_change_document(change) for change in found.changes],
    }


def _named(rubric: Rubric, digest: str) -> dict[str, Any]:
    return {
        "id": rubric.id,
        "version": rubric.version,
        "title": rubric.title,
        "sha256": digest,
    }


def _example_document(example: Example) -> dict[str, Any]:
    return {
        "missed": example.missed,
        "not_applicable": example.not_applicable,
        "old_share": share_text(example.old),
        "new_share": share_text(example.new),
    }


def _carry_document(carry: Carry) -> dict[str, Any]:
    renamed: Mapping[CriterionKey, CriterionKey] = carry.renamed
    return {
        "rename": {_dotted(old): _dotted(new) for old, new in renamed.items()},
        "take_out": _all_dotted(carry.dropped),
        "rate": _all_dotted(carry.rate),
        "comment": _all_dotted(carry.comment),
        "fields": list(carry.fill),
        "respell": dict(carry.respell),
    }


def _all_dotted(places: Iterable[CriterionKey]) -> list[str]:
    return [_dotted(place) for place in places]


def _change_document(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind.value,
        "what": change.what,
        "place": ".".join(change.place) or None,
        "title": change.title or None,
        "old": change.old,
        "new": change.new,
        "touches": [figure.value for figure in Figure if figure in change.touches],
    }
