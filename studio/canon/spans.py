"""Spans of whole numbers: years of age, steps of length."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """From the least to the most that a word allows, both included."""

    low: int
    high: int

    def meets(self, other: "Span") -> bool:
        """Whether some number is in both."""
        return self.low <= other.high and other.low <= self.high

    def within(self, other: "Span") -> "Span":
        """What both allow, or this one where they share nothing."""
        if not self.meets(other):
            return self
        return Span(max(self.low, other.low), min(self.high, other.high))


def span_of(text: str) -> Span:
    """The span that is written `low-high`."""
    low, _, high = text.partition("-")
    return Span(int(low), int(high))
