"""Where results go and as what, and who is shown where: the formats as a person asks for them."""

import codecs
import io
import json
import os
import re
import shutil
import signal
import stat
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import hostile
from batches import write_batch
from charter_score import __main__
from charter_score.cli.formats import ENDINGS, ENVIRONMENT, Format
from charter_score.cli.score import JOB_SUMMARY, MOST_JOB_SUMMARY
from charter_score.field_types import Model
from effort import some
from permissions import modes_obeyed

FORMATS = [one.value for one in Format]


class Done(NamedTuple):
    """What one run came to."""

    code: int
    out: bytes
    told: str


Score = Callable[..., Done]


@pytest.fixture(name="score")
def _score(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Iterator[Score]:
    """`score` as a person runs it, in a folder with a batch of reviews and their rubric."""
    write_batch(tmp_path)
    monkeypatch.chdir(tmp_path)
    for name in (ENVIRONMENT, JOB_SUMMARY):
        monkeypatch.delenv(name, raising=False)
    before = signal.getsignal(signal.SIGTERM)

    def score(*words: str, **environment: str) -> Done:
        with monkeypatch.context() as patched:
            patched.setattr(sys, "argv", ["score", *words, "--rubrics", "."])
            for name, value in environment.items():
                patched.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                __main__.score_main()
        out, told = capfdbinary.readouterr()
        assert isinstance(ended.value.code, int)
        return Done(ended.value.code, out, told.decode())

    yield score
    signal.signal(signal.SIGTERM, before)


def modes(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


# ── Which format ──────────────────────────────────────────────────────────────────────────────────


def test_several_outputs_at_once_are_each_as_alone(score: Score, tmp_path: Path) -> None:
    """One run with an output of every ending writes what a run for each would."""
    outputs = [f"all{ending}" for ending in ENDINGS]
    done = score("reviews", *(word for name in outputs for word in ("-o", name)))
    assert (done.code, done.out) == (3, b"")
    for ending in ENDINGS:
        assert score("reviews", "-o", f"alone{ending}").code == 3
        assert (tmp_path / f"alone{ending}").read_bytes() == (
            tmp_path / f"all{ending}"
        ).read_bytes()


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_ending_chooses_the_format(score: Score, tmp_path: Path, ending: str) -> None:
    """A file's ending, in either case, means the same as naming its format."""
    named = score("reviews", "-f", ENDINGS[ending].value)
    for name in (f"out{ending}", f"OUT{ending.upper()}"):
        score("reviews", "-o", name)
        assert without_mark((tmp_path / name).read_bytes()) == named.out


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_goes_to_standard_output_and_to_a_file(
    score: Score, tmp_path: Path, name: str
) -> None:
    """The same bytes on standard output, by `-o -`, and, behind a CSV's mark, in a file."""
    plain = score("reviews", "-f", name)
    assert plain.out
    assert score("reviews", "-f", name, "-o", "-").out == plain.out
    assert score("reviews", "-f", name, "-o", "out").out == b""
    assert without_mark((tmp_path / "out").read_bytes()) == plain.out


def without_mark(data: bytes) -> bytes:
    """A file without the byte order mark by which spreadsheets know a CSV as UTF-8."""
    return data.removeprefix(codecs.BOM_UTF8)


def test_the_option_wins_over_an_ending(score: Score, tmp_path: Path) -> None:
    """With one output, `-f` decides what is in it."""
    score("reviews", "-f", "json", "-o", "team.csv")
    assert json.loads((tmp_path / "team.csv").read_bytes())["schema"] == "charter-score/results/v1"


def test_the_option_goes_with_one_output_only(score: Score, tmp_path: Path) -> None:
    """With several outputs `-f` is used wrongly: nothing is scored, nothing written."""
    done = score("reviews", "-f", "json", "-o", "a.csv", "-o", "b.json")
    assert (done.code, done.out) == (2, b"")
    assert names(tmp_path) == {"reviews", "small.yaml"}


@pytest.mark.parametrize("name", ["out", "out.txt", "out.", ".json", "out.json.gz", "out.hml"])
def test_an_unknown_ending_is_used_wrongly(score: Score, tmp_path: Path, name: str) -> None:
    """An ending that chooses nothing is refused with those that do; nothing is written."""
    done = score("reviews", "-o", name)
    assert done.code == 2
    assert ".json, .jsonl" in done.told
    assert ".html" in done.told
    assert names(tmp_path) == {"reviews", "small.yaml"}


def test_the_environment_sets_a_default(score: Score, tmp_path: Path) -> None:
    """The environment decides where neither option nor ending does."""
    wanted = score("reviews", "-f", "csv").out
    assert score("reviews", **{ENVIRONMENT: "csv"}).out == wanted
    assert score("reviews", "-o", "-", **{ENVIRONMENT: "csv"}).out == wanted
    assert score("reviews", "-f", "json", **{ENVIRONMENT: "csv"}).out.startswith(b'{"schema"')
    score("reviews", "-o", "out.md", **{ENVIRONMENT: "csv"})
    assert (tmp_path / "out.md").read_bytes().startswith(b"# Reviews")
    done = score("reviews", "-o", "-", "-o", "out.json", **{ENVIRONMENT: "csv"})
    assert done.out == wanted


def test_an_environment_that_names_no_format_is_used_wrongly(score: Score) -> None:
    """A name that is no format is refused with those that are."""
    done = score("reviews", **{ENVIRONMENT: "jason"})
    assert done.code == 2
    assert "json-lines" in done.told
    assert "jason" not in done.told


def test_one_file_cannot_be_two_outputs(score: Score, tmp_path: Path) -> None:
    """The same file twice, by whatever names, is refused."""
    (tmp_path / "link.json").symlink_to("out.json")
    for other in ("out.json", "./out.json", "link.json", "reviews/../out.json"):
        assert score("reviews", "-o", "out.json", "-o", other).code == 2
    assert score("reviews", "-o", "-", "-o", "-").code == 2
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize("name", [one for one in FORMATS if one not in ("full", "concise")])
def test_many_reviews_over_processes_are_as_in_one(score: Score, tmp_path: Path, name: str) -> None:
    """However the work is spread, the output has the same bytes."""
    for number in range(9):
        for review in (tmp_path / "reviews").glob("?-*.yaml"):
            shutil.copy(review, tmp_path / "reviews" / f"{number:02}-{review.name}")
    alone = score("reviews", "-f", name, "--jobs", "1")
    spread = score("reviews", "-f", name, "--jobs", "2")
    assert alone.code == spread.code == 3
    assert alone.out == spread.out


# ── Where it goes ─────────────────────────────────────────────────────────────────────────────────


def test_an_output_that_is_an_input_is_refused(score: Score, tmp_path: Path) -> None:
    """Named itself, found in a folder, behind a link or a glob: refused and left as it was."""
    review = tmp_path / "reviews/a-high.yaml"
    before = review.read_bytes()
    (tmp_path / "link.json").symlink_to("reviews/a-high.yaml")
    for words in (
        ("reviews/a-high.yaml", "-f", "json", "-o", "reviews/a-high.yaml"),
        ("reviews", "-f", "json", "-o", "reviews/a-high.yaml"),
        ("reviews/*.yaml", "-f", "json", "-o", "reviews/../reviews/a-high.yaml"),
        ("reviews/a-high.yaml", "-o", "link.json"),
    ):
        done = score(*words)
        assert done.code == 2, words
        assert "is also an input" in done.told
        assert review.read_bytes() == before
    assert names(tmp_path / "reviews") == {f"{name}.yaml" for name in _reviews()}


def _reviews() -> set[str]:
    from batches import REVIEWS

    return set(REVIEWS)


def test_results_of_an_earlier_run_may_be_replaced_in_their_folder(
    score: Score, tmp_path: Path
) -> None:
    """What charter-score wrote into the folder of reviews is no input, twice over."""
    for _ in range(2):
        assert score("reviews", "-o", "reviews/results.json").code == 3
    document = json.loads((tmp_path / "reviews/results.json").read_bytes())
    assert document["summary"]["reviews"] == 8


def test_a_new_file_is_its_owner_s_alone(score: Score, tmp_path: Path) -> None:
    """Results hold personal data: 0600, whatever the umask."""
    before = os.umask(0)
    try:
        for ending in ENDINGS:
            score("reviews", "-o", f"out{ending}")
            assert modes(tmp_path / f"out{ending}") == 0o600
    finally:
        os.umask(before)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o666])
def test_an_existing_file_keeps_its_mode(score: Score, tmp_path: Path, mode: int) -> None:
    """What the owner decided about the file stays decided."""
    target = tmp_path / "out.json"
    target.write_text("old")
    target.chmod(mode)
    score("reviews", "-o", "out.json")
    assert modes(target) == mode
    assert json.loads(target.read_bytes())["results"]


def test_a_link_is_followed(score: Score, tmp_path: Path) -> None:
    """The file behind a link is written, old or new, and the link stays one."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "old.json").write_text("old")
    (kept / "old.json").chmod(0o640)
    for name in ("old.json", "new.json"):
        (tmp_path / name).symlink_to(kept / name)
        score("reviews", "-o", name)
        assert (tmp_path / name).is_symlink()
        assert json.loads((kept / name).read_bytes())["results"]
    assert (modes(kept / "old.json"), modes(kept / "new.json")) == (0o640, 0o600)
    assert names(kept) == {"old.json", "new.json"}


@pytest.mark.parametrize("name", FORMATS)
def test_a_device_is_written_directly(score: Score, name: str) -> None:
    """`/dev/null` takes every format and stays what it is."""
    assert score("reviews", "-f", name, "-o", "/dev/null").code == 3
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.parametrize("name", ["json", "xlsx", "html"])
def test_a_pipe_is_written_directly(score: Score, tmp_path: Path, name: str) -> None:
    """A named pipe gets the whole output, and stays a pipe."""
    wanted = score("reviews", "-f", name).out
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    found: list[bytes] = []
    reader = threading.Thread(target=lambda: found.append(pipe.read_bytes()))
    reader.start()
    done = score("reviews", "-f", name, "-o", "pipe")
    reader.join(timeout=30)
    assert done.code == 3
    assert found == [wanted]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_an_output_that_cannot_be_written_is_four_and_the_others_are_written(
    score: Score, tmp_path: Path
) -> None:
    """A folder, a missing folder, a full disk: 4 with the reason, and nothing else is lost."""
    (tmp_path / "folder.json").mkdir()
    for bad in ("folder.json", "missing/out.json"):
        done = score("reviews", "-o", bad, "-o", "good.csv")
        assert done.code == 4
        assert bad in done.told
        assert (tmp_path / "good.csv").stat().st_size > 100
        (tmp_path / "good.csv").unlink()
    assert score("reviews", "-f", "json", "-o", "/dev/full").code == 4
    assert names(tmp_path) == {"reviews", "small.yaml", "folder.json"}


def test_a_read_only_folder_is_four_and_left_as_it_was(score: Score, tmp_path: Path) -> None:
    """Where no file can be made beside the target, the old one stays and nothing is left."""
    folder = tmp_path / "closed"
    folder.mkdir()
    (folder / "old.json").write_text("old")
    folder.chmod(0o500)
    for name in ("old.json", "new.json"):
        with modes_obeyed():
            done = score("reviews", "-o", f"closed/{name}")
        assert done.code == 4, done.told
        assert "permission denied" in done.told
    assert names(folder) == {"old.json"}
    assert (folder / "old.json").read_text() == "old"


def test_with_an_output_standard_output_is_silent(score: Score) -> None:
    """The verdict and one line of summary go to standard error."""
    done = score("reviews", "-o", "out.json", "--gate")
    assert done.out == b""
    assert "8 reviews: 6 scored, 1 could not be scored, 1 skipped" in done.told
    assert "Exit 3: 1 input could not be scored." in done.told
    assert "--gate also fails" in done.told


# ── The job summary ───────────────────────────────────────────────────────────────────────────────


def test_annotations_come_with_a_job_summary(score: Score, tmp_path: Path) -> None:
    """With `github` and a place for it, the run's Markdown is added to the job summary."""
    wanted = score("reviews", "-f", "markdown").out
    alone = score("reviews", "-f", "github")
    place = tmp_path / "summary.md"
    done = score("reviews", "-f", "github", **{JOB_SUMMARY: str(place)})
    assert (done.code, done.out) == (alone.code, alone.out)
    assert done.told == alone.told
    assert place.read_bytes() == wanted
    assert modes(place) == 0o600
    score("reviews", "-f", "github", "-o", "annotations", **{JOB_SUMMARY: str(place)})
    assert place.read_bytes() == wanted + b"\n" + wanted
    assert (tmp_path / "annotations").read_bytes() == alone.out


def test_the_environment_may_ask_for_annotations(score: Score, tmp_path: Path) -> None:
    """The format may come from the environment as well."""
    place = tmp_path / "summary.md"
    score("reviews", **{JOB_SUMMARY: str(place), ENVIRONMENT: "github"})
    assert place.read_bytes().startswith(b"# Reviews")


@pytest.mark.parametrize("name", [one for one in FORMATS if one != "github"])
def test_no_other_format_writes_a_job_summary(score: Score, tmp_path: Path, name: str) -> None:
    """Nothing is added to it unless annotations were asked for."""
    place = tmp_path / "summary.md"
    score("reviews", "-f", name, **{JOB_SUMMARY: str(place)})
    assert not place.exists()


@pytest.mark.at_length
@pytest.mark.parametrize("taken", some([900_000, 0, 1_040_000]))
def test_the_job_summary_stays_under_its_limit(score: Score, tmp_path: Path, taken: int) -> None:
    """What others wrote to it counts; GitHub shows nothing of more than 1 MiB."""
    text = (tmp_path / "reviews/b-low.yaml").read_text()
    reviews = (MOST_JOB_SUMMARY - taken) // 3_000 + 2
    for number in range(reviews):
        long = f"id: low-{number} {'W' * 4_000}"
        (tmp_path / f"reviews/low-{number}.yaml").write_text(text.replace("id: b-low", long))
    place = tmp_path / "summary.md"
    place.write_bytes(b"x" * taken)
    score("reviews", "-f", "github", **{JOB_SUMMARY: str(place)})
    data = place.read_bytes()
    assert data.startswith(b"x" * taken)
    assert taken < len(data) < MOST_JOB_SUMMARY
    assert f"{reviews + 6} reviews".encode() in data
    assert b" more reviews are too much for this page." in data


def test_a_job_summary_that_cannot_be_written_is_four(score: Score, tmp_path: Path) -> None:
    """The annotations are given all the same."""
    done = score("reviews", "-f", "github", **{JOB_SUMMARY: str(tmp_path / "missing/summary.md")})
    assert done.code == 4
    assert JOB_SUMMARY in done.told
    assert done.out == score("reviews", "-f", "github").out


# ── Who and what is shown ─────────────────────────────────────────────────────────────────────────

MARKED = """
rubric: small@1
id: marked
advisor: NAME-ADVISOR
reviewer: NAME-REVIEWER
team: TEAM
interaction: {date: 2016-05-04, channel: phone, reference: REFERENCE}
ratings:
  welcome:
    greeting: {rating: met, comment: SAID-MET, evidence: SAID-EVIDENCE}
    tone: {rating: not met, comment: SAID-MISSED, evidence: SAID-EVIDENCE}
    identity: {rating: met}
  close:
    level: {rating: fair, comment: SAID-LEVEL}
    thanks: {rating: n/a, comment: SAID-NA}
done_well: [SAID-WELL]
could_be_better: [SAID-BETTER]
notes: SAID-NOTES
actions: [{what: SAID-ACTION, who: NAME-WHO, by: 2016-06-01}]
advisor_comment: SAID-ADVISOR
acknowledged: 2016-05-06
disputes:
  - {section: welcome, criterion: tone, says: met, because: SAID-BECAUSE, on: 2016-05-05,
     outcome: not upheld, decided_by: NAME-DECIDER, decided_on: 2016-05-06, reason: SAID-REASON}
"""
ALL_NAMES = {"NAME-ADVISOR", "NAME-REVIEWER", "NAME-WHO", "NAME-DECIDER"}
ALL_COMMENTS = set(re.findall("SAID-[A-Z]+", MARKED))
RATED = {"SAID-MET", "SAID-MISSED", "SAID-LEVEL", "SAID-NA"}
MISSED = {"SAID-MISSED", "SAID-LEVEL"}
TWO = {"NAME-ADVISOR", "NAME-REVIEWER"}
ONE = {"NAME-ADVISOR"}
WHO = {"NAME-WHO"}  # who does something, which is free text


class Shows(NamedTuple):
    """The names and comments of a format: always, once they are asked for, and with both."""

    names: set[str]
    comments: set[str]
    more_names: set[str] = set()  # noqa: RUF012 - never changed
    more_comments: set[str] = set()  # noqa: RUF012 - never changed
    with_both: set[str] = set()  # noqa: RUF012 - never changed


SHOWN = {
    "full": Shows(ALL_NAMES, ALL_COMMENTS),
    "concise": Shows(set(), set(), ONE),
    "json": Shows(ALL_NAMES, ALL_COMMENTS),
    "json-lines": Shows(ALL_NAMES, ALL_COMMENTS),
    "csv": Shows(TWO, set()),
    "csv --long": Shows(TWO, RATED),
    "xlsx": Shows(ALL_NAMES, ALL_COMMENTS),
    "junit": Shows(set(), set(), TWO, MISSED | {"SAID-NA"}),
    "github": Shows(set(), set(), ONE, MISSED),
    "gitlab": Shows(set(), set(), ONE, MISSED),
    "markdown": Shows(set(), set(), ALL_NAMES - WHO, ALL_COMMENTS, WHO),
    "html": Shows(ALL_NAMES, ALL_COMMENTS),
}


def marks(data: bytes) -> set[str]:
    """The marked names and comments in an output; a workbook is unpacked."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = b"".join(archive.read(name) for name in archive.namelist())
    # Narrow tables are not broken inside of words.
    return {found.decode() for found in re.findall(rb"(?:NAME|SAID)-[A-Z]+", data)}


def test_every_format_is_held_to_what_it_shows() -> None:
    """No format can be added without saying here what it shows."""
    assert {name.split()[0] for name in SHOWN} == set(FORMATS)


@pytest.mark.parametrize("name", SHOWN)
def test_names_and_comments_are_shown_exactly_where_they_may(
    score: Score, tmp_path: Path, name: str
) -> None:
    """By default, with each option and with all: exactly these names, exactly these comments."""
    (tmp_path / "marked.yaml").write_text(MARKED)
    shows = SHOWN[name]

    def shown(*options: str) -> set[str]:
        done = score("marked.yaml", "-f", *name.split(), *options)
        assert done.code == 0
        assert marks(done.told.encode()) == set()
        return marks(done.out)

    plain = shows.names | shows.comments
    assert shown() == plain
    assert shown("--include-names") == plain | shows.more_names
    assert shown("--include-comments") == plain | shows.more_comments
    assert shown("--include-names", "--include-comments") == (
        plain | shows.more_names | shows.more_comments | shows.with_both
    )
    # Actions are free text, so whoever does them goes with them.
    uncommented = shows.names - {"NAME-WHO"}
    assert shown("--no-comments") == uncommented
    assert shown("--no-comments", "--include-comments") == uncommented
    assert shown("--no-comments", "--include-names") == uncommented | shows.more_names


def test_a_job_summary_shows_what_its_run_shows(score: Score, tmp_path: Path) -> None:
    """Names and comments come into the job summary only with the options that ask for them."""
    (tmp_path / "marked.yaml").write_text(MARKED)
    for options, wanted in (
        ((), set()),
        (("--include-names", "--include-comments"), ALL_NAMES | ALL_COMMENTS),
        (("--include-comments", "--no-comments"), set()),
    ):
        place = tmp_path / "summary.md"
        score("marked.yaml", "-f", "github", *options, **{JOB_SUMMARY: str(place)})
        assert marks(place.read_bytes()) == wanted
        place.unlink()


# ── Hostile files ─────────────────────────────────────────────────────────────────────────────────


def as_document(value: Any) -> Any:
    """A model as the document that would be read as it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, Model):
        return {
            field.alias or name: as_document(getattr(value, name))
            for name, field in type(value).model_fields.items()
            if getattr(value, name) not in (None, "", (), {})
        }
    if isinstance(value, Mapping):
        return {key: as_document(one) for key, one in value.items()}
    return [as_document(one) for one in value] if isinstance(value, tuple) else value


HOSTILE_NAMES = (
    *("::error::x", "=cmd", "%0A", "a\nb", "##[group]", "<script>", "@everyone #1", "a|b,c"),
    *("\x1b[31m", "\u202ereversed", "x" * 200, "-rf", "é" + "e\u0301", "' \"", "C:\\con"),
)


@pytest.fixture(name="hostile_folder")
def _hostile_folder(tmp_path: Path) -> Path:
    """Reviews that the reader takes, the hostile text in every field and in their names."""
    folder = tmp_path / "hostile"
    (folder / "reviews").mkdir(parents=True)
    rubric = as_document(hostile.rubric(hostile.READABLE_KEY))
    (folder / "rubric.json").write_text(
        json.dumps({**rubric, "description": hostile.READABLE_BRIEF})
    )
    review = as_document(hostile.review(hostile.READABLE_KEY))
    review |= {"rubric": "hostile", "notes": hostile.READABLE_BRIEF}
    for name in HOSTILE_NAMES:
        (folder / "reviews" / f"{name}.json").write_text(json.dumps(review))
    (folder / "reviews" / "::error::broken.json").write_text('{"rubric": "hostile", "ratings": {}}')
    return folder


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_files_are_scored_like_any_other(
    score: Score, hostile_folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Every format is written whole, and no text of a file is a command of the terminal or CI."""
    monkeypatch.chdir(hostile_folder)
    done = score("reviews", "-f", name, "--include-names", "--include-comments")
    assert done.code == 3
    assert f"{len(HOSTILE_NAMES)} scored" in done.told or done.out
    assert "duplicate-review-id" in done.told
    kept = {"xlsx": b"", "csv": b""}.get(name, done.out)
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", kept)
    assert b"\x1b" not in done.told.encode()
    if name == "github":
        lines = done.out.decode().splitlines()
        assert (
            len([line for line in lines if line.lstrip().startswith("::")]) == 20
        )  # ten of a kind
        assert all(line.startswith(("::error file=", "::warning file=", "charter-score: "))
                   for line in lines)  # fmt: skip
        assert b"##[" not in done.out
