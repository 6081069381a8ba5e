"""What `new` does: a review to fill in, as text or as a form, or a rubric to begin with."""

import json
import os
import re
import shlex
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from charter_score.cli.commands import Command
from charter_score.cli.options import (
    ColorOption,
    Debug,
    Flag,
    Name,
    Options,
    RubricFolders,
    rubric_ids,
)
from charter_score.cli.terminal import Color, tell, tell_problems
from charter_score.errors import DocumentError, ExitCode, NotWrittenError, UsageError
from charter_score.library import (
    Library,
    LoadedRubric,
    RubricReferenceError,
    is_path,
    named_rubric,
    review_of,
)
from charter_score.outputs import print_text
from charter_score.render.text.console import Line
from charter_score.render.text.phrases import count
from charter_score.review import Review
from charter_score.rubric import Rubric
from charter_score.source.files import STANDARD_INPUT, read_bytes, shown_path, slashed
from charter_score.source.reading import is_rubric, read_document
from charter_score.writing import Replacement, write_file

YAML_ENDINGS = (".yaml", ".yml")
FORM_ENDING = ".xlsx"
PAGE_ENDINGS = (".html", ".htm")
OWN_RUBRIC = "my-standard"
"""The id of a rubric that is begun without a name."""


class NewOptions(Options):
    """Everything that `new` can be asked for; `source` is what `--from` names."""

    rubric: Annotated[
        Name | None,
        typer.Argument(
            metavar="RUBRIC",
            help="The id, id@version or path of the rubric to review by.",
            autocompletion=rubric_ids,
        ),
    ] = None
    output: Annotated[
        Name | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write to a file: .yaml with a schema for your editor beside it, .xlsx, a form "
            "with drop-downs, or .html, a form in any browser.",
        ),
    ] = None
    source: Annotated[
        Name | None,
        typer.Option(
            "--from", metavar="FILE", help="Write the review that a form or a review file holds."
        ),
    ] = None
    example: Annotated[
        Flag, typer.Option("--example", help="Make up a complete review by the rubric, to try.")
    ] = False
    rubric_template: Annotated[
        Flag, typer.Option("--rubric-template", help="Begin a rubric of your own.")
    ] = False
    sample: Annotated[
        Name | None,
        typer.Option(
            "--sample",
            metavar="RECORD",
            help="Write a draft of each contact that `sample` drew, into the folder that -o names.",
        ),
    ] = None
    force: Annotated[
        Flag, typer.Option("--force", help="Replace a file that is there already.")
    ] = False
    rubrics: RubricFolders = ()
    color: ColorOption = Color.AUTO
    debug: Debug = False


def run_new(options: NewOptions) -> ExitCode:
    """Write a new review, form or rubric to standard output or to a file.

    Raises:
        UsageError: before anything is written, where the options cannot be meant or a file is in
            the way.
        NotWrittenError: where it cannot be written.
    """
    wanted = (options.rubric is not None, options.source is not None, options.rubric_template)
    if sum(wanted) != 1:
        raise UsageError(
            "new takes one of RUBRIC, --from FILE and --rubric-template",
            "charter-score new plymouth-quality-monitoring; `charter-score rubrics` lists the ids",
        )
    if options.example and options.rubric is None:
        raise UsageError(
            "--example takes a RUBRIC and makes up a review by it",
            "charter-score new --example plymouth-quality-monitoring",
        )
    if options.sample is not None:
        return _drafts(options)
    target = _target(options)
    if options.rubric_template:
        return _begin_rubric(target, options)
    library = Library(folders=options.rubrics)
    try:
        job = _read(options, library) if options.source is not None else _blank(options, library)
    except DocumentError as wrong:
        tell_problems(wrong.diagnostics, options.color)
        return ExitCode.NOT_SCORED
    _create(job, target, options, library)
    return ExitCode.OK


def _drafts(options: NewOptions) -> ExitCode:
    """A draft of each contact that a sample's record names.

    Raises:
        UsageError: where the options cannot be meant, or a draft is there already.
        NotWrittenError: where one cannot be written.
    """
    if options.rubric is None or options.example or options.output in (None, "-"):
        raise UsageError(
            "--sample takes a RUBRIC and the folder for the drafts",
            "charter-score new RUBRIC --sample sample.yaml -o drafts/",
        )
    from charter_score.cli.new_sample import write_drafts
    from charter_score.samples.record import SampleRecord
    from charter_score.source.small_documents import read_small
    from charter_score.wire.schemas import schema_text

    library = Library(folders=options.rubrics)
    folder = Path(options.output or "")
    try:
        job = _blank(options, library)
        record, _ = read_small(SampleRecord, options.sample or "")
    except DocumentError as wrong:
        tell_problems(wrong.diagnostics, options.color)
        return ExitCode.NOT_SCORED
    rubric = job.rubric.rubric
    schema = folder / _schema_name(rubric)
    before = _schema_before(schema, force=options.force)
    written = write_drafts(
        record,
        rubric,
        _reference(job, folder, library),
        schema.name,
        folder,
        force=options.force,
    )
    data = schema_text("review", rubric).encode("utf-8")
    if written and before != data:
        write_file(schema, data, shown_path(schema))
    _say(f"{count(len(written), 'draft')} written to {shown_path(folder)}", options.color)
    return ExitCode.OK


@dataclass(frozen=True, slots=True)
class _Job:
    """What is to be written: against which rubric, found where, and what is filled in already.

    `source` is the file it was read from.
    """

    rubric: LoadedRubric
    rubric_path: Path | None
    review: Review | None = None
    source: Path | None = None


def _target(options: NewOptions) -> Path | None:
    """The file to write, None for standard output."""
    if options.output in (None, "-"):
        return None
    path = Path(options.output or "")
    ending = path.suffix.lower()
    known = YAML_ENDINGS if options.rubric_template else (*YAML_ENDINGS, FORM_ENDING, *PAGE_ENDINGS)
    if ending not in known:
        kind = "a rubric is" if options.rubric_template else "a review to fill is"
        raise UsageError(
            f"-o {shown_path(path)}: {kind} written as {', '.join(known)}",
            "give the file one of these endings",
        )
    if os.path.lexists(path) and not options.force:
        raise UsageError(
            f"-o {shown_path(path)} is there already; it was not touched",
            "choose another name, or replace it with --force",
        )
    folder = path.parent
    if not folder.is_dir():
        why = "is no folder" if os.path.lexists(folder) else "is a folder that is not there"
        raise NotWrittenError(f"-o {shown_path(path)}: {shown_path(folder)} {why}; make it first")
    return path


def _blank(options: NewOptions, library: Library) -> _Job:
    """A review of the rubric that the command names.

    Raises:
        DocumentError: with everything that is wrong with the rubric.
    """
    name = options.rubric or ""
    found = named_rubric(name, library)
    if isinstance(found, DocumentError):
        raise found
    tell_problems(found.warnings, options.color)
    review: Review | None = None
    if options.example:
        from charter_score.filling.example import example_review

        is_form = (options.output or "").lower().endswith(FORM_ENDING)
        review = example_review(found.rubric, actions=not is_form)
    return _Job(found, Path(name) if is_path(name) else None, review)


def _read(options: NewOptions, library: Library) -> _Job:
    """The review that a form or a document holds.

    Raises:
        DocumentError: with everything that is wrong with it.
    """
    source = None if options.source == STANDARD_INPUT else Path(options.source or "")
    shown = STANDARD_INPUT if source is None else shown_path(source)
    document = read_document(read_bytes(source, shown), shown)
    if is_rubric(document.value):
        raise UsageError(
            "--from takes a form or a review, and this is a rubric", f"charter-score new {shown}"
        )
    folder = str(source.parent) if source is not None else None
    loaded = review_of(document, library, folder, None)
    tell_problems(loaded.warnings, options.color)
    review = loaded.review
    if review.id is None and source is not None:
        review = review.model_copy(
            update={"id": source.stem}
        )  # what its file was called stays its name
    named = review.rubric or ""
    rubric_path = Path(folder or "", named) if is_path(named) else None
    return _Job(loaded.rubric, rubric_path, review, source)


def _create(job: _Job, target: Path | None, options: NewOptions, library: Library) -> None:
    rubric = job.rubric.rubric
    reference = _reference(job, target.parent if target else Path(), library)
    if target is None:
        from charter_score.filling.template import review_template

        print_text(
            review_template(
                rubric,
                reference,
                None,
                review=job.review,
                schema_command=_schema_command(job, options),
                is_example=options.example,
            )
        )
        return
    _refuse_inputs(target, job)
    if target.suffix.lower() == FORM_ENDING:
        from charter_score.filling.form_writer import review_form

        data = review_form(rubric, reference, job.review, is_example=options.example)
        write_file(target, data, shown_path(target))
    elif target.suffix.lower() in PAGE_ENDINGS:
        from charter_score.filling.web_form import web_form

        page = web_form(job.rubric, reference, job.review, file=f"{target.stem}.json")
        write_file(target, page.encode("utf-8"), shown_path(target))
    else:
        _write_review(job, reference, target, options)
    _tell_what_next(job, target, reference, options)


def _schema_command(job: _Job, options: NewOptions) -> str:
    """The command that prints the schema of this very rubric, to be typed in this folder."""
    if options.rubric is not None and job.rubric_path is not None:
        rubric = options.rubric
    elif job.rubric_path is not None:
        rubric = job.rubric_path.as_posix()
    else:
        rubric = job.rubric.rubric.name
    folders = [word for folder in options.typed("rubrics") for word in ("--rubrics", folder)]
    return shlex.join(["charter-score", "schema", "review", "--rubric", rubric, *folders])


def _write_review(job: _Job, reference: str, target: Path, options: NewOptions) -> None:
    from charter_score.filling.template import review_template
    from charter_score.wire.schemas import schema_text

    rubric = job.rubric.rubric
    schema = target.parent / _schema_name(rubric)
    text = review_template(
        rubric, reference, schema.name, review=job.review, is_example=options.example
    )
    schema_of_reviews = schema_text("review", rubric)
    _write_with_schema(target, text, schema, schema_of_reviews, force=options.force)


def _begin_rubric(target: Path | None, options: NewOptions) -> ExitCode:
    from charter_score.filling.template import rubric_template

    if target is None:
        print_text(rubric_template(OWN_RUBRIC, None))
        return ExitCode.OK
    from charter_score.field_types import is_slug
    from charter_score.wire.schemas import schema_text

    name = target.stem if is_slug(target.stem) else OWN_RUBRIC
    schema = target.parent / ".rubric-v1.schema.json"
    shown = shown_path(target)
    text = rubric_template(name, schema.name)
    _write_with_schema(target, text, schema, schema_text("rubric"), force=options.force)
    then = shlex.join(["charter-score", "check", str(target)])
    _say(f"{shown}: a rubric to make your own. Then: {then}", options.color)
    return ExitCode.OK


def _reference(job: _Job, folder: Path, library: Library) -> str:
    """How a review in a folder names its rubric so that it is found again from there.

    By path where the command named a path and that leads to it, else by id and version; by its id
    alone where the version looks like a path.
    """
    rubric = job.rubric.rubric
    names = [rubric.name, rubric.id]
    if job.rubric_path is not None and (path := _relative(job.rubric_path, folder)) is not None:
        names.insert(0, path)
    return next((name for name in names if _leads_to(job.rubric, name, folder, library)), names[-2])


def _relative(path: Path, folder: Path) -> str | None:
    """A path as it is written in a document of a folder; None where it cannot be."""
    try:
        relative = slashed(os.path.relpath(path, folder))
        relative.encode("utf-8")
    except ValueError:  # another drive, or a name that is no text
        return None
    return relative if "/" in relative else f"./{relative}"


def _leads_to(rubric: LoadedRubric, name: str, folder: Path, library: Library) -> bool:
    try:
        return library.find(name, str(folder)).sha256 == rubric.sha256
    except RubricReferenceError:
        return False


def _refuse_inputs(target: Path, job: _Job) -> None:
    """Refuse to replace what is being read.

    Raises:
        UsageError: naming the file.
    """
    for source in (job.source, job.rubric_path):
        if source is not None and target.exists() and source.exists() and source.samefile(target):
            raise UsageError(f"-o {shown_path(target)} is also read; it was not touched")
    if not target.exists():
        return
    try:
        # A rubric that was named by its id may lie anywhere.
        digest = sha256(read_bytes(target, shown_path(target))).hexdigest()
    except DocumentError:
        return
    if digest == job.rubric.sha256:
        raise UsageError(f"-o {shown_path(target)} is the rubric itself; it was not touched")


def _schema_name(rubric: Rubric) -> str:
    """The file for the schema of a rubric's reviews; begins with a dot, so no walk reads it."""
    name = re.sub(r"[^A-Za-z0-9._@-]", "_", rubric.name)[:120]
    if name != rubric.name:
        name += "-" + sha256(rubric.name.encode("utf-8")).hexdigest()[:8]
    return f".{name}.schema.json"


def _write_with_schema(
    target: Path, text: str, schema: Path, schema_text: str, *, force: bool
) -> None:
    """Put a document and its schema side by side; an older schema of ours is brought up to date.

    Both are whole before either takes its place, and a schema stays behind alone never.

    Raises:
        UsageError: where a file of the schema's name is not ours, and nothing forces it.
        NotWrittenError: with what was there before as it was.
    """
    data = schema_text.encode("utf-8")
    before = _schema_before(schema, force=force)
    with Replacement(target, shown_path(target)) as document:
        document.write(text.encode("utf-8"))
        if before != data:
            write_file(schema, data, shown_path(schema))
        try:
            document.commit()
        except BaseException:
            if before is None:
                schema.unlink(missing_ok=True)
            elif before != data:
                write_file(schema, before, shown_path(schema))
            raise


def _schema_before(path: Path, *, force: bool) -> bytes | None:
    """The schema that is there already, None where there is none.

    Raises:
        UsageError: where a file of that name is not ours, and nothing forces it.
    """
    if not os.path.lexists(path):
        return None
    try:
        before = read_bytes(path, shown_path(path))
    except DocumentError:
        before = b""
    if not force and not _is_our_schema(before):
        raise UsageError(
            f"{shown_path(path)} is there already and is no schema of ours; it was not touched",
            "move it away, or replace it with --force",
        )
    return before


def _is_our_schema(data: bytes) -> bool:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and str(found.get("$id")).startswith("charter-score/")


def _tell_what_next(job: _Job, target: Path, reference: str, options: NewOptions) -> None:
    shown = shown_path(target)
    rubric = job.rubric.rubric
    if job.review is None:
        number = count(sum(1 for _ in rubric.criteria()), "criterion", "criteria")
        told = f"{shown}: {number} to rate."
    elif options.example:
        told = f"{shown}: a review that is made up, to try."
    else:
        told = (
            f"{shown}: the review of {shown_path(job.source) if job.source else 'standard input'}."
        )
    filled = target
    if target.suffix.lower() in PAGE_ENDINGS:
        filled = target.with_suffix(".json")
        told += f" Open it in a browser, and save the review beside it as {filled.name}."
    words = ["charter-score", "score", str(filled)]
    if not _leads_to(job.rubric, reference, target.parent, Library()):
        # It is found only with the folder of its rubric.
        of_rubric = [str(job.rubric_path.parent)] if job.rubric_path is not None else []
        for folder in options.typed("rubrics") or of_rubric or options.rubrics:
            words += ["--rubrics", folder]
    _say(f"{told} Then: {shlex.join(words)}", options.color)


def _say(text: str, color: Color) -> None:
    tell([Line(text)], color)


COMMAND = Command(
    NewOptions,
    run_new,
    help="""Begin a review: every criterion with its guidance, to fill in wherever you like.

    Exit codes: 0 written, 2 used wrongly or a file is in the way, 3 the rubric or the document
    has errors, 4 not written.
    """,
    short_help="Begin a review to fill in, or a rubric.",
    epilog="Example: charter-score new plymouth-quality-monitoring -o call.yaml",
)
