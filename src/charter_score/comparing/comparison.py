"""Two rubrics compared, from their matched parts to what follows for their scores."""

from charter_score.comparing.changes import Carry, Figure, RubricChanges
from charter_score.comparing.criteria import CriteriaChanges
from charter_score.comparing.example import largest_difference
from charter_score.comparing.matching import Matching, place_of
from charter_score.comparing.rules import fields_to_fill, respelt, rule_changes
from charter_score.rubric import Rubric


def compare(old: Rubric, new: Rubric) -> RubricChanges:
    """What changed from one rubric to another, both of them without errors.

    The rubric's own changes come first, then those of its sections as the new rubric has them.
    """
    matching = Matching(old, new)
    criteria = CriteriaChanges(matching)
    changes = (*rule_changes(matching), *criteria.changes())
    touched = {figure for change in changes for figure in change.touches}
    example = largest_difference(matching) if Figure.SHARES in touched else None
    carry = Carry(
        {p.old_place: p.new_place for p in matching.pairs if p.old_place != p.new_place},
        tuple(place_of(home) for home in matching.removed),
        (*criteria.rate, *(place_of(home) for home in matching.added)),
        tuple(criteria.comment),
        fields_to_fill(matching),
        respelt(old, new),
    )
    return RubricChanges(old, new, changes, carry, example)
