"""The same bytes on every system: without what only POSIX has, in any encoding, by fresh workers.

Windows and macOS are not here. What they lack can be taken away before Python begins, in a
`sitecustomize` that worker processes read too: then whoever leans on it fails here as well.
"""

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

import programs
from effort import some

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples" / "plymouth"
RUBRIC = "plymouth-quality-monitoring"
FEW, ENOUGH_TO_SHARE = 3, 70
"""Reviews in the folder: a few, and as many as are shared between processes."""
ADVISOR = "Kōwhai Māhina-Ōtara"

ELSEWHERE = """
import errno, multiprocessing, os, signal, sys

for module, names in {
    os: (
        "O_CLOEXEC O_NONBLOCK O_NOCTTY fchmod fchown fork forkpty sched_getaffinity "
        "posix_spawn getuid geteuid EX_OK EX_USAGE"
    ),
    signal: (
        "pthread_sigmask SIG_BLOCK SIG_UNBLOCK SIG_SETMASK SIGALRM SIGHUP SIGPIPE alarm setitimer"
    ),
    errno: "EDQUOT",
}.items():
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
for name in ("fcntl", "readline", "resource", "termios"):
    sys.modules[name] = None
multiprocessing.set_start_method("spawn")
contexts = multiprocessing.context._concrete_contexts
for method in [name for name in contexts if name != "spawn"]:
    del contexts[method]
if sys.stdout is not None:
    sys.stdout.reconfigure(newline="\\r\\n")
if "--multiprocessing-fork" in sys.orig_argv:
    open(os.path.join(os.environ["STARTED"], str(os.getpid())), "w").close()
"""
"""Windows, as far as Linux can be it: names taken away, `spawn` alone, CR LF behind each line."""

SPAWNING = "from charter_score import workers\nworkers.FEWEST['spawn'] = workers.FEWEST['fork']\n"
"""Begins to share the work between processes as early as where they are forks."""


class Ran(NamedTuple):
    """What a command gave: its code, both streams, every file with its mode, its processes."""

    code: int
    out: bytes
    err: bytes
    files: dict[str, tuple[bytes, int]]
    spawned: int


def ran(
    folder: Path,
    *words: str,
    given: bytes = b"",
    elsewhere: bool = False,
    reviews: int = FEW,
    **environment: str,
) -> Ran:
    """Run the program in a fresh folder of reviews, here or with POSIX hidden."""
    here = folder / "work"
    started, hidden = folder / "started", folder / "hidden"
    for made in (here / "reviews", started, hidden):
        made.mkdir(parents=True)
    nameless = re.sub(r"^id: .*\n", "", (EXAMPLES / "strong.yaml").read_text("utf-8"), flags=re.M)
    text = re.sub(r"^advisor: .*$", f"advisor: {ADVISOR}", nameless, flags=re.M)
    assert ADVISOR in text
    for number in range(reviews):
        (here / "reviews" / f"{number:03}.yaml").write_text(text, encoding="utf-8")
    (here / "one.yaml").write_text(text, encoding="utf-8")
    (here / "bad.yaml").write_text("ratings: [", encoding="utf-8")
    if elsewhere:
        (hidden / "sitecustomize.py").write_text(ELSEWHERE, encoding="utf-8")
    variables: Mapping[str, str] = {
        **{name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "HOME") if name in os.environ},
        "PYTHONPATH": str(hidden),
        "STARTED": str(started),
        **environment,
    }
    if elsewhere or environment.keys() - {"PYTHONIOENCODING"}:
        done = programs.fresh(*words, before=SPAWNING, cwd=here, env=variables, input=given)
    else:
        done = programs.run_binary(*words, cwd=here, given=given, **environment)
    files = {
        path.relative_to(here).as_posix(): (path.read_bytes(), stat.S_IMODE(path.stat().st_mode))
        for path in sorted(here.rglob("*"))
        if path.is_file() and path.parent.name != "reviews"
    }
    return Ran(done.returncode, done.stdout, done.stderr, files, len(list(started.iterdir())))


COMMANDS = [
    "score one.yaml",
    "score reviews --jobs 2 -o o.json -o o.csv -o o.html -o o.xlsx -o o.md",
    "check one.yaml bad.yaml reviews",
    f"new {RUBRIC} -o new.xlsx",
    "score one.yaml bad.yaml missing.yaml -f json",
    "score reviews --jobs 2",
    "score reviews -f json --jobs 2",
    f"new {RUBRIC}",
    f"new {RUBRIC} -o new.yaml",
    "explain one.yaml",
    "rubrics",
    f"rubrics {RUBRIC} -f html",
    "schema review",
    "score reviews -f csv --jobs 2",
    "score reviews -f junit --include-names --jobs 2",
    f"selftest {RUBRIC}",
]
"""What people do all day, once each; those that share the work between processes with `--jobs`."""


@pytest.mark.at_length
@pytest.mark.parametrize("command", some(COMMANDS, 4))
def test_the_same_bytes_without_posix(command: str, tmp_path: Path) -> None:
    """Codes, both streams, files and their modes are the same, and it was `spawn` that worked."""
    words = command.split()
    reviews = ENOUGH_TO_SHARE if "--jobs" in words else FEW
    here = ran(tmp_path / "here", *words, reviews=reviews)
    elsewhere = ran(tmp_path / "elsewhere", *words, reviews=reviews, elsewhere=True)
    assert here.code in (0, 1, 3), here.err
    assert elsewhere._replace(spawned=0) == here
    assert elsewhere.spawned == (2 if "--jobs" in words else 0)


def test_answers_are_saved_without_posix(tmp_path: Path) -> None:
    """`fill` asks, hears and saves the same."""
    words = ["fill", "new.yaml", "--rubric", RUBRIC]
    answers = f"{ADVISOR}\nRāwiri\nmet\n".encode()
    here = ran(tmp_path / "here", *words, given=answers)
    elsewhere = ran(tmp_path / "elsewhere", *words, given=answers, elsewhere=True)
    assert f"advisor: {ADVISOR}\n" in here.files["new.yaml"][0].decode("utf-8")
    assert elsewhere == here


# ── Encodings ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "iso-8859-1"])
@pytest.mark.parametrize(
    "command",
    [
        "score reviews -f json",
        "score reviews -f json-lines",
        "score reviews -f csv",
        "score reviews -f junit --include-names",
        "score reviews -f github --include-names",
        "score reviews -f gitlab --include-names",
        "score reviews -f markdown --include-names",
        "score reviews -f html --include-names",
        f"new {RUBRIC}",
        f"rubrics {RUBRIC} -f markdown",
        f"rubrics {RUBRIC} -f html",
    ],
)
def test_what_programs_read_is_utf_8(command: str, encoding: str, tmp_path: Path) -> None:
    """Whatever the console's encoding, the bytes are those of UTF-8."""
    words = command.split()
    usual = ran(tmp_path / "utf-8", *words, PYTHONIOENCODING="utf-8")
    assert usual.code == 0
    assert ran(tmp_path / encoding, *words, PYTHONIOENCODING=encoding).out == usual.out


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
@pytest.mark.parametrize(
    "command", ["score one.yaml", "score reviews --include-names", "explain one.yaml", "rubrics"]
)
def test_what_people_read_in_any_encoding(command: str, encoding: str, tmp_path: Path) -> None:
    """Signs of ours have stand-ins, other characters that are missing are named; none is lost."""
    words = command.split()
    usual = ran(tmp_path / "utf-8", *words, PYTHONIOENCODING="utf-8")
    other = ran(tmp_path / encoding, *words, PYTHONIOENCODING=encoding)
    assert other.code == usual.code == 0
    text = other.out.decode(encoding)
    assert len(text.splitlines()) == len(usual.out.decode("utf-8").splitlines())
    if ADVISOR in usual.out.decode("utf-8"):
        assert ADVISOR.encode(encoding, "backslashreplace").decode(encoding) in text
    assert not re.search("[█░─]", text)
    assert b"\\u2500" not in other.out
    assert b"\\u25" not in other.out


def test_standard_error_in_any_encoding(tmp_path: Path) -> None:
    """A name that the console lacks is no fault, and signs of ours have stand-ins there too."""
    other = ran(tmp_path, "score", "ngā–mihi.yaml", PYTHONIOENCODING="ascii", PYTHONUTF8="1")
    assert other.code == 3
    assert b"ng\\u0101-mihi.yaml: error[not-found]" in other.err


@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "cp1252"},
        {"PYTHONIOENCODING": "iso-8859-1"},
    ],
    ids=str,
)
def test_te_reo_under_any_locale(locale: dict[str, str], tmp_path: Path) -> None:
    """A macron that is typed as UTF-8 is saved as itself, and shown as far as the console can."""
    answers = f"{ADVISOR}\n".encode()
    done = ran(tmp_path, "fill", "new.yaml", "--rubric", RUBRIC, given=answers, **locale)
    assert f"advisor: {ADVISOR}\n" in done.files["new.yaml"][0].decode("utf-8")


def test_typed_in_the_encoding_of_the_console(tmp_path: Path) -> None:
    """What is no UTF-8 is read as the console's encoding has it."""
    answers = "Zoë Brontë\n".encode("cp1252")
    done = ran(
        tmp_path,
        *["fill", "new.yaml", "--rubric", RUBRIC],
        given=answers,
        PYTHONIOENCODING="cp1252",
    )
    assert "advisor: Zoë Brontë\n" in done.files["new.yaml"][0].decode("utf-8")
