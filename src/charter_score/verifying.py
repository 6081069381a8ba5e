"""Recomputes a results file from the reviews and rubrics whose digests stand in it.

A review is looked for at the path in the file and, by its digest, among the paths that are given;
a rubric as the review names it. Everything that a result says is then compared, field by field,
with what the engine says today.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from charter_score import __version__
from charter_score.diagnostics import Diagnostic
from charter_score.errors import DocumentError
from charter_score.filters import ReviewFilter
from charter_score.library import (
    Library,
    LoadedRubric,
    RubricReferenceError,
    checked_review,
    is_path,
)
from charter_score.outcome import Failed, Scored, Skipped
from charter_score.review import Review, without_comments
from charter_score.scoring import NothingObservedError
from charter_score.source.document import Document
from charter_score.source.earlier_results import parsed_json
from charter_score.source.files import Input, read_bytes, search, shown_path
from charter_score.source.reading import is_rubric, read_documents
from charter_score.source.recorded_results import Recorded
from charter_score.summary import Summary
from charter_score.verified import Finding, Kind, Verification, differing
from charter_score.wire.encoding import ResultWriter, encode, summary_document
from charter_score.wire.ours import is_output

FREE_TEXT = frozenset(
    (
        *("comment", "evidence", "notes", "done_well", "could_be_better", "actions", "because"),
        *("reason", "advisor_comment"),
    )
)
"""Fields of a result that hold what a person wrote."""


@dataclass
class Verifier:
    """Recomputes what stands in a results file."""

    recorded: Recorded
    base: str
    """The folder of the results file: their paths may be relative to it."""
    library: Library
    default: LoadedRubric | None = None
    paths: Sequence[str] = ()
    _by_digest: dict[str, Input] = field(default_factory=dict)
    _documents: dict[str, dict[str, list[Document | DocumentError]]] = field(default_factory=dict)
    _scored: list[Scored] = field(default_factory=list)
    _writer: ResultWriter = field(default_factory=ResultWriter)

    @property
    def _is_older(self) -> bool:
        """Whether another version wrote the file, so that fields may be missing in it."""
        return self.recorded.version not in (None, __version__)

    def verify(self) -> Verification:
        """Everything that differs, in the order of the file."""
        findings: list[Finding] = []
        problems = list(self._index())
        plain = not any(_holds_text(result) for result in self.recorded.results)
        known: set[tuple[str, str, str]] = set()
        for result in self.recorded.results:
            finding = self._result(result, known, plain=plain)
            if finding.kind is not Kind.SAME:
                findings.append(finding)
        same = len(self.recorded.results) - len(findings)
        findings += problems
        if self.paths:
            findings += self._not_recorded()
        whole = len(self._scored) == len(self.recorded.results)
        summary_compared = whole and self.recorded.summary is not None
        if whole:
            findings += self._summary()
        return Verification(
            self.recorded.shown,
            tuple(findings),
            len(self.recorded.results),
            same,
            len(self.recorded.failures) + len(self.recorded.skipped),
            summary_compared,
            plain,
        )

    def _index(self) -> Iterator[Finding]:
        """Take note of the digest of every file that is given."""
        for entry in search(self.paths) if self.paths else ():
            if isinstance(entry, Diagnostic):
                yield Finding(Kind.REVIEW_NOT_FOUND, entry.path, "", entry.message)
                continue
            if entry.path is None:
                continue
            try:
                data = read_bytes(entry.path, entry.shown)
            except DocumentError:
                continue
            self._by_digest.setdefault(sha256(data).hexdigest(), entry)

    def _result(
        self, result: Mapping[str, Any], known: set[tuple[str, str, str]], *, plain: bool
    ) -> Finding:
        review = result.get("review")
        rubric = result.get("rubric")
        if not isinstance(review, dict) or not isinstance(rubric, dict):
            told = "this result has no review or no rubric in it"
            return Finding(Kind.FIGURES_DIFFER, self.recorded.shown, "", told)
        path, name = str(review.get("path", "")), str(review.get("id", ""))
        digest, rubric_digest = str(review.get("sha256", "")), str(rubric.get("sha256", ""))
        if (digest, name, path) in known:
            return Finding(Kind.TWICE, path, name, "the same review stands in the file before")
        known.add((digest, name, path))
        file = self._file(path, digest)
        if file is None:
            there = self._there(path)
            if there is None:
                told = "there is no such file, and none that is given has its digest"
                return Finding(Kind.REVIEW_NOT_FOUND, path, name, told)
            told = "the file is not the one that was scored: its digest differs"
            return Finding(Kind.REVIEW_CHANGED, path, name, told)
        outcome = self._recomputed(file, path, name, digest, rubric, plain=plain)
        if isinstance(outcome, Finding):
            return outcome
        if outcome.rubric_sha256 != rubric_digest:
            told = "the rubric is not the one that was scored by: its digest differs"
            return Finding(Kind.RUBRIC_CHANGED, path, name, told)
        self._scored.append(outcome)
        today = parsed_json(self._writer.result(outcome))
        differences = tuple(differing(result, today, older=self._is_older))
        kind = Kind.FIGURES_DIFFER if differences else Kind.SAME
        return Finding(kind, path, name, "", differences)

    def _there(self, path: str) -> str | None:
        """Where a recorded path leads, from the current folder or from that of the results."""
        for base in dict.fromkeys(("", self.base)):
            found = os.path.join(base, path)
            if path and os.path.isfile(found):
                return found
        return None

    def _file(self, path: str, digest: str) -> str | None:
        """The file with the recorded digest: at its path, else among those that are given."""
        for base in dict.fromkeys(("", self.base)):
            found = os.path.join(base, path)
            if path and os.path.isfile(found) and self._digest(found) == digest:
                return found
        entry = self._by_digest.get(digest)
        return None if entry is None else entry.path

    def _digest(self, path: str) -> str | None:
        try:
            return sha256(read_bytes(path, shown_path(path))).hexdigest()
        except DocumentError:
            return None

    def _recomputed(
        self,
        file: str,
        path: str,
        name: str,
        digest: str,
        recorded: Mapping[str, Any],
        *,
        plain: bool,
    ) -> Scored | Finding:
        """The review of a recorded name scored again, under the recorded path."""
        found: Finding | None = None
        stem = os.path.splitext(os.path.basename(path))[0]
        for document in self._called(file, name, stem):
            if isinstance(document, DocumentError):
                found = Finding(Kind.NO_LONGER_SCORED, path, name, _first(document))
                continue
            if is_output(document.value) or is_rubric(document.value):
                continue
            try:
                review, rubric, _ = checked_review(
                    document, lambda review: self._rubric_for(review, file, recorded)
                )
            except _RubricNotFoundError:
                told = "no rubric is known that the review names; --rubrics FOLDER adds more"
                return Finding(Kind.RUBRIC_NOT_FOUND, path, name, told)
            except DocumentError as wrong:
                found = Finding(Kind.NO_LONGER_SCORED, path, name, _first(wrong))
                continue
            own = review.id or (f"{stem} {document.part}" if document.part else stem)
            if own != name:
                continue
            try:
                # As it was scored: without the free text where the results have none.
                result = rubric.scorer.score(without_comments(review) if plain else review)
            except NothingObservedError:
                return Finding(Kind.NO_LONGER_SCORED, path, name, "nothing is observed in it")
            return Scored(path, own, digest, rubric.sha256, result)
        return found or Finding(
            Kind.FIGURES_DIFFER, path, name, "the file holds no review of this id"
        )

    def _read(self, file: str) -> list[Document | DocumentError]:
        shown = shown_path(file)
        return list(read_documents(read_bytes(file, shown), shown))

    def _called(self, file: str, name: str, stem: str) -> list[Document | DocumentError]:
        """The documents of a file that could be the review of a name; those that are broken too.

        A file is read once for all of its reviews, which stand one behind the other.
        """
        if file not in self._documents:
            by_name: dict[str, list[Document | DocumentError]] = {}
            for document in self._read(file):
                by_name.setdefault(_name_of(document), []).append(document)
            self._documents = {file: by_name}
        by_name = self._documents[file]
        part = name.removeprefix(stem).strip()
        return [*by_name.get(name, ()), *by_name.get(f"{_PART}{part}", ()), *by_name.get("", ())]

    def _rubric_for(self, review: Review, file: str, recorded: Mapping[str, Any]) -> LoadedRubric:
        """The rubric as the review names it, or the recorded one where that is what it names."""
        try:
            return self.library.rubric_for(review, os.path.dirname(file), self.default)
        except RubricReferenceError:
            named = f"{recorded.get('id')}@{recorded.get('version')}"
            reference = review.rubric
            if reference is None or is_path(reference) or reference in (named, recorded.get("id")):
                for rubric in self.library.all():
                    if (
                        isinstance(rubric, LoadedRubric)
                        and rubric.sha256 == recorded.get("sha256")
                        and rubric.rubric.name == named
                    ):
                        return rubric
            raise _RubricNotFoundError from None

    def _not_recorded(self) -> Iterator[Finding]:
        """The reviews among the given paths that the results know nothing of."""
        digests = {_in(result, "review", "sha256") for result in self.recorded.results}
        paths = {_in(result, "review", "path") for result in self.recorded.results}
        # What was not scored has no digest: its name is all there is to know it by.
        unscored = [*self.recorded.failures, *self.recorded.skipped]
        names = {str(one.get("path")).rpartition("/")[2] for one in unscored}
        if (self.recorded.summary or {}).get("filter") is not None:
            return
        for digest, entry in self._by_digest.items():
            is_known = digest in digests or entry.shown in paths
            if is_known or entry.path is None or os.path.basename(entry.path) in names:
                continue
            for document in self._read(entry.path):
                value = None if isinstance(document, DocumentError) else document.value
                if isinstance(value, dict) and "ratings" in value and not is_output(value):
                    told = "the results say nothing of this review"
                    yield Finding(Kind.NOT_RECORDED, entry.shown, "", told)
                    break

    def _summary(self) -> Iterator[Finding]:
        """The recorded summary held against that of the recomputed results."""
        shown, recorded = self.recorded.shown, self.recorded.summary
        if recorded is None:
            yield Finding(Kind.SUMMARY_DIFFERS, shown, "", "there is no summary in it")
            return
        try:
            by = tuple(dict.fromkeys(group["by"] for group in recorded.get("groups", ())))
            summary = Summary(by=by, filter=_filter(recorded.get("filter")))
            summary.filtered_out = int(str(recorded.get("filtered_out", 0)))
        except (TypeError, ValueError, KeyError, AttributeError):
            yield Finding(Kind.SUMMARY_DIFFERS, shown, "", "its summary is damaged")
            return
        for scored in self._scored:
            summary.add(scored)
        for failure in self.recorded.failures:
            summary.add(Failed(str(failure.get("path")), ()))
        for skipped in self.recorded.skipped:
            summary.add(Skipped(str(skipped.get("path")), "", str(skipped.get("reason"))))
        today = parsed_json(encode(summary_document(summary)))
        if differences := tuple(differing(recorded, today, older=self._is_older)):
            yield Finding(Kind.SUMMARY_DIFFERS, shown, "", "", differences)


_PART = "\0"
"""Stands before the part of a document that has no id of its own."""


def _name_of(document: Document | DocumentError) -> str:
    """The id that a document gives itself, else its part; empty of what cannot be read."""
    if isinstance(document, DocumentError):
        return ""
    own = document.value.get("id") if isinstance(document.value, dict) else None
    return str(own) if own is not None else f"{_PART}{document.part or ''}"


class _RubricNotFoundError(Exception):
    """No rubric is known that a review names."""


def _first(wrong: DocumentError) -> str:
    first = wrong.diagnostics[0]
    return f"{first.code}: {first.message}"


def _in(document: Any, *names: str) -> Any:
    for name in names:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _filter(document: Any) -> ReviewFilter:
    if document is None:
        return ReviewFilter()
    where = tuple((name, tuple(values)) for name, values in document["where"].items())
    return ReviewFilter(where, document["since"], document["until"])


def _holds_text(value: Any, name: str = "") -> bool:
    """Whether a recorded result has any text that a person wrote."""
    if isinstance(value, dict):
        return any(_holds_text(one, key) for key, one in value.items())
    if isinstance(value, list):
        return any(_holds_text(one, name) for one in value)
    return name in FREE_TEXT and isinstance(value, str)
