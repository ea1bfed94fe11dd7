"""Lines of blp/1, read fast: no more of docs/PROTOCOL.md than the fault matrix needs."""

from __future__ import annotations

from typing import NamedTuple


class Line(NamedTuple):
    tag: str | None
    word: str
    args: list[str]
    pairs: dict[str, str]


def parse(text: str) -> Line:
    words = text.split()
    tag = None
    if words[0][0] == "#":
        tag = words.pop(0)[1:]
    args: list[str] = []
    pairs: dict[str, str] = {}
    for word in words[1:]:
        key, equals, value = word.partition("=")
        if equals:
            pairs[key] = value
        else:
            args.append(word)
    return Line(tag, words[0], args, pairs)


class Position(NamedTuple):
    """`epoch-sequence`. Sequences count facts and never start again, so they alone give the order."""

    epoch: int
    sequence: int

    @staticmethod
    def read(text: str) -> "Position":
        epoch, _, sequence = text.partition("-")
        return Position(int(epoch), int(sequence))

    def __str__(self) -> str:
        return f"{self.epoch}-{self.sequence}"


class Fact(NamedTuple):
    """One line of the journal, or one event of a stream: the same thing seen twice."""

    at: Position
    kind: str
    id: str
    pairs: dict[str, str]

    def __str__(self) -> str:
        pairs = "".join(f" {key}={value}" for key, value in self.pairs.items())
        return f"{self.at} {self.kind} {self.id}{pairs}"


def matches(kinds: str, kind: str) -> bool:
    """Whether a subscription to `kinds`, such as `req.*,taxi.on`, gets a fact of this kind."""
    return any(
        kind.startswith(wanted[:-1]) if wanted.endswith("*") else kind == wanted
        for wanted in kinds.split(",")
    )
