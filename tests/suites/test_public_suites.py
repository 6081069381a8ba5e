"""The public suites for YAML and JSON: no input crashes, and every difference is written down.

The lists here may only shrink: an input that leaves its list fails the test until its line is taken
out, and no input may join one.
"""

import json
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

import needs
from charter_score.diagnostics import Diagnostic
from charter_score.errors import DocumentError
from charter_score.scalars import Null, Scalar, Value
from charter_score.source.reading import read_document

HERE = Path(__file__).parent


class Case(NamedTuple):
    """One input of a suite; `valid` is None where the suite leaves it open."""

    id: str
    text: str
    valid: bool | None
    json: str | None


def cases_of(suite: str) -> dict[str, Case]:
    """The inputs of a suite by their ids."""
    rows = json.loads((HERE / f"{suite}.json").read_text(encoding="utf-8"))
    return {
        row["id"]: Case(
            row["id"],
            row["input"] * row.get("times", 1) + row.get("end", ""),
            row["valid"] if isinstance(row["valid"], bool) else None,
            row.get("json"),
        )
        for row in rows
    }


YAML = cases_of("yaml-test-suite")
JSON = cases_of("json-test-suite")

DOCUMENTED = {
    *("alias", "anchor", "control-character", "directive", "duplicate-key", "empty-document"),
    *("empty-key", "key-not-text", "merge-key", "several-documents", "tag", "too-deep"),
}
"""The codes of what is right YAML or JSON, and yet is not read."""

JSON_STRICTER = {
    "y_object_duplicated_key": "duplicate-key",
    "y_object_duplicated_key_and_value": "duplicate-key",
    "y_object_empty_key": "empty-key",
    "y_object_escaped_null_in_key": "control-character",
    "y_string_allowed_escapes": "control-character",  # \b and \f
    "y_string_escaped_control_character": "control-character",
    "y_string_nonCharacterInUTF-8_U+FFFF": "control-character",
    "y_string_null_escape": "control-character",
    "y_string_u+2028_line_sep": "control-character",
    "y_string_u+2029_par_sep": "control-character",
    "y_string_unescaped_char_delete": "control-character",
    "y_string_with_del_character": "control-character",
}
"""Right JSON that is refused by a limit of ours: names and texts of reviews need none of it."""

JSON_EITHER_REFUSED = {
    "i_object_key_lone_2nd_surrogate": "lone-surrogate",
    "i_string_1st_surrogate_but_2nd_missing": "lone-surrogate",
    "i_string_1st_valid_surrogate_2nd_invalid": "lone-surrogate",
    "i_string_incomplete_surrogate_and_escape_valid": "lone-surrogate",
    "i_string_incomplete_surrogate_pair": "lone-surrogate",
    "i_string_incomplete_surrogates_escape_valid": "lone-surrogate",
    "i_string_invalid_lonely_surrogate": "lone-surrogate",
    "i_string_invalid_surrogate": "lone-surrogate",
    "i_string_inverted_surrogates_U+1D11E": "lone-surrogate",
    "i_string_lone_second_surrogate": "lone-surrogate",
    "i_structure_500_nested_arrays": "too-deep",
}
"""What the suite leaves open and is refused; the rest of it is read."""

JSON_LENIENT: frozenset[str] = frozenset()
"""Wrong JSON that is read."""

YAML_LENIENT = {
    "9C9N": "a flow list goes on at the first column",
    "9JBA": "`#` right behind a bracket begins a comment",
    "CVW2": "`#` right behind a comma begins a comment",
    "DK95/01": "a quoted text goes on after a tab",
    "G5U8": "`-` is a word in a flow list",
    "QB6E": "a quoted text goes on at the first column",
    "S98Z": "blank lines before a block go deeper than the block",
    "SU5Z": "`#` right behind a quote begins a comment",
    "X4QW": "`#` right behind `>` begins a comment",
    "Y79Y/03": "a flow list goes on after a tab",
    "YJV2": "`-` is a word in a flow list",
}
"""Wrong YAML that libyaml reads; in each the reader takes what a person would take it for."""

YAML_STRICTER = {
    "2JQS": "a key is left out",
    "4ABK": "a value is left out before a comma",
    "4MUZ/00": "`:` stands on the line after its key",
    "4MUZ/01": "`:` stands on the line after its key",
    "4MUZ/02": "`:` stands on the line after its key",
    "58MP": "`:x` is a text in a flow mapping",
    "5MUD": "`:` stands on the line after its key",
    "5T43": "`::value` is a text in a flow mapping",
    "6BCT": "a tab stands after `-`",
    "6CA3": "a tab stands before a flow list",
    "7Z25": "a second document without `---`",
    "8XYN": "an anchor that is not ASCII",
    "96NN/00": "a block begins with a tab",
    "96NN/01": "a block begins with a tab",
    "9SA2": "a quoted key of two lines",
    "A2M4": "a tab stands after `-`",
    "CFD4": "a key is left out",
    "DBG4": "`::vector` is a text in a flow list",
    "DK3J": "a block of the document stands at the first column",
    "DK95/00": "a tab stands in the indentation",
    "DK95/03": "a tab stands in a blank line",
    "DK95/04": "a tab stands in a blank line",
    "FP8R": "a block of the document stands at the first column",
    "FRK4": "a value is left out before a comma",
    "HM87/00": "`:x` is a text in a flow list",
    "HWV9": "`...` ends no document",
    "K3WX": "`:` stands on the line after its key",
    "M7A3": "a second document without `---`",
    "NHX8": "a key is left out",
    "NJ66": "a key of two lines",
    "NKF9": "a key is left out",
    "Q5MG": "a tab stands before a flow mapping",
    "QT73": "`...` ends no document",
    "R4YG": "a blank line with a tab begins a block",
    "S3PD": "a key is left out",
    "SM9W/01": "a key is left out",
    "UKK6/00": "a key is left out",
    "UT92": "`%` begins a word in a flow mapping",
    "VJP3/01": "`:` stands on the line after its key",
    "W5VH": "an anchor with unusual characters",
    "Y79Y/01": "a block begins with a tab",
    "Y79Y/10": "a tab stands after `-`",
}
"""Right YAML that libyaml cannot read: `yaml-syntax`, and not one of the documented codes."""

YAML_DIRECTIVES = {"2LFX", "6LVF", "BEC7", "MUS6/05", "MUS6/06"}
"""Right YAML with directives that libyaml does not know; reported: should say `directive`."""

YAML_OTHER_VALUES = {
    "652Z": "`?foo` in a flow mapping is the key foo",
    "HM87/01": "`?x` in a flow list is a mapping with the key x",
    "L24T/01": "a last line of blanks without a line end is part of its block",
}
"""Right YAML that libyaml reads as something else."""


ANSWER = (str, Scalar, dict, list, tuple)
"""What `read` may give: a value, or the diagnostics of a refusal."""


def read(case: Case, path: str) -> Value | tuple[Diagnostic, ...]:
    """The value of an input, or everything that is said against it; anything else is a fault."""
    try:
        return read_document(case.text.encode(), path).value
    except DocumentError as wrong:
        said = wrong.diagnostics
    assert said
    for one in said:
        assert one.location is not None
        assert min(one.location) >= 1
    return said


def codes_of(case: Case, path: str) -> set[str]:
    """The codes of everything that is said against an input; none where it is read."""
    said = read(case, path)
    return {one.code for one in said} if isinstance(said, tuple) else set()


def typed(value: Value) -> object:
    """A value with the type of every scalar, whatever the word for null."""
    if isinstance(value, dict):
        return {key: typed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [typed(inner) for inner in value]
    return type(value), "" if isinstance(value, Null) else str(value)


def test_the_suites_are_whole() -> None:
    """The data is all there: as many inputs of each kind as its README says."""

    def count(cases: dict[str, Case]) -> list[int]:
        return [sum(case.valid is kind for case in cases.values()) for kind in (True, False, None)]

    assert count(YAML) == [308, 94, 0]
    assert count(JSON) == [95, 176, 22]


@pytest.mark.parametrize("case", [*YAML.values(), *JSON.values()], ids=lambda case: case.id)
def test_no_input_crashes_a_reader(case: Case) -> None:
    """Every input of both suites is a value or a refusal to each of the readers."""
    for path in ("test.yaml", "test.json", "-"):
        assert isinstance(read(case, path), ANSWER)


@pytest.mark.parametrize("case", [*YAML.values(), *JSON.values()], ids=lambda case: case.id)
def test_no_input_crashes_the_fallback(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every input of both suites is a value or a refusal where PyYAML has no libyaml."""
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    assert isinstance(read(case, "test.yaml"), ANSWER)


def test_right_json_is_read() -> None:
    """Every right input of JSONTestSuite is read, but for those that a limit of ours refuses."""
    refused = {
        case.id: codes
        for case in JSON.values()
        if case.valid and (codes := codes_of(case, ".json"))
    }
    assert refused == {name: {code} for name, code in JSON_STRICTER.items()}


def test_wrong_json_is_refused() -> None:
    """Every wrong input of JSONTestSuite is refused."""
    lenient = {
        case.id for case in JSON.values() if case.valid is False and not codes_of(case, ".json")
    }
    assert lenient == JSON_LENIENT


def test_json_that_may_be_either() -> None:
    """Of what the suite leaves open, only halves of characters and deep nesting are refused."""
    refused = {
        case.id: codes
        for case in JSON.values()
        if case.valid is None and (codes := codes_of(case, ".json"))
    }
    assert refused == {name: {code} for name, code in JSON_EITHER_REFUSED.items()}


@pytest.mark.parametrize(
    "case", [case for case in JSON.values() if case.valid], ids=lambda case: case.id
)
def test_right_json_has_the_right_value(case: Case) -> None:
    """What is read of JSONTestSuite is what Python's own parser reads, numbers as their text."""
    value = read(case, ".json")
    if not isinstance(value, tuple):
        expected = json.loads(case.text, parse_int=str, parse_float=str)
        assert plain(value) == expected


def plain(value: Value) -> object:
    """A value as `json.loads` gives it when numbers stay text."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    words: dict[str, object] = {"true": True, "false": False, "null": None}
    return words.get(value.text, value.text) if isinstance(value, Scalar) else str(value)


@needs.LIBYAML
def test_wrong_yaml_is_refused() -> None:
    """Every wrong input of yaml-test-suite is refused, but for what libyaml lets pass."""
    lenient = {case.id for case in YAML.values() if not case.valid and not codes_of(case, ".yaml")}
    assert lenient == set(YAML_LENIENT)


@needs.LIBYAML
def test_right_yaml_is_read() -> None:
    """Right YAML is read or refused for a documented reason, but for what libyaml cannot read."""
    stricter = set()
    for case in YAML.values():
        codes = codes_of(case, ".yaml") if case.valid else set()
        assert codes <= DOCUMENTED | {"yaml-syntax"}
        if codes and not codes & DOCUMENTED:
            stricter.add(case.id)
    assert set(YAML_STRICTER) <= stricter <= set(YAML_STRICTER) | YAML_DIRECTIVES


@needs.LIBYAML
def test_right_yaml_has_the_right_value() -> None:
    """What is read of yaml-test-suite is what the suite says, but for what libyaml sees there."""
    compared = 0
    other = set()
    for case in YAML.values():
        value = read(case, ".yaml")
        if not case.valid or case.json is None or isinstance(value, tuple):
            continue
        compared += 1
        if typed(value) != typed(read_document(case.json.encode(), ".json").value):
            other.add(case.id)
    assert compared > 150
    assert other == set(YAML_OTHER_VALUES)
