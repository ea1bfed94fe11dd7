"""Gateways that drive, bookers that order, subscribers that listen."""

from __future__ import annotations

import time

from client import Client
from evidence import Asked, Pushed, Read, Stream
from wire import Line, Position

#: Where taxis and riders are: a piece of Seoul small enough that each rider has taxis near.
SOUTH, WEST, SIDE = 37.50, 126.92, 0.08


def some_point(random) -> str:
    return f"{SOUTH + random.random() * SIDE:.6f},{WEST + random.random() * SIDE:.6f}"


class Gateway(Client):
    """Speaks for taxis: accepts most offers, declines some, sleeps through some, and drives."""

    def __init__(self, name, addresses, seed, log, taxis: int, pushed: list[Pushed],
                 pace: float = 1.0) -> None:
        super().__init__(name, addresses, seed, log)
        self.taxis = [f"{name}-t{number}" for number in range(taxis)]
        self.places = {taxi: some_point(self.random) for taxi in self.taxis}
        self.number = 0
        self.pushed = pushed
        self.pace = pace
        self.answered: set[str] = set()
        self.rides_done = 0
        self.cursor = 0
        self.is_driving = True
        self.rebound: float | None = None

    def opened(self) -> None:
        """Each taxi is this connection's from its ON on."""
        self.rebound = None
        left = len(self.taxis)

        def counted(_: Asked) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                self.rebound = time.monotonic()

        # An ON that is still unanswered from before the cut is replaced by this one.
        for asked in [a for a in self.backlog if a.verb == "ON"]:
            self.backlog.remove(asked)
            self.done.pop(id(asked), None)
        for taxi in self.taxis:
            self.ask("ON", taxi, self.places[taxi], seats=4, done=counted)

    def tick(self, share: float) -> None:
        """Sends positions of this share of the taxis."""
        lines = []
        for _ in range(max(1, int(len(self.taxis) * share))):
            taxi = self.taxis[self.cursor % len(self.taxis)]
            self.cursor += 1
            self.number += 1
            lines.append(f"P {taxi} {self.places[taxi]} n={self.number}\n")
        self.send_unasked("".join(lines))

    def pause_one(self) -> None:
        if not self.is_driving or len(self.backlog) > 200:
            return
        taxi = self.random.choice(self.taxis)

        def free(asked: Asked) -> None:
            if asked.is_ok:
                self.later(0.3, lambda: self.ask("FREE", taxi))

        self.ask("BUSY", taxi, reason="break", done=free)

    def told(self, line: Line) -> None:
        if line.word not in ("OFFER", "REVOKE"):
            return
        self.pushed.append(Pushed(self.name, line.word, line.args, line.pairs["at"],
                                  "again" in line.pairs))
        if line.word == "OFFER" and self.is_driving and line.args[0] not in self.answered:
            self.answered.add(line.args[0])
            draw = self.random.random()
            if draw < 0.92:
                self._after(0.1, self._accept, line.args[0], line.args[1])
            elif draw < 0.96:
                self._after(0.1, self._decline, line.args[0])

    def _after(self, seconds: float, *call) -> None:
        self.later(seconds * self.pace * (0.5 + self.random.random()), *call)

    def _decline(self, offer: str) -> None:
        self.ask("DECLINE", offer, reason="far")

    def _accept(self, offer: str, taxi: str) -> None:
        def assigned(asked: Asked) -> None:
            if not asked.is_ok or not self.is_driving:
                return
            ride = asked.answer["rid"]
            if self.random.random() < 0.02:
                self._after(0.2, self._step, ("ABORT",), ride, taxi)
            else:
                self._after(0.3, self._step, ("ARRIVE", "BOARD", "DROP"), ride, taxi)

        self.ask("ACCEPT", offer, done=assigned)

    def _step(self, steps: tuple[str, ...], ride: str, taxi: str) -> None:
        def stepped(asked: Asked) -> None:
            if not asked.is_ok or not self.is_driving:
                return
            if len(steps) > 1:
                self._after(0.3, self._step, steps[1:], ride, taxi)
            else:
                self.rides_done += 1

        self.ask(steps[0], ride, taxi, done=stepped)


class Booker(Client):
    """Orders rides, cancels some, changes some. Gives up ordering while 200 lines wait."""

    def __init__(self, name, addresses, seed, log) -> None:
        super().__init__(name, addresses, seed, log)
        self.count = 0
        self.not_asked = 0

    def order(self) -> None:
        if len(self.backlog) + len(self.waiting) >= 200:
            self.not_asked += 1
            return
        self.count += 1
        ride = f"{self.name}-r{self.count}"
        draw = self.random.random()

        def ordered(asked: Asked) -> None:
            if not asked.is_ok:
                return
            if draw < 0.03:
                self.later(self.random.random(), lambda: self.ask("CANCEL", ride, by="rider"))
            elif draw < 0.05:
                to = some_point(self.random)
                self.later(self.random.random(), lambda: self.ask("CHANGE", ride, v=1, to=to))

        self.ask("REQ", ride, some_point(self.random), some_point(self.random), seats=1,
                 wait="30s", t=int(time.time() * 1000), done=ordered)


class Subscriber(Client):
    """Takes events, and after each cut goes on behind the last one it has."""

    def __init__(self, name, addresses, seed, kinds: str, start: str = "first",
                 narrow: str = "") -> None:
        super().__init__(name, addresses, seed, [])
        self.kinds, self.start, self.narrow = kinds, start, narrow
        self.first: str | None = None
        self.last: str | None = None
        self.events: list[list] = []
        self.gaps: list[list[str]] = []
        self.refused: list[str] = []

    def opened(self) -> None:
        place = self.last or self.first or self.start
        self.send_unasked(f"#s SUB s {self.kinds}{self.narrow} from={place}\n")

    def told(self, line: Line) -> None:
        if line.word == "EV" and line.args[0] == "s":
            _, at, kind, name = line.args[:4]
            self.events.append([at, kind, name, line.pairs])
            self.last = at
        elif line.word == "OK" and "from" in line.pairs:
            if self.first is None:
                self.first = line.pairs["from"]
        elif line.word == "GAP":
            self.gaps.append([line.pairs["from"], line.pairs["to"]])
            self.last = line.pairs["to"]
        elif line.word == "ERR" and line.args[1] == "trimmed" and self.last:
            # Told, so not silent: what is left out is between these two.
            before = Position.read(line.pairs["first"])
            self.gaps.append([self.last, str(before)])
            self.last = str(before)
            self.opened()
        elif line.word == "ERR" and line.args[0] in ("504", "507"):
            # Of a PING: nothing is lost by it. Of the SUB: whether it holds is not known.
            if line.tag:
                self.leave()
        elif line.word == "ERR":
            self.refused.append(" ".join([*line.args[:2], *(
                f"{key}={value}" for key, value in line.pairs.items() if key in ("at", "first"))]))

    @property
    def reached(self) -> int:
        return Position.read(self.last).sequence if self.last else 0

    @property
    def stream(self) -> Stream:
        return Stream(self.name, self.kinds, self.first or "0-0", self.events, self.gaps,
                      self.connects - 1)


class Reader(Client):
    """Reads states when all is quiet."""

    def __init__(self, name, addresses, seed) -> None:
        super().__init__(name, addresses, seed, [])
        self.reads: list[Read] = []

    def read(self, ride: str) -> None:
        def take(asked: Asked) -> None:
            self.reads.append(Read(ride, asked.outcome, asked.answer.get("state", "")))

        self.ask("GET", "REQ", ride, done=take, recorded=False)
