"""Documents to fill in: a review with every criterion's guidance as comments, a rubric to begin.

What a reviewer is told beside a criterion or a field is decided here once, for the text and for the
workbook (`render.form`).
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from charter_score import facts
from charter_score.facts import RatingFact
from charter_score.forms.yaml_scalars import quoted, scalar, word_text
from charter_score.render.text.hostile import visible_line, visible_lines, without_commands
from charter_score.review import (
    Action,
    Dispute,
    DisputeOutcome,
    Rated,
    Review,
    Selection,
    WholeSection,
)
from charter_score.rubric import Criterion, FieldRule, Permission, Rubric, Section

WIDEST_COMMENT = 80
WIDEST_LINE = 100
KNOWN_FIELDS = {"date": "Date", "channel": "Channel", "reference": "Reference"}
"""The interaction fields that every review may have, and what they are called."""


class Asked(NamedTuple):
    """One field of the interaction as a reviewer is asked for it.

    `values` are all there are where `closed`; else they are those that the rubric's conditions name
    and any other is as good.
    """

    title: str
    values: tuple[str, ...] = ()
    closed: bool = False
    required: bool = False
    many: bool = False


def asked_fields(rubric: Rubric) -> dict[str, Asked]:
    """The fields to ask for: the three every review has, the rubric's own, those of conditions."""
    named: dict[str, dict[str, None]] = {}
    for condition in rubric.conditions():
        for name, values in condition.items():
            named.setdefault(name, {}).update(dict.fromkeys(values))
    found = {}
    for name in dict.fromkeys((*KNOWN_FIELDS, *rubric.fields, *named)):
        rule = rubric.fields.get(name, FieldRule())
        title = rule.title or KNOWN_FIELDS.get(name, name)
        values = rule.values or tuple(named.get(name, ()))
        found[name] = Asked(title, values, bool(rule.values), rule.required, rule.many)
    return found


def weight_of(rubric: Rubric, criterion: Criterion, *, alike: bool) -> list[str]:
    """What hangs on a criterion: its points where criteria differ, and whether it is critical.

    `alike` says whether all earn the same, by `facts.same_points`: asked once for a whole rubric.
    """
    worth = facts.worth(rubric, criterion, alike=alike)
    critical = facts.critical(criterion)
    return [told for told in (worth, critical) if told]


def demands(criterion: Criterion, *, alike: bool = False) -> list[str]:
    """Which ratings of a criterion need a comment.

    `alike` says whether all ask for the same, which `rules` then says once.
    """
    on_na = facts.on_na(criterion) if criterion.not_applicable is Permission.NEEDS_COMMENT else ""
    on_rating = "" if alike else facts.on_comment(criterion)
    return [demand for demand in (on_na, on_rating) if demand]


def rules(rubric: Rubric) -> list[str]:
    """What holds for every criterion: what n/a is for and counts as, points, comments."""
    told = []
    if rubric.allows_na:
        told.append(f"{facts.rule(rubric)}: it is for what could not be shown this time.")
    worth = None if rubric.hide_points else facts.same_points(rubric)
    if worth:
        told.append(f"Each criterion can earn {worth}.")
    if asked := facts.asks_alike(rubric):
        told.append(asked)
    if rubric.causes:
        causes = ", ".join(f"{name} ({title})" for name, title in rubric.causes.items())
        told.append(f"Causes of a miss, to tick beside it: {causes}.")
    return told


def review_template(
    rubric: Rubric,
    reference: str,
    schema: str | None,
    *,
    review: Review | None = None,
    schema_command: str = "",
    is_example: bool = False,
) -> str:
    """A review in YAML: every criterion with what there is to know about it, blank or as rated.

    `reference` is how the review names its rubric and `schema` the file that the editor's line
    names; where there is none, a comment has the `schema_command` that makes it. A blank criterion
    is unrated, so a review that is to be filled is a draft. Reading the text gives `review` again.
    """
    lines = [f"# yaml-language-server: $schema={schema}"] if schema else []
    if is_example:
        lines += _comment(f"{MADE_UP} It shows what a review looks like; nobody was reviewed.")
    lines += _head(rubric, filled=review is not None and bool(review.ratings))
    if not schema:
        lines += schema_help(schema_command, "review.schema.json")
    lines += ["", f"rubric: {scalar(reference)}"]
    lines += _status(review)
    lines += ["", "interaction:", *_interaction(rubric, review)]
    lines += ["", "ratings:"]
    alike = _Alike(facts.same_points(rubric) is not None, bool(facts.asks_alike(rubric)))
    for section in rubric.sections:
        ratings = {} if review is None else review.ratings.get(section.id, {})
        lines += _section(rubric, section, ratings, alike=alike)
    lines += _conversation(review)
    return "\n".join(lines) + "\n"


class _Alike(NamedTuple):
    """What all criteria have in common, which is then said once: their points, what a miss asks."""

    points: bool
    comments: bool


MADE_UP = "This review is made up, to try charter-score with."
"""What is said on top of an example."""


def schema_help(command: str, file: str) -> list[str]:
    """Comment lines that say how an editor comes to know the words of a document.

    The command stands on a line of its own, however long, so that it can be copied.
    """
    own_line = re.sub("[\r\n\x85\u2028\u2029]", " ", command)
    return [
        "#",
        *_comment("For an editor that completes the words, make the schema:"),
        f"#   {own_line} > {file}",
        *_comment(f"and begin this file with: # yaml-language-server: $schema={file}"),
    ]


def _head(rubric: Rubric, *, filled: bool) -> list[str]:
    lines = [*_comment(visible_line(facts.edition(rubric))), "#"]
    if filled:
        lines += _comment("Every criterion stands here with its guidance, as it was rated.")
    else:
        _, criterion = next(rubric.criteria())
        word = next((one for one in rubric.shown_words(criterion)), "met")
        lines += _comment(
            "A review to fill in: write a rating behind each criterion, or, where you have more to "
            "say:"
        )
        said = f'{criterion.id}: {{rating: {word_text(word)}, comment: "…", evidence: "00:04"}}'
        lines += [f"#   {said}"]
    return lines + _comment(" ".join(rules(rubric)))


def _status(review: Review | None) -> list[str]:
    if review is None:
        lines = [
            "# A draft is not scored. When every criterion is rated, write final here.",
            "status: draft",
            "# Take the # away from what you use:",
        ]
    else:
        lines = [f"status: {review.status.value}"]
    for name, told in (
        ("id", "this review's own name; the file's name otherwise"),
        ("advisor", "whose work is reviewed"),
        ("reviewer", "who reviews it"),
        ("team", "where the advisor works"),
        ("reviewed", "the day of the review"),
    ):
        value = getattr(review, name, None)
        lines += [f"# {name}:  # {told}"] if value is None else _texts(name, value)
    if review is not None:
        if review.selection is not Selection.RANDOM:
            lines.append(f"selection: {review.selection.value}")
        for name in ("drafted_by", "reason", "retain_until"):
            if (value := getattr(review, name)) is not None:
                lines += _texts(name, value)
    return lines


def _interaction(rubric: Rubric, review: Review | None) -> list[str]:
    given = {} if review is None else review.interaction
    asked = asked_fields(rubric)
    lines = []
    for name, field in asked.items():
        told = field_hint(name, field)
        title = field.title if field.title.casefold() != name.casefold() else ""
        if said := ": ".join(part for part in (title, told) if part):
            lines += _comment(said, 2)
        lines.append(_field(name, given.get(name)))
    lines += [_field(name, value) for name, value in given.items() if name not in asked]
    return lines


def field_hint(name: str, field: Asked) -> str:
    """What can be written in a field of the interaction."""
    told = []
    if field.values:
        listed = " | ".join(word_text(value) for value in field.values)
        told.append(listed if field.closed else f"for example {listed}")
    elif name == "date":
        told.append("year-month-day, for example 2016-05-04")
    if field.many:
        told.append("several are written as a list, [one, another]")
    if field.required:
        told.append("required")
    return "; ".join(told)


def _field(name: str, value: str | Sequence[str] | None) -> str:
    if value is None:
        return f"  {scalar(name)}:"
    if isinstance(value, str):
        return f"  {scalar(name)}: {word_text(value)}"
    return f"  {scalar(name)}: [{', '.join(word_text(one) for one in value)}]"


def _section(
    rubric: Rubric,
    section: Section,
    rated: WholeSection | Mapping[str, Rated],
    *,
    alike: _Alike,
) -> list[str]:
    rule = "-" * (WIDEST_COMMENT - 4)
    lines = ["", f"  # {rule}", *_comment(section.title, 2)]
    if section.applies_when:
        lines += _comment(f"({facts.only_when(section.applies_when)})", 2)
    lines += _comment(section.guidance, 2)
    if isinstance(rated, WholeSection):
        return lines + _rating(section.id, rated.rated, indent=2)
    lines.append(f"  {section.id}:")
    for number, criterion in enumerate(section.criteria, 1):
        lines += ["", *_criterion(rubric, number, criterion, alike=alike)]
        lines += _rating(criterion.id, rated.get(criterion.id, Rated()))
    return lines


def _criterion(rubric: Rubric, number: int, criterion: Criterion, *, alike: _Alike) -> list[str]:
    weight = "; ".join(weight_of(rubric, criterion, alike=alike.points))
    title = f"{number}. {criterion.title}"
    lines = _comment(f"{title} ({weight})" if weight else title, 4, hang=3)
    if criterion.applies_when:
        lines += _comment(f"({facts.only_when(criterion.applies_when)})", 4, indent=3)
    lines += _comment(criterion.guidance, 4, indent=3)
    offered = facts.ratings(rubric, criterion)
    if any(one.looks_like for one in offered):
        for one in offered:
            looks = f": {one.looks_like}" if one.looks_like else ""
            lines += _comment(f"{_with_worth(one)}{looks}", 4, indent=3, hang=5)
    else:
        lines += _comment(" | ".join(_with_worth(one) for one in offered), 4, indent=3)
    for told in demands(criterion, alike=alike.comments):
        lines += _comment(f"({told})", 4, indent=3)
    return lines


def _with_worth(choice: RatingFact) -> str:
    word = word_text(choice.word)
    return f"{word} ({choice.worth})" if choice.worth else word


def _rating(name: str, own: Rated, *, indent: int = 4) -> list[str]:
    key = f"{' ' * indent}{name}:"
    rating = None if own.rating is None else word_text(own.rating)
    if own.comment is None and own.evidence is None and not own.causes:
        return [f"{key} {rating}" if rating else key]
    causes = f"causes: [{', '.join(map(scalar, own.causes))}]"
    parts = [f"rating: {rating}"] if rating else []
    if own.comment is not None:
        parts.append(f"comment: {quoted(own.comment)}")
    if own.evidence is not None:
        parts.append(f"evidence: {quoted(own.evidence)}")
    parts += [causes] if own.causes else []
    line = f"{key} {{{', '.join(parts)}}}"
    if len(line) <= WIDEST_LINE:
        return [line]
    inside = indent + 2
    lines = [key]
    lines += [f"{' ' * inside}rating: {rating}"] if rating else []
    lines += [] if own.comment is None else _texts("comment", own.comment, inside)
    lines += [] if own.evidence is None else _texts("evidence", own.evidence, inside)
    return lines + ([f"{' ' * inside}{causes}"] if own.causes else [])


def _conversation(review: Review | None) -> list[str]:
    """What stands behind the ratings: as it was written, or as comments to be taken up."""
    lines = ["", "# For the conversation with the advisor, in your own words:"]
    for name in ("done_well", "could_be_better"):
        items: Sequence[str] = getattr(review, name, ())
        if items:
            lines.append(f"{name}:")
            for item in items:
                lines += _item(item)
        else:
            lines += [f"# {name}:", '#   - "…"']
    if review is None or review.notes is None:
        lines.append('# notes: "…"')
    else:
        lines += _texts("notes", review.notes)
    if review is None or not review.actions:
        lines += ["# actions:", '#   - {what: "…", who: "…", by: "…"}']
    if review is None or not review.disputes:
        lines += [
            "",
            "# Where the advisor sees a rating otherwise (`charter-score dispute` writes it):",
            "# disputes:",
            '#   - {section: "…", criterion: "…", says: "…", because: "…"}',
        ]
    return lines if review is None else lines + _since(review)


def _since(review: Review) -> list[str]:
    """What was agreed, and what was said since the review was written."""
    lines: list[str] = []
    if review.actions:
        lines.append("actions:")
        for action in review.actions:
            lines += _mapping(_said(action))
    if review.advisor_comment is not None:
        lines += _texts("advisor_comment", review.advisor_comment)
    if review.acknowledged is not None:
        lines += _texts("acknowledged", review.acknowledged)
    if review.disputes:
        lines.append("disputes:")
        for dispute in review.disputes:
            lines += _mapping(_said(dispute))
    return lines


def _said(one: Action | Dispute) -> dict[str, str]:
    """What an action or a dispute says, in the order of its fields."""
    found = ((name, getattr(one, name)) for name in type(one).model_fields)
    return {
        name: value.value if isinstance(value, DisputeOutcome) else value
        for name, value in found
        if value is not None
    }


def _mapping(entries: Mapping[str, str]) -> list[str]:
    """A mapping as an item of a list."""
    lines: list[str] = []
    for name, value in entries.items():
        lines += _texts(name, value, 4)
    lines[0] = f"  - {lines[0].lstrip()}"
    return lines


def _item(text: str) -> list[str]:
    block = _block(text, 4) if len(text) + 6 > WIDEST_LINE else None
    return [f"  - {scalar(text)}"] if block is None else [f"  - {block[0]}", *block[1:]]


def _texts(name: str, text: str, indent: int = 0) -> list[str]:
    """A key with its text, over several lines where it is long."""
    start = f"{' ' * indent}{name}: "
    block = _block(text, indent + 2) if len(start) + len(text) + 2 > WIDEST_LINE else None
    return [start + scalar(text)] if block is None else [start + block[0], *block[1:]]


def _block(text: str, indent: int) -> list[str] | None:
    """A text as a block of lines that read as the very same; None where only quotes can keep it."""
    if not text.isprintable() or text != text.strip() or "  " in text:
        return None
    wrapped = textwrap.wrap(
        text, WIDEST_LINE - indent, break_long_words=False, break_on_hyphens=False
    )
    return [">-", *(" " * indent + line for line in wrapped)]


def _comment(text: str, left: int = 0, *, indent: int = 0, hang: int | None = None) -> list[str]:
    """A text as comment lines, wrapped; no character of it can end the comment."""
    lines: list[str] = []
    for paragraph in visible_lines(text).splitlines() if text.strip() else ():
        lines += textwrap.wrap(
            paragraph,
            width=WIDEST_COMMENT - left - 2,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent if hang is None else hang),
            break_on_hyphens=False,
        ) or [""]
    return [f"{' ' * left}# {without_commands(line)}".rstrip() for line in lines]


def rubric_template(rubric_id: str, schema: str | None) -> str:
    """A rubric to make one's own: small, without errors or warnings, every part explained.

    `schema` is the file that the editor's line names, if there is one.
    """
    text = _RUBRIC.replace("RUBRIC-ID", rubric_id)
    if schema is not None:
        return f"# yaml-language-server: $schema={schema}\n{text}"
    head, rest = text.split("\n\n", 1)
    told = schema_help("charter-score schema rubric", "rubric.schema.json")
    return "\n".join([head, *told, "", rest])


_RUBRIC = """\
# A standard of your own, as a rubric. Replace what stands here; `charter-score check` says what is
# wrong, and `charter-score new` makes a review to fill from it.

id: RUBRIC-ID  # small letters and digits, joined by - or _
version: "1"  # count it up when a change would change scores
title: Our calls
organisation: Our organisation
description: >-
  What this standard is for, who set it, and what in it is our reading.
language: en-GB

# What n/a counts as: met (nobody is penalised for what they had no chance to show), excluded
# (it is left out) or not_met.
not_applicable: met

# In percent. Bands go from the lowest up: `from: 70` includes 70, `above: 90` does not include 90.
expected: 70
bands:
  - name: Needs support
    meaning: sit down together before the next review
  - name: Good
    from: 70
    meaning: the customer was served well
  - name: Excellent
    above: 90
    meaning: a call to learn from

# What a review says of the interaction. `required: true` and `many: true` are possible too.
fields:
  channel: {title: Channel, values: [phone, visit, e-mail]}

# Sections are the stages of the interaction. A criterion is one thing that can be seen or heard.
sections:
  - id: welcome
    title: Welcome
    criteria:
      - id: greeting
        title: Friendly greeting
        guidance: >-
          What a reviewer should hear or see, and what does not count. Say when n/a is right.
        advice: One thing to practise when it was missed.
        source: Where your standard says so
      - id: own_name
        title: Gives their own name
        # This one exists only where the condition holds.
        applies_when: {channel: [phone, visit]}
        guidance: The customer hears the name clearly enough to write it down.
        advice: Say your name as if you were meeting a neighbour.
        source: Welcome, 2
  - id: help
    title: Help
    criteria:
      - id: identity_check
        title: Identity check
        # Missing a critical criterion puts the review in the lowest band.
        critical: true
        not_applicable: forbidden
        comment: when_missed
        guidance: Two details are checked before anything about the account is said.
        advice: Keep the account closed until both details are confirmed.
        source: Help, 1
      - id: explanation
        title: Answer explained
        # Words of your own with their points, instead of met and not met.
        levels: {clear: 2, partly clear: 1, unclear: 0}
        looks_like:
          clear: The customer could tell a friend why it is so.
          partly clear: The answer is right, but hidden in terms only we use.
          unclear: No reason is given, or a wrong one.
        guidance: The reason is given in words that the customer uses.
        advice: Explain it once with this customer's own figures.
        source: Help, 2
"""
