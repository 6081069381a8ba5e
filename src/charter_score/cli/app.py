"""The programs as commands of typer: `charter-score` with all its commands, and `score` alone."""

from functools import cache
from typing import Annotated, Any

import typer
import typer.main

from charter_score.cli.commands import EXAMPLE, CommandGroup, Group
from charter_score.cli.options import show_version


class Commands(CommandGroup):
    """All commands, each in the module that is called as it is."""

    headings = {  # noqa: RUF012 - nothing changes it
        "Commands": ("score", "check", "new", "fill", "rubrics", "explain"),
        "Tables": ("map",),
        "Teams": ("report",),
        "Fairness": ("dispute", "disputes", "calibrate", "sample", "verify", "subject", "selftest"),
        "For other programs": ("schema",),
    }

    def load(self, name: str) -> typer.Typer:
        """The app of a command, from its module: no other is imported."""
        match name:
            case "score":
                from charter_score.cli import score

                return score.COMMAND.app()
            case "check":
                from charter_score.cli import check

                return check.COMMAND.app()
            case "new":
                from charter_score.cli import new

                return new.COMMAND.app()
            case "fill":
                from charter_score.cli import fill

                return fill.COMMAND.app()
            case "rubrics":
                from charter_score.cli import rubrics

                return rubrics.COMMAND.app()
            case "explain":
                from charter_score.cli import explain

                return explain.COMMAND.app()
            case "map":
                from charter_score.cli import map as map_

                return map_.COMMAND.app()
            case "report":
                from charter_score.cli import report

                return report.COMMAND.app()
            case "dispute":
                from charter_score.cli import dispute

                return dispute.COMMAND.app()
            case "calibrate":
                from charter_score.cli import calibrate

                return calibrate.COMMAND.app()
            case "sample":
                from charter_score.cli import sample

                return sample.COMMAND.app()
            case "verify":
                from charter_score.cli import verify

                return verify.COMMAND.app()
            case "subject":
                from charter_score.cli import subject

                return subject.COMMAND.app()
            case "disputes":
                from charter_score.cli import disputes

                return disputes.COMMAND.app()
            case "selftest":
                from charter_score.cli import selftest

                return selftest.COMMAND.app()
            case "schema":
                from charter_score.cli import schema

                return schema.COMMAND.app()
            case _:
                raise KeyError(name)


@cache
def app() -> Any:
    """The program `charter-score`, made once however often a process runs it."""
    program = Group(
        Commands,
        help="Scores customer-service reviews against a rubric, exactly and honestly.",
        short_help="",
        epilog=f"Start with: {EXAMPLE}, then: score example.yaml",
    ).app(with_completion=True)
    program.callback()(_version)
    return typer.main.get_command(program)


def _version(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    del version


@cache
def score_app() -> Any:
    """The program `score`, made once as well."""
    from charter_score.cli.score import COMMAND

    return typer.main.get_command(COMMAND.app(with_completion=True))
