"""Commands and groups of commands as typer knows them, made from options that are declared once."""

import gc
import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Generic

import typer
from typer.core import TyperCommand, TyperGroup

from charter_score.cli.options import O_, Options, checked, shown_as
from charter_score.diagnostics import did_you_mean
from charter_score.errors import ExitCode, UsageError, all_of

EXAMPLE = "charter-score new --example plymouth-quality-monitoring -o example.yaml"
"""How to come by something to try, wherever the program was installed from."""

_HELP_OPTIONS = {"help_option_names": ["-h", "--help"]}


_UNKNOWN_OPTIONS = f"{__name__}.unknown-options"
"""Where typer's context keeps the mistakes of the command line that typer itself would stop at."""


class _TyperCommand(TyperCommand):
    """A command that notes options it does not know, so that all mistakes are told at once."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words of the command line, those aside that look like options and are none."""
        words, mistakes = list(args), list[UsageError]()
        while True:
            try:
                left = super().parse_args(ctx, list(words))
                break
            except Exception as refused:
                # Where the class of this lies, differs between versions of typer.
                name = getattr(refused, "option_name", None)
                if type(refused).__name__ != "NoSuchOption" or name is None:
                    if mistakes and hasattr(refused, "format_message"):
                        mistakes.append(UsageError(refused.format_message()))
                        raise all_of(mistakes) or refused from None
                    raise
                place = next(
                    (at for at, word in enumerate(words) if word.partition("=")[0] == name), None
                )
                if place is None:
                    raise
                del words[place]
                known = [option for one in self.params for option in one.opts]
                mistakes.append(
                    UsageError(
                        f"there is no option {name}",
                        did_you_mean(name, [one for one in known if one.startswith("--")])
                        or f"{ctx.command_path} --help lists them",
                    )
                )
        ctx.meta[_UNKNOWN_OPTIONS] = mistakes
        return left


@dataclass(frozen=True, slots=True)
class Command(Generic[O_]):
    """A command: its options, the function that runs with them, and its help."""

    options: type[O_]
    run: Callable[[O_], ExitCode]
    help: str
    short_help: str
    epilog: str
    needs_paths: bool = False
    """Whether it has nothing to do without paths, and says so with an example."""

    def app(self, *, with_completion: bool = False) -> typer.Typer:
        """The command as a typer app of its own."""
        app = typer.Typer(
            add_completion=with_completion, pretty_exceptions_enable=False, rich_markup_mode=None
        )
        app.command(
            cls=_TyperCommand,
            help=self.help,
            short_help=self.short_help,
            epilog=self.epilog,
            context_settings=_HELP_OPTIONS,
        )(self._function())
        return app

    def _function(self) -> Callable[..., None]:
        """The function that typer reads the options from, and calls with the words for them."""

        def parsed(context: typer.Context, **words: Any) -> None:
            mistakes: list[UsageError] = list(context.meta.get(_UNKNOWN_OPTIONS, ()))
            if self.needs_paths and not words["paths"] and not mistakes:
                _say_what_is_needed(context.command_path)
                raise typer.Exit(ExitCode.USAGE)
            from charter_score.cli.settings import find_settings

            typed = {
                field: word
                for field, word in words.items()
                if (source := context.get_parameter_source(field)) is not None
                and source.name == "COMMANDLINE"
            }
            settings = options = None
            try:
                settings = find_settings()
            except UsageError as wrong:
                mistakes.append(wrong)
            try:
                options = checked(self.options, typed, settings)
            except UsageError as wrong:
                mistakes.append(wrong)
            if (all_wrong := all_of(mistakes)) is not None or options is None:
                raise all_wrong or UsageError("the command was used wrongly")
            gc.freeze()  # what is loaded by now stays
            gc.enable()
            raise typer.Exit(self.run(options))

        parameters = _parameters(self.options)
        context = inspect.Parameter(
            "context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context
        )
        shown: Any = parsed
        shown.__signature__ = inspect.Signature([context, *parameters])
        shown.__annotations__ = {one.name: one.annotation for one in (context, *parameters)}
        return parsed


def _say_what_is_needed(command: str) -> None:
    """What a command says that was given nothing to work on."""
    typer.echo(f"{command} needs the path of a review or a folder of them.", err=True)
    typer.echo(f"To try it:  {EXAMPLE}", err=True)
    typer.echo(f"and then:   {command} example.yaml", err=True)
    typer.echo(f"{command} --help tells more.", err=True)


def _parameters(kind: type[Options]) -> list[inspect.Parameter]:
    """The options of a model as the parameters of a function that typer reads.

    Typer only splits: every value is text to it, whatever the model makes of it. The defaults are
    for its help.
    """
    parameters = []
    for name, field in kind.model_fields.items():
        shown = shown_as(kind, name)
        if shown is None:
            continue
        words: Any = str if field.is_required() else str | None
        if field.annotation is bool:
            words = bool
        elif isinstance(field.default, tuple):
            words = list[str] | None
        parameters.append(
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if field.is_required() else _word(field.default),
                annotation=Annotated[words, shown],
            )
        )
    return parameters


def _word(default: Any) -> Any:
    """A default as the help shows it; None where it shows none."""
    if isinstance(default, bool) or default is None:
        return default
    if isinstance(default, Fraction):
        return str(default * 100)
    return str(default) if isinstance(default, str | int) else None


class CommandGroup(TyperGroup, ABC):
    """A group of commands under headings, each command loaded only when it is asked for."""

    headings: ClassVar[Mapping[str, Sequence[str]]]
    """The names of the commands under each heading of the help."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        # Their names are enough for "did you mean"; `get_command` loads one.
        self.commands.update(dict.fromkeys(self.list_commands(None)))  # type: ignore[arg-type]

    @abstractmethod
    def load(self, name: str) -> typer.Typer:
        """The app of one of the commands."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of the commands, in the order of the help."""
        del ctx
        return [name for names in self.headings.values() for name in names]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command, loaded now; None where there is none of the name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        if self.commands[cmd_name] is None:
            command = typer.main.get_command(self.load(cmd_name))
            command.name = cmd_name
            self.commands[cmd_name] = command
        return self.commands[cmd_name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands into the help, each under its heading."""
        names = self.list_commands(ctx)
        widest = max(map(len, names))
        for heading, under_it in self.headings.items():
            rows = [
                (
                    name.ljust(widest),
                    self.get_command(ctx, name).get_short_help_str(formatter.width - 6 - widest),
                )
                for name in under_it
            ]
            with formatter.section(heading):
                formatter.write_dl(rows)


@dataclass(frozen=True, slots=True)
class Group:
    """A group of commands: its class, and its help."""

    kind: type[CommandGroup]
    help: str
    short_help: str
    epilog: str
    usage: str | None = None
    """What the help shows in place of `COMMAND [ARGS]...`."""

    def app(self, *, with_completion: bool = False) -> typer.Typer:
        """The group as a typer app, which does nothing itself."""
        app = typer.Typer(
            cls=self.kind,
            help=self.help,
            short_help=self.short_help,
            epilog=self.epilog,
            subcommand_metavar=self.usage,
            no_args_is_help=True,
            add_completion=with_completion,
            pretty_exceptions_enable=False,
            rich_markup_mode=None,
            context_settings=_HELP_OPTIONS,
        )
        app.callback()(lambda: None)
        return app
