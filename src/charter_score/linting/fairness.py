"""What people cannot mark fairly: lints that read a rubric's own English words.

They are quiet: each looks for what hardly ever stands there by chance, and says nothing of a rubric
in another language.
"""

import re
from collections.abc import Iterator
from fractions import Fraction

from charter_score.diagnostics import At, Problem, Route, Severity
from charter_score.linting.reach import criteria_of
from charter_score.linting.weakest import Weakest, weakest_reviews
from charter_score.rubric import Criterion, Permission, Rubric

FAIRNESS = (
    "band-meaning",
    "free-point",
    "na-against-guidance",
    "several-demands",
    "vague-word",
)
"""The codes of these lints."""

_VAGUE = re.compile(
    r"\b(?:in)?(?:appropriate|adequate|proper|suitable|satisfactory|reasonable|sufficient)(?:ly)?\b",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"[\"“”‘:]|\be\.g\.|\b(?:for (?:example|instance)|such as|that is|meaning"
    r"|(?:met|missed) when)\b",
    re.IGNORECASE,
)
_LISTED = re.compile(r"(?:^|\n|[;.:]\s*)(?:[-*•]|\(?[a-z1-9]\)|[1-9]\.)\s+\S", re.IGNORECASE)
_ALL_OF = re.compile(r"\b(?:all|each|both) of the following\b", re.IGNORECASE)
_ON_SOME = re.compile(
    r"\b(?:miss\w*|without|unless|except|any (?:one )?of|one of|enough|left out|not met"
    r"|at least)\b",
    re.IGNORECASE,
)
_NA = r"(?:n/a|not applicable)"
_GIVES_NA = re.compile(
    rf"(?<!never )(?<!not )(?<!no )\b{_NA} (?:is for|if|when|where|unless)\b"
    rf"|\b(?:mark|rate|use|choose|tick) (?:it |this )?{_NA}\b",
    re.IGNORECASE,
)
_NEVER_NA = re.compile(
    rf"\bnever {_NA}|\b{_NA} is (?:not|never) (?:allowed|possible|an answer|used)", re.IGNORECASE
)
_FREE = re.compile(
    r"\b(?:always|automatically) (?:met|awarded|given)\b"
    r"|\bcounts? as met (?:unless|if nothing|where nothing|by default)\b"
    r"|\bmet (?:unless|by default)\b"
    r"|\bgive (?:it|the points?|full marks) "
    r"(?:anyway|in any case|to everybody|to everyone|unless)\b",
    re.IGNORECASE,
)
_CLAIMS_ALL = re.compile(
    r"\b(?:everything|every criterion|all criteria) (?:was|were|is|are) (?:met|shown|done)\b"
    r"|\bnothing (?:was|is) missed\b|\bwithout a (?:single )?miss\b",
    re.IGNORECASE,
)
_CLAIMS_PARTS = re.compile(
    r"\b(?:in|at|of) (?:any|each|every|all)(?: of the| the)?(?: \w+)? "
    r"(?:section|step|part|stage|area)s?\b",
    re.IGNORECASE,
)
_HALF = Fraction(1, 2)


def fairness(rubric: Rubric) -> Iterator[Problem]:
    """Advice on what reviewers cannot mark alike, or nobody can challenge."""
    if rubric.language.casefold().split("-")[0] != "en":
        return
    for (s, c), _, criterion in criteria_of(rubric):
        yield from _of_criterion(rubric, criterion, ("sections", s, "criteria", c))
    yield from _meanings(rubric)


def _of_criterion(rubric: Rubric, criterion: Criterion, route: Route) -> Iterator[Problem]:
    told = "\n".join((criterion.guidance, *criterion.looks_like.values()))
    word = _VAGUE.search(f"{criterion.title}\n{criterion.guidance}")
    explained = bool(criterion.looks_like) or rubric.is_advisory(criterion)
    if word is not None and not explained and not _EXAMPLE.search(criterion.guidance):
        yield _warning(
            "vague-word",
            "a word here means something else to each reviewer, and no example says what",
            (*route, "guidance" if criterion.guidance else "title"),
            "say in `guidance` what it looks like: for example the words that were heard",
        )
    levels = rubric.levels_of(criterion) or {}
    if (
        (len(_LISTED.findall(criterion.guidance)) > 1 or _ALL_OF.search(criterion.guidance))
        and len(levels) < 3
        and criterion.range is None
        and not _ON_SOME.search(told)
    ):
        yield _warning(
            "several-demands",
            "the guidance asks for several things under one mark, and does not say what holds "
            "where one of them is missing",
            (*route, "guidance"),
            "say when it is still met, make a criterion of each, or give it levels",
        )
    if criterion.not_applicable is Permission.FORBIDDEN and _GIVES_NA.search(told):
        yield _warning(
            "na-against-guidance",
            "the guidance says when to rate n/a, and n/a is forbidden here",
            (*route, "not_applicable"),
            "change one of the two",
        )
    elif criterion.not_applicable is not Permission.FORBIDDEN and _NEVER_NA.search(told):
        yield _warning(
            "na-against-guidance",
            "the guidance says that n/a is no answer here, and n/a is allowed",
            (*route, "guidance"),
            "add `not_applicable: forbidden`, or change the guidance",
        )
    if rubric.points_of(criterion) and _FREE.search(told):
        yield _warning(
            "free-point",
            "the guidance makes these points a gift: hardly anybody can miss them",
            (*route, "guidance"),
            "give it `points: 0`, or say what misses it",
        )


def _meanings(rubric: Rubric) -> Iterator[Problem]:
    """Bands whose meaning says more than holds of the weakest review in them."""
    claims = [band for band in rubric.bands[1:] if _claims(band.meaning)]
    if not claims:
        return
    for weak in weakest_reviews(rubric):
        if weak.band not in claims or not _belies(weak):
            continue
        yield _warning(
            "band-meaning",
            f"a review can be in this band with {weak.missed} missed in one section, so its "
            "meaning is not true of all",
            ("bands", rubric.bands.index(weak.band), "meaning"),
            "say what the weakest review in the band is; `charter-score selftest` shows it",
        )


def _claims(meaning: str) -> bool:
    return bool(_CLAIMS_ALL.search(meaning) or _CLAIMS_PARTS.search(meaning))


def _belies(weak: Weakest) -> bool:
    """Whether a review belies what its band's meaning claims."""
    if not weak.missed:
        return False
    return bool(_CLAIMS_ALL.search(weak.band.meaning)) or weak.share < _HALF


def _warning(code: str, message: str, route: Route, hint: str) -> Problem:
    return Problem(code, message, route, At.VALUE, hint, Severity.WARNING)
