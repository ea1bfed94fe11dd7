"""Shows that the checker catches what it is there for: faults planted in the record of a sound run."""

from __future__ import annotations

import copy
import os
from typing import Callable

from checker import check
from evidence import Asked, Evidence
from wire import Fact, Position

RECORD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "recorded.json")


def _renumbered(journal: list[Fact]) -> list[Fact]:
    """Without holes again, as a journal that lost a fact silently would be."""
    first = journal[0].at.sequence
    return [fact._replace(at=Position(fact.at.epoch, first + n)) for n, fact in enumerate(journal)]


def _index(evidence: Evidence, kind: str, nth: int = 3) -> int:
    return [i for i, fact in enumerate(evidence.journal) if fact.kind == kind][nth]


def loss_at_the_end(e: Evidence) -> None:
    del e.journal[-5:]


def loss_in_the_middle(e: Evidence) -> None:
    del e.journal[_index(e, "req.queued")]


def loss_renumbered(e: Evidence) -> None:
    del e.journal[_index(e, "req.done")]
    e.journal[:] = _renumbered(e.journal)


def acknowledged_never_kept(e: Evidence) -> None:
    end = e.journal[-1].at
    e.asked.append(Asked("b0", "REQ", ["b0-lost", "37.5,126.95", "37.51,126.96"], {}, "OK",
                         {"at": str(Position(end.epoch, end.sequence + 1)), "state": "queued"}, 1))


def fact_nobody_asked_for(e: Evidence) -> None:
    end = e.journal[-1].at
    e.journal.append(Fact(Position(end.epoch, end.sequence + 1), "req.queued", "ghost",
                          {"from": "37.5,126.95"}))


def double_append(e: Evidence) -> None:
    at = _index(e, "req.assigned")
    e.journal.insert(at + 1, e.journal[at])
    e.journal[:] = _renumbered(e.journal)


def double_match_of_a_taxi(e: Evidence) -> None:
    """The next offer goes to a taxi that has a ride."""
    at = _index(e, "req.assigned")
    taxi = e.journal[at].pairs["taxi"]
    ends = {"req.done", "req.cancelled", "req.queued"}
    for i in range(at + 1, len(e.journal)):
        fact = e.journal[i]
        if fact.kind in ends and fact.id == e.journal[at].id:
            break
        if fact.kind == "req.offered":
            e.journal[i] = fact._replace(pairs={**fact.pairs, "taxi": taxi})
            return
    raise AssertionError("the record has no offer during that ride")


def two_taxis_for_a_request(e: Evidence) -> None:
    """A second offer for a request whose first is still open."""
    offers = [i for i, f in enumerate(e.journal) if f.kind == "req.offered"]
    one, two = offers[3], offers[4]
    e.journal[two] = e.journal[two]._replace(id=e.journal[one].id)


def gap_in_a_stream(e: Evidence) -> None:
    del e.streams[0].events[20]


def gap_at_a_resume(e: Evidence) -> None:
    del e.streams[1].events[3:6]


def event_twice(e: Evidence) -> None:
    e.streams[0].events.insert(21, e.streams[0].events[20])


def events_swapped(e: Evidence) -> None:
    events = e.streams[0].events
    events[20], events[21] = events[21], events[20]


def event_of_nothing(e: Evidence) -> None:
    at = Position.read(e.streams[0].events[-1][0])
    e.streams[0].events.append([str(Position(at.epoch, at.sequence + 9)), "req.done", "x", {}])


def event_with_another_taxi(e: Evidence) -> None:
    event = next(one for one in e.streams[0].events if one[1] == "req.assigned")
    event[3] = {**event[3], "taxi": "other"}


def answer_at_another_fact(e: Evidence) -> None:
    oks = [a for a in e.asked if a.verb == "REQ" and a.is_ok]
    oks[3].answer = {**oks[3].answer, "at": oks[4].answer["at"]}


def answer_of_another_epoch(e: Evidence) -> None:
    ok = next(a for a in e.asked if a.verb == "REQ" and a.is_ok)
    at = Position.read(ok.answer["at"])
    ok.answer = {**ok.answer, "at": str(Position(at.epoch + 1, at.sequence))}


def offer_seen_before_kept(e: Evidence) -> None:
    end = e.journal[-1].at
    e.pushed[-1].at = str(Position(end.epoch, end.sequence + 3))


def accepted_yet_refused(e: Evidence) -> None:
    next(a for a in e.asked if a.verb == "ACCEPT" and a.is_ok).outcome = "ERR 410 expired"


def state_read_wrong(e: Evidence) -> None:
    next(read for read in e.reads if read.state == "done").state = "queued"


def request_forgotten(e: Evidence) -> None:
    e.reads[0].outcome = "ERR 404 unknown"


#: What is planted, and the invariant that must be named among what is found.
PLANTS: list[tuple[Callable[[Evidence], None], str]] = [
    (loss_at_the_end, "I1"), (loss_in_the_middle, "I1"), (loss_renumbered, "I1"),
    (acknowledged_never_kept, "I1"), (fact_nobody_asked_for, "I2"), (double_append, "I1"),
    (double_match_of_a_taxi, "I3"), (two_taxis_for_a_request, "I3"),
    (gap_in_a_stream, "I4"), (gap_at_a_resume, "I4"), (event_twice, "I4"), (events_swapped, "I4"),
    (event_of_nothing, "I4"), (event_with_another_taxi, "I4"),
    (answer_at_another_fact, "I5"), (answer_of_another_epoch, "I1"),
    (offer_seen_before_kept, "I1"), (accepted_yet_refused, "I5"), (state_read_wrong, "I5"),
    (request_forgotten, "I5"),
]


def self_test() -> bool:
    sound = Evidence.load(RECORD)
    found = check(sound)
    print(f"the record as it is: {len(sound.journal)} facts, {len(sound.asked)} lines, "
          f"{'nothing found' if not found else found[0]}")
    passed = not found
    for plant, invariant in PLANTS:
        evidence = copy.deepcopy(sound)
        plant(evidence)
        found = check(evidence)
        named = [violation for violation in found if violation[0] == invariant]
        passed = passed and bool(named)
        verdict = f"caught: {named[0]}" if named else "NOT CAUGHT"
        print(f"{plant.__name__.replace('_', ' '):26} {verdict[:120]}")
    print("the checker catches all of them" if passed else "THE CHECKER MISSES SOMETHING")
    return passed
