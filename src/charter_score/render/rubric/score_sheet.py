"""A rubric as a score sheet: HTML to be printed on A4 and filled in by hand.

No script, nothing fetched, every text of the rubric escaped and isolated. Where lines and pages
break is the browser's business: the template says what must stay together. All the guidance is
printed, unless the reader ticks the box on the screen that leaves it out.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial

from charter_score import __version__, facts
from charter_score.figures import figure_text
from charter_score.rating import Policy, Rating
from charter_score.render.html import environment
from charter_score.render.text.hostile import visible
from charter_score.rubric import (
    CommentRule,
    Criterion,
    Permission,
    Rubric,
    Section,
    same_value,
)

_Condition = list[tuple[str, list[str]]]
"""Field (empty where its values say enough) and the values, any one of which is enough."""

_OUR_FIELDS = {"date": "Date", "channel": "Channel", "reference": "Reference"}
_RIGHT_TO_LEFT = frozenset(["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"])


def score_sheet(rubric: Rubric) -> str:
    """The score sheet of a rubric as one HTML document.

    Raises:
        UsageError: where Jinja2 is not installed.
    """
    primary = rubric.language.split("-")[0].casefold()
    same_points = None if rubric.hide_points else facts.same_points(rubric)
    sheet = (
        environment()
        .get_template("score_sheet.html")
        .render(
            rubric=rubric,
            facts=facts,
            text=_text,
            number=figure_text,
            direction="rtl" if primary in _RIGHT_TO_LEFT else "ltr",
            language_of_ours=primary != "en",
            our_fields=[title for name, title in _OUR_FIELDS.items() if name not in rubric.fields],
            how=_how(rubric, same_points),
            same_points=same_points,
            values_of=_condition_reader(rubric),
            columns_of=_columns,
            points_of=partial(_points_of, rubric),
            reckoning=_reckoning(rubric),
            tool_version=__version__,
        )
    )
    return sheet + "\n"


def _text(text: str) -> str:
    """A text from the rubric on one line, with nothing in it that acts or hides."""
    return visible(re.sub(r"[ \t\r\n]+", " ", text).strip())


def _condition_reader(rubric: Rubric) -> Callable[[Mapping[str, tuple[str, ...]]], _Condition]:
    """What reads a condition by its values, with a field only where they fit several."""
    fields_of: dict[str, set[str]] = {}
    for name, rule in rubric.fields.items():
        for value in rule.values:
            fields_of.setdefault(same_value(value), set()).add(name)

    def read(condition: Mapping[str, tuple[str, ...]]) -> _Condition:
        parts = []
        for name, allowed in condition.items():
            values = [value for value in allowed if value.strip()]
            says_enough = all(fields_of.get(same_value(value)) == {name} for value in values)
            declared = rubric.fields.get(name)
            title = "" if says_enough else (declared.title if declared else "") or name
            parts.append((_text(title), [_text(value) for value in values]))
        return parts

    return read


def _columns(section: Section) -> list[Rating]:
    """The ratings that have a column of boxes; levels have boxes of their own."""
    plain = [one for one in section.criteria if one.levels is None and one.range is None]
    if not plain:
        return []
    allows_na = any(one.not_applicable is not Permission.FORBIDDEN for one in plain)
    return [rating for rating in Rating if allows_na or rating is not Rating.NOT_APPLICABLE]


def _points_of(rubric: Rubric, criteria: list[Criterion], *, depends: bool) -> str:
    """The points that can be earned, `?` where that depends; empty where none are to be shown."""
    total = sum(rubric.points_of(criterion) for criterion in criteria)
    if rubric.hide_points or not total:
        return ""
    return "?" if depends else figure_text(total)


def _how(rubric: Rubric, same_points: str | None) -> str:
    """How the sheet is filled in."""
    criteria = [criterion for _, criterion in rubric.criteria()]
    lines = (
        ("Tick one box for each criterion.", True),
        ("n/a: there was no opportunity to show it.", rubric.allows_na),
        (
            "What stands there “only for” something is not rated otherwise.",
            rubric.is_conditional,
        ),
        (f"Each criterion counts {same_points}.", same_points is not None),
        (
            "* say why when it is missed or points are lost.",
            any(one.comment is CommentRule.WHEN_MISSED for one in criteria),
        ),
        (
            "† say why when it is n/a.",
            any(one.not_applicable is Permission.NEEDS_COMMENT for one in criteria),
        ),
        ("‡ say why, whatever it is.", any(one.comment is CommentRule.ALWAYS for one in criteria)),
    )
    return " ".join(line for line, is_needed in lines if is_needed)


def _reckoning(rubric: Rubric) -> str:
    """How to reckon with an n/a."""
    if not rubric.allows_na or rubric.hide_points:
        return ""
    match rubric.not_applicable:
        case Policy.MET:
            return "It earns its points as if it had been met."
        case Policy.NOT_MET:
            return "It earns no points."
        case Policy.EXCLUDED:
            return "Its points are taken out of what could be earned too."
