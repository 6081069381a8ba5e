"""The command `subject`: one person's records among reviews, for an access request."""

from typing import Annotated

import typer

from charter_score.cli.agreed import Shown, refuse_by_agreement
from charter_score.cli.commands import Command
from charter_score.cli.formats import Target, by_ending, refuse_inputs
from charter_score.cli.options import (
    ColorOption,
    Debug,
    Name,
    Options,
    Paths,
    RubricFolders,
    UsualRubric,
    View,
    ViewOption,
)
from charter_score.cli.terminal import Color, show, tell, tell_problems
from charter_score.diagnostics import Diagnostic
from charter_score.errors import ExitCode, UsageError
from charter_score.outcome import Scored
from charter_score.outputs import print_text, write_text
from charter_score.pipeline import Job, Scoring
from charter_score.records import NameFinder, day_in, is_advisor, names_in, parts_of, texts_in
from charter_score.render.text.console import Line
from charter_score.result import ReviewResult
from charter_score.rubric import same_value
from charter_score.source.every_review import FoundReview, every_review
from charter_score.source.files import shown_path


class SubjectOptions(Options):
    """Everything that `subject` can be asked for."""

    person: Annotated[
        Name, typer.Argument(metavar="NAME", help="The person, as reviews call them.")
    ]
    paths: Paths = ()
    output_format: ViewOption = View.FULL
    output: Annotated[
        Name | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write the records to a file, as json."
        ),
    ] = None
    rubric: UsualRubric = None
    rubrics: RubricFolders = ()
    color: ColorOption = Color.AUTO
    debug: Debug = False


def run_subject(options: SubjectOptions) -> ExitCode:
    """Gather one person's records: 0 found, 3 nothing found, or something could not be read.

    Raises:
        UsageError: where the options cannot be meant.
        NotWrittenError: where the file cannot be written.
    """
    if not options.paths:
        raise UsageError(
            "subject needs the path of a review or a folder of them",
            'charter-score subject "Advisor 17" reviews/',
        )
    path = None if options.output in (None, "-") else options.output
    as_json = path is not None or options.output_format is View.JSON
    refuse_by_agreement([Shown("json" if as_json else "full", names=True, comments=as_json)])
    if path is not None:
        by_ending(path, {".json": View.JSON})
        for wrong in refuse_inputs([Target(path, None)], options.paths, []).values():
            raise wrong
    found: list[FoundReview] = []
    problems: list[Diagnostic] = []
    for entry in every_review(options.paths):
        (problems if isinstance(entry, Diagnostic) else found).append(entry)  # type: ignore[arg-type]
    tell_problems(problems, options.color)
    from charter_score.render.subject import (
        Named,
        OtherPart,
        OwnReview,
        Records,
        subject_json,
        subject_lines,
    )

    scores = _scores(options)
    person = options.person
    every = {name for one in found if one.review for _, name in names_in(one.review)}
    themselves = NameFinder([person])
    others = NameFinder(name for name in every if same_value(name) != same_value(person))
    own, parts, named_in, names_others = [], [], [], []
    for one in found:
        review = one.review
        if review is None:
            continue
        shown, name = one.file.shown, one.id
        is_own = is_advisor(review, person)
        if is_own:
            own.append(OwnReview(shown, name, review, scores.get((shown, name))))
        if did := parts_of(review, person):
            parts.append(OtherPart(shown, name, day_in(review), tuple(did)))
        for text in texts_in(review):
            if not is_own and themselves.is_in(text.text):
                named_in.append(Named(shown, name, text.field))
            if is_own and others.is_in(text.text):
                names_others.append(Named(shown, name, text.field))
    records = Records(
        person,
        len(found),
        len(problems),
        tuple(own),
        tuple(parts),
        tuple(named_in),
        tuple(names_others),
    )
    if path is not None:
        write_text(path, subject_json(records), shown_path(path))
    elif as_json:
        print_text(subject_json(records))
    else:
        show(subject_lines(records), options.color)
    if records.is_empty:
        told = "Exit 3: no review gives this name, and no text in one."
        tell([Line(told, "bad")], options.color)
    return ExitCode.NOT_SCORED if problems or records.is_empty else ExitCode.OK


def _scores(options: SubjectOptions) -> dict[tuple[str, str], ReviewResult]:
    """The score of each review that has one; what is wrong with others is told elsewhere."""
    job = Job(options.paths, options.rubric, options.rubrics)
    return {
        (outcome.path, outcome.id): outcome.result
        for outcome in Scoring(job).outcomes()
        if isinstance(outcome, Scored)
    }


COMMAND = Command(
    SubjectOptions,
    run_subject,
    help="""Gather one person's records: as advisor, reviewer and decider, and texts that name them.

    For an access request. It warns where free text in the records names others.
    """,
    short_help="Gather one person's records.",
    epilog='Example: charter-score subject "Advisor 17" reviews/ -o records.json',
)
