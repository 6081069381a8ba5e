"""A review against its rubric."""

from collections import ChainMap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from typing import NamedTuple

from charter_score.compiled import worth_of
from charter_score.diagnostics import (
    At,
    Problem,
    Route,
    Severity,
    Suggestions,
    is_explained,
    listed,
    meant,
    taken,
)
from charter_score.field_types import is_date
from charter_score.forms.yaml_scalars import word_text
from charter_score.limits import MOST_WORDS
from charter_score.linting.accountability import accountability_warnings
from charter_score.linting.dispute_checks import dispute_warnings
from charter_score.rating import Rating
from charter_score.review import Dispute, Rated, Review, Status, WholeSection
from charter_score.rubric import (
    CommentRule,
    Criterion,
    FieldRule,
    Interaction,
    Permission,
    Rubric,
    Section,
    UpTo,
    holds,
    same_value,
    values_of,
)

Near = Callable[[str, Iterable[str]], str | None]
"""`Suggestions.near`."""

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
        names = dict.fromkeys(name for condition in rubric.conditions() for name in condition)
        self._undeclared = [name for name in names if name not in rubric.fields]
        self._section_of = {
            criterion.id: section.id for section, criterion in reversed(list(rubric.criteria()))
        }

    def problems(self, review: Review, reported: Set[Route] = frozenset()) -> list[Problem]:
        """Everything wrong with a review.

        `reported` holds the routes of values already found wrong, which are not reported again as
        missing. In a draft or void review a comment that is due is not missing yet.
        """
        found = self.open_problems(review, reported)
        if review.is_scored:
            return found
        return [problem for problem in found if problem.code != "comment-missing"]

    def open_problems(self, review: Review, reported: Set[Route] = frozenset()) -> list[Problem]:
        """Everything wrong with a review, comments that a draft still lacks among it."""
        suggestions = Suggestions()
        near = suggestions.near
        found = list(self._interaction(review, reported, near))
        known = 0
        written: dict[str, _Written] = {}
        for section_id, rated in review.ratings.items():
            section = self._sections.get(section_id)
            if section is None:
                near_id = suggestions.nearest(section_id, self._sections)
                is_free = near_id not in review.ratings and near_id not in written
                route: Route = ("ratings", section_id)
                hint = _meant_or_taken(near_id, is_free=is_free)
                found.append(_unknown_section(hint, self._sections, route, At.KEY))
                if near_id is None or not is_free:
                    continue
                section = self._sections[near_id]
            elif not isinstance(rated, WholeSection) and section.is_plainly_right(rated):
                known += 1
                continue
            own = written[section.section.id] = _Written.of(section, section_id, rated, suggestions)
            if isinstance(rated, WholeSection):
                found.extend(self._whole_section(section.section, rated, own.route(), review))
            else:
                found.extend(self._section(section, own, rated, review, near))
        if known < len(self._sections) and review.is_scored:
            for section in self._sections.values():
                own = written.get(section.section.id) or _Written(
                    section.section.id, review.ratings.get(section.section.id), {}
                )
                found.extend(_unrated(self._rubric, section.section, own, review, reported))
        if review.disputes:
            found.extend(_dispute_problems(self._rubric, review, reported, near))
            found.extend(dispute_warnings(self._rubric, review))
        found.extend(accountability_warnings(review))
        return [one for one in found if not _follows(one, reported)] if reported else found

    def is_complete_draft(self, review: Review) -> bool:
        """Whether a draft, a model's too, would be without an error as a person's final review."""
        if review.standing is not Status.DRAFT:
            return False
        final = review.model_copy(update={"status": Status.FINAL, "drafted_by": None})
        return all(one.severity is Severity.WARNING for one in self.problems(final))

    def _interaction(self, review: Review, reported: Set[Route], near: Near) -> Iterator[Problem]:
        interaction = review.interaction
        for name, given in interaction.items():
            if not isinstance(given, str) and len(given) > MOST_WORDS:
                yield Problem(
                    "too-many",
                    f"a field has at most {MOST_WORDS} values",
                    ("interaction", name),
                    hint="keep those that matter",
                )
                return
        dates = interaction.get("date", ())
        for index, value in enumerate([dates] if isinstance(dates, str) else dates):
            if value.strip() and not is_date(value):
                yield Problem(
                    "bad-date",
                    "this is not a day of the calendar",
                    ("interaction", "date", index),
                    hint="write year-month-day, for example 2016-05-04",
                )
        wrong = {route[:2] for route in reported}
        for name, rule in self._rubric.fields.items():
            if ("interaction", name) in wrong or ("interaction",) in wrong:
                continue
            only = interaction.get(name)
            if type(only) is str and same_value(only) in self._fields[name]:
                continue  # the one value, and the rubric knows it
            if only is not None or rule.required:
                unfinished = not review.is_scored
                yield from self._field(name, rule, interaction, near, unfinished=unfinished)
        if self._undeclared:
            yield from _silent_conditions(self._undeclared, review)

    def _field(
        self, name: str, rule: FieldRule, interaction: Interaction, near: Near, *, unfinished: bool
    ) -> Iterator[Problem]:
        route: Route = ("interaction", name)
        values = values_of(interaction, name)
        if not values:
            if rule.required and not unfinished:
                yield Problem(
                    "field-required",
                    f"the rubric wants `{name}` under `interaction`",
                    route,
                    At.KEY,
                    f"one of {listed(rule.values)}" if rule.values else None,
                )
            return
        if len(values) > 1 and not rule.many:
            yield Problem(
                "single-value", "the rubric allows one value here", route, hint="keep one of them"
            )
        known = self._fields[name]
        given = interaction[name]
        for index, value in enumerate([given] if isinstance(given, str) else given):
            if known and value.strip() and same_value(value) not in known:
                yield Problem(
                    "unknown-word",
                    f"the rubric knows these values here: {listed(rule.values, 'and')}",
                    route if isinstance(given, str) else (*route, index),
                    hint=near(value, rule.values),
                )

    def _section(
        self,
        ready: "_Section",
        written: "_Written",
        rated: Mapping[str, Rated],
        review: Review,
        near: Near,
    ) -> Iterator[Problem]:
        section, known = ready.section, ready.criteria
        section_applies = holds(section.applies_when, review.interaction)
        for criterion_id, own in rated.items():
            route = written.route(criterion_id)
            criterion = known.get(criterion_id)
            if criterion is None:
                near_id = written.near.get(criterion_id)
                is_free = near_id is not None and written.name_of(near_id) == criterion_id
                hint = _meant_or_taken(near_id, is_free=is_free) or self._elsewhere(criterion_id)
                yield _unknown_criterion(hint, known, route, At.KEY)
                if near_id is None or not is_free:
                    continue
                criterion = known[near_id]
            if not (section_applies and holds(criterion.applies_when, review.interaction)):
                condition = criterion.applies_when if section_applies else section.applies_when
                if own.rating is not None and not _may_still_apply(condition, review):
                    yield Problem(
                        "does-not-apply",
                        "this criterion does not apply to this interaction and must not be rated",
                        route,
                        At.KEY,
                        f"take it out, or check {_fields(condition)} under `interaction`",
                    )
            elif own.rating is not None:
                wrong = list(_one_rating(self._rubric, criterion, own, route, near))
                if own.causes:
                    wrong += _causes(self._rubric, criterion, own, route, near)
                if not wrong:
                    ready.remember(criterion, own)
                yield from wrong

    def _whole_section(
        self, section: Section, whole: WholeSection, route: Route, review: Review
    ) -> Iterator[Problem]:
        """What is wrong with rating a section in one go."""
        if whole.rating is None:
            return
        rating = self._rubric.whole_section_rating(whole.rating)
        if rating is None:
            yield Problem(
                "unknown-rating",
                "a whole section can be rated n/a, and nothing else",
                (*route, "rating"),
                hint="rate its criteria one by one",
            )
            return
        applying = [
            one
            for one in section.criteria
            if holds(section.applies_when, review.interaction)
            and holds(one.applies_when, review.interaction)
        ]
        conditions = [section.applies_when, *(one.applies_when for one in section.criteria)]
        if not applying and not any(_may_still_apply(one, review) for one in conditions):
            yield Problem(
                "does-not-apply",
                "this section does not apply to this interaction and must not be rated",
                route,
                At.KEY,
                f"take it out, or check {_fields(ChainMap(*map(dict, conditions)))} under "
                "`interaction`",
            )
        forbidding = [one for one in applying if one.not_applicable is Permission.FORBIDDEN]
        if forbidding:
            yield Problem(
                "na-forbidden",
                "n/a is not allowed for all of this section: "
                f"{listed([one.id for one in forbidding], 'and')} always "
                f"{'applies' if len(forbidding) == 1 else 'apply'}",
                (*route, "rating"),
                hint="rate its criteria one by one",
            )
        if whole.comment is None and any(
            self._rubric.needs_comment(one, rating) for one in applying if one not in forbidding
        ):
            yield Problem(
                "comment-missing",
                "n/a needs a comment here that says why",
                route,
                At.KEY,
                'write {rating: n/a, comment: "why"}',
            )

    def _elsewhere(self, criterion_id: str) -> str | None:
        """A hint with the section in which there is such a criterion."""
        section = self._section_of.get(criterion_id)
        return f"did you mean `{section}.{criterion_id}`?" if section else None


class _Section:
    """A section with the ratings of it that were found right before."""

    __slots__ = ("_right", "_unconditional", "criteria", "section")

    def __init__(self, section: Section) -> None:
        self.section = section
        self.criteria = {criterion.id: criterion for criterion in section.criteria}
        self._right: set[tuple[str, str, bool]] = set()
        self._unconditional = not section.is_conditional

    def is_plainly_right(self, rated: Mapping[str, Rated]) -> bool:
        """Whether every criterion is rated, each in a way that was found right before."""
        right = self._right
        if not self._unconditional or len(rated) != len(self.criteria):
            return False
        for criterion_id, own in rated.items():
            if own.causes or (criterion_id, own.rating, own.comment is None) not in right:
                return False
        return True

    def remember(self, criterion: Criterion, own: Rated) -> None:
        """Note a rating in which nothing is wrong."""
        if self._unconditional and own.rating is not None and len(self._right) < MOST_REMEMBERED:
            self._right.add((criterion.id, own.rating, own.comment is None))


class _Written(NamedTuple):
    """The ratings of a section as a review has them: under which name, and which are misspelt."""

    section_id: str
    rated: Mapping[str, Rated] | WholeSection | None
    near: Mapping[str, str]
    """The criterion nearest to each misspelt one."""

    @classmethod
    def of(
        cls,
        section: "_Section",
        section_id: str,
        rated: Mapping[str, Rated] | WholeSection,
        suggestions: Suggestions,
    ) -> "_Written":
        """The ratings of a section, each misspelt name looked up."""
        if isinstance(rated, WholeSection):
            return cls(section_id, rated, {})
        known = section.criteria
        unknown = {name: suggestions.nearest(name, known) for name in rated if name not in known}
        return cls(
            section_id, rated, {name: near for name, near in unknown.items() if near is not None}
        )

    def route(self, *steps: str) -> Route:
        """The place of the section, or of a criterion of it, in the review."""
        return ("ratings", self.section_id, *steps)

    def name_of(self, criterion_id: str) -> str:
        """The name under which a criterion is rated: its own, or the first that is near to it."""
        if not self.near or not isinstance(self.rated, Mapping) or criterion_id in self.rated:
            return criterion_id
        names = (name for name, near in self.near.items() if near == criterion_id)
        return next(names, criterion_id)


def _follows(problem: Problem, wrong: Set[Route]) -> bool:
    """Whether a problem of a review may only follow from what was found wrong before."""
    match problem.code, problem.route:
        case ("unrated", _):
            return ("ratings",) in wrong
        case ("missing-field" | "dispute-over-all", ("disputes", number, *_)):
            return any(route[:2] == ("disputes", number) for route in wrong)
        case ("dispute-says-rating", (*dispute, _)):
            return (*dispute, "outcome") in wrong or is_explained(problem, wrong)
        case _:
            return is_explained(problem, wrong)


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


def _may_still_apply(condition: Mapping[str, tuple[str, ...]], review: Review) -> bool:
    """Whether an unfinished review does not yet say what a condition asks."""
    return not review.is_scored and any(
        not values_of(review.interaction, name) for name in condition
    )


def _fields(condition: Mapping[str, tuple[str, ...]]) -> str:
    return " and ".join(f"`{name}`" for name in condition)


def _one_rating(
    rubric: Rubric, criterion: Criterion, own: Rated, route: Route, near: Near
) -> Iterator[Problem]:
    rating = rubric.rating_reader(criterion)(own.rating or "")
    if rating is None:
        yield _unknown_rating(rubric, criterion, own.rating or "", (*route, "rating"), near)
        return
    if rating == Rating.NOT_APPLICABLE:
        if criterion.not_applicable is Permission.FORBIDDEN:
            yield Problem(
                "na-forbidden",
                "this criterion always applies: n/a is not allowed here",
                (*route, "rating"),
                hint=f"rate it {listed(rubric.choices_of(criterion))}",
            )
        elif own.comment is None and rubric.needs_comment(criterion, rating):
            yield Problem(
                "comment-missing",
                "n/a needs a comment here that says why",
                route,
                At.KEY,
                'write {rating: n/a, comment: "why"}',
            )
    elif own.comment is None and rubric.needs_comment(criterion, rating):
        yield Problem(
            "comment-missing",
            _why_comment(criterion),
            route,
            At.KEY,
            f'write {{rating: {word_text(rating)}, comment: "what you saw or heard"}}',
        )


def _meant_or_taken(near_id: str | None, *, is_free: bool) -> str | None:
    """What to do about a name that is near to a known one: write that, or see that it is there."""
    if near_id is None:
        return None
    return meant(near_id) if is_free else taken(near_id)


def _unknown_section(
    hint: str | None, known: Collection[str], route: Route, at: At = At.VALUE
) -> Problem:
    hint = hint or f"its sections are {listed(known, 'and')}"
    return Problem("unknown-section", "the rubric has no such section", route, at, hint)


def _unknown_criterion(
    hint: str | None, known: Collection[str], route: Route, at: At = At.VALUE
) -> Problem:
    hint = hint or f"its criteria are {listed(known, 'and')}"
    return Problem("unknown-criterion", "this section has no such criterion", route, at, hint)


def _causes(
    rubric: Rubric, criterion: Criterion, own: Rated, route: Route, near: Near
) -> Iterator[Problem]:
    """What is wrong with the causes that were ticked beside a rating."""
    for index, cause in enumerate(own.causes):
        if cause not in rubric.causes:
            yield Problem(
                "unknown-cause",
                "the rubric has no such cause",
                (*route, "causes", index),
                hint=near(cause, rubric.causes)
                or (f"its causes are {listed(rubric.causes, 'and')}" if rubric.causes else None),
            )
    rating = rubric.rating_reader(criterion)(own.rating or "")
    if rating is None:
        return
    if rating == Rating.NOT_APPLICABLE:
        yield Problem(
            "cause-of-nothing",
            "n/a has no cause: nothing was missed",
            (*route, "causes"),
            At.KEY,
            "take the causes out",
        )
        return
    if not worth_of(rubric, criterion, rating).has_a_cause:
        yield Problem(
            "cause-of-nothing",
            "this rating lost nothing, so there is no cause to tick",
            (*route, "causes"),
            At.KEY,
            "take the causes out",
            Severity.WARNING,
        )


def _why_comment(criterion: Criterion) -> str:
    if criterion.comment is CommentRule.ALWAYS:
        return "every rating needs a comment here"
    if isinstance(criterion.comment, UpTo):
        return "this rating needs a comment here, as each does that is worth no more"
    return "a rating that misses this criterion or loses points needs a comment here"


def _unknown_rating(
    rubric: Rubric, criterion: Criterion, word: str, route: Route, near: Near
) -> Problem:
    words = rubric.choices_of(criterion)
    return Problem(
        "unknown-rating",
        f"this is no rating of this criterion: its ratings are {listed(words)}",
        route,
        hint=near(word, words),
    )


def _unrated(
    rubric: Rubric, section: Section, written: _Written, review: Review, reported: Set[Route]
) -> Iterator[Problem]:
    """The criteria without a rating; of a section in which nothing is rated, in one problem."""
    whole = written.rated if isinstance(written.rated, WholeSection) else None
    if not holds(section.applies_when, review.interaction) or written.route() in reported:
        return
    if whole is not None and (whole.rating is not None or written.route("rating") in reported):
        return
    rated = {} if isinstance(written.rated, WholeSection) else written.rated
    applying = [one for one in section.criteria if holds(one.applies_when, review.interaction)]
    names = {one.id: written.name_of(one.id) for one in applying} if written.near else {}
    missing = [one for one in applying if not _is_rated(names.get(one.id, one.id), rated)]
    waiting = [one for one in missing if written.route(names.get(one.id, one.id)) not in reported]
    if len(waiting) > 1 and waiting == applying:
        yield Problem(
            "unrated",
            f"{section.id}: {len(waiting)} criteria have no rating",
            ("ratings",) if rated is None else written.route(),
            At.KEY,
            f"rate {listed([one.id for one in waiting], 'and')} under `{section.id}`",
        )
        return
    for criterion in waiting:
        route = written.route(names.get(criterion.id, criterion.id))
        is_there = rated is not None and route[-1] in rated
        yield Problem(
            "unrated",
            f"{section.id}.{criterion.id} has no rating",
            route if is_there else route[: 1 if rated is None else 2],
            At.KEY,
            f"rate it {listed(rubric.choices_of(criterion))}",
        )


def _is_rated(name: str, rated: Mapping[str, Rated] | None) -> bool:
    own = None if rated is None else rated.get(name)
    return own is not None and own.rating is not None


def _dispute_problems(
    rubric: Rubric, review: Review, reported: Set[Route], near: Near
) -> Iterator[Problem]:
    sections = {section.id: section for section in rubric.sections}
    for index, dispute in enumerate(review.disputes):
        route: Route = ("disputes", index)
        yield from _one_dispute(rubric, sections, review, dispute, route, reported, near)


def _one_dispute(
    rubric: Rubric,
    sections: Mapping[str, Section],
    review: Review,
    dispute: Dispute,
    route: Route,
    reported: Set[Route],
    near: Near,
) -> Iterator[Problem]:
    if dispute.is_over_all and dispute.model_fields_set:
        if dispute.says is not None:
            yield Problem(
                "dispute-over-all",
                "a dispute over the whole review asks for no rating",
                (*route, "says"),
                hint="name its `section` and `criterion`, or take `says` out",
            )
        return
    if dispute.section is None or dispute.criterion is None or not dispute.model_fields_set:
        missing = "section" if dispute.section is None else "criterion"
        yield Problem(
            "missing-field",
            f"`{missing}` is missing here",
            route,
            At.KEY,
            "name both; without either, the dispute is over the whole review",
        )
        if dispute.model_fields_set and "says" not in dispute.model_fields_set:
            yield _nothing_said(route)
        return
    section = sections.get(dispute.section)
    if section is None:
        yield _unknown_section(near(dispute.section, sections), sections, (*route, "section"))
        return
    criteria = {criterion.id: criterion for criterion in section.criteria}
    criterion = criteria.get(dispute.criterion)
    if criterion is None:
        hint = near(dispute.criterion, criteria)
        yield _unknown_criterion(hint, criteria, (*route, "criterion"))
        return
    own = review.rated(section.id, criterion.id)
    rated: Route = ("ratings", section.id, criterion.id)
    is_wrong = any(rated[:length] in reported for length in range(1, len(rated) + 1))
    if not is_wrong and (own is None or own.rating is None):
        yield Problem(
            "dispute-unrated",
            "this dispute is over a criterion that the review does not rate",
            (*route, "criterion"),
        )
    if "says" not in dispute.model_fields_set:
        hint = f"its ratings are {listed(rubric.choices_of(criterion))}"
        yield _nothing_said(route, hint)
        return
    rating = rubric.rating_reader(criterion)(dispute.says or "")
    if rating is None:
        yield _unknown_rating(rubric, criterion, dispute.says or "", (*route, "says"), near)
    elif rating == Rating.NOT_APPLICABLE and criterion.not_applicable is Permission.FORBIDDEN:
        yield Problem(
            "na-forbidden",
            "this criterion always applies: n/a is not allowed here",
            (*route, "says"),
            hint=f"its ratings are {listed(rubric.choices_of(criterion))}",
        )


def _nothing_said(route: Route, hint: str | None = None) -> Problem:
    """A dispute that does not say which rating it asks for."""
    message = "`says` is missing here: the rating that it should be"
    return Problem("missing-field", message, route, At.KEY, hint)
