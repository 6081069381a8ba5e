"""What `new` does: a review to fill in, as text or as a form, or a rubric to begin with."""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from io import TextIOWrapper
from pathlib import Path

from charter_score.cli.settings import settings
from charter_score.cli.terminal import Color, tell, tell_problems
from charter_score.errors import DocumentError, ExitCode, UsageError
from charter_score.library import (
    Library,
    LoadedRubric,
    RubricReferenceError,
    is_path,
    named_rubric,
    review_of,
)
from charter_score.render.text.layout import span
from charter_score.render.text.phrases import count
from charter_score.review import Review
from charter_score.rubric import Rubric
from charter_score.source.files import STANDARD_INPUT, read_bytes, shown_path
from charter_score.source.reading import is_rubric, read_document
from charter_score.writing import write_file, write_standard_output

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
    """What is to be written: against which rubric, found where, and what is filled in already."""

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
    return _Job(found, Path(name) if is_path(name) else None)


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
        review = replace(review, id=source.stem)  # what its file was called stays its name
    named = review.rubric or ""
    rubric_path = Path(folder or "", named) if is_path(named) else None
    return _Job(loaded.rubric, rubric_path, review, source)


def _create(job: _Job, target: Path | None, request: NewRequest, library: Library) -> None:
    rubric = job.rubric.rubric
    reference = _reference(job, target.parent if target else Path(), library)
    if target is None:
        from charter_score.filling.template import review_template

        published = "review-v1.schema.json"
        _print(review_template(rubric, reference, published, review=job.review, exact=False))
        return
    _refuse_inputs(target, job)
    if target.suffix.lower() == FORM_ENDING:
        from charter_score.filling.form_writer import review_form

        write_file(target, review_form(rubric, reference, job.review), shown_path(target))
    else:
        _write_review(rubric, reference, target, job.review, force=request.force)
    _tell_what_next(job, target, reference, request)


def _write_review(
    rubric: Rubric, reference: str, target: Path, review: Review | None, *, force: bool
) -> None:
    from charter_score.filling.template import review_template
    from charter_score.wire.schemas import schema_text

    schema = target.parent / _schema_name(rubric)
    _write_schema(schema, schema_text("review", rubric), force=force)
    text = review_template(rubric, reference, schema.name, review=review)
    write_file(target, text.encode("utf-8"), shown_path(target))


def _begin_rubric(target: Path | None, request: NewRequest) -> ExitCode:
    from charter_score.filling.template import rubric_template

    if target is None:
        _print(rubric_template(OWN_RUBRIC, "rubric-v1.schema.json"))
        return ExitCode.OK
    from charter_score.field_types import MisshapenError, read_slug
    from charter_score.wire.schemas import schema_text

    try:
        name = read_slug(target.stem)
    except MisshapenError:
        name = OWN_RUBRIC
    schema = target.parent / ".rubric-v1.schema.json"
    _write_schema(schema, schema_text("rubric"), force=request.force)
    shown = shown_path(target)
    write_file(target, rubric_template(name, schema.name).encode("utf-8"), shown)
    _say(f"{shown}: a rubric to make your own. Then: charter-score check {shown}", request.color)
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
        relative = os.path.relpath(path, folder).replace(os.sep, "/")
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


def _write_schema(path: Path, text: str, *, force: bool) -> None:
    """Put a schema beside a document; an older one of ours is brought up to date.

    Raises:
        UsageError: where a file of that name is not ours, and nothing forces it.
    """
    data = text.encode("utf-8")
    if os.path.lexists(path):
        try:
            before = read_bytes(path, shown_path(path))
        except DocumentError:
            before = b""
        if before == data:
            return
        if not force and not _is_our_schema(before):
            raise UsageError(
                f"{shown_path(path)} is there already and is no schema of ours; it was not touched",
                "move it away, or replace it with --force",
            )
    write_file(path, data, shown_path(path))


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
    else:
        told = (
            f"{shown}: the review of {shown_path(job.source) if job.source else 'standard input'}."
        )
    _say(f"{told} Then: charter-score score {shown}", request.color)
    if not _leads_to(job.rubric, reference, target.parent, Library()):
        _say(
            f"{reference} is found only with the folder of its rubric: add --rubrics FOLDER",
            request.color,
        )


def _say(text: str, color: Color) -> None:
    tell([(span(text),)], color)


def _print(text: str) -> None:
    """Put a document on standard output: in UTF-8, as every reader of it expects."""
    import sys

    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    write_standard_output(text)
