"""The page of one review: nothing of the review is lost on it, and nothing shows unasked."""

import io
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import html

import random_documents
from batches import rendered, rendered_text
from charter_score.diagnostics import Diagnostic
from charter_score.outcome import Failed, Scored
from charter_score.pipeline import Job, Scoring
from charter_score.render.results.markdown import Markdown
from charter_score.render.results.page import HtmlReport, ReviewHtml
from charter_score.render.results.review_page import CHALLENGE, SEEN, review_page
from charter_score.render.results.workbook import Workbook
from charter_score.scoring import NothingObservedError
from documents import scored_documents

EXAMPLES = Path(__file__).parents[4] / "examples"


def example(name: str) -> Scored:
    """One of the examples, scored."""
    (outcome,) = Scoring(Job([str(EXAMPLES / name)])).outcomes()
    assert isinstance(outcome, Scored)
    return outcome


def page_of(outcome: Scored, *, comments: bool = True) -> Any:
    """The HTML page of a review alone, read back."""
    return html.document_fromstring(rendered(ReviewHtml(comments=comments), [outcome]))


def words(element: Any) -> str:
    """Text on one line."""
    return " ".join(element.text_content().split())


@pytest.mark.parametrize("seed", range(12))
def test_every_word_of_a_review_is_on_its_page(seed: int) -> None:
    """Comments, evidence, reasons, notes, actions, advice, names: all that there are."""
    chance = random.Random(seed)
    rubric = random_documents.rubric(chance)
    try:
        result = scored_documents(rubric, random_documents.review(chance, rubric))
    except NothingObservedError:
        return
    outcome = Scored("r.yaml", "r", "0", "0", result)
    shown = words(page_of(outcome))
    review = result.review
    texts = [*review.done_well, *review.could_be_better, review.notes, review.advisor_comment]
    texts += [review.advisor, review.reviewer, review.team]
    texts += [action.what for action in review.actions]
    texts += [text for one in review.disputes for text in (one.because, one.reason)]
    for section in result.sections:
        for one in section.criteria:
            if one.original == one.worth.rating:
                texts += [one.rated.comment, one.rated.evidence]
    texts += [need.result.criterion.advice for need in result.needs]
    missing = [text for text in texts if text and " ".join(text.split()) not in shown]
    assert missing == []


def test_the_page_says_what_the_figures_are() -> None:
    """Score and observed beside each other, bands, what is expected, every section."""
    outcome = example("plymouth/rests-on-na.yaml")
    page = page_of(outcome)
    assert [words(one) for one in page.find_class("big")] == ["80%", "69.2%"]
    rows = [[words(cell) for cell in row] for row in page.xpath("//tbody/tr")]
    assert [(row[0], row[2], row[3], row[4]) for row in rows] == [
        ("Welcome", "4 of 5", "80%", "1 n/a"),
        ("Customer Interaction", "4 of 5", "80%", "1 n/a"),
        ("Technical Knowledge: Use of Process", "5 of 5", "100%", "2 n/a"),
        ("Close", "3 of 5", "60%", "3 n/a"),
    ]
    shown = words(page)
    for text in ("The band rests on n/a", "provisional: 1 dispute is open", "If upheld: 85%"):
        assert text in shown
    for text in ("Next band: any 3 of the 4 needs would make this call 95%", CHALLENGE, SEEN):
        assert text in shown
    assert [words(one) for one in page.find_class("sign")[0]] == ["AdvisorDate", "ReviewerDate"]


@pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl's
def test_every_format_of_the_page_says_the_same() -> None:
    """What stands on the HTML page stands in Markdown and in the workbook's first sheet too."""
    import openpyxl

    outcome = example("plymouth/needs.yaml")
    page = review_page(outcome)
    markdown = rendered_text(Markdown(names=True, comments=True, page=True), [outcome])
    book = openpyxl.load_workbook(io.BytesIO(rendered(Workbook(page=True), [outcome])))
    assert book.sheetnames[0] == "Review"
    cells = " ".join(str(cell.value or "") for row in book.worksheets[0].rows for cell in row)
    html_text = words(page_of(outcome))
    texts = [need.title for need in page.needs]
    texts += [text for need in page.needs for _, text in need.said]
    texts += [*page.done_well, page.next_band or "", page.challenge, page.picture]
    plain = markdown.replace("\\", "").replace("&#8203;", "")
    for text in texts:
        for shown in (html_text, cells, plain):
            assert text in shown


def test_several_reviews_have_a_page_each_where_names_are_shown() -> None:
    """The summary first, then the pages; without names there are none, since nobody gets them."""
    reviews = [example("plymouth/needs.yaml"), example("plymouth/strong.yaml")]
    for names in (True, False):
        batch = html.document_fromstring(rendered(HtmlReport(names=names, comments=False), reviews))
        sheets = batch.find_class("sheet")
        assert len(sheets) == (2 if names else 0)
        for sheet, review in zip(sheets, reviews, strict=False):
            person = review.result.review
            assert words(sheet.find(".//h3")) == f"{person.advisor}, {person.team}"
            assert sheet.get("aria-label") == review.id


def test_a_page_without_comments_holds_none() -> None:
    """--no-comments holds for the page made for an advisor too."""
    shown = words(page_of(example("plymouth/needs.yaml"), comments=False))
    assert "Eleven minutes" not in shown
    assert "You stayed patient" not in shown
    assert "Advisor 5" in shown


def test_markdown_says_what_it_left_out() -> None:
    """A page in a public log has no names and comments unless asked, and says so."""
    outcome = example("plymouth/needs.yaml")
    shown = rendered_text(Markdown(names=False, comments=False, page=True), [outcome])
    assert "Advisor 5" not in shown
    assert "Eleven minutes" not in shown
    assert "Left out: names and comments (--include-names and --include-comments)." in shown
    both = rendered_text(Markdown(names=True, comments=True, page=True), [outcome])
    assert "Left out" not in both


def test_what_could_not_be_scored_is_told_as_ever() -> None:
    """One input without a score has no page; its diagnostics are shown."""
    failed = Failed("x.yaml", (Diagnostic("unrated", "close.next has no rating", "x.yaml"),))
    page = html.document_fromstring(rendered(ReviewHtml(comments=True), [failed]))
    assert "close.next has no rating" in words(page)
    book = rendered(Workbook(page=True), [failed])
    assert "xl/worksheets/sheet1.xml" in zipfile.ZipFile(io.BytesIO(book)).namelist()
