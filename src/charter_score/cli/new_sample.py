"""Drafts of the contacts that `sample` drew, one file each."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from charter_score.errors import NotWrittenError, UsageError
from charter_score.filling.template import review_template
from charter_score.review import Review, Selection, Status
from charter_score.rubric import Rubric
from charter_score.samples.record import SampledContact, SampleRecord
from charter_score.source.files import shown_path
from charter_score.writing import write_file

_OF_THE_REVIEW = ("team", "reviewer")
"""Headings of a list that are fields of a review and not of the interaction."""
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
LONGEST_NAME = 100


def write_drafts(
    record: SampleRecord,
    rubric: Rubric,
    reference: str,
    schema: str | None,
    folder: Path,
    *,
    force: bool,
) -> list[Path]:
    """Write a draft for each contact of a sample into a folder, and say where.

    Raises:
        UsageError: where a file is there already and nothing forces it; nothing is written then.
        NotWrittenError: where one cannot be written.
    """
    if not folder.is_dir():
        why = "is no folder" if os.path.lexists(folder) else "is a folder that is not there"
        raise NotWrittenError(f"-o {shown_path(folder)} {why}; make it first")
    targets = {folder / f"{name}.yaml": one for name, one in _names(record).items()}
    there = [path for path in targets if os.path.lexists(path)]
    if there and not force:
        raise UsageError(
            f"{shown_path(there[0])} is there already; nothing was written",
            "take another folder, or replace it with --force",
        )
    for path, contact in targets.items():
        text = draft_text(contact, rubric, reference, schema)
        write_file(path, text.encode("utf-8"), shown_path(path))
    return list(targets)


def draft_text(contact: SampledContact, rubric: Rubric, reference: str, schema: str | None) -> str:
    """The draft of one contact, with how it was chosen."""
    interaction: dict[str, str] = {"reference": contact.reference}
    interaction |= {
        name: text for name, text in contact.fields.items() if name not in _OF_THE_REVIEW
    }
    review = Review(
        ratings={},
        status=Status.DRAFT,
        selection=Selection(contact.selection),
        advisor=contact.advisor,
        interaction=interaction,
        team=contact.fields.get("team"),
        reviewer=contact.fields.get("reviewer"),
    )
    lines = review_template(rubric, reference, schema, review=review).splitlines()
    if review.selection is Selection.RANDOM:
        # A template leaves out what goes without saying; a draft of a sample says it.
        status = next(at for at, line in enumerate(lines) if line.startswith("status:"))
        lines.insert(status + 1, f"selection: {review.selection.value}")
    return "\n".join(lines) + "\n"


def _names(record: SampleRecord) -> Mapping[str, SampledContact]:
    """A file name for each contact, made of its reference; alike ones are numbered."""
    names: dict[str, SampledContact] = {}
    taken: set[str] = set()
    for contact in record.contacts:
        plain = _NOT_IN_NAMES.sub("-", contact.reference).strip(".-")[:LONGEST_NAME] or "contact"
        name, number = plain, 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain}-{number}"
        taken.add(name.casefold())
        names[name] = contact
    return names
