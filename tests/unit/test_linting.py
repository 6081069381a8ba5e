"""Each problem that a rubric can have in itself, and a review in the light of its rubric."""

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import random_documents
from charter_score.diagnostics import Problem, Route
from charter_score.limits import MOST_CRITERIA, MOST_SECTIONS, MOST_WORDS
from charter_score.linting import review_checks as review_module
from charter_score.linting import rubric_checks as rubric_module
from charter_score.linting.review_checks import ReviewLinter, review_problems
from charter_score.linting.rubric_checks import rubric_problems
from charter_score.rubric import Rubric
from charter_score.source.validation import validate
from documents import review_from, rubric_from, values_from
from effort import examples

Found = tuple[str, Route, str]

HEAD = 'id: r\nversion: "1"\ntitle: R\n'
SECTION = "sections: [{id: s, title: S, criteria: [{id: a, title: A}]}]"


def criterion(fields: str) -> str:
    """A rubric's one section with one criterion that has these fields too."""
    return f"sections: [{{id: s, title: S, criteria: [{{id: a, title: A, {fields}}}]}}]"


def found(problems: list[Problem]) -> list[Found]:
    """What a test says of problems: code, route and severity."""
    return [(one.code, one.route, one.severity.value) for one in problems]


def codes_of(examples: list[tuple[str, list[Found]]]) -> list[str]:
    """The names of some examples: the codes that they give."""
    return [" ".join(code for code, _, _ in expected) for _, expected in examples]


A: Route = ("sections", 0, "criteria", 0)

RUBRICS: list[tuple[str, list[Found]]] = [
    (criterion("levels: {}"), [("empty-list", (*A, "levels"), "error")]),
    (
        f"scales: {{none: {{}}}}\n{SECTION}",
        [("empty-list", ("scales", "none"), "error")],
    ),
    (
        criterion("applies_when: {channel: []}"),
        [("empty-list", (*A, "applies_when", "channel"), "error")],
    ),
    (
        "sections: [{id: s, title: S, applies_when: {channel: ' '}, "
        "criteria: [{id: a, title: A}]}]",
        [("empty-list", ("sections", 0, "applies_when", "channel"), "error")],
    ),
    (
        "sections: [{id: s, title: S, criteria: [{id: a, title: A}]}, "
        "{id: t, title: T, criteria: [{id: a, title: A}]}, "
        "{id: s, title: U, criteria: [{id: a, title: A}]}]",
        [("duplicate-id", ("sections", 2, "id"), "error")],
    ),
    (
        "sections: [{id: s, title: S, criteria: "
        "[{id: a, title: A}, {id: b, title: B}, {id: a, title: C}]}]",
        [("duplicate-id", ("sections", 0, "criteria", 2, "id"), "error")],
    ),
    (
        "sections: [{id: field, title: S, criteria: [{id: a, title: A}]}]",
        [("reserved-id", ("sections", 0, "id"), "error")],
    ),
    *(
        (
            f"sections: [{{id: s, title: S, criteria: [{{id: {word}, title: A}}]}}]",
            [("reserved-id", (*A, "id"), "error")],
        )
        for word in ("rating", "comment", "evidence", "causes", "percent")
    ),
    (criterion("tags: [x]"), [("unknown-tag", (*A, "tags", 0), "error")]),
    (
        f"words: {{met: [Oui], not met: [Non, OUI]}}\n{SECTION}",
        [("duplicate-word", ("words", "not met", 1), "error")],
    ),
    (
        f"words: {{n/a: [met]}}\n{SECTION}",
        [("duplicate-word", ("words", "n/a", 0), "error")],
    ),
    (f"words: {{n/a: ' - '}}\n{SECTION}", [("empty", ("words", "n/a", 0), "error")]),
    (
        "words: {n/a: [sans objet]}\n" + criterion("levels: {A: 1, sans_objet: 0}"),
        [("level-not-applicable", (*A, "levels", "sans_objet"), "error")],
    ),
    (
        criterion("range: {to: 5}, levels: {A: 1, B: 0}"),
        [("levels-and-range", (*A, "range"), "error")],
    ),
    (criterion("range: {from: 5, to: 5}"), [("range-order", (*A, "range"), "error")]),
    (criterion("levels: {A: -1, B: -2}"), [("levels-below-zero", (*A, "levels"), "error")]),
    (
        criterion("points: 3, levels: {A: 2, B: 0}"),
        [("levels-below-points", (*A, "levels"), "warning")],
    ),
    (
        criterion("points: 3, levels: {A: 99%, B: 0%}"),
        [("levels-below-points", (*A, "levels"), "warning")],
    ),
    (criterion("levels: {A: 2, B: 50%}"), [("parts-and-points", (*A, "levels"), "error")]),
    (
        f"scales: {{grades: {{A: 1, B: 0%}}}}\n{criterion('levels: grades')}",
        [("parts-and-points", ("scales", "grades"), "error")],
    ),
    (
        criterion("comment: {up_to: no}"),
        [("up-to-without-levels", (*A, "comment", "up_to"), "error")],
    ),
    (
        criterion("levels: {A: 2, B: 1, C: 0}, comment: {up_to: D}"),
        [("unknown-rating", (*A, "comment", "up_to"), "error")],
    ),
    (
        criterion("range: {from: 1, to: 5}, comment: {up_to: 0}"),
        [("unknown-rating", (*A, "comment", "up_to"), "error")],
    ),
    (
        criterion("points: 1, levels: {A: 2, B: 1, C: 0}, comment: {up_to: b}"),
        [("up-to-all-points", (*A, "comment", "up_to"), "error")],
    ),
    (
        criterion("range: {to: 5}, critical: {up_to: 5.0}, not_applicable: forbidden"),
        [("up-to-all-points", (*A, "critical", "up_to"), "error")],
    ),
    (
        f"scales: {{grades: {{A: 1, B: 0}}}}\n{criterion('levels: grade')}",
        [("unknown-scale", (*A, "levels"), "error")],
    ),
    (
        criterion("looks_like: {met: Smiles., no: Frowns., partly met: Neither.}"),
        [("unknown-rating", (*A, "looks_like", "partly met"), "error")],
    ),
    (
        criterion("levels: {A: 1, B: 0}, looks_like: {a: Smiles., met: Frowns.}"),
        [("unknown-rating", (*A, "looks_like", "met"), "error")],
    ),
    (
        "scales: {grades: {A: 1, B: 0}}\n"
        + criterion("levels: grades, looks_like: {b: Frowns., met: Smiles.}"),
        [("unknown-rating", (*A, "looks_like", "met"), "error")],
    ),
    (
        criterion("levels: {A: 1, B: 0, Not_Applicable: 1}"),
        [("level-not-applicable", (*A, "levels", "Not_Applicable"), "error")],
    ),
    (
        f"scales: {{grades: {{A: 1, n/a: 0}}}}\n{criterion('levels: grades')}",
        [("level-not-applicable", ("scales", "grades", "n/a"), "error")],
    ),
    (criterion("levels: {A: 1, ' -': 0}"), [("empty", (*A, "levels", " -"), "error")]),
    (
        criterion("levels: {partly met: 2, met: 1, Partly-Met: 0}"),
        [("duplicate-level", (*A, "levels", "Partly-Met"), "error")],
    ),
    (
        "sections: [{id: s, title: S, weight: 1, criteria: [{id: a, title: A}]}]",
        [("weight-unused", ("sections", 0, "weight"), "error")],
    ),
    (f"combine: section_weights\n{SECTION}", [("weight-missing", ("sections", 0), "error")]),
    (
        "combine: section_weights\n"
        "sections: [{id: s, title: S, weight: 0.0, criteria: [{id: a, title: A}]}]",
        [("zero-weight", ("sections", 0, "weight"), "error")],
    ),
    (
        "combine: section_weights\n"
        "sections: [{id: s, title: S, weight: 1, criteria: [{id: a, title: A}]}, "
        "{id: t, title: T, weight: 1, criteria: [{id: a, title: A, points: 0}]}]",
        [("zero-points", ("sections", 1, "criteria"), "error")],
    ),
    (criterion("points: 0"), [("zero-points", ("sections",), "error")]),
    (
        f"scales: {{grades: {{A: 0, B: 0}}}}\n{criterion('levels: grades')}",
        [("zero-points", ("sections",), "error")],
    ),
    (criterion("levels: {met: 0, not met: 0}"), [("zero-points", ("sections",), "error")]),
    (
        f"bands: [{{name: Low}}, {{name: High, from: 5}}, {{name: ' low ', from: 9}}]\n{SECTION}",
        [("duplicate-band", ("bands", 2, "name"), "error")],
    ),
    (
        f"bands: [{{name: Low, from: 1}}, {{name: High, from: 5}}]\n{SECTION}",
        [("first-band-bound", ("bands", 0, "from"), "error")],
    ),
    (
        f"bands: [{{name: Low}}, {{name: High}}]\n{SECTION}",
        [("band-bound", ("bands", 1), "error")],
    ),
    (
        f"bands: [{{name: Low}}, {{name: High, from: 5, above: 6}}]\n{SECTION}",
        [("band-bound", ("bands", 1), "error")],
    ),
    (
        f"bands: [{{name: Low}}, {{name: High, from: 0}}]\n{SECTION}",
        [("empty-band", ("bands", 1, "from"), "error")],
    ),
    (
        f"bands: [{{name: Low}}, {{name: High, above: 100}}]\n{SECTION}",
        [("empty-band", ("bands", 1, "above"), "error")],
    ),
    (
        f"bands: [{{name: Low}}, {{name: Mid, from: 70}}, {{name: High, above: 70}}]\n{SECTION}",
        [("band-order", ("bands", 2, "above"), "error")],
    ),
    (
        f"bands: [{{name: Low}}, {{name: High, above: 90}}, {{name: Mid, from: 70}}]\n{SECTION}",
        [("band-order", ("bands", 2, "from"), "error")],
    ),
    (
        "bands: [{name: Low}, {name: Top, from: 90}, {name: Mid, from: 70}, "
        f"{{name: High, from: 80}}]\n{SECTION}",
        [
            ("band-order", ("bands", 2, "from"), "error"),
            ("band-order", ("bands", 3, "from"), "error"),
        ],
    ),
    (
        f"fields: {{channel: {{values: [phone, e-mail]}}}}\n"
        f"{criterion('applies_when: {channel: [PHONE, fax]}')}",
        [("condition-never-holds", (*A, "applies_when", "channel", 1), "error")],
    ),
    (
        criterion("critical: true"),
        [("critical-allows-na", (*A, "critical"), "warning")],
    ),
    (
        criterion("critical: true, not_applicable: needs_comment"),
        [("critical-allows-na", (*A, "critical"), "warning")],
    ),
    (
        criterion("critical: true, not_applicable: forbidden, levels: {A: 1, B: 1.0}"),
        [("critical-always-missed", (*A, "critical"), "error")],
    ),
    (
        "scales: {grades: {A: 1, B: 1.0}}\n"
        + criterion("critical: true, not_applicable: forbidden, levels: grades"),
        [("critical-always-missed", (*A, "critical"), "error")],
    ),
]


@pytest.mark.parametrize(("text", "expected"), RUBRICS, ids=codes_of(RUBRICS))
def test_rubric_problem(text: str, expected: list[Found]) -> None:
    """A rubric with one thing wrong has that problem, at its place, and no other."""
    rubric, _ = validate(Rubric, values_from(HEAD + text))
    assert rubric is not None
    assert found(rubric_problems(rubric)) == expected


FULL = """
not_applicable: not_met
bands: [{name: Low}, {name: Mid, from: 0.01}, {name: High, above: 99.99}]
scales: {grades: {A: 2, B: 1, "5": 0}}
causes: {habit: Out of habit}
fields:
  channel: {values: [phone, e-mail], required: true}
  first: {values: ["yes", "no"]}
  topic: {many: true}
sections:
  - id: s
    title: S
    criteria:
      - {id: a, title: A, looks_like: {Yes: Smiles., N/A: "-"}}
      - {id: b, title: B, levels: grades, looks_like: {a: Best., "5": Worst.}}
      - {id: c, title: C, critical: true, not_applicable: forbidden, comment: when_missed,
         levels: {met: 1, not met: 0}}
      - {id: d, title: D, points: 0, not_applicable: needs_comment}
      - {id: e, title: E, applies_when: {channel: [e-mail]}}
  - id: t
    title: T
    applies_when: {topic: move}
    criteria: [{id: a, title: A}]
"""


def test_rubric_without_problems() -> None:
    """A rubric that uses every feature rightly has no problem."""
    assert rubric_problems(rubric_from(HEAD + FULL)) == []


PHONE = "interaction: {channel: phone}\n"
RIGHT = "a: met, b: A, c: met, d: met"

REVIEWS: list[tuple[str, list[Found]]] = [
    (
        f"interaction: {{channel: phone, date: 2016-02-30}}\nratings: {{s: {{{RIGHT}}}}}",
        [("bad-date", ("interaction", "date", 0), "error")],
    ),
    (
        f"interaction: {{channel: phone, date: 4 May 2016}}\nratings: {{s: {{{RIGHT}}}}}",
        [("bad-date", ("interaction", "date", 0), "error")],
    ),
    (
        f"interaction: {{reference: 1}}\nratings: {{s: {{{RIGHT}}}}}",
        [("field-required", ("interaction", "channel"), "error")],
    ),
    (f"ratings: {{s: {{{RIGHT}}}}}", [("field-required", ("interaction", "channel"), "error")]),
    (
        PHONE + "ratings: {s: {a: {rating: no, causes: [habt]}, b: A, c: met, d: met}}",
        [("unknown-cause", ("ratings", "s", "a", "causes", 0), "error")],
    ),
    (
        PHONE + "ratings: {s: {a: {rating: n/a, causes: [habit]}, b: A, c: met, d: met}}",
        [("cause-of-nothing", ("ratings", "s", "a", "causes"), "error")],
    ),
    (
        PHONE + "ratings: {s: {a: met, b: {rating: A, causes: [habit]}, c: met, d: met}}",
        [("cause-of-nothing", ("ratings", "s", "b", "causes"), "warning")],
    ),
    (
        f"{PHONE}ratings: {{s: {{{RIGHT}}}}}\ndisputes: [{{says: met}}]",
        [("dispute-over-all", ("disputes", 0, "says"), "error")],
    ),
    (
        f"{PHONE}ratings: {{s: {{{RIGHT}}}}}\ndisputes: [{{section: s, says: met}}]",
        [("missing-field", ("disputes", 0), "error")],
    ),
    (
        f"interaction: {{channel: [phone, e-mail]}}\nratings: {{s: {{{RIGHT}, e: met}}}}",
        [("single-value", ("interaction", "channel"), "error")],
    ),
    (
        f"interaction: {{channel: fax}}\nratings: {{s: {{{RIGHT}}}}}",
        [("unknown-word", ("interaction", "channel"), "error")],
    ),
    (
        f"interaction: {{channel: [fax]}}\nratings: {{s: {{{RIGHT}}}}}",
        [("unknown-word", ("interaction", "channel", 0), "error")],
    ),
    (
        f"interaction: {{channel: phone, first: perhaps}}\nratings: {{s: {{{RIGHT}}}}}",
        [("unknown-word", ("interaction", "first"), "error")],
    ),
    (
        f"{PHONE}ratings: {{s: {{{RIGHT}}}, u: {{a: met}}}}",
        [("unknown-section", ("ratings", "u"), "error")],
    ),
    (
        f"{PHONE}ratings: {{s: {{{RIGHT}, x: met}}}}",
        [("unknown-criterion", ("ratings", "s", "x"), "error")],
    ),
    (
        f"{PHONE}ratings: {{s: {{{RIGHT}, e: met}}}}",
        [("does-not-apply", ("ratings", "s", "e"), "error")],
    ),
    (
        f"{PHONE}ratings: {{s: {{{RIGHT}}}, t: {{a: n/a}}}}",
        [("does-not-apply", ("ratings", "t", "a"), "error")],
    ),
    (
        f"{PHONE}ratings: {{s: {{a: partly met, b: A, c: met, d: met}}}}",
        [("unknown-rating", ("ratings", "s", "a", "rating"), "error")],
    ),
    (
        f"{PHONE}ratings: {{s: {{a: met, b: met, c: met, d: met}}}}",
        [("unknown-rating", ("ratings", "s", "b", "rating"), "error")],
    ),
    (
        f"{PHONE}ratings: {{s: {{a: met, b: A, c: {{rating: n/a, comment: Why.}}, d: met}}}}",
        [("na-forbidden", ("ratings", "s", "c", "rating"), "error")],
    ),
    (
        f"{PHONE}ratings: {{s: {{a: met, b: A, c: met, d: n/a}}}}",
        [("comment-missing", ("ratings", "s", "d"), "error")],
    ),
    (
        f"{PHONE}ratings: {{s: {{a: met, b: A, c: not met, d: met}}}}",
        [("comment-missing", ("ratings", "s", "c"), "error")],
    ),
    (
        f"{PHONE}ratings: {{s: {{a: met, b: A, c: met}}}}",
        [("unrated", ("ratings", "s"), "error")],
    ),
    (
        f"{PHONE}ratings: {{s: {{a: met, b: A, c: met, d: }}}}",
        [("unrated", ("ratings", "s", "d"), "error")],
    ),
    (
        f"{PHONE}ratings: {{s: {{a: met, b: A, c: met, d: {{comment: Hm.}}}}}}",
        [("unrated", ("ratings", "s", "d"), "error")],
    ),
    (
        f"interaction: {{channel: phone, topic: Move}}\nratings: {{s: {{{RIGHT}}}}}",
        [("unrated", ("ratings",), "error")],
    ),
    (
        f"{PHONE}ratings: {{s: {{{RIGHT}}}}}\ndisputes: [{{section: u, criterion: a, says: met}}]",
        [("unknown-section", ("disputes", 0, "section"), "error")],
    ),
    (
        f"{PHONE}ratings: {{s: {{{RIGHT}}}}}\ndisputes: [{{section: s, criterion: x, says: met}}]",
        [("unknown-criterion", ("disputes", 0, "criterion"), "error")],
    ),
    (
        f"{PHONE}ratings: {{s: {{{RIGHT}}}}}\ndisputes: [{{section: t, criterion: a, says: met}}]",
        [("dispute-unrated", ("disputes", 0, "criterion"), "error")],
    ),
    (
        f"status: draft\n{PHONE}ratings: {{s: {{a: }}}}\n"
        "disputes: [{section: s, criterion: a, says: met}]",
        [("dispute-unrated", ("disputes", 0, "criterion"), "error")],
    ),
    (
        f"{PHONE}ratings: {{s: {{{RIGHT}}}}}\ndisputes: [{{section: s, criterion: a, says: }}]",
        [("unknown-rating", ("disputes", 0, "says"), "error")],
    ),
    (
        f"{PHONE}ratings: {{s: {{{RIGHT}}}}}\n"
        "disputes: [{section: s, criterion: a, says: not met}, "
        "{section: s, criterion: b, says: met}]",
        [("unknown-rating", ("disputes", 1, "says"), "error")],
    ),
    (
        f"{PHONE}ratings: {{s: {{{RIGHT}}}}}\ndisputes: [{{section: s, criterion: c, says: N/A}}]",
        [("na-forbidden", ("disputes", 0, "says"), "error")],
    ),
]


@pytest.mark.parametrize(("text", "expected"), REVIEWS, ids=codes_of(REVIEWS))
def test_review_problem(text: str, expected: list[Found]) -> None:
    """A review with one thing wrong has that problem, at its place, and no other."""
    assert found(review_problems(rubric_from(HEAD + FULL), review_from(text))) == expected


@pytest.mark.parametrize(
    "text",
    [
        f"{PHONE}ratings: {{s: {{{RIGHT}}}}}",
        f"interaction: {{channel: ' PHONE '}}\nratings: {{s: {{{RIGHT}, e: }}}}",
        f"interaction: {{channel: [phone], date: ''}}\nratings: {{s: {{{RIGHT}}}}}",
        "interaction: {channel: E-mail, topic: [billing, Move], date: 2016-02-29}\n"
        "ratings: {s: {a: NO, b: 5, c: {rating: Not-Met, comment: Heard nothing.}, "
        "d: {rating: n/a, comment: No wait.}, e: n/a}, t: {a: na}}\n"
        "disputes: [{section: s, criterion: b, says: b}, {section: s, criterion: b, says: na}, "
        "{section: s, criterion: c, says: met}]",
    ],
)
def test_review_without_problems(text: str) -> None:
    """A review that is right, in any spelling, has no problem."""
    assert review_problems(rubric_from(HEAD + FULL), review_from(text)) == []


@pytest.mark.parametrize("status", ["draft", "void"])
def test_unfinished_review_may_be_unrated(status: str) -> None:
    """A draft and a void review may leave ratings and fields out, but not give them wrongly."""
    rubric = rubric_from(HEAD + FULL)
    status = f"{status}\nreason: the line broke"
    text = f"status: {status}\n{PHONE}ratings: {{s: {{a: met}}}}"
    assert review_problems(rubric, review_from(text)) == []
    assert review_problems(rubric, review_from(f"status: {status}\nratings: {{}}")) == []
    wrong = review_from(text.replace("a: met", "a: fine"))
    assert found(review_problems(rubric, wrong)) == [
        ("unknown-rating", ("ratings", "s", "a", "rating"), "error")
    ]


@pytest.mark.parametrize(
    ("interaction", "route"), [("interaction: {reference: 1}", ("interaction",)), ("", ())]
)
def test_field_that_a_condition_needs(interaction: str, route: Route) -> None:
    """A review without a field that a condition speaks of, undeclared, is warned about it once."""
    text = (
        "sections: [{id: s, title: S, criteria: [{id: z, title: Z}, "
        "{id: a, title: A, applies_when: {channel: phone}}, "
        "{id: b, title: B, applies_when: {channel: visit}}]}]"
    )
    review = review_from(f"{interaction}\nratings: {{s: {{z: met}}}}")
    assert found(review_problems(rubric_from(HEAD + text), review)) == [
        ("condition-field-missing", route, "warning")
    ]


@pytest.mark.parametrize(
    ("policy", "levels", "word", "wanted"),
    [
        ("met", "", "n/a", False),
        ("not_met", "", "n/a", False),
        ("excluded", "", "n/a", False),
        ("met", "", "not met", True),
        ("met", ", points: 0", "not met", True),
        ("met", ", points: 0, critical: true, not_applicable: forbidden", "not met", True),
        ("met", ", points: 0", "met", False),
        ("met", ", levels: {better: 3, met: 2, not met: 0}", "n/a", False),
        ("met", ", levels: {better: 3, met: 2, not met: 0}", "met", True),
        ("met", ", levels: {better: 3, met: 2, not met: 0}", "not met", True),
        ("met", ", levels: {better: 3, met: 2, not met: 0}", "better", False),
        ("met", ", levels: {one: 2, other: 2}", "one", False),
    ],
)
def test_comment_when_missed(policy: str, levels: str, word: str, *, wanted: bool) -> None:
    """`comment: when_missed` bites on lost points and on a miss of no points; never on n/a."""
    own = f"{{id: a, title: A, comment: when_missed{levels}}}"
    text = f"sections: [{{id: s, title: S, criteria: [{own}, {{id: z, title: Z}}]}}]"
    problems = review_problems(
        rubric_from(f"{HEAD}not_applicable: {policy}\n{text}"),
        review_from(f"ratings: {{s: {{a: {word}, z: met}}}}"),
    )
    assert [one.code for one in problems] == ["comment-missing"] * wanted


@pytest.mark.parametrize(
    "reported", [("interaction", "channel"), ("interaction",)], ids=["the field", "all fields"]
)
def test_what_was_reported_is_not_reported_as_missing(reported: Route) -> None:
    """A value already found wrong is not reported a second time as missing."""
    rubric = rubric_from(HEAD + FULL)
    review = review_from("ratings: {s: {a: met, b: A, c: met}}")
    assert review_problems(rubric, review, {("ratings", "s", "d"), reported}) == []


def test_section_that_was_reported_is_not_reported_as_missing() -> None:
    """A section whose ratings were found wrong as a whole is not reported as unrated."""
    rubric = rubric_from(HEAD + FULL)
    review = review_from(f"{PHONE}ratings: {{}}")
    assert review_problems(rubric, review, {("ratings", "s")}) == []


def hints_of(rubric: str, review: str) -> dict[Route, str | None]:
    """The hint at each place at which a review is wrong."""
    problems = review_problems(rubric_from(HEAD + rubric), review_from(review))
    return {one.route: one.hint for one in problems}


TWO_SECTIONS = """
fields: {channel: {values: [phone, e-mail], required: true}, office: {required: true}}
sections:
  - id: welcome
    title: W
    criteria:
      - {id: tone, title: T}
      - {id: name, title: N, levels: {A: 2, B: 1, C: 0}}
      - {id: held, title: H, applies_when: {channel: phone}}
  - id: close
    title: C
    applies_when: {channel: e-mail, office: North}
    criteria: [{id: thanks, title: T, not_applicable: forbidden}, {id: x, title: X}]
"""


def test_hints_for_names() -> None:
    """A mistyped name is met with the one that was meant, else with those there are.

    One that is there too is not to be written twice.
    """
    hints = hints_of(
        TWO_SECTIONS,
        "interaction: {channel: e-mail, office: north}\n"
        "ratings: {welcom: {}, zzz: {}, welcome: {tone: met, name: A, nme: A, 0000: met}, "
        "close: {thanks: met, x: met, tone: met}}\n"
        "disputes: [{section: clos, criterion: x, says: met}, "
        "{section: zzz, criterion: x, says: met}, "
        "{section: welcome, criterion: tome, says: met}, "
        "{section: welcome, criterion: zzz, says: met}]",
    )
    assert hints == {
        ("ratings", "welcom"): "`welcome` is there already: take one of the two out",
        ("ratings", "zzz"): "its sections are welcome and close",
        ("ratings", "welcome", "nme"): "`name` is there already: take one of the two out",
        ("ratings", "welcome", "0000"): "its criteria are tone, name and held",
        ("ratings", "close", "tone"): "did you mean `welcome.tone`?",
        ("disputes", 0, "section"): "did you mean `close`?",
        ("disputes", 1, "section"): "its sections are welcome and close",
        ("disputes", 2, "criterion"): "did you mean `tone`?",
        ("disputes", 3, "criterion"): "its criteria are tone, name and held",
    }


def test_hints_for_ratings() -> None:
    """A rating that is wrong or missing is met with the criterion's own words."""
    hints = hints_of(
        TWO_SECTIONS,
        "interaction: {channel: e-mail, office: north}\n"
        "ratings: {welcome: {tone: mett, name: }, close: {thanks: n/a, x: }}",
    )
    assert hints == {
        ("ratings", "welcome", "tone", "rating"): "did you mean `met`?",
        ("ratings", "welcome", "name"): "rate it A, B, C or n/a",
        ("ratings", "close", "thanks", "rating"): "rate it met or not met",
        ("ratings", "close", "x"): "rate it met, not met or n/a",
    }


def test_hints_for_what_does_not_apply() -> None:
    """A rating of what does not apply is met with the fields that decide about it."""
    hints = hints_of(
        TWO_SECTIONS,
        "interaction: {channel: e-mail, office: south}\n"
        "ratings: {welcome: {tone: met, name: A, held: met}, close: {x: met}}",
    )
    assert hints == {
        ("ratings", "welcome", "held"): "take it out, or check `channel` under `interaction`",
        ("ratings", "close", "x"): (
            "take it out, or check `channel` and `office` under `interaction`"
        ),
    }


def test_hints_for_fields() -> None:
    """A field that is missing or wrong is met with its values, where the rubric names them."""
    review = review_from("ratings: {welcome: {tone: met, name: A}}")
    problems = review_problems(rubric_from(HEAD + TWO_SECTIONS), review)
    assert [(one.code, one.hint) for one in problems] == [
        ("field-required", "one of phone or e-mail"),
        ("field-required", None),
    ]
    hints = hints_of(
        TWO_SECTIONS,
        "interaction: {channel: fone, office: x}\nratings: {welcome: {tone: met, name: A}}",
    )
    assert hints == {("interaction", "channel"): "did you mean `phone`?"}


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("grade", "did you mean `grades`?"),
        ("zzz", "name it under `scales`, or write the levels here"),
    ],
)
def test_hints_for_scales(name: str, hint: str) -> None:
    """A scale that the rubric does not have is met with the one that was meant, or a way out."""
    text = f"{HEAD}scales: {{grades: {{A: 1, B: 0}}}}\n{criterion(f'levels: {name}')}"
    rubric, _ = validate(Rubric, values_from(text))
    assert rubric is not None
    assert [one.hint for one in rubric_problems(rubric)] == [hint]


def many(number: int, item: str) -> str:
    """So many items in a row, each with its number in place of N."""
    return ", ".join(item.replace("N", str(n)) for n in range(1, number + 1))


@pytest.mark.parametrize(
    ("text", "route"),
    [
        (lambda n: criterion(f"levels: {{{many(n, 'lN: N')}}}"), (*A, "levels")),
        (lambda n: f"scales: {{one: {{{many(n, 'lN: N')}}}}}\n{SECTION}", ("scales", "one")),
        (lambda n: f"fields: {{one: {{values: [{many(n, 'vN')}]}}}}\n{SECTION}", ("fields", "one")),
        (
            lambda n: f"bands: [{{name: b}}, {many(n - 1, '{name: bN, from: 0.N9}')}]\n{SECTION}",
            ("bands",),
        ),
        (
            lambda n: f"fields: {{{many(n, 'fN: {}')}}}\n{SECTION}",
            ("fields",),
        ),
        (
            lambda n: criterion(f"applies_when: {{{many(n, 'fN: x')}}}"),
            (*A, "applies_when"),
        ),
        (
            lambda n: criterion(f"applies_when: {{f: [{many(n, 'vN')}]}}"),
            (*A, "applies_when", "f"),
        ),
        (
            lambda n: (
                "sections: [" + many(n, "{id: sN, title: S, criteria: [{id: c, title: C}]}") + "]"
            ),
            ("sections", MOST_SECTIONS),
        ),
    ],
    ids=["levels", "scale", "values", "bands", "fields", "condition", "its values", "sections"],
)
def test_lists_that_are_too_long(text: Callable[[int], str], route: Route) -> None:
    """A rubric's lists may be long, but not so long that nobody could use them."""
    problems = []
    for number in (MOST_WORDS, MOST_WORDS + 1):
        rubric, _ = validate(Rubric, values_from(HEAD + text(number)))
        assert rubric is not None
        codes = [one for one in found(rubric_problems(rubric)) if one[0] != "band-order"]
        problems.append(codes)
    assert problems == [[], [("too-many", route, "error")]]


def test_too_many_criteria() -> None:
    """The first criterion beyond the limit is the one that is named, with a way out."""
    sections = [
        f"{{id: s{s}, title: S, criteria: [{many(MOST_CRITERIA // 4, '{id: cN, title: C}')}]}}"
        for s in range(4)
    ]
    rubric = validate(Rubric, values_from(f"{HEAD}sections: [{', '.join(sections)}]"))[0]
    assert rubric is not None
    assert not rubric_problems(rubric)
    more = "{id: more, title: S, criteria: [{id: a, title: A}, {id: b, title: B}]}"
    rubric = validate(Rubric, values_from(f"{HEAD}sections: [{', '.join([*sections, more])}]"))[0]
    assert rubric is not None
    (problem,) = rubric_problems(rubric)
    assert (problem.code, problem.route) == ("too-many", ("sections", 4, "criteria", 0))
    assert problem.hint


def test_field_of_too_many_values() -> None:
    """A review may give many values of a field, but not any number."""
    rubric = rubric_from(HEAD + FULL)
    for number, expected in (
        (MOST_WORDS, []),
        (MOST_WORDS + 1, [("too-many", ("interaction", "topic"), "error")]),
    ):
        review = review_from(
            f"interaction: {{channel: phone, topic: [{many(number, 'tN')}]}}\n"
            f"ratings: {{s: {{{RIGHT}}}}}"
        )
        assert found(review_problems(rubric, review)) == expected
    long = review_from(
        f"interaction: {{channel: phone, topic: {'x' * 1000}}}\nratings: {{s: {{{RIGHT}}}}}"
    )
    assert review_problems(rubric, long) == []


def test_problems_of_conditions() -> None:
    """Every field of every condition is looked at, whatever was wrong before it."""
    text = (
        f"{HEAD}fields: {{channel: {{values: [phone]}}}}\n"
        f"{criterion('applies_when: {topic: [], channel: [fax, post], office: }')}"
    )
    rubric, _ = validate(Rubric, values_from(text))
    assert rubric is not None
    where: Route = (*A, "applies_when")
    assert found(rubric_problems(rubric)) == [
        ("empty-list", (*where, "topic"), "error"),
        ("condition-never-holds", (*where, "channel", 0), "error"),
        ("condition-never-holds", (*where, "channel", 1), "error"),
        ("empty-list", (*where, "office"), "error"),
    ]


def test_problems_of_an_unknown_scale() -> None:
    """What depends on a scale that is unknown is not reported beside it."""
    text = HEAD + criterion(
        "levels: zzz, critical: true, not_applicable: forbidden, looks_like: {A: Best.}"
    )
    rubric, _ = validate(Rubric, values_from(text))
    assert rubric is not None
    assert [one.code for one in rubric_problems(rubric)] == ["unknown-scale"]


# One linter for many reviews.


def spoilt(rng: random.Random, review: dict[str, Any]) -> dict[str, Any]:
    """A review with a few ratings changed, taken out or added, most of them wrongly."""
    for _ in range(rng.choice((0, 0, 1, 2))):
        section = rng.choice(list(review["ratings"]))
        ratings = review["ratings"][section]
        word = rng.choice(("met", "not met", "n/a", "A", "zzz"))
        if isinstance(ratings, str) or "rating" in ratings:  # the whole section in one go
            review["ratings"][section] = word
            continue
        name = rng.choice([*ratings, "zzz"])
        match rng.choice(("word", "word", "commented", "unrated", "out")):
            case "word":
                ratings[name] = word
            case "commented":
                ratings[name] = {"rating": word, "comment": "Because."}
            case "unrated":
                ratings[name] = {"comment": "Because."}
            case _:
                ratings.pop(name, None)
    if rng.random() < 0.1:
        review["ratings"].pop(rng.choice(list(review["ratings"])))
    if rng.random() < 0.1:
        review["status"] = "draft"
    return review


@given(st.integers(min_value=0, max_value=2**32 - 1))
@settings(max_examples=examples(150))
def test_linter_keeps_nothing_between_reviews(seed: int) -> None:
    """A rubric made ready once finds in every review what it would find in the first."""
    rng = random.Random(seed)
    document = random_documents.rubric(rng)
    rubric = rubric_from(random_documents.to_yaml(document))
    linter = ReviewLinter(rubric)
    written = [random_documents.review(rng, document) for _ in range(8)]
    for one in written:
        if "interaction" in one and rng.random() < 0.3:  # other criteria apply than are rated
            one["interaction"] = rng.choice(written).get("interaction", {})
    reviews = [
        review_from(random_documents.to_yaml(spoilt(rng, one) if one["ratings"] else one))
        for one in written
    ]
    for review in [*reviews, *reversed(reviews)]:
        assert linter.problems(review) == review_problems(rubric, review)


@pytest.mark.parametrize("first", ["e-mail", "phone"])
def test_linter_remembers_nothing_that_depends_on_a_condition(first: str) -> None:
    """A rating that was right in one interaction is wrong in another that it does not apply to."""
    linter = ReviewLinter(rubric_from(HEAD + TWO_SECTIONS))
    rated = "welcome: {tone: met, name: A, held: met}, close: {thanks: met, x: met}"
    for channel in (first, "phone", "e-mail", first):
        review = review_from(
            f"interaction: {{channel: {channel}, office: North}}\nratings: {{{rated}}}"
        )
        wrong = (
            [("welcome", "held")] if channel == "e-mail" else [("close", "thanks"), ("close", "x")]
        )
        assert found(linter.problems(review)) == [
            ("does-not-apply", ("ratings", *one), "error") for one in wrong
        ]


def test_linter_remembers_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for nothing, a linter still finds the same."""
    monkeypatch.setattr("charter_score.linting.review_checks.MOST_REMEMBERED", 0)
    linter = ReviewLinter(rubric_from(HEAD + FULL))
    right, wrong = (
        review_from(f"{PHONE}ratings: {{s: {{a: {word}, b: A, c: met, d: met}}}}")
        for word in ("met", "fine")
    )
    for _ in range(2):
        assert linter.problems(right) == []
        assert [one.code for one in linter.problems(wrong)] == ["unknown-rating"]


def test_every_code_has_an_example() -> None:
    """Every code that linting can give, at this severity, is in one of the examples above."""
    files = [path for path in (rubric_module.__file__, review_module.__file__) if path]
    sources = "".join(Path(path).read_text(encoding="utf-8") for path in files)
    codes = set(re.findall(r'Problem\(\s*"([a-z-]+)"', sources))
    shown = {code for _, expected in (*RUBRICS, *REVIEWS) for code, _, _ in expected}
    assert codes == shown | {"condition-field-missing", "too-many"}


def test_messages_repeat_no_value() -> None:
    """A message never repeats what a reviewer wrote, which could be personal."""
    rubric = rubric_from(HEAD + FULL)
    review = review_from(
        "interaction: {channel: SECRET, date: SECRET}\n"
        "ratings: {s: {a: SECRET, b: SECRET, c: SECRET, d: SECRET, SECRET: met}, "
        "SECRET: {a: met}}\n"
        "disputes: [{section: s, criterion: a, says: SECRET}, "
        "{section: SECRET, criterion: a, says: met}, {section: s, criterion: SECRET, says: met}]"
    )
    problems = review_problems(rubric, review)
    assert len(problems) == 11
    assert not [one for one in problems if "SECRET" in f"{one.message} {one.hint}"]
