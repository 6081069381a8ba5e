"""A rubric as Markdown, read back by another parser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

import hostile
from charter_score.library import load_rubric
from charter_score.render.rubric.markdown import rubric_markdown
from charter_score.rubric import Rubric
from documents import rubric_from
from effort import some

SHIPPED = sorted((Path(__file__).parents[4] / "rubrics").glob("*.yaml"))
KNOWN_TAGS = {
    *("h1", "h2", "p", "ol", "ul", "li", "strong", "em", "code", "blockquote"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
# What GitHub and GitLab look for in finished text, where no escape is left.
CALLS = re.compile(r"[@#!$%~&^](?=[\w\"])|://|\bwww\.|\bGH-\d|:[a-z+-][\w+-]*:", re.IGNORECASE)

SMALL = """
id: small
version: "2"
title: Calls
organisation: A council
source: The standard
description: |
  First line.
  Second line.
rule_source: The standard says so.
combine: section_weights
expected: 70
bands: [{name: Low, meaning: more practice}, {name: Good, from: 70}, {name: Best, above: 90}]
fields:
  channel: {title: Channel, values: [phone, visit], required: true}
  topic: {many: true}
sections:
  - id: open
    title: Opening
    weight: 2.5
    guidance: How it begins.
    applies_when: {channel: [phone, visit]}
    criteria:
      - {id: greet, title: Greeting, points: 2, guidance: Says hello., advice: Smile., source: "1"}
      - {id: check, title: Check, critical: true, not_applicable: forbidden, comment: when_missed}
      - {id: note, title: Note, points: 0, not_applicable: needs_comment}
      - {id: tone, title: Tone, levels: {good: 2, poor: 0}, looks_like: {good: Warm.},
         applies_when: {channel: phone}}
      - {id: hold, title: Hold, looks_like: {not met: Left waiting.}}
"""


def tokens(text: str) -> Iterator[Token]:
    """Every token, those inside of paragraphs, headings and cells too."""
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        yield token
        yield from token.children or ()


def words(text: str) -> str:
    """What a reader sees of Markdown, without the characters that have no width."""
    shown = (one.content for one in tokens(text) if one.type in ("text", "code_inline"))
    return " ".join(shown).replace("\u200b", "")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_rubric_is_shown_whole(path: Path) -> None:
    """Every section, criterion, band and word of guidance and advice is there."""
    rubric = load_rubric(path).rubric
    seen = " ".join(words(rubric_markdown(rubric)).split())

    def shown(text: str) -> bool:
        return " ".join(text.split()) in seen

    assert shown(rubric.title)
    assert all(shown(line) for line in rubric.description.splitlines())
    for section, criterion in rubric.criteria():
        assert shown(section.title)
        assert f"{section.id}.{criterion.id}" in seen
        for text in (criterion.title, criterion.guidance, criterion.advice, criterion.source):
            assert shown(text), text
    assert all(shown(band.name) and shown(band.meaning) for band in rubric.bands)


def test_the_whole_text() -> None:
    """Headings, tables and lists as GitHub shows them, each fact in its place."""
    assert rubric_markdown(rubric_from(SMALL)) == (
        """\
# A council: Calls

`small`, version 2. The standard

First line.

Second line.

## The rule

n/a counts as met. Sections count by their weight. Expected: 70% or above. \
Missing a critical criterion puts the review in the lowest band.

> The standard says so.

## Bands

| Band | Share | Meaning |
| --- | --- | --- |
| Best | above 90% |  |
| Good | from 70% |  |
| Low | below that | more practice |

## Fields of the interaction

| Field | Title | Values | Given |
| --- | --- | --- | --- |
| channel | Channel | phone, visit | required |
| topic |  | any | optional, one or several |

## Opening (weight 2.5)

*Applies when channel is phone or visit.*

How it begins.

1. **Greeting** (`open.greet`, 2 points)

   Says hello.

   - *Try:* Smile.
   - *Source:* 1

2. **Check** (`open.check`, 1 point, **critical**, n/a is not allowed, a rating that misses it or loses points needs a comment)

3. **Note** (`open.note`, advisory, never scored, n/a needs a comment)

4. **Tone** (`open.tone`)

   *Applies when channel is phone.*

   - **good** (2 points): Warm.
   - **poor** (0 points)

5. **Hold** (`open.hold`, 1 point)

   - **not met**: Left waiting.
"""  # noqa: E501 - a whole page as it is written
    )


def test_points_that_are_hidden() -> None:
    """A rubric that hides its points shows none, of criteria and of levels."""
    hidden = rubric_from(SMALL.replace("combine:", "hide_points: true\ncombine:"))
    assert "point" not in rubric_markdown(hidden).replace("loses points", "")


@pytest.mark.at_length
@pytest.mark.parametrize("text", some([*hostile.PIECES, hostile.BRIEF, hostile.HOSTILE], -1))
def test_no_text_acts(text: str) -> None:
    """No text of a rubric makes a tag, link, image, heading, row or mention of its own."""
    text = text if "FIELD" in text else text + " FIELD"
    # Lines stay lines: each line of a longer text is a paragraph of its own.
    lines = re.split("\r\n|\r|\n", text)
    plain = hostile.rubric("\n".join("FIELD" if line.strip() else "" for line in lines))
    rubric = hostile.rubric(text)
    written = rubric_markdown(rubric)
    found = list(tokens(written))
    assert {token.tag for token in found} - {"", "br"} <= KNOWN_TAGS
    assert not [one for one in found if one.type in ("html_inline", "html_block", "image")]
    assert not [one for one in found if one.type in ("link_open", "fence", "code_block", "hr")]
    wanted = [one.tag for one in tokens(rubric_markdown(plain)) if one.nesting == 1]
    assert [one.tag for one in found if one.nesting == 1] == wanted
    assert all(not CALLS.search(one.content) for one in found if one.type == "text"), text


def test_every_field_is_shown() -> None:
    """The hostile text of every field that the view has comes back out of another parser."""
    rubric = hostile.rubric("FIELD")
    seen = words(rubric_markdown(rubric))
    left_out = {"scale-name", "ignore-reason"}
    assert marks(rubric) - {hostile.mark(one) for one in left_out} <= set(
        hostile.MARK.findall(seen)
    )


def marks(rubric: Rubric) -> set[str]:
    """The mark of every field of a rubric that has one."""
    return set(hostile.MARK.findall(repr(rubric)))
