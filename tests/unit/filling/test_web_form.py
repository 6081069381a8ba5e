"""A review as one page to fill in: its markup, its policy, its data, read by another parser."""

import json
import random
import re
from base64 import b64encode
from collections import Counter
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import html

import hostile
import random_documents
from charter_score.filling.web_form import form_data, review_document, web_form
from charter_score.library import LoadedRubric, load_rubric
from charter_score.review import Review
from charter_score.rubric import Permission, Rubric, applies
from charter_score.source.reading import read_document
from documents import model_from, review_from, rubric_from
from effort import examples
from random_documents import to_yaml

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = sorted((ROOT / "rubrics").glob("*.yaml"))
LABELLED = "//input[not(@hidden)]|//select|//textarea"
SCRIPTS = ROOT / "src/charter_score/render/templates/web_form"

SMALL = """
id: small
version: "2"
title: Calls
language: cy
fields:
  channel: {title: Sianel, values: [phone, visit], required: true}
  topics: {values: [a, b], many: true}
  names: {many: true}
sections:
  - id: open
    title: Opening
    guidance: "How it begins.\\nTwo lines."
    criteria:
      - {id: greet, title: Greeting, points: 2, guidance: Says hello., source: "1"}
      - {id: check, title: Check, critical: true, not_applicable: forbidden, comment: when_missed}
      - {id: note, title: Note, points: 0, not_applicable: needs_comment}
      - {id: tone, title: Tone, levels: {good: 2, poor: 0}, looks_like: {good: Warm.},
         applies_when: {channel: phone}}
  - id: end
    title: Ending
    applies_when: {weather: [rain], topics: a}
    criteria:
      - {id: thanks, title: Thanks, points: 2}
"""


def page_of(rubric: Rubric, review: Review | None = None) -> str:
    return web_form(LoadedRubric(rubric, "rubric.yaml", "0" * 64), rubric.name, review)


def parsed(text: str) -> Any:
    return html.document_fromstring(text.encode("utf-8"), html.HTMLParser(encoding="utf-8"))


@pytest.fixture
def small() -> Rubric:
    return rubric_from(SMALL)


def test_the_policy_names_the_script_and_the_style_and_nothing_else(small: Rubric) -> None:
    """One script that runs and one style, both by their hashes; no handler, no style attribute."""
    text = page_of(small)
    page = parsed(text)
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    script, style = (
        re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL) for tag in ("script", "style")
    )
    assert len(script) == len(style) == 1
    hashes = [b64encode(sha256(part.encode()).digest()).decode() for part in (*script, *style)]
    assert policy == [
        f"default-src 'none'; script-src 'sha256-{hashes[0]}'; style-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    ]
    assert page.xpath("//script/@type") == ["application/json"]
    assert page.xpath("//@style | //@src | //@href | //@action | //link | //@srcdoc") == []
    assert [
        name for name in page.xpath("//@*/..") for name in name.attrib if name.startswith("on")
    ] == []


def test_the_script_has_no_way_to_run_or_keep_what_it_reads() -> None:
    """No eval, no markup made of text, no storage, no request."""
    text = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS.glob("*.js"))
    for word in (
        *("eval(", "Function(", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"),
        *("localStorage", "sessionStorage", "indexedDB", "cookie", "caches", "serviceWorker"),
        *(
            "fetch(",
            "XMLHttpRequest",
            "WebSocket",
            "sendBeacon",
            "import(",
            "postMessage",
            "score(",
        ),
    ):
        assert word not in text, word
    assert "</script" not in text
    assert len(text) < 50_000


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_rubric_is_shown_whole(path: Path) -> None:
    """Every title, guidance, level and what it looks like, with one choice for each rating."""
    loaded = load_rubric(path)
    rubric = loaded.rubric
    page = parsed(web_form(loaded, rubric.name))
    text = " ".join(page.text_content().split())
    for section, criterion in rubric.criteria():
        group = page.get_element_by_id(f"rate-{section.id}.{criterion.id}")
        own = " ".join(group.text_content().split())
        looks = criterion.looks_like.values()
        for told in (criterion.title, criterion.guidance, criterion.source, *looks):
            assert " ".join(told.split()) in own
        words = [" ".join(one.text_content().split()) for one in group.xpath(".//label//b")]
        assert words == list(rubric.rating_words(criterion))
    for field in rubric.fields.values():
        assert field.title in text
        assert all(value in text for value in field.values)
    assert rubric.name in text
    assert loaded.sha256 in text


@pytest.mark.parametrize("seed", range(examples(200)))
def test_whoever_listens_finds_their_way(seed: int) -> None:
    """Each control has a label, each group a legend, each reference an end; headings in order."""
    rubric = rubric_from(to_yaml(random_documents.rubric(random.Random(seed))))
    page = parsed(page_of(rubric))
    ids = Counter(page.xpath("//@id"))
    assert max(ids.values()) == 1
    for name in ("for", "aria-describedby", "aria-labelledby", "list"):
        for reference in page.xpath(f"//@{name}"):
            assert reference in ids, reference
    for control in page.xpath(LABELLED):
        is_in_template = control.xpath("ancestor::template")  # named as it is put in
        label = control.xpath("ancestor::label") or page.xpath(
            f"//label[@for='{control.get('id')}']"
        )
        assert is_in_template or label
    for fieldset in page.xpath("//fieldset"):
        assert fieldset[0].tag == "legend"
        assert fieldset[0].text_content().strip()
    for name in page.xpath("//input[@type='radio']/@name"):
        assert len(page.xpath(f"//fieldset[.//input[@name='{name}']]")) == 1
    levels = [int(tag.tag[1]) for tag in page.xpath("//h1|//h2|//h3")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(second - first <= 1 for first, second in pairwise(levels))
    assert page.xpath("//html/@lang") == ["en"]
    assert all(button.get("type") == "button" for button in page.xpath("//button"))


def test_what_a_criterion_asks_for(small: Rubric) -> None:
    """Conditions, demands and points, in the words that they have everywhere."""
    page = parsed(page_of(small))

    def told(name: str) -> str:
        return " ".join(page.get_element_by_id(name).text_content().split())

    assert "critical: missing it fails the review" in told("rate-open.check")
    assert "a rating that misses it or loses points needs a comment" in told("rate-open.check")
    assert "n/a needs a comment" in told("rate-open.note")
    assert "advisory, never scored" in told("rate-open.note")
    assert "only when channel is phone" in told("rate-open.tone")
    assert "good 2 points Warm." in told("rate-open.tone")
    assert told("rate-open.tone-not").startswith("Tone: only when channel is phone")
    assert told("section-end-not") == "Does not apply: only when weather is rain and topics is a"
    assert page.xpath("//h2/bdi/@lang") == ["cy", "cy"]
    assert [one.get("value") for one in page.xpath("//fieldset[@id='rate-open.check']//input")] == [
        *("0", "1", None)
    ]


def test_the_data_says_what_the_rubric_says(small: Rubric) -> None:
    """Ratings with what each asks, every spelling of one, conditions, fields."""
    data = form_data(small, "./small.yaml")
    assert [field["name"] for field in data["fields"]] == [
        *("date", "channel", "reference", "topics", "names", "weather")
    ]
    assert data["undeclared"] == ["weather"]
    criteria = {one["id"]: one for section in data["sections"] for one in section["criteria"]}
    assert criteria["check"]["ratings"] == [
        {"word": "met", "asks": False, "observed": True},
        {"word": "not met", "asks": True, "observed": True},
    ]
    assert [one["observed"] for one in criteria["note"]["ratings"]] == [False] * 3
    assert [one["observed"] for one in criteria["tone"]["ratings"]] == [True, True, False]
    assert dict(criteria["check"]["spellings"])["n/a"] is None
    assert dict(criteria["note"]["spellings"]) == {
        **{"met": 0, "yes": 0, "not met": 1, "no": 1, "n/a": 2, "na": 2, "not applicable": 2}
    }
    assert dict(criteria["tone"]["spellings"]) == {
        **{"good": 0, "poor": 1, "n/a": 2, "na": 2, "not applicable": 2}
    }
    for section, criterion in small.criteria():
        allows = criterion.not_applicable is not Permission.FORBIDDEN
        words = [rating["word"] for rating in criteria[criterion.id]["ratings"]]
        assert ("n/a" in words) is allows, section


def test_no_text_acts() -> None:
    """A hostile rubric and review stand in the page as text, and in its data as escapes."""
    rubric, review = hostile.rubric(hostile.BRIEF), hostile.review(hostile.BRIEF)
    text = page_of(rubric, review)
    page = parsed(text)
    assert len(page.xpath("//script")) == 2
    assert page.xpath("//img | //svg | //a | //iframe | //title/*") == []
    data = re.search(
        r'<script type="application/json" id="form-data">(.*?)</script>', text, re.DOTALL
    )
    assert data is not None
    assert not set("<>&'\u2028\u2029") & set(data[1])
    assert data[1].isascii()
    held = json.loads(data[1])
    assert held["review"]["advisor"] == review.advisor
    visible = text[: data.start()] + text[data.end() :]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028]", visible)


def test_the_same_form_is_the_same_bytes(small: Rubric) -> None:
    """No clock and no chance is in it."""
    assert page_of(small) == page_of(small)


@pytest.mark.parametrize("seed", range(examples(200)))
def test_a_review_in_a_form_is_that_review(seed: int) -> None:
    """Whatever a review says stands in the form's data: read as a document it is the same."""
    rng = random.Random(seed)
    rubric = random_documents.rubric(rng)
    review = review_from(to_yaml(random_documents.review(rng, rubric)))
    loaded = rubric_from(to_yaml(rubric))
    text = json.dumps(review_document(loaded, review, review.rubric or ""))
    read = model_from(Review, read_document(text.encode(), "x.json").value)
    assert read.model_copy(update={"ratings": {}}) == review.model_copy(update={"ratings": {}})
    for section, criterion in loaded.criteria():
        if applies(section, criterion, review.interaction):
            place = section.id, criterion.id
            assert read.rated(*place) == review.rated(*place)


def test_colours_can_be_read() -> None:
    """Text has a contrast of 4.5, edges and marks of 3, in light and dark (WCAG 2.2)."""
    style = (SCRIPTS / "style.css").read_text(encoding="utf-8")
    schemes = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    assert len(schemes) == 2
    for scheme in schemes:
        colour = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", scheme))
        for text in ("ink", "soft", "main", "due", "bad", "good"):
            for ground in ("paper", "tint"):
                assert contrast(colour[text], colour[ground]) >= 4.5, (text, ground)
        assert contrast(colour["on-main"], colour["main"]) >= 4.5
        for text in ("ink", "soft", "main"):
            assert contrast(colour[text], colour["chosen"]) >= 4.5
        assert contrast(colour["ink"], colour["due-tint"]) >= 4.5
        assert contrast(colour["edge"], colour["paper"]) >= 3


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        whole = "".join(sign * 2 for sign in colour[1:]) if len(colour) == 4 else colour[1:]
        parts = [int(whole[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
