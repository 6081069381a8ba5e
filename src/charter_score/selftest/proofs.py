"""What a selftest says: the promises with their proofs, what was tried, and what bands allow."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from charter_score.linting.weakest import Weakest
from charter_score.rubric import Band, CriterionKey, Rubric

Interaction = Mapping[str, tuple[str, ...]]


class Promise(Enum):
    """What is proved: an id for programs, and the promise in words."""

    ALL_MET = "all-met", "Everything met is 100%, and the highest band."
    RANGE = "range", "Every share lies from 0% to 100%."
    WORSE = "worse-never-raises", "A worse rating never raises the score or the band."
    NA_AFTER_MISS = "na-never-lowers", "n/a in place of a miss never lowers the score or the band."
    NA_AFTER_MET = "na-never-raises", "n/a in place of met never raises the score or the band."
    NA_RULE = "na-rule", "n/a counts as the rubric says."
    OBSERVED = "observed", "What was observed is the score with every n/a left out."
    NOTHING = "nothing-observed", "Only a review in which nothing was observed has no score."
    ADDITIVE = "additive", "A miss costs the same whatever else was missed."
    BANDS = "bands", "Band and expected score follow from the exact share."
    CRITICAL = "critical", "A missed critical criterion does what the rubric says."
    CONDITIONS = "conditions", "What does not apply counts nowhere."
    ORDER = "order", "The order of sections, criteria and ratings changes nothing."
    SCALING = "scaling", "Multiplying all points by one number changes nothing."
    LIMITS = "limits", "One miss more than each limit below loses the band."

    @property
    def id(self) -> str:
        """The stable name, in kebab case."""
        return self.value[0]

    @property
    def words(self) -> str:
        """The promise as a sentence."""
        return self.value[1]


class Trial(NamedTuple):
    """A review that was made up: its interaction, and the ratings of all that applies."""

    interaction: Interaction
    ratings: Mapping[CriterionKey, str]


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A review that breaks a promise; `other` is the one it was held against."""

    said: str
    trial: Trial
    other: Trial | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """One promise: whether it held, how often it was tried, and what broke it.

    `tried` is 0 where the rubric has nothing that it speaks of, such as n/a or a condition.
    """

    promise: Promise
    tried: int
    counterexample: Counterexample | None = None

    @property
    def held(self) -> bool:
        """Whether nothing broke it."""
        return self.counterexample is None


@dataclass(frozen=True, slots=True)
class Scope:
    """What was tried.

    Attributes:
        cases: Sets of criteria that can apply together, each with an interaction of its own.
        all_cases: Whether no other case exists.
        largest: How many of them it takes to hold every two criteria that can apply together.
        possible: How many different reviews these cases allow.
        exhaustive: Whether each of those was tried.
        singles: Reviews one rating away from a plain one, and how many of them there are.
        pairs: The same for two ratings away from all met.
        drawn: Reviews drawn by the seed.
        made: Different reviews in all.
        scored: How often the engine scored one, under this rubric or a changed one.
    """

    cases: int
    all_cases: bool
    largest: int
    possible: int
    exhaustive: bool
    singles: tuple[int, int]
    pairs: tuple[int, int]
    drawn: int
    made: int
    scored: int


class Allowance(NamedTuple):
    """Of so many criteria: any `any_of_them` may be missed, and of the lightest `most`."""

    of: int
    any_of_them: int
    most: int


@dataclass(frozen=True, slots=True)
class Limit:
    """How many criteria may be missed with the score still at a band (None: at `expected`).

    Critical criteria are not counted: none of them may be missed. One allowance for every
    different case.
    """

    band: Band | None
    allowances: tuple[Allowance, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """How a band is reached without n/a, with as few misses as can be.

    Attributes:
        trial: A review that lands in it; None where none was found.
        missed: The criteria that could have been rated better in it.
        share: Its score.
        settled: Whether it is certain that fewer misses do not land there or, without a trial,
            that nothing does.
    """

    band: Band
    trial: Trial | None
    missed: tuple[CriterionKey, ...]
    share: Fraction | None
    settled: bool


@dataclass(frozen=True, slots=True)
class Selftest:
    """A rubric's proofs, what they rest on, and what they say of its bands."""

    rubric: Rubric
    scope: Scope
    proofs: tuple[Proof, ...]
    limits: tuple[Limit, ...]
    reaches: tuple[Reach, ...]
    weakest: tuple[Weakest, ...] = ()

    @property
    def held(self) -> bool:
        """Whether every promise held."""
        return all(proof.held for proof in self.proofs)
