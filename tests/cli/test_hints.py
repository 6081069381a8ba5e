"""Hints work when followed: each that a machine can follow is followed, on every bad document.

A hint is read as a person would read it, the document is changed as it says, and checked again:
the diagnostic is gone, and following it broke nothing. What needs a person (to choose, or to know
what was meant) is listed, so that a new hint is sorted into one or the other.
"""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

import programs
from charter_score.diagnostics import Diagnostic
from charter_score.pipeline import Job, Scoring
from documents import read_by_pyyaml

FOLDER = Path(__file__).parents[1] / "bad_input"
ENTRIES = [
    entry
    for entry in read_by_pyyaml(FOLDER / "index.yaml")
    if entry["diagnostics"] and not entry.get("arguments")
]
BROKEN = {"yaml-syntax", "json-syntax", "duplicate-key", "too-deep", "tag", "alias", "anchor"}
"""Codes of a document that cannot even be read, as following a hint must never leave it."""

FOR_PEOPLE = (
    "choose another word",
    "is it the right file\\?",
    "`.+` is there already: .*",
    "documents are not read; .*",
    "use --rubric ID .*",
    "give a workbook its own ending .*",
    "move the rubric, or name its folder with --rubrics",
    "correct it, or name the rubric's folder with --rubrics FOLDER",
    "did you mean `[a-z0-9_-]+\\.[a-z0-9_-]+`\\?",  # it belongs under another section
    "keep those that matter",
    "rate its criteria one by one, each on a line of its own",
    "add that line, or take the weight out",
    "take it out, or check .*",
    "add `[^`]+` under `interaction`, or declare .*",
    "keep one of the two",
    "contact, dispute and decision follow each other; .*",
    "known here: .*",
    "give the level that passes more points",
    "name it under `scales`, or write the levels here",
    "add `(advice|guidance|source)`: .*",
    # Of text that cannot be read as it stands: what was meant is not known.
    "write the value out, or quote a text that begins with `.`",
    "take it out, or quote a text that begins with `.`",
    "take the line that begins with `%` out",
    "delete it; it is invisible in most editors",
    "take the escape out",
    "keep one of the two",
    "write the (entries out|character itself)",
    "save it with the encoding UTF-8",
    "quote the text: inside { } a comma ends it",
    "a `: ` splits a text: .*",
    "close (it|the text) .*|close it",
    "put (the )?text (in|between) double quotes.*",
    "double the backslash",
    "take the comma out",
    "begin (a new line|the line with .*)",
    "check (quotes and|the) indentation.*",
    "indent with spaces",
    "quote the text.*",
    # Of the rubric language: what was meant is not known.
    "write all of them as points, or all as parts",
    "name a level that earns less",
    "for example .*",
    "add `reason`",
    "rate its criteria .*",
    "a decision says who decided, on which day, and why",
    "name both; without either, .*",
    "contact, review, dispute and decision follow each other; .*",
    "take one of the two out",
    "write `true`, or `when_missed`; or give it levels",
    "name it under `tags`, with its title",
    "lower `points`, or add a level that earns them",
    "one word can mean one rating only",
    "name its `section` and `criterion`, or .*",
)


class Place(NamedTuple):
    """What stands at a place of a document: a key with its value, or a value."""

    text: str
    key: yaml.Node | None
    value: yaml.Node
    is_flow: bool
    siblings: tuple[str, ...] = ()

    def replaced(self, new: str, node: yaml.Node | None = None) -> str:
        """The document with something else in place of the value, or of another node."""
        old = node or self.value
        end = old.end_mark.index
        if isinstance(old, yaml.CollectionNode) and not old.flow_style:
            new += "\n"
        before = self.text[: old.start_mark.index]
        return before + (" " if before.endswith(":") else "") + new + self.text[end:]

    def renamed(self, new: str) -> str:
        """The document with another key, or value where there is none."""
        return self.replaced(new, self.key or self.value)

    def without(self) -> str:
        """The document without the key and its value."""
        assert self.key is not None
        before = self.text[: self.key.start_mark.index]
        after = self.text[self.value.end_mark.index :]
        if self.is_flow:
            return before + after.lstrip().removeprefix(",")
        return before.rstrip(" -") + after.removeprefix("\n")

    def with_pair(self, pair: str) -> str:
        """The document with one more key before this one."""
        at = (self.key or self.value).start_mark
        more = ", " if self.is_flow else "\n" + " " * at.column
        return self.text[: at.index] + pair + more + self.text[at.index :]


def place_of(text: str, line: int, column: int, *, key: bool) -> Place | None:
    """What stands at a line and a column; a key there before a value."""
    found: list[Place] = []

    def walk(node: yaml.Node) -> None:
        if isinstance(node, yaml.MappingNode):
            for name, value in node.value:
                flow = bool(node.flow_style)
                names = tuple(one.value for one, _ in node.value)
                if (name.start_mark.line + 1, name.start_mark.column + 1) == (line, column):
                    found.insert(0 if key else len(found), Place(text, name, value, flow, names))
                if (value.start_mark.line + 1, value.start_mark.column + 1) == (line, column):
                    found.append(Place(text, None if not key else name, value, flow))
                walk(value)
        elif isinstance(node, yaml.SequenceNode):
            for value in node.value:
                if (value.start_mark.line + 1, value.start_mark.column + 1) == (line, column):
                    found.append(Place(text, None, value, bool(node.flow_style)))
                walk(value)

    walk(yaml.compose(text, yaml.BaseLoader))
    return found[0] if found else None


def as_texts(text: str) -> Any:
    """The values of a document, every scalar as the text that it is."""
    return yaml.load(text, yaml.BaseLoader)  # noqa: S506 - it makes nothing but text


def written(value: str, text: str) -> str:
    """A word as it is written into a document."""
    return json.dumps(value, ensure_ascii=False) if text.lstrip().startswith("{") else value


def first_word(words: str) -> str:
    """The first of words that a hint lists."""
    return re.split(", | or | and ", words)[0]


KEYS = ("unknown-field", "unknown-section", "unknown-criterion")
Follow = Callable[[str, Diagnostic, re.Match[str]], str | None]


def _place(text: str, wrong: Diagnostic, *, key: bool = False) -> Place:
    assert wrong.location is not None
    line, column = wrong.location
    # A value that is left out is where its reader says: here, before or behind a blank.
    places = (place_of(text, line, near, key=key) for near in (column, column - 1, column + 1))
    place = next(filter(None, places), None)
    assert place is not None, wrong
    return place


def rename(text: str, wrong: Diagnostic, hint: re.Match[str]) -> str | None:
    """Write a word in place of the key, or of the value, at the place of a diagnostic."""
    is_key = wrong.code in KEYS or hint[0].startswith("its words")
    place = _place(text, wrong, key=is_key)
    words = [word for word in re.split(", | or | and ", hint[1]) if word not in place.siblings]
    return place.renamed(written(words[0], text)) if words else None


def write(text: str, wrong: Diagnostic, hint: re.Match[str]) -> str:
    """Write a value in place of the one at the place of a diagnostic."""
    return _place(text, wrong).replaced(first_word(hint[1]))


def write_word(text: str, wrong: Diagnostic, hint: re.Match[str]) -> str:
    """Write a text in place of the value at the place of a diagnostic."""
    return _place(text, wrong).replaced(written(first_word(hint[1]), text))


def write_behind(text: str, wrong: Diagnostic, hint: re.Match[str]) -> str:
    """Write a value behind the key at the place of a diagnostic."""
    return _place(text, wrong, key=True).replaced(hint[1])


def quote(text: str, wrong: Diagnostic, _: re.Match[str]) -> str:
    """Put what stands there between double quotes."""
    place = _place(text, wrong)
    return place.replaced(json.dumps(place.value.value, ensure_ascii=False))


def unquote(text: str, wrong: Diagnostic, _: re.Match[str]) -> str:
    """Take the quotes off."""
    place = _place(text, wrong)
    return place.replaced(str(place.value.value))


def into_brackets(text: str, wrong: Diagnostic, _: re.Match[str]) -> str:
    """Make a list of one thing."""
    place = _place(text, wrong)
    return place.replaced(
        f"[{place.text[place.value.start_mark.index : place.value.end_mark.index]}]"
    )


def take_out(text: str, wrong: Diagnostic, _: re.Match[str]) -> str | None:
    """Take the key and its value out."""
    assert wrong.location is not None
    place = place_of(text, *wrong.location, key=True)
    # An item of a list, and the last of its lines, leave something else empty.
    if place is None or place.key is None or len(place.siblings) == 1 or not place.key.value:
        return None
    return place.without()


def keep_one(text: str, wrong: Diagnostic, _: re.Match[str]) -> str:
    """Keep the first of a list."""
    place = _place(text, wrong)
    assert isinstance(place.value, yaml.SequenceNode)
    return place.replaced(json.dumps(place.value.value[0].value))


def add_pair(text: str, wrong: Diagnostic, hint: re.Match[str]) -> str:
    """Add a line beside the one at the place of a diagnostic."""
    name, _, value = hint[1].partition(": ")
    if value == "ID":
        value = "plymouth-quality-monitoring"
    if wrong.code in ("missing-field", "weight-unused", "nothing-observed"):
        data = as_texts(text)
        data[name] = value
        return json.dumps(data)
    return _place(text, wrong, key=True).with_pair(hint[1])


def change_pair(text: str, _: Diagnostic, hint: re.Match[str]) -> str:
    """Give a field that is there already another value."""
    name = hint[1].partition(": ")[0]
    return re.sub(rf"\b{name}: \w+", hint[1], text)


def rate(text: str, wrong: Diagnostic, hint: re.Match[str]) -> str:
    """Rate the criterion that the message names."""
    section, _, criterion = wrong.message.partition(" ")[0].partition(".")
    return _rated(text, section, [criterion], first_word(hint[1]))


def rate_all(text: str, _: Diagnostic, hint: re.Match[str]) -> str:
    """Rate all criteria that the hint names."""
    return _rated(text, hint[2], re.split(", | and ", hint[1]), "n/a")


def _rated(text: str, section: str, criteria: list[str], word: str) -> str:
    data: Any = as_texts(text)
    for criterion in criteria:
        if not isinstance(data["ratings"].get(section), dict):
            data["ratings"][section] = {}
        data["ratings"][section][criterion] = word
    return json.dumps(data)


def give_field(text: str, wrong: Diagnostic, hint: re.Match[str]) -> str:
    """Give the field that the message names one of its values."""
    data: Any = as_texts(text)
    name = wrong.message.split("`")[1]
    data["interaction"] = {**data.get("interaction", {}), name: first_word(hint[1])}
    return json.dumps(data)


def run_it(_: str, wrong: Diagnostic, hint: re.Match[str]) -> None:
    """Run the command: it is understood, and finds what it names."""
    program, *words = shlex.split(hint[1])
    assert program == "charter-score"
    done = programs.run(*words)
    assert done.returncode in (0, 1, 3), (wrong, done.stderr)
    assert "not-found" not in done.stderr, (wrong, done.stderr)


FOLLOWED: tuple[tuple[str, Follow], ...] = (
    (r"did you mean `([^`.]+|[^`]*[/.]ya?ml|\./[^`]+)`\?", rename),
    (r"known: (.+)", write_word),
    (r"its (?:criteria|sections) are (.+)", rename),
    (r"its words are (.+)", rename),
    (r"its values are (.+)", write_word),
    (r"(?:its ratings are|rate it) (.+) here", write_word),
    (r"its ratings are (.+)", write_word),
    (r"quote it: put it between double quotes", quote),
    (r"take the quotes off", unquote),
    (r"for example (2) or 0\.5, without a sign", write),
    (r"for example `([a-z0-9-]+)`", write_word),
    (r"for example (en) or mi-NZ", write_word),
    (r"write year-month-day, for example (2016-05-04)", write_word),
    (r"write (true) or false, without quotes", write),
    (r"write (\{rating: .+\})", write_behind),
    (r"write (met), not met or n/a, or one of the criterion's levels", write_word),
    (r"put it between \[ and \]", into_brackets),
    (r"rate (.+) under `(.+)`", rate_all),
    (r"rate it (.+)", rate),
    (r"one of (.+)", give_field),
    (r"take (?:it|`points`|the causes) out.*|write it, or take the line out", take_out),
    (r"keep one of them", keep_one),
    (r"add `(not_applicable: forbidden)`", add_pair),
    (r"change it to `(.+)`", change_pair),
    (r"add `(rubric: ID)`, or .*", add_pair),
    (r"review another interaction, or set `(status: void)`", add_pair),
    (r"let somebody else review it, or set `(status: self)`", add_pair),
    (r"add `(points: 0)` where nothing can be earned here", add_pair),
    (r"write the rating that it should be, or set `(outcome: withdrawn)`", add_pair),
    (r"(charter-score check .+)", run_it),
    (r"`(charter-score [^`]+)` lists them.*", run_it),
)
"""Hints that a machine can follow, the whole of each, and how."""


def problems(name: str) -> list[Diagnostic]:
    """Everything that `check` has to say of a document."""
    return [
        problem for checked in Scoring(Job([name])).checked() for problem in checked.diagnostics
    ]


@pytest.fixture(scope="module")
def bad_inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of bad documents, to be changed."""
    import shutil

    return Path(shutil.copytree(FOLDER, tmp_path_factory.mktemp("hints") / "bad_input"))


@pytest.mark.parametrize("folder", sorted({one["file"].partition("/")[0] for one in ENTRIES}))
def test_every_hint_that_a_machine_can_follow(
    folder: str, bad_inputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Done as the hint says, the document has one fault less, and none that keeps it unread."""
    monkeypatch.chdir(bad_inputs)
    followed, unsorted = 0, set()
    failures: list[str] = []
    for entry in ENTRIES:
        name = entry["file"]
        if name.partition("/")[0] != folder:
            continue
        before = problems(name)
        for wrong in before:
            if wrong.hint is None or wrong.path != name:
                continue
            how = next(
                (
                    (follow, match)
                    for pattern, follow in FOLLOWED
                    if (match := re.fullmatch(pattern, wrong.hint))
                ),
                None,
            )
            if any(re.fullmatch(pattern, wrong.hint) for pattern in FOR_PEOPLE):
                continue
            if how is None:
                unsorted.add(wrong.hint)
                continue
            followed += 1
            if why := _still_wrong(Path(name), before, wrong, *how):
                failures.append(f"{wrong}\n  hint: {wrong.hint}\n  {why}")
    assert not unsorted
    assert not failures, "\n".join(failures)
    assert followed or folder in ("encoding", "support", "table")


def _still_wrong(
    path: Path, before: list[Diagnostic], wrong: Diagnostic, follow: Follow, hint: re.Match[str]
) -> str | None:
    """What is wrong once a hint was followed, if its diagnostic is not gone."""
    original = path.read_bytes()
    try:
        try:
            changed = follow(original.decode("utf-8-sig"), wrong, hint)
        except yaml.YAMLError:
            return None  # nothing but ours reads it; another hint is about that
        if changed is None:
            return None
        path.write_text(changed, "utf-8")
        after = problems(str(path))
    finally:
        path.write_bytes(original)
    same = [(one.code, one.message) for one in before].count((wrong.code, wrong.message))
    left = [(one.code, one.message) for one in after].count((wrong.code, wrong.message))
    codes = {one.code for one in after}
    if left >= same or codes & BROKEN - {one.code for one in before}:
        return f"left: {sorted(codes)} in:\n{changed}"
    return None
