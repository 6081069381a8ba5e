"""The options of a command, each declared once: its type, default, help and name in settings.

A command's options are a pydantic model whose fields carry the `typer.Option` or `typer.Argument`
that shows them on the command line. Typer splits the words of the command line and shows the help;
the model checks the values, whether they come from there or from a settings file, and says what is
wrong with them in one way.
"""

import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, NamedTuple, TypeVar, get_args, get_origin

import typer
from pydantic import AfterValidator, BeforeValidator, ConfigDict, PlainValidator, ValidationError
from typer.models import ArgumentInfo, OptionInfo, ParameterInfo

from charter_score.compiled import share_of
from charter_score.diagnostics import did_you_mean, listed
from charter_score.errors import ExitCode, UsageError
from charter_score.field_types import MisshapenError, Model, read_percent, reported
from charter_score.scalars import Number

O_ = TypeVar("O_", bound="Options")
E_ = TypeVar("E_", bound=StrEnum)


class Setting(NamedTuple):
    """Marks an option that a settings file may give too, and what it is called there."""

    key: str


class Options(Model):
    """What a command was asked for, checked."""

    model_config = ConfigDict(arbitrary_types_allowed=True)


class Given(NamedTuple):
    """Values for options before they are checked: by field, and where they were given."""

    values: Mapping[str, Any]
    source: str = ""
    """The settings file that gives them; empty for the command line."""


# ── Kinds of values ───────────────────────────────────────────────────────────────────────────────


def _refuse_empty(word: object) -> str:
    if isinstance(word, str) and word:
        return word
    if word == "":
        raise MisshapenError("empty", "is given an empty name", "a variable of the shell may be empty")
    raise MisshapenError("wrong-type", "takes a text", 'in quotes: "…"')


def _whole_number(word: object) -> int:
    text = str(word)
    if not isinstance(word, bool) and text.isascii() and text.isdigit() and len(text) <= 9:
        return int(text)
    raise MisshapenError("bad-number", "takes a whole number", "0 is one process for each core")


def _share(word: object) -> Fraction:
    """A percentage, with or without its sign, as a share from 0 to 1."""
    text = str(word).removesuffix("%")
    try:
        return share_of(read_percent(Number(text)))
    except MisshapenError:
        raise MisshapenError(
            "bad-number", "takes a percentage from 0 to 100", "for example 70"
        ) from None


def _flag(word: object) -> bool:
    if isinstance(word, bool):
        return word
    raise MisshapenError("wrong-type", "takes true or false")


def _list(words: object) -> Sequence[str]:
    if isinstance(words, list | tuple):
        return [_refuse_empty(word) for word in words]
    raise MisshapenError("wrong-type", "takes a list of texts", '["…", "…"]')


def _existing_folders(folders: Sequence[str]) -> Sequence[str]:
    for folder in folders:
        if not os.path.isdir(folder):
            raise MisshapenError("not-found", "names a folder that is not there")
    return folders


def one_of(kind: type[E_]) -> PlainValidator:
    """One of the words of an enumeration."""
    words = [member.value for member in kind]

    def read(word: object) -> E_:
        if isinstance(word, str) and word in words:
            return kind(word)
        near = did_you_mean(word, words) if isinstance(word, str) else None
        raise MisshapenError("unknown-word", f"takes {listed(words)}", near)

    return PlainValidator(reported(read))


Name = Annotated[str, BeforeValidator(reported(_refuse_empty))]
Names = Annotated[tuple[str, ...], PlainValidator(reported(lambda words: tuple(_list(words))))]
Folders = Annotated[Names, AfterValidator(reported(_existing_folders))]
Count = Annotated[int, PlainValidator(reported(_whole_number))]
Share = Annotated[Fraction, PlainValidator(reported(_share))]
Flag = Annotated[bool, PlainValidator(reported(_flag))]


# ── From options to a command ─────────────────────────────────────────────────────────────────────


def command(
    app: typer.Typer, name: str | None, kind: type[O_], **more: Any
) -> Callable[[Callable[[O_], ExitCode]], Callable[[O_], ExitCode]]:
    """Make a function of checked options a command of an app.

    The function's docstring is the command's help; `more` goes to typer as it is.
    """

    def register(run: Callable[[O_], ExitCode]) -> Callable[[O_], ExitCode]:
        def parsed(context: typer.Context, **words: Any) -> None:
            given = Given(
                {
                    field: word
                    for field, word in words.items()
                    if (source := context.get_parameter_source(field)) is not None
                    and source.name == "COMMANDLINE"
                }
            )
            raise typer.Exit(run(checked(kind, given)))

        context = inspect.Parameter(
            "context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context
        )
        parsed.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [context, *_parameters(kind)]
        )
        parsed.__annotations__ = {
            parameter.name: parameter.annotation for parameter in _parameters(kind)
        } | {"context": typer.Context}
        parsed.__doc__ = run.__doc__
        app.command(name, **more)(parsed)
        return run

    return register


def _parameters(kind: type[Options]) -> list[inspect.Parameter]:
    """The options of a model as the parameters of a function that typer reads."""
    found = []
    for name, field in kind.model_fields.items():
        shown = _shown(kind, name)
        words: Any = str
        if field.annotation is bool:
            words = bool
        elif get_origin(field.annotation) is tuple:
            words = list[str]
        default = False if words is bool else inspect.Parameter.empty
        if not field.is_required() and words is not bool:
            words, default = words | None, None
        found.append(
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=default,
                annotation=Annotated[words, shown],
            )
        )
    return found


def _shown(kind: type[Options], name: str) -> ParameterInfo:
    """How typer shows an option or argument."""
    for mark in kind.model_fields[name].metadata:
        if isinstance(mark, OptionInfo | ArgumentInfo):
            return mark
    raise TypeError(f"{kind.__name__}.{name} does not say how it is shown")


def checked(kind: type[O_], *given: Given) -> O_:
    """The options from the values given, the first that gives one winning.

    Raises:
        UsageError: with the first value that an option does not take, by the name that it has on
            the command line or in the settings file that gives it.
    """
    values: dict[str, Any] = {}
    for one in reversed(given):
        values.update(one.values)
    try:
        return kind.model_validate(values)
    except ValidationError as wrong:
        detail = wrong.errors(include_url=False, include_input=False)[0]
    field = str(detail["loc"][0])
    source = next((one.source for one in given if field in one.values), "")
    where = f"{source}: `{setting_key(kind, field)}`" if source else _on_command_line(kind, field)
    context = detail.get("ctx", {})
    message = context.get("message", "cannot be read")
    raise UsageError(f"{where} {message}", context.get("hint"))


def setting_key(kind: type[Options], field: str) -> str | None:
    """What an option is called in a settings file; None where it cannot stand there."""
    marks = kind.model_fields[field].metadata
    return next((mark.key for mark in marks if isinstance(mark, Setting)), None)


def _on_command_line(kind: type[Options], field: str) -> str:
    """What an option or argument is called on the command line."""
    shown = _shown(kind, field)
    if isinstance(shown, OptionInfo):
        declared = [shown.default, *(shown.param_decls or ())]
        return next(str(word) for word in declared if str(word).startswith("--"))
    return str(shown.metavar)


def completions(kind: type[StrEnum]) -> Callable[[str], list[str]]:
    """Completes the words of an enumeration."""
    return lambda incomplete: [
        member.value for member in kind if member.value.startswith(incomplete)
    ]


def choices(kind: type[StrEnum]) -> str:
    """The words of an enumeration as a help text shows them."""
    return f"[{'|'.join(member.value for member in kind)}]"
