"""The browser form as a person uses it: typing, ticking, saving, opening, printing, listening."""

import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

import browser as browsing
import hostile
import needs
import programs
from browser import Form, document
from charter_score.filling.template import asked_fields
from charter_score.filling.web_form import web_form
from charter_score.library import LoadedRubric, load_rubric
from charter_score.review import Review, Status, WholeSection
from charter_score.rubric import Rubric, applies
from charter_score.source.reading import read_document
from documents import model_from, rubric_from
from effort import some
from random_documents import to_yaml
from unit.filling.test_web_form_scripts import a_rubric, told_by_check

pytestmark = needs.CHROMIUM

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted(path.stem for path in ROOT.glob("rubrics/*.yaml"))
PLYMOUTH, TEXAS = "plymouth-quality-monitoring", "texas-build-public-trust"

Opener = Callable[..., Form]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all tests here."""
    with browsing.browsers() as started:
        yield started


@pytest.fixture
def show(chromium: Browser, tmp_path: Path) -> Iterator[Opener]:
    """Makes forms with the program and opens them; each must end without an error."""
    forms: list[Form] = []

    def open_form(*words: str, **window: Any) -> Form:
        done = programs.run("new", *words, "-o", "form.html", "--force", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        forms.append(Form(chromium, tmp_path / "form.html", **window))
        return forms[-1]

    yield open_form
    for form in forms:
        form.close()


def saved_review(path: Path) -> Review:
    """The review in a file."""
    return model_from(Review, read_document(path.read_bytes(), path.name).value)


def as_final(review: Review) -> Review:
    """The review as it would be with its status final."""
    return review.model_copy(update={"status": Status.FINAL})


def targets_of(rubric: Rubric, review: Review) -> set[str]:
    """The ids of the controls in which something is missing, by `check`."""
    places = {name: place for place, name in enumerate(asked_fields(rubric))}
    ids = set()
    for code, *route in told_by_check(rubric, as_final(review)):
        match code:
            case "unrated":
                ids.add(f"rate-{route[1]}.{route[2]}")
            case "comment-missing":
                ids.add(f"comment-{route[1]}.{route[2]}")
            case "nothing-observed":
                shown = (
                    f"rate-{section.id}.{criterion.id}"
                    for section, criterion in rubric.criteria()
                    if applies(section, criterion, review.interaction)
                )
                ids.add(next(shown, "interaction"))
            case _:
                place = places[route[1]]
                ids.add(f"field-{place}")
    return ids


def missing_of(form: Form) -> set[str]:
    """The same by the page."""
    return {target.removesuffix("-value") for target, _ in form.missing()}


def fill_fields(form: Form, rubric: Rubric, rng: random.Random, chance: float = 0.6) -> None:
    """Choose, tick and type what is known of the interaction."""
    for place, (name, field) in enumerate(asked_fields(rubric).items()):
        if rng.random() > chance or name == "date":
            continue
        within = form.page.locator(f"#field-{place}")
        if field.closed and field.many:
            for tick in rng.sample(range(len(field.values)), rng.randint(1, len(field.values))):
                within.locator("input[type=checkbox]").nth(tick).check()
        elif field.closed:
            within.locator("select").select_option(index=rng.randint(1, len(field.values)))
        else:
            texts = [rng.choice((*field.values, "phone", "RESIDENT ", "élan")) for _ in range(2)]
            for number, text in enumerate(texts if field.many else texts[:1]):
                if number:
                    within.locator("[data-add]").click()
                within.locator("input").nth(number).fill(text)


def a_form(chromium: Browser, folder: Path, rubric: Rubric) -> Form:
    """A form of a rubric that is there only as a model."""
    page = web_form(LoadedRubric(rubric, "rubric.yaml", "0" * 64), rubric.name)
    path = folder / "form.html"
    path.write_text(page, encoding="utf-8")
    return Form(chromium, path)


@pytest.mark.at_length
@pytest.mark.parametrize("seed", some(range(60)))
def test_the_page_agrees_with_check(chromium: Browser, tmp_path: Path, seed: int) -> None:
    """On random rubrics and answers: what is shown, what is listed, what is saved and scored."""
    rng = random.Random(seed)
    document_of_rubric = a_rubric(rng)
    text = to_yaml(document_of_rubric)
    (tmp_path / "rubric.yaml").write_text(text, encoding="utf-8")
    rubric = rubric_from(text)
    form = a_form(chromium, tmp_path, rubric)
    fill_fields(form, rubric, rng)
    chosen: dict[tuple[str, str], str] = {}
    for section, criterion in rubric.criteria():
        key = f"{section.id}.{criterion.id}"
        if key not in form.shown() or rng.random() < 0.3:
            continue
        words = rubric.rating_words(criterion)
        place = rng.randrange(len(words))
        if criterion.range is None or words[place] == "n/a":
            form.rate(key, place if criterion.range is None else 0)
        else:
            form.page.locator(f'[id="rate-{key}"] [data-number]').fill(words[place])
        chosen[section.id, criterion.id] = words[place]
        if rng.random() < 0.4:
            form.write(f'[id="comment-{key}"]', "Heard.")
    path = form.save(tmp_path)
    review = saved_review(path)
    assert {
        (section, criterion): own.rating
        for section, rated in review.ratings.items()
        if not isinstance(rated, WholeSection)
        for criterion, own in rated.items()
    } == chosen
    assert form.shown() == [
        f"{section.id}.{criterion.id}"
        for section, criterion in rubric.criteria()
        if applies(section, criterion, review.interaction)
    ]
    assert missing_of(form) == targets_of(rubric, review)
    assert form.progress().startswith(f"{len(chosen)} of {len(form.shown())} rated")

    for _ in range(2):  # the second time for the comments that these ratings ask for
        for target in sorted(missing_of(form)):
            if form.page.locator(f'[id="{target}"]').is_visible():
                mend(form, target)
    form.page.locator("#status").select_option("final")
    missing = form.missing()
    if missing:
        assert [told.split(",")[0] for _, told in missing] == ["Every criterion with points is n/a"]
        form.close()
        return
    path = form.save(tmp_path)
    review = saved_review(path)
    assert told_by_check(rubric, review) == set()
    assert programs.run("check", path, "--rubrics", tmp_path, cwd=tmp_path).returncode == 0
    done = programs.run("score", path, "-f", "json", "--rubrics", tmp_path, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    ratings = {
        (section["id"], criterion["id"]): criterion["rating"]
        for section in json.loads(done.stdout)["results"][0]["sections"]
        for criterion in section["criteria"]
    }
    assert chosen.items() <= ratings.items()
    form.close()


def mend(form: Form, target: str) -> None:
    """Answer what is missing in a control."""
    within = form.page.locator(f'[id="{target}"]')
    if target.startswith("rate-"):
        number = within.locator("[data-number]")
        if number.count():
            number.fill(re.search("from ([0-9.]+)", within.inner_text())[1])  # type: ignore[index]
        else:
            within.locator("input[type=radio]").first.check()
    elif target.startswith("comment-"):
        within.fill("Heard.")
    elif within.locator("select").count():
        within.locator("select").select_option(index=1)
    elif within.locator("input[type=checkbox]").count():
        within.locator("input[type=checkbox]").first.check()
    else:
        within.locator("input").first.fill("resident")


@pytest.mark.at_length
@pytest.mark.parametrize("rubric_id", some([TEXAS, *sorted({*SHIPPED} - {TEXAS})]))
def test_a_standard_is_filled_and_scored(show: Opener, tmp_path: Path, rubric_id: str) -> None:
    """From `new` to a score for each standard that ships: every criterion as it was chosen."""
    rubric = load_rubric(ROOT / f"rubrics/{rubric_id}.yaml").rubric
    form = show(rubric_id)
    form.write("#advisor", "Zoë “17”")
    form.write("#id", "call 12/3")
    for _ in range(3):
        for target in sorted(missing_of(form)):
            mend(form, target)
    form.page.locator("#status").select_option("final")
    path = form.save(tmp_path)
    assert path.name == "call-12-3.json"
    done = programs.run("score", path, "-f", "json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    scored = json.loads(done.stdout)["results"][0]
    assert scored["review"]["advisor"] == "Zoë “17”"
    assert scored["review"]["id"] == "call 12/3"
    first = {
        (section.id, criterion.id): rubric.rating_words(criterion)[0]
        for section, criterion in rubric.criteria()
    }
    rated = [
        (section["id"], criterion["id"], criterion["rating"])
        for section in scored["sections"]
        for criterion in section["criteria"]
    ]
    assert len(rated) == len(form.shown())
    assert all(first[section, criterion] == word for section, criterion, word in rated)
    assert scored["rubric"]["id"] == rubric.id


@pytest.mark.long
def test_what_applies_shows_as_it_is_chosen(show: Opener) -> None:
    """Sections and criteria with conditions come and go, and those who listen are told."""
    form = show(TEXAS)
    rubric = load_rubric(ROOT / f"rubrics/{TEXAS}.yaml").rubric
    section = next(one for one in rubric.sections if one.applies_when)
    first = f"{section.id}.{section.criteria[0].id}"
    assert first not in form.shown()
    note = form.page.locator(f"#section-{section.id}-not")
    assert "only when" in note.inner_text()
    before = len(form.shown())
    form.page.get_by_label(section.applies_when["challenge"][0], exact=True).check()
    assert first in form.shown()
    assert note.is_hidden()
    more = len(form.shown()) - before
    live = form.page.locator("[data-live]")
    form.page.locator("[data-live]:not(:empty)").wait_for(state="attached")
    assert live.text_content().startswith(f"{more} criteria more to rate.")  # type: ignore[union-attr]
    form.rate(first, 0)
    ticks = form.page.locator("#interaction input[type=checkbox]")
    ticks.nth(1).check()
    form.page.get_by_label(section.applies_when["challenge"][0], exact=True).uncheck()
    assert first not in form.shown()
    aside = form.page.locator("[data-aside]").inner_text()
    assert aside.startswith("1 rating will be left out of the file")


@pytest.mark.long
def test_a_final_review_that_is_not_complete_can_be_saved_as_a_draft(
    show: Opener, tmp_path: Path
) -> None:
    """It is told what is missing, nothing is saved; then a draft is, which `score` skips."""
    form = show(PLYMOUTH)
    form.rate("welcome.greeting", 1)
    assert form.progress() == "1 of 20 rated; 1 comment still needed"
    form.rate("welcome.greeting", 0)
    form.page.locator("#status").select_option("final")
    form.page.locator(".bar [data-save]").click()
    assert form.told().startswith("Not complete yet: 19 things missing")
    assert form.page.evaluate("document.activeElement.matches('[data-message]')")
    form.page.get_by_role("button", name="See what is missing").click()
    focused = form.page.evaluate("document.activeElement.textContent")
    assert focused == "Welcome: Introduction of self and team not rated yet"
    form.page.locator(".bar [data-save]").click()
    with form.page.expect_download() as waiting:
        form.page.get_by_role("button", name="Save as a draft").click()
    path = browsing.keep(waiting.value, tmp_path)
    assert document(path)["status"] == "draft"
    assert form.page.locator("#status").input_value() == "draft"
    done = programs.run("score", path, "-f", "json", cwd=tmp_path)
    assert [one["reason"] for one in json.loads(done.stdout)["skipped"]] == ["draft"]


FULL = {
    "rubric": PLYMOUTH,
    "id": "call 7",
    "status": "Final",
    "advisor": "Advisor 17",
    "reviewer": "Reviewer 3",
    "interaction": {
        "date": "2016-05-04 09:15",
        "channel": "PHONE",
        "duration": 417,
        "topics": ["a", "b"],
    },
    "ratings": {},
    "done_well": ["Kept calm."],
    "notes": "One\nand two.",
    "actions": [{"what": "Practise", "by": "2016-06-01"}],
    "advisor_comment": "I disagree.",
    "acknowledged": "2016-05-06",
    "disputes": [
        {"section": "welcome", "criterion": "tone", "says": "met", "because": "I smiled."}
    ],
}


def full_review() -> dict[str, Any]:
    """A complete review with everything in it, some of it in odd spellings."""
    rubric = load_rubric(ROOT / f"rubrics/{PLYMOUTH}.yaml").rubric
    ratings: dict[str, Any] = {}
    for section, criterion in rubric.criteria():
        ratings.setdefault(section.id, {})[criterion.id] = "Yes"
    first = next(iter(ratings["welcome"]))
    ratings["welcome"][first] = {"evidence": "00:04", "comment": "Rushed", "rating": "NOT-MET"}
    return {**FULL, "ratings": ratings}


def test_what_was_opened_and_not_changed_is_saved_as_it_was(show: Opener, tmp_path: Path) -> None:
    """Disputes, an advisor's words, other fields, spellings, order: all as in the file."""
    given = full_review()
    path = tmp_path / "given.json"
    path.write_text(json.dumps(given), encoding="utf-8")
    form = show(PLYMOUTH)
    assert form.open(path) == "given.json is open: 20 of 20 rated\n\nGo on"
    assert form.page.locator("#notes").input_value() == "One\nand two."
    assert form.page.locator("#field-0-value").input_value() == "2016-05-04"
    saved = form.save(tmp_path / "saved") if (tmp_path / "saved").mkdir() is None else None
    assert saved is not None
    assert saved.name == "given.json"
    assert saved.read_text(encoding="utf-8").rstrip("\n") != ""
    assert json.dumps(document(saved)) == json.dumps(given)

    key = f"welcome.{list(given['ratings']['welcome'])[1]}"
    form.rate(key, 1)
    form.write(f'[id="comment-{key}"]', "Begun only.")
    form.page.locator("#notes").fill("")
    form.page.locator("[data-list=actions] [data-part=who]").fill("Advisor 17")
    changed = document(form.save(tmp_path / "saved"))
    expected = full_review()
    section, criterion = key.split(".")
    expected["ratings"][section][criterion] = {"rating": "not met", "comment": "Begun only."}
    del expected["notes"]
    expected["actions"][0]["who"] = "Advisor 17"
    assert changed == expected
    done = programs.run("check", tmp_path / "saved/given.json", cwd=tmp_path)
    assert "error" not in done.stderr


@pytest.mark.long
def test_an_example_and_a_review_of_another_kind_can_be_gone_on_with(
    show: Opener, tmp_path: Path
) -> None:
    """`--example` and `--from` put a review into the form, which saves it as it is."""
    form = show(PLYMOUTH, "--example")
    path = form.save(tmp_path)
    assert path.name == "form.json"
    assert programs.run("score", path, cwd=tmp_path).returncode == 0
    programs.run("new", "--from", "form.json", "-o", "call.yaml", cwd=tmp_path)
    form = show("--from", "call.yaml")
    assert form.progress() == "20 of 20 rated"
    assert saved_review(form.save(tmp_path)) == saved_review(path)


BAD = {
    "no JSON": ("{", "line 1, column 2: a key between double quotes is wanted here"),
    "a list": ("[]", "This is no review"),
    "deep": ("[" * 100_000, "nested more than 32 deep"),
    "a rubric": ('{"id": "x", "sections": []}', "This is a rubric"),
    "results": ('{"schema": "charter-score/results/v1"}', "another document of charter-score"),
    "another rubric": ('{"rubric": "other@1", "ratings": {}}', "made by another rubric"),
    "another version": (f'{{"rubric": "{PLYMOUTH}@1999", "ratings": {{}}}}', "another rubric"),
    "ratings of another kind": ('{"ratings": []}', "no mapping of sections"),
    "twice": ('{"ratings": {}, "ratings": {}}', "stands twice"),
    "huge": ('{"ratings": {}, "notes": "' + "x" * 70_000 + '"}', "longer than 64 KB"),
    "too large": (" " * 5_000_001, "larger than 5 MB"),
}


@pytest.mark.long
def test_what_cannot_be_opened_changes_nothing(show: Opener, tmp_path: Path) -> None:
    """It is said what is wrong and what to do, and what was written stays."""
    form = show(PLYMOUTH)
    form.write("#notes", "not saved yet")
    for name, (text, told) in BAD.items():
        path = tmp_path / "given.json"
        path.write_text(text, encoding="utf-8")
        shown = form.open(path)
        assert shown.startswith("Not opened"), name
        assert told in shown
        assert "Nothing on this page was changed." in shown
    assert form.page.locator("#notes").input_value() == "not saved yet"
    (tmp_path / "call.yaml").write_text("ratings: {}", encoding="utf-8")
    assert "charter-score new --from FILE -o form.html" in form.open(tmp_path / "call.yaml")


ODD = {
    "rubric": PLYMOUTH,
    "status": "finished",
    "advisor": {"name": "x"},
    "reviewer": 5,
    "team": None,
    "interaction": {
        "channel": "pigeon",
        "date": "4 May",
        "__proto__": {"a": 1},
        "reference": ["a", "b"],
    },
    "ratings": {
        "welcome": {
            "greeting": "superb",
            "tone": ["met"],
            "__proto__": "met",
            "introduction": {"rating": "met", "causes": ["habit"], "comment": 7},
            "offer_to_help": None,
        },
        "close": "n/a",
        "constructor": {"prototype": "met"},
    },
    "done_well": "all of it",
    "could_be_better": [1],
    "actions": [{"what": "x", "done": True, "who": None}, "y"],
    "causes": {"toString": "habit"},
}


def test_what_the_form_cannot_show_is_told_and_kept(show: Opener, tmp_path: Path) -> None:
    """Wrong types, unknown words and keys that mean something to a script are saved unchanged."""
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(ODD), encoding="utf-8")
    form = show(PLYMOUTH)
    told = form.open(path)
    for title in ("Advisor", "Reviewer", "Done well", "Could be better", "Action", "Status"):
        assert f"{title}: what the file says cannot be shown here; it is kept as it is." in told
    assert "2 entries under its ratings" in told
    shown = form.page.locator(".held:visible").all_inner_texts()
    assert [re.search("“(.*)”", one)[1] for one in shown] == ["pigeon", "a, b", "superb"]  # type: ignore[index]
    saved = document(form.save(tmp_path))
    expected = json.loads(json.dumps(ODD))
    del expected["team"]  # nothing stands there
    assert saved == expected
    assert form.page.evaluate("({}).a") is None

    form.page.locator(".held:visible [data-take-out]").first.click()
    form.rate("welcome.greeting", 0)
    form.write("#advisor", "Advisor 17")
    whole = form.page.locator('[id="whole.close"] [data-whole-tick]')
    assert whole.is_checked()  # a word that stands for the whole section
    whole.uncheck()
    form.rate("close.next_steps", 0)
    saved = document(form.save(tmp_path))
    expected["ratings"]["close"] = {"next_steps": "met"}
    del expected["interaction"]["channel"]
    expected["ratings"]["welcome"]["greeting"] = "met"
    expected["advisor"] = "Advisor 17"
    assert saved == expected


@pytest.mark.long
@pytest.mark.parametrize("seed", some(range(40)))
def test_whatever_is_opened_is_told_and_nothing_is_lost(
    show: Opener, tmp_path: Path, seed: int
) -> None:
    """Reviews with values of any kind anywhere: saved as they were, but for what says nothing."""
    rng = random.Random(seed)
    form = show(TEXAS)
    rubric = load_rubric(ROOT / f"rubrics/{TEXAS}.yaml").rubric
    kinds: tuple[Any, ...] = (
        *(
            None,
            True,
            5,
            1.5,
            "",
            " ",
            "met",
            "n/a",
            "x\ny",
            [],
            ["a"],
            [None],
            {},
            {"a": {"b": []}},
        ),
        *({"rating": "met"}, {"rating": None, "__proto__": 1}, [{"what": "x"}], ["a", "b\nc"]),
    )
    for _ in range(10):
        review: dict[str, Any] = {
            key: rng.choice(kinds)
            for key in (
                "id",
                "status",
                "advisor",
                "notes",
                "done_well",
                "actions",
                "__proto__",
                "x",
            )
            if rng.random() < 0.6
        }
        review["interaction"] = {
            name: rng.choice(kinds) for name in (*asked_fields(rubric), "x") if rng.random() < 0.5
        }
        review["ratings"] = {
            section.id: {one.id: rng.choice(kinds) for one in section.criteria}
            if rng.random() < 0.8
            else rng.choice(kinds)
            for section in rubric.sections
            if not section.applies_when
        }
        path = tmp_path / "given.json"
        path.write_text(json.dumps(review), encoding="utf-8")
        assert form.open(path).startswith("given.json is open")
        form.page.locator("#status").select_option("draft")
        saved = document(form.save(tmp_path))
        assert without_nothing(saved) == without_nothing(
            {**review, "rubric": f"{TEXAS}@{rubric.version}", "status": saved["status"]}
        )


def without_nothing(value: Any) -> Any:
    """A value without what is null, blank or empty in its mappings."""
    if not isinstance(value, dict):
        return value
    parts = {name: without_nothing(item) for name, item in value.items()}
    return {name: item for name, item in parts.items() if item not in (None, {}, [], "", " ")}


LANGUAGE = """
id: welsh
version: "1"
title: Galwadau
words: {met: Cyflawnwyd, "not met": Heb, n/a: Amherthnasol}
causes: {habit: Out of habit, tools: The tools}
sections:
  - id: open
    title: Opening
    criteria:
      - {id: greet, title: Greeting}
      - {id: speed, title: Speed, range: {to: 10}, comment: {up_to: "2.5"}}
  - id: sale
    title: Sale
    at_least: 50
    criteria:
      - {id: offer, title: Offer, not_applicable: needs_comment}
      - {id: thanks, title: Thanks}
  - id: law
    title: Law
    criteria: [{id: notice, title: Notice, not_applicable: forbidden}]
"""


def test_numbers_causes_and_a_section_in_one_go(chromium: Browser, tmp_path: Path) -> None:
    """Each has its control, asks for what `check` asks for, is saved, and opens as it was."""
    (tmp_path / "rubric.yaml").write_text(LANGUAGE, encoding="utf-8")
    rubric = rubric_from(LANGUAGE)
    form = a_form(chromium, tmp_path, rubric)
    greet, speed, sale = (
        form.page.locator(f'[id="{name}"]')
        for name in ("rate-open.greet", "rate-open.speed", "whole.sale")
    )
    assert "Cyflawnwyd" in greet.inner_text()
    assert form.page.locator('[id="whole.law"]').is_hidden()
    assert greet.locator("[data-causes]").is_hidden()
    form.rate("open.greet", 1)
    greet.get_by_label("The tools").check()
    speed.locator("[data-number]").fill("11")
    form.rate("law.notice", 0)
    assert form.missing()[0] == (
        "rate-open.speed",
        "Opening: Speed has a rating that is none of its own",
    )
    speed.locator("[data-number]").fill("2.50")
    assert form.missing()[0] == ("comment-open.speed", "Opening: Speed needs a comment")
    form.write('[id="comment-open.speed"]', "Slow.")
    form.rate("sale.offer", 0)
    sale.locator("[data-whole-tick]").check()
    assert "left out of the file" in sale.inner_text()
    assert form.shown() == ["open.greet", "open.speed", "law.notice"]
    assert form.missing() == [("whole.sale.comment", "Sale needs a comment")]
    form.write('[id="whole.sale.comment"]', "Nothing to sell.")
    form.page.locator("#reviewed").fill("2026-03-04")
    form.page.locator("#selection").select_option("targeted")
    form.page.locator("#status").select_option("final")
    assert form.progress() == "5 of 5 rated"
    path = form.save(tmp_path)
    saved = document(path)
    assert saved["ratings"] == {
        "open": {
            "greet": {"rating": "not met", "causes": ["tools"]},
            "speed": {"rating": "2.50", "comment": "Slow."},
        },
        "sale": {"rating": "n/a", "comment": "Nothing to sell."},
        "law": {"notice": "met"},
    }
    assert (saved["reviewed"], saved["selection"]) == ("2026-03-04", "targeted")
    assert told_by_check(rubric, saved_review(path)) == set()

    form.rate("open.greet", 2)
    assert "is n/a, which has no cause" in form.missing()[0][1]
    speed.locator("input[type=radio]").check()
    assert speed.locator("[data-number]").input_value() == ""
    saved["ratings"]["open"]["greet"]["causes"].append("weather")
    saved["ratings"]["open"]["speed"] = 7.0
    saved["ratings"]["sale"] = {"rating": "AMHERTHNASOL", "comment": "Nothing to sell."}
    given = tmp_path / "given.json"
    given.write_text(json.dumps(saved), encoding="utf-8")
    form.open(given)
    assert speed.locator("[data-number]").input_value() == "7.0"
    assert [told for _, told in form.missing()] == [
        "Opening: Greeting has a cause that this rubric does not know"
    ]
    greet.get_by_label("weather").uncheck()
    saved["ratings"]["open"]["greet"]["causes"].remove("weather")
    assert document(form.save(tmp_path)) == saved
    sale.locator("[data-whole-tick]").uncheck()
    assert "sale.offer" in form.shown()
    form.page.locator("#status").select_option("draft")
    assert "sale" not in saved_review(form.save(tmp_path)).ratings
    found = Axe().run(form.page).response["violations"]
    assert [one["id"] for one in found] == []
    form.close()


@pytest.mark.long
def test_what_a_model_drafted_stays_a_draft(chromium: Browser, tmp_path: Path) -> None:
    """Until a reviewer stands for it: then what is missing keeps it from being saved as final."""
    form = a_form(chromium, tmp_path, rubric_from(LANGUAGE))
    given = tmp_path / "given.json"
    review = {"rubric": "welsh@1", "drafted_by": "a model", "ratings": {"law": {"notice": "met"}}}
    given.write_text(json.dumps(review), encoding="utf-8")
    form.open(given)
    assert document(form.save(tmp_path)) == {**review, "status": "final"}
    assert "It is a draft" in form.told()
    form.write("#reviewer", "Reviewer 3")
    form.page.locator(".bar [data-save]").click()
    assert "Not complete yet" in form.told()
    form.close()


@pytest.mark.long
def test_lists_without_end_are_kept_and_not_shown(show: Opener, tmp_path: Path) -> None:
    """Tens of thousands of values, praises and actions open at once and go back whole."""
    many = [f"value {number}" for number in range(30_000)]
    review = {
        "rubric": PLYMOUTH,
        "status": "draft",
        "interaction": {"channel": many, "reference": many, "other": many},
        "ratings": {"welcome": {"greeting": {"rating": "met", "comment": "a\r\nb"}}},
        "done_well": many,
        "actions": [{"what": "x"}] * 20_000,
    }
    path = tmp_path / "given.json"
    path.write_text(json.dumps(review), encoding="utf-8")
    form = show(PLYMOUTH)
    told = form.open(path)
    assert "Done well: what the file says cannot be shown here" in told
    assert "Welcome" not in told
    assert {words for _, words in form.missing() if "more than" in words} == {
        *(f"{name} has more than 100 values" for name in ("Channel", "Reference", "other"))
    }
    assert document(form.save(tmp_path)) == review


@pytest.mark.long
def test_nothing_is_kept_and_nothing_is_fetched(show: Opener, tmp_path: Path) -> None:
    """No storage, no cookie, no request; a page that is opened again is blank; leaving is asked."""
    form = show(PLYMOUTH)
    form.write("#advisor", "Advisor 17")
    form.rate("welcome.greeting", 0)
    form.save(tmp_path)
    kept = "[localStorage.length, sessionStorage.length, document.cookie, navigator.serviceWorker]"
    assert form.page.evaluate(kept)[:3] == [0, 0, ""]
    assert form.page.evaluate("indexedDB.databases()") == []
    form.page.reload()
    assert form.page.locator("#advisor").input_value() == ""
    assert form.progress().startswith("0 of 20 rated")
    form.write("#advisor", "Advisor 17")
    asked = []
    form.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    form.page.reload()
    assert asked == ["beforeunload"]


@pytest.mark.long
def test_what_is_not_saved_is_not_left_without_a_word(show: Opener, tmp_path: Path) -> None:
    """Opening another review asks first; a no changes nothing."""
    (tmp_path / "given.json").write_text(json.dumps(full_review()), encoding="utf-8")
    form = show(PLYMOUTH)
    form.write("#advisor", "Zoë")
    asked: list[str] = []
    form.page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    form.page.locator("[data-open]").click()
    assert asked == ["confirm"]
    assert form.page.locator("#advisor").input_value() == "Zoë"
    form.page.once("dialog", lambda dialog: dialog.accept())
    with form.page.expect_file_chooser() as chooser:
        form.page.locator("[data-open]").click()
    chooser.value.set_files(tmp_path / "given.json")
    form.page.locator("[data-message-title]:not(:empty)").wait_for()
    assert form.page.locator("#advisor").input_value() == "Advisor 17"


@pytest.mark.long
def test_rows_are_added_and_taken_out(show: Opener, tmp_path: Path) -> None:
    """What was done well, what was agreed: as many as there are, each with a name for listeners."""
    form = show(PLYMOUTH)
    well = form.page.get_by_role("group", name="What was done well")
    for text in ("Kept calm.", "Clear.", "Kind."):
        if text != "Kept calm.":
            well.get_by_role("button", name="Add another").click()
        form.page.keyboard.type(text) if text != "Kept calm." else well.locator("textarea").fill(
            text
        )
    well.get_by_role("button", name="Remove Done well 2").click()
    assert well.get_by_label("Done well 2", exact=True).input_value() == "Kind."
    assert form.page.evaluate("document.activeElement.value") == "Kind."
    form.page.get_by_label("Action 1, what").fill("Practise")
    form.page.get_by_label("Action 1, by when").fill("2026-06-01")
    saved = document(form.save(tmp_path))
    assert saved["done_well"] == ["Kept calm.", "Kind."]
    assert saved["actions"] == [{"what": "Practise", "by": "2026-06-01"}]
    assert "could_be_better" not in saved
    well.get_by_role("button", name="Remove Done well 1").click()
    well.get_by_role("button", name="Remove Done well 1").click()
    assert "done_well" not in document(form.save(tmp_path))
    assert well.locator("textarea").count() == 1


def test_the_policy_lets_nothing_else_run(show: Opener) -> None:
    """Neither eval nor a script or style that somebody puts in; nor any request."""
    form = show(PLYMOUTH)
    tried = form.page.evaluate(
        """async () => {
          const tried = [];
          await new Promise((done) => setTimeout(() => {
            try { eval("tried.push('eval')"); } catch { tried.push("refused"); }
            done();
          }));
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          document.body.insertAdjacentHTML("beforeend", "<p id=p style='color: red'>x</p>");
          tried.push(window.ran === undefined, getComputedStyle(document.all.p).color);
          try { await fetch("https://example.invalid/"); } catch { tried.push("no request"); }
          return tried;
        }"""
    )
    assert tried[:2] == ["refused", True]
    assert tried[2] != "rgb(255, 0, 0)"
    assert tried[3] == "no request"
    assert len(form.errors) >= 4  # the browser tells each
    form.errors.clear()
    form.requests.clear()


def test_a_hostile_rubric_makes_a_harmless_form(chromium: Browser, tmp_path: Path) -> None:
    """Text that would act anywhere else is shown, and the form works: rated, saved, opened."""
    rubric = hostile.rubric(hostile.BRIEF)
    form = a_form(chromium, tmp_path, rubric)
    text = form.page.locator("body").inner_text()
    for field in ("rubric-title", "title-thanks", "guidance-thanks", "section-close"):
        assert hostile.mark(field) in text
    assert form.page.locator("script").count() == 2
    assert form.page.locator("img, iframe, a[href^='javascript']").count() == 0
    form.rate("close.thanks", 0)
    assert "1 of 2 rated" in form.progress()
    path = form.save(tmp_path)
    form.open(path)
    assert "1 of 2 rated" in form.progress()
    form.close()


@pytest.mark.long
@pytest.mark.parametrize(
    ("words", "window"),
    some(
        [
            ((TEXAS,), {"viewport": {"width": 390, "height": 800}, "color_scheme": "dark"}),
            ((PLYMOUTH, "--example"), {"color_scheme": "light"}),
            ((TEXAS,), {"color_scheme": "light"}),
            ((PLYMOUTH, "--example"), {"viewport": {"width": 390, "height": 800}}),
        ],
        2,
    ),
)
def test_nothing_stands_in_anybodys_way(
    show: Opener, words: tuple[str, ...], window: dict[str, Any]
) -> None:
    """Axe finds nothing: blank, filled, with a message, in light and dark; no line is too wide."""
    form = show(*words, **window)
    form.page.locator("#status").select_option("final")
    form.page.locator(".bar [data-save]").click() if words == (TEXAS,) else None
    found = Axe().run(form.page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found] == []
    assert form.page.evaluate("document.body.scrollWidth <= innerWidth")


@pytest.mark.long
def test_it_is_filled_with_the_keyboard_alone(show: Opener, tmp_path: Path) -> None:
    """From the first control on: what is to do comes next, arrows rate, focus is seen."""
    form = show(PLYMOUTH)
    keyboard = form.page.keyboard

    def focused() -> str:
        return form.page.evaluate("document.activeElement.id || document.activeElement.name")  # type: ignore[no-any-return]

    keyboard.press("Tab")
    assert form.page.evaluate("document.activeElement.matches('[data-next]')")
    keyboard.press("Enter")
    assert focused() == "rate-welcome.greeting"
    keyboard.press("Space")
    keyboard.press("ArrowDown")  # to the second, which it chooses
    assert form.progress().startswith("1 of 20 rated; 1 comment")
    width = "getComputedStyle(document.activeElement.closest('label')).outlineWidth"
    assert form.page.evaluate(width) == "3px"
    keyboard.press("Tab")  # Clear
    keyboard.press("Tab")
    assert focused() == "comment-welcome.greeting"
    keyboard.type("Rushed.")
    assert form.progress() == "1 of 20 rated"
    top = form.page.evaluate("document.activeElement.getBoundingClientRect().top")
    assert top > form.page.evaluate("document.querySelector('.bar').getBoundingClientRect().bottom")
    with form.page.expect_download() as waiting:
        form.page.locator(".bar [data-save]").focus()
        keyboard.press("Enter")
    saved = document(browsing.keep(waiting.value, tmp_path))
    assert saved["ratings"] == {
        "welcome": {"greeting": {"rating": "not met", "comment": "Rushed."}}
    }


@pytest.mark.long
def test_it_prints_on_a_few_pages(show: Opener) -> None:
    """Twenty criteria with guidance and comments take three pages of A4."""
    form = show(PLYMOUTH, "--example")
    pages = re.findall(rb"/Type\s*/Page\b", form.page.pdf(prefer_css_page_size=True))
    assert len(pages) <= 3


@pytest.mark.long
def test_a_character_that_no_review_can_hold_is_taken_out(show: Opener, tmp_path: Path) -> None:
    """It comes with pasted text, and whoever pasted it is told."""
    form = show(PLYMOUTH)
    form.page.locator("#notes").fill("a\u001bb\u0085c")
    assert form.page.locator("#notes").input_value() == "abc"
    assert saved_review(form.save(tmp_path)).notes == "abc"
