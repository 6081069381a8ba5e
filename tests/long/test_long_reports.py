"""Reports at length: a hundred thousand reviews, and what a browser makes of the pages."""

import pickle
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import programs
from charter_score.report.counts import ReportCounts
from charter_score.report.team import Asked, Found, team_report
from months import made, small_rubric

ROOT = Path(__file__).resolve().parents[2]
LETTERS = ("mmmmm", "mxmmm", "mmmxm", "-mmmm", "mmmx-", "xxmmm", "mmxmm")


def collected(number: int) -> ReportCounts:
    """What is kept of so many reviews of thirty advisors in six teams over a year."""
    rubric = small_rubric()
    different = [
        made(
            rubric,
            at,
            LETTERS[at * 7 % 11 % len(LETTERS)],
            team=f"Team {at % 6}",
            advisor=f"Advisor {at % 30}",
            reviewer=f"Reviewer {at % 5}",
            channel=("phone", "visit", "e-mail")[at % 3],
            day=f"2016-{at % 12 + 1:02}-{at % 27 + 1:02}",
        )
        for at in range(840)
    ]
    counts = ReportCounts()
    for at in range(number):
        counts.add(different[at % 840]._replace(id=f"r{at:06}", path=f"reviews/r{at:06}.yaml"))
    return counts


def test_what_is_kept_of_a_hundred_thousand_reviews_is_little_more_than_of_ten_thousand() -> None:
    """It grows with groups and months, not with reviews: lines of single ones have a limit."""
    few, many = collected(10_000), collected(100_000)
    assert len(pickle.dumps(many)) < 1.1 * len(pickle.dumps(few))
    report = team_report(many, Asked(), Found(100_000, 100_000, 0, 0, 0))
    assert report.reviews == sum(
        cell.reviews
        for (fields, _, month), cell in next(iter(many.rubrics.values())).cells.items()
        if fields == () and str(month) >= "2016-07"
    )


def pages_of(html: Path) -> int:
    """How many A4 pages a browser prints of a page."""
    browser = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
    assert browser, "this test looks at pages in a real browser: install Chromium"
    pdf = html.with_suffix(".pdf")
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
    printed = [browser, *options, f"--print-to-pdf={pdf}", html.as_uri()]
    subprocess.run(printed, check=True, capture_output=True, timeout=120)
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


@pytest.mark.parametrize("name", ["needs", "rests-on-na", "strong"])
def test_an_ordinary_review_of_twenty_criteria_is_one_page(tmp_path: Path, name: str) -> None:
    """Handed to its advisor on one sheet of A4, signature lines and all."""
    page = tmp_path / "call.html"
    review = str(ROOT / f"examples/plymouth/{name}.yaml")
    assert programs.run("score", review, "-o", str(page), "-q").returncode == 0
    assert pages_of(page) == 1


def test_several_reviews_have_a_sheet_each(tmp_path: Path) -> None:
    """Three reviews: the summary, then three sheets, then the last word."""
    page = tmp_path / "several.html"
    folder = str(ROOT / "examples/plymouth")
    programs.run("score", folder, "-o", str(page), "-q", "--include-names", "--include-comments")
    assert pages_of(page) == 6


def test_one_person_s_few_reviews_are_one_page(tmp_path: Path) -> None:
    """The record, one focus and room to write fit on one sheet for a month's reviews."""
    made_up = [sys.executable, str(ROOT / "examples/make_month.py"), str(tmp_path / "month")]
    subprocess.run([*made_up, "--reviews", "60", "--broken", "0"], check=True, capture_output=True)
    page = tmp_path / "person.html"
    words = ("report", str(tmp_path / "month"), "--advisor", "Advisor 27", "-o", str(page), "-q")
    assert programs.run(*words).returncode == 0
    assert pages_of(page) == 1
