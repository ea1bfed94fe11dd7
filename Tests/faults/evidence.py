"""What a run leaves behind: what clients asked and were told, and what the journal holds."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from wire import Fact, Position


@dataclass
class Asked:
    """One changing line of a client, from its first sending to its last answer."""

    client: str
    verb: str
    args: list[str]
    pairs: dict[str, str]
    #: `OK`, `ERR 409 state`, or empty as long as the outcome is unknown.
    outcome: str = ""
    answer: dict[str, str] = field(default_factory=dict)
    tries: int = 0

    @property
    def is_ok(self) -> bool:
        return self.outcome == "OK"

    @property
    def line(self) -> str:
        pairs = "".join(f" {key}={value}" for key, value in self.pairs.items())
        return f"{self.verb} {' '.join(self.args)}{pairs}"


@dataclass
class Pushed:
    """An OFFER or a REVOKE that a gateway got."""

    client: str
    word: str
    args: list[str]
    at: str
    #: Sent again to a taxi that came back: `at=` is the position when it was sent.
    again: bool = False


@dataclass
class Stream:
    """All that one subscriber got, over all its connections."""

    client: str
    kinds: str
    #: Exclusive.
    start: str
    events: list[list]
    #: What the server itself said was left out: from (exclusive), to.
    told_gaps: list[list[str]]
    resumes: int = 0


@dataclass
class Read:
    """A GET REQ made when all was quiet."""

    id: str
    outcome: str
    state: str


@dataclass
class Evidence:
    journal: list[Fact] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    pushed: list[Pushed] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)

    def write(self, path: str) -> None:
        whole = asdict(self)
        whole["journal"] = [[str(f.at), f.kind, f.id, f.pairs] for f in self.journal]
        with open(path, "w", encoding="utf-8") as file:
            json.dump(whole, file, separators=(",", ":"))
            file.write("\n")

    @staticmethod
    def load(path: str) -> "Evidence":
        with open(path, encoding="utf-8") as file:
            whole = json.load(file)
        return Evidence(
            [Fact(Position.read(at), kind, id, pairs) for at, kind, id, pairs in whole["journal"]],
            [Asked(**one) for one in whole["asked"]],
            [Pushed(**one) for one in whole["pushed"]],
            [Stream(**one) for one in whole["streams"]],
            [Read(**one) for one in whole["reads"]],
        )
