"""What strangers wrote is harmless in every view about reviewers, rubrics, disputes and persons."""

import html.parser
import io
import json
import re
import unicodedata
from typing import Any

import openpyxl
import pytest
from markdown_it import MarkdownIt

import hostile
from charter_score.calibration.findings import Calibration, calibration_of
from charter_score.calibration.reviews import Aside, ContactReviews
from charter_score.comparing.impact import Impact, ImpactOfReviews
from charter_score.dispute_record import DisputeRecord
from charter_score.outcome import Scored
from charter_score.render.calibration.document import calibration_json, calibration_sheets
from charter_score.render.calibration.markdown import calibration_markdown
from charter_score.render.calibration.page import calibration_page
from charter_score.render.calibration.terminal import calibration_lines
from charter_score.render.disputes import (
    DisputesView,
    dispute_lines,
    disputes_json,
    disputes_markdown,
)
from charter_score.render.rubric.impact import (
    ImpactView,
    impact_json,
    impact_lines,
    impact_markdown,
)
from charter_score.render.sample import record_json, record_of, record_yaml, sample_lines
from charter_score.render.sheets import workbook
from charter_score.render.subject import (
    Named,
    OtherPart,
    OwnReview,
    Records,
    subject_json,
    subject_lines,
)
from charter_score.render.text.blocks import Parts
from charter_score.render.text.console import Screen
from charter_score.render.verification import verification_json, verification_lines
from charter_score.review import Rated, Review, Status
from charter_score.rubric import Rubric
from charter_score.samples.drawing import ListedContact, Request, Sample, draw
from charter_score.samples.record import SampleRecord
from charter_score.scoring import score
from charter_score.source.reading import read_document
from charter_score.source.small_documents import small_model
from charter_score.verified import Difference, Finding, Kind, Verification

ACTS = ("Cc", "Cf", "Zl", "Zp", "Co", "Cs", "Cn")
TEXT = hostile.BRIEF


def _two_reviews() -> tuple[Rubric, list[Scored]]:
    """Two reviews of one contact by two people who differ, hostile text wherever it can stand."""
    first = hostile.scored(TEXT)
    rubric, own = first.result.rubric, first.result.review
    section = next(name for name in own.ratings if "greeting" in own.ratings[name])
    other = {
        name: {
            key: rated.model_copy(
                update={"rating": "n/a", "comment": hostile.hostile("second", TEXT)}
            )
            if (name, key) == (section, "greeting")
            else rated
            for key, rated in ratings.items()
        }
        for name, ratings in own.ratings.items()
    }
    review = own.model_copy(
        update={"ratings": other, "reviewer": hostile.hostile("other-reviewer", TEXT)}
    )
    second = Scored("b.yaml", "b", "0", "0", score(rubric, review))
    return rubric, [first, second]


def _calibrations() -> list[Calibration]:
    collected = ContactReviews()
    for scored in _two_reviews()[1]:
        collected.add(scored)
    rounds, _ = collected.rounds()
    found = [calibration_of(one) for one in rounds]
    assert found
    assert any(criterion.differences for criterion in found[0].criteria)
    return found


def _impact() -> Impact:
    rubric, reviews = _two_reviews()
    collected = ImpactOfReviews(rubric, "0", rubric.model_copy(update={"expected": None}))
    for scored in reviews:
        final = scored.result.review.model_copy(update={"status": Status.FINAL})
        collected.add(scored._replace(result=score(rubric, final)))
    return collected.impact()


def _disputes() -> DisputesView:
    rubric, reviews = _two_reviews()
    record = DisputeRecord()
    for scored in reviews:
        record.add(scored.path, scored.id, scored.result.review, rubric)
    assert record.entries
    return DisputesView(record, None, names=True, fewest=1)


def _sample() -> Sample:
    contact = ListedContact(
        hostile.hostile("reference", TEXT).replace("\n", " ").strip(),
        {"advisor": TEXT, "channel": TEXT, "date": TEXT},
    )
    return draw([contact], Request("May, heron", per_advisor=1, strata=("channel",)))


def _records() -> Records:
    review = _two_reviews()[1][0].result.review
    result = hostile.scored(TEXT).result
    return Records(
        TEXT,
        1,
        0,
        (OwnReview(TEXT, TEXT, review, result),),
        (OtherPart(TEXT, TEXT, None, ("reviewed it",)),),
        (Named(TEXT, TEXT, TEXT),),
        (Named(TEXT, TEXT, TEXT),),
    )


def _verification() -> Verification:
    difference = Difference(TEXT, TEXT, TEXT)
    finding = Finding(Kind.FIGURES_DIFFER, TEXT, TEXT, TEXT, (difference,))
    return Verification(TEXT, (finding,), 1, 0, 1, True, False)


ASIDE = {Aside.ALONE: 1}
EVERYTHING: dict[str, Any] = {"names": True, "comments": True}


def _views() -> dict[str, Parts]:
    return {
        "calibration": calibration_lines(_calibrations(), ASIDE, everything=True, **EVERYTHING),
        "impact": impact_lines(ImpactView(_impact(), {TEXT: TEXT}, names=True, failed=1)),
        "disputes": dispute_lines(_disputes()),
        "sample": sample_lines(_sample(), TEXT, names=True),
        "subject": subject_lines(_records()),
        "verification": verification_lines(_verification()),
    }


@pytest.mark.parametrize("width", [40, 80])
def test_nothing_acts_in_a_terminal(width: int) -> None:
    """No view holds a character that acts or hides, and no line is a command to a runner."""
    for name, view in _views().items():
        text = Screen(width).text(view)
        acting = {c for c in text if c != "\n" and unicodedata.category(c) in ACTS}
        assert acting == set(), name
        assert not re.search(r"^\s*::|##\[", text, re.MULTILINE), name


def test_names_and_comments_come_back_whole_on_a_terminal() -> None:
    """Where they are asked for, no letter of them is lost."""
    text = re.sub(r"\s+", "", Screen(80).text(_views()["calibration"]))
    for field in ("other-reviewer", "second", "comment-greeting", "title-greeting", "reference"):
        assert hostile.mark(field) in text, field


@pytest.mark.parametrize(
    "text",
    [
        calibration_markdown(_calibrations(), ASIDE, **EVERYTHING),
        impact_markdown(ImpactView(_impact(), {TEXT: TEXT}, names=True, failed=1)),
        disputes_markdown(_disputes()),
    ],
    ids=["calibration", "impact", "disputes"],
)
def test_markdown_shows_text_and_nothing_else(text: str) -> None:
    """Read by another parser: no link, image, HTML or code block, nobody is called."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    every = [*tokens, *(child for token in tokens for child in token.children or ())]
    kinds = {token.type.removesuffix("_open").removesuffix("_close") for token in every}
    allowed = {
        *("heading", "paragraph", "inline", "text", "table", "thead", "tbody", "tr", "th", "td"),
        *("bullet_list", "list_item", "strong", "code_inline", "softbreak"),
    }
    assert kinds <= allowed
    finished = " ".join(token.content for token in every if token.type == "text")
    assert not re.search(r"@(?=\w)|://|\bwww\.|#(?=\d)", finished)


def test_the_page_has_no_tag_of_a_stranger() -> None:
    """Every text stands in a `bdi`; no script, no comment, nothing that is fetched."""
    text = calibration_page(_calibrations(), ASIDE, **EVERYTHING)
    tags: set[str] = set()
    attributes: set[str] = set()

    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.add(tag)
            attributes.update(name for name, _ in attrs)

        def handle_comment(self, data: str) -> None:
            raise AssertionError(data)

    Reader().feed(text)
    assert not tags & {"script", "img", "svg", "a", "link", "iframe", "form", "object"}
    assert attributes <= {"lang", "charset", "http-equiv", "content", "name", "class", "scope"}
    assert "default-src 'none'" in text
    for mark in hostile.MARK.finditer(text):
        before = text[: mark.start()]
        assert before.rfind("<bdi>") > before.rfind("</bdi>"), mark[0]


def test_the_workbook_keeps_text_as_text() -> None:
    """No cell is a formula, and what XML cannot hold is replaced."""
    data = workbook(calibration_sheets(_calibrations(), comments=True))
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert any(hostile.mark("other-reviewer") in str(cell.value) for cell in cells)
    assert workbook(calibration_sheets(_calibrations(), comments=True)) == data


def test_documents_can_be_read_and_are_the_same_each_time() -> None:
    """JSON is JSON whatever stands in it, and what was written comes back."""

    def made() -> list[str]:
        return [
            calibration_json(_calibrations(), ASIDE, comments=True, failed=0, skipped=0),
            impact_json(_impact(), {TEXT: TEXT}, ("0", "0"), failed=0),
            disputes_json(_disputes(), failed=0),
            subject_json(_records()),
            verification_json(_verification()),
            record_json(record_of(_sample(), TEXT)),
        ]

    documents = made()
    assert made() == documents
    for document in documents:
        assert document.isascii()
        assert json.loads(document)["schema"].startswith("charter-score/")
    said = json.loads(documents[0])["rounds"][0]["criteria"]
    every = [one for c in said for d in c["differences"] for one in d["said"]]
    assert any(one["reviewer"] == hostile.hostile("other-reviewer", TEXT) for one in every)


@pytest.mark.parametrize("write", [record_json, record_yaml])
def test_a_record_of_readable_text_comes_back(write: Any) -> None:
    """What a list may hold stands in the record as it was, and is read back from it."""
    readable = hostile.READABLE_KEY.replace("\n", " ").replace("\r", " ")
    contact = ListedContact(readable, {"advisor": readable, "channel": readable})
    record = record_of(draw([contact], Request("x", number=1)), "list.csv")
    name = "r.json" if write is record_json else "r.yaml"
    read = small_model(SampleRecord, read_document(write(record).encode(), name))
    assert read == record


def test_a_review_without_names_is_no_trap() -> None:
    """Nothing to compare: every view says so and none fails."""
    assert Screen(80).text(calibration_lines([], {}, everything=False, **EVERYTHING)) == ""
    assert "How far" in calibration_markdown([], {}, **EVERYTHING)
    review = Review(ratings={"a": {"b": Rated(rating="met")}})
    assert review.reviewer is None
