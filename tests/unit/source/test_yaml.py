"""What the YAML reader takes, what it refuses and where, and that it knows every place again.

Every refusal is one that design/safety.md lists. Positions are (line, column), both from 1, columns
in code points.
"""

import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from typing import Literal

import pytest
import yaml

from charter_score.diagnostics import At, Diagnostic, Location, Problem, Route
from charter_score.errors import DocumentError
from charter_score.scalars import Boolean, Null, Number, Value
from charter_score.source import document as document_module
from charter_score.source import yaml_reader
from charter_score.source.document import Document
from charter_score.source.reading import read_document

Said = tuple[str, int, int]
"""A diagnostic in short: code, line, column."""

NFC_E, NFD_E = "\u00e9", "e\u0301"
FACE = "\U0001f600"
FORBIDDEN = [
    *(code for code in range(0x20) if chr(code) not in "\t\n\r"),
    *range(0x7F, 0xA0),
]
FORBIDDEN_RAW_ONLY = [0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF]


def read(text: str | bytes) -> Document:
    """The document of a YAML file with this text."""
    return read_document(text.encode() if isinstance(text, str) else text, "test.yaml")


def value_of(text: str | bytes) -> Value:
    """The value of a YAML file with this text."""
    return read(text).value


def said_of(text: str | bytes) -> list[Said]:
    """What is said about a YAML file that is refused."""
    with pytest.raises(DocumentError) as caught:
        read(text)
    said = []
    for one in caught.value.diagnostics:
        assert one.path == "test.yaml"
        assert one.is_error
        assert one.message
        assert one.location is not None
        said.append((one.code, *one.location))
    return said


def complaints_about(text: str) -> tuple[Diagnostic, ...]:
    """The diagnostics of a YAML file, which may have none."""
    try:
        read(text)
    except DocumentError as wrong:
        return wrong.diagnostics
    return ()


def typed(value: Value) -> object:
    """A value with the type of every scalar beside its text, so that `==` sees both."""
    if isinstance(value, dict):
        return {key: typed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [typed(inner) for inner in value]
    return type(value), str(value)


def routes_of(value: Value, route: Route = ()) -> Iterator[Route]:
    """The route of every key and item below a value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*route, key)
            yield from routes_of(inner, (*route, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield (*route, index)
            yield from routes_of(inner, (*route, index))


def places_of(found: Document) -> dict[Route, tuple[Location, Location]]:
    """Every route of a document with the place of its key and of its value."""
    return {
        route: (found.locate(route, At.KEY), found.locate(route, At.VALUE))
        for route in routes_of(found.value)
    }


@pytest.fixture
def _without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine whose PyYAML was built without its C extension."""
    monkeypatch.setattr(yaml, "__with_libyaml__", False)


# Limits


@pytest.mark.parametrize("depth", [1, 31, 32])
@pytest.mark.parametrize(
    ("opening", "closing"),
    [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? a\n: ", "")],
    ids=["flow list", "flow mapping", "block list", "block mapping"],
)
def test_depth_up_to_the_limit(opening: str, closing: str, depth: int) -> None:
    """Thirty-two levels of nesting are read, in whatever style they are written."""
    if opening == "? a\n: ":
        text = "".join(" " * level + "a:\n" for level in range(depth))
    else:
        text = opening * depth + closing * depth
    value = value_of(text)
    for _ in range(depth - 1):
        value = value["a"] if isinstance(value, dict) else value[0]
    assert isinstance(value, dict | list)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("[" * 33 + "]" * 33, 1, 33),
        ("[" * 100_000, 1, 33),
        ("{a: " * 33 + "}" * 33, 1, 32 * 4 + 1),
        ("- " * 33 + "x", 1, 65),
        ("- " * 100_000, 1, 65),
        ("".join(" " * level + "a:\n" for level in range(33)), 33, 33),
        ("[\n" * 50_000, 33, 1),
        ("a: {b: [" * 20_000, 1, 88),
        ("- " * 31 + "a: [x]", 1, 66),
    ],
)
def test_depth_over_the_limit(text: str, line: int, column: int) -> None:
    """The thirty-third level is refused where it begins, however many more there are."""
    assert said_of(text) == [("too-deep", line, column)]


STYLES = {
    "flow list": ("[", "]", lambda level: (1, level)),
    "flow list on lines": ("[\n", "]", lambda level: (level, 1)),
    "flow mapping": ("{a: ", "}", lambda level: (1, 4 * level - 3)),
    "block list": ("- ", "", lambda level: (1, 2 * level - 1)),
    "block mapping": (None, "", lambda level: (level, level)),
}


@pytest.mark.parametrize("libyaml", [True, False], ids=["libyaml", "without libyaml"])
@pytest.mark.parametrize("levels", [32, 33, 999, 1000, 1001, 100_000])
@pytest.mark.parametrize("style", STYLES)
def test_depth_is_our_limit(
    style: str, levels: int, libyaml: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit on depth is the same with any parser: some have one of their own."""
    opening, closing, place = STYLES[style]
    if not libyaml:
        monkeypatch.setattr(yaml, "__with_libyaml__", False)
    if opening is None:
        most = min(levels, 3_000)  # their indentation grows with their depth: 5 MB hold no more
        text = "".join(" " * level + "a:\n" for level in range(most))
    else:
        text = opening * levels + closing * levels
    if levels == 32:
        assert complaints_about(text) == ()
    else:
        assert said_of(text) == [("too-deep", *place(33))]


@pytest.mark.parametrize("libyaml", [True, False], ids=["libyaml", "without libyaml"])
@pytest.mark.parametrize("brackets", [10, 1000, 1001])
@pytest.mark.parametrize(
    ("start", "column"), [('"x" "y" ', 5), ("{a: [}", 6), ("a: [x] y ", 8), ("} ", 1)]
)
def test_an_error_before_deep_nesting_keeps_its_place(
    start: str, column: int, brackets: int, libyaml: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some parsers have a limit of their own, and look ahead to it; the earlier error is told."""
    if not libyaml:
        monkeypatch.setattr(yaml, "__with_libyaml__", False)
    assert said_of(start + "[" * brackets) == [("yaml-syntax", 1, column)]


@pytest.mark.parametrize("libyaml", [True, False], ids=["libyaml", "without libyaml"])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 40 + "@", [("too-deep", 1, 33)]),
        ("[" * 40 + '"x', [("too-deep", 1, 33)]),
        ("[" * 40 + '"\\q"', [("too-deep", 1, 33)]),
        ("[" * 40 + '"\\U99999999"', [("too-deep", 1, 33)]),
        ("[" * 40 + " !%C3%28 x", [("too-deep", 1, 33)]),
        ("[" * 32 + "@", [("yaml-syntax", 1, 33)]),
        ("a: [" + "b, " * 150 + "@", [("too-many-nodes", 1, 299)]),
        (
            "[&a b, !c d, *e, {f: 1, f: 2}, @",
            [
                ("anchor", 1, 2),
                ("tag", 1, 8),
                ("alias", 1, 14),
                ("duplicate-key", 1, 25),
                ("yaml-syntax", 1, 32),
            ],
        ),
        (
            '["\\e", "' + "b" * 65_537 + '"',
            [
                ("control-character", 1, 2),
                ("scalar-too-long", 1, 8),
                ("yaml-syntax", 1, 65_547),
            ],
        ),
        ("a: 1\n--- @", [("several-documents", 2, 1)]),
        ("? @", [("yaml-syntax", 1, 3)]),
        (
            "a: 1\n&b c: [&d e, @",
            [("anchor", 2, 1), ("anchor", 2, 8), ("yaml-syntax", 2, 14)],
        ),
        ("[: a, @", [("yaml-syntax", 1, 2)]),
        ("# a\n@", [("yaml-syntax", 2, 1)]),
        ("[&a x, \n&b y, z\n- c", [("anchor", 1, 2), ("anchor", 2, 1), ("yaml-syntax", 3, 4)]),
        ('&a x: 1\ny\nz: "', [("anchor", 1, 1), ("yaml-syntax", 3, 1)]),
    ],
)
def test_an_error_further_on_hides_nothing(
    text: str, said: list[Said], libyaml: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands before an error is said with any parser, however far ahead it had looked."""
    monkeypatch.setattr(yaml_reader, "MOST_NODES", 100)
    if not libyaml:
        monkeypatch.setattr(yaml, "__with_libyaml__", False)
    assert said_of(text) == said


@pytest.mark.usefixtures("_without_libyaml")
def test_fallback_places_impossible_escapes() -> None:
    """An escape that is no character is placed where it stands, also without libyaml."""
    text = 'a: b\nc: "\\U00110000"'
    assert said_of(text) == [("yaml-syntax", 2, 7)]
    with pytest.raises(DocumentError) as caught:
        read(text)
    assert caught.value.diagnostics[0].message == "this is no escape that YAML knows"


def test_nodes_up_to_the_limit() -> None:
    """A list and its 199,999 items are read."""
    assert len(value_of("- a\n" * 199_999)) == 199_999


def test_nodes_over_the_limit() -> None:
    """The 200,001st value is refused where it stands."""
    assert said_of("- a\n" * 200_001) == [("too-many-nodes", 200_000, 3)]


def test_keys_are_not_counted_as_nodes() -> None:
    """A mapping of 199,999 entries is within the limit, since its keys are no values."""
    assert len(value_of("".join(f"{n}:\n" for n in range(199_999)))) == 199_999
    over = "".join(f"{n}:\n" for n in range(200_000))
    assert said_of(over) == [("too-many-nodes", 200_000, 8)]


@pytest.mark.parametrize(
    "text",
    ["a" * 65_536, NFC_E * 32_768, "\u20ac" * 21_845, FACE * 16_384, "1" * 65_536],
    ids=["ascii", "two bytes", "three bytes", "four bytes", "digits"],
)
@pytest.mark.parametrize("form", ["a: {}", 'a: "{}"', "a: '{}'", "a: |-\n  {}", "- {}"])
def test_scalar_up_to_the_limit(text: str, form: str) -> None:
    """A scalar of 64 KB of UTF-8 is read, in every style."""
    value = value_of(form.format(text))
    values = value.values() if isinstance(value, dict) else value
    assert text in [str(value) for value in values]


@pytest.mark.parametrize(
    "text",
    ["a" * 65_537, NFC_E * 32_769, "\u20ac" * 21_846, FACE * 16_385, "1" * 65_537, "a" * 4_900_000],
    ids=["ascii", "two bytes", "three bytes", "four bytes", "digits", "nearly the whole file"],
)
@pytest.mark.parametrize("form", ["a: {}", 'a: "{}"', "a: '{}'", "a: |-\n  {}"])
def test_scalar_over_the_limit(text: str, form: str) -> None:
    """A scalar of more than 64 KB of UTF-8 is refused where it begins, in every style."""
    assert said_of(form.format(text)) == [("scalar-too-long", 1, 4)]


def test_long_keys() -> None:
    """A key on one line may have 1,024 characters at most, and no key more than 64 KB."""
    assert list(value_of("a" * 1024 + ": x")) == ["a" * 1024]
    assert [code for code, _, _ in said_of("a" * 1025 + ": x")] == ["yaml-syntax"]
    for key in ("a" * 65_537, NFC_E * 32_769, "\u20ac" * 21_846, FACE * 16_385):
        assert said_of(f"? {key}\n: x") == [("scalar-too-long", 1, 3)]


def test_file_up_to_the_limit() -> None:
    """A file of exactly five million bytes is read."""
    text = b"a: b\n#"
    assert value_of(text + b"x" * (5_000_000 - len(text))) == {"a": "b"}


def test_file_over_the_limit() -> None:
    """A file of one byte more than five million is refused, whatever is in it."""
    assert said_of(b"a: b\n#" + b"x" * 4_999_995) == [("too-large", 1, 1)]
    assert said_of(b"\xff" * 5_000_001) == [("too-large", 1, 1)]


# Refusals

REFUSED: list[tuple[str, list[Said]]] = [
    # duplicate keys
    ("a: 1\nb: 2\na: 3\n", [("duplicate-key", 3, 1)]),
    ("a: 1\na: 1\na: 1\n", [("duplicate-key", 2, 1), ("duplicate-key", 3, 1)]),
    ("{a: 1, a: 2}", [("duplicate-key", 1, 8)]),
    ("{a, a}", [("duplicate-key", 1, 5)]),
    ("a: 1\n'a': 2\n", [("duplicate-key", 2, 1)]),
    ('a: 1\n"\\x61": 2\n', [("duplicate-key", 2, 1)]),
    ("? a\n: 1\na: 2\n", [("duplicate-key", 3, 1)]),
    ("1: a\n'1': b\n", [("duplicate-key", 2, 1)]),
    ("null: a\n'null': b\n", [("duplicate-key", 2, 1)]),
    (f"{NFC_E}: 1\n{NFD_E}: 2\n", [("duplicate-key", 2, 1)]),
    (f"{NFD_E}: 1\n{NFC_E}: 2\n", [("duplicate-key", 2, 1)]),
    (f"x:\n  {NFD_E}: 1\n  {NFC_E}: 2\n", [("duplicate-key", 3, 3)]),
    ("\u212b: 1\n\u00c5: 2\n", [("duplicate-key", 2, 1)]),
    # anchors and aliases
    ("&a b", [("anchor", 1, 1)]),
    ("a: &b c\n", [("anchor", 1, 4)]),
    ("a: &b\n", [("anchor", 1, 4)]),
    ("&a b: c\n", [("anchor", 1, 1)]),
    ("a: &b [c]\n", [("anchor", 1, 4)]),
    ("a: &b {c: d}\n", [("anchor", 1, 4)]),
    ("a: &b\n  c: d\n", [("anchor", 1, 4)]),
    ("- &a b\n- &a b\n", [("anchor", 1, 3), ("anchor", 2, 3)]),
    ("a: *b\n", [("alias", 1, 4)]),
    ("- *b\n- *c\n", [("alias", 1, 3), ("alias", 2, 3)]),
    ("[*b]", [("alias", 1, 2)]),
    ("*a : b\n", [("alias", 1, 1)]),
    ("a: &x 1\nb: *x\n", [("anchor", 1, 4), ("alias", 2, 4)]),
    ("a: &a [*a, *a]\n", [("anchor", 1, 4), ("alias", 1, 8), ("alias", 1, 12)]),
    # merge keys
    ("<<: a\n", [("merge-key", 1, 1)]),
    ("a:\n  <<: {b: c}\n", [("merge-key", 2, 3)]),
    ("{<<: *a}", [("merge-key", 1, 2), ("alias", 1, 6)]),
    ("<<: [*a, *b]\n", [("merge-key", 1, 1), ("alias", 1, 6), ("alias", 1, 10)]),
    # tags
    ("! a", [("tag", 1, 1)]),
    ("a: ! b\n", [("tag", 1, 4)]),
    ("a: !\n", [("tag", 1, 4)]),
    ("a: !!str b\n", [("tag", 1, 4)]),
    ("a: !!python/object:os.system b\n", [("tag", 1, 4)]),
    ("a: !local b\n", [("tag", 1, 4)]),
    ("a: !<tag:yaml.org,2002:str> b\n", [("tag", 1, 4)]),
    ("!!str a: b\n", [("tag", 1, 1)]),
    ("!!map {a: b}\n", [("tag", 1, 1)]),
    ("a: !!seq [b]\n", [("tag", 1, 4)]),
    ("a: !!map\n  b: c\n", [("tag", 1, 4)]),
    ("a: !!bool maybe\nb: !!int abc\n", [("tag", 1, 4), ("tag", 2, 4)]),
    ("a: !x &y z\n", [("anchor", 1, 4), ("tag", 1, 4)]),
    ('a: !!binary "="\n', [("tag", 1, 4)]),
    # directives and documents
    ("%YAML 1.2\n---\na\n", [("directive", 1, 1)]),
    ("%YAML 1.1\n---\na\n", [("directive", 1, 1)]),
    ("%TAG ! tag:x,\n---\na\n", [("directive", 1, 1)]),
    ("# c\n%YAML 1.2\n---\na\n", [("directive", 2, 1)]),
    ("%TAG ! a\n--- !b c\n", [("directive", 1, 1)]),
    ("a\n---\nb\n", [("several-documents", 2, 1)]),
    ("--- a\n--- b\n", [("several-documents", 2, 1)]),
    ("--- a\n...\n--- b\n", [("several-documents", 3, 1)]),
    ("a: 1\na: 2\n---\nb\n", [("duplicate-key", 2, 1), ("several-documents", 3, 1)]),
    ("---\n---\n", [("several-documents", 2, 1)]),
    ("", [("empty-document", 1, 1)]),
    (" ", [("empty-document", 1, 1)]),
    ("\n\n", [("empty-document", 1, 1)]),
    ("# a comment\n", [("empty-document", 1, 1)]),
    ("---\n", [("empty-document", 1, 1)]),
    ("--- # nothing\n...\n", [("empty-document", 1, 1)]),
    ("\ufeff", [("empty-document", 1, 1)]),
    # keys that are no text
    ("? [a]\n: b\n", [("key-not-text", 1, 3)]),
    ("? {a: b}\n: c\n", [("key-not-text", 1, 3)]),
    ("? - a\n: b\n", [("key-not-text", 1, 3)]),
    ("{[a]: b}", [("key-not-text", 1, 2)]),
    ("{{a: b}: c}", [("key-not-text", 1, 2)]),
    ("[a]: b\n", [("key-not-text", 1, 1)]),
    ("x:\n  ? a: b\n", [("key-not-text", 2, 5)]),
    # keys that are empty
    ("'': a\n", [("empty-key", 1, 1)]),
    ('"": a\n', [("empty-key", 1, 1)]),
    ("x:\n  '': a\n", [("empty-key", 2, 3)]),
    ("? \n: a\n", [("empty-key", 1, 2)]),
    ("? # nothing\n: a\n", [("empty-key", 1, 2)]),
    ("? |\n: a\n", [("empty-key", 1, 3)]),
    ("&a : b\n", [("anchor", 1, 1), ("empty-key", 1, 1)]),
    ("'': a\n'': b\n", [("empty-key", 1, 1), ("duplicate-key", 2, 1), ("empty-key", 2, 1)]),
]
"""Texts and everything that is said about them; the same with and without libyaml."""


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_refused(text: str, said: list[Said]) -> None:
    """What lies outside the small part of YAML that is read is refused at its very place."""
    assert said_of(text) == said


@pytest.mark.parametrize(("text", "code"), [("*b", "alias"), ("!", "tag"), ("&a\n", "anchor")])
def test_one_fault_is_one_problem(text: str, code: str) -> None:
    """A document of one alias, tag or anchor is not called empty as well."""
    assert said_of(text) == [(code, 1, 1)]


def test_tags_on_an_empty_key() -> None:
    """A tag without anything to stand on is a tag and a missing key."""
    assert said_of("!!str : b\n") == [("empty-key", 1, 1), ("tag", 1, 1)]


def test_a_quoted_merge_sign_is_a_key() -> None:
    """Between quotes `<<` is a key like any other, and as a value it is text."""
    assert typed(value_of("'<<': a\nb: <<\n")) == {"<<": (str, "a"), "b": (str, "<<")}


def test_keys_are_their_text() -> None:
    """A key is its text as written, also where a value would be a number, true or nothing."""
    text = "1: a\n01: b\ntrue: c\n~: d\nno: e\n1.0: f\n"
    assert list(value_of(text)) == ["1", "01", "true", "~", "no", "1.0"]
    assert all(type(key) is str for key in value_of(text))


def test_keys_are_in_nfc() -> None:
    """A key comes in NFC however it was written, while a value stays as it is."""
    assert value_of(f"{NFD_E}: {NFD_E}") == {NFC_E: NFD_E}
    longest = 1024 // len(NFD_E)
    assert value_of(f"? {NFD_E * longest}\n: a") == {NFC_E * longest: "a"}


def test_similar_keys_are_different() -> None:
    """Keys that differ in case, or only look alike (NFKC), are different keys."""
    assert len(value_of("a: 1\nA: 2\n\uff41: 3\n")) == 3


def test_one_explicit_document_is_read() -> None:
    """A `---` before and a `...` after the one document are no second document."""
    assert value_of("--- a\n...\n") == "a"
    assert value_of("# before\n---\na: b\n...\n# after\n") == {"a": "b"}
    assert typed(value_of("--- ~\n")) == (Null, "~")
    assert typed(value_of("--- ''\n")) == (str, "")


# Characters


@pytest.mark.parametrize(
    "code", [*FORBIDDEN, *FORBIDDEN_RAW_ONLY], ids=lambda code: f"U+{code:04X}"
)
def test_raw_control_characters(code: int) -> None:
    """A control character, a stray mark or an unusual line break is refused in the raw text."""
    for text, line, column in (
        (f"a: x{chr(code)}", 1, 5),
        (f"a: b\n{FACE} {chr(code)}: c\n", 2, 3),
        (f"a: b\r\nc: d # {chr(code)}\r\n", 2, 8),
        (f"a: b\rc: '{chr(code)}{chr(code)}'\r", 2, 5),
    ):
        assert said_of(text) == [("control-character", line, column)]


@pytest.mark.parametrize("code", FORBIDDEN, ids=lambda code: f"U+{code:04X}")
def test_escaped_control_characters(code: int) -> None:
    """A control character is refused in a value and in a key when it is written as an escape."""
    assert said_of(f'a: "x\\x{code:02x}"\n') == [("control-character", 1, 4)]
    assert said_of(f'b:\n  - "\\u{code:04X}"\n') == [("control-character", 2, 5)]
    assert said_of(f'"x\\U{code:08x}": a\n') == [("control-character", 1, 1)]


@pytest.mark.parametrize("escape", ["0", "a", "b", "v", "f", "e", "N"])
def test_short_escapes_of_control_characters(escape: str) -> None:
    """The short escapes of control characters are refused too."""
    assert said_of(f'a: "\\{escape}"\n') == [("control-character", 1, 4)]


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        (r"\t\n\r", "\t\n\r"),
        (r"\"\\\/\ ", '"\\/ '),
        (r"\_", "\u00a0"),
        (r"\L\P", "\u2028\u2029"),
        (r"\x41\u00e9\U0001F600", f"A{NFC_E}{FACE}"),
        (r"\uFEFF", "\ufeff"),
    ],
)
def test_other_escapes_are_read(escaped: str, text: str) -> None:
    """Every other escape of YAML stands for its character."""
    assert value_of(f'a: "{escaped}"') == {"a": text}


@pytest.mark.parametrize(
    ("text", "column"),
    [
        (r'"\x"', 4),
        (r'"\xzz"', 4),
        (r'"\u12"', 4),
        (r'"\ud800"', 4),
        (r'"\ud83d\ude00"', 4),
        (r'"\U00110000"', 4),
        (r'"\UFFFFFFFF"', 4),
        (r'"\q"', 2),
        (r'"\1"', 2),
    ],
)
def test_escapes_that_yaml_does_not_know(text: str, column: int) -> None:
    """An escape that stands for no character is refused where it stands."""
    assert said_of(text) == [("yaml-syntax", 1, column)]


def test_a_byte_order_mark_is_skipped() -> None:
    """One byte order mark at the very beginning counts for nothing, not even a column."""
    found = read(b"\xef\xbb\xbfa: b")
    assert found.value == {"a": "b"}
    assert found.locate(("a",), At.KEY) == (1, 1)
    assert said_of(b"\xef\xbb\xbfa: \x1b") == [("control-character", 1, 4)]


def test_a_second_byte_order_mark_is_refused() -> None:
    """Anywhere else a byte order mark is an invisible character."""
    assert said_of("\ufeff\ufeffa: b") == [("control-character", 1, 1)]
    assert said_of("a: b\n\ufeffc: d") == [("control-character", 2, 1)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_line_ends(end: str) -> None:
    """Lines may end with LF, CRLF or a lone CR; values and places are the same."""
    found = read(f"a: b{end}# c{end}{end}d:{end}  - e{end}  - 'f{end}    g'{end}h: |{end}  i{end}")
    assert found.value == {"a": "b", "d": ["e", "f g"], "h": "i\n"}
    assert places_of(found) == {
        ("a",): ((1, 1), (1, 4)),
        ("d",): ((4, 1), (5, 3)),
        ("d", 0): ((5, 5), (5, 5)),
        ("d", 1): ((6, 5), (6, 5)),
        ("h",): ((8, 1), (8, 4)),
    }
    assert said_of(f"a: 1{end}b:{end}  c: 2{end}a: 3{end}") == [("duplicate-key", 4, 1)]
    assert said_of(f"a: 1{end}b: ]{end}") == [("yaml-syntax", 2, 4)]


@pytest.mark.parametrize(
    ("data", "code", "line", "column"),
    [
        ("a: b".encode("utf-16"), "not-utf8", 1, 1),
        ("a: b".encode("utf-16-le"), "control-character", 1, 2),
        ("a: b".encode("utf-16-be"), "control-character", 1, 1),
        ("a: b".encode("utf-32"), "not-utf8", 1, 1),
        (b"a: \xff", "not-utf8", 1, 4),
        ("na\u00efve: b".encode("latin-1"), "not-utf8", 1, 3),
        (b"a: b\nc: d\xc3", "not-utf8", 2, 5),
        (b"a: b\r\nc: \xc3\xa4\xc3: d", "not-utf8", 2, 5),
        (b"a: b\rc: \xe2\x82", "not-utf8", 2, 4),
        (b"a: \xf0\x9f\x98\x80\xf0\x9f", "not-utf8", 1, 5),
        (b"a: \xed\xa0\x80", "not-utf8", 1, 4),
        (b"a: \xc0\x80", "not-utf8", 1, 4),
        (b"a: \xf4\x90\x80\x80", "not-utf8", 1, 4),
        (b"\xef\xbb\xbfa: \xff", "not-utf8", 1, 4),
        (b"\xef\xbb\xbf\xff", "not-utf8", 1, 1),
        (b"\xef\xbb", "not-utf8", 1, 1),
        (b"# x\n\n\x80", "not-utf8", 3, 1),
    ],
)
def test_bytes_that_are_not_utf8(data: bytes, code: str, line: int, column: int) -> None:
    """A file in another encoding is refused at its first bad byte, by line and column."""
    assert said_of(data) == [(code, line, column)]


# Syntax


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('"a', 1, 1),
        ("'a", 1, 1),
        ('a: "b\nc: d\n', 1, 4),
        ("a: 'b\nc: d\ne: f\n", 1, 4),
        ("- a\n- b: 'c\n", 2, 6),
        ("x: y\na: [b\n", 3, 1),
        ("a: {b\n", 2, 1),
        ("a: [b\nc: d\n", 2, 2),
        ("a: b: c\n", 1, 5),
        (": a\n", 1, 1),
        ("a: b\n c: d\n", 2, 3),
        ("a:\n  b: c\n d: e\n", 3, 2),
        ("a: b\n- c\n", 2, 1),
        ("- - a\n - b\n", 2, 2),
        ("a: - b\n", 1, 4),
        ("[a]]", 1, 4),
        ("[a] b", 1, 5),
        ("{a: b}}", 1, 7),
        ("[a,,b]", 1, 4),
        ("[,]", 1, 2),
        ("`a", 1, 1),
        ("a: @b\n", 1, 4),
        ("a: %b\n", 1, 4),
        ("a: |x\n", 1, 5),
        ("a: |0\n", 1, 5),
        ("a: &\n", 1, 5),
        ("a: *\n", 1, 5),
        ("!e!a b\n", 1, 1),
    ],
)
def test_text_that_is_not_yaml(text: str, line: int, column: int) -> None:
    """What cannot be YAML is refused near the fault; an unclosed quote where it opens."""
    assert said_of(text) == [("yaml-syntax", line, column)]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("\ta: b\n", 1, 1),
        ("a:\n\tb: c\n", 2, 1),
        ("a:\n  b: c\n\td: e\n", 3, 1),
        ("a: |\n\tb\n", 2, 1),
        ("a:\n  - b\n\t- c\n", 3, 1),
    ],
)
def test_tabs_in_the_indentation(text: str, line: int, column: int) -> None:
    """A tab where YAML wants spaces is refused where it stands, and is called a tab."""
    with pytest.raises(DocumentError) as caught:
        read(text)
    (said,) = caught.value.diagnostics
    assert (said.code, said.location) == ("yaml-syntax", (line, column))
    assert "tab" in said.message


@pytest.mark.parametrize("indentation", ["\t", " \t", "\t ", "\t\t"])
def test_a_tab_before_the_fault_is_blamed(indentation: str) -> None:
    """Where a line is indented with a tab, that is what is said, though the error comes later."""
    with pytest.raises(DocumentError) as caught:
        read(f"a: b\n{indentation}c: d")
    (said,) = caught.value.diagnostics
    assert (said.message, said.hint) == (
        "a tab stands where YAML wants spaces",
        "indent with spaces",
    )


def test_a_tab_behind_a_text_is_not_blamed() -> None:
    """What is wrong further on in the line is what is said."""
    with pytest.raises(DocumentError) as caught:
        read("a\tb: c: d")
    assert caught.value.diagnostics[0].message == "a `:` stands where only text can"


def test_tabs_elsewhere_are_read() -> None:
    """A tab inside a text or before a comment does no harm."""
    text = 'a: b\tc\nd: "e\tf"\ng: h\t# i\nj: |\n  k\tl\n'
    assert value_of(text) == {"a": "b\tc", "d": "e\tf", "g": "h", "j": "k\tl\n"}


def test_messages_never_repeat_the_document() -> None:
    """No message and no hint holds a word of the document, since it could be a name."""
    for text, _ in REFUSED:
        secret = text.replace("a", "Xavier").replace("b", "Xavier").replace("c", "Xavier")
        assert not any("Xavier" in f"{one.message}{one.hint}" for one in complaints_about(secret))


def test_several_problems_in_one_read() -> None:
    """Everything that does not end the reading is said at once, in the order of the text."""
    text = (
        "a: 1\n"
        "a: &x 2\n"
        "b: !!str 3\n"
        "'': 4\n"
        "<<: *x\n"
        'c: ["\\e", !y &z d]\n'
        'e: {f: 1, f: "\\0"}\n'
        "g: " + "h" * 65_537 + "\n"
    )
    assert said_of(text) == [
        ("duplicate-key", 2, 1),
        ("anchor", 2, 4),
        ("tag", 3, 4),
        ("empty-key", 4, 1),
        ("merge-key", 5, 1),
        ("alias", 5, 5),
        ("control-character", 6, 5),
        ("anchor", 6, 11),
        ("tag", 6, 11),
        ("duplicate-key", 7, 11),
        ("control-character", 7, 14),
        ("scalar-too-long", 8, 4),
    ]


def test_problems_before_a_syntax_error_are_kept() -> None:
    """A syntax error ends the reading, but what was found before it is said as well."""
    assert said_of("a: 1\na: !x 2\nb: ]\n") == [
        ("duplicate-key", 2, 1),
        ("tag", 2, 4),
        ("yaml-syntax", 3, 4),
    ]
    assert said_of("- &a b\n- " + "[" * 40) == [("anchor", 1, 3), ("too-deep", 2, 34)]


# What a plain word is


def _words(text: str) -> list[str]:
    return text.split()


NUMBERS = _words(
    "0 -0 +0 1 -1 +1 010 00123 0o17 0x1F 0xff 1. .5 -.5 +.5 0.5 1.5 1e3 1E3 1e-3 1e+3 1.5e+3 .5e3 "
    "12e03 1.e5 -1.0e5 .inf .Inf .INF -.inf +.INF .nan .NaN .NAN"
)
TEXTS = _words(
    "no yes on off y n No YES On 12:30 1:2:3 1_000 0_1 0b101 0o8 0o 0x 0xG -0x1F +0o7 1e 1e+ e3 "
    ". .. + -- +-1 1.2.3 .e3 -.nan +.nan .Nan .iNF inf nan NaN Infinity -inf nULL tRUE fALSE Nul "
    "2016-05-04 2024-02-30 2001-12-14t21:59:43.10-05:00 1/2 50% <<x = null. ~~ 1a a1 "
    "\u0661\u0662 \uff11 \u00bd \u2212"
)
BOOLEANS = ["true", "True", "TRUE", "false", "False", "FALSE"]
NULLS = ["~", "null", "Null", "NULL"]
WORDS: list[tuple[str, type[str]]] = [
    *((word, Number) for word in NUMBERS),
    *((word, Boolean) for word in BOOLEANS),
    *((word, Null) for word in NULLS),
    *((word, str) for word in TEXTS),
]


@pytest.mark.parametrize(("word", "kind"), WORDS)
def test_plain_words(word: str, kind: type[str]) -> None:
    """A plain word keeps its letters, and its type is what YAML 1.2's core schema says."""
    for text in (f"a: {word}\n", f"a: {word} # comment\n", f"{{a: {word} }}", f"a:\n  {word}\n"):
        assert typed(value_of(text)) == {"a": (kind, word)}
    assert typed(value_of(f"- {word}")) == [(kind, word)]


@pytest.mark.parametrize(("word", "kind"), WORDS)
def test_quoted_words_are_text(word: str, kind: type[str]) -> None:
    """Between quotes, and in a block, every word is text whatever it would be plain."""
    del kind
    text = f"- '{word}'\n- \"{word}\"\n- |-\n  {word}\n- >-\n  {word}\n"
    assert typed(value_of(text)) == [(str, word)] * 4


def test_nothing_is_null() -> None:
    """A value that is left out is null with empty text; empty quotes are empty text."""
    assert typed(value_of("a:\nb: ''\nc: \"\"\nd: |\ne:\n  - \n  -\n")) == {
        "a": (Null, ""),
        "b": (str, ""),
        "c": (str, ""),
        "d": (str, ""),
        "e": [(Null, ""), (Null, "")],
    }
    assert typed(value_of("{a, b: , c: ''}")) == {"a": (Null, ""), "b": (Null, ""), "c": (str, "")}


def test_very_long_numbers() -> None:
    """A number of 5,000 digits is kept as its text, since nothing is reckoned with here."""
    digits = "9" * 5000
    assert typed(value_of(f"a: {digits}\nb: 1e{digits}")) == {
        "a": (Number, digits),
        "b": (Number, f"1e{digits}"),
    }


def test_several_words_are_text() -> None:
    """Plain text of several words or lines is one text, folded as YAML says."""
    text = "a: 1 2\nb: true\n  false\nc: x\n\n  y\nd: n/a\ne: a:b#c\nf: 1,000\n"
    assert typed(value_of(text)) == {
        "a": (str, "1 2"),
        "b": (str, "true false"),
        "c": (str, "x\ny"),
        "d": (str, "n/a"),
        "e": (str, "a:b#c"),
        "f": (str, "1,000"),
    }


def test_block_scalars() -> None:
    """Literal and folded blocks keep, clip and strip their line ends as YAML says."""
    text = "a: |\n  x\n  y\n\nb: |-\n  x\nc: |+\n  x\n\nd: >\n  x\n  y\n\n  z\ne: |1\n  x\n"
    assert value_of(text) == {
        "a": "x\ny\n",
        "b": "x",
        "c": "x\n\n",
        "d": "x y\nz\n",
        "e": " x\n",
    }


# Places


def test_places_in_block_style() -> None:
    """Every key and value of a document in block style is found where it begins."""
    text = (
        "# comment\n"
        "title: Rubric\n"
        "'quoted  key':   \"v\"\n"
        "empty:\n"
        "list:\n"
        "  - a\n"
        "  - b: 1\n"
        "    c:  2\n"
        "  - - d\n"
        "    -   e\n"
        "same:\n"
        "- f\n"
        "deep:\n"
        "  er:\n"
        "\n"
        "    # comment\n"
        "    g: h\n"
    )
    found = read(text)
    assert places_of(found) == {
        ("title",): ((2, 1), (2, 8)),
        ("quoted  key",): ((3, 1), (3, 18)),
        ("empty",): ((4, 1), (4, 7)),
        ("list",): ((5, 1), (6, 3)),
        ("list", 0): ((6, 5), (6, 5)),
        ("list", 1): ((7, 5), (7, 5)),
        ("list", 1, "b"): ((7, 5), (7, 8)),
        ("list", 1, "c"): ((8, 5), (8, 9)),
        ("list", 2): ((9, 5), (9, 5)),
        ("list", 2, 0): ((9, 7), (9, 7)),
        ("list", 2, 1): ((10, 9), (10, 9)),
        ("same",): ((11, 1), (12, 1)),
        ("same", 0): ((12, 3), (12, 3)),
        ("deep",): ((13, 1), (14, 3)),
        ("deep", "er"): ((14, 3), (17, 5)),
        ("deep", "er", "g"): ((17, 5), (17, 8)),
    }
    assert found.locate(()) == (2, 1)


def test_places_in_flow_style() -> None:
    """Every key and value of a document in flow style is found where it begins."""
    text = (
        "--- {a: [1,  {b: 2}, []],\n  'c' : \"d\", e, f: ,\n  g:\n  {h: i}, ? j : k, l: [m: n]}\n"
    )
    found = read(text)
    places = places_of(found)
    nothing = places.pop(("e",))[0], places.pop(("f",))[0]
    assert nothing == ((2, 14), (2, 17))
    assert places == {
        ("a",): ((1, 6), (1, 9)),
        ("a", 0): ((1, 10), (1, 10)),
        ("a", 1): ((1, 14), (1, 14)),
        ("a", 1, "b"): ((1, 15), (1, 18)),
        ("a", 2): ((1, 22), (1, 22)),
        ("c",): ((2, 3), (2, 9)),
        ("g",): ((3, 3), (4, 3)),
        ("g", "h"): ((4, 4), (4, 7)),
        ("j",): ((4, 13), (4, 17)),
        ("l",): ((4, 20), (4, 23)),
        ("l", 0): ((4, 24), (4, 24)),
        ("l", 0, "m"): ((4, 24), (4, 27)),
    }
    assert found.locate(()) == (1, 5)


def test_places_after_scalars_of_several_lines() -> None:
    """A scalar of several lines is found where it begins, and what follows it on its own line."""
    text = (
        'a: "one\n'
        "  two\n"
        '\n  three"\n'
        "b: 'one\n"
        "  two'\n"
        "c: one\n"
        "  two\n"
        "d: |\n"
        "  one\n"
        "\n"
        "  two\n"
        "e: >-\n"
        "  one\n"
        "f:\n"
        "  one\n"
        "g: h\n"
    )
    assert {route: key for route, (key, _) in places_of(read(text)).items()} == {
        ("a",): (1, 1),
        ("b",): (5, 1),
        ("c",): (7, 1),
        ("d",): (9, 1),
        ("e",): (13, 1),
        ("f",): (15, 1),
        ("g",): (17, 1),
    }
    assert [tuple(read(text).locate((key,))) for key in "abcdefg"] == [
        (1, 4),
        (5, 4),
        (7, 4),
        (9, 4),
        (13, 4),
        (16, 3),
        (17, 4),
    ]


def test_columns_count_code_points() -> None:
    """A character counts as one column however many bytes or cells it takes."""
    found = read(f"{FACE}{FACE}: {{{NFC_E}: {FACE}, \u4e2d\u6587: [{FACE}, x]}}\n")
    assert places_of(found) == {
        (FACE * 2,): ((1, 1), (1, 5)),
        (FACE * 2, NFC_E): ((1, 6), (1, 9)),
        (FACE * 2, "\u4e2d\u6587"): ((1, 12), (1, 16)),
        (FACE * 2, "\u4e2d\u6587", 0): ((1, 17), (1, 17)),
        (FACE * 2, "\u4e2d\u6587", 1): ((1, 20), (1, 20)),
    }
    assert said_of(f"'{FACE}{FACE}': '{NFD_E}' : x") == [("yaml-syntax", 1, 12)]


def test_places_of_keys_in_nfd() -> None:
    """A key written in NFD is found under its NFC, at the column it has in the file."""
    found = read(f"{NFD_E}{NFD_E}: {{{NFD_E}: x}}")
    assert places_of(found) == {
        (NFC_E * 2,): ((1, 1), (1, 7)),
        (NFC_E * 2, NFC_E): ((1, 8), (1, 12)),
    }


def test_places_of_explicit_keys() -> None:
    """A key after `?` is found at the key itself, its value where the value begins."""
    assert places_of(read("? a\n: b\n? 'c'\n:\n  d: e\n")) == {
        ("a",): ((1, 3), (2, 3)),
        ("c",): ((3, 3), (5, 3)),
        ("c", "d"): ((5, 3), (5, 6)),
    }


@pytest.mark.parametrize(
    ("text", "place"),
    [("a", (1, 1)), ("\n\n  a", (3, 3)), ("--- 'a'", (1, 5)), ("# c\n[]", (2, 1))],
)
def test_place_of_the_whole_document(text: str, place: tuple[int, int]) -> None:
    """The empty route is found where the document's value begins."""
    assert read(text).locate(()) == place


def test_places_of_routes_that_do_not_exist() -> None:
    """A route that leads nowhere is found at its nearest ancestor's key, or at the beginning."""
    found = read("a:\n  b:\n    - c\n    - d: e\n")
    assert found.locate(("x",)) == (1, 1)
    assert found.locate(("x", "y", 3)) == (1, 1)
    assert found.locate(("a", "x")) == (1, 1)
    assert found.locate(("a", "b", 7)) == (2, 3)
    assert found.locate(("a", "b", "x")) == (2, 3)
    assert found.locate(("a", "b", 1, "x")) == (4, 7)
    assert found.locate(("a", "b", 1, "x"), At.KEY) == (4, 7)
    assert found.locate(("a", "b", 0, "x", "y")) == (3, 7)
    assert found.locate(("a", 0)) == (1, 1)


def test_places_of_routes_that_repeat_a_word() -> None:
    """A route that leads nowhere and repeats a word is found like any other."""
    found = read("a:\n  b: c\n")
    assert found.locate(("a", "x", "a")) == found.locate(("a", "x", "y")) == (1, 1)


def test_places_below_a_single_value() -> None:
    """A route below a single value, which can stand for a mapping, is found at that value."""
    found = read("a:\n  b: c\n")
    assert found.locate(("a", "b", "rating")) == (2, 6)
    assert found.locate(("a", "b", "rating"), At.KEY) == (2, 3)
    assert found.locate(("a", "b", "x", 0, "y")) == (2, 6)


def test_a_problem_becomes_a_diagnostic() -> None:
    """A problem at a route keeps what it says and gets the document's path and its place."""
    found = read("a:\n  b: c\n")
    said = found.diagnostic(Problem("code", "message", ("a", "b"), At.VALUE, "hint"))
    assert (said.code, said.message, said.hint) == ("code", "message", "hint")
    assert (said.path, said.location) == ("test.yaml", (2, 6))
    assert found.diagnostic(Problem("x", "y", ("a", "b"), At.KEY)).location == (2, 3)


# PyYAML without its C extension

READ = [
    "a: b\n",
    "a: 1\nb: 01\nc: true\nd:\ne: ~\nf: 'x'\ng: no\nh: 12:30\n",
    "- a\n- - b\n  - c\n- {d: e, f: [g, h]}\n- ''\n",
    "a: |\n  b\n  c\nd: >-\n  e\n  f\n\n  g\nh: |+\n  i\n\n",
    "a: \"b\\\n  c\\td\\u00e9\\x41\\U0001F600\\/\"\ne: 'it''s'\n",
    f"{NFD_E}: {NFD_E}\n{FACE}: [{FACE}, x]\n",
    "a: b\r\nc:\r\n  - d\r\n  - 'e\r\n    f'\r\n",
    "a: b\rc: d\r",
    "? a\n: b\n? 'c'\n: d\n",
    "--- # c\na: b # d\n...\n",
    "{b, c: [d: e, ? f : g]}",
    "'<<': a\nb: <<\n",
    "--- ~\n",
    "[]",
    "a: " + "x" * 65_536,
    "[" * 32 + "]" * 32,
]


@pytest.mark.usefixtures("_without_libyaml")
def test_the_fallback_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the C extension is missing, PyYAML's own parser does the work."""
    monkeypatch.delattr(yaml.cyaml, "CParser")
    assert value_of("a: b") == {"a": "b"}


@pytest.mark.parametrize("text", [*READ, *(f"a: {word}\n" for word, _ in WORDS)])
def test_fallback_values(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libyaml a document has the same values, types and places."""
    with_libyaml = read(text)
    places = places_of(with_libyaml)
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    without = read(text)
    assert typed(without.value) == typed(with_libyaml.value)
    assert places_of(without) == places
    assert without.locate(()) == with_libyaml.locate(())


@pytest.mark.usefixtures("_without_libyaml")
@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_fallback_refusals(text: str, said: list[Said]) -> None:
    """Without libyaml the same is refused, at the same places."""
    assert said_of(text) == said


@pytest.mark.usefixtures("_without_libyaml")
@pytest.mark.parametrize(
    "text",
    [
        *('"a', 'a: "b\nc: d\n', "a: [b\nc: d\n", "a: b: c\n", ": a\n", "a: b\n c: d\n", "[a]]"),
        *("a:\n  b: c\n d: e\n", "- - a\n - b\n", "a: - b\n", "[a,,b]", "`a", "a: |x\n", "a: *\n"),
        *("\ta: b\n", "a:\n\tb: c\n", '"\\q"', '"\\xzz"', "!e!a b\n"),
    ],
)
def test_fallback_syntax(text: str) -> None:
    """Without libyaml what is not YAML is refused all the same."""
    ((code, line, column),) = said_of(text)
    assert code == "yaml-syntax"
    assert line >= 1
    assert column >= 1


@pytest.mark.usefixtures("_without_libyaml")
def test_fallback_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libyaml the limits on nodes, depth, scalars and characters hold as well."""
    monkeypatch.setattr(yaml_reader, "MOST_NODES", 100)
    assert len(value_of("- a\n" * 99)) == 99
    assert said_of("- a\n" * 101) == [("too-many-nodes", 100, 3)]
    assert said_of("[" * 20_000) == [("too-deep", 1, 33)]
    assert said_of("- " * 20_000) == [("too-deep", 1, 65)]
    assert said_of("a: " + "b" * 65_537) == [("scalar-too-long", 1, 4)]
    assert said_of('a: "\\e"') == [("control-character", 1, 4)]


@pytest.mark.usefixtures("_without_libyaml")
@pytest.mark.parametrize(
    "text",
    [
        '"\\U00110000"',
        '"\\UFFFFFFFF"',
        "%YAML 1." + "1" * 5000 + "\n---\na\n",
        'a: "\\ud800"',
        'a: "\\ud83d\\ude00"',
        "%FOO bar\n---\na\n",
    ],
)
def test_fallback_is_not_weaker(text: str) -> None:
    """Without libyaml nothing is read, and nothing crashes, that libyaml refuses."""
    assert len(said_of(text)) == 1


# Reported, to be fixed in the reader; each test loses its mark when it passes


@pytest.mark.parametrize(
    "text",
    [
        "!<%ED%A0%80> a\n",
        "!a%C1%81 b\n",
        "- !!str%C0%80 b\n",
        "!<%F4%90%80%80> a\n",
        "%TAG !a! x%ED%A0%80\n--- !a!b c\n",
    ],
)
def test_tags_that_are_not_utf8(text: str) -> None:
    """A tag whose percent escapes are not UTF-8 is refused like any other."""
    assert said_of(text)[0][0] in {"tag", "directive", "yaml-syntax"}


def test_the_place_of_a_tag_that_is_not_utf8() -> None:
    """It is refused where it stands."""
    assert said_of("a: b\nc: !a%C1%81 d\n") == [("tag", 2, 4)]


def test_a_fault_that_the_parser_does_not_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a parser says no more than that it cannot go on, the whole file is what is wrong."""

    def fail(_text: str) -> None:
        raise yaml.YAMLError

    monkeypatch.setattr(yaml_reader, "_parser", fail)
    with pytest.raises(DocumentError) as caught:
        read("a: b")
    (said,) = caught.value.diagnostics
    assert (said.code, said.message) == ("yaml-syntax", "this is not YAML")
    assert said.location == Location(1, 1)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("[a", 1, 3),
        ("{a: b", 1, 6),
        ("a: [b, c", 1, 9),
        ("- a\nb", 2, 2),
        ("a: b\nc: [d # e", 2, 10),
    ],
)
def test_faults_at_the_end_of_the_file(text: str, line: int, column: int) -> None:
    """A fault that shows at the end of the last line is placed there, not on a line below."""
    assert said_of(text) == [("yaml-syntax", line, column)]


def test_places_of_nothing_at_the_end_of_the_file() -> None:
    """A value that is left out at the end of the file is placed there, not on a line below."""
    assert read("? ab").locate(("ab",)) == (1, 5)


@pytest.mark.parametrize(("text", "column"), [("- \ta\n", 3), ("-\t- a\n", 2), ("a: b\n?\tc", 2)])
def test_tabs_that_begin_a_value(text: str, column: int) -> None:
    """A tab before a value is called a tab, not a character of no name."""
    (said,) = complaints_about(text)
    assert said.location is not None
    assert (said.code, said.location.column) == ("yaml-syntax", column)
    assert "tab" in said.message


@pytest.mark.parametrize(
    "text",
    [
        "%TAG !a! x\n%TAG !a! y\n--- b\n",
        "%TAG !a! x\n%TAG !b! x\n",
        "%FOO bar\n---\na\n",
        "%YAML 1.3\n---\na\n",
        "%YAML 1.2\na: b\n",
    ],
)
def test_a_directive_is_refused_before_it_is_parsed(text: str) -> None:
    """The first directive ends the reading: libyaml compares each `%TAG` with all before it."""
    assert said_of(text) == [("directive", 1, 1)]


def test_a_directive_behind_a_document_is_refused() -> None:
    """One between documents ends the reading too, before it is parsed."""
    assert said_of("a: b\n...\n%YAML 1.2\n---\nc: d\n") == [("directive", 3, 1)]


@pytest.mark.parametrize("length", [60_000, 400_000])
def test_long_keys_are_not_normalised(length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key longer than any name is never put in NFC: many accents take time squared."""
    asked: list[int] = []

    class Recorder:
        """Stands for `unicodedata` and writes down how much it is asked to normalise."""

        @staticmethod
        def normalize(form: Literal["NFC"], text: str) -> str:
            asked.append(len(text))
            return unicodedata.normalize(form, text[:10])

    monkeypatch.setattr(document_module, "unicodedata", Recorder)
    with suppress(DocumentError):
        read("? " + "\u0327\u0301" * (length // 4) + "\n: a\n")
    assert max(asked, default=0) <= 4096


WORDS_OF_FAULTS = [
    (
        "a: b: c",
        "a `:` stands where only text can",
        "quote the text, or check that the line before has its `: `",
    ),
    ("a: b\nc\nd: e", "a `:` is missing after this key", "write `key: value`"),
    ("a: @b", "no value can begin with this character", "quote the text"),
    ('"a', "a quote or bracket is opened and never closed", "close it"),
    ("[a", "this list is not closed, or a comma is missing", "close it with `]`"),
    ('"\\q"', "this is no escape that YAML knows", "double the backslash"),
    ('"\\U00110000"', "this escape is no character", "double the backslash"),
    ("{", "a bracket is opened here and never closed", "close it"),
    ("*", "a text cannot begin with `*`", "put the text between double quotes"),
    ("&", "a text cannot begin with `&`", "put the text between double quotes"),
    (
        "a: |x",
        "a `|` or `>` stands alone before a text on lines of its own",
        "put the text between double quotes",
    ),
    (
        "{a: b]",
        "something inside the { } ends it too early",
        "put the text between double quotes; check the commas and the closing `}`",
    ),
    ("[a]]", "this cannot be read as YAML", "check quotes and indentation"),
    ("a: - b", "a list cannot begin here", "begin a new line"),
    ("a:\n\tb: c", "a tab stands where YAML wants spaces", "indent with spaces"),
    ("", "there is nothing in this document", "is it the right file?"),
    ("a\n---\nb", "a second document begins here", None),
    ("%A b", "directives are not read", "take the line that begins with `%` out"),
    ("? [a]\n: b", "a key must be a single word or text", None),
    ("{a: 1, a: 2}", "this key stands twice in one mapping", "keep one of the two"),
    ("<<: a", "merge keys are not read", "write the entries out"),
    ("? \n: b", "a key is missing before the `:`", "write it, or take the line out"),
    (
        "!x a",
        "tags are not read: a `!` that begins a value gives it a type",
        "take it out, or quote a text that begins with `!`",
    ),
    (
        "&a b",
        "anchors are not read: a `&` that begins a value names it",
        "take it out, or quote a text that begins with `&`",
    ),
    (
        "[*a]",
        "aliases are not read: a `*` that begins a value refers to another place",
        "write the value out, or quote a text that begins with `*`",
    ),
    (
        "a:\n  - b\n c",
        "a key is wanted here",
        "check the indentation, and the quotes of the line before",
    ),
    ("a: " + "b" * 65_537, "this text is longer than 64 KB", "shorten it"),
    ("[" * 33, "nested more than 32 deep", None),
]


@pytest.mark.parametrize(("text", "message", "hint"), WORDS_OF_FAULTS)
def test_what_is_wrong_in_words(text: str, message: str, hint: str | None) -> None:
    """Every fault has its own words, and the way out where there is one."""
    with pytest.raises(DocumentError) as caught:
        read(text)
    (found,) = caught.value.diagnostics
    assert (found.message, found.hint) == (message, hint)
