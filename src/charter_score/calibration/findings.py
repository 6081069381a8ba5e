"""How far the reviewers of the same contacts agree, and where to talk.

Criteria are compared as they were rated, before any dispute. *States* are a criterion's own words:
met, not met and n/a, or its levels and n/a. *Two states* are what the score sees of them: the
rating costs points (or misses the criterion), or it does not. A pair that differs on the first and
earns the same points of as many is one that the score cannot see.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from charter_score.calibration.reviews import Contact, Round, Side, costs
from charter_score.compiled import Worth
from charter_score.rating import Rating
from charter_score.result import CriterionResult
from charter_score.rubric import Criterion, CriterionKey, Rubric, Section, same_value
from charter_score.stats.agreement import Agreement, Unit, agreement, cohen_kappa
from charter_score.stats.student import FEWEST_VALUES, Interval, mean_interval

FEWEST_TO_COMPARE = 20
"""Contacts from which on reviewers may be compared; below, a drift is for coaching."""
THREE = 3


class Word(NamedTuple):
    """What one reviewer said of one criterion of one contact."""

    reviewer: str
    side: Side
    rated: CriterionResult


class Difference(NamedTuple):
    """One contact over which reviewers differ on a criterion: who said what."""

    reference: str
    words: tuple[Word, ...]


class CriterionAgreement(NamedTuple):
    """How far reviewers agree on one criterion.

    `unseen` of the pairs differ and earn the same all the same. `cohen` is the kappa of a round of
    exactly two reviewers.
    """

    section: Section
    criterion: Criterion
    states: Agreement
    two: Agreement
    unseen: int
    cohen: Fraction | None
    differences: tuple[Difference, ...]

    @property
    def place(self) -> CriterionKey:
        """The ids of the section and the criterion."""
        return self.section.id, self.criterion.id

    @property
    def has_levels(self) -> bool:
        """Whether words of its own were given."""
        return self.states.ordinal is not None


class Overall(NamedTuple):
    """How far reviewers agree over all criteria, on three states and on two."""

    three: Agreement
    two: Agreement
    unseen: int
    pairs: int


class MonthDrift(NamedTuple):
    """A reviewer's difference from the others in one month of contacts."""

    month: str
    number: int
    interval: Interval


class Drift(NamedTuple):
    """How far a reviewer's scores stand from the others' mean on the same contacts.

    `mean` is None below five contacts; `interval` too where all differences are equal.
    """

    reviewer: str
    number: int
    mean: Fraction | None
    interval: Interval | None
    months: tuple[MonthDrift, ...]

    @property
    def comparable(self) -> bool:
        """Whether there are contacts enough to compare reviewers by it."""
        return self.number >= FEWEST_TO_COMPARE


class ScoreSpread(NamedTuple):
    """The scores that one contact got, from the lowest to the highest, and the bands."""

    reference: str
    sides: tuple[tuple[str, Side], ...]

    @property
    def spread(self) -> Fraction:
        """How far the highest score is from the lowest."""
        shares = [side.result.share for _, side in self.sides]
        return max(shares) - min(shares)

    @property
    def bands(self) -> tuple[str, ...]:
        """The names of the bands, each once, as the scores come."""
        names = [side.result.band.name for _, side in self.sides if side.result.band is not None]
        return tuple(dict.fromkeys(names))


class Pairing(NamedTuple):
    """A review held against a person's of the same contact: how many ratings are alike."""

    reference: str
    person: Side
    other: Side
    ratings: int
    alike: int
    differing: tuple[CriterionKey, ...]


class SelfView(NamedTuple):
    """Advisors' own views beside those of the reviewers of the same contacts.

    `mean` is of the advisor's score less the mean of the reviewers', over `number` own views; None
    below five. `most` has the criteria over which they differ, the most often first.
    """

    pairings: tuple[Pairing, ...]
    number: int
    mean: Fraction | None
    interval: Interval | None
    most: tuple[tuple[Section, Criterion, int], ...]


class DraftView(NamedTuple):
    """The drafts of one model beside what people made of them.

    `finished` are reviews that say that they came of the draft: the ratings that are not alike are
    those that the person changed. `others` were made by people on their own.
    """

    model: str
    finished: tuple[Pairing, ...]
    others: tuple[Pairing, ...]


class Calibration(NamedTuple):
    """Everything that the reviews of one rubric say about their reviewers.

    `reviewers` are in the order in which they come; `criteria` with the most disputed first, those
    that nobody rated twice last.
    """

    rubric: Rubric
    sha256: str
    reviewers: tuple[str, ...]
    contacts: tuple[Contact, ...]
    overall: Overall
    criteria: tuple[CriterionAgreement, ...]
    drifts: tuple[Drift, ...]
    scores: tuple[ScoreSpread, ...]
    selves: SelfView | None
    drafts: tuple[DraftView, ...]

    @property
    def compared(self) -> int:
        """Contacts that two people or more reviewed."""
        return len(self.scores)


def calibration_of(one: Round, fewest: int = FEWEST_VALUES) -> Calibration:
    """What the reviews of one rubric say about their reviewers.

    Below `fewest` contacts no figure of a reviewer is given.
    """
    names: dict[str, str] = {}
    for contact in one.contacts:
        for side in contact.people:
            name = side.review.reviewer or ""
            names.setdefault(same_value(name), name)
    rated = [
        (contact, [(_name(side, names), side, side.ratings()) for side in contact.people])
        for contact in one.contacts
        if len(contact.people) > 1
    ]
    criteria = [
        _criterion(section, criterion, one.rubric, rated, names)
        for section, criterion in one.rubric.criteria()
    ]
    scores = tuple(
        ScoreSpread(contact.reference, tuple((name, side) for name, side, _ in several))
        for contact, several in rated
    )
    return Calibration(
        one.rubric,
        one.sha256,
        tuple(names.values()),
        one.contacts,
        _overall(criteria, one.rubric, rated),
        tuple(sorted(criteria, key=_most_disputed)),
        tuple(_drifts(names.values(), scores, fewest)),
        scores,
        _selves(one),
        tuple(_drafts(one.contacts)),
    )


Rated = Sequence[tuple[Contact, Sequence[tuple[str, Side, Mapping[CriterionKey, CriterionResult]]]]]


def _name(side: Side, names: Mapping[str, str]) -> str:
    return names[same_value(side.review.reviewer or "")]


def _most_disputed(found: CriterionAgreement) -> tuple[bool, Fraction]:
    value = found.states.percent.value
    return value is None, value or Fraction(0)


def _words(place: CriterionKey, rated: Rated) -> Iterator[tuple[Contact, tuple[Word, ...]]]:
    for contact, several in rated:
        yield (
            contact,
            tuple(
                Word(name, side, ratings[place])
                for name, side, ratings in several
                if place in ratings
            ),
        )


def _criterion(
    section: Section,
    criterion: Criterion,
    rubric: Rubric,
    rated: Rated,
    names: Mapping[str, str],
) -> CriterionAgreement:
    by_contact = list(_words((section.id, criterion.id), rated))
    units = [[word.rated.worth.rating for word in words] for _, words in by_contact]
    states = _possible(rubric, criterion) | {word for unit in units for word in unit}
    differences = tuple(
        Difference(contact.reference, words)
        for contact, words in by_contact
        if len({word.rated.worth.rating for word in words}) > 1
    )
    pairs = [(words[0], words[1]) for _, words in by_contact if len(words) == 2]
    cohen = None
    if len(names) == 2:
        first = next(iter(names.values()))
        ordered = [pair if pair[0].reviewer == first else pair[::-1] for pair in pairs]
        cohen = cohen_kappa(
            (one.rated.worth.rating, other.rated.worth.rating) for one, other in ordered
        )
    return CriterionAgreement(
        section,
        criterion,
        agreement([[unit] for unit in units], len(states), _ranks(by_contact)),
        agreement([[[costs(w.rated.worth) for w in words]] for _, words in by_contact], 2),
        sum(_unseen(words) for _, words in by_contact),
        cohen,
        differences,
    )


def _possible(rubric: Rubric, criterion: Criterion) -> set[str]:
    """The words that could be given; of a range only n/a, as its numbers count as they were given.

    Between the ends of a range lies any number, so that no count of them says what chance does.
    """
    words = set(rubric.rating_words(criterion))
    return words if criterion.range is None else words & {Rating.NOT_APPLICABLE}


def _ranks(by_contact: Iterable[tuple[Contact, Sequence[Word]]]) -> Mapping[str, int]:
    """How high each level stands, by what it earns; empty of a criterion without levels."""
    worths: dict[str, Worth] = {
        word.rated.worth.rating: word.rated.worth
        for _, words in by_contact
        for word in words
        if not word.rated.worth.not_applicable
    }
    if worths.keys() <= {Rating.MET, Rating.NOT_MET}:
        return {}
    ranks = sorted({worth.rank for worth in worths.values()})
    return {word: ranks.index(worth.rank) for word, worth in worths.items()}


def _unseen(words: Sequence[Word]) -> int:
    """Pairs that differ and are the same to the score."""
    worths = [word.rated.worth for word in words]
    same = Counter(map(_to_the_score, worths))
    alike = Counter((worth.rating, *_to_the_score(worth)) for worth in worths)
    return _pairs(same) - _pairs(alike)


def _pairs(numbers: "Counter[tuple[object, ...]]") -> int:
    """How many pairs there are inside of groups of these sizes."""
    return sum(number * (number - 1) // 2 for number in numbers.values())


def _to_the_score(worth: Worth) -> tuple[object, ...]:
    return worth.earned, worth.available, worth.missed


def _three(worth: Worth) -> Rating:
    """A rating on three states: a level that does not miss its criterion counts as met."""
    if worth.not_applicable:
        return Rating.NOT_APPLICABLE
    return Rating.NOT_MET if worth.missed else Rating.MET


def _overall(criteria: Sequence[CriterionAgreement], rubric: Rubric, rated: Rated) -> Overall:
    three: list[list[Unit]] = []
    two: list[list[Unit]] = []
    for _, several in rated:
        worths = [
            [ratings[found.place].worth for _, _, ratings in several if found.place in ratings]
            for found in criteria
        ]
        three.append([[_three(worth) for worth in unit] for unit in worths])
        two.append([[costs(worth) for worth in unit] for unit in worths])
    return Overall(
        agreement(three, THREE if rubric.allows_na else THREE - 1),
        agreement(two, 2),
        sum(found.unseen for found in criteria),
        sum(found.states.pairs for found in criteria),
    )


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _drifts(names: Iterable[str], scores: Sequence[ScoreSpread], fewest: int) -> Iterator[Drift]:
    differences: dict[str, list[tuple[str | None, Fraction]]] = {name: [] for name in names}
    for spread in scores:
        shares = {name: side.result.share for name, side in spread.sides}
        whole = sum(shares.values(), Fraction(0))
        for name, side in spread.sides:
            others = (whole - shares[name]) / (len(shares) - 1)
            differences[name].append((side.month, shares[name] - others))
    for name, listed in differences.items():
        if not listed:
            continue
        values = [value for _, value in listed]
        by_month: dict[str, list[Fraction]] = {}
        for month, value in listed:
            if month is not None:
                by_month.setdefault(month, []).append(value)
        months = [
            MonthDrift(month, len(of_month), interval)
            for month, of_month in sorted(by_month.items())
            if len(of_month) >= fewest and (interval := mean_interval(of_month)) is not None
        ]
        if len(values) < fewest:
            yield Drift(name, len(values), None, None, ())
            continue
        yield Drift(name, len(values), _mean(values), mean_interval(values), tuple(months))


def _paired(reference: str, person: Side, other: Side) -> Pairing:
    own, theirs = person.ratings(), other.ratings()
    both = [place for place in own if place in theirs]
    differing = tuple(
        place for place in both if own[place].worth.rating != theirs[place].worth.rating
    )
    alike = len(both) - len(differing)
    return Pairing(reference, person, other, len(both), alike, differing)


def _selves(one: Round) -> SelfView | None:
    pairings = tuple(
        _paired(contact.reference, person, own)
        for contact in one.contacts
        for own in contact.selves
        for person in contact.people
    )
    if not pairings:
        return None
    differences = [
        own.result.share - _mean([person.result.share for person in contact.people])
        for contact in one.contacts
        for own in contact.selves
    ]
    enough = len(differences) >= FEWEST_VALUES
    differing = Counter(place for pairing in pairings for place in pairing.differing)
    most = [
        (section, criterion, differing[section.id, criterion.id])
        for section, criterion in one.rubric.criteria()
        if differing[section.id, criterion.id]
    ]
    return SelfView(
        pairings,
        len(differences),
        _mean(differences) if enough else None,
        mean_interval(differences),
        tuple(sorted(most, key=lambda found: -found[2])),
    )


def _drafts(contacts: Iterable[Contact]) -> Iterator[DraftView]:
    finished: dict[str, list[Pairing]] = {}
    others: dict[str, list[Pairing]] = {}
    for contact in contacts:
        for draft in contact.drafts:
            model = draft.review.drafted_by or ""
            for person in contact.people:
                came_of_it = same_value(person.review.drafted_by or "") == same_value(model)
                kept = finished if came_of_it else others
                kept.setdefault(model, []).append(_paired(contact.reference, person, draft))
    for model in sorted({*finished, *others}):
        yield DraftView(model, tuple(finished.get(model, ())), tuple(others.get(model, ())))
