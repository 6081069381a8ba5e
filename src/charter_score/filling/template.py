"""Documents to fill in: a review with every criterion's guidance as comments, a rubric to begin.

What a reviewer is told beside a criterion or a field is decided here once, for the text and for the
workbook (`render.form`).
"""

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from charter_score.render.text import phrases
from charter_score.render.text.hostile import visible_lines, without_commands
from charter_score.review import Action, Dispute, DisputeOutcome, Rated, Review, WholeSection
from charter_score.rubric import (
    CommentRule,
    Criterion,
    FieldRule,
    Permission,
    Rubric,
    Section,
    UpTo,
)

WIDEST_COMMENT = 80
WIDEST_LINE = 100
KNOWN_FIELDS = {"date": "Date", "channel": "Channel", "reference": "Reference"}
"""The interaction fields that every review may have, and what they are called."""

# Plain in YAML 1.1 as in 1.2, in block and in flow: letters first, no sign that could end it.
_PLAIN = re.compile(r"(?:\.{1,2}/)*[^\W\d_](?:[\w ./@()'-]*[\w.)'])?|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PLAIN_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_NO_TEXT = frozenset(["true", "false", "null", "yes", "no", "on", "off", "y", "n"])


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


class Choice(NamedTuple):
    """One rating that a criterion can get; `worth` and `looks_like` are empty where not told."""

    word: str
    worth: str
    looks_like: str
    rating: str


def asked_fields(rubric: Rubric) -> dict[str, Asked]:
    """The fields to ask for: the three every review has, the rubric's own, those of conditions."""
    conditions = [section.applies_when for section in rubric.sections]
    conditions += [criterion.applies_when for _, criterion in rubric.criteria()]
    named: dict[str, dict[str, None]] = {}
    for condition in conditions:
        for name, values in condition.items():
            named.setdefault(name, {}).update(dict.fromkeys(values))
    found = {}
    for name in dict.fromkeys((*KNOWN_FIELDS, *rubric.fields, *named)):
        rule = rubric.fields.get(name, FieldRule())
        title = rule.title or KNOWN_FIELDS.get(name, name)
        values = rule.values or tuple(named.get(name, ()))
        found[name] = Asked(title, values, bool(rule.values), rule.required, rule.many)
    return found


def choices(rubric: Rubric, criterion: Criterion) -> list[Choice]:
    """The ratings of a criterion in the rubric's order, with points unless it hides them."""
    levels = rubric.levels_of(criterion) or {}
    read = rubric.rating_reader(criterion)
    looks = {read(word): text for word, text in criterion.looks_like.items()}
    return [
        Choice(
            shown,
            "" if word not in levels or rubric.hide_points else phrases.points(levels[word]),
            looks.get(word, ""),
            word,
        )
        for word, shown in zip(
            rubric.rating_words(criterion), rubric.shown_words(criterion), strict=True
        )
    ]


def weight_of(rubric: Rubric, criterion: Criterion, *, alike: bool) -> list[str]:
    """What hangs on a criterion: its points where criteria differ, and whether it is critical.

    `alike` says whether all earn the same, by `same_points`: asked once for a whole rubric.
    """
    told = []
    points = rubric.points_of(criterion)
    if rubric.is_advisory(criterion):
        told.append("advisory, never scored")
    elif points and criterion.levels is None and not rubric.hide_points and not alike:
        told.append(phrases.points(points))
    if isinstance(criterion.critical, UpTo):
        told.append(f"critical: up to {criterion.critical.up_to} it fails the review")
    elif criterion.critical:
        told.append("critical: missing it fails the review")
    return told


def demands(criterion: Criterion) -> list[str]:
    """Which ratings of a criterion need a comment."""
    told = []
    if criterion.not_applicable is Permission.NEEDS_COMMENT:
        told.append("n/a needs a comment")
    if isinstance(criterion.comment, UpTo):
        told.append(f"{criterion.comment.up_to}, and what is worth no more, needs a comment")
    elif criterion.comment is CommentRule.WHEN_MISSED:
        told.append("a rating that misses it or loses points needs a comment")
    elif criterion.comment is CommentRule.ALWAYS:
        told.append("every rating needs a comment")
    return told


def same_points(rubric: Rubric) -> str | None:
    """What each criterion can earn, where all that count are worth the same and none has levels."""
    criteria = [one for _, one in rubric.criteria()]
    worth = {rubric.points_of(one) for one in criteria} - {0}
    if any(one.levels is not None or one.range for one in criteria) or len(worth) != 1:
        return None
    return phrases.points(worth.pop())


def rules(rubric: Rubric) -> list[str]:
    """What holds for every criterion: what n/a is for and counts as, and equal points."""
    told = []
    if any(one.not_applicable is not Permission.FORBIDDEN for _, one in rubric.criteria()):
        told.append(f"{phrases.rule(rubric)}: it is for what could not be shown this time.")
    worth = None if rubric.hide_points else same_points(rubric)
    if worth:
        told.append(f"Each criterion can earn {worth}.")
    return told


def only_when(condition: Mapping[str, Sequence[str]]) -> str:
    """A condition in words; empty where there is none."""
    if not condition:
        return ""
    told = " and ".join(f"{name} is {' or '.join(values)}" for name, values in condition.items())
    return f"only when {told}"


def title_of(rubric: Rubric) -> str:
    """The standard by its organisation, title and version."""
    organisation = f"{rubric.organisation}: " if rubric.organisation else ""
    return f"{organisation}{rubric.title} ({rubric.version})"


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
    lines += _head(rubric, filled=review is not None)
    if not schema:
        lines += schema_help(schema_command, "review.schema.json")
    lines += ["", f"rubric: {scalar(reference)}"]
    lines += _status(review)
    lines += ["", "interaction:", *_interaction(rubric, review)]
    lines += ["", "ratings:"]
    alike = same_points(rubric) is not None
    for section in rubric.sections:
        ratings = {} if review is None else review.ratings.get(section.id, {})
        lines += _section(rubric, section, ratings, alike=alike)
    lines += _conversation(review)
    return "\n".join(lines) + "\n"


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
    lines = [*_comment(title_of(rubric)), "#"]
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
    ):
        value = getattr(review, name, None)
        lines += [f"# {name}:  # {told}"] if value is None else _texts(name, value)
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
    rubric: Rubric, section: Section, rated: WholeSection | Mapping[str, Rated], *, alike: bool
) -> list[str]:
    rule = "-" * (WIDEST_COMMENT - 4)
    lines = ["", f"  # {rule}", *_comment(section.title, 2)]
    if section.applies_when:
        lines += _comment(f"({only_when(section.applies_when)})", 2)
    lines += _comment(section.guidance, 2)
    if isinstance(rated, WholeSection):
        return lines + _rating(section.id, rated.rated, indent=2)
    lines.append(f"  {section.id}:")
    for number, criterion in enumerate(section.criteria, 1):
        lines += ["", *_criterion(rubric, number, criterion, alike=alike)]
        lines += _rating(criterion.id, rated.get(criterion.id, Rated()))
    return lines


def _criterion(rubric: Rubric, number: int, criterion: Criterion, *, alike: bool) -> list[str]:
    weight = "; ".join(weight_of(rubric, criterion, alike=alike))
    title = f"{number}. {criterion.title}"
    lines = _comment(f"{title} ({weight})" if weight else title, 4, hang=3)
    if criterion.applies_when:
        lines += _comment(f"({only_when(criterion.applies_when)})", 4, indent=3)
    lines += _comment(criterion.guidance, 4, indent=3)
    offered = choices(rubric, criterion)
    if any(one.looks_like for one in offered):
        for one in offered:
            looks = f": {one.looks_like}" if one.looks_like else ""
            lines += _comment(f"{_with_worth(one)}{looks}", 4, indent=3, hang=5)
    else:
        lines += _comment(" | ".join(_with_worth(one) for one in offered), 4, indent=3)
    for told in demands(criterion):
        lines += _comment(f"({told})", 4, indent=3)
    return lines


def _with_worth(choice: Choice) -> str:
    word = word_text(choice.word)
    return f"{word} ({choice.worth})" if choice.worth else word


def _rating(name: str, own: Rated, *, indent: int = 4) -> list[str]:
    key = f"{' ' * indent}{name}:"
    rating = None if own.rating is None else word_text(own.rating)
    if own.comment is None and own.evidence is None:
        return [f"{key} {rating}" if rating else key]
    parts = [f"rating: {rating}"] if rating else []
    if own.comment is not None:
        parts.append(f"comment: {quoted(own.comment)}")
    if own.evidence is not None:
        parts.append(f"evidence: {quoted(own.evidence)}")
    line = f"{key} {{{', '.join(parts)}}}"
    if len(line) <= WIDEST_LINE:
        return [line]
    inside = indent + 2
    lines = [key]
    lines += [f"{' ' * inside}rating: {rating}"] if rating else []
    lines += [] if own.comment is None else _texts("comment", own.comment, inside)
    return lines + ([] if own.evidence is None else _texts("evidence", own.evidence, inside))


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


def scalar(text: str) -> str:
    """A text as a YAML scalar that reads as text and nothing else."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _NO_TEXT:
        return text
    return quoted(text)


def word_text(text: str) -> str:
    """A rating or a value of the interaction, which may look like a number: it is its letters."""
    return text if _PLAIN_NUMBER.fullmatch(text) else scalar(text)


def quoted(text: str) -> str:
    """A text between double quotes; what cannot be seen stands as an escape."""
    return "".join(
        one if one.isprintable() else _escape(one) for one in json.dumps(text, ensure_ascii=False)
    )


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


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
