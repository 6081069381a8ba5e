"""A review that is made up from a rubric, to see what one looks like and to try the program with.

It follows from the rubric alone: most of it goes well, some is missed, some does not come up.
"""

from collections.abc import Iterator, Mapping

from charter_score.errors import UsageError
from charter_score.filling.template import MADE_UP, Asked, asked_fields
from charter_score.rating import Rating
from charter_score.review import Action, Rated, Review
from charter_score.rubric import (
    Criterion,
    Interaction,
    Permission,
    Rubric,
    Section,
    applies,
    same_value,
)

DAY = "2026-03-02"
ACTION_DAY = "2026-03-16"
ADVISOR, REVIEWER, TEAM = "Advisor 1", "Reviewer 1", "Team 1"

_FREE = {"date": DAY, "channel": "phone", "reference": "EXAMPLE-1"}
_WELL = (
    "Done without being asked, and in plain words.",
    "Calm and friendly; the customer thanked them for it.",
    "Clear at the first go.",
)
_MISSED = (
    "It was rushed, and the customer had to ask again.",
    "Begun, but not brought to its end.",
    "Not heard this time; there were two good moments for it.",
    "Half of it was there: the customer could not tell what happens next.",
)
_NOT_APPLICABLE = (
    "It did not come up this time.",
    "The customer needed nothing of the kind.",
)


def example_review(rubric: Rubric, *, actions: bool = True) -> Review:
    """A complete review by a rubric, which is scored without an error.

    `actions` says whether something was agreed, for which not every document has a place.

    Raises:
        UsageError: where no criterion that has points can ever apply.
    """
    interaction = _interaction(rubric)
    applying = list(_applying(rubric, interaction))
    can_be_missed = [
        number for number, (_, one) in enumerate(applying) if _can_be_missed(rubric, one)
    ]
    missed = set(can_be_missed[1::5] or can_be_missed)
    ratings: dict[str, dict[str, Rated]] = {}
    observed = False
    for number, (section, criterion) in enumerate(applying):
        if number in missed:
            rated = _missed(rubric, criterion, number)
        elif observed and number % 7 == 4 and _can_be_left_out(criterion):
            rated = Rated(
                rating=Rating.NOT_APPLICABLE.value,
                comment=_NOT_APPLICABLE[number // 7 % len(_NOT_APPLICABLE)],
            )
        else:
            best = _from_best(rubric, criterion)[0]
            told = number % 6 == 2 or rubric.needs_comment(criterion, best)
            comment = _WELL[number // 6 % len(_WELL)] if told else None
            rated = Rated(rating=best, comment=comment)
        is_seen = rated.rating != Rating.NOT_APPLICABLE
        observed = observed or (is_seen and bool(rubric.points_of(criterion)))
        ratings.setdefault(section.id, {})[criterion.id] = rated
    first = applying[min(missed)][1].title if missed else None
    return Review(
        ratings=ratings,
        id="example",
        advisor=ADVISOR,
        reviewer=REVIEWER,
        team=TEAM,
        interaction=interaction,
        done_well=("Kept an even tone from the first word to the last.",),
        could_be_better=(f"“{first}”: once more, as in the comment.",) if first else (),
        notes=MADE_UP,
        actions=_agreed(first) if first and actions else (),
    )


def _agreed(title: str) -> tuple[Action, ...]:
    return (Action(what=f"Practise “{title}”", who=ADVISOR, by=ACTION_DAY),)


def _applying(rubric: Rubric, interaction: Interaction) -> Iterator[tuple[Section, Criterion]]:
    """The criteria that apply to an interaction."""
    for section, criterion in rubric.criteria():
        if applies(section, criterion, interaction):
            yield section, criterion


def _interaction(rubric: Rubric) -> dict[str, str]:
    """An interaction to which something with points applies."""
    asked = asked_fields(rubric)
    for section, criterion in rubric.criteria():
        if not rubric.points_of(criterion):
            continue
        wanted = _wanted(section.applies_when, criterion.applies_when)
        found = {name: wanted.get(name) or _value(name, field) for name, field in asked.items()}
        given = {name: value for name, value in found.items() if value is not None}
        if any(rubric.points_of(one) for _, one in _applying(rubric, given)):
            return given
    raise UsageError("no criterion of this rubric that has points can apply to an interaction")


def _wanted(
    of_section: Mapping[str, tuple[str, ...]], of_criterion: Mapping[str, tuple[str, ...]]
) -> dict[str, str]:
    """A value for each field of two conditions with which both hold, as far as there is one."""
    wanted = {}
    for name in (*of_section, *of_criterion):
        values = of_criterion.get(name, of_section.get(name, ()))
        others = {same_value(value) for value in of_section.get(name, values)}
        wanted[name] = next((one for one in values if same_value(one) in others), values[0])
    return wanted


def _value(name: str, field: Asked) -> str | None:
    if field.values:
        return field.values[0]
    return _FREE.get(name, "example" if field.required else None)


def _from_best(rubric: Rubric, criterion: Criterion) -> list[str]:
    """The ratings of a criterion but n/a, those that earn most first."""
    words = [one for one in rubric.rating_words(criterion) if one != Rating.NOT_APPLICABLE]
    return sorted(words, key=lambda word: rubric.earns(criterion, word) or 0, reverse=True)


def _can_be_missed(rubric: Rubric, criterion: Criterion) -> bool:
    """Whether a rating loses points, and no more than that."""
    return not criterion.critical and len(_from_best(rubric, criterion)) > 1


def _can_be_left_out(criterion: Criterion) -> bool:
    return not criterion.critical and criterion.not_applicable is not Permission.FORBIDDEN


def _missed(rubric: Rubric, criterion: Criterion, number: int) -> Rated:
    return Rated(
        rating=_from_best(rubric, criterion)[1],
        comment=_MISSED[number // 5 % len(_MISSED)],
        evidence=f"00:{number // 2 + 1:02}:{number * 7 % 60:02}",
    )
