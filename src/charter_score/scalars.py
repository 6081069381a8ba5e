"""What a single plain word in a document was read as.

The readers keep every scalar as its text (so `00123` stays `00123` and no number goes through a
float) and let the type say what YAML 1.2's core schema, or JSON, takes it for. Text proper is
plain `str`; the others are no `str`, so that strict text refuses them.

Source: YAML 1.2.2, section 10.3.2, tag resolution of the core schema.
"""


class Scalar:
    """A plain scalar that the core schema takes for something else than text."""

    __slots__ = ("text",)

    def __init__(self, text: str = "") -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.text == self.text

    def __hash__(self) -> int:
        return hash((type(self), self.text))


class Number(Scalar):
    """A plain scalar that the core schema reads as an integer or a float."""

    __slots__ = ()


class Boolean(Scalar):
    """A plain scalar that the core schema reads as true or false."""

    __slots__ = ()


class Null(Scalar):
    """A plain scalar that the core schema reads as null, or nothing at all (empty text)."""

    __slots__ = ()


Value = str | Scalar | dict[str, "Value"] | list["Value"]
