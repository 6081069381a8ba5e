"""Random valid rubrics and reviews, as the plain dicts that their YAML would load to.

Numbers are ints or decimals as text ("0.25"), everything else is text, lists, maps and booleans.
The same `random.Random` state gives the same document.
"""

import random
import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import Any

SECTION_IDS = ("welcome", "customer-interaction", "process_2", "close", "a", "7-steps", "s1_x-y")
CRITERION_IDS = ("greeting", "tone", "use-of-name", "id_check", "hold", "c1", "2nd", "points")

# Words from best to worst. A rubric lists them in any order; only their points say which is best.
LEVEL_WORDS = (
    ("met", "partly met", "not met"),
    ("Met", "Not met"),
    ("exceeded", "met", "partly met", "not met"),
    ("well above", "above", "met", "nearly", "not-met"),
    ("A", "B", "C"),
    ("5", "4", "3", "2", "1"),
    ("1", "2", "3"),
    ("Yes", "Partly", "No"),
    ("fully_shown", "not shown"),
    ("Très bien", "Passable", "Insuffisant"),
    ("Good", "Fair", "Poor", "Very - poor"),
)
LEVEL_POINTS: tuple[tuple[int | str, ...], ...] = (
    (2, 1, 0),
    (1, "0.5", 0),
    (5, 4, 3, 2, 1),
    (10, "7.5", "2.5", 0),
    ("0.15", "0.1", "0.05", 0),
    (3, 2),
    (1, 0),
)
# Parts of a criterion's points, from best to worst.
LEVEL_PARTS: tuple[tuple[str, ...], ...] = (
    ("100%", "50%", "0%"),
    ("100%", "66.6%", "33.3%", "12.5%", "0%"),
    ("150%", "100%", "50%", "-50%"),
    ("100%", ".5%", "-100%"),
)
# Points beside stated ones: more than them, or taken away.
LEVEL_EXTRAS: tuple[tuple[int | str, ...], ...] = (
    (2, 0),
    (3, 1, 0, -1),
    (0, "-0.5", -2),
    ("1.5", 1, "0.25", 0),
    (1, -1),
)
RANGES: tuple[dict[str, int | str], ...] = (
    {"to": 10},
    {"from": 1, "to": 5},
    {"from": 0, "to": 3},
    {"from": "0.5", "to": 7},
    {"to": 100},
)
TAGS = (("customer", "Customer critical"), ("compliance", "Compliance"), ("a-1", "Third"))
WORDS = {
    "met": ("Cyflawnwyd", "Oui"),
    "not met": ("Heb ei gyflawni", "Na"),
    "n/a": ("Amherthnasol", "sans-objet"),
}
POINTS: tuple[int | str, ...] = (
    1,
    1,
    1,
    1,
    2,
    3,
    10,
    "0.05",
    "0.1",
    ".5",
    "2.5",
    "0.125",
    "1.0",
    0,
)
WEIGHTS: tuple[int | str, ...] = (1, 10, 20, 30, 40, "12.5", "0.5", ".25", "33.3")
BOUNDS: tuple[int | str, ...] = (
    *(0, 5, 10, 20, 25, 30, 40, 50, 60, 66, 70, 70, 75, 80, 85, 90, 90, 95, 99, 100),
    *("12.5", "33.3", "33.33", "33.333", "37.5", "66.6", "66.67", "66.667", "70.0", "83.33"),
    *("87.5", "89.99", "90.005", "99.99", "0.01", "50.5"),
)
HIGHEST = 100
MOST_BOUNDS = 4
BAND_NAMES = ("Does not meet", "Nearly meets", "Meets", "Exceeds", 'The "best" \\ of all')

# field -> (its values, or none where any text will do; whether a review may give several)
FIELDS: dict[str, tuple[tuple[str, ...], bool]] = {
    "channel": (("phone", "email", "Web chat"), False),
    "topic": (("billing", "Complaint", "move"), True),
    "first-contact": (("yes", "no"), False),
    "customer_type": ((), False),
    "needs": ((), True),
}
FREE_VALUES = ("resident", "Business", "00123", "Élan", "true")

MET_WORDS = ("met", "met", "met", "Met", "MET", "yes", "Yes", "  met ")
NOT_MET_WORDS = ("not met", "not met", "Not-Met", "not_met", "NOT  MET", "no", "No", "not - met ")
NOT_APPLICABLE_WORDS = ("n/a", "n/a", "N/A", "na", "NA", "Not Applicable", "not_applicable", " n/a")

COMMENTS = ("Sounded rushed.", 'Said "hold on" twice', "C:\\calls\\12: no # comment", "café, 00:04")
OUTCOMES = ("open", "upheld", "not upheld", "withdrawn")
SHAPES = ("random", "random", "random", "random", "all met", "one observed", "mostly n/a", "no met")


def rubric(rng: random.Random) -> dict[str, Any]:
    """A rubric that is valid by the Diagnostics of formats.md, in the shape of its YAML."""
    weighted = _chance(rng, 0.4)
    fields = _fields(rng) if _chance(rng, 0.4) else {}
    scales = {name: _levels(rng) for name in ("quality", "five-step") if _chance(rng, 0.25)}
    uniform = _chance(rng, 0.2)
    sections = [
        _section(rng, section, scales, fields, uniform=uniform)
        for section in rng.sample(SECTION_IDS, rng.randint(1, 5))
    ]
    if not any(_worth(scales, c) > 0 for section in sections for c in section["criteria"]):
        _give_points(sections[0])
    if weighted:
        for section in sections:
            section["weight"] = rng.choice(WEIGHTS)
            if not any(_worth(scales, criterion) > 0 for criterion in section["criteria"]):
                _give_points(section)

    document: dict[str, Any] = {
        "id": f"random-{rng.getrandbits(48):012x}",
        "version": rng.choice(("1", "2016", "1.0", "2024-05")),
        "title": rng.choice(("Quality monitoring", 'The "short" form', "Ansawdd: galwadau")),
    }
    if _chance(rng, 0.7):
        document["not_applicable"] = rng.choice(("met", "excluded", "not_met"))
    if weighted:
        document["combine"] = "section_weights"
    elif _chance(rng, 0.3):
        document["combine"] = "points"
    if _chance(rng, 0.5):
        document["on_critical"] = rng.choice(("lowest_band", "zero"))
    reachable = _reachable_percents(rng, scales, rng.choice((sections, sections[:1])))
    if _chance(rng, 0.8):
        document["bands"] = _bands(rng, reachable)
    if _chance(rng, 0.6):
        document["expected"] = _expected(rng, document.get("bands", []), reachable)
    for section in sections:
        if _chance(rng, 0.15):
            section["at_least"] = rng.choice((*BOUNDS, *reachable))
    if _chance(rng, 0.3):
        document["tags"] = dict(rng.sample(TAGS, rng.randint(1, len(TAGS))))
        for section in sections:
            for criterion in section["criteria"]:
                tags = rng.sample(list(document["tags"]), rng.randint(0, len(document["tags"])))
                if tags:
                    criterion["tags"] = tags
    if _chance(rng, 0.2):
        document["causes"] = {"habit": "Out of habit", "not_trained": "Never shown how"}
    if _chance(rng, 0.25):
        document["words"] = {
            rating: list(words) for rating, words in WORDS.items() if _chance(rng, 0.8)
        }
    if scales:
        document["scales"] = scales
    if fields:
        document["fields"] = fields
    document["sections"] = sections
    return document


def review(rng: random.Random, rubric: dict[str, Any]) -> dict[str, Any]:
    """A valid review that rates exactly the criteria of this rubric that apply to it."""
    scales = rubric.get("scales", {})
    interaction = _interaction(rng, rubric.get("fields", {}))
    applying = [
        (section["id"], criterion)
        for section in rubric["sections"]
        if _applies(section.get("applies_when", {}), interaction)
        for criterion in section["criteria"]
        if _applies(criterion.get("applies_when", {}), interaction)
    ]

    shape = rng.choice(SHAPES)
    met_chance = rng.choice((0.2, 0.5, 0.8, 0.95))
    not_applicable_chance = 0.8 if shape == "mostly n/a" else rng.choice((0.0, 0.1, 0.3))
    kept = rng.randrange(len(applying)) if applying else 0
    rated: list[tuple[str, str, dict[str, Any], str]] = []
    ratings: dict[str, Any] = {}
    own_words = rubric.get("words", {})
    whole = _whole_sections(rng, applying, own_words)
    for index, (section, criterion) in enumerate(applying):
        words = words_from_best(scales, criterion)
        may_be_absent = criterion.get("not_applicable") != "forbidden"
        if section in whole:
            word = "n/a"
        elif shape == "all met":
            word = words[0]
        elif shape == "no met":
            word = words[-1]
        elif shape == "one observed":
            absent = may_be_absent and index != kept
            word = "n/a" if absent else _some_word(rng, words, met_chance)
        elif may_be_absent and _chance(rng, not_applicable_chance):
            word = "n/a"
        else:
            word = _some_word(rng, words, met_chance)
        rated.append((section, criterion["id"], criterion, word))
        ratings.setdefault(section, {})[criterion["id"]] = _rating(rng, rubric, criterion, word)
    if _chance(rng, 0.2):
        ratings = _shuffled(rng, {key: _shuffled(rng, ratings[key]) for key in ratings})
    ratings |= whole

    document: dict[str, Any] = {"rubric": f"{rubric['id']}@{rubric['version']}"}
    if _chance(rng, 0.7):
        document["id"] = f"review-{rng.getrandbits(48):012x}"
    if _chance(rng, 0.1):
        document["status"] = rng.choice(("final", "calibration"))
    if _chance(rng, 0.5):
        document["advisor"] = rng.choice(("Advisor 17", "Zoë O'Neil", "=1+1"))
        document["reviewer"] = "Reviewer 3"
    if interaction:
        document["interaction"] = interaction
    document["ratings"] = ratings
    if rated and _chance(rng, 0.35):
        document["disputes"] = [_dispute(rng, rubric, rated) for _ in range(rng.randint(1, 4))]
        if _chance(rng, 0.1):  # over the whole review, and never upheld: that would not be scored
            over_all = {"because": "Another call", "outcome": rng.choice(("open", "withdrawn"))}
            document["disputes"].append(over_all)
    return document


def spell_out(rubric: dict[str, Any], review: dict[str, Any]) -> None:
    """Rate the criteria of a section that is rated n/a in one go one by one."""
    interaction = review.get("interaction", {})
    for section in rubric["sections"]:
        whole = review["ratings"].get(section["id"])
        if isinstance(whole, str) or (whole and "rating" in whole):
            review["ratings"][section["id"]] = {
                criterion["id"]: whole
                for criterion in section["criteria"]
                if _applies(criterion.get("applies_when", {}), interaction)
            }


def to_yaml(document: dict[str, Any]) -> str:
    """The document as YAML: text and keys double-quoted, numbers and booleans plain.

    Only `"` and backslash are escaped, so text must be printable and of one line: `ValueError`
    with the text where it is not.
    """
    lines: list[str] = []
    for key, value in document.items():
        _write(lines, "", f"{_quoted(key)}:", value, (key,))
    return "\n".join(lines) + "\n"


# Rubrics.


def _fields(rng: random.Random) -> dict[str, Any]:
    """Declared optional interaction fields, one to three."""
    fields: dict[str, Any] = {}
    for name in rng.sample(tuple(FIELDS), rng.randint(1, 3)):
        values, many = FIELDS[name]
        field: dict[str, Any] = {}
        if values:
            field["values"] = list(values)
        if many:
            field["many"] = True
        if _chance(rng, 0.5) or not field:
            field["required"] = False
        if _chance(rng, 0.3):
            field["title"] = f"The {name}"
        fields[name] = field
    return fields


def _section(
    rng: random.Random,
    name: str,
    scales: dict[str, Any],
    fields: dict[str, Any],
    *,
    uniform: bool,
) -> dict[str, Any]:
    """A section of one to six criteria, of any kind or (`uniform`) of one point each."""
    section: dict[str, Any] = {"id": name, "title": f"Section {name}"}
    if fields and _chance(rng, 0.15):
        section["applies_when"] = _condition(rng, fields)
    plain = uniform or _chance(rng, 0.2)
    section["criteria"] = [
        {"id": criterion, "title": f"Criterion {criterion}"}
        if plain
        else _criterion(rng, criterion, scales, fields)
        for criterion in rng.sample(CRITERION_IDS, rng.randint(1, 6))
    ]
    return section


def _criterion(
    rng: random.Random, name: str, scales: dict[str, Any], fields: dict[str, Any]
) -> dict[str, Any]:
    """A criterion of any kind."""
    criterion: dict[str, Any] = {"id": name, "title": f"Criterion {name}"}
    if _chance(rng, 0.2):
        criterion["levels"] = _levels(rng)
    elif _chance(rng, 0.1):
        criterion["range"] = dict(rng.choice(RANGES))
        if _chance(rng, 0.5):
            criterion["points"] = rng.choice(POINTS)
    elif _chance(rng, 0.1):
        criterion["points"] = rng.choice((0, 0, 1, 2, "0.5"))
        criterion["levels"] = _ladder(rng, rng.choice(LEVEL_WORDS), rng.choice(LEVEL_EXTRAS))
    elif _chance(rng, 0.15):
        criterion["levels"] = _ladder(rng, rng.choice(LEVEL_WORDS), rng.choice(LEVEL_PARTS))
        if _chance(rng, 0.7):
            criterion["points"] = rng.choice(POINTS)
    elif scales and _chance(rng, 0.3):
        criterion["levels"] = rng.choice(tuple(scales))
    elif _chance(rng, 0.7):
        criterion["points"] = rng.choice(POINTS)
    if _chance(rng, 0.15) and _has_a_miss(scales, criterion):
        criterion["critical"] = _limit(rng, scales, criterion) or True
    if _chance(rng, 0.4):
        criterion["not_applicable"] = rng.choice(("allowed", "needs_comment", "forbidden"))
    if _chance(rng, 0.25):
        criterion["comment"] = _limit(rng, scales, criterion) or rng.choice(
            ("optional", "when_missed", "when_missed", "always")
        )
    if fields and _chance(rng, 0.2):
        criterion["applies_when"] = _condition(rng, fields)
    if _chance(rng, 0.2):
        criterion["guidance"] = "What a reviewer should hear or see."
        criterion["advice"] = 'Say "take your time".'
    return criterion


def _levels(rng: random.Random) -> dict[str, Any]:
    """Two to five levels in any order; rarely all of equal points, or all of none."""
    words = rng.choice(LEVEL_WORDS)
    points: list[int | str]
    if _chance(rng, 0.03):
        points = [rng.choice((0, 1, "0.5"))] * len(words)
    else:
        return _ladder(rng, words, rng.choice(LEVEL_POINTS))
    levels = dict(zip(words, points, strict=True))
    return _shuffled(rng, levels) if _chance(rng, 0.3) else levels


def _ladder(
    rng: random.Random, words: tuple[str, ...], ladder: tuple[int | str, ...]
) -> dict[str, Any]:
    """The words with the worths of a ladder, both ends of it always among them."""
    middle = sorted(rng.choices(range(len(ladder)), k=len(words) - 2))
    worths = [ladder[0], *(ladder[place] for place in middle), ladder[-1]]
    levels = dict(zip(words, worths, strict=True))
    return _shuffled(rng, levels) if _chance(rng, 0.3) else levels


def _limit(
    rng: random.Random, scales: dict[str, Any], criterion: dict[str, Any]
) -> dict[str, Any] | None:
    """Sometimes a rating up to which a rule goes: one that does not earn all the points."""
    if not _chance(rng, 0.6) or not ("levels" in criterion or "range" in criterion):
        return None
    words = [
        word
        for word in words_from_best(scales, criterion)
        if _rank(scales, criterion, word) < _full_rank(scales, criterion)
    ]
    return {"up_to": _spelling(rng, criterion, rng.choice(words))} if words else None


def _rank(scales: dict[str, Any], criterion: dict[str, Any], word: str) -> Decimal:
    """Where a rating other than n/a stands among the others: its part, number or points."""
    if "range" in criterion:
        return Decimal(word)
    levels = _levels_of(scales, criterion)
    if levels is None:
        return Decimal(word == "met")
    return Decimal(str(levels[word]).rstrip("%"))


def _full_rank(scales: dict[str, Any], criterion: dict[str, Any]) -> Decimal:
    """The rank of what earns all the points."""
    if "range" in criterion:
        return Decimal(criterion["range"]["to"])
    levels = _levels_of(scales, criterion)
    if levels is not None and any(str(worth).endswith("%") for worth in levels.values()):
        return Decimal(100)
    return _worth(scales, criterion)


def _has_a_miss(scales: dict[str, Any], criterion: dict[str, Any]) -> bool:
    """Whether it can be both met and missed, so that it may be critical."""
    ranks = {_rank(scales, criterion, word) for word in words_from_best(scales, criterion)}
    return len(ranks) > 1


def _give_points(section: dict[str, Any]) -> None:
    """Make the section's first criterion one of a single point."""
    criterion = section["criteria"][0]
    for key in ("levels", "range"):
        criterion.pop(key, None)
    for key in ("critical", "comment"):
        if isinstance(criterion.get(key), dict):
            del criterion[key]
    criterion["points"] = 1


def _condition(rng: random.Random, fields: dict[str, Any]) -> dict[str, Any]:
    """An `applies_when` over one or two of the declared fields, in any case."""
    condition: dict[str, Any] = {}
    for name in rng.sample(tuple(fields), rng.randint(1, min(2, len(fields)))):
        values = fields[name].get("values", FREE_VALUES)
        if _chance(rng, 0.4):
            condition[name] = _any_case(rng, rng.choice(values))
        else:
            several = rng.sample(values, rng.randint(1, len(values)))
            condition[name] = [_any_case(rng, value) for value in several]
    return condition


def _reachable_percents(
    rng: random.Random, scales: dict[str, Any], sections: list[dict[str, Any]]
) -> list[str]:
    """Percents that a share of these points comes to, exactly or to a few decimals."""
    worths = [_worth(scales, criterion) for part in sections for criterion in part["criteria"]]
    total = sum(worths, Decimal(0))
    if not total:
        return []
    found = []
    for _ in range(6):
        part = sum(rng.sample(worths, rng.randint(1, len(worths))), Decimal(0))
        places = rng.choice((1, 2, 2, 2, 3, 6))
        found.append(f"{100 * part / total:.{places}f}")
    return found


def _bands(rng: random.Random, reachable: list[str]) -> list[dict[str, Any]]:
    """One to five bands with strictly rising bounds, each of which some share can fall in."""
    names = rng.sample(BAND_NAMES, len(BAND_NAMES))
    pool = reachable if len(reachable) > MOST_BOUNDS and _chance(rng, 0.4) else BOUNDS
    chosen = rng.sample(pool, rng.randint(0, MOST_BOUNDS))
    by_value = {Decimal(bound): bound for bound in chosen}
    bands: list[dict[str, Any]] = [{"name": names.pop()}]
    for value in sorted(by_value):
        if value == 0:
            kind = "above"
        elif value == HIGHEST:
            kind = "from"
        else:
            kind = rng.choice(("from", "above"))
        bands.append({"name": names.pop(), kind: by_value[value]})
    if _chance(rng, 0.3):
        bands[0]["meaning"] = "needs support, guidance and/or training"
    return bands


def _expected(rng: random.Random, bands: list[dict[str, Any]], reachable: list[str]) -> int | str:
    """A percent: often the bound of a band, sometimes one that is reached exactly."""
    bounds: list[int | str] = [band[k] for band in bands for k in ("from", "above") if k in band]
    if bounds and _chance(rng, 0.4):
        return rng.choice(bounds)
    return rng.choice((*BOUNDS, *reachable))


# Reviews.


def _interaction(rng: random.Random, fields: dict[str, Any]) -> dict[str, Any]:
    """Values for most of the declared fields; declared values exactly as declared."""
    interaction: dict[str, Any] = {}
    if _chance(rng, 0.3):
        interaction["date"] = f"2024-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        interaction["reference"] = rng.choice(("00123", "CT-88213"))
    for name, field in fields.items():
        if _chance(rng, 0.2):
            continue
        values = field.get("values")
        if field.get("many", False) and _chance(rng, 0.8):
            several = rng.sample(values or FREE_VALUES, rng.randint(1, 3))
            interaction[name] = several if values else [_any_case(rng, one) for one in several]
        else:
            one = rng.choice(values or FREE_VALUES)
            interaction[name] = one if values else _any_case(rng, one)
    return interaction


def _applies(condition: dict[str, Any], interaction: dict[str, Any]) -> bool:
    """Whether every field of the condition has one of the values that it allows."""
    for name, allowed in condition.items():
        if not _folded(interaction.get(name, [])) & _folded(allowed):
            return False
    return True


def _folded(value: str | list[str]) -> set[str]:
    """One value or several, case aside."""
    return {one.casefold() for one in ([value] if isinstance(value, str) else value)}


def _some_word(rng: random.Random, words: list[str], met_chance: float) -> str:
    """The best rating with this chance, else any of the others."""
    return words[0] if _chance(rng, met_chance) else rng.choice(words[1:])


def _rating(
    rng: random.Random, rubric: dict[str, Any], criterion: dict[str, Any], word: str
) -> str | dict[str, Any]:
    """The rating as a reviewer may write it, with a comment wherever one is required."""
    scales = rubric.get("scales", {})
    written = _spelling(rng, criterion, word, rubric.get("words", {}))
    rule = criterion.get("comment")
    required = rule == "always"
    if word == "n/a":
        required = required or criterion.get("not_applicable") == "needs_comment"
    elif rule == "when_missed" or isinstance(rule, dict):
        # Whatever is not the best, and whatever loses points: more than the rules ask for.
        required = word != words_from_best(scales, criterion)[0] or _rank(
            scales, criterion, word
        ) < _full_rank(scales, criterion)
    ticked: dict[str, Any] = {}
    if "causes" in rubric and word != "n/a" and _chance(rng, 0.3):
        ticked["causes"] = rng.sample(list(rubric["causes"]), rng.randint(1, 2))
    if required or _chance(rng, 0.1):
        return {"rating": written, "comment": rng.choice(COMMENTS), **ticked}
    if ticked:
        return {"rating": written, **ticked}
    if _chance(rng, 0.05):
        return {"rating": written, "evidence": "00:04"}
    return written


def _whole_sections(
    rng: random.Random,
    applying: list[tuple[str, dict[str, Any]]],
    own_words: dict[str, list[str]],
) -> dict[str, str | dict[str, str]]:
    """Sections that are rated n/a in one go, with the comment that any criterion of them wants."""
    whole: dict[str, str | dict[str, str]] = {}
    for section in dict.fromkeys(name for name, _ in applying):
        rules = {criterion.get("not_applicable") for name, criterion in applying if name == section}
        if any(one.get("comment") == "always" for name, one in applying if name == section):
            rules.add("needs_comment")
        if "forbidden" in rules or not _chance(rng, 0.06):
            continue
        word = _spelling(rng, {}, "n/a", own_words)
        if "needs_comment" in rules or _chance(rng, 0.5):
            whole[section] = {"rating": word, "comment": rng.choice(COMMENTS)}
        else:
            whole[section] = word
    return whole


def _dispute(
    rng: random.Random,
    rubric: dict[str, Any],
    rated: list[tuple[str, str, dict[str, Any], str]],
) -> dict[str, str]:
    """A dispute over something that is rated, about the first of it half of the time."""
    section, name, criterion, word = rated[0] if _chance(rng, 0.5) else rng.choice(rated)
    words = words_from_best(rubric.get("scales", {}), criterion)
    if criterion.get("not_applicable") != "forbidden":
        words = [*words, "n/a"]
    says = rng.choice([other for other in words if other != word])
    outcome = rng.choice(OUTCOMES)
    dispute = {
        "section": section,
        "criterion": name,
        "says": _spelling(rng, criterion, says, rubric.get("words", {})),
        "because": rng.choice(COMMENTS),
        "on": "2024-05-06",
        "outcome": outcome,
    }
    if outcome in ("upheld", "not upheld"):
        dispute.update(decided_by="Lead 2", decided_on="2024-05-09", reason="Heard it again")
    return dispute


# Both.


def _chance(rng: random.Random, probability: float) -> bool:
    """Whether something of this probability happens."""
    return rng.random() < probability


def _levels_of(scales: dict[str, Any], criterion: dict[str, Any]) -> dict[str, Any] | None:
    """The levels of a criterion, its own or those of the scale that it names."""
    levels: dict[str, Any] | str | None = criterion.get("levels")
    if isinstance(levels, str):
        named: dict[str, Any] = scales[levels]
        return named
    return levels


def _worth(scales: dict[str, Any], criterion: dict[str, Any]) -> Decimal:
    """What the criterion can earn."""
    if "points" in criterion:
        return Decimal(criterion["points"])
    if "range" in criterion:
        return Decimal(criterion["range"]["to"])
    levels = _levels_of(scales, criterion)
    if levels is None or any(str(worth).endswith("%") for worth in levels.values()):
        return Decimal(1)
    return max(Decimal(points) for points in levels.values())


def words_from_best(scales: dict[str, Any], criterion: dict[str, Any]) -> list[str]:
    """The ratings other than n/a, the one that earns most first."""
    if "range" in criterion:
        low, high = Decimal(criterion["range"].get("from", 0)), Decimal(criterion["range"]["to"])
        between = {low + (high - low) * part / 8 for part in range(9)}
        return [f"{one.normalize():f}" for one in sorted(between, reverse=True)]
    levels = _levels_of(scales, criterion)
    if levels is None:
        return ["met", "not met"]
    return sorted(levels, key=lambda word: -float(str(levels[word]).rstrip("%")))


def _spelling(
    rng: random.Random,
    criterion: dict[str, Any],
    word: str,
    own_words: dict[str, list[str]] | None = None,
) -> str:
    """The rating in one of the spellings that formats.md holds to be alike."""
    if own_words and (word == "n/a" or not ("levels" in criterion or "range" in criterion)):
        return rng.choice(_level_spellings(rng.choice([word, *own_words.get(word, [])])))
    if word == "n/a":
        return rng.choice(NOT_APPLICABLE_WORDS)
    if "range" in criterion:
        return rng.choice((word, f" {word}", f"0{word}"))
    if "levels" in criterion:
        return word if _chance(rng, 0.4) else rng.choice(_level_spellings(word))
    return rng.choice(MET_WORDS if word == "met" else NOT_MET_WORDS)


@lru_cache(maxsize=1000)
def _level_spellings(word: str) -> tuple[str, ...]:
    """Other spellings of a level's word: case, blanks around, joints, decomposed accents."""
    joint = r"[ _-]+"
    return (
        word.upper(),
        word.lower(),
        f" {word}  ",
        re.sub(joint, "  ", word),
        re.sub(joint, "_", word),
        re.sub(joint, " - ", word.title()),
        unicodedata.normalize("NFD", word),
    )


def _any_case(rng: random.Random, text: str) -> str:
    """The text in some mixture of case."""
    return rng.choice((text, text, text.upper(), text.lower(), text.title()))


def _shuffled(rng: random.Random, mapping: dict[str, Any]) -> dict[str, Any]:
    """The same map with its keys in another order."""
    keys = list(mapping)
    rng.shuffle(keys)
    return {key: mapping[key] for key in keys}


# YAML.


NUMBERS = {
    ("expected",),
    ("bands", "*", "from"),
    ("bands", "*", "above"),
    ("sections", "*", "weight"),
    ("sections", "*", "at_least"),
    ("sections", "*", "criteria", "*", "points"),
    ("sections", "*", "criteria", "*", "range", "from"),
    ("sections", "*", "criteria", "*", "range", "to"),
}


def _is_number(path: tuple[str, ...]) -> bool:
    """Whether formats.md has a number at this place; `*` stands for an item of a list."""
    return (
        path in NUMBERS
        or path[:-2] == ("scales",)
        or path[:-1] == ("sections", "*", "criteria", "*", "levels")
    )


def _write(lines: list[str], indent: str, lead: str, value: Any, path: tuple[str, ...]) -> None:
    """Append the value, in block style, behind `lead` (its key, or the dash of an item)."""
    if isinstance(value, dict) and value:
        lines.append(f"{indent}{lead}")
        for key, inner in value.items():
            _write(lines, indent + "  ", f"{_quoted(key)}:", inner, (*path, key))
    elif isinstance(value, list) and value:
        lines.append(f"{indent}{lead}")
        for inner in value:
            _write(lines, indent + "  ", "-", inner, (*path, "*"))
    else:
        lines.append(f"{indent}{lead} {_scalar(value, path)}")


def _scalar(value: Any, path: tuple[str, ...]) -> str:
    """One value on one line."""
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, list):
        return "[]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if _is_number(path):
        return str(value)
    return _quoted(str(value))


def _quoted(text: str) -> str:
    """The text between double quotes."""
    if not text.isprintable():
        raise ValueError(text)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
