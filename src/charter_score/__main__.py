"""Where the program begins and ends: `charter-score`, `score`, `python -m charter_score`."""

import errno
import gc
import io
import os
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType

from charter_score.errors import CharterScoreError, ExitCode, UsageError, shortage


def main() -> None:
    """Run `charter-score` and end the process with its exit code."""
    _end(lambda: _run(sys.argv[1:], "charter-score"))


def score_main() -> None:
    """Run `score`, which is `charter-score score`."""
    _end(lambda: _run(sys.argv[1:], "score"))


def _run(arguments: Sequence[str], program: str) -> int:
    """Run one command by way of typer, and give its exit code."""
    # Modules stay once they are loaded: looking for garbage among them only costs. The command goes
    # on with it once it is loaded too.
    gc.disable()
    from charter_score.cli import app as programs

    app = programs.score_app() if program == "score" else programs.app()
    try:
        returned = app(list(arguments), prog_name=program, standalone_mode=False)
    except SystemExit:
        # Typer's own way out when the reader of its help has gone away (`| head`).
        from charter_score.writing import quiet_output

        quiet_output()
        return ExitCode.OK
    finally:
        gc.enable()
    return returned if isinstance(returned, int) else ExitCode.OK


def _end(run: Callable[[], int]) -> None:
    """End the process with the exit code that a run earns, whatever happens in it."""
    for number in _TERMINATING:
        signal.signal(number, _terminate)
    try:
        code = run()
    except CharterScoreError as wrong:
        for mistake in wrong.each() if isinstance(wrong, UsageError) else (wrong,):
            _say(f"charter-score: {mistake}")
            if isinstance(mistake, UsageError) and mistake.hint:
                _say(f"    hint: {mistake.hint}")
        code = wrong.exit_code
    except KeyboardInterrupt as stopped:
        _say(_stopped("interrupted", stopped))
        code = ExitCode.INTERRUPTED
    except _Terminated as stopped:
        _say(_stopped("terminated", stopped))
        code = ExitCode.TERMINATED
    except Exception as defect:  # noqa: BLE001 - the last line of defence; exit code 70 says so
        code = _defect_or_usage(defect)
    sys.exit(int(code))


class _Terminated(BaseException):
    """SIGTERM came. No `Exception`, so that nothing that handles those takes it for one."""


def _terminate(number: int, frame: FrameType | None) -> None:
    del number, frame
    # Once is enough: a second one must not disturb the tidying up after the first.
    for every in _TERMINATING:
        signal.signal(every, signal.SIG_IGN)
    raise _Terminated


_TERMINATING = [
    # Windows sends no SIGTERM by itself: Ctrl-Break is its way to end what runs.
    getattr(signal, name)
    for name in ("SIGTERM", "SIGBREAK")
    if hasattr(signal, name)
]


def _stopped(how: str, stopped: BaseException) -> str:
    """What is said of a run that was stopped, with how far it came where the run has noted that."""
    far = "".join(f" {note}" for note in getattr(stopped, "__notes__", ()))
    return f"charter-score: {how}{far}; no file was left half written"


def _defect_or_usage(defect: Exception) -> int:
    """What typer refused (2), or else a defect of ours (70) with what to report."""
    show = getattr(defect, "show", None)
    if callable(show) and hasattr(defect, "exit_code"):
        # It repeats words of the command, and a pattern of the shell may have made them of names.
        refusal = io.StringIO()
        show(file=refusal)
        for line in refusal.getvalue().splitlines():
            _say(line)
        return ExitCode.USAGE
    if type(defect).__name__ == "Abort":
        _say(_stopped("interrupted", defect))
        return ExitCode.INTERRUPTED
    if said := shortage(defect) or _fault_around(defect):
        _say(f"charter-score: {said}")
        return ExitCode.NOT_WRITTEN
    if "--debug" in sys.argv:
        import traceback

        traceback.print_exc()
    from charter_score import __version__
    from charter_score.workers import what_and_where

    told = getattr(defect, "told", None) or what_and_where(defect)
    _say(
        f"charter-score {__version__}: a defect in charter-score, please report it: "
        f"{told} (--debug shows more)"
    )
    return ExitCode.DEFECT


def _fault_around(fault: Exception) -> str | None:
    """What is wrong around the program, where that is why a call failed; None for a defect of ours.

    Typer writes its help itself, so a full disk shows only here.
    """
    if not isinstance(fault, OSError):
        return None
    why = (fault.strerror or "it cannot be used").lower()
    try:
        os.getcwd()
    except OSError:
        return f"the current folder: {why}"
    # Windows has no quota by that name.
    if fault.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None), errno.EFBIG, errno.EIO):
        from charter_score.writing import quiet_output

        quiet_output()
        return f"standard output: {why}"
    return None


def _say(text: str) -> None:
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(_shown(text))
        sys.stderr.flush()
    except OSError:
        pass


def _shown(text: str) -> str:
    """A message as standard error can carry it."""
    try:
        from charter_score.render.text.console import for_encoding
        from charter_score.render.text.hostile import visible, without_commands

        return for_encoding(f"{without_commands(visible(text).rstrip())}\n", sys.stderr.encoding)
    except Exception as fault:
        if shortage(fault) is None:
            raise
        return f"{ascii(text)[1:-1]}\n"  # there is no handle left to load a module with


if __name__ == "__main__":
    main()
