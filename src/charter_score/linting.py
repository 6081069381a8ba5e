"""Checks that a model alone cannot make: a rubric against itself, a review against its rubric.

They speak in routes; the document that was read knows the lines. Errors keep a document from being
scored, warnings do not.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from fractions import Fraction

from charter_score.diagnostics import At, Problem, Route, Severity, did_you_mean
from charter_score.rating import NOT_APPLICABLE_WORDS, Rating, same_word
from charter_score.review import Dispute, Rated, Review, Status
from charter_score.rubric import (
    Combine,
    CommentRule,
    Criterion,
    Permission,
    Rubric,
    Section,
    holds,
    same_value,
    values_of,
)
from charter_score.shapes import is_date


def rubric_problems(rubric: Rubric) -> list[Problem]:
    """Everything that keeps a rubric from being scored with, and what only looks wrong."""
    return [
        *_empty_lists(rubric),
        *_repeated_ids(rubric),
        *_level_problems(rubric),
        *_weight_problems(rubric),
        *_band_problems(rubric),
        *_condition_problems(rubric),
        *_critical_problems(rubric),
    ]


def review_problems(
    rubric: Rubric, review: Review, reported: Set[Route] = frozenset()
) -> list[Problem]:
    """Everything wrong with a review in the light of its rubric.

    `reported` holds the routes of values already found wrong, which are not reported again as
    missing. The rubric must be without errors.
    """
    return [
        *_interaction_problems(rubric, review, reported),
        *_rating_problems(rubric, review, reported),
        *_dispute_problems(rubric, review),
    ]


# ── The rubric ────────────────────────────────────────────────────────────────────────────────


def _criteria(rubric: Rubric) -> Iterator[tuple[Route, Criterion]]:
    for s, section in enumerate(rubric.sections):
        for c, criterion in enumerate(section.criteria):
            yield ("sections", s, "criteria", c), criterion


def _empty_lists(rubric: Rubric) -> Iterator[Problem]:
    if not rubric.sections:
        yield Problem("empty-list", "a rubric has at least one section", ("sections",), At.KEY)
    for s, section in enumerate(rubric.sections):
        if not section.criteria:
            yield Problem(
                "empty-list",
                "a section has at least one criterion",
                ("sections", s, "criteria"),
                At.KEY,
            )


def _repeated_ids(rubric: Rubric) -> Iterator[Problem]:
    section_ids = [section.id for section in rubric.sections]
    for s in _repeats(section_ids):
        yield Problem("duplicate-id", "another section has this id", ("sections", s, "id"))
    for s, section in enumerate(rubric.sections):
        for c in _repeats([criterion.id for criterion in section.criteria]):
            yield Problem(
                "duplicate-id",
                "another criterion of this section has this id",
                ("sections", s, "criteria", c, "id"),
            )


def _repeats(words: Iterable[str]) -> Iterator[int]:
    """The places at which a word stands that stood before."""
    seen: set[str] = set()
    for index, word in enumerate(words):
        if word in seen:
            yield index
        seen.add(word)


def _level_problems(rubric: Rubric) -> Iterator[Problem]:
    for name, levels in rubric.scales.items():
        yield from _levels(("scales", name), levels)
    for route, criterion in _criteria(rubric):
        if criterion.levels is None:
            continue
        where = (*route, "levels")
        if criterion.points is not None:
            yield Problem(
                "points-and-levels",
                "a criterion has points or levels, not both",
                (*route, "points"),
                At.KEY,
                "take `points` out: the levels say what can be earned",
            )
        if isinstance(criterion.levels, str):
            if criterion.levels not in rubric.scales:
                yield Problem(
                    "unknown-scale",
                    "the rubric has no scale of this name",
                    where,
                    hint=did_you_mean(criterion.levels, rubric.scales)
                    or "name it under `scales`, or write the levels here",
                )
        else:
            yield from _levels(where, criterion.levels)
    for route, criterion in _criteria(rubric):
        if isinstance(criterion.levels, str) and criterion.levels not in rubric.scales:
            continue
        read = rubric.rating_reader(criterion)
        for word in criterion.looks_like:
            if read(word) is None:
                yield Problem(
                    "unknown-rating",
                    "this is no rating word of the criterion",
                    (*route, "looks_like", word),
                    At.KEY,
                    f"its words are {', '.join(rubric.rating_words(criterion))}",
                )


def _levels(route: Route, levels: Mapping[str, Fraction]) -> Iterator[Problem]:
    if not levels:
        yield Problem("empty-list", "there is no level here", route, At.KEY)
    words: dict[str, str] = {}
    for level in levels:
        word = same_word(level)
        if word in NOT_APPLICABLE_WORDS:
            yield Problem(
                "level-not-applicable",
                "a level cannot be called n/a",
                (*route, level),
                At.KEY,
                "n/a is always there unless the criterion forbids it",
            )
        elif not word:
            yield Problem("empty", "a level needs a word", (*route, level), At.KEY)
        elif word in words:
            yield Problem(
                "duplicate-level",
                "two levels are one word, since case and space, - and _ do not count",
                (*route, level),
                At.KEY,
            )
        words[word] = level


def _available(rubric: Rubric, section: Section) -> Fraction | None:
    """The points of a section; None where its levels cannot be made out."""
    total = Fraction(0)
    for criterion in section.criteria:
        if isinstance(criterion.levels, str) and criterion.levels not in rubric.scales:
            return None
        levels = rubric.levels_of(criterion)
        if levels is not None and not levels:
            return None
        total += rubric.points_of(criterion)
    return total


def _weight_problems(rubric: Rubric) -> Iterator[Problem]:
    weighted = rubric.combine is Combine.SECTION_WEIGHTS
    points = [_available(rubric, section) for section in rubric.sections]
    for s, (section, available) in enumerate(zip(rubric.sections, points, strict=True)):
        here: Route = ("sections", s)
        if not weighted:
            if section.weight is not None:
                yield Problem(
                    "weight-unused",
                    "a weight counts only with `combine: section_weights`",
                    (*here, "weight"),
                    At.KEY,
                    "add that line, or take the weight out",
                )
            continue
        if section.weight is None:
            yield Problem(
                "weight-missing",
                "every section needs a `weight` with `combine: section_weights`",
                here,
                At.KEY,
            )
        elif section.weight == 0:
            yield Problem("zero-weight", "a section of weight 0 never counts", (*here, "weight"))
        if available == 0 and section.criteria:
            yield Problem(
                "zero-points",
                "a weighted section needs points: this one has none to earn",
                (*here, "criteria"),
                At.KEY,
            )
    if not weighted and rubric.sections and not any(amount != 0 for amount in points):
        yield Problem("zero-points", "this rubric has no points to earn", ("sections",), At.KEY)


def _band_problems(rubric: Rubric) -> Iterator[Problem]:
    bands = rubric.bands
    for b in _repeats([same_word(band.name) for band in bands]):
        yield Problem("duplicate-band", "another band has this name", ("bands", b, "name"))
    highest: Fraction | None = None
    for b, band in enumerate(bands):
        here: Route = ("bands", b)
        given = [
            name for name, mark in (("from", band.from_), ("above", band.above)) if mark is not None
        ]
        if b == 0:
            if given:
                yield Problem(
                    "first-band-bound",
                    "the first band is the lowest and has no bound",
                    (*here, given[0]),
                    At.KEY,
                    "take it out: everything below the second band is in the first",
                )
            continue
        if len(given) != 1:
            yield Problem(
                "band-bound",
                "every band but the first has exactly one of `from` and `above`",
                here,
                At.KEY,
            )
            continue
        bound = band.bound
        if bound is None:
            continue
        where = (*here, given[0])
        if band.from_ == 0 or band.above == 1:
            yield Problem("empty-band", "this bound leaves a band that no score can reach", where)
        elif highest is not None and bound <= highest:
            yield Problem(
                "band-order",
                "bands go from the lowest up, each bound higher than the one before",
                where,
            )
        highest = bound if highest is None else max(highest, bound)


def _condition_problems(rubric: Rubric) -> Iterator[Problem]:
    places: list[tuple[Route, Mapping[str, tuple[str, ...]]]] = [
        (("sections", s, "applies_when"), section.applies_when)
        for s, section in enumerate(rubric.sections)
    ]
    places += [
        ((*route, "applies_when"), criterion.applies_when) for route, criterion in _criteria(rubric)
    ]
    for route, condition in places:
        for name, allowed in condition.items():
            if not any(value.strip() for value in allowed):
                yield Problem(
                    "empty-list", "name at least one value of this field", (*route, name), At.KEY
                )
                continue
            rule = rubric.fields.get(name)
            if rule is None or not rule.values:
                continue
            known = {same_value(value) for value in rule.values}
            for index, value in enumerate(allowed):
                if same_value(value) not in known:
                    yield Problem(
                        "condition-never-holds",
                        "`fields` does not allow this value, so no review can have it",
                        (*route, name, index),
                        hint=did_you_mean(value, rule.values),
                    )


def _critical_problems(rubric: Rubric) -> Iterator[Problem]:
    for route, criterion in _criteria(rubric):
        if not criterion.critical:
            continue
        if criterion.not_applicable is not Permission.FORBIDDEN:
            yield Problem(
                "critical-allows-na",
                "this criterion is critical, yet n/a would let it pass",
                (*route, "critical"),
                At.KEY,
                "add `not_applicable: forbidden`",
                Severity.WARNING,
            )
        if isinstance(criterion.levels, str) and criterion.levels not in rubric.scales:
            continue
        levels = rubric.levels_of(criterion)
        if levels and len(set(levels.values())) == 1:
            yield Problem(
                "critical-always-missed",
                "all levels of this critical criterion earn the same, so each of them misses it",
                (*route, "critical"),
                At.KEY,
                "give the level that passes more points",
                Severity.WARNING,
            )


# ── The review ────────────────────────────────────────────────────────────────────────────────


def _interaction_problems(
    rubric: Rubric, review: Review, reported: Set[Route]
) -> Iterator[Problem]:
    interaction = review.interaction
    if any(not is_date(value) for value in values_of(interaction, "date")):
        yield Problem(
            "bad-date",
            "this is not a day of the calendar",
            ("interaction", "date"),
            hint="write year-month-day, for example 2016-05-04",
        )
    for name, rule in rubric.fields.items():
        route: Route = ("interaction", name)
        values = values_of(interaction, name)
        if route in reported or ("interaction",) in reported:
            continue
        if not values:
            if rule.required:
                yield Problem(
                    "field-required",
                    f"the rubric wants `{name}` under `interaction`",
                    ("interaction",) if interaction else (),
                    At.KEY,
                    f"one of {', '.join(rule.values)}" if rule.values else None,
                )
            continue
        if len(values) > 1 and not rule.many:
            yield Problem("single-value", "the rubric allows one value here", route)
        known = {same_value(value) for value in rule.values}
        given = interaction[name]
        for index, value in enumerate([given] if isinstance(given, str) else given):
            if known and value.strip() and same_value(value) not in known:
                yield Problem(
                    "unknown-word",
                    f"the rubric knows these values here: {', '.join(rule.values)}",
                    route if isinstance(given, str) else (*route, index),
                    hint=did_you_mean(value, rule.values),
                )
    yield from _silent_conditions(rubric, review)


def _silent_conditions(rubric: Rubric, review: Review) -> Iterator[Problem]:
    """A condition on a field that neither the rubric declares nor the review gives.

    Leaving a field out must not quietly raise a score.
    """
    conditions = [section.applies_when for section in rubric.sections]
    conditions += [criterion.applies_when for _, criterion in rubric.criteria()]
    names = dict.fromkeys(name for condition in conditions for name in condition)
    for name in names:
        if name not in rubric.fields and not values_of(review.interaction, name):
            yield Problem(
                "condition-field-missing",
                f"part of the rubric applies only by `{name}`, which this review does not give",
                ("interaction",) if review.interaction else (),
                At.KEY,
                f"add `{name}` under `interaction`, or declare it under the rubric's `fields`",
                Severity.WARNING,
            )


def _rating_problems(rubric: Rubric, review: Review, reported: Set[Route]) -> Iterator[Problem]:
    known = {section.id: section for section in rubric.sections}
    for section_id, rated in review.ratings.items():
        section = known.get(section_id)
        if section is None:
            yield Problem(
                "unknown-section",
                "the rubric has no such section",
                ("ratings", section_id),
                At.KEY,
                did_you_mean(section_id, known) or f"its sections are {', '.join(known)}",
            )
        else:
            yield from _section_ratings(rubric, section, rated, review)
    for section in rubric.sections:
        yield from _unrated(section, review, reported)


def _section_ratings(
    rubric: Rubric, section: Section, rated: Mapping[str, Rated], review: Review
) -> Iterator[Problem]:
    known = {criterion.id: criterion for criterion in section.criteria}
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
            yield from _one_rating(rubric, criterion, own, route)


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
    if review.status in (Status.DRAFT, Status.VOID):
        return
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
