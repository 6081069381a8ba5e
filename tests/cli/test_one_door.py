"""Whatever a command reads is opened in one way: no hang, no end to memory, no fault of ours."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import needs
import programs
from charter_score.errors import shortage
from charter_score.source import files
from charter_score.source.files import RESULTS, SETTINGS, find_inputs, is_under, read_bytes
from effort import some
from programs import Run

RUBRIC = (
    'id: r\nversion: "1"\ntitle: R\nsections: [{id: s, title: S, criteria: [{id: a, title: A}]}]\n'
)
REVIEW = "rubric: ./r.yaml\nratings: {s: {a: met}}\n"
SECONDS = 60
"""What a run may take before it counts as hanging."""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a rubric, a review and results of an earlier run, as the current one."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in ("CHARTER_SCORE_OUTPUT_FORMAT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    Path("r.yaml").write_text(RUBRIC, encoding="utf-8")
    Path("a.yaml").write_text(REVIEW, encoding="utf-8")
    return folder


# ── What is no file ───────────────────────────────────────────────────────────────────────────────

READ_BY = {
    "a baseline": ("score", "a.yaml", "--baseline"),
    "a rubric": ("score", "a.yaml", "--rubric"),
    "a review": ("score",),
    "a form": ("new", "--from"),
}


@needs.NAMED_PIPES
@pytest.mark.parametrize("words", READ_BY.values(), ids=READ_BY)
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_pipe_or_a_device_is_refused(words: tuple[str, ...], kind: str) -> None:
    """Nothing hangs and nothing is read without end; the way out is named."""
    name = "x.yaml"
    if kind == "pipe":
        os.mkfifo(name)
    else:
        Path(name).symlink_to("/dev/zero")
    done = programs.run(*words, name)
    assert done.returncode == (2 if "--baseline" in words else 3)
    assert "this is a pipe or a device, not a file" in done.stderr
    assert "hint: write what it gives to a file first, and name that" in done.stderr


@needs.NAMED_DESCRIPTORS
def test_a_baseline_by_process_substitution() -> None:
    """`--baseline <(…)` is a pipe and is refused; following the hint works."""
    assert programs.run("score", "a.yaml", "-o", "base.json").returncode == 0
    program = f"{sys.executable} -m charter_score score a.yaml --baseline"
    done = subprocess.run(
        [
            "bash",
            "-c",
            f"{program} <(cat base.json); cat base.json > copy.json && {program} copy.json",
        ],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert "this is a pipe or a device, not a file" in done.stderr
    assert "--baseline passes" in done.stderr
    assert done.returncode == 0


@needs.NAMED_PIPES
@pytest.mark.parametrize("name", ["charter-score.toml", "pyproject.toml"])
def test_settings_that_are_no_file(name: str) -> None:
    """A settings file may hold a gate, so one that cannot be read is not passed over."""
    os.mkfifo(name)
    done = programs.run("score", "a.yaml")
    assert done.returncode == 2
    assert done.stderr.startswith(f"charter-score: {name}: this is a pipe or a device, not a file")


def test_an_output_that_may_be_the_rubric(run: Run) -> None:
    """What stands at `-o` is looked at by the same way: a link to a device is only written to."""
    Path("x.html").symlink_to("/dev/null")
    assert run("rubrics", "./r.yaml", "-o", "x.html")[0] == 0
    Path("copy.md").write_text(RUBRIC, encoding="utf-8")
    code, _, err = run("rubrics", "./r.yaml", "-o", "copy.md")
    assert (code, "is the rubric itself" in err) == (2, True)


# ── How large ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "size", "words", "told"),
    [
        ("x.json", RESULTS.bytes, ("score", "a.yaml", "--baseline", "x.json"), "500 MB"),
        ("charter-score.toml", SETTINGS.bytes, ("score", "a.yaml"), "1 MB"),
        ("x.yaml", 5_000_000, ("score", "a.yaml", "--rubric", "x.yaml"), "5 MB"),
    ],
)
def test_each_document_has_a_limit(
    name: str, size: int, words: tuple[str, ...], told: str, run: Run
) -> None:
    """One byte over it is refused before anything is read, with what to do."""
    with Path(name).open("wb") as file:
        file.truncate(size + 1)
    code, _, err = run(*words)
    assert code in (2, 3)
    assert f"the file is larger than {told}" in err
    assert "hint: " in err


def test_results_may_be_larger_than_a_review(run: Run) -> None:
    """A baseline of more than five million bytes is read."""
    assert run("score", "a.yaml", "-o", "base.json")[0] == 0
    with Path("base.json").open("ab") as file:
        file.write(b" " * 6_000_000)
    code, _, err = run("score", "a.yaml", "--baseline", "base.json")
    assert (code, "--baseline passes" in err) == (0, True)


def test_results_larger_than_a_review_may_lie_beside_reviews(run: Run) -> None:
    """A large month is scored into its own folder as often as wanted, as a small one is."""
    Path("month").mkdir()
    Path("month/a.yaml").write_text(REVIEW.replace("./", "../"), encoding="utf-8")
    for _ in range(2):
        code, _, err = run("score", "month", "-v", "-o", "month/results.json")
        assert (code, "too-large" in err) == (0, False)
        with Path("month/results.json").open("ab") as file:
            file.write(b" " * 6_000_000)
    code, _, err = run("score", "month", "-v")
    assert (code, "month/results.json: written by charter-score, left out" in err) == (0, True)


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("kind", ["json", "json-lines"])
def test_results_as_a_windows_editor_saves_them(
    kind: str, mark: bytes, ending: bytes, run: Run
) -> None:
    """A byte order mark and CR LF change nothing."""
    assert run("score", "a.yaml", "-f", kind, "-o", "base.json")[0] == 0
    data = Path("base.json").read_bytes()
    Path("base.json").write_bytes(mark + data.replace(b"\n", ending))
    assert run("score", "a.yaml", "--baseline", "base.json")[0] == 0


# ── Where the system does not tell ────────────────────────────────────────────────────────────────


def failing_for(
    name: str, plain: Callable[..., Any], number: int = errno.EIO
) -> Callable[..., Any]:
    """A function of the system that fails for one name."""

    def call(path: Any, *rest: Any, **more: Any) -> Any:
        if os.path.basename(str(path)) == name:
            raise OSError(number, os.strerror(number))
        return plain(path, *rest, **more)

    return call


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES, errno.ENOMEM])
@pytest.mark.parametrize("call", ["stat", "lstat"])
@pytest.mark.parametrize("target", ["a.yaml", "link.json", "hard.json", "folder/b.yaml"])
@pytest.mark.parametrize("failing", ["target", "a.yaml"])
def test_a_failing_stat_lets_no_output_take_an_input(
    failing: str, target: str, call: str, number: int, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system does not tell what a file is, it is not written over, whatever fails."""
    Path("folder").mkdir()
    Path("folder/b.yaml").write_text(REVIEW.replace("./", "../"), encoding="utf-8")
    Path("link.json").symlink_to("a.yaml")
    os.link("a.yaml", "hard.json")
    before = {name: Path(name).read_bytes() for name in ("a.yaml", "folder/b.yaml")}
    name = os.path.basename(target) if failing == "target" else failing
    with monkeypatch.context() as patch:
        patch.setattr(os, call, failing_for(name, getattr(os, call), number))
        code, _, err = run("score", "a.yaml", "folder", "-f", "json", "-o", target)
    assert code in (2, 4), err
    assert target in err
    assert {name: Path(name).read_bytes() for name in before} == before
    assert Path("link.json").is_symlink()


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES])
def test_one_output_that_cannot_be_looked_at(
    number: int, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is lost and told, 4; the others are written."""
    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", failing_for("x.json", os.stat, number))
        code, _, err = run("score", "a.yaml", "-o", "x.json", "-o", "y.csv")
    assert (code, sorted(os.listdir())) == (4, ["a.yaml", "r.yaml", "y.csv"])
    assert f"x.json: {os.strerror(number).lower()}" in err


@pytest.mark.parametrize("place", ["named", "in a folder"])
def test_a_hard_link_to_an_input_is_the_input(place: str, run: Run) -> None:
    """An `-o` that is the same file by another name is refused, and the file stays as it was."""
    Path("folder").mkdir()
    Path("folder/b.yaml").write_text(REVIEW.replace("./", "../"), encoding="utf-8")
    source = "a.yaml" if place == "named" else "folder/b.yaml"
    os.link(source, "out.json")
    before = Path(source).read_bytes()
    code, _, err = run("score", "a.yaml" if place == "named" else "folder", "-o", "out.json")
    assert code == 2
    assert err == "charter-score: -o out.json is also an input; it was not touched\n"
    assert Path(source).read_bytes() == before


@pytest.mark.parametrize("link", [os.symlink, os.link])
@pytest.mark.parametrize("source", ["r.yaml", "b.yaml", "form.xlsx"])
@pytest.mark.parametrize("ending", ["json", "html", "csv", "md"])
def test_a_link_with_another_ending_than_its_file(
    link: Callable[[str, str], None], source: str, ending: str, run: Run
) -> None:
    """A rubric or a review is never replaced by results, whatever name leads to it."""
    Path("b.yaml").write_text(REVIEW, encoding="utf-8")
    if source == "form.xlsx":
        assert run("new", "./r.yaml", "-o", source)[0] == 0
    link(source, f"out.{ending}")
    before = Path(source).read_bytes()
    code, _, err = run("score", "a.yaml", "-o", f"out.{ending}")
    assert (code, Path(source).read_bytes()) == (2, before)
    assert "it was not touched" in err


@pytest.mark.parametrize("name", ["rubrics/q.yaml", "link.yaml"])
def test_a_new_review_in_the_place_of_its_rubric(name: str, run: Run) -> None:
    """With --force too, and where the rubric was named by its id."""
    Path("rubrics").mkdir()
    Path("rubrics/q.yaml").write_text(RUBRIC.replace("id: r", "id: q"), encoding="utf-8")
    Path("link.yaml").symlink_to("rubrics/q.yaml")
    before = Path("rubrics/q.yaml").read_bytes()
    code, _, err = run("new", "q", "--rubrics", "rubrics", "-o", name, "--force")
    assert (code, Path("rubrics/q.yaml").read_bytes()) == (2, before)
    assert "is the rubric itself; it was not touched" in err


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES])
def test_settings_that_cannot_be_looked_at(
    number: int, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They may hold a gate, so the run does not go on without them."""
    Path("charter-score.toml").write_text("fail-under = 100\n", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(os, "lstat", failing_for("charter-score.toml", os.lstat, number))
        code, _, err = run("score", "a.yaml")
    assert code == 2
    assert err == f"charter-score: charter-score.toml: {os.strerror(number).lower()}\n"


# ── Folders that fail half-way ────────────────────────────────────────────────────────────────────


class HalfWay:
    """A listing of a folder that gives some entries and then fails."""

    def __init__(self, entries: Any, number: int) -> None:
        self._entries = entries
        self._number = number

    def __enter__(self) -> "HalfWay":
        return self

    def __exit__(self, *_: object) -> None:
        self._entries.close()

    def __iter__(self) -> Iterator[Any]:
        every = sorted(self._entries, key=lambda entry: entry.name)
        yield from every[: self._number]
        raise OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.mark.parametrize("at", ["folder", "folder/m"])
@pytest.mark.parametrize("outside", [False, True])
def test_a_folder_that_fails_half_way(
    at: str, run: Run, monkeypatch: pytest.MonkeyPatch, *, outside: bool
) -> None:
    """What was listed before is scored, and that it may not be all is told: 3."""
    for name in ("folder/a", "folder/m/a", "folder/m/b", "folder/n", "folder/o"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        text = REVIEW.replace("./r.yaml", "r")
        Path(f"{name}.yaml").write_text(text, encoding="utf-8")
    Path("rubrics").mkdir()
    os.rename("r.yaml", "rubrics/r.yaml")
    scandir = os.scandir

    def listed(path: Any) -> Any:
        entries = scandir(path)
        half = os.path.normpath(path).endswith(os.path.normpath(at))
        return HalfWay(entries, 1 if at != "folder" else 3) if half else entries

    folder, rubrics = "folder", "rubrics"
    if outside:
        Path("elsewhere").mkdir()
        monkeypatch.chdir("elsewhere")
        folder, rubrics = "../folder", "../rubrics"
    with monkeypatch.context() as patch:
        patch.setattr(files.os, "scandir", listed)
        code, out, err = run("score", folder, "--rubrics", rubrics, "-f", "csv")
    assert code == 3
    assert err.count("error[unreadable] input/output error") == 1
    shown = [line.split(",")[1] for line in out.splitlines()[1:]]
    expected = {
        "folder": ["folder/a.yaml", "folder/m/a.yaml", "folder/m/b.yaml", "folder/n.yaml"],
        "folder/m": ["folder/a.yaml", "folder/m/a.yaml", "folder/n.yaml", "folder/o.yaml"],
    }[at]
    assert sorted(shown) == sorted(Path(one).name if outside else one for one in expected)


def test_an_entry_that_cannot_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a disk fails over one entry, the others are found, and the folder is told of."""
    Path("folder").mkdir()
    for name in ("a", "b", "c"):
        Path(f"folder/{name}.yaml").write_text(REVIEW, encoding="utf-8")
    scandir = os.scandir

    class Entry:
        def __init__(self, entry: Any) -> None:
            self.name, self._entry = entry.name, entry

        def is_dir(self, **more: Any) -> bool:
            if self.name == "b.yaml":
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return bool(self._entry.is_dir(**more))

        def is_symlink(self) -> bool:
            return bool(self._entry.is_symlink())

    class Listing(HalfWay):
        def __iter__(self) -> Iterator[Any]:
            yield from map(Entry, self._entries)

    monkeypatch.setattr(files.os, "scandir", lambda path: Listing(scandir(path), 0))
    inputs, problems = find_inputs(["folder"])
    assert [one.shown for one in inputs] == ["folder/a.yaml", "folder/c.yaml"]
    assert [(one.code, one.path) for one in problems] == [("unreadable", "folder")]


# ── Nothing left ──────────────────────────────────────────────────────────────────────────────────

LIMITED = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({0}, {0}))"


COMMANDS = ("score reviews --jobs 4 -f json", "score a.yaml -o o.html", "check .", "explain a.yaml")
HANDLES = (4, 5, 8, 12, 3, 6)
WITH_HANDLES = [
    (words, HANDLES[(turn + number) % len(HANDLES)])
    for turn in range(len(HANDLES))
    for number, words in enumerate(COMMANDS)
]
"""Each command with each number of handles; at first each command once."""


@needs.HANDLE_LIMIT
@pytest.mark.at_length
@pytest.mark.parametrize(("words", "handles"), some(WITH_HANDLES, 4))
def test_without_handles(words: str, handles: int) -> None:
    """Never a defect: the work is done, or what was lacking is said; nothing is left behind."""
    Path("reviews").mkdir()
    for number in range(80):
        text = REVIEW.replace("./", "../")
        Path(f"reviews/{number:03}.yaml").write_text(text, encoding="utf-8")
    done = programs.fresh(*words.split(), before=LIMITED.format(handles), text=True)
    assert done.returncode in (0, 3, 4), done.stderr
    assert "defect" not in done.stderr
    assert "Traceback" not in done.stderr
    if done.returncode:
        assert "too many open files" in done.stderr
    assert {name for name in os.listdir() if name.startswith(".")} == set()


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (MemoryError(), "there is not enough memory"),
        (OSError(errno.EMFILE, "x"), os.strerror(errno.EMFILE).lower()),
        (OSError(errno.ENOMEM, "x"), os.strerror(errno.ENOMEM).lower()),
        (ImportError(f"libx.so: {os.strerror(errno.EMFILE)}"), os.strerror(errno.EMFILE).lower()),
    ],
    ids=str,
)
def test_a_file_for_which_there_is_no_room(
    fault: Exception, why: str, jobs: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a failure of that file, and the rest are scored."""
    from charter_score import pipeline

    Path("reviews").mkdir()
    for number in range(80):
        text = REVIEW.replace("./", "../")
        Path(f"reviews/{number:03}.yaml").write_text(text, encoding="utf-8")
    plain = pipeline.read_documents

    def read(data: bytes, shown: str) -> Any:
        if shown == "reviews/042.yaml":
            raise fault
        return plain(data, shown)

    monkeypatch.setattr(pipeline, "read_documents", read)
    code, out, err = run("score", "reviews", "-f", "csv", "--jobs", jobs)
    assert code == 3
    assert len(out.splitlines()) == 80
    assert f"reviews/042.yaml: error[unreadable] {why}" in err
    code, _, err = run("check", "reviews")
    assert (code, err.count("error[")) == (1, 1)


def test_without_memory_at_all(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What no file is to blame for is said in one line, and is no defect: 4."""
    from charter_score.cli import score

    def nothing(*_: Any) -> Any:
        raise MemoryError

    Path("out.json").write_bytes(b'{"schema": "charter-score/old"}')
    monkeypatch.setattr(score._Run, "take", nothing)
    code, out, err = run("score", "a.yaml", "-o", "out.json")
    assert (code, out, err) == (4, "", "charter-score: there is not enough memory\n")
    assert Path("out.json").read_bytes() == b'{"schema": "charter-score/old"}'
    assert sorted(os.listdir()) == ["a.yaml", "out.json", "r.yaml"]


# ── Paths of another system ───────────────────────────────────────────────────────────────────────


def test_paths_of_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drives, back slashes and capital letters: shown with `/`, told apart as Windows does."""
    import ntpath

    monkeypatch.setattr(files.os, "path", ntpath)
    monkeypatch.setattr(files.os, "sep", "\\")
    monkeypatch.setattr(files.os, "getcwd", lambda: "C:\\Quality\\Month")
    monkeypatch.setattr(ntpath, "abspath", lambda path: ntpath.join("C:\\Quality\\Month", path))
    shown = files.shown_path
    assert shown("a\\b.yaml") == "a/b.yaml"
    assert shown("c:\\quality\\month\\A.yaml") == "A.yaml"
    assert shown("C:\\Quality\\Month") == "."
    assert shown("D:\\other\\x.yaml") == "x.yaml"
    assert shown("D:\\") == "D:/"
    assert is_under("C:\\Quality\\MONTH\\a", "c:\\quality\\month")
    assert not is_under("C:\\Quality\\Months\\a", "c:\\quality\\month")
    assert not is_under("D:\\Quality\\Month\\a", "C:\\Quality\\Month")


def test_every_byte_as_it_is() -> None:
    """Where a system has a mode for it, files are opened so that no line end is changed."""
    for name in ("O_BINARY", "O_CLOEXEC", "O_NONBLOCK"):
        wanted = getattr(os, name, 0)
        assert files._READING & wanted == wanted
    Path("x.yaml").write_bytes(b"a\r\n\x1ab")
    assert read_bytes("x.yaml", "x.yaml") == b"a\r\n\x1ab"


def test_a_folder_that_cannot_be_opened_is_called_one(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows opens no folder and calls that a lack of permission."""
    Path("folder.yaml").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", failing_for("folder.yaml", os.open, errno.EACCES))
        code, _, err = run("score", "a.yaml", "--rubric", "folder.yaml")
    assert code == 3
    assert "this is a folder, not a file" in err


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x.so: failed to map segment from shared object", "there is not enough memory"),
        ("x.so: cannot allocate memory in static TLS block", "there is not enough memory"),
        (f"x.so: {os.strerror(errno.EMFILE)}", os.strerror(errno.EMFILE).lower()),
        ("x.so: failed to map segment from shared object: Operation not permitted", None),
        ("No module named 'x'", None),
    ],
)
def test_what_the_linker_says_of_a_shortage(text: str, why: str | None) -> None:
    """An extension module for which there is no room is no defect of ours."""
    assert shortage(ImportError(text)) == why
