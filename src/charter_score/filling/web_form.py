"""A review as a page to fill in: one HTML file that any browser opens, without a network.

The page's script is inline, named by its hash in the content security policy, and driven by the
rubric as data: which criteria apply when, and which ratings ask for a comment, is worked out here
by the rubric and stands in the data. It saves and opens reviews as JSON and computes no score.
"""

import json
from base64 import b64encode
from functools import lru_cache, partial
from hashlib import sha256
from importlib.resources import files
from typing import Any, NamedTuple

from charter_score import __version__, facts, limits
from charter_score.compiled import worths_of
from charter_score.filling.template import (
    Asked,
    asked_fields,
    demands,
    rules,
    weight_of,
)
from charter_score.library import LoadedRubric
from charter_score.rating import LONGEST_WORD, RATING_WORDS, same_word
from charter_score.render.html import environment
from charter_score.render.text.hostile import visible_line, visible_lines
from charter_score.review import Rated, Review, Status, WholeSection
from charter_score.rubric import Criterion, Rubric, applies

_ABOUT = (
    ("advisor", "Advisor", "whose work is reviewed"),
    ("reviewer", "Reviewer", "who reviews it"),
    ("team", "Team", "where the advisor works"),
    ("id", "Review", "a name of its own; without one, the name of its file"),
)
"""What is asked about a review as a whole: its key, a title, a hint."""

_LIMITS = {
    "bytes": limits.MOST_BYTES,
    "depth": limits.MOST_DEPTH,
    "nodes": limits.MOST_NODES,
    "text": limits.LONGEST_SCALAR,
    "key": limits.LONGEST_KEY,
    "values": limits.MOST_WORDS,
    "word": LONGEST_WORD,
}
"""How large a review may be, as the script says it."""


class _Inline(NamedTuple):
    """A script or style as it stands in the page, and its hash as the policy names it."""

    text: str
    digest: str


def web_form(
    rubric: LoadedRubric,
    reference: str,
    review: Review | None = None,
    *,
    file: str = "review.json",
) -> str:
    """The page for one review, blank or as rated; `reference` is how it names its rubric.

    `file` is what it calls the file that it saves, where the review has no name of its own. The
    same arguments give the same page.

    Raises:
        UsageError: where Jinja2 is not installed.
    """
    model = rubric.rubric
    alike = facts.same_points(model) is not None
    pages = environment()
    from markupsafe import Markup

    script, style = _script(), _style()
    asked = asked_fields(model)
    page = pages.get_template("web_form/form.html").render(
        rubric=model,
        sha256=rubric.sha256,
        facts=facts,
        line=visible_line,
        lines=visible_lines,
        language="" if pages.filters["primary"](model.language) == "en" else model.language,
        about=_ABOUT,
        asked=asked,
        hints={name: _hint(field) for name, field in asked.items()},
        rules=visible_line(" ".join(rules(model))),
        demands=partial(demands, alike=bool(facts.asks_alike(model))),
        weight_of=partial(weight_of, model, alike=alike),
        data={**form_data(model, reference, review), "file": file},
        # Our own files, and no text of anybody else's:
        script=Markup(script.text),  # noqa: S704
        style=Markup(style.text),  # noqa: S704
        script_hash=script.digest,
        style_hash=style.digest,
        tool_version=__version__,
    )
    return page + "\n"


def form_data(rubric: Rubric, reference: str, review: Review | None = None) -> dict[str, Any]:
    """What the script knows: the rubric's fields, conditions and ratings, and the review."""
    declared = rubric.fields
    conditions = dict.fromkeys(name for one in rubric.conditions() for name in one)
    return {
        "name": rubric.name,
        "id": rubric.id,
        "reference": reference,
        "statuses": [[status.value, status.is_scored] for status in Status],
        "fields": [
            {
                "name": name,
                "title": visible_line(field.title),
                "values": field.values if field.closed else [],
                "declared": name in declared,
                "required": field.required,
                "many": field.many,
            }
            for name, field in asked_fields(rubric).items()
        ],
        "undeclared": [name for name in conditions if name not in declared],
        "sections": [
            {
                "id": section.id,
                "title": visible_line(section.title),
                "when": list(section.applies_when.items()),
                "criteria": [_criterion(rubric, criterion) for criterion in section.criteria],
            }
            for section in rubric.sections
        ],
        "review": None if review is None else review_document(rubric, review, reference),
    }


def _criterion(rubric: Rubric, criterion: Criterion) -> dict[str, Any]:
    """A criterion with its ratings, and every spelling in which a file may have one of them.

    The place of a rating that is read but not allowed, as n/a may be, is None.
    """
    words = rubric.rating_words(criterion)
    read = rubric.rating_reader(criterion)
    places = {word: place for place, word in enumerate(words)}
    readable = {same_word(word): read(word) for word in (*words, *RATING_WORDS)}
    return {
        "id": criterion.id,
        "title": visible_line(criterion.title),
        "when": list(criterion.applies_when.items()),
        "ratings": [
            {
                "word": worth.rating,
                "asks": rubric.needs_comment(criterion, worth.rating),
                "observed": worth.observed,
            }
            for worth in worths_of(rubric, criterion)
        ],
        "spellings": [
            [spelling, places.get(rating)]
            for spelling, rating in readable.items()
            if rating is not None
        ],
    }


def review_document(rubric: Rubric, review: Review, reference: str) -> dict[str, Any]:
    """A review as the JSON document that it is; what it does not say is left out.

    A section that was rated in one go is written criterion by criterion, as the form shows it.
    """
    written = review.model_dump(mode="json", by_alias=True, exclude_none=True)
    said = {name: value for name, value in written.items() if value not in ([], {})}
    applying: dict[str, list[str]] = {}
    for section, criterion in rubric.criteria():
        if applies(section, criterion, review.interaction):
            applying.setdefault(section.id, []).append(criterion.id)
    ratings = {
        name: dict.fromkeys(applying.get(name, ()), _rated(given.rated))
        if isinstance(given, WholeSection)
        else {criterion: _rated(own) for criterion, own in given.items()}
        for name, given in review.ratings.items()
    }
    return {**said, "rubric": reference, "ratings": ratings}


def _rated(own: Rated) -> Any:
    said = own.model_dump(mode="json", by_alias=True, exclude_none=True)
    return own.rating if said.keys() <= {"rating"} else said


def _hint(field: Asked) -> str:
    """What a field asks for, beside its title."""
    told = ["several are possible"] if field.many else []
    return "; ".join([*(["required"] if field.required else []), *told])


def rules_script() -> str:
    """The part of the script that knows of no page: what is missing, how documents are read."""
    return "\n".join(
        [f"const LIMITS = {json.dumps(_LIMITS)};", _file("rules.js"), _file("documents.js")]
    )


@lru_cache(maxsize=1)
def _script() -> _Inline:
    return _inline(f'"use strict";\n(() => {{\n{rules_script()}\n{_file("page.js")}}})();\n')


@lru_cache(maxsize=1)
def _style() -> _Inline:
    return _inline(_file("style.css"))


def _file(name: str) -> str:
    return (
        files("charter_score.render")
        .joinpath("templates", "web_form", name)
        .read_text(encoding="utf-8")
    )


def _inline(text: str) -> _Inline:
    return _Inline(text, b64encode(sha256(text.encode("utf-8")).digest()).decode("ascii"))
