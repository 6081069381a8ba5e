"""Where the program begins and ends: `charter-score`, `score`, `python -m charter_score`."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType

from charter_score.errors import CharterScoreError, ExitCode, UsageError


def main() -> None:
    """Run `charter-score` and end the process with its exit code."""
    _end(lambda: _run(sys.argv[1:], "charter-score"))


def score_main() -> None:
    """Run `score`, which is `charter-score score`."""
    _end(lambda: _run(["score", *sys.argv[1:]], "score"))


def _run(arguments: Sequence[str], program: str) -> int:
    """Run one command: the plain words of `score` at once, all else by way of typer."""
    from charter_score.cli.plain import plain_request

    request = plain_request(arguments, os.environ)
    if request is not None:
        from charter_score.cli.scoring import run_score

        return run_score(request)
    from charter_score.cli.app import app, score_app

    if program == "score":
        return _typer_code(score_app(list(arguments[1:]), prog_name="score", standalone_mode=False))
    return _typer_code(app(list(arguments), prog_name="charter-score", standalone_mode=False))


def _typer_code(returned: object) -> int:
    return returned if isinstance(returned, int) else ExitCode.OK


def _end(run: Callable[[], int]) -> None:
    """End the process with the exit code that a run earns, whatever happens in it."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        code = run()
    except CharterScoreError as wrong:
        _say(f"charter-score: {wrong}")
        if isinstance(wrong, UsageError) and wrong.hint:
            _say(f"    hint: {wrong.hint}")
        code = wrong.exit_code
    except KeyboardInterrupt:
        _say("charter-score: interrupted; no output was left half written")
        code = ExitCode.INTERRUPTED
    except _TerminatedError:
        _say("charter-score: terminated; no output was left half written")
        code = ExitCode.TERMINATED
    except Exception as defect:  # noqa: BLE001 - the last line of defence; exit code 70 says so
        code = _defect_or_usage(defect)
    sys.exit(int(code))


class _TerminatedError(Exception):
    """SIGTERM came."""


def _terminate(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise _TerminatedError


def _defect_or_usage(defect: Exception) -> int:
    """What typer refused (2), or else a defect of ours (70) with what to report."""
    show = getattr(defect, "show", None)
    if callable(show) and hasattr(defect, "exit_code"):
        show()
        return ExitCode.USAGE
    if type(defect).__name__ == "Abort":
        return ExitCode.INTERRUPTED
    if "--debug" in sys.argv:
        import traceback

        traceback.print_exc()
    where = defect.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = (
        f"{os.path.basename(where.tb_frame.f_code.co_filename)}:{where.tb_lineno}" if where else "?"
    )
    from charter_score import __version__

    _say(
        f"charter-score {__version__}: a defect in charter-score, please report it: "
        f"{type(defect).__name__} at {place} (--debug shows more)"
    )
    return ExitCode.DEFECT


def _say(text: str) -> None:
    from charter_score.render.hostile import visible

    if sys.stderr is None:
        return
    try:
        sys.stderr.write(visible(text) + "\n")
        sys.stderr.flush()
    except OSError:
        pass


if __name__ == "__main__":
    main()
