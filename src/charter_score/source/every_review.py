"""Every review at some paths, drafts and void ones too, without asking for its rubric."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from charter_score.diagnostics import Diagnostic
from charter_score.errors import DocumentError
from charter_score.review import Review
from charter_score.scalars import Value
from charter_score.source.document import Document
from charter_score.source.files import Input, read_bytes, search
from charter_score.source.kinds import unread
from charter_score.source.reading import is_rubric, read_documents
from charter_score.source.validation import validated
from charter_score.wire.ours import is_output


class FoundReview(NamedTuple):
    """A review as it stands in its file; `review` is what can be read of it, perhaps nothing."""

    file: Input
    document: Document
    review: Review | None

    @property
    def id(self) -> str:
        """Its own id, or what its file makes of it."""
        if self.review is not None and self.review.id is not None:
            return self.review.id
        part = self.document.part
        return f"{self.file.stem} {part}" if part else self.file.stem

    def field(self, name: str) -> str | None:
        """The text of one of its plain fields, also where this version does not know it."""
        value: Value = self.document.value
        found = value.get(name) if isinstance(value, dict) else None
        return str(found) if found is not None and not isinstance(found, dict | list) else None


def every_review(paths: Sequence[str]) -> Iterator[FoundReview | Diagnostic]:
    """Each review, or what is wrong with a file that might be one."""
    for entry in search(paths):
        if isinstance(entry, Diagnostic):
            yield entry
            continue
        if unread(entry.shown) is not None:
            continue
        try:
            documents = list(read_documents(read_bytes(entry.path, entry.shown), entry.shown))
        except DocumentError as wrong:
            yield wrong.diagnostics[0]
            continue
        for document in documents:
            if isinstance(document, DocumentError):
                first = document.diagnostics[0]
                if entry.root is None or first.code != "not-a-form":
                    yield first
                continue
            value = document.value
            if is_output(value) or is_rubric(value) or not isinstance(value, dict):
                continue
            yield FoundReview(entry, document, validated(Review, value).model)
