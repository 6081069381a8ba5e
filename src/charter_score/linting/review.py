"""A review against its rubric."""

from collections.abc import Iterable, Iterator, Mapping, Set

from charter_score.diagnostics import At, Problem, Route, Severity, did_you_mean
from charter_score.rating import Rating
from charter_score.review import Dispute, Rated, Review
from charter_score.rubric import (
    CommentRule,
    Criterion,
    FieldRule,
    Interaction,
    Permission,
    Rubric,
    Section,
    holds,
    same_value,
    values_of,
)
from charter_score.shapes import is_date

MOST_REMEMBERED = 4_096
"""Ratings of a section that are remembered as right."""


def review_problems(
    rubric: Rubric, review: Review, reported: Set[Route] = frozenset()
) -> list[Problem]:
    """Everything wrong with one review in the light of its rubric; see `ReviewLinter.problems`."""
    return ReviewLinter(rubric).problems(review, reported)


class ReviewLinter:
    """A rubric without errors made ready to check many reviews.

    Most ratings of most reviews are the same few words with nothing wrong, so what was once found
    right (a word on a criterion, with or without a comment) is remembered.
    """

    def __init__(self, rubric: Rubric) -> None:
        self._rubric = rubric
        self._sections = {section.id: _Section(section) for section in rubric.sections}
        self._fields = {
            name: frozenset(same_value(value) for value in rule.values)
            for name, rule in rubric.fields.items()
        }
        conditions = [section.applies_when for section in rubric.sections]
        conditions += [criterion.applies_when for _, criterion in rubric.criteria()]
        names = dict.fromkeys(name for condition in conditions for name in condition)
        self._undeclared = [name for name in names if name not in rubric.fields]

    def problems(self, review: Review, reported: Set[Route] = frozenset()) -> list[Problem]:
        """Everything wrong with a review.

        `reported` holds the routes of values already found wrong, which are not reported again as
        missing.
        """
        found = list(self._interaction(review, reported))
        known = 0
        for section_id, rated in review.ratings.items():
            section = self._sections.get(section_id)
            if section is None:
                found.append(self._unknown_section(section_id))
            elif not section.is_plainly_right(rated):
                found.extend(_section_ratings(self._rubric, section, rated, review))
            else:
                known += 1
        if known < len(self._sections) and review.status.is_scored:
            for section in self._sections.values():
                found.extend(_unrated(section.section, review, reported))
        if review.disputes:
            found.extend(_dispute_problems(self._rubric, review))
        return found

    def _unknown_section(self, section_id: str) -> Problem:
        return Problem(
            "unknown-section",
            "the rubric has no such section",
            ("ratings", section_id),
            At.KEY,
            did_you_mean(section_id, self._sections)
            or f"its sections are {', '.join(self._sections)}",
        )

    def _interaction(self, review: Review, reported: Set[Route]) -> Iterator[Problem]:
        interaction = review.interaction
        if any(not is_date(value) for value in values_of(interaction, "date")):
            yield Problem(
                "bad-date",
                "this is not a day of the calendar",
                ("interaction", "date"),
                hint="write year-month-day, for example 2016-05-04",
            )
        for name, rule in self._rubric.fields.items():
            if ("interaction", name) in reported or ("interaction",) in reported:
                continue
            if name in interaction or rule.required:
                yield from self._field(name, rule, interaction)
        if self._undeclared:
            yield from _silent_conditions(self._undeclared, review)

    def _field(self, name: str, rule: FieldRule, interaction: Interaction) -> Iterator[Problem]:
        route: Route = ("interaction", name)
        values = values_of(interaction, name)
        if not values:
            if rule.required:
                yield Problem(
                    "field-required",
                    f"the rubric wants `{name}` under `interaction`",
                    ("interaction",) if interaction else (),
                    At.KEY,
                    f"one of {', '.join(rule.values)}" if rule.values else None,
                )
            return
        if len(values) > 1 and not rule.many:
            yield Problem("single-value", "the rubric allows one value here", route)
        known = self._fields[name]
        given = interaction[name]
        for index, value in enumerate([given] if isinstance(given, str) else given):
            if known and value.strip() and same_value(value) not in known:
                yield Problem(
                    "unknown-word",
                    f"the rubric knows these values here: {', '.join(rule.values)}",
                    route if isinstance(given, str) else (*route, index),
                    hint=did_you_mean(value, rule.values),
                )


class _Section:
    """A section with the ratings of it that were found right before."""

    __slots__ = ("_right", "_unconditional", "criteria", "section")

    def __init__(self, section: Section) -> None:
        self.section = section
        self.criteria = {criterion.id: criterion for criterion in section.criteria}
        self._right: set[tuple[str, str, bool]] = set()
        self._unconditional = not section.applies_when and not any(
            criterion.applies_when for criterion in section.criteria
        )

    def is_plainly_right(self, rated: Mapping[str, Rated]) -> bool:
        """Whether every criterion is rated, each in a way that was found right before."""
        right = self._right
        if not self._unconditional or len(rated) != len(self.criteria):
            return False
        for criterion_id, own in rated.items():
            if (criterion_id, own.rating, own.comment is None) not in right:
                return False
        return True

    def remember(self, criterion: Criterion, own: Rated) -> None:
        """Note a rating in which nothing is wrong."""
        if self._unconditional and own.rating is not None and len(self._right) < MOST_REMEMBERED:
            self._right.add((criterion.id, own.rating, own.comment is None))


def _silent_conditions(undeclared: Iterable[str], review: Review) -> Iterator[Problem]:
    """A condition on a field that neither the rubric declares nor the review gives.

    Leaving a field out must not quietly raise a score.
    """
    for name in undeclared:
        if not values_of(review.interaction, name):
            yield Problem(
                "condition-field-missing",
                f"part of the rubric applies only by `{name}`, which this review does not give",
                ("interaction",) if review.interaction else (),
                At.KEY,
                f"add `{name}` under `interaction`, or declare it under the rubric's `fields`",
                Severity.WARNING,
            )


def _section_ratings(
    rubric: Rubric, ready: _Section, rated: Mapping[str, Rated], review: Review
) -> Iterator[Problem]:
    section, known = ready.section, ready.criteria
    section_applies = holds(section.applies_when, review.interaction)
    for criterion_id, own in rated.items():
        route: Route = ("ratings", section.id, criterion_id)
        criterion = known.get(criterion_id)
        if criterion is None:
            yield Problem(
                "unknown-criterion",
                "this section has no such criterion",
                route,
                At.KEY,
                did_you_mean(criterion_id, known)
                or _in_another_section(rubric, section, criterion_id)
                or f"its criteria are {', '.join(known)}",
            )
        elif not (section_applies and holds(criterion.applies_when, review.interaction)):
            if own.rating is not None:
                condition = section.applies_when if not section_applies else criterion.applies_when
                yield Problem(
                    "does-not-apply",
                    "this criterion does not apply to this interaction and must not be rated",
                    route,
                    At.KEY,
                    f"take it out, or check {_fields(condition)} under `interaction`",
                )
        elif own.rating is not None:
            wrong = list(_one_rating(rubric, criterion, own, route))
            if not wrong:
                ready.remember(criterion, own)
            yield from wrong


def _fields(condition: Mapping[str, tuple[str, ...]]) -> str:
    return " and ".join(f"`{name}`" for name in condition)


def _in_another_section(rubric: Rubric, here: Section, criterion_id: str) -> str | None:
    for section, criterion in rubric.criteria():
        if section is not here and criterion.id == criterion_id:
            return f"did you mean `{section.id}.{criterion.id}`?"
    return None


def _one_rating(
    rubric: Rubric, criterion: Criterion, own: Rated, route: Route
) -> Iterator[Problem]:
    rating = rubric.rating_reader(criterion)(own.rating or "")
    if rating is None:
        yield _unknown_rating(rubric, criterion, own.rating or "", route)
        return
    if rating == Rating.NOT_APPLICABLE:
        if criterion.not_applicable is Permission.FORBIDDEN:
            yield Problem(
                "na-forbidden",
                "this criterion always applies: n/a is not allowed here",
                route,
                hint=f"rate it {_or(rubric.rating_words(criterion))}",
            )
        elif criterion.not_applicable is Permission.NEEDS_COMMENT and own.comment is None:
            yield Problem(
                "comment-missing",
                "n/a needs a comment here that says why",
                route,
                At.KEY,
                'write {rating: n/a, comment: "why"}',
            )
    if criterion.comment is CommentRule.WHEN_MISSED and own.comment is None:
        earned = rubric.earns(criterion, rating)
        if earned is not None and earned < rubric.points_of(criterion):
            yield Problem(
                "comment-missing",
                "a rating that loses points needs a comment here",
                route,
                At.KEY,
                'write {rating: not met, comment: "what you saw or heard"}',
            )


def _unknown_rating(rubric: Rubric, criterion: Criterion, word: str, route: Route) -> Problem:
    words = rubric.rating_words(criterion)
    return Problem(
        "unknown-rating",
        f"this is no rating of this criterion: its ratings are {_or(words)}",
        route,
        hint=did_you_mean(word, words),
    )


def _or(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def _unrated(section: Section, review: Review, reported: Set[Route]) -> Iterator[Problem]:
    if not holds(section.applies_when, review.interaction):
        return
    rated = review.ratings.get(section.id)
    if ("ratings", section.id) in reported:
        return
    for criterion in section.criteria:
        if not holds(criterion.applies_when, review.interaction):
            continue
        own = None if rated is None else rated.get(criterion.id)
        if own is not None and own.rating is not None:
            continue
        route: Route = ("ratings", section.id, criterion.id)
        if route in reported:
            continue
        yield Problem(
            "unrated",
            f"{section.id}.{criterion.id} has no rating",
            route if own is not None else route[: 1 if rated is None else 2],
            At.KEY,
            "rate it met, not met or n/a" if criterion.levels is None else None,
        )


def _dispute_problems(rubric: Rubric, review: Review) -> Iterator[Problem]:
    for index, dispute in enumerate(review.disputes):
        yield from _one_dispute(rubric, review, dispute, ("disputes", index))


def _one_dispute(
    rubric: Rubric, review: Review, dispute: Dispute, route: Route
) -> Iterator[Problem]:
    sections = {section.id: section for section in rubric.sections}
    section = sections.get(dispute.section)
    if section is None:
        yield Problem(
            "unknown-section",
            "the rubric has no such section",
            (*route, "section"),
            hint=did_you_mean(dispute.section, sections) or f"its sections are {_or(sections)}",
        )
        return
    criteria = {criterion.id: criterion for criterion in section.criteria}
    criterion = criteria.get(dispute.criterion)
    if criterion is None:
        yield Problem(
            "unknown-criterion",
            "this section has no such criterion",
            (*route, "criterion"),
            hint=did_you_mean(dispute.criterion, criteria) or f"its criteria are {_or(criteria)}",
        )
        return
    own = review.ratings.get(section.id, {}).get(criterion.id)
    if own is None or own.rating is None:
        yield Problem(
            "dispute-unrated",
            "this dispute is over a criterion that the review does not rate",
            (*route, "criterion"),
        )
    rating = rubric.rating_reader(criterion)(dispute.says or "")
    if rating is None:
        yield _unknown_rating(rubric, criterion, dispute.says or "", (*route, "says"))
    elif rating == Rating.NOT_APPLICABLE and criterion.not_applicable is Permission.FORBIDDEN:
        yield Problem(
            "na-forbidden",
            "this criterion always applies: n/a is not allowed here",
            (*route, "says"),
            hint=f"its ratings are {_or(rubric.rating_words(criterion))}",
        )
