"""Work grows with the size of what is given, never faster: twice the size, about twice the steps.

No clock is asked: `steps` counts what Python does.
"""

from collections.abc import Callable

import pytest

from charter_score.diagnostics import At, Problem, Severity
from charter_score.errors import DocumentError
from charter_score.source.document import Document
from charter_score.source.reading import read_document
from steps import assert_grows_with_size

Prepare = Callable[[int], Callable[[], object]]


def unknown_keys(number: int) -> str:
    """A review of nothing but keys that nobody knows."""
    return "".join(f"key{index}: x\n" for index in range(number))


def every_key_told(document: Document) -> None:
    """Look up the place of every key of a document for a diagnostic each."""
    assert isinstance(document.value, dict)
    for key in document.value:
        document.diagnostic(Problem("a-code", "a message", (key,), At.KEY, None, Severity.ERROR))


def many_diagnostics(size: int) -> Callable[[], object]:
    """As many diagnostics as lines."""
    document = read_document(unknown_keys(size).encode(), "test.yaml")
    return lambda: every_key_told(document)


def diagnostics_before_blank_lines(size: int) -> Callable[[], object]:
    """Some diagnostics, and a hundred times as many blank lines behind them."""
    text = unknown_keys(size) + "\n" * (100 * size)
    document = read_document(text.encode(), "test.yaml")
    return lambda: every_key_told(document)


def refused_by_the_reader(text: str) -> Prepare:
    """A text so many times over, in which the reader finds something each time."""

    def prepare(size: int) -> Callable[[], object]:
        data = "".join(text.format(index) for index in range(size)).encode()

        def read() -> None:
            with pytest.raises(DocumentError):
                read_document(data, "test.yaml")

        return read

    return prepare


@pytest.mark.parametrize(
    ("prepare", "size"),
    [
        pytest.param(many_diagnostics, 100, id="many diagnostics"),
        pytest.param(diagnostics_before_blank_lines, 50, id="blank lines behind them"),
        pytest.param(refused_by_the_reader("&a k{}: x\n"), 100, id="anchors"),
        pytest.param(refused_by_the_reader("a: 1\n"), 100, id="keys given twice"),
        pytest.param(refused_by_the_reader("k{}: !a x\n"), 100, id="tags"),
    ],
)
def test_reading(prepare: Prepare, size: int) -> None:
    """However much is wrong with a document, telling it takes no more than its size asks."""
    assert_grows_with_size(prepare, size)


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("line", ["# a comment", "", "  # deeper"])
def test_a_long_head_of_comments(line: str, end: str) -> None:
    """Comments before a document are passed over once, whatever ends their lines.

    A pattern that can take a CRLF for one line end or for two tries both at every line: thirty
    lines would take longer than anybody waits.
    """
    text = (line + end) * 2_000 + "a: b" + end
    assert read_document(text.encode(), "test.yaml").value == {"a": "b"}
