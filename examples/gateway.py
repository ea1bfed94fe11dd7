#!/usr/bin/env python3
"""A gateway: moves taxis as a file recorded them, and drives for whoever is offered to them.

Taxis accept every offer after a moment; the pickup and the ride take --drive seconds each. The file
has the columns second,taxi,latitude,longitude,heading,speed and is played over and over.
"""

import asyncio
import csv
from pathlib import Path

from common import arguments, sign_in

import baecha


async def drive(client: baecha.AsyncClient, offer: baecha.Offer, seconds: float) -> None:
    try:
        await asyncio.sleep(min(0.3, seconds))
        await client.accept(offer.offer)
        print(f"{offer.taxi} drives to {offer.ride}", flush=True)
        await asyncio.sleep(seconds)
        await client.arrive(offer.ride, offer.taxi)
        await client.board(offer.ride, offer.taxi)
        await asyncio.sleep(seconds)
        await client.drop(offer.ride, offer.taxi, distance=5400)
        print(f"{offer.taxi} has brought {offer.ride}", flush=True)
    except baecha.BaechaError as error:
        # The rider cancelled, or the offer's time ran out: nothing that a driver could mend.
        print(f"{offer.taxi} and {offer.ride}: {error}", flush=True)


async def report(client: baecha.AsyncClient, track: list, speed: float) -> None:
    number = 0
    while True:
        began = asyncio.get_running_loop().time()
        for row in track:
            wait = began + float(row["second"]) / speed - asyncio.get_running_loop().time()
            if wait > 0:
                await client.drain()
                await asyncio.sleep(wait)
            number += 1
            client.position(row["taxi"], (float(row["latitude"]), float(row["longitude"])),
                            number=number, heading=float(row["heading"]), speed=float(row["speed"]))


async def main() -> None:
    parser = arguments("Moves taxis as a file recorded them, and accepts what is offered.")
    parser.add_argument("--track", type=Path, default=Path(__file__).with_name("taxis.csv"))
    parser.add_argument("--speed", type=float, default=1, help="how many times as fast as recorded")
    parser.add_argument("--drive", type=float, default=5, help="seconds to the pickup, and of the ride")
    options = parser.parse_args()
    with options.track.open(newline="") as file:
        track = list(csv.DictReader(file))
    async with baecha.AsyncClient(options.server, name="example-gateway", **sign_in(options)) as client:
        first = {}
        for row in track:
            first.setdefault(row["taxi"], (float(row["latitude"]), float(row["longitude"])))
        for taxi, place in first.items():
            await client.taxi_on(taxi, place)
        print(f"{len(first)} taxis on, {client.banner.region}", flush=True)
        tasks = {asyncio.create_task(report(client, track, options.speed))}
        async for push in client.pushes():
            if isinstance(push, baecha.Offer):
                tasks.add(asyncio.create_task(drive(client, push, options.drive)))


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
