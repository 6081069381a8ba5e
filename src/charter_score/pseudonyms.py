"""Keyed pseudonyms in the place of names, ids and paths, before anything is rendered.

HMAC-SHA256 under a secret key: the same name gives the same pseudonym in every run with the key,
and nobody without it can tell which name it was, not even by trying all names.
"""

import base64
import hmac
import unicodedata
from hashlib import sha256
from typing import NamedTuple

from charter_score.diagnostics import Diagnostic
from charter_score.field_types import ReadOnly
from charter_score.filters import ReviewFilter
from charter_score.outcome import Failed, LeftOut, Outcome, Scored, Skipped
from charter_score.review import Review

PEOPLE = ("advisor", "reviewer")
"""Fields to choose by whose values are people's names."""
_LENGTH = 10
"""Characters of a pseudonym; a thousand million names share none but by a rare chance."""


class Pseudonyms(NamedTuple):
    """The pseudonyms under one key."""

    key: bytes

    def of_name(self, name: str) -> str:
        """The pseudonym of a person: `P-` and ten characters, case and Unicode form aside."""
        plain = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
        return self._made(plain.strip())

    def of_text(self, text: str) -> str:
        """The pseudonym of an id or a path, of which no two that differ are one."""
        return self._made(text)

    def _made(self, text: str) -> str:
        digest = hmac.digest(self.key, text.encode("utf-8", "surrogatepass"), sha256)
        return f"P-{base64.b32encode(digest).decode()[:_LENGTH]}"

    def review(self, review: Review) -> Review:
        """A review without a name or reference in it that is not a pseudonym; free text stays."""
        name = self._optional
        interaction = dict(review.interaction)
        if "reference" in interaction:
            given = interaction["reference"]
            interaction["reference"] = (
                self.of_text(given) if isinstance(given, str) else tuple(map(self.of_text, given))
            )
        return review.model_copy(
            update={
                "id": None if review.id is None else self.of_text(review.id),
                "advisor": name(review.advisor),
                "reviewer": name(review.reviewer),
                "interaction": ReadOnly(interaction),
                "actions": tuple(
                    action.model_copy(update={"who": name(action.who)}) for action in review.actions
                ),
                "disputes": tuple(
                    dispute.model_copy(
                        update={"by": name(dispute.by), "decided_by": name(dispute.decided_by)}
                    )
                    for dispute in review.disputes
                ),
            }
        )

    def _optional(self, name: str | None) -> str | None:
        return None if name is None else self.of_name(name)

    def outcome(self, outcome: Outcome | LeftOut) -> Outcome | LeftOut:
        """An outcome with pseudonyms for its id and every path; digests are keyed too.

        The digest of a file would tell whoever guesses its words that they are right.
        """
        match outcome:
            case Scored():
                digest = hmac.digest(self.key, outcome.sha256.encode(), sha256).hex()
                return outcome._replace(
                    path=self.of_text(outcome.path),
                    id=self.of_text(outcome.id),
                    sha256=digest,
                    warnings=self._diagnostics(outcome.warnings),
                )
            case Skipped():
                return outcome._replace(
                    path=self.of_text(outcome.path),
                    id=self.of_text(outcome.id),
                    warnings=self._diagnostics(outcome.warnings),
                )
            case Failed():
                return outcome._replace(
                    path=self.of_text(outcome.path),
                    diagnostics=self._diagnostics(outcome.diagnostics),
                )
            case LeftOut():
                return outcome

    def _diagnostics(self, diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
        return tuple(one._replace(path=self.of_text(one.path)) for one in diagnostics)

    def chosen(self, chosen: ReviewFilter) -> ReviewFilter:
        """A filter as it may be shown: people by their pseudonyms."""
        return chosen._replace(
            where=tuple(
                (field, tuple(map(self.of_name, values)) if field in PEOPLE else values)
                for field, values in chosen.where
            )
        )
