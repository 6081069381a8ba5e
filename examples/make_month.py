"""Make a month or a year of reviews to try things on: many advisors, teams and channels.

    python examples/make_month.py FOLDER [--reviews 5000] [--months 12] [--broken 12] [--seed 1]

The reviews are against Plymouth's standard and are made up. Each lies in `FOLDER/YYYY-MM/`. Some
are drafts, void, or calibration (several reviewers of one interaction), some are disputed. Of all
of them, `--broken` have a mistake, each another kind until the kinds run out. Standard output lists
every broken file as `path: code: what is wrong`, then says how many reviews of which status there
are. The same seed gives the same files, byte for byte.
"""

# ruff: noqa: S311, T201 - chance without secrets; a script that prints

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

RUBRIC = "plymouth-quality-monitoring@2016"
YEAR = 2016
HEAD = "# Made up by make_month.py: no such contact took place, and nobody was reviewed.\n"
MET, NOT_MET, NOT_APPLICABLE = "met", "not met", "n/a"

Review = dict[str, Any]
Words = dict[str, tuple[str, str]]

CRITERIA: dict[str, Words] = {
    "welcome": {
        "greeting": ("A clear good morning.", "The call began with the reference number."),
        "introduction": ("Name and team, slowly.", "The team was named, your own name was not."),
        "tone": ("You could hear the smile.", "The first minute sounded tired."),
        "offer_to_help": ("“How can I help you today?”", "The customer had to begin."),
        "wait_and_data_protection": (
            "Sorry for the wait first, then name and postcode.",
            "Twelve minutes in the queue, and nobody said sorry.",
        ),
    },
    "interaction": {
        "acknowledge": ("Answered what was asked: the bin.", "A leaflet was read out instead."),
        "repeat_back": ("Said it back and waited for the yes.", "“Right”, and on to the form."),
        "active_listening": ("Came back to the new baby.", "The remark about the stairs went by."),
        "control": ("Said what you were opening.", "Forty seconds of silence: no word why."),
        "empathy": (
            "Said that three weeks is a long time.",
            "Agreed that the depot is always late.",
        ),
    },
    "knowledge": {
        "systems": ("The note would do for anyone.", "No note of the second address."),
        "questions": ("One open question, and all was there.", "Nobody asked since when."),
        "resolution": ("Checked the date before giving it.", "The old band was quoted."),
        "defuse": ("Let him finish, twice.", "Talked over the customer at 02:10."),
        "quality_check": ("Read the order back.", "Sent without a second look."),
    },
    "close": {
        "summarise": ("Asked, done, still to do.", "Ended without a summary."),
        "next_steps": ("Friday, by post, from us.", "“Somebody will be in touch.”"),
        "more_help": ("Asked, and then waited.", "Asked while saying goodbye."),
        "use_of_name": ("“Thank you, Mrs Hill.”", "The name did not come up again."),
        "survey": ("Offered as a favour.", "The survey was not mentioned."),
    },
}
"""Each criterion with what a reviewer says where it was met, and where it was not."""

NOT_CALLED_FOR = {
    "wait_and_data_protection": (0.15, "No wait, and nothing personal was asked."),
    "empathy": (0.1, "Nothing in it called for it."),
    "defuse": (0.7, "Nobody was upset."),
    "quality_check": (0.6, "Not agreed in our team yet."),
    "next_steps": (0.05, "Nothing was left to do."),
    "survey": (0.3, "The survey was switched off that week."),
}
"""How often a criterion does not apply, and why."""

TEAMS = {
    "Council Tax": "CT",
    "Housing Benefit": "HB",
    "Street Services": "SS",
    "Parking": "PK",
    "Registration": "RG",
    "Électoral roll": "ER",  # a name that is not plain ASCII, as in life
}
CHANNELS = ("phone", "phone", "phone", "visit", "e-mail")
DONE_WELL = (
    "You stayed patient and never spoke over the customer.",
    "The customer knew at every moment what you were doing.",
    'Calm when it became loud: "I can hear that. Let us look at it together."',
)
COULD_BE_BETTER = (
    "Say what you are doing when you search.",
    "Give the day, or the day by which you will know it.",
    "Put the request into your own words before you begin.",
)
BECAUSE = "I did say it, after the hold; the recording has it at 06:14."


class Advisor(NamedTuple):
    """Somebody whose work is reviewed: how likely each section goes well."""

    name: str
    team: str
    skill: dict[str, float]


def advisors(chance: Random, number: int = 30) -> list[Advisor]:
    """The advisors, spread over the teams."""
    teams = list(TEAMS)
    found = []
    for n in range(1, number + 1):
        usual = chance.uniform(0.62, 0.97)
        skill = {
            section: max(0.3, min(0.99, usual + chance.uniform(-0.15, 0.1))) for section in CRITERIA
        }
        found.append(Advisor(f"Advisor {n}", teams[n % len(teams)], skill))
    return found


def working_days(months: int) -> list[date]:
    """The days from Monday to Friday of the year's first months."""
    end = date(YEAR + months // 12, months % 12 + 1, 1)
    days = (date(YEAR, 1, 1) + timedelta(n) for n in range((end - date(YEAR, 1, 1)).days))
    return [day for day in days if day.weekday() < 5]


def reviews(number: int, months: int, seed: int) -> Iterator[Review]:
    """So many reviews; those of a calibration follow each other with the same interaction."""
    chance = Random(seed)
    people = advisors(chance)
    days = working_days(months)
    n = 0
    while n < number:
        n += 1
        made = review(chance, n, chance.choice(people), chance.choice(days))
        kind = chance.random()
        if kind < 0.02:
            made["status"] = "draft"
            del made["ratings"]["close"]
        elif kind < 0.03:
            made["status"] = "void"
            made["reason"] = "The line was cut off after the greeting."
            made["ratings"] = {"welcome": {"greeting": MET}}
        elif kind < 0.04:
            made["status"] = "calibration"
        elif kind < 0.06:
            dispute(chance, made)
        yield made
        for reviewer in range(2, 4):
            if made.get("status") == "calibration" and n < number:
                n += 1
                yield again(chance, made, n, f"Reviewer {reviewer}")


def review(chance: Random, n: int, advisor: Advisor, day: date) -> Review:
    """One review by its running number."""
    channel = chance.choice(CHANNELS)
    made: Review = {
        "rubric": RUBRIC,
        "id": f"{'call' if channel == 'phone' else channel}-{day}-{n:05}",
        "advisor": advisor.name,
        "reviewer": f"Reviewer {chance.randint(1, 5)}",
        "team": advisor.team,
        "interaction": {
            "date": str(day),
            "channel": channel,
            "reference": f"{TEAMS[advisor.team]}-{chance.randint(10_000, 99_999)}-{n}",
        },
        "ratings": {
            section: {
                name: rating(chance, name, advisor.skill[section], words)
                for name, words in criteria.items()
            }
            for section, criteria in CRITERIA.items()
        },
    }
    if chance.random() < 0.4:
        made["done_well"] = [chance.choice(DONE_WELL)]
    if chance.random() < 0.4:
        made["could_be_better"] = [chance.choice(COULD_BE_BETTER)]
    if chance.random() < 0.2:
        made["actions"] = [
            {
                "what": "Listen to two calls together",
                "who": advisor.name,
                "by": str(day + timedelta(14)),
            }
        ]
    if chance.random() < 0.5:
        made["acknowledged"] = str(day + timedelta(3))
    return made


def rating(chance: Random, name: str, skill: float, words: tuple[str, str]) -> object:
    """How one criterion was rated, with or without a comment."""
    how_often, why = NOT_CALLED_FOR.get(name, (0, ""))
    if chance.random() < how_often:
        return {"rating": NOT_APPLICABLE, "comment": why}
    met = chance.random() < skill
    if chance.random() > (0.15 if met else 0.8):
        return MET if met else missed(words)
    return {
        "rating": MET if met else NOT_MET,
        "comment": words[0 if met else 1],
        "evidence": f"00:{chance.randint(0, 9):02}:{chance.randint(0, 59):02}",
    }


def missed(words: tuple[str, str]) -> dict[str, str]:
    """A miss with its reason, which the standard asks for."""
    return {"rating": NOT_MET, "comment": words[1]}


def dispute(chance: Random, made: Review) -> None:
    """Let the advisor challenge one rating: open, upheld, not upheld or withdrawn."""
    places = [
        (section, criterion)
        for section, criteria in made["ratings"].items()
        for criterion, rating in criteria.items()
        if (rating["rating"] if isinstance(rating, dict) else rating) != MET
    ]
    if not places:
        return  # there is nothing that the advisor could see in another way
    section, criterion = chance.choice(places)
    raised: dict[str, Any] = {
        "section": section,
        "criterion": criterion,
        "says": MET,
        "because": BECAUSE,
        "on": made["interaction"]["date"],
        "outcome": chance.choice(["open", "open", "upheld", "not upheld", "withdrawn"]),
    }
    if raised["outcome"] in ("upheld", "not upheld"):
        raised["decided_by"] = "Team Leader 1"
        decided = date.fromisoformat(raised["on"]) + timedelta(2)
        raised["decided_on"] = str(decided)
        raised["reason"] = "We listened to it together."
    made["disputes"] = [raised]


def again(chance: Random, made: Review, n: int, reviewer: str) -> Review:
    """The same interaction as another reviewer heard it: a few ratings differ."""
    heard: Review = {**made, "id": f"{made['id'][:-5]}{n:05}", "reviewer": reviewer}
    heard["ratings"] = {
        section: {
            name: chance.choice([MET, missed(CRITERIA[section][name])])
            if chance.random() < 0.1
            else one
            for name, one in criteria.items()
        }
        for section, criteria in made["ratings"].items()
    }
    return heard


def as_yaml(made: Review) -> str:
    """A review as a person would write it; texts in quotes where they could be anything."""
    return HEAD + "".join(f"{line}\n" for line in lines(made))


def lines(value: dict[str, Any], indent: str = "") -> Iterator[str]:
    """A mapping as lines of YAML."""
    for key, one in value.items():
        if isinstance(one, dict) and "rating" not in one:
            yield f"{indent}{key}:"
            yield from lines(one, indent + "  ")
        elif isinstance(one, list):
            yield f"{indent}{key}:"
            yield from (f"{indent}  - {in_line(item)}" for item in one)
        else:
            yield f"{indent}{key}: {in_line(one)}"


def in_line(value: object) -> str:
    """A value in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {in_line(one)}" for key, one in value.items()) + "}"
    text = str(value)
    plain = text.replace(" ", "").replace("-", "").replace("/", "").replace("@", "")
    return text if plain.isalnum() and text[0].isalpha() else json.dumps(text, ensure_ascii=False)


class Mistake(NamedTuple):
    """A way to break a review: the code it is reported by, what it is, and how it is made."""

    code: str
    told: str
    make: Callable[[str], str | bytes]


def swap(old: str, new: str) -> Callable[[str], str]:
    """Put one text in the place of another, which has to be there."""

    def make(text: str) -> str:
        if old not in text:
            raise ValueError(old)
        return text.replace(old, new, 1)

    return make


def without(key: str) -> Callable[[str], str]:
    """Leave out the line of a key, however it was rated."""

    def make(text: str) -> str:
        kept = [
            one for one in text.splitlines(keepends=True) if not one.lstrip().startswith(f"{key}:")
        ]
        return "".join(kept)

    return make


def rated(key: str, word: str) -> Callable[[str], str]:
    """Rate a criterion otherwise."""

    def make(text: str) -> str:
        return "".join(
            f"    {key}: {word}\n" if one.startswith(f"    {key}:") else one
            for one in text.splitlines(keepends=True)
        )

    return make


def nothing_seen(text: str) -> str:
    """Rate everything n/a, with a reason."""
    for criteria in CRITERIA.values():
        for name in criteria:
            text = rated(name, '{rating: n/a, comment: "The line was dead."}')(text)
    return text.partition("disputes:\n")[0]


MISTAKES = (
    Mistake("unrated", "close.summarise has no rating", without("summarise")),
    Mistake("unknown-rating", "welcome.tone is rated `mostly`", rated("tone", "mostly")),
    Mistake("yaml-syntax", "a quote is left open", lambda text: text + 'notes: "Well\n'),
    Mistake(
        "not-utf8",
        "it is saved as Latin-1",
        lambda text: (text + "notes: né\n").encode("l1", "replace"),
    ),
    Mistake("unknown-rubric", "its rubric does not exist", swap("rubric: plym", "rubric: lym")),
    Mistake("duplicate-key", "the greeting is rated twice", swap("  w", "  g: met\n  g: met\n  w")),
    Mistake(
        "unknown-criterion",
        "`closing` is no criterion",
        swap("  close:\n", "  close:\n    closing: met\n"),
    ),
    Mistake("comment-missing", "n/a without the reason", rated("wait_and_data_protection", "n/a")),
    Mistake("bad-date", "30 February", swap('date: "', 'date: "2016-02-30"  # ')),
    Mistake("empty-document", "the file is empty", lambda _: ""),
    Mistake("anchor", "it uses a YAML anchor", rated("greeting", "&m met")),
    Mistake("nothing-observed", "everything is n/a", nothing_seen),
    Mistake("missing-field", "there are no ratings", lambda text: text.partition("ratings:")[0]),
    Mistake("unknown-word", "a status that does not exist", lambda text: text + "status: done\n"),
    Mistake(
        "unknown-section",
        "a dispute over a section that is not there",
        lambda text: (
            text.partition("disputes:")[0]
            + "disputes: [{section: farewell, criterion: survey, says: met}]\n"
        ),
    ),
)
"""Kinds of broken files, by the code that charter-score gives first."""


def write(folder: Path, number: int, months: int, broken: int, seed: int) -> Iterator[str]:
    """Write the reviews, and say what there is to know of them."""
    made = list(reviews(number, months, seed))
    good = [n for n, one in enumerate(made) if "status" not in one]
    chosen = sorted(Random(seed + 1).sample(good, min(broken, len(good))))
    mistakes = {n: MISTAKES[at % len(MISTAKES)] for at, n in enumerate(chosen)}
    found: Counter[str] = Counter()
    for n, one in enumerate(made):
        month = folder / one["interaction"]["date"][: len("2016-01")]
        month.mkdir(parents=True, exist_ok=True)
        path = month / f"{one['id']}.yaml"
        text: str | bytes = as_yaml(one)
        mistake = mistakes.get(n)
        if mistake is None:
            found[one.get("status", "final")] += 1
        else:
            found["broken"] += 1
            text = mistake.make(as_yaml(one))
            yield f"{path.as_posix()}: {mistake.code}: {mistake.told}"
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(found.items()))
    yield f"{len(made)} reviews: {counts}"


def main(words: Sequence[str]) -> None:
    """Understand the command line, and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reviews", type=int, default=5000)
    parser.add_argument("--months", type=int, default=12, choices=range(1, 13), metavar="1-12")
    parser.add_argument("--broken", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(words)
    for line in write(given.folder, given.reviews, given.months, given.broken, given.seed):
        print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
