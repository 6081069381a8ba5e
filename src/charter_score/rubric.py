"""The rubric: a standard of service as sections of criteria, with bands and an expected score.

Frozen pydantic models, built from documents and from Python code alike. They hold what the document
says, numbers and percentages as exact fractions; `compiled` says what that means to the arithmetic.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Set
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor
from typing import Annotated

from pydantic import AfterValidator, Field

from charter_score.field_types import (
    ANY_SCALAR,
    FROM_LIST,
    READ_ONLY,
    Amount,
    AnyText,
    Flag,
    Language,
    LevelWorth,
    MisshapenError,
    Model,
    Name,
    OrText,
    Part,
    Percentage,
    ReadOnly,
    Slug,
    Text,
    choice,
    not_text,
    read_decimal,
    read_flag,
    word_reader,
)
from charter_score.figures import decimal_text
from charter_score.rating import (
    LONGEST_WORD,
    NOT_APPLICABLE_WORDS,
    RATING_WORDS,
    Policy,
    Rating,
    same_word,
)
from charter_score.scalars import Number

Levels = Annotated[Mapping[str, LevelWorth], READ_ONLY]
"""Rating word to what it is worth: points, or parts of the criterion's points."""
Interaction = Mapping[str, str | tuple[str, ...]]
CriterionKey = tuple[str, str]
"""Section id and criterion id."""


class Combine(StrEnum):
    """How sections make the total: by plain points, or by the weight of each section."""

    POINTS = "points"
    SECTION_WEIGHTS = "section_weights"


class OnCritical(StrEnum):
    """What missing a critical criterion does to the review."""

    LOWEST_BAND = "lowest_band"
    ZERO = "zero"


class Permission(StrEnum):
    """Whether a reviewer may rate a criterion n/a."""

    ALLOWED = "allowed"
    NEEDS_COMMENT = "needs_comment"
    FORBIDDEN = "forbidden"


class CommentRule(StrEnum):
    """When a reviewer must write a comment."""

    OPTIONAL = "optional"
    WHEN_MISSED = "when_missed"
    ALWAYS = "always"


class UpTo(Model):
    """A level or a number of a range, and every rating that is worth no more."""

    up_to: Name = Field(description="One of the criterion's levels, or a number of its range.")


class Range(Model):
    """The numbers that a criterion is rated with: each earns its part of the highest."""

    from_: Amount = Field(default=Fraction(0), description="The lowest number: 0 unless said.")
    to: Amount = Field(description="The highest number, which earns all the points.")


_COMMENT = word_reader(CommentRule)
_COMMENT_SCHEMA = {"type": "string", "enum": [rule.value for rule in CommentRule]}


def _critical(value: object) -> bool | UpTo:
    return value if isinstance(value, UpTo) else read_flag(value)


def _scale_name(value: object) -> str:
    """The name of a scale, in the form of the keys of `scales`: Unicode NFC."""
    if not isinstance(value, str) or not value.strip():
        raise not_text(value)
    return _in_nfc(value)


def _in_nfc(name: str) -> str:
    return name if len(name) > LONGEST_WORD else unicodedata.normalize("NFC", name)


def normal_value(text: str) -> str:
    """A value of an interaction field as it is shown for all that are equal: NFC, trimmed."""
    if text.isascii() or len(text) > LONGEST_WORD:
        return text.strip()
    return unicodedata.normalize("NFC", text).strip()


def same_value(text: str) -> str:
    """The form in which two values of an interaction field are equal: NFC, case aside, trimmed."""
    if text.isascii():
        return text.casefold().strip()
    if len(text) > LONGEST_WORD:
        return text.strip()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).strip()


def values_of(interaction: Interaction, name: str) -> tuple[str, ...]:
    """What a review says in one interaction field; empty where it says nothing."""
    value = interaction.get(name, ())
    values = (value,) if isinstance(value, str) else value
    return tuple(text for text in values if text.strip())


_AllowedValues = Annotated[tuple[AnyText, ...], FROM_LIST]
Condition = Annotated[
    Mapping[
        str,
        Annotated[tuple[str, ...], OrText(lambda word: (str(word),), _AllowedValues, ANY_SCALAR)],
    ],
    READ_ONLY,
]
"""Field of the interaction to the values that let it hold."""


def holds(condition: Mapping[str, tuple[str, ...]], interaction: Interaction) -> bool:
    """Whether every field of a condition holds: one of its values is enough, case aside."""
    return all(
        {same_value(value) for value in allowed}
        & {same_value(value) for value in values_of(interaction, name)}
        for name, allowed in condition.items()
    )


class Criterion(Model):
    """One thing that is judged."""

    id: Slug = Field(description="The criterion's name in files, unique in its section.")
    title: Text = Field(description="What is judged, in a few words.")
    guidance: Text = Field(default="", description="What a reviewer should hear or see.")
    advice: Text = Field(default="", description="What to practise when it was missed.")
    source: Text = Field(default="", description="Where the standard says so.")
    points: Amount | None = Field(
        default=None, description="What it can earn: 1 where nothing is said; 0 is advisory."
    )
    levels: Annotated[Levels | str, OrText(_scale_name, Levels)] | None = Field(
        default=None,
        description="Each rating word with its points, or with its part of the points (50%); or "
        "the name of one of the rubric's scales. What can be earned is the highest of them, unless "
        "points are stated beside them.",
    )
    range: Range | None = Field(
        default=None,
        description="Instead of levels: it is rated with a number, which earns its part of the "
        "highest.",
    )
    looks_like: Annotated[Mapping[str, Text], READ_ONLY] = Field(
        default_factory=ReadOnly, description="What each rating looks like here, by rating word."
    )
    critical: Annotated[bool | UpTo, OrText(_critical, UpTo, {"type": "boolean"})] = Field(
        default=False,
        description="Whether missing it fails the whole review: true, or up_to which level.",
    )
    not_applicable: Annotated[Permission, *choice(Permission)] = Field(
        default=Permission.ALLOWED, description="Whether a reviewer may rate it n/a."
    )
    tags: Annotated[tuple[Text, ...], FROM_LIST] = Field(
        default=(), description="Some of the rubric's tags."
    )
    comment: Annotated[CommentRule | UpTo, OrText(_COMMENT, UpTo, _COMMENT_SCHEMA)] = Field(
        default=CommentRule.OPTIONAL,
        description="When a reviewer must write a comment, or up_to which level.",
    )
    applies_when: Condition = Field(
        default_factory=ReadOnly,
        description="Fields of the interaction with the values they must have; where they have "
        "others, the criterion does not exist for the review.",
    )

    @property
    def is_critical(self) -> bool:
        """Whether missing it fails the whole review."""
        return self.critical is not False


class Section(Model):
    """A stage of the interaction, the unit of the breakdown."""

    id: Slug = Field(description="The section's name in files, unique in the rubric.")
    title: Text = Field(description="What the stage is called.")
    criteria: Annotated[tuple[Criterion, ...], FROM_LIST, Field(min_length=1)] = Field(
        description="The criteria that are judged here, at least one."
    )
    guidance: Text = Field(default="", description="What a reviewer should know of the stage.")
    at_least: Percentage | None = Field(
        default=None,
        description="The percentage that the section must reach; below it the review fails as it "
        "does by a missed critical criterion.",
    )
    weight: Amount | None = Field(
        default=None,
        description="What the section weighs in the total; on every section with "
        "`combine: section_weights`, on none without.",
    )
    applies_when: Condition = Field(
        default_factory=ReadOnly,
        description="Fields of the interaction with the values they must have; where they have "
        "others, the section does not exist for the review.",
    )

    @property
    def is_conditional(self) -> bool:
        """Whether it, or something in it, applies only to some interactions."""
        return bool(self.applies_when) or any(one.applies_when for one in self.criteria)


def applies(section: Section, criterion: Criterion, interaction: Interaction) -> bool:
    """Whether a criterion of a section applies to an interaction."""
    return holds(section.applies_when, interaction) and holds(criterion.applies_when, interaction)


class Band(Model):
    """A named range of scores. The lowest has no bound, every other exactly one."""

    name: Text = Field(description="What reviews in this band are called.")
    meaning: Text = Field(default="", description="What the band says of a review.")
    from_: Percentage | None = Field(
        default=None, description="The percentage at which the band begins, itself included."
    )
    above: Percentage | None = Field(
        default=None, description="The percentage above which the band begins, itself not included."
    )

    @property
    def bound(self) -> Fraction | None:
        """The percentage at which the band begins, itself included or not; None for the lowest."""
        return self.from_ if self.from_ is not None else self.above


class FieldRule(Model):
    """What a rubric says of one interaction field: its values, and whether it must be given."""

    values: Annotated[tuple[AnyText, ...], FROM_LIST] = Field(
        default=(), description="The values it may have; any where none is listed."
    )
    required: Flag = Field(default=False, description="Whether a review must give it.")
    many: Flag = Field(default=False, description="Whether a review may give several values.")
    title: Text = Field(default="", description="What the field is called on forms.")


_WordList = Annotated[
    tuple[AnyText, ...],
    OrText(lambda word: (str(word),), Annotated[tuple[AnyText, ...], FROM_LIST]),
]


class Words(Model):
    """How the three ratings are called beside their own names; the first of each is shown."""

    met: _WordList = Field(default=(), description="Words for met.")
    not_met: _WordList = Field(default=(), alias="not met", description="Words for not met.")
    not_applicable: _WordList = Field(default=(), alias="n/a", description="Words for n/a.")

    def of(self, rating: Rating) -> tuple[str, ...]:
        """The rubric's words for a rating; empty where it has none of its own."""
        match rating:
            case Rating.MET:
                return self.met
            case Rating.NOT_MET:
                return self.not_met
            case Rating.NOT_APPLICABLE:
                return self.not_applicable

    def __bool__(self) -> bool:
        return any(self.of(rating) for rating in Rating)


class Unit(StrEnum):
    """What one review is of."""

    CONTACT = "contact"
    SERVICE = "service"
    TEST = "test"


class Rubric(Model):
    """The standard: sections of criteria, bands, the expected score."""

    id: Slug = Field(description="The rubric's name in files and on the command line.")
    version: Text = Field(description="Which edition of the standard this is, in quotes.")
    title: Text = Field(description="What the standard is called.")
    sections: Annotated[tuple[Section, ...], FROM_LIST, Field(min_length=1)] = Field(
        description="The stages of the interaction, at least one."
    )
    organisation: Text = Field(default="", description="Whose standard it is.")
    description: Text = Field(default="", description="What it is for, and how it was read.")
    source: Text = Field(default="", description="The document that it was made from.")
    language: Language = Field(default="en", description="Its language, such as en or cy (BCP 47).")
    not_applicable: Annotated[Policy, *choice(Policy)] = Field(
        default=Policy.MET,
        description="What n/a counts as: met, excluded (left out of the sums) or not_met.",
    )
    rule_source: Text = Field(
        default="", description="The standard's own words for the rule on n/a, if it has any."
    )
    combine: Annotated[Combine, *choice(Combine)] = Field(
        default=Combine.POINTS,
        description="How sections make the total: by plain points, or by section_weights.",
    )
    expected: Percentage | None = Field(
        default=None, description="The percentage that a review should reach."
    )
    bands: Annotated[tuple[Band, ...], FROM_LIST] = Field(
        default=(), description="The bands that a score falls in, the lowest first."
    )
    on_critical: Annotated[OnCritical, *choice(OnCritical)] = Field(
        default=OnCritical.LOWEST_BAND,
        description="What a missed critical criterion does: lowest_band, or zero.",
    )
    scales: Annotated[Mapping[Annotated[str, AfterValidator(_in_nfc)], Levels], READ_ONLY] = Field(
        default_factory=ReadOnly, description="Levels that several criteria use, by name."
    )
    fields: Annotated[Mapping[str, FieldRule], READ_ONLY] = Field(
        default_factory=ReadOnly, description="The interaction fields that the rubric speaks of."
    )
    hide_points: Flag = Field(
        default=False, description="Whether forms and score sheets show no points, as for a quiz."
    )
    channel_costs: Annotated[Mapping[str, Amount], READ_ONLY] = Field(
        default_factory=ReadOnly, description="What one enquiry costs, by channel."
    )
    channel_costs_source: Text = Field(
        default="", description="The year, the currency and the source of the costs."
    )
    tags: Annotated[Mapping[Slug, Text], READ_ONLY] = Field(
        default_factory=ReadOnly,
        description="Marks that run across sections, each with a total of its own: id and title.",
    )
    causes: Annotated[Mapping[Slug, Text], READ_ONLY] = Field(
        default_factory=ReadOnly,
        description="Why something was missed, for reviewers to tick: id and title.",
    )
    words: Words = Field(
        default_factory=Words,
        description="How the three ratings are called in the rubric's language.",
    )
    unit: Annotated[Unit, *choice(Unit)] = Field(
        default=Unit.CONTACT,
        description="What one review is of: a contact, a service or a test.",
    )
    ignore: Annotated[Mapping[str, Text], READ_ONLY] = Field(
        default_factory=ReadOnly, description="Lints that are not to be reported: code and reason."
    )

    @property
    def name(self) -> str:
        """`id@version`, which names exactly one rubric."""
        return f"{self.id}@{self.version}"

    def criteria(self) -> Iterator[tuple[Section, Criterion]]:
        """Every criterion with its section, in the rubric's order."""
        for section in self.sections:
            for criterion in section.criteria:
                yield section, criterion

    def conditions(self) -> Iterator[Mapping[str, tuple[str, ...]]]:
        """Every condition, those of sections first."""
        yield from (section.applies_when for section in self.sections)
        yield from (criterion.applies_when for _, criterion in self.criteria())

    @property
    def is_conditional(self) -> bool:
        """Whether something in it applies only to some interactions."""
        return any(self.conditions())

    @property
    def allows_na(self) -> bool:
        """Whether any criterion may be rated n/a."""
        return any(one.not_applicable is not Permission.FORBIDDEN for _, one in self.criteria())

    def worths_of_levels(self, criterion: Criterion) -> Levels | None:
        """A criterion's levels as they are written, looked up where it only names a scale."""
        if isinstance(criterion.levels, str):
            return self.scales[criterion.levels]
        return criterion.levels

    def levels_of(self, criterion: Criterion) -> Mapping[str, Fraction] | None:
        """A criterion's levels, each with the points that it earns."""
        levels = self.worths_of_levels(criterion)
        if levels is None:
            return None
        points = Fraction(1) if criterion.points is None else criterion.points
        return {
            level: worth.share * points if isinstance(worth, Part) else worth
            for level, worth in levels.items()
        }

    def points_of(self, criterion: Criterion) -> Fraction:
        """The points available: its own, the highest of its levels or numbers, or 1."""
        if criterion.points is not None:
            return criterion.points
        if criterion.range is not None:
            return criterion.range.to
        levels = self.worths_of_levels(criterion)
        if levels is None or self.has_parts(criterion):
            return Fraction(1)
        return max(worth for worth in levels.values() if isinstance(worth, Fraction))

    def rests_on_points(self, criterion: Criterion) -> bool:
        """Whether its points are 1 where it states none: its marks do not say them."""
        has_marks = criterion.levels is not None or criterion.range is not None
        return not has_marks or self.has_parts(criterion)

    def is_advisory(self, criterion: Criterion) -> bool:
        """Whether no rating of it earns or loses anything."""
        return not self.points_of(criterion) and not any((self.levels_of(criterion) or {}).values())

    def has_parts(self, criterion: Criterion) -> bool:
        """Whether its levels are parts of its points."""
        levels = self.worths_of_levels(criterion) or {}
        return any(isinstance(worth, Part) for worth in levels.values())

    def rating_reader(self, criterion: Criterion) -> Callable[[str], str | None]:
        """A function from a reviewer's word to the rating it means here, or None.

        Without levels the answer is a `Rating`; with levels it is the level in the rubric's own
        spelling, with a range the shortest text of the number, or `Rating.NOT_APPLICABLE`; and no
        other word counts.
        """
        levels = self.worths_of_levels(criterion)
        words: dict[str, str] = {}
        if levels is not None:
            words = {same_word(level): level for level in levels}
        elif criterion.range is None:
            words = dict(self.words_for_ratings)
        words |= dict.fromkeys(self.absent_words, Rating.NOT_APPLICABLE)
        numbers = criterion.range
        if numbers is None:
            return lambda word: words.get(same_word(word))
        return lambda word: words.get(same_word(word)) or _number_in(numbers, word)

    @property
    def words_for_ratings(self) -> Mapping[str, Rating]:
        """Every accepted spelling of the three ratings, in the form of `same_word`."""
        if not self.words:
            return RATING_WORDS
        words = {rating.value: rating for rating in Rating}
        return words | {
            same_word(word): rating for rating in Rating for word in self.words.of(rating)
        }

    @property
    def met_words(self) -> Set[str]:
        """What a level may be called that n/a counts as, in the form of `same_word`."""
        return {Rating.MET.value, *map(same_word, self.words.met)}

    @property
    def absent_words(self) -> Set[str]:
        """Every accepted spelling of n/a, in the form of `same_word`."""
        if not self.words:
            return NOT_APPLICABLE_WORDS
        return {Rating.NOT_APPLICABLE.value, *map(same_word, self.words.not_applicable)}

    def shown(self, rating: str) -> str:
        """A rating as forms and messages show it: by the rubric's own word, where it has one."""
        own = next((self.words.of(one) for one in Rating if one == rating), ())
        return own[0] if own else rating

    def whole_section_rating(self, word: str) -> Rating | None:
        """What a reviewer's word means for a section in one go: n/a, or nothing."""
        is_absent = same_word(word) in self.absent_words
        return Rating.NOT_APPLICABLE if is_absent else None

    def rating_words(self, criterion: Criterion) -> tuple[str, ...]:
        """The words a reviewer chooses from, in the rubric's order, n/a last where allowed.

        Of a range its lowest, its highest, and whole numbers between, not all where they are many.
        """
        words = self._plain_words(criterion)
        if criterion.not_applicable is Permission.FORBIDDEN:
            return words
        return (*words, Rating.NOT_APPLICABLE.value)

    def choices_of(self, criterion: Criterion) -> tuple[str, ...]:
        """What a reviewer can write, as a sentence lists it: of a range its two ends."""
        numbers = criterion.range
        if numbers is None:
            return self.shown_words(criterion)
        ends = f"a number from {decimal_text(numbers.from_)} to {decimal_text(numbers.to)}"
        return (ends, *self.shown_words(criterion)[len(self._plain_words(criterion)) :])

    def shown_words(self, criterion: Criterion) -> tuple[str, ...]:
        """The words of `rating_words` as they are shown."""
        plain, words = self._plain_words(criterion), self.rating_words(criterion)
        own = plain if criterion.levels is not None else tuple(map(self.shown, plain))
        return (*own, *map(self.shown, words[len(plain) :]))

    def _plain_words(self, criterion: Criterion) -> tuple[str, ...]:
        """The words other than n/a."""
        if criterion.range is not None:
            return tuple(map(decimal_text, _some_of(criterion.range)))
        levels = self.worths_of_levels(criterion)
        return (Rating.MET.value, Rating.NOT_MET.value) if levels is None else tuple(levels)

    def earns(self, criterion: Criterion, rating: str) -> Fraction | None:
        """The points of a rating (as `rating_reader` gives it); None where it leaves the sums."""
        full = self.points_of(criterion)
        levels = self.worths_of_levels(criterion)
        if rating != Rating.NOT_APPLICABLE:
            if levels is not None:
                worth = levels[rating]
                return worth.share * full if isinstance(worth, Part) else worth
            if criterion.range is not None:
                return full * Fraction(rating) / criterion.range.to
        elif levels is not None and self.not_applicable is Policy.MET:
            full = self._met_level(levels, full)
        return Rating(rating).earns(full, self.not_applicable)

    def _met_level(self, levels: Levels, full: Fraction) -> Fraction:
        """What n/a counts as among levels: the one called met, but never more than the points."""
        called = self.met_words
        met = (worth for level, worth in levels.items() if same_word(level) in called)
        worth = next(met, full)
        return min(worth.share * full if isinstance(worth, Part) else worth, full)

    def rank(self, criterion: Criterion, rating: str) -> Fraction:
        """Where a rating other than n/a stands among the others, by part, number or points.

        A part or number tells ratings of a criterion without points apart.
        """
        levels = self.worths_of_levels(criterion)
        if levels is not None:
            worth = levels[rating]
            return worth.share if isinstance(worth, Part) else worth
        return Fraction(rating == Rating.MET) if criterion.range is None else Fraction(rating)

    def highest_rank(self, criterion: Criterion) -> Fraction:
        """The rank of what earns all the points."""
        levels = self.worths_of_levels(criterion)
        if levels is None:
            return Fraction(1) if criterion.range is None else criterion.range.to
        return Fraction(1) if self.has_parts(criterion) else self.points_of(criterion)

    def lowest_rank(self, criterion: Criterion) -> Fraction:
        """The rank of the worst rating."""
        levels = self.worths_of_levels(criterion)
        if levels is None and criterion.range is not None:
            return criterion.range.from_
        return min((self.rank(criterion, level) for level in levels or ()), default=Fraction(0))

    def best_rank(self, criterion: Criterion) -> Fraction:
        """The rank of the best of its levels, which may be above or below all the points."""
        levels = self.worths_of_levels(criterion)
        if levels is None:
            return self.highest_rank(criterion)
        return max(self.rank(criterion, level) for level in levels)

    def _is_up_to(self, criterion: Criterion, limit: UpTo, rating: str) -> bool:
        """Whether a rating is worth no more than a limit."""
        last = self.rating_reader(criterion)(limit.up_to)
        return last is not None and self.rank(criterion, rating) <= self.rank(criterion, last)

    def misses(self, criterion: Criterion, rating: str) -> bool:
        """Whether a rating misses the criterion.

        Not met does, a level of the lowest rank and the lowest number, or what `critical` names
        with `up_to`; n/a never does.
        """
        if rating == Rating.NOT_APPLICABLE:
            return False
        if isinstance(criterion.critical, UpTo):
            return self._is_up_to(criterion, criterion.critical, rating)
        return self.rank(criterion, rating) == self.lowest_rank(criterion)

    def needs_comment(self, criterion: Criterion, rating: str) -> bool:
        """Whether a reviewer must say why beside a rating (as `rating_reader` gives it).

        `when_missed` asks for a comment on what loses points, and on what misses the criterion
        whatever its points: a critical one of no points decides over a review all the same. Where
        all levels earn the same, none of them says anything that a comment could explain. n/a is
        neither: only `always`, and `needs_comment` of n/a, ask for one there.
        """
        rule = criterion.comment
        if rule is CommentRule.ALWAYS:
            return True
        if rating == Rating.NOT_APPLICABLE:
            return criterion.not_applicable is Permission.NEEDS_COMMENT
        if isinstance(rule, UpTo):
            return self._is_up_to(criterion, rule, rating)
        if rule is CommentRule.OPTIONAL:
            return False
        earned = self.earns(criterion, rating)
        if earned is not None and earned < self.points_of(criterion):
            return True
        return self.misses(criterion, rating) and not self.all_alike(criterion)

    def all_alike(self, criterion: Criterion) -> bool:
        """Whether all levels are worth the same, so that none says anything."""
        return len(set((self.worths_of_levels(criterion) or {}).values())) == 1


MOST_NUMBERS = 11
"""Numbers of a range that stand for all of them where they are listed or tried out."""


def _some_of(numbers: Range) -> list[Fraction]:
    """The lowest and the highest number of a range, and whole numbers evenly between them."""
    first, last = numbers.from_, numbers.to
    whole = range(floor(first) + 1, ceil(last))
    step = -(-len(whole) // (MOST_NUMBERS - 2)) or 1
    return [first, *map(Fraction, whole[step - 1 :: step]), last]


def _number_in(numbers: Range, word: str) -> str | None:
    """The shortest text of a plain number in a range; None for anything else."""
    try:
        number = read_decimal(Number(word.strip()))
    except MisshapenError:
        return None
    return decimal_text(number) if numbers.from_ <= number <= numbers.to else None
