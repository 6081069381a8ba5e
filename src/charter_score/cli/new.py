"""What `new` does: a review to fill in, as text or as a form, or a rubric to begin with."""

import json
import os
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from charter_score.cli.settings import settings
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
OWN_RUBRIC = "my-standard"
"""The id of a rubric that is begun without a name."""


@dataclass(frozen=True, slots=True)
class NewRequest:
    """Everything that `new` can be asked for; `source` is what `--from` names."""

    rubric: str | None = None
    output: str | None = None
    source: str | None = None
    rubric_template: bool = False
    force: bool = False
    rubrics: Sequence[str] = ()
    color: Color = Color.AUTO
    example: bool = False


def run_new(request: NewRequest) -> ExitCode:
    """Write a new review, form or rubric to standard output or to a file.

    Raises:
        UsageError: before anything is written, where the request cannot be meant or a file is in
            the way.
        NotWrittenError: where it cannot be written.
    """
    wanted = (request.rubric is not None, request.source is not None, request.rubric_template)
    if sum(wanted) != 1:
        raise UsageError(
            "new takes one of RUBRIC, --from FILE and --rubric-template",
            "charter-score new plymouth-quality-monitoring; `charter-score rubrics` lists the ids",
        )
    if request.example and request.rubric is None:
        raise UsageError(
            "--example takes a RUBRIC and makes up a review by it",
            "charter-score new --example plymouth-quality-monitoring",
        )
    target = _target(request)
    if request.rubric_template:
        return _begin_rubric(target, request)
    library = Library(folders=request.rubrics or settings().rubrics)
    try:
        job = _read(request, library) if request.source is not None else _blank(request, library)
    except DocumentError as wrong:
        tell_problems(wrong.diagnostics, request.color)
        return ExitCode.NOT_SCORED
    _create(job, target, request, library)
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


def _target(request: NewRequest) -> Path | None:
    """The file to write, None for standard output."""
    if request.output in (None, "-"):
        return None
    path = Path(request.output or "")
    ending = path.suffix.lower()
    known = YAML_ENDINGS if request.rubric_template else (*YAML_ENDINGS, FORM_ENDING)
    if ending not in known:
        kind = "a rubric is" if request.rubric_template else "a review to fill is"
        raise UsageError(
            f"-o {shown_path(path)}: {kind} written as {', '.join(known)}",
            "give the file one of these endings",
        )
    if os.path.lexists(path) and not request.force:
        raise UsageError(
            f"-o {shown_path(path)} is there already; it was not touched",
            "choose another name, or replace it with --force",
        )
    folder = path.parent
    if not folder.is_dir():
        why = "is no folder" if os.path.lexists(folder) else "is a folder that is not there"
        raise NotWrittenError(f"-o {shown_path(path)}: {shown_path(folder)} {why}; make it first")
    return path


def _blank(request: NewRequest, library: Library) -> _Job:
    """A review of the rubric that the command names.

    Raises:
        DocumentError: with everything that is wrong with the rubric.
    """
    name = request.rubric or ""
    found = named_rubric(name, library)
    if isinstance(found, DocumentError):
        raise found
    tell_problems(found.warnings, request.color)
    review: Review | None = None
    if request.example:
        from charter_score.filling.example import example_review

        is_form = (request.output or "").lower().endswith(FORM_ENDING)
        review = example_review(found.rubric, actions=not is_form)
    return _Job(found, Path(name) if is_path(name) else None, review)


def _read(request: NewRequest, library: Library) -> _Job:
    """The review that a form or a document holds.

    Raises:
        DocumentError: with everything that is wrong with it.
    """
    source = None if request.source == STANDARD_INPUT else Path(request.source or "")
    shown = STANDARD_INPUT if source is None else shown_path(source)
    document = read_document(read_bytes(source, shown), shown)
    if is_rubric(document.value):
        raise UsageError(
            "--from takes a form or a review, and this is a rubric", f"charter-score new {shown}"
        )
    folder = str(source.parent) if source is not None else None
    loaded = review_of(document, library, folder, None)
    tell_problems(loaded.warnings, request.color)
    review = loaded.review
    if review.id is None and source is not None:
        review = review.model_copy(
            update={"id": source.stem}
        )  # what its file was called stays its name
    named = review.rubric or ""
    rubric_path = Path(folder or "", named) if is_path(named) else None
    return _Job(loaded.rubric, rubric_path, review, source)


def _create(job: _Job, target: Path | None, request: NewRequest, library: Library) -> None:
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
                schema_command=_schema_command(job, request),
                is_example=request.example,
            )
        )
        return
    _refuse_inputs(target, job)
    if target.suffix.lower() == FORM_ENDING:
        from charter_score.filling.form_writer import review_form

        data = review_form(rubric, reference, job.review, is_example=request.example)
        write_file(target, data, shown_path(target))
    else:
        _write_review(job, reference, target, request)
    _tell_what_next(job, target, reference, request)


def _schema_command(job: _Job, request: NewRequest) -> str:
    """The command that prints the schema of this very rubric, to be typed in this folder."""
    if request.rubric is not None and job.rubric_path is not None:
        rubric = request.rubric
    elif job.rubric_path is not None:
        rubric = job.rubric_path.as_posix()
    else:
        rubric = job.rubric.rubric.name
    folders = [word for folder in request.rubrics for word in ("--rubrics", folder)]
    return shlex.join(["charter-score", "schema", "review", "--rubric", rubric, *folders])


def _write_review(job: _Job, reference: str, target: Path, request: NewRequest) -> None:
    from charter_score.filling.template import review_template
    from charter_score.wire.schemas import schema_text

    rubric = job.rubric.rubric
    schema = target.parent / _schema_name(rubric)
    text = review_template(
        rubric, reference, schema.name, review=job.review, is_example=request.example
    )
    schema_of_reviews = schema_text("review", rubric)
    _write_with_schema(target, text, schema, schema_of_reviews, force=request.force)


def _begin_rubric(target: Path | None, request: NewRequest) -> ExitCode:
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
    _write_with_schema(target, text, schema, schema_text("rubric"), force=request.force)
    then = shlex.join(["charter-score", "check", str(target)])
    _say(f"{shown}: a rubric to make your own. Then: {then}", request.color)
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


def _tell_what_next(job: _Job, target: Path, reference: str, request: NewRequest) -> None:
    shown = shown_path(target)
    rubric = job.rubric.rubric
    if job.review is None:
        number = count(sum(1 for _ in rubric.criteria()), "criterion", "criteria")
        told = f"{shown}: {number} to rate."
    elif request.example:
        told = f"{shown}: a review that is made up, to try."
    else:
        told = (
            f"{shown}: the review of {shown_path(job.source) if job.source else 'standard input'}."
        )
    words = ["charter-score", "score", str(target)]
    if not _leads_to(job.rubric, reference, target.parent, Library()):
        # It is found only with the folder of its rubric.
        of_rubric = [str(job.rubric_path.parent)] if job.rubric_path is not None else []
        for folder in request.rubrics or of_rubric or settings().rubrics:
            words += ["--rubrics", folder]
    _say(f"{told} Then: {shlex.join(words)}", request.color)


def _say(text: str, color: Color) -> None:
    tell([Line(text)], color)
