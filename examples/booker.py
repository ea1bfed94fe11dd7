#!/usr/bin/env python3
"""A booker: asks for taxis, one after another, and follows each ride to its end."""

import random
import sys
import time
import uuid

from common import arguments, sign_in

import baecha

CENTRES = [(37.5665, 126.9780), (37.4979, 127.0276), (37.5563, 126.9236), (37.5133, 127.1001)]


def near(draw: random.Random, centre: baecha.Place) -> baecha.Place:
    return centre[0] + draw.uniform(-0.01, 0.01), centre[1] + draw.uniform(-0.01, 0.01)


def main() -> int:
    parser = arguments("Asks for taxis and follows each ride to its end.")
    parser.add_argument("--rides", type=int, default=3)
    parser.add_argument("--timeout", type=float, default=120, help="seconds for all of them")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    deadline = time.monotonic() + options.timeout
    ends = {}
    with baecha.Client(options.server, name="example-booker", **sign_in(options)) as client:
        stream = client.subscribe("req.*")
        for _ in range(options.rides):
            ride = f"r-{uuid.UUID(int=draw.getrandbits(128))}-{int(time.time())}"
            origin, destination = (near(draw, centre) for centre in draw.sample(CENTRES, 2))
            quote = client.quote(origin)
            print(f"a taxi could be there in {quote.fields.get('eta', '?')} s", flush=True)
            client.request(ride, origin, destination, seats=draw.randint(1, 3), wait="5m")
            ends[ride] = None
        while None in ends.values() and time.monotonic() < deadline:
            event = stream.next(timeout=1)
            if isinstance(event, baecha.Event) and event.id in ends:
                print(event.at, event.kind, event.id, dict(event.fields), flush=True)
                if event.kind in ("req.done", "req.expired", "req.cancelled", "req.noshow"):
                    ends[event.id] = event.kind
    done = list(ends.values()).count("req.done")
    print(f"{done} of {len(ends)} rides done")
    return 0 if done == len(ends) else 1


if __name__ == "__main__":
    sys.exit(main())
