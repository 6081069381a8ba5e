"""Draws contacts from a list by a hash of the list and a phrase.

The phrase is fixed before the list is known, so nobody can look for one that draws what they like.

1. References are trimmed and brought into NFC. The list's digest is the SHA-256, in hexadecimal, of
   all of them in the order of their code points, a line feed behind each.
2. A contact's ticket is the SHA-256, in hexadecimal, of the digest, the phrase and the reference,
   a line feed behind each.
3. In each group (the contacts of an advisor, or all) those with the lowest tickets are drawn.
4. With strata the places of a group are shared among them as they are in it: each stratum gets
   the whole part of its share, then one more goes to those with the largest remainders; of equal
   ones to the one with the lowest ticket in it. In each stratum the lowest tickets are drawn.
5. Targeted extras are the next lowest tickets of an advisor.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from hashlib import sha256
from types import MappingProxyType
from typing import NamedTuple

from charter_score.rubric import same_value
from charter_score.summary import as_people_sort

ADVISOR = "advisor"
REFERENCE = "reference"
NOTHING_GIVEN = "not given"
THIRDS = ("short", "middle", "long")


class ListedContact(NamedTuple):
    """One contact of a list: its reference, and what else the list says of it, by heading."""

    reference: str
    fields: Mapping[str, str]

    def field(self, name: str) -> str:
        """What the list says under a heading; empty where it says nothing."""
        return self.fields.get(name, "").strip()


class Shortfall(NamedTuple):
    """How many of an advisor's last reviews were below what is expected, and of how many."""

    below: int
    of: int

    @property
    def extras(self) -> int:
        """Targeted reviews that this asks for: three where two or more fell short, two for one."""
        return 3 if self.below > 1 else 2 if self.below else 0


class Request(NamedTuple):
    """What is asked for: the phrase, how many of each advisor or in all, strata, extras.

    `shortfalls` is by advisor, in the form in which two spellings of a name are one.
    """

    phrase: str
    per_advisor: int | None = None
    number: int | None = None
    strata: tuple[str, ...] = ()
    shortfalls: Mapping[str, Shortfall] = MappingProxyType({})


class Drawn(NamedTuple):
    """One contact that was drawn, and how.

    `place` of `of` says where its ticket stood among those it was drawn from, from 1.
    """

    contact: ListedContact
    ticket: str
    group: str
    stratum: tuple[str, ...]
    place: int
    of: int
    shortfall: Shortfall | None = None

    @property
    def is_targeted(self) -> bool:
        """Whether it is an extra one, because of earlier reviews."""
        return self.shortfall is not None


class Group(NamedTuple):
    """The contacts of an advisor, or all: how many there are, how many were wanted and drawn."""

    name: str
    contacts: int
    wanted: int
    drawn: tuple[Drawn, ...]
    extras: tuple[Drawn, ...] = ()


class Sample(NamedTuple):
    """What was drawn from a list."""

    request: Request
    digest: str
    contacts: int
    groups: tuple[Group, ...]

    @property
    def drawn(self) -> Iterator[Drawn]:
        """Everything that was drawn, group by group."""
        for group in self.groups:
            yield from group.drawn
            yield from group.extras


def plain_reference(text: str) -> str:
    """A reference as it is hashed: trimmed and in NFC."""
    return unicodedata.normalize("NFC", text.strip())


def list_digest(references: Iterable[str]) -> str:
    """The digest of a list, from its references."""
    listed = sorted(map(plain_reference, references))
    return sha256("".join(f"{reference}\n" for reference in listed).encode()).hexdigest()


def ticket_of(digest: str, phrase: str, reference: str) -> str:
    """The ticket of a contact."""
    return sha256(f"{digest}\n{phrase}\n{plain_reference(reference)}\n".encode()).hexdigest()


def draw(contacts: Sequence[ListedContact], request: Request) -> Sample:
    """Draw from a list in which no reference stands twice."""
    digest = list_digest(contact.reference for contact in contacts)
    tickets = sorted(
        (ticket_of(digest, request.phrase, contact.reference), contact) for contact in contacts
    )
    strata = _Strata(contacts, request.strata)
    groups: dict[str, list[_Ticket]] = {}
    names: dict[str, str] = {}
    for ticket, contact in tickets:
        name = contact.field(ADVISOR) if request.per_advisor is not None else ""
        names.setdefault(same_value(name), name)
        groups.setdefault(same_value(name), []).append(_Ticket(ticket, contact, strata.of(contact)))
    wanted = request.number if request.per_advisor is None else request.per_advisor
    ordered = sorted(groups, key=lambda key: as_people_sort(names[key]))
    drawn = [_group(names[key], groups[key], wanted or 0, request) for key in ordered]
    return Sample(request, digest, len(contacts), tuple(drawn))


class _Ticket(NamedTuple):
    ticket: str
    contact: ListedContact
    stratum: tuple[str, ...]


def _group(name: str, tickets: Sequence[_Ticket], wanted: int, request: Request) -> Group:
    """Draw from one group, whose tickets are in order."""
    places = {one.ticket: place for place, one in enumerate(tickets, 1)}
    by_stratum: dict[tuple[str, ...], list[_Ticket]] = {}
    for one in tickets:
        by_stratum.setdefault(one.stratum, []).append(one)
    drawn = []
    for stratum, number in _shared(wanted, by_stratum).items():
        among = by_stratum[stratum]
        drawn += [
            Drawn(one.contact, one.ticket, name, stratum, place, len(among))
            for place, one in enumerate(among[:number], 1)
        ]
    drawn.sort(key=lambda one: one.ticket)
    taken = {one.ticket for one in drawn}
    shortfall = request.shortfalls.get(same_value(name)) if name else None
    extras = []
    if shortfall is not None:
        left = [one for one in tickets if one.ticket not in taken]
        extras = [
            Drawn(
                one.contact,
                one.ticket,
                name,
                one.stratum,
                places[one.ticket],
                len(tickets),
                shortfall,
            )
            for one in left[: shortfall.extras]
        ]
    return Group(name, len(tickets), wanted, tuple(drawn), tuple(extras))


def _shared(
    wanted: int, by_stratum: Mapping[tuple[str, ...], Sequence[_Ticket]]
) -> dict[tuple[str, ...], int]:
    """The places of a group shared among its strata by the largest remainders."""
    whole = sum(map(len, by_stratum.values()))
    places = min(wanted, whole)
    shares = {name: Fraction(places * len(one), whole) for name, one in by_stratum.items()}
    given = {name: int(share) for name, share in shares.items()}
    by_remainder = sorted(
        by_stratum, key=lambda name: (given[name] - shares[name], by_stratum[name][0].ticket)
    )
    for name in by_remainder[: places - sum(given.values())]:
        given[name] += 1
    return given


class _Strata:
    """What a contact's strata are, by the list that it stands in."""

    def __init__(self, contacts: Sequence[ListedContact], names: Sequence[str]) -> None:
        self._names = names
        lengths = sorted(
            length
            for contact in contacts
            if (length := length_of(contact.field("length"))) is not None
        )
        number = len(lengths)
        self._bounds = (lengths[number // 3], lengths[2 * number // 3]) if lengths else None

    def of(self, contact: ListedContact) -> tuple[str, ...]:
        """The strata of a contact, one for each name."""
        return tuple(self._one(contact, name) for name in self._names)

    def _one(self, contact: ListedContact, name: str) -> str:
        if name == "hour" and not contact.field("hour"):
            return hour_of(contact.field("time")) or NOTHING_GIVEN
        if name == "length":
            length = length_of(contact.field(name))
            if length is None or self._bounds is None:
                return NOTHING_GIVEN
            return THIRDS[sum(length >= bound for bound in self._bounds)]
        return same_value(contact.field(name)) or NOTHING_GIVEN


def hour_of(time: str) -> str | None:
    """The hour of a time such as `09:15`, as two digits."""
    hour, colon, _ = time.partition(":")
    if colon and hour.isascii() and hour.isdigit() and int(hour) < 24:
        return hour.zfill(2)
    return None


def length_of(text: str) -> Fraction | None:
    """A length as a number: `417`, `6.5`, or minutes and seconds as `6:57`; None for no number."""
    parts = text.split(":")
    total = Fraction(0)
    for place, part in enumerate(parts):
        whole, _, decimals = part.partition(".")
        digits = whole + decimals
        if not (digits.isascii() and digits.isdigit()) or (decimals and place < len(parts) - 1):
            return None
        total = total * 60 + Fraction(int(digits), 10 ** len(decimals))
    return total if len(parts) <= 3 and len(text) <= 24 else None
