"""What a single plain word in a document was read as.

The readers keep every scalar as its text (so `00123` stays `00123` and no number goes through a
float) and let the type say what YAML 1.2's core schema, or JSON, takes it for. Text proper is
plain `str`.

Source: YAML 1.2.2, section 10.3.2, tag resolution of the core schema.
"""


class Number(str):
    """A plain scalar that the core schema reads as an integer or a float."""

    __slots__ = ()


class Boolean(str):
    """A plain scalar that the core schema reads as true or false."""

    __slots__ = ()


class Null(str):
    """A plain scalar that the core schema reads as null, or nothing at all (empty text)."""

    __slots__ = ()


Value = str | dict[str, "Value"] | list["Value"]
