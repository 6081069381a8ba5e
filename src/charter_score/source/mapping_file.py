"""Mappings as files: read, checked, and found beside the table that they describe."""

import os
from collections.abc import Iterator
from typing import NamedTuple

from charter_score.diagnostics import At, Diagnostic, Problem, did_you_mean
from charter_score.errors import DocumentError
from charter_score.mapping import TableMapping
from charter_score.rubric import Rubric
from charter_score.source.document import Document
from charter_score.source.files import AnyPath, read_bytes, shown_path
from charter_score.source.reading import read_document
from charter_score.source.tables.headings import (
    LONG_COLUMNS,
    REVIEW_COLUMNS,
    Use,
    target_of,
)
from charter_score.source.validation import validated

ENDING = ".mapping.yaml"
"""`team.mapping.yaml` beside `team.xlsx` is that table's mapping."""


class LoadedMapping(NamedTuple):
    """A mapping without errors of its own, where it lies, and its document."""

    mapping: TableMapping
    path: str
    document: Document

    def from_folder(self, folder: str | None) -> TableMapping:
        """The mapping for a table in a folder: a rubric's path starts from the mapping."""
        reference = self.mapping.rubric
        if reference is None or not _is_path(reference) or os.path.isabs(reference):
            return self.mapping
        path = os.path.join(os.path.dirname(self.path), reference)
        try:
            moved = os.path.relpath(path, folder or os.curdir)
        except ValueError:  # on another drive of Windows
            return self.mapping
        moved = moved.replace(os.sep, "/")
        moved = moved if "/" in moved else f"./{moved}"
        return self.mapping.model_copy(update={"rubric": moved})

    def problems(self, rubric: Rubric) -> list[Diagnostic]:
        """What the mapping says that one rubric cannot follow."""
        return [self.document.diagnostic(problem) for problem in _unknown(self.mapping, rubric)]


def _is_path(reference: str) -> bool:
    return "/" in reference or reference.lower().endswith((".yaml", ".yml", ".json"))


def load_mapping(path: AnyPath, shown: str | None = None) -> LoadedMapping:
    """Read a mapping and check it.

    Raises:
        DocumentError: with everything that is wrong with it.
    """
    shown = shown or shown_path(path)
    document = read_document(read_bytes(path, shown), shown)
    return LoadedMapping(mapping_of(document), os.fspath(path), document)


def mapping_of(document: Document) -> TableMapping:
    """The mapping that a document holds.

    Raises:
        DocumentError: with everything that is wrong with it.
    """
    checked = validated(TableMapping, document.value)
    more = [] if checked.model is None else list(_unknown(checked.model, None))
    problems = checked.everything(more)
    if checked.model is None or problems:
        raise DocumentError(document.diagnostic(problem) for problem in problems)
    return checked.model


def mapping_beside(path: str) -> str | None:
    """The path of the mapping that lies beside a table; None where there is none."""
    stem, _ = os.path.splitext(path)
    beside = stem + ENDING
    return beside if os.path.isfile(beside) else None


def _unknown(mapping: TableMapping, rubric: Rubric | None) -> Iterator[Problem]:
    """What a mapping calls columns, and is none: in general, or for one rubric."""
    known = [*REVIEW_COLUMNS, *LONG_COLUMNS]
    if rubric is not None:
        known += [f"{section.id}.{criterion.id}" for section, criterion in rubric.criteria()]
    named = [(("columns", key), text) for key, text in mapping.columns.items()]
    named += [(("letters", key), text) for key, text in mapping.letters.items()]
    for route, text in named:
        if target_of(text, mapping.shape, rubric) is None and not (
            rubric is None and target_of(f"{text}.x", mapping.shape, None)
        ):
            yield Problem(
                "unknown-column",
                "this is no column of a table of reviews",
                route,
                hint=did_you_mean(text, known)
                or "a column is advisor, field.NAME, SECTION.CRITERION or one beside it (.comment)",
            )
    for letters in mapping.letters:
        if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
            yield Problem(
                "unknown-column",
                "a column is named by its letters here",
                ("letters", letters),
                At.KEY,
                "for example F, or AB",
            )
    for name in mapping.always:
        target = target_of(name, None, None)
        if target is None or target.use not in (Use.REVIEW, Use.INTERACTION):
            yield Problem(
                "unknown-column",
                "this is no column that says something of the whole review",
                ("always", name),
                At.KEY,
                did_you_mean(name, REVIEW_COLUMNS) or "for example team, or field.site",
            )
    if mapping.separator is not None and len(mapping.separator) != 1:
        yield Problem(
            "wrong-separator",
            "one character parts the cells",
            ("separator",),
            hint='for example ";", or "\\t" for a tab',
        )
    if mapping.decimal not in (None, ",", "."):
        yield Problem(
            "wrong-separator",
            "a comma or a point stands before decimals",
            ("decimal",),
            hint='write "," or "."',
        )
