"""What views are built of: no word is lost or broken, at any width, in any script."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from charter_score.render.text.blocks import (
    Hanging,
    Labelled,
    Parts,
    entry,
    item,
    prose,
    quoted,
    spaced,
    with_aside,
    words,
)
from charter_score.render.text.console import Screen

WORD = st.text("abxyz()'é日本語\u0301ü", min_size=1, max_size=12).filter(
    lambda word: not word.startswith("\u0301")
)
TEXT = st.lists(WORD, min_size=1, max_size=25).map(" ".join)
WIDTHS = st.integers(40, 130)


def views(text: str, aside: str, label: str) -> list[Parts]:
    """The text in everything that can hold one."""
    return [
        [Hanging(words(text))],
        [Hanging(words(text), 2, hang=6)],
        [item(words(text), "+", "good"), entry(words(text))],
        [with_aside(item(words(text)), words((aside, "faint")))],
        [Labelled([(words(label), words(text)), (words("other"), words(aside))])],
        [Labelled([(words(label), prose(text))], indent=4, column=9, gap=1)],
    ]


@given(TEXT, TEXT, WORD, WIDTHS)
def test_every_word_stands_whole(text: str, aside: str, label: str, width: int) -> None:
    """A word that fits on a line is never broken, none is lost, and no line is too wide."""
    for view in views(text, aside, label):
        shown = Screen(width).text(view)
        assert max(map(cell_len, shown.splitlines())) <= width
        assert set(text.split()) <= set(shown.split())


@given(st.text("abc日\u0301", min_size=30, max_size=90), WIDTHS)
def test_a_word_longer_than_a_line_goes_on_below(word: str, width: int) -> None:
    """It is broken where it must, and no character of it is lost."""
    for view in views(f"before {word} after", "x", "label"):
        assert word in re.sub(r"\s", "", Screen(width).text(view))


@pytest.mark.parametrize("width", [40, 80])
def test_a_break_stays_one(width: int) -> None:
    """A text breaks where its writer broke it, what follows is indented, and no mark is left."""
    text = "First.\n\n- no look\r\n-\tno hello\n"
    hung = "First.\n\n    - no look\n    - no hello\n"
    assert Screen(width).text([item(prose(text))]) == f"  - {hung}"
    assert Screen(width).text([entry(prose(text))]) == f"  {hung}"
    assert Screen(width).text([item(quoted(text))]).endswith('- no hello"\n')
    labelled = Screen(width).text([Labelled([(words("Try:"), prose(text))])])
    assert labelled.startswith("  Try:")
    assert "u000a" not in labelled


def test_names_have_no_lines_of_their_own() -> None:
    """What stands at the left edge cannot forge a line."""
    assert Screen(80).text([Hanging(words("a\nScore 100%"))]) == "a Score 100%\n"


def test_one_empty_line_between_blocks() -> None:
    """None at the beginning or the end, and none for a block that holds nothing."""
    parts = spaced([], [words("a")], [], [words("b"), words("c")], [])
    assert Screen(80).text(parts) == "a\n\nb\nc\n"


@pytest.mark.parametrize("broken", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029"])
def test_text_breaks_where_its_writer_broke_it(broken: str) -> None:
    """Whatever the line was broken with; a name is one line, and nothing hangs at its end."""
    assert Screen(80).text([Hanging(prose(f"a {broken}b\tc{broken}"))]) == "a\nb c\n"
    name = words(f"Ann{broken}, T{broken}U (x{broken})")
    assert Screen(80).text([Hanging(name)]) == "Ann, T U (x)\n"
