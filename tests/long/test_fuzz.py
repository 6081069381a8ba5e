"""Long fuzzing with seeds that score: whatever is done to them, they score or are refused properly.

Random bytes mostly stop at a reader. Here whole documents are changed word by word and line by
line, so that most of them reach the checks, the engine, the renderers and the gates. Each part is
bounded by a number of inputs and starts from a fixed seed: the same run on every machine. What
became of the inputs is printed (`pytest -s`); docs/safety.md has the figures.

Not collected by the usual run: `pytest tests/long`.
"""

import io
import json
import os
import random
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TypeVar
from xml.etree import ElementTree

import pytest

from charter_score.cli.asked import Asked
from charter_score.cli.formats import Format, Look, renderer
from charter_score.cli.settings import settings
from charter_score.comparing.comparison import compare
from charter_score.errors import DocumentError, UsageError
from charter_score.filling.form_writer import review_form
from charter_score.filling.template import review_template
from charter_score.filling.web_form import web_form
from charter_score.gates import Baseline, Gates
from charter_score.library import Library, LoadedRubric, load_rubric, review_of, rubric_of
from charter_score.linting import sums
from charter_score.linting.advice import advice
from charter_score.outcome import Failed, Outcome, Scored
from charter_score.pipeline import Job, LeftOut, Scoring
from charter_score.render.results.batch import Closing
from charter_score.render.results.explain import explain
from charter_score.render.rubric.changes import changes_json, rubric_changes
from charter_score.render.rubric.markdown import rubric_markdown
from charter_score.render.rubric.score_sheet import score_sheet
from charter_score.render.rubric.terminal import one_rubric
from charter_score.render.text.console import Screen
from charter_score.source.earlier_results import earlier_reviews
from charter_score.source.files import Input
from charter_score.source.reading import read_document, read_documents
from charter_score.wire.encoding import rubric_json
from charter_score.wire.schemas import schema_text
from hostile import READABLE
from random_documents import review as random_review
from random_documents import rubric as random_rubric
from random_documents import to_yaml

ROOT = Path(__file__).parents[2]
T = TypeVar("T")
SEED = 8
TIMES = int(os.environ.get("FUZZ_TIMES", "1"))
"""How many times the usual number of inputs; more of them by hand."""
BATCH = 40
"""Inputs whose outcomes are rendered together."""

ACTING = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2028\u2029\u2066-\u2069]"
)
"""What no text for people may hold, whatever its inputs did."""

WORDS = (
    *("met", "not met", "n/a", "MET", "Not-Met", "yes", "no", "true", "null", "~", "0", "1", "2.5"),
    *(".5", "1e3", "-1", "007", "2016-05-04", "2016-02-30", "final", "draft", "void", "open"),
    *("calibration", "upheld", "phone", "visit", "[]", "{}", "[a, b]", '""', "''", "|", ">-"),
    *("excluded", "forbidden", "needs_comment", "section_weights", "lowest_band", "zero"),
    *("a: b", "# x", "é", "e\u0301", "\u202e", "\U0001f600", "99999999999999999999", "0.1"),
    json.dumps(READABLE),
)
TOKEN = re.compile(r"[\w.@/-]+|[^\w\s]|\n *")


def mutated(text: str, rng: random.Random, words: Sequence[str] = WORDS) -> str:
    """A text with one to three changes of the kind that people and programs make."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        lines = text.split("\n")
        at = rng.randrange(len(lines))
        match rng.choice((0, 0, 1, 2, 3, 3, 3, 3, 4, 5, 6, 7, 8, 9)):
            case 0 | 1 | 2:  # another word in place of one
                tokens = list(TOKEN.finditer(text))
                if tokens:
                    token = rng.choice(tokens)
                    other = rng.choice((*words, rng.choice(tokens)[0]))
                    text = text[: token.start()] + other + text[token.end() :]
            case 3:  # the value of a line: that of another, or any word
                key, colon, _ = lines[at].partition(": ")
                other = rng.choice(lines).partition(": ")[2] or rng.choice(words)
                value = rng.choice((other, other, rng.choice(words)))
                lines[at] = f"{key}: {value}" if colon else lines[at]
                text = "\n".join(lines)
            case 4:  # a line less
                text = "\n".join([*lines[:at], *lines[at + 1 :]])
            case 5:  # a line twice, or somewhere else
                to = rng.randrange(len(lines) + 1)
                text = "\n".join([*lines[:to], lines[at], *lines[to:]])
            case 6:  # deeper, or not as deep
                lines[at] = (
                    rng.choice(("  ", " ")) + lines[at] if rng.random() < 0.5 else lines[at][1:]
                )
                text = "\n".join(lines)
            case 7:  # a comment or a blank line more
                text = "\n".join([*lines[:at], rng.choice(("", "# x", "   ")), *lines[at:]])
            case 8:  # other line ends, or composed letters taken apart
                text = text.replace("\n", rng.choice(("\n", "\r\n", "\r")))
            case _:  # a sign more or less
                where = rng.randrange(len(text) + 1)
                sign = rng.choice((*"\"'{}[],:#-|>&*!%@`\t \n0é", ""))
                text = text[:where] + sign + text[where + rng.randrange(2) :]
    return text


class Rubrics:
    """The seeds: rubrics as loaded, and reviews as text with the rubric of each."""

    def __init__(self, folder: Path) -> None:
        rng = random.Random(SEED)
        self.texts: list[str] = []
        self.rubrics: list[LoadedRubric] = []
        self.reviews: list[tuple[str, LoadedRubric]] = []
        for path in sorted((ROOT / "rubrics").glob("*.yaml")):
            self._add(path, path.read_text(encoding="utf-8"))
        known = {one.rubric.id: one for one in self.rubrics}
        for path in sorted((ROOT / "examples").glob("*/*.yaml")):
            text = path.read_text(encoding="utf-8")
            found = re.search(r"^rubric: ([\w-]+)", text, re.MULTILINE)
            if found and found[1] in known:
                self.reviews.append((text, known[found[1]]))
        assert len(self.reviews) >= 10
        for number in range(40):
            document = random_rubric(rng)
            path = folder / f"random-{number}.yaml"
            path.write_text(to_yaml(document), encoding="utf-8")
            loaded = self._add(path, to_yaml(document))
            for _ in range(3):
                self.reviews.append((to_yaml(random_review(rng, document)), loaded))

    def _add(self, path: Path, text: str) -> LoadedRubric:
        loaded = load_rubric(path)
        self.texts.append(text)
        self.rubrics.append(loaded)
        return loaded


@pytest.fixture(name="seeds", scope="module")
def _seeds(tmp_path_factory: pytest.TempPathFactory) -> Rubrics:
    return Rubrics(tmp_path_factory.mktemp("rubrics"))


class Tried:
    """What became of the inputs of one part; the input that raised is shown."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.kinds: Counter[str] = Counter()
        self.unread = 0

    def one(self, given: str | bytes, act: Callable[[], T]) -> T:
        """Try one input and count what it gave; whatever is raised is a defect."""
        try:
            found = act()
        except Exception as defect:
            defect.add_note(f"{self.name}: {given!r}")
            raise
        self.kinds[found if isinstance(found, str) else type(found).__name__.lower()] += 1
        if isinstance(found, Failed):
            data = given if isinstance(given, bytes) else given.encode()
            try:
                read_document(data, found.path)
            except DocumentError:
                self.unread += 1
        return found

    def told(self) -> str:
        """The figures as the page has them."""
        parts = ", ".join(f"{number:,} {kind}" for kind, number in sorted(self.kinds.items()))
        unread = f" ({self.unread:,} at the reader)" if self.unread else ""
        return f"{self.name}: {self.kinds.total():,} inputs: {parts}{unread}; 0 defects"

    def assert_useful(self, kind: str, least: float) -> None:
        """Print the figures; at least such a part of the inputs must have come so far."""
        print(self.told())
        assert self.kinds[kind] >= least * self.kinds.total(), self.told()
        assert self.unread <= self.kinds.total() / 2, self.told()


def outcome_of(data: bytes, name: str, rubric: LoadedRubric) -> Outcome:
    """What the program makes of a file that was read."""
    scoring = Scoring(Job([name], lines=True))
    scoring._library.add(rubric)
    scoring._default = rubric
    document = next(iter(read_documents(data, name)))
    if isinstance(document, DocumentError):
        outcome: Outcome | LeftOut = Failed(name, document.diagnostics)
    else:
        outcome = scoring._outcome_of(Input(name, name), "0", document)
    assert not isinstance(outcome, LeftOut)
    if isinstance(outcome, Failed):
        assert outcome.diagnostics
        for found in outcome.diagnostics:
            assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", found.code)
            assert found.message
    if isinstance(outcome, Scored):
        assert 0 <= outcome.result.share <= 1
        assert 0 <= outcome.result.observed_share <= 1
    return outcome


def render(outcomes: Iterable[Outcome]) -> None:
    """A batch in every format, each read back by another parser where there is one."""
    batch = list(outcomes)
    for chosen in Format:
        one = renderer(chosen, Look(names=True, public_comments=True, asked=Asked(["a.yaml"])))
        collected = Job((), by=("advisor", "channel", "month")).collected()
        texts: list[str | bytes] = [one.begin()]
        for outcome in batch:
            collected.add(outcome)
            texts.append(one.add(one.piece(outcome)))
        texts += one.end(Closing(collected))
        data = b"".join(text if isinstance(text, bytes) else text.encode() for text in texts)
        match chosen:
            case Format.JSON | Format.GITLAB:
                json.loads(data)
            case Format.JSON_LINES:
                for line in data.splitlines():
                    json.loads(line)
            case Format.JUNIT:
                ElementTree.fromstring(data)  # noqa: S314 - our own
            case Format.XLSX:
                assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
            case Format.CSV:
                data.decode()
            case _:
                assert not ACTING.search(data.decode()), chosen
    for outcome in batch:
        if isinstance(outcome, Scored):
            assert not ACTING.search(Screen().text(explain(outcome)))


def test_reviews(seeds: Rubrics) -> None:
    """A changed review is scored, skipped or refused, and every format shows the batch."""
    rng = random.Random(SEED)
    tried = Tried("reviews")
    batch: list[Outcome] = []
    for number in range(6_000 * TIMES):
        text, rubric = rng.choice(seeds.reviews)
        text = mutated(text, rng)
        ending = ".yaml"
        if rng.random() < 0.1:
            try:
                value = read_document(text.encode(), "a.yaml").value
            except (DocumentError, UnicodeEncodeError):
                continue
            text, ending = json.dumps(value, ensure_ascii=rng.random() < 0.5, default=str), ".json"

        made = partial(outcome_of, text.encode(), f"{number}{ending}", rubric)
        batch.append(tried.one(text, made))
        if len(batch) == BATCH:
            render(batch)
            batch.clear()
    tried.assert_useful("scored", 0.3)


def test_rubrics(seeds: Rubrics, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed rubric is refused, or shown, compared, advised on and filled in."""
    monkeypatch.setattr(sums, "MOST_WORK", 20_000)
    rng = random.Random(SEED)
    tried = Tried("rubrics")
    for _ in range(800 * TIMES):
        place = rng.randrange(len(seeds.texts))
        text = mutated(seeds.texts[place], rng)

        def act(text: str = text, before: LoadedRubric = seeds.rubrics[place]) -> str:
            try:
                loaded = rubric_of(read_document(text.encode(), "r.yaml"), "0")
            except DocumentError:
                return "failed"
            rubric = loaded.rubric
            advice(rubric)
            changes = compare(before.rubric, rubric)
            for shown in (
                Screen().text(one_rubric(rubric)),
                rubric_markdown(rubric),
                score_sheet(rubric),
                web_form(loaded, rubric.name),
                Screen().text(rubric_changes(changes)),
            ):
                assert not ACTING.search(shown)
            json.loads(rubric_json(rubric))
            json.loads(changes_json(changes, "0", "0"))
            json.loads(schema_text("review", rubric))
            template = review_template(rubric, rubric.name, "s.json")
            read_document(template.encode(), "a.yaml")
            read_document(review_form(rubric, rubric.name), "a.xlsx")
            return "loaded"

        tried.one(text, act)
    tried.assert_useful("loaded", 0.25)


def test_forms(seeds: Rubrics) -> None:
    """A changed form is scored, skipped or refused."""
    rng = random.Random(SEED)
    tried = Tried("forms")
    forms = []
    for text, rubric in seeds.reviews[::3]:
        review = review_of_text(text, rubric)
        if review is not None:
            forms.append((review, rubric))
    for number in range(1_000 * TIMES):
        data, rubric = rng.choice(forms)
        data = mutated_form(data, rng)

        tried.one(data, partial(outcome_of, data, f"{number}.xlsx", rubric))
    tried.assert_useful("scored", 0.3)


def review_of_text(text: str, rubric: LoadedRubric) -> bytes | None:
    """A seed as a form; None of one that a form has no place for."""
    library = Library()
    library.add(rubric)
    loaded = review_of(read_document(text.encode(), "a.yaml"), library, None, rubric)
    try:
        return review_form(rubric.rubric, rubric.rubric.name, loaded.review)
    except UsageError:
        return None


def mutated_form(data: bytes, rng: random.Random) -> bytes:
    """A workbook with some cells, signs or bytes changed."""
    if rng.random() < 0.05:
        at = rng.randrange(len(data))
        return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
    source = zipfile.ZipFile(io.BytesIO(data))
    parts = {name: source.read(name) for name in source.namelist()}
    wanted = [name for name in parts if re.search(r"sharedStrings|sheet1\.xml$", name)]
    name = rng.choice(wanted)
    text = parts[name].decode()
    for _ in range(rng.choice((1, 1, 2, 3))):
        values = list(re.finditer(r">([^<>]+)<", text)) or list(re.finditer(r"()", text))
        found = rng.choice(values)
        other = rng.choice((*WORDS, rng.choice(values)[1], ""))
        escaped = other.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        text = text[: found.start(1)] + escaped + text[found.end(1) :]
        if rng.random() < 0.1:
            at = rng.randrange(len(text))
            text = text[:at] + rng.choice(("", "<", "0", "9", " ")) + text[at + 1 :]
    parts[name] = text.encode("utf-8", "replace")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for part, content in parts.items():
            written.writestr(part, content)
    return target.getvalue()


def test_results(seeds: Rubrics, tmp_path: Path) -> None:
    """Changed results of an earlier run are compared with, or refused whole."""
    rng = random.Random(SEED)
    tried = Tried("results")
    outcomes = [
        outcome_of(text.encode(), f"{number}.yaml", rubric)
        for number, (text, rubric) in enumerate(seeds.reviews[:40])
    ]
    scored = [one for one in outcomes if isinstance(one, Scored)]
    texts = []
    for chosen in (Format.JSON, Format.JSON_LINES):
        for first in range(0, len(scored), 5):
            one, collected = renderer(chosen, Look()), Job(()).collected()
            text = str(one.begin())
            for outcome in scored[first : first + 5]:
                collected.add(outcome)
                text += str(one.add(one.piece(outcome)))
            texts.append(text + "".join(map(str, one.end(Closing(collected)))))
    path = tmp_path / "results.json"
    words = (
        "null",
        "true",
        '"final"',
        '"void"',
        '"1/2"',
        '"2/1"',
        "0",
        "-1",
        "1e400",
        "[]",
        "{}",
        "NaN",
    )
    for _ in range(3_000 * TIMES):
        text = mutated(rng.choice(texts), rng, words)
        path.write_bytes(text.encode("utf-8", "replace"))

        def act() -> str:
            try:
                earlier = earlier_reviews(path)
            except UsageError:
                return "refused"
            gates = Gates(baseline=Baseline(earlier))
            collected = Job((), gates=gates).collected()
            for outcome in scored:
                collected.add(outcome)
            gates.verdicts(collected.gates, collected.summary)
            return "compared"

        tried.one(text, act)
    tried.assert_useful("compared", 0.2)


def test_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changed settings are taken, or refused with a word."""
    rng = random.Random(SEED)
    tried = Tried("settings")
    monkeypatch.chdir(tmp_path)
    text = (
        'output-format = "json"\nrubric = "plymouth-quality-monitoring"\nrubrics = ["."]\n'
        'by = ["team", "month"]\njobs = 2\ngate = true\nfail-under = 70\n'
        'fail-under-mean = "75.5%"\nmax-not-applicable = 20\ninclude-names = false\n'
        'include-comments = false\nno-comments = true\ncolor = "never"\n'
    )
    words = (
        '"json"',
        '"csv"',
        "true",
        "false",
        "0",
        "70",
        "-1",
        "1e400",
        "nan",
        "[]",
        '["a"]',
        '""',
        "{}",
    )
    for number in range(4_000 * TIMES):
        name = ("charter-score.toml", "pyproject.toml")[number % 2]
        for old in tmp_path.iterdir():
            old.unlink()
        changed = mutated(text, rng, words)
        head = "" if name == "charter-score.toml" else "[tool.charter-score]\n"
        Path(name).write_bytes((head + changed).encode("utf-8", "replace"))

        def act() -> str:
            try:
                found = settings()
            except UsageError:
                return "refused"
            assert found.jobs >= 0
            assert found.fail_under is None or Fraction(found.fail_under) <= 100
            return "taken"

        tried.one(changed, act)
    tried.assert_useful("taken", 0.2)
