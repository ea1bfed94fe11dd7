"""I3: at every position a taxi has at most one open offer or ride, a request at most one taxi."""

from __future__ import annotations

from typing import Iterable, Iterator

from wire import Fact

ENDS = ("req.done", "req.cancelled", "req.expired", "req.noshow")
OFFER_ENDS = ("offer.declined", "offer.expired", "offer.revoked")


class LifeCycle:
    """Follows a journal from its first fact, knowing only what the protocol says of each kind."""

    def __init__(self) -> None:
        self.taxis: set[str] = set()
        #: offer: (request, taxi)
        self.open: dict[str, tuple[str, str]] = {}
        self.offer_of_taxi: dict[str, str] = {}
        self.offer_of_request: dict[str, str] = {}
        self.taxi_of_request: dict[str, str] = {}
        self.request_of_taxi: dict[str, str] = {}
        self.requests: set[str] = set()
        self.ended: set[str] = set()

    def follow(self, facts: Iterable[Fact]) -> Iterator[str]:
        for fact in facts:
            for wrong in self.take(fact):
                yield f"at {fact.at}, {fact.kind} {fact.id}: {wrong}"

    def take(self, fact: Fact) -> list[str]:
        kind = fact.kind
        if kind.startswith("req."):
            return self._request(fact)
        if kind in OFFER_ENDS:
            if fact.id not in self.open:
                return ["the offer is not open"]
            self._close(fact.id)
        elif kind == "taxi.on":
            if fact.id in self.taxis:
                return ["the taxi is on already"]
            self.taxis.add(fact.id)
        elif kind == "taxi.off":
            if fact.id not in self.taxis:
                return ["the taxi is not on"]
            self.taxis.discard(fact.id)
            if held := self._held(fact.id):
                return [f"the taxi leaves with {held}"]
        return []

    def _request(self, fact: Fact) -> list[str]:
        kind, request = fact.kind, fact.id
        if kind == "req.forgotten":
            self.ended.discard(request)
            self.requests.discard(request)
            return []
        if request in self.ended:
            return ["the request has ended"]
        if kind in ("req.queued", "req.reserved") and "why" not in fact.pairs:
            if request in self.requests:
                return ["the request is there already"]
            self.requests.add(request)
            return []
        if request not in self.requests:
            return ["there is no such request"]
        match kind:
            case "req.offered":
                return self._offered(fact)
            case "req.assigned":
                return self._assigned(fact)
            case "req.queued":
                self._free(request)
            case "req.arrived" | "req.onboard":
                if request not in self.taxi_of_request:
                    return ["the request has no taxi"]
            case _ if kind in ENDS:
                wrong = []
                if request in self.offer_of_request:
                    wrong = [f"offer {self.offer_of_request[request]} is still open"]
                if kind == "req.done" and request not in self.taxi_of_request:
                    wrong = ["the request has no taxi"]
                self._free(request)
                self.ended.add(request)
                return wrong
        return []

    def _offered(self, fact: Fact) -> list[str]:
        request = fact.id
        offer, taxi = fact.pairs.get("offer"), fact.pairs.get("taxi")
        if offer is None or taxi is None:
            return ["the offer or its taxi is not named"]
        wrong = []
        if taxi not in self.taxis:
            wrong.append(f"taxi {taxi} is not on")
        if held := self._held(taxi):
            wrong.append(f"taxi {taxi} has {held}")
        if request in self.offer_of_request:
            wrong.append(f"offer {self.offer_of_request[request]} is open too")
        if offer in self.open:
            wrong.append(f"offer {offer} is open already")
        self.open[offer] = (request, taxi)
        self.offer_of_taxi[taxi] = offer
        self.offer_of_request[request] = offer
        return wrong

    def _assigned(self, fact: Fact) -> list[str]:
        request, taxi, offer = fact.id, fact.pairs.get("taxi", ""), fact.pairs.get("offer")
        wrong = []
        if offer is not None:
            if self.open.get(offer) != (request, taxi):
                wrong.append(f"offer {offer} is {self.open.get(offer, 'not open')}")
            self._close(offer)
        if held := self._held(taxi):
            wrong.append(f"taxi {taxi} has {held}")
        # A better taxi takes over: the one before is free by that.
        self._free(request)
        self.taxi_of_request[request] = taxi
        self.request_of_taxi[taxi] = request
        return wrong

    def _held(self, taxi: str) -> str:
        if taxi in self.offer_of_taxi:
            return f"open offer {self.offer_of_taxi[taxi]}"
        if taxi in self.request_of_taxi:
            return f"ride {self.request_of_taxi[taxi]}"
        return ""

    def _close(self, offer: str) -> None:
        request, taxi = self.open.pop(offer, ("", ""))
        if self.offer_of_taxi.get(taxi) == offer:
            del self.offer_of_taxi[taxi]
        if self.offer_of_request.get(request) == offer:
            del self.offer_of_request[request]

    def _free(self, request: str) -> None:
        taxi = self.taxi_of_request.pop(request, None)
        if taxi is not None and self.request_of_taxi.get(taxi) == request:
            del self.request_of_taxi[taxi]
