"""The command `rubrics impact`: what another rubric would make of reviews that exist."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, assert_never

import typer

from charter_score.cli.agreed import Shown, refuse_by_agreement
from charter_score.cli.commands import Command
from charter_score.cli.loading import loaded_rubric
from charter_score.cli.options import (
    ColorOption,
    Debug,
    FieldValues,
    Name,
    Options,
    Paths,
    Quiet,
    RubricFolders,
    Since,
    Until,
    Where,
    rubric_ids,
)
from charter_score.cli.report_views import (
    IncludeNames,
    Outputs,
    ReportFormat,
    ReportView,
    deliver,
    refuse_read,
    report_targets,
)
from charter_score.cli.terminal import Color, tell, tell_problems
from charter_score.comparing.impact import ImpactOfReviews
from charter_score.diagnostics import did_you_mean
from charter_score.errors import DocumentError, ExitCode, UsageError
from charter_score.figures import Figure
from charter_score.filters import ReviewFilter
from charter_score.library import Library, LoadedRubric, rubric_of
from charter_score.outcome import Failed, Scored
from charter_score.pipeline import Job, Scoring
from charter_score.render.text.console import Line
from charter_score.rubric import CriterionKey, Rubric
from charter_score.source.reading import read_document
from charter_score.wire.encoding import encode, rubric_json

VIEWS = (ReportView.FULL, ReportView.MARKDOWN, ReportView.JSON)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_NOTHING = "none"


class ImpactOptions(Options):
    """Everything that `rubrics impact` can be asked for."""

    old: Annotated[
        Name,
        typer.Argument(metavar="OLD", help="The rubric of the reviews.", autocompletion=rubric_ids),
    ]
    new: Annotated[
        Name,
        typer.Argument(metavar="NEW", help="The rubric to try on them.", autocompletion=rubric_ids),
    ]
    paths: Paths = ()
    change: Annotated[
        FieldValues,
        typer.Option(
            "--set",
            metavar="FIELD=VALUE",
            help="Change a field of NEW first, as in not_applicable=excluded or expected=75 "
            f"(={_NOTHING} takes it out); may be repeated.",
        ),
    ] = ()
    mapping: Annotated[
        FieldValues,
        typer.Option(
            "--map",
            metavar="OLD=NEW",
            help="A criterion of OLD that is another of NEW, where neither id nor title says so: "
            "section.criterion=section.criterion; may be repeated.",
        ),
    ] = ()
    output_format: ReportFormat = None
    outputs: Outputs = ()
    rubrics: RubricFolders = ()
    where: Where = ()
    since: Since = None
    until: Until = None
    include_names: IncludeNames = False
    color: ColorOption = Color.AUTO
    quiet: Quiet = False
    debug: Debug = False


def run_impact(options: ImpactOptions) -> ExitCode:
    """Score every review of the old rubric under both, and show what moves.

    Raises:
        UsageError: where the options cannot be meant, or a rubric is not known.
        NotWrittenError: where an output could not be written.
    """
    if not options.paths:
        raise UsageError(
            "rubrics impact needs the path of a review or a folder of them",
            "charter-score rubrics impact OLD NEW reviews/",
        )
    targets = report_targets(options.output_format, options.outputs, VIEWS)
    refuse_by_agreement(
        Shown(view.value, view is ReportView.JSON or options.include_names, comments=False)
        for _, view in targets
    )
    refuse_read(targets, options.paths, [options.old, options.new])
    library = Library(folders=options.rubrics)
    old = loaded_rubric(options.old, library, options.color)
    new = loaded_rubric(options.new, library, options.color)
    if old is None or new is None:
        return ExitCode.NOT_SCORED
    what_if = _what_if(options.change)
    if what_if:
        try:
            new = _changed(new, what_if)
        except DocumentError as wrong:
            tell_problems(wrong.diagnostics, options.color)
            raise UsageError(
                "--set makes a rubric with errors", "the messages above say what is wrong"
            ) from None
    reviews = ImpactOfReviews(
        old.rubric, old.sha256, new.rubric, _mapping(options.mapping, old.rubric, new.rubric)
    )
    chosen = ReviewFilter(options.where, options.since, options.until)
    failed = 0
    job = Job(options.paths, options.old, options.rubrics, filter=chosen)
    for outcome in Scoring(job).outcomes():
        if isinstance(outcome, Failed):
            failed += 1
            tell_problems(outcome.diagnostics, options.color)
        elif isinstance(outcome, Scored):
            reviews.add(outcome)
    impact = reviews.impact()
    from charter_score.render.rubric.impact import (
        ImpactView,
        impact_json,
        impact_lines,
        impact_markdown,
    )

    view = ImpactView(impact, what_if, names=options.include_names, failed=failed)

    def made(wanted: ReportView) -> object:
        match wanted:
            case ReportView.FULL:
                return impact_lines(view)
            case ReportView.MARKDOWN:
                return impact_markdown(view)
            case ReportView.JSON:
                return impact_json(impact, what_if, (old.sha256, new.sha256), failed=failed)
            case ReportView.HTML | ReportView.XLSX:
                raise AssertionError(wanted)  # `report_targets` refused them
            case _:
                assert_never(wanted)

    deliver(targets, made, options.color)
    if not impact.moved:
        told = f"Exit 3: there is no review of {old.rubric.name} that could be compared."
        tell([Line(told, "bad")], options.color)
    return ExitCode.NOT_SCORED if failed or not impact.moved else ExitCode.OK


def _what_if(change: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    """The fields of the new rubric that are to be changed.

    Raises:
        UsageError: where a field is given twice, or cannot be changed so.
    """
    found = {}
    for name, values in change:
        if len(values) > 1:
            raise UsageError(f"--set gives {name} twice", "give it once")
        if name not in _CHANGEABLE:
            near = did_you_mean(name, _CHANGEABLE)
            raise UsageError(
                "--set takes a field of the rubric that decides over scores",
                near or f"one of {', '.join(_CHANGEABLE)}",
            )
        found[name] = values[0]
    return found


_CHANGEABLE = ("not_applicable", "combine", "expected", "on_critical")


def _changed(rubric: LoadedRubric, what_if: Mapping[str, str]) -> LoadedRubric:
    """The rubric with some of its fields changed.

    Raises:
        DocumentError: where that makes it wrong.
    """
    text = rubric_json(rubric.rubric)
    document = json.loads(text, parse_int=Figure, parse_float=Figure)
    for name, value in what_if.items():
        if value == _NOTHING:
            document["rubric"].pop(name, None)
        else:
            document["rubric"][name] = Figure(value) if _NUMBER.fullmatch(value) else value
    data = encode(document).encode("utf-8")
    return rubric_of(read_document(data, "--set.json"), sha256(data).hexdigest())


def _mapping(
    given: tuple[tuple[str, tuple[str, ...]], ...], old: Rubric, new: Rubric
) -> dict[CriterionKey, CriterionKey]:
    """Criteria of the old that are others of the new, as the command says.

    Raises:
        UsageError: where there is no such criterion, or one is named twice.
    """
    found: dict[CriterionKey, CriterionKey] = {}
    for before, after in given:
        if len(after) > 1:
            raise UsageError(f"--map gives {before} twice", "one criterion becomes one other")
        place = _place(before, old, "OLD"), _place(after[0], new, "NEW")
        if place[1] in found.values():
            raise UsageError(f"--map names {after[0]} twice", "one criterion comes of one other")
        found[place[0]] = place[1]
    return found


def _place(text: str, rubric: Rubric, which: str) -> CriterionKey:
    known = {f"{section.id}.{criterion.id}": None for section, criterion in rubric.criteria()}
    if text not in known:
        raise UsageError(
            f"--map: {which} has no such criterion",
            did_you_mean(text, known) or "a criterion is named section.criterion",
        )
    section, _, criterion = text.partition(".")
    return section, criterion


COMMAND = Command(
    ImpactOptions,
    run_impact,
    help="""Score reviews under two rubrics: how scores move, which bands flip, who is affected.

    Criteria are matched by their ids and titles, or as --map says. --set asks what one option
    would do: rubrics impact ID ID reviews/ --set not_applicable=excluded.
    """,
    short_help="Score reviews under two rubrics, and say what moves.",
    epilog="Example: charter-score rubrics impact old.yaml new.yaml reviews/ -o impact.md",
)
