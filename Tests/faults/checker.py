"""Holds what clients were told against the journal: I1 to I5 of docs/RELIABILITY.md."""

from __future__ import annotations

from collections import Counter, defaultdict

from evidence import Asked, Evidence, Stream
from life import OFFER_ENDS, LifeCycle
from wire import Fact, Position, matches

#: The verb's `at=` must point to a fact of this kind.
KINDS = {
    "ON": ("taxi.on",),
    "OFF": ("taxi.off",),
    "BUSY": ("taxi.busy",),
    "FREE": ("taxi.free", "taxi.on"),
    "ACCEPT": ("req.assigned",),
    "DECLINE": ("offer.declined",),
    "ARRIVE": ("req.arrived",),
    "BOARD": ("req.onboard",),
    "DROP": ("req.done",),
    "ABORT": ("req.queued",),
    "REQ": ("req.queued", "req.reserved"),
    "CANCEL": ("req.cancelled",),
    "CHANGE": ("req.changed",),
}
#: Facts that happen once for their subject, whatever else happens.
ONCE = {"req.arrived", "req.onboard", "req.done", "req.cancelled", "req.expired", "req.noshow",
        "offer.declined", "offer.expired", "offer.revoked"}
TERMINAL = {"done": "req.done", "cancelled": "req.cancelled", "expired": "req.expired",
            "noshow": "req.noshow"}


class Violation(tuple):
    """(invariant, what was seen)."""

    def __str__(self) -> str:
        return f"{self[0]}: {self[1]}"


def check(evidence: Evidence) -> list[Violation]:
    found: list[Violation] = []
    found += _journal(evidence)
    found += _kept(evidence)
    found += _asked_for(evidence)
    found += [Violation(("I3", text)) for text in LifeCycle().follow(evidence.journal)]
    for stream in evidence.streams:
        found += _stream(evidence, stream)
    found += _answers(evidence)
    return found


def _journal(evidence: Evidence) -> list[Violation]:
    """Facts are numbered without a hole, in epochs that only grow, and single ones are single."""
    found = []
    last: Position | None = None
    for fact in evidence.journal:
        if last and (fact.at.sequence != last.sequence + 1 or fact.at.epoch < last.epoch):
            found.append(Violation(("I1", f"the journal goes from {last} to {fact.at}")))
        last = fact.at
    counts: Counter[str] = Counter()
    for fact in evidence.journal:
        if fact.kind in ONCE:
            counts[f"{fact.kind} {fact.id}"] += 1
        elif fact.kind == "req.assigned" and "offer" in fact.pairs:
            counts[f"req.assigned of offer {fact.pairs['offer']}"] += 1
        elif fact.kind in ("req.queued", "req.reserved") and "why" not in fact.pairs:
            counts[f"{fact.kind} {fact.id}"] += 1
    found += [Violation(("I1", f"{name} is in the journal {n} times"))
              for name, n in counts.items() if n > 1]
    return found


def _subject(asked: Asked) -> str:
    return asked.args[0]


def _is_of(asked: Asked, fact: Fact) -> bool:
    """Whether the fact is what the line asked for."""
    if fact.kind not in KINDS[asked.verb]:
        return False
    if asked.verb == "ACCEPT":
        return fact.pairs.get("offer") == _subject(asked)
    if asked.verb == "ABORT":
        return fact.id == _subject(asked) and "why" in fact.pairs
    if asked.verb == "REQ":
        return fact.id == _subject(asked) and "why" not in fact.pairs
    if asked.verb == "BUSY":
        return fact.id == _subject(asked) and fact.pairs.get("reason") == asked.pairs.get("reason")
    if asked.verb == "CHANGE":
        wanted = str(int(asked.pairs["v"]) + 1)
        return fact.id == _subject(asked) and fact.pairs.get("v", wanted) == wanted
    return fact.id == _subject(asked)


def _kept(evidence: Evidence) -> list[Violation]:
    """I1, and the half of I5 about OK: every OK points to the fact that made it true."""
    by_sequence = {fact.at.sequence: fact for fact in evidence.journal}
    first = evidence.journal[0].at.sequence if evidence.journal else 1
    found = []
    for asked in evidence.asked:
        if not asked.is_ok or "at" not in asked.answer:
            continue
        at = Position.read(asked.answer["at"])
        fact = by_sequence.get(at.sequence)
        told = f"{asked.client}: {asked.line} was answered OK at={at}"
        if fact is None:
            if at.sequence >= first:
                found.append(Violation(("I1", f"{told}, which the journal does not have")))
        elif fact.at != at:
            found.append(Violation(("I1", f"{told}, where the journal has {fact}")))
        elif not _is_of(asked, fact):
            found.append(Violation(("I5", f"{told}, where the journal has {fact}")))
    offered: dict[str, Fact] = {}
    ended: dict[str, Fact] = {}
    for one in evidence.journal:
        if one.kind == "req.offered" and "offer" in one.pairs:
            offered[one.pairs["offer"]] = one
        elif one.kind in OFFER_ENDS or one.kind == "req.assigned":
            ended[one.pairs.get("offer", one.id)] = one
    for pushed in evidence.pushed:
        at = Position.read(pushed.at)
        fact = by_sequence.get(at.sequence)
        told = f"{pushed.client} got {pushed.word} {' '.join(pushed.args)} at={at}"
        if fact is None or fact.at != at:
            found.append(Violation(("I1", f"{told}, where the journal has {fact or 'nothing'}")))
        elif pushed.word == "OFFER":
            offer, taxi, ride = pushed.args[:3]
            made = offered.get(offer)
            if made is None or (made.id, made.pairs.get("taxi")) != (ride, taxi):
                found.append(Violation(("I5", f"{told}, the journal has {made or 'no such offer'}")))
            elif pushed.again:
                end = ended.get(offer)
                if not made.at.sequence <= at.sequence or end and end.at.sequence <= at.sequence:
                    found.append(Violation(("I5", f"{told} again, after {end}")))
            elif made.at != at:
                found.append(Violation(("I5", f"{told}, where the journal has {fact}")))
    return found


def _asked_for(evidence: Evidence) -> list[Violation]:
    """I2: of what only a client can cause, nothing is there that no client asked for."""
    lines: dict[tuple[str, str], list[Asked]] = defaultdict(list)
    for asked in evidence.asked:
        lines[asked.verb, _subject(asked)].append(asked)
    found = []
    for fact in evidence.journal:
        verbs = _causes(fact)
        if verbs is None:
            continue
        wanted = [asked for verb, subject in verbs for asked in lines.get((verb, subject), [])]
        if not any(_agrees(asked, fact) for asked in wanted):
            found.append(Violation(("I2", f"nobody asked for {fact}")))
    return found


def _causes(fact: Fact) -> list[tuple[str, str]] | None:
    """The lines that can have caused the fact; None = the server may by itself."""
    match fact.kind:
        case "req.queued" | "req.reserved":
            why = fact.pairs.get("why")
            if why is None:
                return [("REQ", fact.id)]
            return [("ABORT", fact.id)] if why == "abort" else None
        case "req.assigned":
            return [("ACCEPT", fact.pairs["offer"])] if "offer" in fact.pairs else None
        case "req.arrived":
            return [("ARRIVE", fact.id)]
        case "req.onboard":
            return [("BOARD", fact.id)]
        case "req.done":
            return [("DROP", fact.id)]
        case "req.cancelled":
            return [("CANCEL", fact.id)]
        case "req.changed":
            return [("CHANGE", fact.id)]
        case "offer.declined":
            return [("DECLINE", fact.id)]
        case "taxi.on":
            return [("ON", fact.id)]
        case "taxi.off":
            return [("OFF", fact.id)] if fact.pairs.get("why") == "driver" else None
        case "taxi.busy":
            return [("BUSY", fact.id)]
        case "taxi.free":
            return [("FREE", fact.id)]
    return None


def _agrees(asked: Asked, fact: Fact) -> bool:
    if asked.verb == "REQ":
        return _same_point(asked.args[1], fact.pairs.get("from", asked.args[1]))
    if asked.verb in ("ARRIVE", "BOARD", "DROP", "ABORT"):
        return fact.pairs.get("taxi", asked.args[1]) == asked.args[1]
    return True


def _same_point(one: str, other: str) -> bool:
    return [float(x) for x in one.split(",")] == [float(x) for x in other.split(",")]


def _stream(evidence: Evidence, stream: Stream) -> list[Violation]:
    """I4: from its start on, the journal, filtered, in order, without a gap that was not told."""
    start = Position.read(stream.start).sequence
    told = [(Position.read(a).sequence, Position.read(b).sequence) for a, b in stream.told_gaps]
    wanted = [
        fact for fact in evidence.journal
        if fact.at.sequence > start and matches(stream.kinds, fact.kind)
        and not any(a < fact.at.sequence <= b for a, b in told)
    ]
    got = [Fact(Position.read(at), kind, id, pairs) for at, kind, id, pairs in stream.events]
    name = f"{stream.client} ({stream.kinds})"
    found = []
    missing = {f.at for f in wanted} - {f.at for f in got}
    if missing:
        first = min(missing, key=lambda at: at.sequence)
        found.append(Violation(("I4", f"{name} never got {len(missing)} facts, such as {first}")))
    places = {f.at for f in wanted}
    extra = [f for f in got if f.at not in places]
    if extra:
        found.append(Violation(("I4", f"{name} got {len(extra)} events that are not in the journal,"
                                      f" such as {extra[0]}")))
    for before, after in zip(got, got[1:]):
        if after.at.sequence <= before.at.sequence:
            found.append(Violation(("I4", f"{name} got {after.at} after {before.at}")))
            break
    by_position = {f.at: f for f in wanted}
    for event in got:
        fact = by_position.get(event.at)
        if fact and not _tells(event, fact):
            found.append(Violation(("I4", f"{name} got {event}, the journal has {fact}")))
            break
    return found


def _tells(event: Fact, fact: Fact) -> bool:
    if (event.kind, event.id) != (fact.kind, fact.id):
        return False
    return all(fact.pairs.get(key, value) == value for key, value in event.pairs.items())


def _answers(evidence: Evidence) -> list[Violation]:
    """The rest of I5: refusals and readings that the journal contradicts."""
    assigned = {f.pairs["offer"] for f in evidence.journal
                if f.kind == "req.assigned" and "offer" in f.pairs}
    ends = {f.id: f.kind for f in evidence.journal if f.kind in TERMINAL.values()}
    requested = {f.id for f in evidence.journal if f.kind in ("req.queued", "req.reserved")}
    forgotten = {f.id for f in evidence.journal if f.kind == "req.forgotten"}
    acknowledged = {a.args[0] for a in evidence.asked if a.verb == "REQ" and a.is_ok}
    found = []
    for asked in evidence.asked:
        told = f"{asked.client}: {asked.line} was answered {asked.outcome}"
        if asked.verb == "ACCEPT" and asked.outcome.startswith(("ERR 410", "ERR 404")):
            if _subject(asked) in assigned:
                found.append(Violation(("I5", f"{told}, yet the journal has the assignment")))
        if asked.verb in ("CANCEL", "CHANGE") and asked.outcome == "ERR 404 unknown":
            if _subject(asked) in acknowledged - forgotten:
                found.append(Violation(("I5", f"{told}, yet the request had been acknowledged")))
    for read in evidence.reads:
        if read.outcome != "OK":
            if read.id in requested - forgotten:
                found.append(Violation(("I5", f"GET REQ {read.id} is {read.outcome}, "
                                              "yet the journal has it")))
        elif ends.get(read.id, "") != TERMINAL.get(read.state, ""):
            found.append(Violation(("I5", f"GET REQ {read.id} says {read.state}, the journal "
                                          f"{ends.get(read.id, 'no end')}")))
    return found
