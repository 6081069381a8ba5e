"""What the JSON reader takes, what it refuses and where, and that it agrees with the YAML reader.

Positions are (line, column), both from 1, columns in code points. Source: RFC 8259.
"""

import json
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from typing import Literal

import pytest

from charter_score.diagnostics import At, Location, Route
from charter_score.errors import DocumentError
from charter_score.scalars import Boolean, Null, Number, Value
from charter_score.source import document as document_module
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


def read(text: str | bytes, path: str = "test.json") -> Document:
    """The document of a JSON file with this text."""
    return read_document(text.encode() if isinstance(text, str) else text, path)


def value_of(text: str | bytes) -> Value:
    """The value of a JSON file with this text."""
    return read(text).value


def said_of(text: str | bytes) -> list[Said]:
    """What is said about a JSON file that is refused."""
    with pytest.raises(DocumentError) as caught:
        read(text)
    said = []
    for one in caught.value.diagnostics:
        assert one.path == "test.json"
        assert one.is_error
        assert one.message
        assert one.location is not None
        said.append((one.code, *one.location))
    return said


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


# Limits


@pytest.mark.parametrize("levels", [32, 33, 999, 1000, 1001, 100_000])
@pytest.mark.parametrize(
    ("opening", "inside", "closing", "column"),
    [("[", "", "]", 33), ('{"a":', "1", "}", 161)],
    ids=["list", "object"],
)
def test_depth_is_our_limit(
    opening: str, inside: str, closing: str, column: int, levels: int
) -> None:
    """Thirty-two levels are read and more are refused at the thirty-third, closed or not."""
    text = opening * levels + inside + closing * levels
    if levels == 32:
        assert value_of(text)
    else:
        assert said_of(text) == said_of(opening * levels) == [("too-deep", 1, column)]


@pytest.mark.parametrize("depth", [1, 31, 32])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_depth_up_to_the_limit(opening: str, closing: str, depth: int) -> None:
    """Thirty-two levels of nesting are read."""
    inside = "" if opening == "[" else "1"
    value = value_of(opening * depth + inside + closing * depth)
    for _ in range(depth - 1):
        value = value["a"] if isinstance(value, dict) else value[0]
    assert isinstance(value, dict | list)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("[" * 33 + "]" * 33, 1, 33),
        ("[" * 1_000_000, 1, 33),
        ('{"a":' * 33, 1, 32 * 5 + 1),
        ('{"a":' * 900_000, 1, 32 * 5 + 1),
        ('[{"":\n' * 100, 17, 1),
        ("[" * 31 + '{"a": []}', 1, 38),
    ],
)
def test_depth_over_the_limit(text: str, line: int, column: int) -> None:
    """The thirty-third level is refused where it begins, however many more there are."""
    assert ("too-deep", line, column) in said_of(text)


def test_nodes_up_to_the_limit() -> None:
    """A list and its 199,999 items, or a mapping and its 199,999 entries, are read."""
    assert len(value_of("[" + "1," * 199_998 + "1]")) == 199_999
    entries = ",".join(f'"{n}":1' for n in range(199_999))
    assert len(value_of("{" + entries + "}")) == 199_999


def test_nodes_over_the_limit() -> None:
    """The 200,001st value is refused where it stands, whatever follows."""
    assert said_of("[" + "1," * 199_999 + "1,]") == [("too-many-nodes", 1, 400_000)]
    assert said_of("[" + "1,\n" * 199_999 + "1]") == [("too-many-nodes", 200_000, 1)]
    assert said_of("[" + "[]," * 300_000) == [("too-many-nodes", 1, 599_999)]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('"' + "a" * 65_536 + '"', '"' + "a" * 65_537 + '"'),
        ('"' + NFC_E * 32_768 + '"', '"' + NFC_E * 32_769 + '"'),
        ('"' + "\u20ac" * 21_845 + '"', '"' + "\u20ac" * 21_846 + '"'),
        ('"' + FACE * 16_384 + '"', '"' + FACE * 16_385 + '"'),
        ('"' + "\\u0041" * 65_536 + '"', '"' + "\\u0041" * 65_537 + '"'),
        ("1" * 65_536, "1" * 65_537),
        ("0." + "1" * 65_534, "0." + "1" * 65_535),
        ('"' + "\\\\" * 65_536 + '"', '"' + "\\" * 4_900_000 + '"'),
    ],
    ids=["ascii", "two bytes", "three", "four", "escapes", "digits", "decimals", "backslashes"],
)
def test_scalar_limit(right: str, wrong: str) -> None:
    """A scalar of 64 KB of UTF-8 is read, and one byte more is refused where it begins."""
    assert isinstance(value_of(right), str | Number)
    assert said_of(f"[1,\n {wrong}]") == [("scalar-too-long", 2, 2)]


def test_long_keys_are_refused() -> None:
    """A key of more than 64 KB is refused where it begins."""
    assert said_of('{"' + "a" * 65_537 + '": 1}') == [("scalar-too-long", 1, 2)]


def test_file_limit() -> None:
    """A file of exactly five million bytes is read, and of one byte more refused."""
    assert value_of(b"[" + b" " * 4_999_998 + b"]") == []
    assert said_of(b"[" + b" " * 4_999_999 + b"]") == [("too-large", 1, 1)]


# Refusals

REFUSED: list[tuple[str, list[Said]]] = [
    # keys
    ('{"a": 1, "a": 2}', [("duplicate-key", 1, 10)]),
    ('{"a": 1, "\\u0061": 2}', [("duplicate-key", 1, 10)]),
    ('{"a": 1,\n "a": 2,\n "a": 3}', [("duplicate-key", 2, 2), ("duplicate-key", 3, 2)]),
    (f'{{"{NFC_E}": 1, "{NFD_E}": 2}}', [("duplicate-key", 1, 10)]),
    (f'{{"{NFD_E}": 1, "\\u00e9": 2}}', [("duplicate-key", 1, 11)]),
    ('{"": 1}', [("empty-key", 1, 2)]),
    ('[{"a": {"": 1}}]', [("empty-key", 1, 9)]),
    ('{"": 1, "": 2}', [("empty-key", 1, 2), ("duplicate-key", 1, 9), ("empty-key", 1, 9)]),
    # halves of characters
    ('"\\ud83d"', [("lone-surrogate", 1, 1)]),
    ('"\\ude00"', [("lone-surrogate", 1, 1)]),
    ('["\\ude00\\ud83d"]', [("lone-surrogate", 1, 2)]),
    ('["\\ud83dx\\ude00"]', [("lone-surrogate", 1, 2)]),
    ('["\\ud83d\\ud83d\\ude00"]', [("lone-surrogate", 1, 2)]),
    ('["\\uDFFF", "\\uD800"]', [("lone-surrogate", 1, 2), ("lone-surrogate", 1, 12)]),
    ('{"\\ud83d": 1}', [("lone-surrogate", 1, 2)]),
    # words and numbers
    ("NaN", [("json-syntax", 1, 1)]),
    ("[1, NaN]", [("json-syntax", 1, 5)]),
    ("Infinity", [("json-syntax", 1, 1)]),
    ("-Infinity", [("json-syntax", 1, 1)]),
    ("[-NaN]", [("json-syntax", 1, 2)]),
    ("True", [("json-syntax", 1, 1)]),
    ("nul", [("json-syntax", 1, 1)]),
    ("nulll", [("json-syntax", 1, 1)]),
    ("undefined", [("json-syntax", 1, 1)]),
    ("text", [("json-syntax", 1, 1)]),
    ("'text'", [("json-syntax", 1, 1)]),
    ("01", [("json-syntax", 1, 2)]),
    ("-01", [("json-syntax", 1, 3)]),
    ("+1", [("json-syntax", 1, 1)]),
    (".5", [("json-syntax", 1, 1)]),
    ("1.", [("json-syntax", 1, 2)]),
    ("1.e5", [("json-syntax", 1, 2)]),
    ("1e", [("json-syntax", 1, 2)]),
    ("1e+", [("json-syntax", 1, 2)]),
    ("0x1F", [("json-syntax", 1, 2)]),
    ("1_000", [("json-syntax", 1, 2)]),
    ("-", [("json-syntax", 1, 1)]),
    ("--1", [("json-syntax", 1, 1)]),
    ("\u0661", [("json-syntax", 1, 1)]),
    # commas, colons and brackets
    ("[1,]", [("json-syntax", 1, 4)]),
    ("[1 ,\n]", [("json-syntax", 2, 1)]),
    ("[1,}", [("json-syntax", 1, 4)]),
    ("[,1]", [("json-syntax", 1, 2)]),
    ("[1,,2]", [("json-syntax", 1, 4)]),
    ("[1 2]", [("json-syntax", 1, 4)]),
    ('{"a": 1,}', [("json-syntax", 1, 9)]),
    ('{"a": 1,]', [("json-syntax", 1, 9)]),
    ('{"a": 1 "b": 2}', [("json-syntax", 1, 9)]),
    ('{"a" 1}', [("json-syntax", 1, 6)]),
    ('{"a"}', [("json-syntax", 1, 5)]),
    ('{"a":}', [("json-syntax", 1, 6)]),
    ('{"a":: 1}', [("json-syntax", 1, 6)]),
    ("{a: 1}", [("json-syntax", 1, 2)]),
    ("{1: 2}", [("json-syntax", 1, 2)]),
    ("{[]: 1}", [("json-syntax", 1, 2)]),
    ("{,}", [("json-syntax", 1, 2)]),
    ("[:]", [("json-syntax", 1, 2)]),
    ("[", [("json-syntax", 1, 2)]),
    ("[1", [("json-syntax", 1, 3)]),
    ("[1,\n", [("json-syntax", 2, 1)]),
    ("{", [("json-syntax", 1, 2)]),
    ('{"a"', [("json-syntax", 1, 5)]),
    ('{"a":', [("json-syntax", 1, 6)]),
    ('{"a": 1', [("json-syntax", 1, 8)]),
    ('{"a": 1,', [("json-syntax", 1, 9)]),
    ("]", [("json-syntax", 1, 1)]),
    ("[}", [("json-syntax", 1, 2)]),
    ("{]", [("json-syntax", 1, 2)]),
    ("[1}", [("json-syntax", 1, 3)]),
    ("[]]", [("json-syntax", 1, 3)]),
    ("[] []", [("json-syntax", 1, 4)]),
    ("1 2", [("json-syntax", 1, 3)]),
    ('"a" "b"', [("json-syntax", 1, 5)]),
    # comments
    ("// a\n1", [("json-syntax", 1, 1)]),
    ("1 // a", [("json-syntax", 1, 3)]),
    ("[1, /* a */ 2]", [("json-syntax", 1, 5)]),
    ("# a\n1", [("json-syntax", 1, 1)]),
    # texts
    ('"a', [("json-syntax", 1, 1)]),
    ('[1, "a]', [("json-syntax", 1, 5)]),
    ('"a\\', [("json-syntax", 1, 1)]),
    ('"a\\"', [("json-syntax", 1, 1)]),
    ('{"a": "b\nc"}', [("json-syntax", 1, 9)]),
    ('"a\rb"', [("json-syntax", 1, 3)]),
    ('"a\tb"', [("json-syntax", 1, 3)]),
    ('"\\q"', [("json-syntax", 1, 2)]),
    ('"\\x41"', [("json-syntax", 1, 2)]),
    ('"\\U0001F600"', [("json-syntax", 1, 2)]),
    ('"\\\'"', [("json-syntax", 1, 2)]),
    ('"\\u12"', [("json-syntax", 1, 3)]),
    ('"\\u00zz"', [("json-syntax", 1, 3)]),
    ('"\\u 123"', [("json-syntax", 1, 3)]),
    ('"\\u+123"', [("json-syntax", 1, 3)]),
    # nothing
    ("", [("empty-document", 1, 1)]),
    ("  \n ", [("empty-document", 1, 1)]),
    # blanks that are none
    ("\u00a01", [("json-syntax", 1, 1)]),
    ("[\u30001]", [("json-syntax", 1, 2)]),
]


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_refused(text: str, said: list[Said]) -> None:
    """What RFC 8259 or our limits do not allow is refused at its very place."""
    assert said_of(text) == said


def test_several_problems_in_one_read() -> None:
    """Everything that does not end the reading is said at once, and then the fault that does."""
    text = (
        '{"a": 1,\n'
        ' "a": "\\u001b",\n'
        ' "": ["\\ud800", {"b": 1, "b": "' + "c" * 65_537 + '"}],\n'
        ' "d": [1,]}\n'
    )
    assert said_of(text) == [
        ("duplicate-key", 2, 2),
        ("control-character", 2, 7),
        ("empty-key", 3, 2),
        ("lone-surrogate", 3, 7),
        ("duplicate-key", 3, 26),
        ("scalar-too-long", 3, 31),
        ("json-syntax", 4, 10),
    ]


def test_faults_are_placed_in_their_line() -> None:
    """Line and column are right after LF, CR, CRLF and wide characters."""
    assert said_of("[1,\r\n2,\r3,\n\n  x]") == [("json-syntax", 5, 3)]
    assert said_of(f'["{FACE}{FACE}", x]') == [("json-syntax", 1, 8)]


# Characters


@pytest.mark.parametrize(
    "code", [*FORBIDDEN, *FORBIDDEN_RAW_ONLY], ids=lambda code: f"U+{code:04X}"
)
def test_raw_control_characters(code: int) -> None:
    """A control character, a stray mark or an unusual line break is refused in the raw text."""
    assert said_of(f'["{chr(code)}"]') == [("control-character", 1, 3)]
    assert said_of(f"[1,\n{chr(code)} 2]") == [("control-character", 2, 1)]


@pytest.mark.parametrize("code", FORBIDDEN, ids=lambda code: f"U+{code:04X}")
def test_escaped_control_characters(code: int) -> None:
    """A control character is refused in a value and in a key when it is written as an escape."""
    assert said_of(f'["x\\u{code:04x}"]') == [("control-character", 1, 2)]
    assert said_of(f'{{"x\\u{code:04X}": 1}}') == [("control-character", 1, 2)]


@pytest.mark.parametrize("escape", ["b", "f"])
def test_short_escapes_of_control_characters(escape: str) -> None:
    """The short escapes of control characters are refused too."""
    assert said_of(f'"\\{escape}"') == [("control-character", 1, 1)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"\"\\\/\n\r\t"', '"\\/\n\r\t'),
        (r'"\u0041\u00e9\u00E9"', f"A{NFC_E}{NFC_E}"),
        (r'"\ud83d\ude00"', FACE),
        (r'"\uD83D\uDE00\ud83d\ude00"', FACE * 2),
        (r'"\udbff\udfff"', "\U0010ffff"),
        (r'"\u2028\ufeff"', "\u2028\ufeff"),
        (f'"{FACE}{NFD_E}"', FACE + NFD_E),
        ('""', ""),
        ('"\\\\u0041"', "\\u0041"),
    ],
)
def test_texts(text: str, value: str) -> None:
    """A text is what its escapes stand for; surrogates in pairs are one character."""
    assert typed(value_of(text)) == (str, value)
    assert typed(value_of(f'{{"a": [{text}]}}')) == {"a": [(str, value)]}


def test_a_byte_order_mark_is_skipped() -> None:
    """One byte order mark at the very beginning counts for nothing, not even a column."""
    assert value_of(b"\xef\xbb\xbf[]") == []
    assert said_of(b"\xef\xbb\xbf[x]") == [("json-syntax", 1, 2)]
    assert said_of("\ufeff\ufeff[]") == [("control-character", 1, 1)]


@pytest.mark.parametrize(
    ("data", "code", "line", "column"),
    [
        ("[1]".encode("utf-16"), "not-utf8", 1, 1),
        ("[1]".encode("utf-16-le"), "control-character", 1, 2),
        (b'["\xff"]', "not-utf8", 1, 3),
        (b'["\xc3\xa4",\r\n "\xe2\x82"]', "not-utf8", 2, 3),
        (b'["\xed\xa0\xbd\xed\xb8\x80"]', "not-utf8", 1, 3),
    ],
)
def test_bytes_that_are_not_utf8(data: bytes, code: str, line: int, column: int) -> None:
    """A file in another encoding is refused at its first bad byte, by line and column."""
    assert said_of(data) == [(code, line, column)]


# What a plain word is


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        *(
            (number, Number)
            for number in (
                *("0", "-0", "1", "-1", "10", "1.0", "1.50", "-0.0", "0.1", "1e5", "1E5", "1e+5"),
                *("1E-5", "1.0e5", "-1.5E+3", "1e400", "9" * 5000, "0." + "3" * 5000),
            )
        ),
        ("true", Boolean),
        ("false", Boolean),
        ("null", Null),
    ],
)
def test_words(word: str, kind: type[str]) -> None:
    """A number, true, false or null keeps its letters and has its type."""
    for text in (word, f" {word}\r\n", f"\t{word} "):
        assert typed(value_of(text)) == (kind, word)
    for text in (f"[{word}]", f"[ {word}\n]"):
        assert typed(value_of(text)) == [(kind, word)]
    assert typed(value_of(f'{{"a":{word}}}')) == {"a": (kind, word)}
    assert typed(value_of(f'["{word}"]')) == [(str, word)]


def test_keys() -> None:
    """A key is its text in NFC, also where its letters look like a number or true."""
    value = value_of(f'{{"1": 1, "true": 2, "{NFD_E}": "{NFD_E}", "A": 3, "a": 4, "<<": 5}}')
    assert list(value) == ["1", "true", NFC_E, "A", "a", "<<"]
    assert all(type(key) is str for key in value)
    assert isinstance(value, dict)
    assert value[NFC_E] == NFD_E
    longest = 1024 // len(NFD_E)
    assert value_of(f'{{"{NFD_E * longest}": "a"}}') == {NFC_E * longest: "a"}


# Places


def test_places() -> None:
    """Every key and value of a document is found where it begins."""
    text = (
        "\n"
        '  {"a": 1, "b" :[\n'
        '    "x",{"c":true} , [ ],\r\n'
        "    null],\r"
        f'"{FACE}": {{"{NFD_E}":"{FACE}", "d"\n'
        ":\n"
        "-0}}"
    )
    found = read(text)
    assert places_of(found) == {
        ("a",): ((2, 4), (2, 9)),
        ("b",): ((2, 12), (2, 17)),
        ("b", 0): ((3, 5), (3, 5)),
        ("b", 1): ((3, 9), (3, 9)),
        ("b", 1, "c"): ((3, 10), (3, 14)),
        ("b", 2): ((3, 22), (3, 22)),
        ("b", 3): ((4, 5), (4, 5)),
        (FACE,): ((5, 1), (5, 6)),
        (FACE, NFC_E): ((5, 7), (5, 12)),
        (FACE, "d"): ((5, 17), (7, 1)),
    }
    assert found.locate(()) == (2, 3)
    assert found.locate((FACE, "x")) == (5, 1)
    assert found.locate(("b", 9)) == (2, 12)
    assert found.locate(("x",)) == (2, 3)


# JSON and YAML


DOCUMENTS = [
    "1",
    '"a"',
    "null",
    "[]",
    "{}",
    '{"a": 1, "b": [true, false, null, -0, 1.0e5, 1E+2, 0.50, "x", ""], "c": {}}',
    '{"rubric": "r@1", "ratings": {"welcome": {"tone": {"rating": "not met", "comment": "a"}}}}',
    '[\n  {\n    "a": [\n      1,\n      2\n    ]\n  },\n  []\n]\n',
    '["\\"\\\\\\/\\n\\r\\t\\u00e9", "# no comment", "a: b", "- c", "&d", "*e", "!f", "%g", "\'"]',
    '{"quoted \\n key": "1", "true": "true", "~": "~", "<<": 1, "?": ":"}',
    f'{{"{NFD_E}": "{FACE}", "{FACE}": ["{NFD_E}"]}}',
    '["no", "yes", "null", "12", "0x1F", ".5", "~", "2016-05-04"]',
    "[" * 32 + "]" * 32,
    '{"a":{"b":[1,{"c":2}]}}',
    '["' + "a" * 65_536 + '"]',
]


@pytest.mark.parametrize("text", DOCUMENTS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_json_and_yaml_agree(text: str, end: str) -> None:
    """A document of JSON has the same values, types and places when it is read as YAML."""
    text = text.replace("\n", end)
    as_json, as_yaml = read(text, "test.json"), read(text, "test.yaml")
    assert typed(as_yaml.value) == typed(as_json.value)
    assert places_of(as_yaml) == places_of(as_json)


@pytest.mark.parametrize("text", DOCUMENTS)
def test_the_library_agrees(text: str) -> None:
    """The values are those that Python's own parser gives, but for numbers, kept as text."""

    def plain(value: Value) -> object:
        match value:
            case dict():
                return {key: plain(inner) for key, inner in value.items()}
            case list():
                return [plain(inner) for inner in value]
            case Number():
                return float(value.text)
            case Boolean():
                return value.text == "true"
            case Null():
                return None
        return value

    expected = json.loads(text.replace(NFD_E + '": "', NFC_E + '": "'), parse_int=float)
    assert plain(value_of(text)) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"a": 1, "a": 2}', "duplicate-key"),
        ('{"": 1}', "empty-key"),
        ('["\\u001b"]', "control-character"),
        ("[" * 33 + "]" * 33, "too-deep"),
        ('["' + "a" * 65_537 + '"]', "scalar-too-long"),
        ("[" + "1," * 199_999 + "1]", "too-many-nodes"),
        ("  \n", "empty-document"),
    ],
)
def test_json_and_yaml_refuse_alike(text: str, code: str) -> None:
    """What both readers refuse has one code and one place, however the file is called."""
    said = []
    for path in ("test.json", "test.yaml"):
        with pytest.raises(DocumentError) as caught:
            read(text, path)
        (one,) = caught.value.diagnostics
        said.append((one.code, one.location))
    assert said[0] == said[1]
    assert said[0][0] == code


@pytest.mark.parametrize("path", ["a.json", "a.JSON", "b/c.Json"])
def test_json_by_name(path: str) -> None:
    """A file is read as JSON when its name ends with .json in any case."""
    with pytest.raises(DocumentError) as caught:
        read("a: b", path)
    assert caught.value.diagnostics[0].code == "json-syntax"


def test_standard_input_may_be_either() -> None:
    """Standard input that begins with `{` is tried as JSON and then as YAML, else it is YAML."""
    assert read('{"a": "\\ud83d\\ude00"}', "-").value == {"a": FACE}
    assert read('\r\n {"a": "\\ud83d\\ude00"}', "-").value == {"a": FACE}
    assert read(" \n{a: b}", "-").value == {"a": "b"}
    assert read("a: b", "-").value == {"a": "b"}
    found = read('\n {"a":\n1}', "-")
    assert found.locate(("a",)) == (3, 1)


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
        read('{"' + "\u0327\u0301" * (length // 4) + '": 1}')
    assert max(asked, default=0) <= 4096


WORDS_OF_FAULTS = [
    ("", "there is nothing in this document", "is it the right file?"),
    ("{a}", "a key between double quotes is wanted here", None),
    ("nope", "this word is no value of JSON", "put text in double quotes"),
    ("[1 2]", "a comma or `]` is wanted here", None),
    ("[1,]", "a comma stands before this and nothing after it", "take the comma out"),
    ('[{"a": 1,}]', "a comma stands before this and nothing after it", "take the comma out"),
    ('{"a" 1}', "a `:` is missing after this key", None),
    ('{"a": 1 "b"}', "a comma or `}` is wanted here", None),
    ('"a', "this text is never closed", 'close it with `"`'),
    ('"\\q"', "this is no escape that JSON knows", "double the backslash"),
    ("1 2", "the document has ended before this", None),
    ("]", "a value is wanted here", None),
    (
        '["a\tb"]',
        "a line break or tab stands inside a text",
        "close the text with a double quote, or write \\n",
    ),
    ('{"": 1}', "a key is missing before the `:`", "write it, or take the line out"),
    ('{"a":1,"a":2}', "this key stands twice in one mapping", "keep one of the two"),
    ("[" * 33, "nested more than 32 deep", None),
    ("[" + "1" * 65_537 + "]", "this text is longer than 64 KB", "shorten it"),
]


@pytest.mark.parametrize(("text", "message", "hint"), WORDS_OF_FAULTS)
def test_what_is_wrong_in_words(text: str, message: str, hint: str | None) -> None:
    """Every fault has its own words, and the way out where there is one."""
    with pytest.raises(DocumentError) as caught:
        read(text)
    (found,) = caught.value.diagnostics
    assert (found.message, found.hint) == (message, hint)


def test_long_numbers_far_in_a_file() -> None:
    """A number's length is its own, wherever it stands: 64 KB are read, a character more is not."""
    before = '["' + "a" * 60_000 + '", '
    assert value_of(before + "1" * 65_536 + "]")[1] == Number("1" * 65_536)
    assert said_of(before + "1" * 65_537 + "]") == [("scalar-too-long", 1, 60_006)]
