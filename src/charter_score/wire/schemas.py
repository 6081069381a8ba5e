"""The JSON Schemas of the documents, and that of the reviews of one rubric.

Those of documents are generated from the models. The last is the schema of every review, narrowed
to what one rubric asks for, so that an editor completes its sections, criteria and ratings. All are
valid under draft-07, which editors read, as well as 2020-12: only keywords that mean the same in
both are used, and definitions stand under `definitions`.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence, Set
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from charter_score import facts
from charter_score.agreement import Agreement
from charter_score.figures import figure_text
from charter_score.mapping import TableMapping
from charter_score.rating import Rating, same_word
from charter_score.report.costs import Volumes
from charter_score.review import Review, Status
from charter_score.rubric import (
    Criterion,
    FieldRule,
    Permission,
    Rubric,
    Section,
    UpTo,
    same_value,
)
from charter_score.samples.record import SampleRecord
from charter_score.wire.documents import ResultsDocument
from charter_score.wire.fairness import (
    CalibrationDocument,
    DisputesDocument,
    ImpactDocument,
    SubjectDocument,
    VerificationDocument,
)
from charter_score.wire.report import ReportDocument

DRAFT = "http://json-schema.org/draft-07/schema#"
REVIEW_ID = "charter-score/review-v1"
_DOCUMENTS: dict[str, tuple[Any, str]] = {
    "rubric": (Rubric, "rubric-v1"),
    "review": (Review, "review-v1"),
    "result": (ResultsDocument, "results-v1"),
    "calibration": (CalibrationDocument, "calibration-v1"),
    "sample": (SampleRecord, "sample-v1"),
    "verification": (VerificationDocument, "verification-v1"),
    "impact": (ImpactDocument, "impact-v1"),
    "agreement": (Agreement, "agreement-v1"),
    "subject": (SubjectDocument, "subject-v1"),
    "disputes": (DisputesDocument, "disputes-v1"),
    "mapping": (TableMapping, "mapping-v1"),
    "report": (ReportDocument, "report-v1"),
    "volumes": (Volumes, "volumes-v1"),
}
_WRITTEN = frozenset(
    ["result", "calibration", "verification", "impact", "subject", "disputes", "report"]
)
"""Documents that the program writes and nobody else: what is absent is null there."""

# Nothing behind the key, said so that no editor offers to write "null".
_NOTHING = {"not": {"type": ["string", "number", "boolean", "array", "object"]}}
# A blank field of the interaction stands for leaving it out.
_BLANK: list[dict[str, Any]] = [_NOTHING, {"type": "string", "pattern": r"^\s*$"}]
_ANYTHING_PLAIN = {"not": {"type": ["array", "object"]}}
_DAY = {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"}
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,14})?")


class _Generate(GenerateJsonSchema):
    """Pydantic's schema without what only repeats the names of things."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """No: a title made from the field's name tells nobody anything."""
        del schema
        return False


class _GenerateInput(_Generate):
    """The schema of a document that people write: what is not said is left out, never null."""

    def nullable_schema(self, schema: Any) -> Any:
        """The schema of what may be left out, where it is there."""
        return self.generate_inner(schema["schema"])


def json_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of one of the documents, such as `rubric`, `review` or `result`."""
    kind, title = _DOCUMENTS[name]
    generator = _Generate if name in _WRITTEN else _GenerateInput
    found = TypeAdapter(kind).json_schema(
        ref_template="#/definitions/{model}", schema_generator=generator
    )
    definitions = found.pop("$defs", {})
    schema = {"$schema": DRAFT, "$id": f"charter-score/{title}", **_tidy(found)}
    if definitions:
        schema["definitions"] = {key: _tidy(definitions[key]) for key in sorted(definitions)}
    return schema


def _tidy(schema: Any) -> Any:
    """A schema without defaults that say nothing (null, or empty)."""
    if isinstance(schema, dict):
        return {
            key: _tidy(value)
            for key, value in schema.items()
            if not (key == "default" and value in (None, "", [], {}))
        }
    if isinstance(schema, list):
        return [_tidy(one) for one in schema]
    return schema


def schema_text(name: str, rubric: Rubric | None = None) -> str:
    """The JSON Schema as it is printed and published; given a rubric, that of its reviews."""
    schema = json_schema(name) if rubric is None else review_schema(rubric)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def review_schema(rubric: Rubric) -> dict[str, Any]:
    """The JSON Schema of the reviews of one rubric, which must be without errors.

    It takes every review that can be scored against the rubric, and every draft of one. It refuses
    a section, criterion or rating that the rubric does not have, a rating without the comment that
    it needs and, unless `status` says draft or void, a criterion without a rating. What applies
    only to some interactions is allowed everywhere and required nowhere: `check` says the rest.
    """
    schema = json_schema("review")
    schema["$id"] = f"{REVIEW_ID}/{quote(rubric.name, safe='@')}"
    schema["title"] = f"A review: {facts.short_edition(rubric)}"
    properties, definitions = schema["properties"], schema["definitions"]
    properties["rubric"]["default"] = rubric.name
    fields = {"date": FieldRule(title="Date"), **rubric.fields}
    properties["interaction"] = {
        "type": "object",
        "properties": {name: _field(name, rule) for name, rule in fields.items()},
        "additionalProperties": {
            "anyOf": [_ANYTHING_PLAIN, {"type": "array", "items": _ANYTHING_PLAIN}]
        },
    }
    words = _Words(rubric, definitions)
    properties["ratings"] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {section.id: words.section(section) for section in rubric.sections},
    }
    del definitions["Rated"]
    disputed = definitions["Dispute"]["properties"]
    disputed["section"] = {"enum": [section.id for section in rubric.sections]}
    disputed["criterion"] = {
        "enum": list(dict.fromkeys(criterion.id for _, criterion in rubric.criteria()))
    }
    unscored = [status.value for status in Status if not status.is_scored]
    schema["if"] = {"required": ["status"], "properties": {"status": {"enum": unscored}}}
    schema["else"] = _complete(rubric)
    definitions["rated"] = {
        "type": ["string", "number", "object"],
        "required": ["rating"],
        "properties": {"rating": {"type": ["string", "number"]}},
    }
    return schema


def _complete(rubric: Rubric) -> dict[str, Any]:
    """What a review needs that is to be scored: each field and criterion that always applies."""
    sections = {
        section.id: {
            "if": {"required": ["rating"]},
            "then": {"$ref": "#/definitions/rated"},
            "else": {
                "required": always,
                "properties": {name: {"$ref": "#/definitions/rated"} for name in always},
            },
        }
        for section in rubric.sections
        if not section.applies_when
        and (always := [one.id for one in section.criteria if not one.applies_when])
    }
    wanted: dict[str, Any] = {"ratings": {"required": list(sections), "properties": sections}}
    required = [name for name, rule in rubric.fields.items() if rule.required]
    if required:
        given = {
            "type": ["string", "number", "boolean", "array"],
            "pattern": r"\S",
            "minItems": 1,
        }
        wanted["interaction"] = {
            "required": required,
            "properties": dict.fromkeys(required, given),
        }
    return {"required": list(wanted), "properties": wanted}


def _field(name: str, rule: FieldRule) -> dict[str, Any]:
    """One field of the interaction: its values in any case, one or, where it may be, several."""
    told = [f"One of: {', '.join(rule.values)}."] if rule.values else []
    told += ["Required."] if rule.required else []
    told += ["Several may be given, as a list."] if rule.many else []
    if rule.values:
        # The spellings come second: an editor completes the words of the first.
        value = [
            {"enum": _as_written(rule.values, booleans=True)},
            _pattern({same_value(one) for one in rule.values}, gap=" ", edge=r"\s*"),
        ]
    elif name == "date":
        value = [_DAY]
    else:
        value = [_ANYTHING_PLAIN]
    several = {"type": "array", "items": {"anyOf": [*value, *_BLANK]}}
    return {
        "title": rule.title or name,
        **_description(" ".join(told)),
        # Inside `allOf`, since editors lose the description beside an `anyOf`.
        "allOf": [
            {"anyOf": [*value, *_BLANK, several if rule.many else {**several, "maxItems": 1}]}
        ],
    }


class _Words:
    """The ratings of each criterion. Criteria that are rated alike share their definitions."""

    def __init__(self, rubric: Rubric, definitions: dict[str, Any]) -> None:
        self._rubric = rubric
        self._definitions = definitions
        self._names: dict[tuple[object, ...], str] = {}

    def section(self, section: Section) -> dict[str, Any]:
        """A section, with the schema of each criterion."""
        each = {
            "type": "object",
            "additionalProperties": False,
            "properties": {one.id: self._criterion(one) for one in section.criteria},
        }
        return {
            "title": section.title,
            **_description(_only_when(section.applies_when), section.guidance),
            # Inside `allOf`, since editors lose the description beside an `anyOf`.
            "allOf": [{"anyOf": [each, *self._whole(section)]}],
        }

    def _whole(self, section: Section) -> list[dict[str, Any]]:
        """The section rated n/a in one go, where no criterion that always applies forbids it."""
        always = [one for one in section.criteria if not one.applies_when]
        if any(one.not_applicable is Permission.FORBIDDEN for one in always):
            return []
        spelled = self._spelled_out([Rating.NOT_APPLICABLE.value], self._rubric.absent_words)
        needs = any(self._rubric.needs_comment(one, Rating.NOT_APPLICABLE) for one in always)
        at_length = {
            "type": "object",
            "additionalProperties": False,
            "required": ["rating", "comment"] if needs else ["rating"],
            "properties": {
                "rating": {"anyOf": [*spelled, _NOTHING]},
                "comment": {"type": "string", "pattern": r"\S"},
            },
        }
        return [at_length] if needs else [*spelled, at_length]

    def _criterion(self, criterion: Criterion) -> dict[str, Any]:
        words = self._rubric.rating_words(criterion)
        alone = tuple(word for word in words if not self._rubric.needs_comment(criterion, word))
        # Between the numbers that `words` lists of a range there are others.
        rule = None if criterion.range is None else (criterion.range, criterion.comment)
        name = self._names.setdefault((words, alone, rule), f"rating-{len(self._names) + 1}")
        if name not in self._definitions:
            self._definitions[name] = self._rated(criterion, words, alone)
        return {
            "title": criterion.title,
            **_description(
                _only_when(criterion.applies_when), criterion.guidance, self._choices(criterion)
            ),
            "allOf": [{"$ref": f"#/definitions/{name}"}],
        }

    def _rated(
        self, criterion: Criterion, words: Sequence[str], alone: Sequence[str]
    ) -> dict[str, Any]:
        text = {"type": "string", "pattern": r"\S"}
        at_length: dict[str, Any] = {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "rating": {"anyOf": [*self._spelled(criterion, words), _NOTHING]},
                "comment": text,
                "evidence": text,
                **self._causes(),
            },
        }
        explained = [word for word in words if word not in alone]
        if explained:
            rating = {"anyOf": self._spelled(criterion, explained)}
            at_length["if"] = {"required": ["rating"], "properties": {"rating": rating}}
            at_length["then"] = {"required": ["comment"]}
        return {"anyOf": [*self._spelled(criterion, alone), _NOTHING, at_length]}

    def _causes(self) -> dict[str, Any]:
        """The causes that may be ticked beside a rating, where the rubric has any."""
        causes = list(self._rubric.causes)
        return {"causes": {"type": "array", "items": {"enum": causes}}} if causes else {}

    def _spelled(self, criterion: Criterion, words: Sequence[str]) -> list[dict[str, Any]]:
        """Rating words: the rubric's own, which an editor completes, then any spelling of them."""
        if not words:
            return []
        has_levels = self._rubric.levels_of(criterion) is not None
        known = self._rubric.words_for_ratings
        spellings: set[str] = set()
        shown: list[str] = []
        numbers: list[str] = []
        for word in words:
            if word == Rating.NOT_APPLICABLE:
                spellings |= self._rubric.absent_words
                shown.append(self._rubric.shown(word))
            elif has_levels:
                spellings.add(same_word(word))
                shown.append(word)
            elif criterion.range is not None:
                numbers.append(word)
            else:
                spellings |= {one for one, rating in known.items() if rating == word}
                shown.append(self._rubric.shown(word))
        spelled = self._spelled_out(shown, spellings) if shown else []
        return [*_numbers(criterion, numbers), *spelled]

    def _spelled_out(self, words: Sequence[str], spellings: Set[str]) -> list[dict[str, Any]]:
        return [{"enum": _as_written(words)}, _pattern(spellings, gap=r"[\s_-]+", edge=r"[\s_-]*")]

    def _choices(self, criterion: Criterion) -> str:
        """The rating words with their points, unless the rubric hides them, and their looks."""
        ratings = facts.ratings(self._rubric, criterion)
        lines = []
        for rating in ratings:
            worth = "" if rating.points is None else f" ({figure_text(rating.points)})"
            looks = f": {rating.looks_like}" if rating.looks_like else ""
            lines.append(f"{rating.word}{worth}{looks}")
        has_looks = any(rating.looks_like for rating in ratings)
        return "\n\n".join(lines) if has_looks else " | ".join(lines)


def _numbers(criterion: Criterion, listed: Sequence[str]) -> list[dict[str, Any]]:
    """The numbers of a range, as far as those that are listed go; any of them in quotes."""
    if criterion.range is None or not listed:
        return []
    low, high = min(map(Fraction, listed)), max(map(Fraction, listed))
    number: dict[str, Any] = {"type": "number", "maximum": json.loads(figure_text(high))}
    if isinstance(criterion.comment, UpTo) and low > criterion.range.from_:
        # Whatever lies above the last that needs a comment, also between those that are listed.
        number["exclusiveMinimum"] = json.loads(figure_text(Fraction(criterion.comment.up_to)))
    else:
        number["minimum"] = json.loads(figure_text(low))
    return [number, {"type": "string", "pattern": r"^\s*([0-9]+(\.[0-9]+)?|\.[0-9]+)\s*$"}]


def _only_when(condition: Mapping[str, Sequence[str]]) -> str:
    return f"Only when {facts.condition(condition)}." if condition else ""


def _description(*parts: str) -> dict[str, str]:
    told = "\n\n".join(part.strip() for part in parts if part.strip())
    return {"description": told} if told else {}


def _as_written(words: Iterable[str], *, booleans: bool = False) -> list[str | float | bool]:
    """Words as JSON values: also the number (or truth value) that one is without quotes."""
    found: list[str | float | bool] = []
    for word in words:
        found.append(word)
        if _PLAIN_NUMBER.fullmatch(word):
            found.append(json.loads(word))
        if booleans and word in ("true", "false"):
            found.append(word == "true")
    return found


def _pattern(words: Iterable[str], *, gap: str, edge: str) -> dict[str, Any]:
    """Text that is one of some words, case aside; `gap` stands for each space in them."""
    spelled = ("".join(gap if c == " " else _letter(c) for c in word) for word in sorted(words))
    return {"type": "string", "pattern": f"^{edge}(?:{'|'.join(spelled)}){edge}$"}


def _letter(letter: str) -> str:
    """A regular expression for a letter in either case, composed or not.

    JSON Schema has no flag for case, and its dialect allows no needless escapes.
    """
    cases = {letter, letter.upper(), letter.title()}
    forms = sorted(cases | {unicodedata.normalize("NFD", one) for one in cases})
    if len(forms) == 1:
        return re.sub(r"[\\^$.*+?()\[\]{}|/]", r"\\\g<0>", letter)
    return (
        f"[{''.join(forms)}]" if all(len(one) == 1 for one in forms) else f"(?:{'|'.join(forms)})"
    )
