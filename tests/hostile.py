r"""One hostile text, and a rubric and reviews that have it in every field that text can stand in.

The models are made directly, since the reader refuses part of it (`READABLE` is what it lets
through). Each field's text carries a mark of its own, `FIELD-…-END`, by which a test sees where it
comes back.
"""

import re
from fractions import Fraction

from charter_score.diagnostics import Diagnostic, Location, Severity
from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.review import Action, Dispute, DisputeOutcome, Rated, Review, Status
from charter_score.rubric import Band, Criterion, FieldRule, OnCritical, Rubric, Section, Words
from charter_score.scoring import score

PIECES = (
    "=cmd|'/c calc'!A1",
    "FIELD",
    "; =1+1\t=2+2\n=3+3\r\n-4+4 ＝5＋5 ＋6 －7 ＠SUM(1)",
    "\x00\x01\x07\x08\x0b\x0c\x7f",
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\ \x1bc",
    "\x9b31m \x9d0;title\x9c \x85next",
    "\u202edesrever\u202c \u2066isolated\u2069 \u200e\u200f\u061c",
    "zero\u200bwidth\u200c\u200d\u2060\ufeff so\u00adft \U000e0041tag",
    "line\u2028separator\u2029paragraph",
    "\ufffe\uffff \U0001ffff \ue000",
    "@everyone @_under @.dot @team/sub ~_label %_stone",
    '#1 !1 $2 %3 ~bug ~"a label" &4 ^alert#5 GH-6 org/repo#7 :tada: :+1:',
    "<script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)>",
    "<!-- comment --> --> <a href='javascript:1'>x</a> <style>*{display:none}</style> </title>",
    "]]> <![CDATA[x]]> <?php x?> <!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]> &e;",
    "&amp; &lt;b&gt; &#64; & && \"double\" 'single' `back` ``two`` ```\nfence\n```",
    "::error::x :::y ::set-output name=a::b ::add-mask::c ::stop-commands::d",
    "%0A::warning::y%0D%25 %3A %2C",
    "##[error]z ###[command]echo ##vso[task.complete result=Failed] ##teamcity[x]",
    "\n::error file=a,line=1::own line\r::debug::own line\n##[group]own line",
    "a|b \\| \\\\| |--- | :--- |\n| --- |\n| row |",
    "[x](javascript:1) ![i](http://evil.example/i.png) [r]: http://evil.example [^1] [[wiki]]",
    "https://evil.example www.evil.example someone@evil.example <https://evil.example> //x.example",
    "**bold** _italic_ ~~gone~~ $x$ $`y`$ {{7*7}} {% raw %} ${7*7} {0} {name!r} %s %(x)s",
    "[red]markup[/red] [link=http://evil.example]x[/link] [/] \\[",
    "\n# head\n- item\n1. item\n> quote\n---\n***\n    code\n| table |\n=== \n+++",
    "_x001B_ _x000D_ _x0041_ \\u001b \\x1b \\033 %1B &#27; &#x1b;",
    '[vulnerability:1] [feature_flag:2] *iteration:3 %"a milestone" 9ba12248 deadbeef',
    "W" * 300 + " " + "Ｗ" * 300 + "/" * 100,
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f3f3\ufe0f\u200d\U0001f308",
    "e\u0301 n\u0303 \u1112\u1161\u11ab",
    "שלום עולם مرحبا بالعالم می\u200cخواهم",
    "../../etc/passwd C:\\con CON NUL -rf --help ~ * ?",
    "true null NaN 1e999 00123 2024-02-30 12:30 0x1F",
)
BRIEF = " ".join(PIECES)
"""The hostile text without its length."""

HOSTILE = (BRIEF + " long" * 8_000)[:40_000]
"""The hostile text, of 40,000 characters; `FIELD` in it gives way to the mark of a field."""

_UNREADABLE = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
READABLE = re.sub(_UNREADABLE, "", HOSTILE)
"""What the reader lets through, where it stands in JSON as escapes."""

READABLE_BRIEF = re.sub(_UNREADABLE, "", BRIEF)
"""The same without its length."""

READABLE_KEY = re.sub(_UNREADABLE, "", " ".join(PIECES[:18]))[:900]
"""The same at a length that a key and a rating word can have."""

MARK = re.compile(r"FIELD-[a-z0-9-]+-END")


def mark(field: str) -> str:
    """What stands in a field's text and nowhere else."""
    return f"FIELD-{field}-END"


def hostile(field: str, text: str = HOSTILE) -> str:
    """The hostile text of a field."""
    return text.replace("FIELD", mark(field))


def rubric(text: str = HOSTILE) -> Rubric:
    """A rubric with every kind of criterion, the hostile text wherever text can stand."""

    def say(field: str) -> str:
        return hostile(field, text)

    when = {say("applies-field"): (say("applies-value"), say("applies-other-value"))}
    own = {
        say("level-high"): Fraction(2),
        say("level-middle"): Fraction(1),
        say("level-low"): Fraction(0),
    }
    scale = {say("scale-high"): Fraction(1), say("scale-low"): Fraction(0)}

    def criterion(name: str, best: str = "met", **more: object) -> Criterion:
        return Criterion(
            id=name,
            title=say(f"title-{name}"),
            guidance=say(f"guidance-{name}"),
            advice=say(f"advice-{name}"),
            source=say(f"source-{name}"),
            looks_like={best: say(f"looks-{name}")},
            **more,  # type: ignore[arg-type]
        )

    return Rubric(
        id="hostile",
        version=say("version"),
        title=say("rubric-title"),
        organisation=say("organisation"),
        description=say("description"),
        source=say("rubric-source"),
        rule_source=say("rule-source"),
        expected=70,
        on_critical=OnCritical.LOWEST_BAND,
        bands=(
            Band(name=say("band-low"), meaning=say("meaning-low")),
            Band(name=say("band-middle"), meaning=say("meaning-middle"), from_=50),
            Band(name=say("band-high"), meaning=say("meaning-high"), above=90),
        ),
        scales={say("scale-name"): scale},
        fields={
            say("field-name"): FieldRule(
                values=(say("field-value"),), title=say("field-title"), many=True
            ),
            say("applies-field"): FieldRule(),
        },
        channel_costs={say("cost-channel"): Fraction(3)},
        channel_costs_source=say("cost-source"),
        tags={"compliance": say("tag")},
        causes={"habit": say("cause")},
        words=Words(
            met=(say("word-met"),), not_met=(say("word-not-met"),), not_applicable=(say("word-na"),)
        ),
        ignore={"no-advice": say("ignore-reason")},
        sections=(
            Section(
                id="welcome",
                title=say("section-welcome"),
                guidance=say("section-guidance"),
                applies_when=when,
                criteria=(
                    criterion("greeting"),
                    criterion("tone", tags=("compliance",)),
                    criterion("identity", critical=True),
                    criterion("level", say("level-high"), levels=own),
                    criterion("scaled", say("scale-high"), levels=say("scale-name")),
                    criterion("absent"),
                    criterion("advisory", points=Fraction(0)),
                    criterion("disputed", applies_when=when),
                ),
            ),
            Section(
                id="close",
                title=say("section-close"),
                criteria=(criterion("thanks", points=Fraction(5)), criterion("next")),
            ),
        ),
    )


def review(text: str = HOSTILE, *, critical: bool = True) -> Review:
    """A review against that rubric, the hostile text wherever text can stand."""

    def say(field: str) -> str:
        return hostile(field, text)

    def rated(word: str, name: str) -> Rated:
        causes = ("habit",) if name == "tone" else ()
        comment, evidence = say(f"comment-{name}"), say(f"evidence-{name}")
        return Rated(rating=word, comment=comment, evidence=evidence, causes=causes)

    def dispute(criterion: str, outcome: DisputeOutcome) -> Dispute:
        return Dispute(
            section="welcome",
            criterion=criterion,
            says="met",
            because=say(f"because-{criterion}"),
            on=say(f"on-{criterion}"),
            by=say(f"by-{criterion}"),
            outcome=outcome,
            decided_by=say(f"decided-by-{criterion}"),
            decided_on=say(f"decided-on-{criterion}"),
            reason=say(f"reason-{criterion}"),
        )

    return Review(
        rubric="hostile",
        id=say("review-id"),
        advisor=say("advisor"),
        reviewer=say("reviewer"),
        drafted_by=say("drafted-by"),
        reason=say("void-reason"),
        team=say("team"),
        interaction={
            "date": "2016-05-04",
            "channel": say("channel"),
            "reference": say("reference"),
            say("applies-field"): say("applies-value"),
            say("interaction-name"): (say("interaction-one"), say("interaction-other")),
        },
        ratings={
            "welcome": {
                "greeting": rated("met", "greeting"),
                "tone": rated("not met", "tone"),
                "identity": rated("not met" if critical else "met", "identity"),
                "level": rated(say("level-middle"), "level"),
                "scaled": rated(say("scale-low"), "scaled"),
                "absent": rated("n/a", "absent"),
                "advisory": rated("not met", "advisory"),
                "disputed": rated("not met", "disputed"),
            },
            "close": {"thanks": rated("met", "thanks"), "next": rated("n/a", "next")},
        },
        done_well=(say("done-well"),),
        could_be_better=(say("could-be-better"),),
        notes=say("notes"),
        actions=(
            Action(
                what=say("what"),
                who=say("who"),
                by=say("by"),
                agreed=say("agreed"),
                done=say("done"),
            ),
        ),
        advisor_comment=say("advisor-comment"),
        acknowledged="2031-12-24",
        disputes=(
            dispute("tone", DisputeOutcome.OPEN),
            dispute("disputed", DisputeOutcome.UPHELD),
        ),
    )


def scored(text: str = HOSTILE, *, critical: bool = True, name: str = "review-id") -> Scored:
    """The score of that review."""
    lines = {("welcome", "tone"): 3, ("welcome", "identity"): 4}
    result = score(rubric(text), review(text, critical=critical))
    return Scored(hostile("path", text), hostile(name, text), "0", "0", result, (), lines)


def outcomes(text: str = HOSTILE) -> list[Outcome]:
    """One outcome of each kind, and a review that is scored for calibration only."""
    problem = Diagnostic(
        "unrated",
        hostile("message", text),
        hostile("failed-path", text),
        Location(14, 5),
        hostile("hint", text),
    )
    only = scored(text, critical=False, name="calibration-id")
    calibration = Scored(
        hostile("calibration-path", text),
        only.id,
        "0",
        "0",
        score(
            rubric(text),
            Review(
                ratings=only.result.review.ratings,
                interaction=only.result.review.interaction,
                status=Status.CALIBRATION,
            ),
        ),
    )
    return [
        scored(text),
        scored(text, critical=False, name="second-id"),
        calibration,
        Failed(hostile("failed-path", text), (problem,)),
        Skipped(
            hostile("skipped-path", text),
            hostile("skipped-id", text),
            "void",
            because=hostile("because", text),
        ),
    ]


def warnings(text: str = HOSTILE) -> list[Diagnostic]:
    """A warning."""
    return [
        Diagnostic(
            "duplicate-review-id",
            hostile("warning-message", text),
            hostile("warning-path", text),
            Location(1, 1),
            hostile("warning-hint", text),
            Severity.WARNING,
        )
    ]
