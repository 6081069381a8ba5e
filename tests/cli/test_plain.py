"""The quick ways (plain words, documents recognised) against the full ones: never another answer.

`cli.plain` understands the plainest words of `score` without typer, `source.recognise` the plainest
documents without pydantic. Both may only recognise; what is done then is what the full way does.
"""

import random
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
import typer.main
from hypothesis import given, settings
from hypothesis import strategies as st

import random_documents
from charter_score import __main__
from charter_score.cli import plain
from charter_score.cli import score as scoring
from charter_score.cli.app import score_app
from charter_score.cli.formats import ENVIRONMENT, Format
from charter_score.cli.plain import plain_request
from charter_score.cli.score import ScoreRequest
from charter_score.errors import ExitCode
from charter_score.source import load
from effort import examples

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("examples", "rubrics", "tests/bad_input")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".yaml", ".yml", ".json", ".xlsx")
)
RANDOM_REVIEWS = 40

# ── Words ─────────────────────────────────────────────────────────────────────────────────────────

OPTIONS = [name for one in typer.main.get_command(score_app).params for name in one.opts]
PLAIN = {"paths", "-f", "--output-format", "-o", "--output"}
WORDS = [
    *(name for name in OPTIONS if name.startswith("-")),
    *(one.value for one in Format),
    *("-fjson", "--output-format=json", "-ox.json", "--output=x.json", "--outp", "-qv", "--nope"),
    *("a.yaml", "b.yaml", "folder/", "*.yaml", "-", "--", "", " ", "score", "x.csv", "7", "JSON"),
]


def request_by_typer(words: Sequence[str]) -> ScoreRequest | None:
    """What typer understands; None where it refuses the words or answers them itself."""
    requests: list[ScoreRequest] = []

    def run_score(request: ScoreRequest) -> ExitCode:
        requests.append(request)
        return ExitCode.OK

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(scoring, "run_score", run_score)
        try:
            score_app(list(words), standalone_mode=False)
        except Exception as refused:
            if not hasattr(refused, "exit_code"):
                raise
    return requests[0] if requests else None


def settled(request: ScoreRequest | None) -> list[object] | None:
    """A request whose lists compare with tuples."""
    if request is None:
        return None
    return [tuple(one) if isinstance(one, list) else one for one in request]


@given(st.lists(st.sampled_from(WORDS), max_size=6))
@settings(max_examples=examples(2000))
def test_what_is_plain_is_what_typer_understands(words: list[str]) -> None:
    """Whatever words the plain way takes, it makes of them the request that typer makes."""
    request = plain_request(["score", *words], {})
    assert request is None or settled(request) == settled(request_by_typer(words))


@pytest.mark.parametrize(
    "words",
    [
        ["a.yaml"],
        ["a.yaml", "folder/", "*.yaml"],
        *(["a.yaml", "-f", one.value] for one in Format),
        *(["--output-format", one.value, "a.yaml"] for one in Format),
        ["-o", "x.json", "a.yaml"],
        ["a.yaml", "--output", "x.json", "-o", "x.csv"],
        ["-f", "json", "a.yaml", "-f", "csv"],
        ["a b.yaml", "-o", "ü.html"],
    ],
    ids=" ".join,
)
def test_plain_words_are_recognised(words: list[str]) -> None:
    """The spellings that are typed all day need no typer, and mean what they mean to it."""
    request = plain_request(["score", *words], {})
    assert request is not None
    assert settled(request) == settled(request_by_typer(words))


@pytest.mark.parametrize("name", sorted({*OPTIONS} - PLAIN))
def test_every_other_option_is_left_to_typer(name: str) -> None:
    """What is no plain word is not half understood, whether its value is there or not."""
    for words in (["a.yaml", name], ["a.yaml", name, "1"], [f"{name}=1", "a.yaml"]):
        assert plain_request(["score", *words], {}) is None


# ── Documents ─────────────────────────────────────────────────────────────────────────────────────


class Done(NamedTuple):
    """What one run came to."""

    code: object
    out: bytes
    told: bytes


Both = Callable[..., tuple[Done, Done]]


@pytest.fixture(name="both")
def _both(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Iterator[Both]:
    """`score` run the quick way and the full way."""
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    before = signal.getsignal(signal.SIGTERM)

    def run(words: Sequence[str]) -> Done:
        monkeypatch.setattr(sys, "argv", ["score", *words])
        with pytest.raises(SystemExit) as ended:
            __main__.score_main()
        return Done(ended.value.code, *capfdbinary.readouterr())

    def both(*words: str) -> tuple[Done, Done]:
        quick = run(words)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(plain, "plain_request", lambda *_: None)
            patched.setattr(load, "recognise", lambda *_: None)
            return quick, run(words)

    yield both
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_document_is_answered_alike(both: Both, path: str) -> None:
    """Every example and every bad input: the same exit code, the same output, the same messages."""
    quick, full = both(path)
    assert quick == full
    quick, full = both(path, "-f", "json")
    assert quick == full


@pytest.mark.parametrize("seed", range(RANDOM_REVIEWS))
def test_random_reviews_are_answered_alike(both: Both, tmp_path: Path, seed: int) -> None:
    """Random reviews over a random rubric, scored together in a folder with it."""
    rng = random.Random(seed)
    rubric = random_documents.rubric(rng)
    (tmp_path / "rubric.yaml").write_text(random_documents.to_yaml(rubric), encoding="utf-8")
    for number in range(4):
        review = {**random_documents.review(rng, rubric), "rubric": "./rubric.yaml"}
        (tmp_path / f"{number}.yaml").write_text(random_documents.to_yaml(review), encoding="utf-8")
    for words in ([str(tmp_path), "-f", "json"], [str(tmp_path / "0.yaml")], [str(tmp_path)]):
        quick, full = both(*words)
        assert quick == full
        assert b"kind" in quick.out or words[1:] != ["-f", "json"]
