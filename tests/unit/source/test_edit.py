"""Changing one value in a person's file, and nothing else of it.

Each example gives the whole text before and after, so that what must stay is seen to stay.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from charter_score.diagnostics import At, Route
from charter_score.errors import DocumentError
from charter_score.scalars import Boolean, Null, Number, Value
from charter_score.source.document import Document
from charter_score.source.edit import NotEditableError, Word, remove, scalar_text, set_value
from charter_score.source.reading import read_document
from effort import examples

MET = Word("met")
WITH_COMMENT: Value = {"rating": Word("not met"), "comment": 'Said "no": twice #2'}
ONE_LINE = '{rating: not met, comment: "Said \\"no\\": twice #2"}'


def document(text: str) -> Document:
    """The document of a YAML text."""
    return read_document(text.encode(), "test.yaml")


def value_of(text: str) -> Value:
    """The values of a YAML text."""
    return document(text).value


# ── Examples ──────────────────────────────────────────────────────────────────────────────────────

IN_ITS_PLACE = [
    ("a: met\n", "a: not met\n"),
    ("a:   met   # why\n", "a:   not met   # why\n"),
    ("a: 'met'\n", "a: not met\n"),
    ('a: "met" # why\n', "a: not met # why\n"),
    ("a: >-\n  one\n  two\n\n# next\nb: x\n", "a: not met\n\n# next\nb: x\n"),
    ("a: |+\n  one\n\nb: x\n", "a: not met\nb: x\n"),
    ("a: |2- # why\n  one\nb: x\n", "a: not met # why\nb: x\n"),
    ("a: two\n  lines # why\n", "a: not met # why\n"),
    ("a:\n", "a: not met\n"),
    ("a:", "a: not met"),
    ("a:      # why\n", "a: not met      # why\n"),
    ("a: ~\n", "a: not met\n"),
    ("{a: met, b: x}\n", "{a: not met, b: x}\n"),
    ("{a: , b: x}\n", "{a: not met, b: x}\n"),
    ("{a, b: x}\n", "{a: not met, b: x}\n"),
    ('{"a":, b: x}\n', '{"a": not met, b: x}\n'),
    ("a: {rating: met}  # why\n", "a: not met  # why\n"),
    ("a: [met,\n  x] # why\n", "a: not met # why\n"),
    ("a: # why\n  rating: met\n  # lost with it\n  comment: x\nb: y\n", "a: not met # why\nb: y\n"),
    ("# h\r\na: met # why\r\nb:\r\n", "# h\r\na: not met # why\r\nb:\r\n"),
    ("---\na: met\n...\n", "---\na: not met\n...\n"),
    ('"a" : met\n', '"a" : not met\n'),
    ("  a: met\n  b: x\n", "  a: not met\n  b: x\n"),
]


@pytest.mark.parametrize(("before", "after"), IN_ITS_PLACE)
def test_a_value_is_replaced_where_it_stands(before: str, after: str) -> None:
    """In every style that a value can be written in, only it changes."""
    assert set_value(before, ("a",), Word("not met")) == after


@pytest.mark.parametrize(
    ("before", "route", "value", "after"),
    [
        # A missing key goes behind the last of its siblings.
        ("r:\n  a: met # 1\n  # 2\nx: y\n", ("r", "b"), MET,
         "r:\n  a: met # 1\n  b: met\n  # 2\nx: y\n"),
        ("r:\n    a:\nx: y", ("r", "b"), MET, "r:\n    a:\n    b: met\nx: y"),
        ("a: x", ("b",), MET, "a: x\nb: met"),
        ("a: |\n  x\n\n  y\n\nz: 1\n", ("b",), MET, "a: |\n  x\n\n  y\n\nz: 1\nb: met\n"),
        ("r:\n  a: |\n    x\n\n    y\n\nz: 1\n", ("r", "b"), MET,
         "r:\n  a: |\n    x\n\n    y\n  b: met\n\nz: 1\n"),
        ("a: {x: 1} # 1\r\n", ("b",), MET, "a: {x: 1} # 1\r\nb: met\r\n"),
        # Keys on the way are made.
        ("a: x\n", ("r", "s", "b"), MET, "a: x\nr:\n  s:\n    b: met\n"),
        ("r:\n  # 1\nx: y\n", ("r", "s", "b"), MET, "r:\n  s:\n    b: met\n  # 1\nx: y\n"),
        ("r: {} # 1\n", ("r", "s", "b"), MET, "r: # 1\n  s:\n    b: met\n"),
        ("r: ~\n", ("r", "b"), MET, "r:\n  b: met\n"),
        # Between brackets all stays between brackets.
        ("r: {a: met} # 1\n", ("r", "b"), MET, "r: {a: met, b: met} # 1\n"),
        ("r: {a: met,}\n", ("r", "b"), MET, "r: {a: met, b: met,}\n"),
        ("r: {s: {}}\n", ("r", "s", "b"), MET, "r: {s: {b: met}}\n"),
        ("r: {s: }\n", ("r", "s", "b"), MET, "r: {s: {b: met}}\n"),
        ("{}\n", ("r", "b"), MET, "{r: {b: met}}\n"),
        ("r: {a: {rating: met}}\n", ("r", "a", "comment"), "x",
         'r: {a: {rating: met, comment: "x"}}\n'),
        # A mapping is written on one line where that is short enough, else on several.
        ("r:\n  a: met # 1\n", ("r", "a"), WITH_COMMENT, f"r:\n  a: {ONE_LINE} # 1\n"),
        ("r:\n  a: # 1\n  # 2\n", ("r", "a"), {"rating": MET, "comment": "x" * 60},
         f'r:\n  a: # 1\n    rating: met\n    comment: "{"x" * 60}"\n  # 2\n'),
        ("r:\n  a: met # 1\n", ("r", "a"), {"rating": MET, "comment": "x" * 60},
         f'r:\n  a: # 1\n    rating: met\n    comment: "{"x" * 60}"\n'),
        ("r: {a: met}\n", ("r", "a"), {"rating": MET, "comment": "x" * 60},
         f'r: {{a: {{rating: met, comment: "{"x" * 60}"}}}}\n'),
        # Lists, and items behind their last.
        ("a: x\n", ("l",), ["one", "two"], 'a: x\nl:\n  - "one"\n  - "two"\n'),
        ("l: [] # 1\n", ("l", 0), "one", 'l: # 1\n  - "one"\n'),
        ("l:\n- x # 1\n# 2\n", ("l", 1), "one", 'l:\n- x # 1\n- "one"\n# 2\n'),
        ("l:\n    - x\nz: 1\n", ("l", 1), "one", 'l:\n    - x\n    - "one"\nz: 1\n'),
        ("l: [x, y] # 1\n", ("l", 2), "one", 'l: [x, y, "one"] # 1\n'),
        ("l:\n  - x # 1\n  - y\n", ("l", 0), "one", 'l:\n  - "one" # 1\n  - y\n'),
        ("l:\n  -\n  - y\n", ("l", 0), "one", 'l:\n  - "one"\n  - y\n'),
        ("l: [a, b] # 1\n", ("l",), [Word("c")], "l: # 1\n  - c\n"),
        # An item that is a mapping is a line where that is short enough, else several.
        ("l:\n  - x # 1\n", ("l", 1), {"a": MET}, "l:\n  - x # 1\n  - {a: met}\n"),
        ("l:\n- x\nz: 1\n", ("l", 1), {"a": MET, "b": "x" * 80},
         f'l:\n- x\n- a: met\n  b: "{"x" * 80}"\nz: 1\n'),
        ("a: x\n", ("l",), [{"a": MET, "b": "x" * 80}],
         f'a: x\nl:\n  - a: met\n    b: "{"x" * 80}"\n'),
        ("l: [x]\n", ("l", 1), {"a": MET, "b": "x" * 80}, f'l: [x, {{a: met, b: "{"x" * 80}"}}]\n'),
        ("l:\n  - x # 1\n", ("l", 0), {"a": MET, "b": "x" * 80},
         f'l:\n  - {{a: met, b: "{"x" * 80}"}} # 1\n'),
        # A key of any kind is put in so that it is read again.
        ("a: x\n", ("Kind of: call",), MET, 'a: x\n"Kind of: call": met\n'),
        # Nothing at all can be written too.
        ("r:\n  a: met # 1\n", ("r", "a"), Null(), "r:\n  a: # 1\n"),
        ("r: {a: met, b: x}\n", ("r", "a"), Null(), "r: {a: , b: x}\n"),
        ("r:\n  a:\n    rating: met # 1\n    comment: x\n", ("r", "a", "rating"), Null(),
         "r:\n  a:\n    rating: # 1\n    comment: x\n"),
    ],
)  # fmt: skip
def test_a_value_is_put_where_it_belongs(
    before: str, route: Route, value: Value, after: str
) -> None:
    """Whatever is missing is made, in the style of what is around it."""
    assert set_value(before, route, value) == after


def test_a_missing_key_goes_behind_those_that_usually_stand_before_it() -> None:
    """`after` names them; the last of them in the file counts."""
    text = "rubric: r\nid: x # 1\n\n# 2\nratings:\n"
    assert set_value(text, ("status",), Word("draft"), ("id", "rubric", "nowhere")) == (
        "rubric: r\nid: x # 1\nstatus: draft\n\n# 2\nratings:\n"
    )
    assert set_value(text, ("notes",), "n", ("nowhere",)) == text + 'notes: "n"\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# advisor:  # whose work\na: x\n", 'advisor: "A B"  # whose work\na: x\n'),
        ('a: x\n#advisor: "…"\n# b:\n', 'a: x\nadvisor: "A B"\n# b:\n'),
        ("a: x\n# advisor: …\r\n", 'a: x\nadvisor: "A B"\r\n'),
        # What a person wrote there is theirs.
        ("a: x\n# advisor: ask Mary\n", 'a: x\nadvisor: "A B"\n# advisor: ask Mary\n'),
        ("# advisor:\n# advisor:\na: x\n", '# advisor:\n# advisor:\na: x\nadvisor: "A B"\n'),
        # A line that only looks like a comment is none.
        ("a: |\n  x\n\n  # advisor:\n", 'a: |\n  x\n\n  # advisor:\nadvisor: "A B"\n'),
        ("a: 'x\n\n# advisor:\n\n  y'\n", "a: 'x\n\n# advisor:\n\n  y'\nadvisor: \"A B\"\n"),
        # There the key would belong to something else.
        ("r:\n  a: x\n# advisor:\n  b: y\n", 'r:\n  a: x\n# advisor:\n  b: y\nadvisor: "A B"\n'),
    ],
)
def test_a_comment_that_keeps_a_place_is_taken_up(before: str, after: str) -> None:
    """The `#` goes as a person would take it away, but only where nothing of theirs stands."""
    assert set_value(before, ("advisor",), "A B") == after


@pytest.mark.parametrize(
    ("before", "route", "after"),
    [
        ("a: x\nb: y # 1\n# 2\nc: z\n", ("b",), "a: x\n# 2\nc: z\n"),
        ("a: x\nb: |\n  y\n\n  y\n\n# 2\n", ("b",), "a: x\n\n# 2\n"),
        ("r:\n  rating: met\n  comment: x # 1\ns: 1\n", ("r", "comment"),
         "r:\n  rating: met\ns: 1\n"),
        ("a: x\nb: y", ("b",), "a: x\n"),
        ("r: {a: 1, b: 2, c: 3} # 1\n", ("r", "a"), "r: {b: 2, c: 3} # 1\n"),
        ("r: {a: 1, b: 2, c: 3} # 1\n", ("r", "b"), "r: {a: 1, c: 3} # 1\n"),
        ("r: {a: 1, b: 2, c: 3} # 1\n", ("r", "c"), "r: {a: 1, b: 2} # 1\n"),
        ("l:\n  - x\n  - y # 1\nz: 1\n", ("l", 1), "l:\n  - x\nz: 1\n"),
        ("l: [x, y]\n", ("l", 1), "l: [x]\n"),
    ],
)  # fmt: skip
def test_an_entry_is_taken_out_alone(before: str, route: Route, after: str) -> None:
    """Its own line goes, with the comment on it; every other line stays."""
    assert remove(before, route) == after


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("a: x\n", ("a", "b")),  # text stands where a mapping would have to
        ("a: [x]\n", ("a", "b")),
        ("a: {x: 1}\n", ("a", 0)),
        ("a:\n  b: c\n", ("a", 0)),
        ("l: [x]\n", ("l", 2)),  # past the end
        ("a: x\n", ("l", 0)),  # no list to put it into
        ("? a\n: x\n", ("a",)),  # the value is nowhere near its key
        ("a: x\n", ()),
    ],
)
def test_what_cannot_be_set_safely_is_refused(text: str, route: Route) -> None:
    """With the route, for whoever looks up the line; there is no second-best edit."""
    with pytest.raises(NotEditableError) as refused:
        set_value(text, route, MET)
    assert refused.value.route == route


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("a: x\n", ("a",)),  # nothing would be left
        ("a: x\n", ("b",)),
        ("a: x\nb: y\n", ("b", "c")),
        ("l:\n  - a: x\n    b: y\n", ("l", 0, "a")),  # behind a dash
        ("? a\n: x\nb: y\n", ("a",)),
        ("a: x\n", ()),
    ],
)
def test_what_cannot_be_taken_out_alone_is_refused(text: str, route: Route) -> None:
    """So nothing but the entry is ever lost."""
    with pytest.raises(NotEditableError):
        remove(text, route)


def test_only_what_the_reader_takes_is_edited() -> None:
    """A text with an anchor, or one that is no YAML, is refused as the reader refuses it."""
    for text in ("a: &x 1\n", "a: [\n", ""):
        with pytest.raises(DocumentError):
            set_value(text, ("a",), MET)
        with pytest.raises(DocumentError):
            remove(text, ("a",))


def test_it_works_without_the_c_extension(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML's own parser names the same places, but for one space where nothing stands."""
    monkeypatch.delattr(yaml, "CSafeLoader")
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    for before, after in IN_ITS_PLACE:
        if "{a: ," in before:
            continue
        assert set_value(before, ("a",), Word("not met")) == after


# ── How text is written ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "word", ["met", "n/a", "not met", "A", "Advisor 17", "2016-05-04", "Māori"]
)
def test_a_word_is_written_plain(word: str) -> None:
    """Ratings, names and dates look in the file as a person would write them."""
    assert scalar_text(Word(word)) == word
    assert scalar_text(word) == f'"{word}"'


@pytest.mark.parametrize(
    "word",
    ["true", "null", "~", "12", "00123", "1.5", "a: b", "a #b", "- a", "", " ", "x:", "[x]", "No"],
)
def test_a_word_that_would_be_read_as_something_else_is_quoted(word: str) -> None:
    """So it comes back as the text it is."""
    assert scalar_text(Word(word)) == f'"{word}"'
    assert value_of(set_value("a: x\n", ("a",), Word(word))) == {"a": word}


def test_numbers_true_false_and_null_stay_what_they_are() -> None:
    """What the reader takes for no text is not turned into text."""
    for value in (Number("12"), Boolean("true"), Null("null")):
        found = value_of(set_value("a: x\n", ("a",), value))
        assert isinstance(found, dict)
        assert (type(found["a"]), found["a"]) == (type(value), value)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_any_text_comes_back_exactly(text: str) -> None:
    """Quotes, colons, #, braces, emoji, macrons, marks, separators: as they were typed."""
    for written in (text, Word(text)):
        for before, route in (
            ("a: x # 1\n", ("a",)),
            ("a:\n", ("a", "b")),
            ("a: {b: x} # 1\n", ("a", "b")),
        ):
            after = set_value(before, route, written)
            found: Any = value_of(after)
            for step in route:
                found = found[step]
            assert (type(found), found) == (str, text)
            assert after.endswith(" # 1\n" if "#" in before else "\n")
            assert after.count("\n") == before.count("\n") + len(route) - 1 - before.count("{")


def test_line_breaks_and_tabs_come_back_too() -> None:
    """As escapes between the quotes, on one line of the file."""
    text = "one\n\ttwo\r\nthree \\ four"
    after = set_value("a: x\n", ("a",), text)
    assert value_of(after) == {"a": text}
    assert after.count("\n") == 1


# ── Any document ──────────────────────────────────────────────────────────────────────────────────

KEYS = ("rubric", "status", "ratings", "welcome", "tone", "notes", "x_1")
TEXTS = ("met", "not met", "n/a", "12", "~", "two words", "it's", "a-b")
NEW_TEXTS = st.one_of(
    st.sampled_from(
        ["met", "n/a", "x: y", "# no", 'say "hi"', "Ngā mihi", "👍🏽", "- a", "{", "é\u2028"]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
)
NEW_VALUES: st.SearchStrategy[Value] = st.one_of(
    NEW_TEXTS,
    NEW_TEXTS.map(Word),
    st.just(Null()),
    st.fixed_dictionaries({"rating": st.just(MET), "comment": NEW_TEXTS}),
    st.lists(NEW_TEXTS, min_size=1, max_size=3),
    NEW_TEXTS.map(lambda text: {"rating": MET, "comment": text * 9 + "x" * 40}),
)  # fmt: skip


class Writer:
    """Writes a document in the many ways that people do; every comment in it is another one."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.comments = 0
        self.lines: list[str] = []

    def comment(self) -> str:
        """A comment that stands nowhere else."""
        self.comments += 1
        return f"# note {self.comments}."

    def maybe(self, text: str) -> str:
        """A text, or nothing."""
        return text if self.draw(st.booleans()) else ""

    def between(self, indent: str) -> None:
        """What can stand between two entries: nothing, blank lines, comments."""
        for kind in self.draw(st.lists(st.sampled_from("bc"), max_size=2)):
            self.lines.append("" if kind == "b" else indent + self.comment())

    def flow(self, depth: int) -> str:
        """A value on one line."""
        kind = self.draw(st.sampled_from(["plain", "double", "single", "map", "list"]))
        if kind == "map" and depth < 3:
            keys = self.draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=3))
            return "{" + ", ".join(f"{key}: {self.flow(depth + 1)}" for key in keys) + "}"
        if kind == "list" and depth < 3:
            return (
                "["
                + ", ".join(self.flow(depth + 1) for _ in range(self.draw(st.integers(0, 2))))
                + "]"
            )
        text = self.draw(st.sampled_from(TEXTS))
        quoted = {"double": f'"{text}"', "single": "'" + text.replace("'", "''") + "'"}
        return quoted.get(kind, text)

    def entry(self, head: str, indent: str, depth: int) -> None:
        """A key or a dash with any value behind it."""
        kind = self.draw(
            st.sampled_from(
                ["flow", "flow", "empty", "literal", "folded", "map", "list", "outdented"]
            )
        )
        tail = self.maybe("  " + self.comment())
        deeper = indent + " " * self.draw(st.sampled_from([2, 4]))
        is_item = head == "-"
        if kind in ("map", "list", "outdented") and depth < 3 and not is_item:
            self.lines.append(f"{indent}{head}{tail}")
            self.between(deeper)
            if kind == "map":
                self.mapping(deeper, depth + 1)
            else:
                self.items(indent if kind == "outdented" else deeper, depth + 1)
        elif kind in ("literal", "folded") and not is_item:
            sign = "|" if kind == "literal" else ">"
            self.lines.append(
                f"{indent}{head} {sign}{self.draw(st.sampled_from(['', '-', '+']))}{tail}"
            )
            self.lines += [f"{deeper}some words", "", f"{deeper}# no comment"]
            self.lines += self.draw(st.sampled_from([[], [""]]))
        elif kind == "empty":
            self.lines.append(f"{indent}{head}{tail}")
        else:
            self.lines.append(f"{indent}{head} {self.flow(depth)}{tail}")

    def mapping(self, indent: str, depth: int) -> None:
        """Some keys with their values."""
        for key in self.draw(st.lists(st.sampled_from(KEYS), unique=True, min_size=1, max_size=4)):
            self.entry(f"{key}:", indent, depth)
            self.between(indent)

    def items(self, indent: str, depth: int) -> None:
        """Some items of a list."""
        for _ in range(self.draw(st.integers(1, 3))):
            self.entry("-", indent, depth)


@st.composite
def documents(draw: Any) -> str:
    """Texts of documents in all kinds of styles."""
    writer = Writer(draw)
    writer.between("")
    writer.mapping("", 0)
    line_break = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    return line_break.join(writer.lines) + draw(st.sampled_from(["", line_break]))


def routes_of(value: Value, route: Route = ()) -> Iterator[Route]:
    """The route of everything in a value, and of what could be put into it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*route, key)
            yield from routes_of(inner, (*route, key))
        yield (*route, "put-in")
        yield (*route, "put", "in")
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield (*route, index)
            yield from routes_of(inner, (*route, index))
        yield (*route, len(value))
    if isinstance(value, Null) and route and isinstance(route[-1], str):
        yield (*route, "put-in")


def changed(value: Any, route: Route, new: Value) -> Any:
    """The values as they should be: said another way than the editor says it."""
    if not route:
        return new
    if isinstance(route[0], int):
        items = [*value, None] if route[0] == len(value) else list(value)
        items[route[0]] = changed(items[route[0]], route[1:], new)
        return items
    before = value if isinstance(value, dict) else {}
    return before | {route[0]: changed(before.get(route[0]), route[1:], new)}


def typed(value: Value) -> object:
    """A value with the type of every scalar beside its text; a Word is text."""
    if isinstance(value, dict):
        return {key: typed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [typed(inner) for inner in value]
    return str if isinstance(value, Word) else type(value), str(value)


def at(value: Any, route: Route) -> Any:
    """The value at a route, None where there is none."""
    for step in route:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def comments_of(text: str) -> list[str]:
    """The comments of a text, in order."""
    return re.findall(r"# note \d+\.", text)


def is_in_block(text: str, route: Route) -> bool:
    """Whether a collection at a route is written as lines and not between brackets."""
    place = document(text).locate(route)
    return re.split("\r\n|\n", text)[place.line - 1][place.column - 1] not in "{["


@settings(max_examples=examples(400))
@given(documents(), st.data())
def test_one_value_changes_and_every_other_line_stays(text: str, data: st.DataObject) -> None:
    """Any document, any route, any value: it reads as it should, and no comment is lost.

    All lines before the entry stay, and all from the next one on. Only a collection of lines that
    is replaced whole takes along the comments in it.
    """
    try:
        before = value_of(text)
    except DocumentError:
        assume(False)
    route = data.draw(st.sampled_from(sorted(routes_of(before), key=repr)))
    new = data.draw(NEW_VALUES)
    try:
        after = set_value(text, route, new)
    except NotEditableError:
        # Line breaks at the end of a block of text can belong to it, and then stand in the way;
        # and an item between brackets cannot be nothing.
        is_no_item = isinstance(new, Null) and isinstance(route[-1], int)
        assert "+" in text or not text.endswith("\n") or is_no_item
        return
    assert typed(value_of(after)) == typed(changed(before, route, new))
    old_lines, new_lines = re.split("\r\n|\n", text), re.split("\r\n|\n", after)
    was = at(before, route)
    first = document(text).locate(route, At.KEY).line - 1
    if was is not None:
        assert new_lines[:first] == old_lines[:first]
    if not isinstance(was, dict | list) or not is_in_block(text, route):
        assert comments_of(after) == comments_of(text)
    else:
        assert set(comments_of(after)) <= set(comments_of(text))
    following = [
        place.line - 1
        for other in routes_of(before)
        if at(before, other) is not None
        and other[: len(route)] != route
        and (place := document(text).locate(other, At.KEY)).line - 1 > first
    ]
    if was is not None and following:
        tail = old_lines[min(following) :]
        assert new_lines[-len(tail) :] == tail


@settings(max_examples=examples(200))
@given(documents(), st.data())
def test_what_is_taken_out_is_all_that_goes(text: str, data: st.DataObject) -> None:
    """Any document and any key of it: the rest reads as before, and other comments stay."""
    try:
        before = value_of(text)
    except DocumentError:
        assume(False)
    routes = [route for route in routes_of(before) if at(before, route) is not None]
    route = data.draw(st.sampled_from(routes))
    try:
        after = remove(text, route)
    except NotEditableError:
        return
    holder = at(before, route[:-1])
    assert len(holder) > 1
    if isinstance(holder, dict):
        left: Any = {key: value for key, value in holder.items() if key != route[-1]}
    else:
        left = [value for index, value in enumerate(holder) if index != route[-1]]
    expected = changed(before, route[:-1], left) if len(route) > 1 else left
    assert typed(value_of(after)) == typed(expected)
    was_in_block = isinstance(at(before, route), dict | list) and is_in_block(text, route)
    lost = len(comments_of(text)) - len(comments_of(after))
    assert lost <= 1 or was_in_block
