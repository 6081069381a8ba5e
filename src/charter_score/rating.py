"""The rating words, and the rule that gives charter-score its character.

Not applicable counts as met. The rule stands here and nowhere else: `Rating.earns` is the one
place that says what a rating is worth.
"""

import unicodedata
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import assert_never


class Policy(StrEnum):
    """What a rubric lets `n/a` count as. The default is the standard's: met."""

    MET = "met"
    EXCLUDED = "excluded"
    NOT_MET = "not_met"


class Rating(StrEnum):
    """What a reviewer records of a criterion that has no levels of its own."""

    MET = "met"
    NOT_MET = "not met"
    NOT_APPLICABLE = "n/a"

    def earns(self, available: Fraction, policy: Policy) -> Fraction | None:
        """The points this rating earns of those available; None: the criterion leaves the sums.

        Source: Plymouth City Council, Quality Monitoring 2016, Definition of marks, for `n/a`
        counting as met; scoring rule 2 for the other two policies.
        """
        match self:
            case Rating.MET:
                return available
            case Rating.NOT_MET:
                return Fraction(0)
            case Rating.NOT_APPLICABLE:
                match policy:
                    case Policy.MET:
                        return available
                    case Policy.NOT_MET:
                        return Fraction(0)
                    case Policy.EXCLUDED:
                        return None
                    case _:
                        assert_never(policy)
            case _:
                assert_never(self)


LONGEST_WORD = 1_024
"""Characters of a rating word; bringing a longer text into NFC can take very long."""


def same_word(word: str) -> str:
    """The form in which two spellings of one rating are equal.

    Unicode NFC, case aside, trimmed, and runs of space, `-` and `_` alike. A text too long for any
    rating stays as it is.
    """
    return word if len(word) > LONGEST_WORD else _same_word(word)


@lru_cache(maxsize=4096)
def _same_word(word: str) -> str:
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", word).casefold())
    return " ".join(folded.replace("-", " ").replace("_", " ").split())


RATING_WORDS: dict[str, Rating] = {
    "met": Rating.MET,
    "yes": Rating.MET,
    "not met": Rating.NOT_MET,
    "no": Rating.NOT_MET,
    "n/a": Rating.NOT_APPLICABLE,
    "na": Rating.NOT_APPLICABLE,
    "not applicable": Rating.NOT_APPLICABLE,
}
"""Every accepted spelling (after `same_word`) of the three ratings."""

NOT_APPLICABLE_WORDS = frozenset(
    word for word, rating in RATING_WORDS.items() if rating is Rating.NOT_APPLICABLE
)
"""The spellings of n/a; no level may be called one of these."""
