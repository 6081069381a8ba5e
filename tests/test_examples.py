"""The examples keep to the guidance of their standards, and the standards to their own words.

Whether a mark is right is a person's judgement. `REASONS` holds that judgement for every n/a of an
example, so that neither an example nor the guidance it rests on changes without somebody reading
both again.
"""

import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import programs
from charter_score.api import load_review
from charter_score.filling.template import review_template
from charter_score.library import built_in_rubrics, load_rubric
from charter_score.outcome import Scored
from charter_score.pipeline import Job, Scoring
from charter_score.rating import Rating
from charter_score.render.rubric.score_sheet import score_sheet
from charter_score.result import CriterionResult
from charter_score.rubric import CommentRule, Criterion, Permission, Rubric, Section, holds
from charter_score.scoring import score
from documents import review_from

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in ROOT.glob("examples/*/*.yaml")
    if path.name not in ("benefits-call.yaml", "team.mapping.yaml")  # a rubric, a mapping
)
RUBRICS = {name: load_rubric(path).rubric for name, path in built_in_rubrics().items()}
QUIZ = "texas-build-public-trust-quiz"
STANDARDS = sorted(set(RUBRICS) - {QUIZ})


class Meaning(NamedTuple):
    """What n/a means on a criterion, in the words of its guidance, and the reasons given for it.

    Each reason was read against the words and found to be what they allow.
    """

    guidance: str
    reasons: frozenset[str]


def meaning(guidance: str, *reasons: str) -> Meaning:
    """An entry of `REASONS`."""
    return Meaning(guidance, frozenset(reasons))


REASONS = {
    "plymouth-quality-monitoring": {
        "welcome.wait_and_data_protection": meaning(
            "n/a only when neither applied",
            "no wait, and nothing personal was asked",
            "No wait, and nothing personal was asked.",
        ),
        "interaction.empathy": meaning(
            "n/a when nothing in the contact called for it",
            "a routine question, calmly asked",
            "Nothing in it called for it.",
        ),
        "knowledge.defuse": meaning(
            "n/a when nothing needed defusing",
            "customer was calm throughout",
            "Customer was worried, never angry.",
            "Nobody was upset.",
        ),
        "knowledge.quality_check": meaning(
            "Agree in your team what counts before anyone is marked on it; until then n/a",
            "not agreed in our team yet",
            "Not agreed in our team yet.",
            "Our team has not agreed yet what this means.",
        ),
        "close.next_steps": meaning(
            "n/a only when nothing remains to happen",
            "a general question, answered; nothing was left to happen",
            "Nothing was left to do.",
        ),
        "close.use_of_name": meaning(
            "n/a when the customer gave no name",
            "customer gave no name",
        ),
        "close.survey": meaning(
            "n/a when no survey applied to this contact",
            "survey line was closed that day",
            "The survey was switched off that week.",
        ),
    },
    "auckland-our-charter": {
        "welcome.te_reo": meaning("use n/a when it did not come up", "It did not come up."),
        "decide.mana_whenua_mataawaka": meaning(
            "n/a when nothing showed such a need", "Nothing in the request concerned this."
        ),
        "meet.make_it_right": meaning(
            "n/a when neither the conversation nor the record shows a mistake",
            "Neither the email nor the record shows a mistake.",
        ),
        "meet.keeping_safe": meaning("n/a when none of this arose", "Nothing of this kind arose."),
    },
    "public-service-principles": {
        "recognition.recognises_colleagues": meaning(
            "N/a when no colleague's work came up", "No colleague's work came up"
        ),
        "recognition.models_skills": meaning(
            "N/a when nobody was there to see or hear it",
            "Nobody was there to see it",
            "Nobody was listening in",
        ),
    },
    "texas-build-public-trust": {
        "meet_and_greet.known_name": meaning(
            "N/a when the advisor did not know the customer",
            "You did not know him; he is new in the county",
            "First call, the caller was not known to you",
        ),
        "meet_and_greet.germs": meaning("N/a when nobody was unwell", "Nobody was unwell"),
        "dissatisfied.moves_on": meaning(
            "N/a when the customer was satisfied in the end", "He was content in the end"
        ),
    },
}


def scored(path: str) -> Scored:
    """An example as it is scored."""
    (outcome,) = Scoring(Job([str(ROOT / path)])).outcomes()
    assert isinstance(outcome, Scored)
    return outcome


def not_applicable(path: str) -> Iterator[tuple[str, CriterionResult]]:
    """The n/a marks of an example, with the route of each."""
    for section in scored(path).result.sections:
        for criterion in section.criteria:
            if criterion.original == Rating.NOT_APPLICABLE:
                yield f"{section.section.id}.{criterion.criterion.id}", criterion


def criteria(rubric: Rubric) -> dict[str, tuple[Section, Criterion]]:
    """The criteria of a rubric by their routes."""
    return {
        f"{section.id}.{criterion.id}": (section, criterion)
        for section, criterion in rubric.criteria()
    }


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("path", EXAMPLES)
def test_no_example_contradicts_the_guidance_on_not_applicable(path: str) -> None:
    """Each n/a of an example is permitted, has a reason, and the reason is what guidance allows."""
    name = scored(path).result.rubric.id
    for route, mark in not_applicable(path):
        assert mark.criterion.not_applicable is not Permission.FORBIDDEN, route
        assert route in REASONS.get(name, {}), f"{route}: read the guidance, and add what it means"
        assert mark.rated.comment in REASONS[name][route].reasons, route


@pytest.mark.parametrize("name", REASONS)
def test_the_guidance_still_says_what_not_applicable_means(name: str) -> None:
    """What the table says of n/a stands in the guidance, word for word."""
    known = criteria(RUBRICS[name])
    for route, means in REASONS[name].items():
        assert means.guidance in known[route][1].guidance, route


def test_every_reason_is_given_somewhere() -> None:
    """The table holds nothing that no example says any more."""
    given = {
        (scored(path).result.rubric.id, route, mark.rated.comment)
        for path in EXAMPLES
        for route, mark in not_applicable(path)
    }
    given |= set(made_up_reasons())
    held = {
        (name, route, reason)
        for name, routes in REASONS.items()
        for route, means in routes.items()
        for reason in means.reasons
    }
    assert held == given


def made_up_reasons() -> Iterator[tuple[str, str, str]]:
    """The reasons for n/a in the reviews that `make_month.py` makes up."""
    script = runpy.run_path(str(ROOT / "examples/make_month.py"))
    sections = {name: section for section, names in script["CRITERIA"].items() for name in names}
    name = script["RUBRIC"].partition("@")[0]
    for criterion, (_, reason) in script["NOT_CALLED_FOR"].items():
        yield name, f"{sections[criterion]}.{criterion}", reason


@pytest.mark.parametrize("path", EXAMPLES)
def test_every_example_says_that_it_is_made_up(path: str) -> None:
    """Whoever opens the file reads it, and whoever sees only a page made of it."""
    text = (ROOT / path).read_text(encoding="utf-8")
    assert text.splitlines()[1].startswith("# Made up, as an example")
    assert "made-up example" in (load_review(ROOT / path).notes or "").lower()


def test_the_example_rubric_says_that_it_is_made_up() -> None:
    """Nobody takes the small rubric for an organisation's standard."""
    rubric = load_rubric(ROOT / "examples/small/benefits-call.yaml").rubric
    assert rubric.description.startswith("Invented")


@pytest.mark.parametrize("name", STANDARDS)
def test_a_miss_needs_a_comment(name: str) -> None:
    """No advisor is given a mark without a reason, which could not be challenged."""
    without = [
        route
        for route, (_, criterion) in criteria(RUBRICS[name]).items()
        if criterion.comment is not CommentRule.WHEN_MISSED
    ]
    assert without == []


@pytest.mark.parametrize("name", STANDARDS)
def test_what_can_always_be_judged_has_no_not_applicable(name: str) -> None:
    """Guidance that rules n/a out forbids it, and what forbids it never says when it is right."""
    for route, (_, criterion) in criteria(RUBRICS[name]).items():
        guidance = criterion.guidance.casefold()
        always = re.search(r"always be (judged|kept|rated)|no n/a\b", guidance) is not None
        forbidden = criterion.not_applicable is Permission.FORBIDDEN
        assert not always or forbidden, route
        assert not (forbidden and re.search(r"n/a (only )?(when|where|while)", guidance)), route


@pytest.mark.parametrize("name", STANDARDS)
def test_what_a_reviewer_could_not_see_is_no_not_applicable(name: str) -> None:
    """Each standard says that n/a is for the advisor's lack of opportunity alone."""
    told = RUBRICS[name].description + " ".join(
        criterion.guidance for _, criterion in RUBRICS[name].criteria()
    )
    assert re.search(r"never for what the reviewer|is no reason for n/a", told)


def test_empathy_is_not_owed_to_abuse() -> None:
    """Wherever empathy or an apology for feelings is marked, n/a is right during abuse."""
    routes = {
        "plymouth-quality-monitoring": ["interaction.empathy"],
        "public-service-principles": ["respect.acknowledges_emotions", "viewpoint.apologise"],
        "texas-build-public-trust": ["dissatisfied.shows_empathy"],
    }
    for name, owed in routes.items():
        for route in owed:
            criterion = criteria(RUBRICS[name])[route][1]
            assert "while the customer is abusive" in criterion.guidance
            assert criterion.not_applicable is not Permission.FORBIDDEN


def test_the_quality_check_is_no_silent_gift() -> None:
    """Plymouth's unexplained criterion: n/a needs a comment, and the description has its price."""
    rubric = RUBRICS["plymouth-quality-monitoring"]
    criterion = criteria(rubric)["knowledge.quality_check"][1]
    assert criterion.not_applicable is Permission.NEEDS_COMMENT
    points = sum(rubric.points_of(one) for _, one in rubric.criteria())
    percent = rubric.points_of(criterion) * 100 / points
    assert f"one of {points}, so {percent} of the 100 percent" in rubric.description


LOST = {
    "public-service-principles": ("more than three in ten", "three in ten", "one in ten"),
    "texas-build-public-trust": ("more than three in ten", "three in ten", "one in ten"),
    "wrexham-customer-contract": ("more than one in five", "one in five"),
}
BOUNDS = {"three in ten": 70, "one in ten": 90, "one in five": 80}


@pytest.mark.parametrize("name", LOST)
def test_a_band_says_how_much_was_lost_in_the_worst_review_of_it(name: str) -> None:
    """No band promises what a review in it can lack: it gives the share at which it begins."""
    bands = RUBRICS[name].bands
    assert len(bands) == len(LOST[name])
    assert bands[0].meaning.startswith(f"{LOST[name][0]} of the points")
    for band, lost in zip(bands[1:], LOST[name][1:], strict=True):
        assert band.meaning.startswith(f"at most {lost} of the points")
        assert band.from_ == BOUNDS[lost]


def test_aucklands_bands_count_what_was_missed() -> None:
    """Up to five and up to two of 20 criteria, all of them of one step if so it falls."""
    rubric = RUBRICS["auckland-our-charter"]
    counted = [(s.id, c.id) for s, c in rubric.criteria() if rubric.points_of(c)]
    assert len(counted) == 20

    def band_with(missed: int) -> str:
        of_one_step = sorted(counted, key=lambda route: route[0] != "meet")[:missed]
        ratings: dict[str, dict[str, object]] = {}
        for section, criterion in criteria(rubric).values():
            is_missed = (section.id, criterion.id) in of_one_step
            rated = {"rating": "not met", "comment": "why"} if is_missed else "met"
            ratings.setdefault(section.id, {})[criterion.id] = rated
        band = score(rubric, review_from(f"ratings: {ratings}".replace("'", '"'))).band
        assert band is not None
        return band.meaning

    for missed, words in ((0, "up to two"), (2, "up to two"), (3, "up to five"), (5, "up to five")):
        assert f"{words} of the 20 scored criteria were missed" in band_with(missed)
    assert "six or more of the 20 scored criteria" in band_with(6)


COMES_UP = {
    "complaint.tries_to_resolve",
    "complaint.passes_to_supervisor",
    "complaint.supervisor_on_request",
    "compliments.thanks_for_praise",
    "compliments.passes_on_praise",
}


def principles(complaint: str, supervisor: str, compliment: str) -> set[str]:
    """Which of the criteria on complaints and compliments exist for a contact."""
    rubric = RUBRICS["public-service-principles"]
    fields = {"complaint": complaint, "supervisor": supervisor, "compliment": compliment}
    return {
        route
        for route, (section, criterion) in criteria(rubric).items()
        if route in COMES_UP
        and holds(section.applies_when, fields)
        and holds(criterion.applies_when, fields)
    }


def test_nobody_earns_points_for_a_complaint_that_nobody_made() -> None:
    """An ordinary contact has none of the five criteria; each comes with what it is about."""
    assert principles("none", "no request", "none") == set()
    assert principles("settled", "no request", "none") == {"complaint.tries_to_resolve"}
    assert principles("not settled", "no request", "none") == {
        "complaint.tries_to_resolve",
        "complaint.passes_to_supervisor",
    }
    assert principles("none", "request", "none") == {"complaint.supervisor_on_request"}
    assert principles("none", "no request", "praise for a colleague") == {
        "compliments.passes_on_praise"
    }
    assert principles("not settled", "request", "praise for both") == COMES_UP
    rules = RUBRICS["public-service-principles"].fields
    assert all(rules[name].required for name in ("complaint", "supervisor", "compliment"))


def test_a_service_that_does_not_suit_the_internet_earns_nothing_online() -> None:
    """Wrexham's questions to online services exist only for those; one-to-one help for all."""
    online = {
        criterion.id: (dict(criterion.applies_when), criterion.not_applicable)
        for section, criterion in RUBRICS["wrexham-customer-contract"].criteria()
        if section.id == "online"
    }
    suited = ({"internet": ("suited",)}, Permission.FORBIDDEN)
    assert online == {
        "easy_online": suited,
        "encourages_online": suited,
        "helps_the_unsure": suited,
        "one_to_one": ({}, Permission.FORBIDDEN),
        "learns_from_use": ({}, Permission.ALLOWED),
        "explains_data_use": ({}, Permission.ALLOWED),
    }
    assert RUBRICS["wrexham-customer-contract"].fields["internet"].required


def test_texas_asks_the_channel_and_the_challenge_first() -> None:
    """What decides which criteria exist is asked before anything else of the rubric's own."""
    rubric = RUBRICS["texas-build-public-trust"]
    assert list(rubric.fields)[:2] == ["channel", "challenge"]
    attention = criteria(rubric)["understand_and_assist.full_attention"][1]
    assert attention.applies_when == {"channel": ("phone", "face to face")}


ASKED_FIRST: dict[str, list[tuple[str, str]]] = {
    "texas-build-public-trust": [
        ("channel", "email"),
        ("challenge", "demeaning"),
        ("customer", "external"),
    ],
    "public-service-principles": [
        ("complaint", "not settled"),
        ("supervisor", "no request"),
        ("compliment", "praise for a colleague"),
    ],
    "wrexham-customer-contract": [("channel", "telephone"), ("internet", "not suited")],
}
"""Fields in the order in which they are asked, each with an answer."""


@pytest.mark.parametrize("name", ASKED_FIRST)
def test_filling_in_asks_first_what_decides_and_then_only_what_applies(
    name: str, tmp_path: Path
) -> None:
    """The fields come before the first criterion, one after the other, and decide how many."""
    rubric = RUBRICS[name]
    answers = ASKED_FIRST[name]
    people = ["", "", "", "2026-03-02"]
    typed = "\n".join([*people, *(value for _, value in answers), "q", ""])
    done = programs.run("fill", "r.yaml", "--rubric", name, given=typed.encode(), cwd=tmp_path)
    assert done.returncode == 0
    said = " ".join(done.stdout.split())
    apply = sum(
        holds(section.applies_when, dict(answers)) and holds(criterion.applies_when, dict(answers))
        for section, criterion in rubric.criteria()
    )
    assert apply < len(list(rubric.criteria()))
    asked = [said.index(f"{rubric.fields[field].title}.") for field, _ in answers]
    assert [*asked, said.index(f"Criterion 1 of {apply} ")] == sorted(
        [*asked, said.index(f"Criterion 1 of {apply} ")]
    )


@pytest.mark.parametrize("name", ASKED_FIRST)
def test_forms_say_what_exists_only_for_some(name: str) -> None:
    """On the blank review and the score sheet each such criterion says so, in words that read."""
    rubric = RUBRICS[name]
    conditions = sum(bool(section.applies_when) for section in rubric.sections) + sum(
        bool(criterion.applies_when) for _, criterion in rubric.criteria()
    )
    blank = review_template(rubric, rubric.name, None)
    assert blank.index("interaction:") < blank.index("ratings:")
    assert blank.count("(only when ") == conditions
    sheet = " ".join(re.sub("<[^>]*>", " ", score_sheet(rubric)).split())
    assert sheet.count("only for ") >= conditions
    assert not re.search(r"\b(for|when|is) \1\b", f"{blank} {sheet}")


@pytest.mark.parametrize("route", ["meet_and_greet.eye_contact", "meet_and_greet.posture"])
def test_no_reason_is_asked_for_that_is_nobodys_business(route: str) -> None:
    """n/a on looks and bodies needs no comment, and guidance names no condition of a person."""
    criterion = criteria(RUBRICS["texas-build-public-trust"])[route][1]
    assert criterion.not_applicable is Permission.ALLOWED
    assert "no reason is asked for, and none is written down" in criterion.guidance
    assert not re.search("disab|pain|ill|custom ", criterion.guidance)


BRITISH = re.compile(
    r"\b(?:\w+(?:isation|ise|ised|ises|ising)|behaviour|colour|favour|neighbour|centre|licence"
    r"|programme|practis\w+|queue|towards|whilst|e-mail)\b",
    re.IGNORECASE,
)
SPELT_SO = {"promise", "promised", "otherwise", "likewise", "raise", "raised", "advise", "rise"}


@pytest.mark.parametrize(
    "path",
    [*sorted((ROOT / "rubrics").glob("texas-*")), *sorted(ROOT.glob("examples/[tq][eu]*/*.yaml"))],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_texas_is_written_in_its_own_english(path: Path) -> None:
    """The Texan rubrics and their examples have no British spelling, and say so."""
    text = path.read_text(encoding="utf-8").replace("organisation:", "")
    assert {word for word in BRITISH.findall(text) if word.casefold() not in SPELT_SO} == set()
    if path.parent.name == "rubrics":
        assert "\nlanguage: en-US\n" in text


SPLICED = re.compile(
    r", (?:I am sorry|I can look into|is that|it takes|let us|let me|may I|shall I|that is"
    r"|thank you|we can|what can I|have a good)\b",
    re.IGNORECASE,
)
NO_SENTENCE_YET = re.compile(
    r"(?:^|[.?!] )(?:yes|no|so|(?:as|before|if|so that|when)\b[^.?!]*)$", re.I
)


@pytest.mark.parametrize(
    "path",
    [
        *sorted(ROOT.glob("rubrics/*.yaml")),
        *sorted(ROOT.glob("examples/*/*.yaml")),
        ROOT / "examples/make_month.py",
    ],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_quoted_speech_has_no_comma_between_two_sentences(path: Path) -> None:
    """Where what is said begins a new sentence, a full stop or a question mark stands before it."""
    text = " ".join(path.read_text(encoding="utf-8").replace('\\"', '"').split())
    spliced = [
        found.group()
        for said in re.findall(r'"([^"]*)"', text)
        for found in SPLICED.finditer(said)
        if not NO_SENTENCE_YET.search(said[: found.start()])
    ]
    assert spliced == []


SAID = {
    ("plymouth-quality-monitoring", "close.more_help"): ["Met too when the customer has just"],
    ("plymouth-quality-monitoring", "close.survey"): ["At the end of a visit", "In an e-mail"],
    ("auckland-our-charter", "decide.research"): ["Not met when a look or a question was left out"],
    ("auckland-our-charter", "decide.informed"): [
        "Not met when one was left out that this customer"
    ],
    ("auckland-our-charter", "meet.answer"): ["Not met when one of these was left out"],
    ("auckland-our-charter", "end.record"): ["Not met when the record, the reasons or a colleague"],
    ("auckland-our-charter", "meet.accuracy"): ["everything they reasonably could"],
    ("auckland-our-charter", "meet.make_it_right"): ["Three things can then be heard or read"],
    ("auckland-our-charter", "meet.added_value"): ["Mark what was said or written"],
    ("texas-build-public-trust", "meet_and_greet.timely_service"): ["On the phone:", "By email:"],
    ("texas-build-public-trust", "agree_and_acknowledge.same_care_by_email"): [
        "do not count again here"
    ],
    ("texas-build-public-trust", "agree_and_acknowledge.same_care_internal"): [
        "do not count again here"
    ],
}
"""What settles a question on which reviewers would part ways: the words of guidance or advice."""


@pytest.mark.parametrize(("name", "route"), SAID, ids=str)
def test_two_reviewers_need_not_guess(name: str, route: str) -> None:
    """Guidance and advice have a word on what reviewers would otherwise mark by taste."""
    criterion = criteria(RUBRICS[name])[route][1]
    told = f"{criterion.guidance}\n{criterion.advice}"
    assert [words for words in SAID[name, route] if words not in told] == []
