"""The options of a command, each declared once: its type, default, help and name in settings.

A command's options are a pydantic model whose fields carry the `typer.Option` or `typer.Argument`
that shows them on the command line, and a `Setting` where a settings file may give them too. Typer
splits the words of the command line and shows the help; the model checks the values, whether they
come from there or from a file, and what is wrong is said in one way.
"""

import os
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, NamedTuple, TypeVar

import typer
from pydantic import ConfigDict, PlainValidator, ValidationError
from typer.models import ArgumentInfo, OptionInfo

from charter_score.cli.formats import ENVIRONMENT, Format
from charter_score.cli.terminal import Color
from charter_score.compiled import share_of
from charter_score.diagnostics import did_you_mean, listed
from charter_score.errors import UsageError, all_of
from charter_score.field_types import (
    MisshapenError,
    Model,
    day_of,
    is_date,
    read_flag,
    read_percent,
    reported,
)
from charter_score.filters import USUAL_FIELDS
from charter_score.library import built_in_rubrics, is_path
from charter_score.scalars import Number
from charter_score.summary import fields_in

O_ = TypeVar("O_", bound="Options")
E_ = TypeVar("E_", bound=StrEnum)


class Setting(NamedTuple):
    """Marks an option that a settings file may give too: its key there."""

    key: str
    from_file: Callable[[str, Any], Any] = lambda _folder, value: value
    """What a value of a file in a folder means in the current folder, before it is checked."""


class Options(Model):
    """Checked options of a command, and which of them a settings file gave."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    settings_file: str | None = None
    from_settings: frozenset[str] = frozenset()

    def typed(self, field: str) -> Any:
        """The value that the command line gave; the default where it gave none."""
        if field in self.from_settings:
            return type(self).model_fields[field].default
        return getattr(self, field)


class FileValues(NamedTuple):
    """The values of a settings file before they are checked, by their keys there."""

    path: str
    """The file, by its path from the current folder."""
    values: Mapping[str, Any]

    @property
    def folder(self) -> str:
        """Where the file lies, which its paths are relative to; empty for the current folder."""
        return os.path.dirname(self.path)


# ── Kinds of values ───────────────────────────────────────────────────────────────────────────────


def _text(word: object) -> str:
    if isinstance(word, str):
        return word
    raise MisshapenError("wrong-type", "takes a text", 'in quotes: "…"')


def _name(word: object) -> str:
    """The name of a file, folder or rubric, which is never empty."""
    if not _text(word):
        raise MisshapenError("empty", "is given an empty name")
    return str(word)


def _names(words: object) -> tuple[str, ...]:
    if isinstance(words, list | tuple):
        return tuple(_name(word) for word in words)
    raise MisshapenError("wrong-type", "takes a list of texts", '["…", "…"]')


def _fields(words: object) -> tuple[str, ...]:
    """Fields to group by, each once: one, or several with commas between them."""
    if not isinstance(words, list | tuple):
        raise MisshapenError("wrong-type", "takes a list of texts", '["…", "…"]')
    fields = [fields_in(_text(word)) for word in words]
    if not all(name for names in fields for name in names):
        raise MisshapenError(
            "unknown-word",
            "takes the name of a field",
            "for example team, channel or month, or team,month to cross two",
        )
    return tuple(dict.fromkeys(map(",".join, fields)))


def _field_values(words: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Fields with the values wanted of each, from `FIELD=VALUE`; a field may be repeated."""
    if not isinstance(words, list | tuple):
        raise MisshapenError("wrong-type", "takes a list of texts", '["team=…", "…=…"]')
    wanted: dict[str, dict[str, None]] = {}
    for word in words:
        field, _, value = (part.strip() for part in _text(word).partition("="))
        if not field or not value:
            raise MisshapenError(
                "unknown-word",
                "takes a field and a value: FIELD=VALUE",
                'for example "team=Council Tax"; a variable of the shell may be empty',
            )
        wanted.setdefault(field, {})[value] = None
    return tuple((field, tuple(values)) for field, values in wanted.items())


def _day(word: object) -> str:
    """A day of the calendar; TOML has days of its own."""
    day = word.isoformat() if isinstance(word, date) else day_of(_text(word))
    if is_date(day):
        return day
    raise MisshapenError("bad-date", "takes a day", "year-month-day, for example 2016-05-04")


def _whole_number(word: object) -> int:
    text = str(word)
    if not isinstance(word, bool) and text.isascii() and text.isdigit() and len(text) <= 9:
        return int(text)
    raise MisshapenError("bad-number", "takes a whole number", "0 is one process for each core")


def _share(word: object) -> Fraction:
    """A percentage, with or without its sign, as a share from 0 to 1."""
    if isinstance(word, Fraction):
        return word  # a value from Python, or the default
    try:
        # What is no number or text (true, a list) has no digits in its text either.
        return share_of(read_percent(Number(str(word).removesuffix("%"))))
    except MisshapenError as wrong:
        message, hint = "takes a percentage from 0 to 100", "for example 70"
        raise MisshapenError(wrong.code, message, hint) from None


def _flag(word: object) -> bool:
    try:
        return read_flag(word)
    except MisshapenError as wrong:
        raise MisshapenError(wrong.code, "takes true or false") from None


def one_of(kind: type[E_]) -> PlainValidator:
    """How one of the words of an enumeration is read."""
    words = [member.value for member in kind]

    def read(word: object) -> E_:
        if isinstance(word, str) and word in words:
            return kind(word)
        near = did_you_mean(word, words) if isinstance(word, str) else None
        raise MisshapenError("unknown-word", f"takes {listed(words)}", near)

    return PlainValidator(reported(read))


Text = Annotated[str, PlainValidator(reported(_text))]
Name = Annotated[str, PlainValidator(reported(_name))]
Names = Annotated[tuple[str, ...], PlainValidator(reported(_names))]
Fields = Annotated[tuple[str, ...], PlainValidator(reported(_fields))]
FieldValues = Annotated[
    tuple[tuple[str, tuple[str, ...]], ...], PlainValidator(reported(_field_values))
]
Day = Annotated[str, PlainValidator(reported(_day))]
Count = Annotated[int, PlainValidator(reported(_whole_number))]
Share = Annotated[Fraction, PlainValidator(reported(_share))]
Flag = Annotated[bool, PlainValidator(reported(_flag))]


def completions(kind: type[StrEnum]) -> Callable[[str], list[str]]:
    """Completes the words of an enumeration."""
    return lambda incomplete: [
        member.value for member in kind if member.value.startswith(incomplete)
    ]


def choices(kind: type[StrEnum]) -> str:
    """The words of an enumeration as a help text shows them."""
    return f"[{'|'.join(member.value for member in kind)}]"


def format_option(kind: type[StrEnum], help: str) -> Any:  # noqa: A002 - typer's name
    """The option `--output-format` of a command whose formats are these."""
    return typer.Option(
        "--output-format",
        "-f",
        metavar=choices(kind),
        autocompletion=completions(kind),
        help=help,
    )


def rubric_ids(incomplete: str) -> list[str]:
    """Completions for a rubric: the ids of the built-in ones."""
    return [name for name in built_in_rubrics() if name.startswith(incomplete)]


def field_names(incomplete: str) -> list[str]:
    """Completions for a field, or for the last of several with commas between them."""
    before, comma, begun = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in USUAL_FIELDS if name.startswith(begun)]


def fields_with_value(incomplete: str) -> list[str]:
    """Completions for a field whose value comes next."""
    return [f"{name}=" for name in USUAL_FIELDS if f"{name}=".startswith(incomplete)]


# ── Settings that mean something else elsewhere ───────────────────────────────────────────────────


def _rubric_from(folder: str, value: Any) -> Any:
    """A rubric that is named by its path: from the file's folder."""
    is_relative = isinstance(value, str) and folder and is_path(value)
    return os.path.join(folder, value) if is_relative else value


def _path_from(folder: str, value: Any) -> Any:
    """A file by its path: from the settings file's folder."""
    return os.path.join(folder, value) if isinstance(value, str) and folder else value


def _folders_from(folder: str, value: Any) -> Any:
    """Folders of rubrics: from the file's folder, and there."""
    folders = [os.path.join(folder, name) for name in _names(value)]
    if not all(map(os.path.isdir, folders)):
        message, hint = "names a folder that is not there", "a path is relative to this file"
        raise MisshapenError("not-found", message, hint)
    return folders


def _color_from(_folder: str, value: Any) -> Any:
    """When to colour: what NO_COLOR says comes before a file."""
    return Color.AUTO if value in list(Color) and os.environ.get("NO_COLOR") else value


# ── Options that several commands have ────────────────────────────────────────────────────────────


def show_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    """Show the version and end the program, where that is wanted."""
    if wanted:
        from charter_score import __version__

        typer.echo(f"charter-score {__version__}")
        raise typer.Exit


Version = Annotated[
    Flag,
    typer.Option(
        "--version", callback=show_version, is_eager=True, help="Show the version and exit."
    ),
]
Debug = Annotated[
    Flag, typer.Option("--debug", help="Show the traceback of a defect in charter-score.")
]
OutputFormat = Annotated[
    Annotated[Format, one_of(Format)] | None,
    format_option(
        Format,
        "How to write the results; full for one review, concise for several. "
        f"{ENVIRONMENT} sets a default.",
    ),
    Setting("output-format"),
]
RubricOption = Annotated[
    Name | None,
    typer.Option(
        "--rubric",
        metavar="ID|PATH",
        help="The rubric for reviews that name none.",
        autocompletion=rubric_ids,
    ),
]
UsualRubric = Annotated[RubricOption, Setting("rubric", _rubric_from)]
"""The same where a settings file may name it too."""
RubricFolders = Annotated[
    Names,
    typer.Option(
        "--rubrics",
        metavar="FOLDER",
        help="Where more rubrics are looked for; may be repeated.",
    ),
    Setting("rubrics", _folders_from),
]
MappingOption = Annotated[
    Name | None,
    typer.Option(
        "--mapping",
        metavar="FILE",
        help="What the columns of a table hold, where its headings do not say (map proposes one).",
    ),
    Setting("mapping", _path_from),
]
Where = Annotated[
    FieldValues,
    typer.Option(
        "--where",
        metavar="FIELD=VALUE",
        help="Only reviews that give this, as in team=Parking; repeated with one field any of the "
        "values, with different fields all of them.",
        autocompletion=fields_with_value,
    ),
    Setting("where"),
]
Since = Annotated[
    Day | None,
    typer.Option(
        "--since", metavar="DAY", help="Only reviews of contacts on this day or later: 2016-05-04."
    ),
    Setting("since"),
]
Until = Annotated[
    Day | None,
    typer.Option("--until", metavar="DAY", help="Only reviews of contacts on this day or earlier."),
    Setting("until"),
]
PseudonymsOption = Annotated[
    Name | None,
    typer.Option(
        "--pseudonyms",
        metavar="KEYFILE",
        help="Put keyed pseudonyms in the place of names, ids and paths; the key file is made "
        "where there is none. Names inside comments stay.",
    ),
    Setting("pseudonyms", _path_from),
]
ColorOption = Annotated[
    Annotated[Color, one_of(Color)],
    typer.Option(
        "--color",
        metavar=choices(Color),
        autocompletion=completions(Color),
        help="When to use colours; words and signs say it too.",
    ),
    Setting("color", _color_from),
]
Quiet = Annotated[Flag, typer.Option("--quiet", "-q", help="Errors only on standard error.")]
Verbose = Annotated[Flag, typer.Option("--verbose", "-v", help="Name every file left out.")]
InHook = Annotated[
    Flag,
    typer.Option(
        "--in-hook",
        help="The paths are the files of a commit: leave out what is no review, and refuse gates "
        "on all reviews together.",
    ),
]
Paths = Annotated[
    Names,
    typer.Argument(metavar="PATH", help="Files, folders, globs, or - for standard input."),
]


class View(StrEnum):
    """What a command shows that answers one question: for people, or for programs."""

    FULL = "full"
    JSON = "json"


ViewOption = Annotated[Annotated[View, one_of(View)], format_option(View, "How to show it.")]


# ── From words and settings to options ────────────────────────────────────────────────────────────


def checked(kind: type[O_], words: Mapping[str, Any], settings: FileValues | None = None) -> O_:
    """Options from what the command line says, and from a settings file where it says nothing.

    Raises:
        UsageError: with every value that an option does not take, by the name that it has on the
            command line or in the settings file that gives it.
    """
    given = dict(words)
    mistakes: list[UsageError] = []
    if settings is not None:
        from_file, mistakes = _from_file(kind, settings)
        given = {**from_file, **given}
    from_settings = frozenset(given.keys() - words.keys())
    options = None
    try:
        options = kind.model_validate(
            {
                **given,
                "settings_file": settings.path if settings is not None else None,
                "from_settings": from_settings,
            }
        )
    except ValidationError as refused:
        for detail in refused.errors(include_url=False, include_input=False):
            field, problem = str(detail["loc"][0]), MisshapenError(**detail["ctx"])
            setting = setting_of(kind, field)
            if settings is not None and setting is not None and field in from_settings:
                mistakes.append(_wrong_setting(settings, setting, problem))
                continue
            is_empty = problem.code == "empty"
            hint = "a variable of the shell may be empty" if is_empty else problem.hint
            mistakes.append(UsageError(f"{name_of(kind, field)} {problem.message}", hint))
    if (wrong := all_of(mistakes)) is not None:
        raise wrong
    assert options is not None  # noqa: S101 - else something was wrong
    return options


def _from_file(
    kind: type[Options], settings: FileValues
) -> tuple[dict[str, Any], list[UsageError]]:
    """What a settings file gives for the options of a command, by field, not yet checked.

    And what could not be taken from it.
    """
    values, mistakes = {}, []
    for field in kind.model_fields:
        setting = setting_of(kind, field)
        if setting is None or setting.key not in settings.values:
            continue
        try:
            values[field] = setting.from_file(settings.folder, settings.values[setting.key])
        except MisshapenError as wrong:
            mistakes.append(_wrong_setting(settings, setting, wrong))
    return values, mistakes


def _wrong_setting(settings: FileValues, setting: Setting, wrong: MisshapenError) -> UsageError:
    return UsageError(f"{settings.path}: `{setting.key}` {wrong.message}", wrong.hint)


def setting_of(kind: type[Options], field: str) -> Setting | None:
    """How a settings file gives an option; None where it cannot."""
    marks = kind.model_fields[field].metadata
    return next((mark for mark in marks if isinstance(mark, Setting)), None)


def shown_as(kind: type[Options], field: str) -> OptionInfo | ArgumentInfo | None:
    """How typer shows an option or argument; None for what no word of a command line gives."""
    marks = kind.model_fields[field].metadata
    return next((mark for mark in marks if isinstance(mark, OptionInfo | ArgumentInfo)), None)


def name_of(kind: type[Options], field: str) -> str:
    """What an option or argument is called on the command line."""
    shown = shown_as(kind, field)
    if isinstance(shown, OptionInfo):
        # In an `Annotated` typer takes the first name where a default would stand.
        names = [shown.default, *(shown.param_decls or ())]
        return next(str(name) for name in names if str(name).startswith("--"))
    return str(shown.metavar) if shown is not None else field
