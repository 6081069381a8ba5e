"""The programs as typer apps: `charter-score` with all its commands, and `score` alone."""

from importlib import import_module
from typing import Annotated

import typer

from charter_score.cli.commands import EXAMPLE, CommandGroup, Group
from charter_score.cli.options import show_version


class Commands(CommandGroup):
    """All commands; each stands in the module that is called as it is."""

    headings = {  # noqa: RUF012 - nothing changes it
        "Commands": ("score", "check", "new", "fill", "rubrics", "explain"),
        "Fairness": ("dispute", "selftest"),
        "For other programs": ("schema",),
    }

    def load(self, name: str) -> typer.Typer:
        """The app of a command, from its module."""
        app: typer.Typer = import_module(f"charter_score.cli.{name}").COMMAND.app()
        return app


def app() -> typer.Typer:
    """The program `charter-score`."""
    program = Group(
        Commands,
        help="Scores customer-service reviews against a rubric, exactly and honestly.",
        short_help="",
        epilog=f"Start with: {EXAMPLE}, then: score example.yaml",
    ).app(with_completion=True)
    program.callback()(_version)
    return program


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


def score_app() -> typer.Typer:
    """The program `score`."""
    from charter_score.cli.score import COMMAND

    return COMMAND.app(with_completion=True)
