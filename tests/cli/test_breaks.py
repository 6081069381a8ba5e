"""Line breaks: what a comment's writer broke is broken in every format, however it was broken."""

import html
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import programs

RUBRIC = (
    'id: r\nversion: "1"\ntitle: R\nsections: [{id: s, title: S, criteria: [{id: a, title: A}]}]\n'
)
WRITTEN = "one\r\ntwo\rthree\u2028four\u2029five\n\nsix\n\n"
MEANT = "one\ntwo\nthree\nfour\nfive\n\nsix"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a review whose comment breaks its lines in every way."""
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, encoding="utf-8")
    rated = {"rating": "not met", "comment": WRITTEN}
    review = {"rubric": "./r.yaml", "id": "x", "ratings": {"s": {"a": rated}}}
    Path("a.json").write_text(json.dumps(review), encoding="utf-8")


def shown(form: str) -> str:
    """The review in a format that says comments."""
    done = programs.run("score", "a.json", "-f", form, "--include-comments")
    assert done.returncode == 0
    return done.stdout


def test_a_comment_breaks_where_it_was_broken() -> None:
    """JUnit, GitLab, GitHub and HTML have the lines; a cell of Markdown has spaces there."""
    failure = ET.fromstring(shown("junit")).find(".//failure")  # noqa: S314 - our own file
    assert failure is not None
    assert failure.get("message") == failure.text == f"not met: 0 of 1 point: {MEANT}"
    [issue] = json.loads(shown("gitlab"))
    assert issue["description"] == f"A: not met, 0 of 1 point: {MEANT}"
    assert shown("github").splitlines()[0].endswith("point: " + MEANT.replace("\n", "%0A"))
    assert MEANT in html.unescape(shown("html"))


@pytest.mark.parametrize("form", ["junit", "gitlab", "github", "markdown", "html"])
def test_a_name_has_no_lines_of_its_own(form: str) -> None:
    """What separates lines in an id or a path could begin a line of ours: it stays an escape."""
    text = Path("a.json").read_text(encoding="utf-8")
    Path("a.json").write_text(text.replace('"x"', '"x\\u2028::error::y"'), encoding="utf-8")
    output = shown(form)
    assert "\u2028" not in output
    if form != "gitlab":  # whose issues name paths alone
        assert "x\\u2028" in output.replace("\\\\", "\\")
