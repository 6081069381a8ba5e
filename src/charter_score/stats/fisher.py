"""Fisher's exact test of a table of two by two."""

from fractions import Fraction
from math import comb


def fisher_exact(first: tuple[int, int], second: tuple[int, int]) -> Fraction:
    """How likely a table as uneven as this one is by chance, its sums given; two-sided, exact.

    Each row is how many of one kind and how many of the other. With the sums of rows and columns
    fixed, the first cell is hypergeometric: P(a) = C(r₁, a)·C(r₂, c₁ − a) / C(n, c₁). The answer is
    the sum over every table that is no more likely than the one seen.

    Source: Fisher 1935, The Logic of Inductive Inference; the two-sided sum after Freeman and
    Halton 1951.
    """
    one, other = sum(first), sum(second)
    column = first[0] + second[0]
    ways = [
        comb(one, a) * comb(other, column - a)
        for a in range(max(0, column - other), min(one, column) + 1)
    ]
    seen = comb(one, first[0]) * comb(other, second[0])
    return Fraction(sum(way for way in ways if way <= seen), sum(ways))
