"""What another rubric would make of reviews: as lines, as Markdown, as a document."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from charter_score.comparing.impact import Impact, Moved, NotCarried
from charter_score.compiled import bounds_of
from charter_score.figures import JSON_DECIMALS, Figure, percent_text, rounded_text
from charter_score.render.text import phrases
from charter_score.render.text.blocks import Hanging, Parts, heading, item, spaced, words
from charter_score.render.text.escaping import escaped
from charter_score.render.text.phrases import count
from charter_score.result import ReviewResult
from charter_score.rubric import CriterionKey, Rubric
from charter_score.summary import FEWEST_TO_COMPARE, as_people_sort
from charter_score.wire.encoding import encode, share_text, tool
from charter_score.wire.fairness import (
    ImpactDocument,
    MovedDocument,
    NamedRubricDocument,
    UnderDocument,
)

MOST_SHOWN = 20
"""Reviews that are listed one by one; JSON has all."""
ARROW = " → "


class ImpactView:
    """The findings in words, which the terminal and Markdown dress."""

    def __init__(
        self, impact: Impact, what_if: Mapping[str, str], *, names: bool, failed: int
    ) -> None:
        self.impact = impact
        self.names = names
        self.failed = failed
        change = ", ".join(f"{key}={value}" for key, value in what_if.items())
        self.title = f"{impact.old.name} → {impact.new.name}"
        if change:
            self.title += f" with {change}"

    def found(self) -> list[str]:
        """How many reviews there are, how they move, and their means."""
        moved = self.impact.moved
        up = sum(one.change > 0 for one in moved)
        down = sum(one.change < 0 for one in moved)
        told = [
            f"{count(len(moved), 'review')}: {up} would score higher, {down} lower, "
            f"{len(moved) - up - down} the same."
        ]
        counting = [one for one in moved if one.counts]
        if len(counting) < FEWEST_TO_COMPARE:
            told.append("Fewer than 5 reviews: no mean is told.")
        else:
            before, after = (phrases.plain_percent(mean) for mean in means(counting))
            of = count(len(counting), "review")
            told.append(f"The mean would be {after}, and is {before} ({of}).")
            changes = sorted(one.change for one in moved)
            least, most = phrases.signed(changes[0]), phrases.signed(changes[-1])
            told.append(f"A review moves by {least} to {most} points.")
        return told

    def bands(self) -> list[str]:
        """How bands flip, the most frequent first."""
        flips = Counter(one.bands for one in self.impact.moved if one.band_flips)
        told = [
            f"{before or 'no band'}{ARROW}{after or 'no band'}: {count(number, 'review')}"
            for (before, after), number in flips.most_common()
        ]
        lost, gained = expectation(self.impact.moved)
        if lost or gained:
            told.append(f"Expected score: {lost} would no longer meet it, {gained} would.")
        return told

    def advisors(self) -> list[str]:
        """Who would be affected: advisors by name where they are wanted, else their number."""
        affected = {name: n for name, n in self.impact.advisors.items() if n[1] and name}
        if not affected:
            return []
        if not self.names:
            every = sum(bool(name) for name in self.impact.advisors)
            return [f"{len(affected)} of {count(every, 'advisor')} (--include-names names them)"]
        return [
            f"{name}: {flips} of {count(number, 'review')}"
            for name, (number, flips) in sorted(
                affected.items(), key=lambda one: as_people_sort(one[0])
            )
        ]

    def flips(self) -> list[tuple[str, str]]:
        """The reviews of which something flips, with what does."""
        return [(one.scored.id, self._flip(one)) for one in self.impact.flips[:MOST_SHOWN]]

    def _flip(self, one: Moved) -> str:
        told = f"{_percent(one.before)}{ARROW}{_percent(one.after)}"
        before, after = one.bands
        if one.band_flips:
            told += f", {before or 'no band'}{ARROW}{after or 'no band'}"
        if one.expectation_flips:
            meets = one.after.meets_expected
            told += ", would meet what is expected" if meets else ", would miss what is expected"
        return told

    def notes(self) -> list[str]:
        """What was matched, left out or not carried over."""
        impact = self.impact
        told = []
        if impact.mapped:
            pairs = (f"{_dotted(o)}{ARROW}{_dotted(n)}" for o, n in impact.mapped.items())
            told.append(f"Matched: {'; '.join(pairs)}")
        if impact.added:
            added = ", ".join(f"{s.id}.{c.id}" for s, c in impact.added)
            told.append(f"New, rated by nobody, and so left out of both sums: {added}")
        if impact.removed:
            removed = ", ".join(f"{s.id}.{c.id}" for s, c in impact.removed)
            told.append(f"No longer there: {removed}")
        told += [
            f"{count(number, 'review')} not compared: {why.value}"
            for why in NotCarried
            if (number := impact.left_out.get(why, 0))
        ]
        if self.failed:
            told.append(f"{count(self.failed, 'review')} could not be scored.")
        if (more := len(impact.flips) - MOST_SHOWN) > 0:
            told.append(f"{count(more, 'more review')} flip; -f json lists all.")
        return told


def means(moved: Sequence[Moved]) -> tuple[Fraction, Fraction]:
    """The mean score under each of the two rubrics."""
    number = len(moved)
    before = sum((one.before.share for one in moved), Fraction(0)) / number
    return before, sum((one.after.share for one in moved), Fraction(0)) / number


def expectation(moved: Sequence[Moved]) -> tuple[int, int]:
    """How many reviews would no longer meet what is expected, and how many would then."""
    lost = sum(one.expectation_flips and one.before.meets_expected is True for one in moved)
    gained = sum(one.expectation_flips and one.after.meets_expected is True for one in moved)
    return lost, gained


def _percent(result: ReviewResult) -> str:
    return phrases.percent(result.share, result.rubric)


def _dotted(place: CriterionKey) -> str:
    return ".".join(place)


def impact_lines(view: ImpactView) -> Parts:
    """The view for a terminal."""
    return spaced(
        [heading(f"Impact: {view.title}"), *(Hanging(words(line)) for line in view.found())],
        _listed("Bands that flip", view.bands()),
        _listed("Who would be affected", view.advisors()),
        [
            heading("Reviews that flip, the farthest first"),
            *(Hanging(words((name, "strong"), f": {told}"), "  - ") for name, told in view.flips()),
        ]
        if view.impact.flips
        else [],
        [Hanging(words((line, "faint"))) for line in view.notes()],
    )


def _listed(title: str, lines: Sequence[str]) -> Parts:
    return [heading(title), *(item(words(line)) for line in lines)] if lines else []


def impact_markdown(view: ImpactView) -> str:
    """The view for a pull request."""
    lines = [f"# Impact: {escaped(view.title)}", ""]
    lines += [*(escaped(line) for line in view.found()), ""]
    for title, told in (
        ("Bands that flip", view.bands()),
        ("Who would be affected", view.advisors()),
    ):
        if told:
            lines += [f"## {title}", "", *(f"- {escaped(line)}" for line in told), ""]
    if flips := view.flips():
        lines += ["## Reviews that flip, the farthest first", ""]
        lines += ["| Review | |", "| --- | --- |"]
        lines += [f"| {escaped(name)} | {escaped(told)} |" for name, told in flips]
        lines.append("")
    lines += [f"- {escaped(line)}" for line in view.notes()]
    return "\n".join(lines).rstrip("\n") + "\n"


def impact_json(
    impact: Impact,
    what_if: Mapping[str, str],
    digests: tuple[str, str],
    *,
    failed: int,
) -> str:
    """`charter-score/impact/v1`."""
    moved = impact.moved
    counting = [one for one in moved if one.counts]
    enough = len(counting) >= FEWEST_TO_COMPARE
    before, after = means(counting) if enough else (None, None)
    lost, gained = expectation(moved)
    bands = Counter(one.bands for one in moved)
    document: ImpactDocument = {
        "schema": "charter-score/impact/v1",
        "tool": tool(),
        "old": _named(impact.old, digests[0]),
        "new": _named(impact.new, digests[1]),
        "what_if": dict(what_if),
        "mapped": {_dotted(old): _dotted(new) for old, new in impact.mapped.items()},
        "added": [f"{s.id}.{c.id}" for s, c in impact.added],
        "removed": [f"{s.id}.{c.id}" for s, c in impact.removed],
        "reviews": len(moved),
        "up": sum(one.change > 0 for one in moved),
        "down": sum(one.change < 0 for one in moved),
        "unmoved": sum(not one.change for one in moved),
        "mean_before": _mean(before),
        "mean_after": _mean(after),
        "bands": {
            f"{old or '–'}{ARROW}{new or '–'}": number
            for (old, new), number in sorted(bands.items(), key=str)
        },
        "expectation_lost": lost,
        "expectation_gained": gained,
        "moved": list(_moved(moved)),
        "left_out": [
            {"why": why.value, "reviews": impact.left_out[why]}
            for why in NotCarried
            if impact.left_out.get(why)
        ],
        "failed": failed,
    }
    return encode(document) + "\n"


def _mean(share: Fraction | None) -> Figure | None:
    return None if share is None else Figure(rounded_text(share * 100, JSON_DECIMALS))


def _named(rubric: Rubric, digest: str) -> NamedRubricDocument:
    return {
        "id": rubric.id,
        "version": rubric.version,
        "title": rubric.title,
        "sha256": digest,
    }


def _moved(moved: Sequence[Moved]) -> Iterator[MovedDocument]:
    for one in moved:
        yield {
            "id": one.scored.id,
            "path": one.scored.path,
            "advisor": one.before.review.advisor,
            "before": _under(one.before),
            "after": _under(one.after),
            "change": Figure(rounded_text(one.change * 100, JSON_DECIMALS)),
            "band_flips": one.band_flips,
            "expectation_flips": one.expectation_flips,
        }


def _under(result: ReviewResult) -> UnderDocument:
    return {
        "share": share_text(result.share),
        "percent": Figure(percent_text(result.share, JSON_DECIMALS, bounds_of(result.rubric))),
        "band": result.band.name if result.band is not None else None,
        "meets_expected": result.meets_expected,
    }
