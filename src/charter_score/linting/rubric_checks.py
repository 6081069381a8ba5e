"""A rubric against itself: what keeps it from being scored with."""

from collections.abc import Iterable, Iterator, Mapping, Set
from fractions import Fraction
from itertools import islice

from charter_score.diagnostics import (
    At,
    Problem,
    Route,
    Severity,
    Suggestions,
    is_explained,
    listed,
)
from charter_score.field_types import Part
from charter_score.limits import MOST_CRITERIA, MOST_FIELDS, MOST_SECTIONS, MOST_WORDS
from charter_score.rating import Rating, same_word
from charter_score.rubric import (
    Combine,
    Criterion,
    Levels,
    Permission,
    Rubric,
    Section,
    UpTo,
    same_value,
)


def rubric_problems(rubric: Rubric, reported: Set[Route] = frozenset()) -> list[Problem]:
    """Everything that keeps a rubric from being scored with, and what only looks wrong.

    `reported` holds the routes of values already found wrong and taken out: what only follows from
    their absence is not reported.
    """
    if too_many := list(_too_many(rubric)):
        return too_many  # the other checks take time with the words
    found = [
        *_repeated_ids(rubric),
        *_reserved_ids(rubric),
        *_word_problems(rubric),
        *_tag_problems(rubric),
        *_level_problems(rubric),
        *_weight_problems(rubric),
        *_band_problems(rubric),
        *_condition_problems(rubric),
        *_critical_problems(rubric),
    ]
    if not reported:
        return found
    wrong = _Wrong(rubric, reported)
    return [problem for problem in found if not wrong.explains(problem)]


class _Wrong:
    """What was found wrong with the values of a rubric before, and what follows from it."""

    def __init__(self, rubric: Rubric, reported: Set[Route]) -> None:
        self._rubric = rubric
        self._reported = reported
        self._inside = {route[:length] for route in reported for length in range(len(route) + 1)}
        self._points = any({"points", "levels", "scales"} & set(route) for route in reported)

    def explains(self, problem: Problem) -> bool:
        """Whether a problem may only follow from what was taken out or stood in for."""
        route = problem.route
        if is_explained(problem, self._reported):
            return True
        criterion = route[:_CRITERION_DEPTH]
        match problem.code:
            case "duplicate-id" | "duplicate-band" | "duplicate-level" | "level-not-applicable":
                return False
            case "too-many" | "points-and-levels" | "first-band-bound" | "band-order":
                return False
            case "empty" | "empty-list" | "empty-band":
                return False
            case "band-bound":
                return bool({(*route, "from"), (*route, "above")} & self._reported)
            case "weight-missing" | "weight-unused" | "zero-weight":
                return ("combine",) in self._reported or (*route, "weight") in self._reported
            case "zero-points":
                return ("combine",) in self._reported or self._points
            case "unknown-scale":
                return self._lost_scale(criterion)
            case "unknown-rating":
                return (*criterion, "levels") in self._reported or self._lost_scale(criterion)
            case "condition-never-holds":
                name = route[-2]
                return ("fields",) in self._reported or ("fields", name) in self._inside
            case "critical-allows-na":
                return (*criterion, "not_applicable") in self._reported
            case _:
                # A check that does not say what it rests on rests on all of its criterion or band.
                whole = criterion if len(route) > _CRITERION_DEPTH else route
                return len(route) > 1 and whole in self._inside

    def _lost_scale(self, route: Route) -> bool:
        """Whether a criterion names a scale that could not be read."""
        match route:
            case ("sections", int(section), "criteria", int(criterion)):
                levels = self._rubric.sections[section].criteria[criterion].levels
            case _:
                return False
        return isinstance(levels, str) and (
            ("scales",) in self._reported or ("scales", levels) in self._reported
        )


_CRITERION_DEPTH = len(("sections", 0, "criteria", 0))


def _too_many(rubric: Rubric) -> Iterator[Problem]:
    """Lists so long that nobody could use them, and no check should have to."""
    whole = "make rubrics of their own of what is reviewed apart"
    if len(rubric.sections) > MOST_SECTIONS:
        message = f"a rubric has at most {MOST_SECTIONS} sections: this is one too many"
        yield Problem("too-many", message, ("sections", MOST_SECTIONS), hint=whole)
    for route, _ in islice(_criteria(rubric), MOST_CRITERIA, MOST_CRITERIA + 1):
        message = f"a rubric has at most {MOST_CRITERIA:,} criteria: this is one too many"
        yield Problem("too-many", message, route, hint=whole)
    for route, number, most, what in _lists(rubric):
        if number > most:
            message = f"there are at most {most} {what} here"
            yield Problem("too-many", message, route, At.KEY, "shorten the list")


def _lists(rubric: Rubric) -> Iterator[tuple[Route, int, int, str]]:
    """The lists of a rubric: where, how long, how long they may be, and of what they are."""
    yield ("bands",), len(rubric.bands), MOST_WORDS, "bands"
    for name, levels in rubric.scales.items():
        yield ("scales", name), len(levels), MOST_WORDS, "levels"
    yield ("fields",), len(rubric.fields), MOST_FIELDS, "fields"
    yield ("tags",), len(rubric.tags), MOST_FIELDS, "tags"
    yield ("causes",), len(rubric.causes), MOST_WORDS, "causes"
    for rating in Rating:
        yield ("words", rating.value), len(rubric.words.of(rating)), MOST_WORDS, "words"
    for name, rule in rubric.fields.items():
        yield ("fields", name), len(rule.values), MOST_WORDS, "values"
    for route, criterion in _criteria(rubric):
        if criterion.levels is not None and not isinstance(criterion.levels, str):
            yield (*route, "levels"), len(criterion.levels), MOST_WORDS, "levels"
    for route, condition in _conditions(rubric):
        yield route, len(condition), MOST_FIELDS, "fields"
        for name, values in condition.items():
            yield (*route, name), len(values), MOST_WORDS, "values"


def _conditions(rubric: Rubric) -> Iterator[tuple[Route, Mapping[str, tuple[str, ...]]]]:
    """Every condition, those of sections first."""
    for s, section in enumerate(rubric.sections):
        yield ("sections", s, "applies_when"), section.applies_when
    for route, criterion in _criteria(rubric):
        yield (*route, "applies_when"), criterion.applies_when


def _criteria(rubric: Rubric) -> Iterator[tuple[Route, Criterion]]:
    for s, section in enumerate(rubric.sections):
        for c, criterion in enumerate(section.criteria):
            yield ("sections", s, "criteria", c), criterion


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


def _word_problems(rubric: Rubric) -> Iterator[Problem]:
    """Words for ratings that are blank, or stand for two of them."""
    meant = {rating.value: rating for rating in Rating}
    for rating in Rating:
        for index, word in enumerate(rubric.words.of(rating)):
            where: Route = ("words", rating.value, index)
            plain = same_word(word)
            if not plain:
                yield Problem("empty", "a rating needs a word", where)
            elif meant.setdefault(plain, rating) is not rating:
                yield Problem(
                    "duplicate-word",
                    "this word stands for another rating already",
                    where,
                    hint="one word can mean one rating only",
                )


def _tag_problems(rubric: Rubric) -> Iterator[Problem]:
    near = Suggestions().near
    for route, criterion in _criteria(rubric):
        for index, tag in enumerate(criterion.tags):
            if tag not in rubric.tags:
                yield Problem(
                    "unknown-tag",
                    "the rubric has no such tag",
                    (*route, "tags", index),
                    hint=near(tag, rubric.tags) or "name it under `tags`, with its title",
                )


_RESERVED_IN_SECTIONS = ("rating", "comment", "evidence", "causes", "percent")
_RESERVED_SECTION = "field"


def _reserved_ids(rubric: Rubric) -> Iterator[Problem]:
    """Ids that stand for something else in a review or in the columns of a table."""
    for s, section in enumerate(rubric.sections):
        if section.id == _RESERVED_SECTION:
            yield Problem(
                "reserved-id",
                "no section can have this id: tables call other fields of the interaction so",
                ("sections", s, "id"),
                hint="choose another word",
            )
    for route, criterion in _criteria(rubric):
        if criterion.id in _RESERVED_IN_SECTIONS:
            yield Problem(
                "reserved-id",
                f"no criterion can be called {listed(_RESERVED_IN_SECTIONS)}: a review has these "
                "keys beside its ratings",
                (*route, "id"),
                hint="choose another word",
            )


def _repeats(words: Iterable[str]) -> Iterator[int]:
    """The places at which a word stands that stood before."""
    seen: set[str] = set()
    for index, word in enumerate(words):
        if word in seen:
            yield index
        seen.add(word)


def _level_problems(rubric: Rubric) -> Iterator[Problem]:
    near = Suggestions().near
    for name, levels in rubric.scales.items():
        yield from _levels(rubric, ("scales", name), levels)
    for route, criterion in _criteria(rubric):
        if criterion.range is not None:
            yield from _range(criterion, route)
        if criterion.levels is None:
            continue
        where = (*route, "levels")
        if isinstance(criterion.levels, str):
            if criterion.levels not in rubric.scales:
                yield Problem(
                    "unknown-scale",
                    "the rubric has no scale of this name",
                    where,
                    hint=near(criterion.levels, rubric.scales)
                    or "name it under `scales`, or write the levels here",
                )
        else:
            yield from _levels(rubric, where, criterion.levels)
        yield from _out_of_reach(rubric, criterion, where)
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
                    f"its words are {listed(rubric.choices_of(criterion), 'and')}",
                )
        for name, limit in (("critical", criterion.critical), ("comment", criterion.comment)):
            if isinstance(limit, UpTo):
                yield from _limit(rubric, criterion, limit, (*route, name, "up_to"))


def _range(criterion: Criterion, route: Route) -> Iterator[Problem]:
    """What is wrong with the numbers that a criterion is rated with."""
    numbers = criterion.range
    if criterion.levels is not None:
        yield Problem(
            "levels-and-range",
            "a criterion is rated by levels or with a number, not both",
            (*route, "range"),
            At.KEY,
            "take one of the two out",
        )
    if numbers is not None and numbers.from_ >= numbers.to:
        yield Problem(
            "range-order",
            "a range goes from a lower number to a higher one",
            (*route, "range"),
            At.KEY,
            "for example {from: 0, to: 10}",
        )


def _out_of_reach(rubric: Rubric, criterion: Criterion, where: Route) -> Iterator[Problem]:
    """Levels that cannot come to what the criterion is said to earn."""
    levels = _known_levels(rubric, criterion)
    if not levels or mixed(levels) or criterion.range is not None:
        return
    points, highest = rubric.points_of(criterion), rubric.best_rank(criterion)
    if points < 0:
        yield Problem(
            "levels-below-zero",
            "every level takes points away, and it is not said what can be earned",
            where,
            At.KEY,
            "add `points: 0` where nothing can be earned here",
        )
    elif highest < rubric.highest_rank(criterion):
        yield Problem(
            "levels-below-points",
            "no level earns all the points of this criterion",
            where,
            At.KEY,
            "lower `points`, or add a level that earns them",
            Severity.WARNING,
        )


def _known_levels(rubric: Rubric, criterion: Criterion) -> Levels | None:
    """A criterion's levels; None where it has none, or names a scale that is not there."""
    if isinstance(criterion.levels, str) and criterion.levels not in rubric.scales:
        return None
    return rubric.worths_of_levels(criterion)


def mixed(levels: Levels) -> bool:
    """Whether some levels are points and some are parts of them."""
    return len({isinstance(worth, Part) for worth in levels.values()}) > 1


def _limit(rubric: Rubric, criterion: Criterion, limit: UpTo, where: Route) -> Iterator[Problem]:
    """What is wrong with the level up to which a rule goes."""
    levels = _known_levels(rubric, criterion)
    if criterion.levels is None and criterion.range is None:
        yield Problem(
            "up-to-without-levels",
            "this criterion has no levels and no range, so there is nothing to go up to",
            where,
            At.KEY,
            "write `true`, or `when_missed`; or give it levels",
        )
        return
    if (criterion.levels is not None and not levels) or (levels and mixed(levels)):
        return
    if levels and criterion.range is not None:
        return
    last = rubric.rating_reader(criterion)(limit.up_to)
    if last is None or last == Rating.NOT_APPLICABLE:
        yield Problem(
            "unknown-rating",
            "this is no level of the criterion",
            where,
            hint=f"one of {listed(rubric.choices_of(criterion))}",
        )
    elif rubric.rank(criterion, last) >= rubric.highest_rank(criterion):
        yield Problem(
            "up-to-all-points",
            "this level earns all the points, so the rule would hold for every rating",
            where,
            hint="name a level that earns less",
        )


def _levels(rubric: Rubric, route: Route, levels: Levels) -> Iterator[Problem]:
    if not levels:
        yield Problem("empty-list", "there is no level here", route, At.KEY)
    if mixed(levels):
        yield Problem(
            "parts-and-points",
            "some of these levels are points and some are parts of them, such as 50%",
            route,
            At.KEY,
            "write all of them as points, or all as parts",
        )
    words: dict[str, str] = {}
    for level in levels:
        word = same_word(level)
        if word in rubric.absent_words:
            yield Problem(
                "level-not-applicable",
                "a level cannot be called n/a",
                (*route, level),
                At.KEY,
                "take it out: n/a is always there unless the criterion forbids it",
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
        levels = _known_levels(rubric, criterion)
        if criterion.levels is not None and (not levels or mixed(levels)):
            return None
        if rubric.points_of(criterion) < 0:
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
            for name in given:
                yield Problem(
                    "first-band-bound",
                    "the first band is the lowest and has no bound",
                    (*here, name),
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
        if band.from_ == 0 or band.above == 100:
            yield Problem("empty-band", "this bound leaves a band that no score can reach", where)
        elif highest is not None and bound <= highest:
            yield Problem(
                "band-order",
                "bands go from the lowest up, each bound higher than the one before",
                where,
            )
        highest = bound if highest is None else max(highest, bound)


def _condition_problems(rubric: Rubric) -> Iterator[Problem]:
    near = Suggestions().near
    values = {
        name: {same_value(value) for value in rule.values} for name, rule in rubric.fields.items()
    }
    for route, condition in _conditions(rubric):
        for name, allowed in condition.items():
            if not any(value.strip() for value in allowed):
                yield Problem(
                    "empty-list", "name at least one value of this field", (*route, name), At.KEY
                )
                continue
            rule = rubric.fields.get(name)
            if rule is None or not rule.values:
                continue
            known = values[name]
            for index, value in enumerate(allowed):
                if same_value(value) not in known:
                    yield Problem(
                        "condition-never-holds",
                        "`fields` does not allow this value, so no review can have it",
                        (*route, name, index),
                        hint=near(value, rule.values)
                        or f"its values are {listed(rule.values, 'and')}",
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
                "change it to `not_applicable: forbidden`"
                if "not_applicable" in criterion.model_fields_set
                else "add `not_applicable: forbidden`",
                Severity.WARNING,
            )
        if _known_levels(rubric, criterion) and rubric.all_alike(criterion):
            yield Problem(
                "critical-always-missed",
                "all levels of this critical criterion earn the same, so each of them misses it",
                (*route, "critical"),
                At.KEY,
                "give the level that passes more points",
            )
