import asyncio
import os
import threading
import time
import unittest

import baecha
from tests.fake import KEY, SECRET, Cutter, FakeServer

SEOUL = (37.5665, 126.9780)


class ClientTests(unittest.IsolatedAsyncioTestCase):
    def client(self, port, **options):
        options.setdefault("backoff", (0.001, 0.02))
        return baecha.AsyncClient("127.0.0.1", port, **options)

    async def test_signs_in_by_mac(self):
        async with FakeServer(auth="mac") as server:
            async with self.client(server.port, key=KEY, secret=SECRET, name="gw7") as client:
                self.assertEqual(client.banner.auth, ("mac",))
                self.assertEqual((await client.request("r1", SEOUL)).state, "queued")

    async def test_a_wrong_secret_is_told_and_not_tried_again(self):
        async with FakeServer(auth="mac") as server:
            with self.assertRaises(baecha.BaechaError) as caught:
                await self.client(server.port, key=KEY, secret="00ff").connect()
            self.assertEqual(caught.exception.code, 401)
            await asyncio.sleep(0.1)
            self.assertEqual(server.connections, 1)

    async def test_a_taxi_is_bound_again_where_it_was_last(self):
        async with FakeServer() as server, self.client(server.port) as client:
            await client.taxi_on("t1", SEOUL, seats=6)
            client.position("t1", (37.57, 126.98), number=2, heading=90)
            await client.who()
            server.cut()
            await client.who()
            self.assertIn("ON t1 37.57,126.98 seats=6", server.lines[-2])
            self.assertEqual(server.facts, [("taxi.on", "t1")])
            await client.taxi_off("t1")
            server.cut()
            await client.who()
            self.assertEqual(server.facts, [("taxi.on", "t1"), ("taxi.off", "t1")])

    async def test_errors_are_retried_as_they_say(self):
        async with FakeServer() as server, self.client(server.port) as client:
            server.replies["REQ"] = ["ERR 507 journal retry=same msg=full",
                                     "ERR 429 quota retry=after:10ms msg=slow"]
            await client.request("r1", SEOUL)
            sent = [line.partition("REQ")[2] for line in server.lines if "REQ" in line]
            self.assertEqual(len(sent), 3)
            self.assertEqual(len(set(sent)), 1, "a retry is the identical line, but for its tag")
            server.replies["CANCEL"] = ["ERR 409 late retry=refresh have=onboard msg=late"]
            with self.assertRaises(baecha.BaechaError) as caught:
                await client.cancel("r1")
            self.assertEqual(caught.exception.fields["have"], "onboard")

    async def test_moves_to_the_leader(self):
        async with FakeServer() as standby, FakeServer() as leader:
            standby.replies["REQ"] = [f"ERR 308 moved retry=elsewhere to=127.0.0.1:{leader.port} msg=no"]
            async with self.client(standby.port) as client:
                await client.request("r1", SEOUL)
            self.assertEqual(leader.facts, [("req.queued", "r1")])

    async def test_goes_to_the_port_of_its_region(self):
        async with FakeServer() as seoul, FakeServer() as busan:
            seoul.replies["HELLO"] = [f"ERR 308 moved retry=elsewhere to=127.0.0.1:{busan.port} msg=no"]
            async with self.client(seoul.port, region="busan") as client:
                await client.request("r1", SEOUL)
            self.assertIn("region=busan", seoul.lines[0])
            self.assertEqual((seoul.facts, busan.facts), ([], [("req.queued", "r1")]))

    async def test_a_goodbye_names_where_to_go(self):
        async with FakeServer() as old, FakeServer() as new, self.client(old.port) as client:
            await old.push(f"BYE why=drain at=1-0 to=127.0.0.1:{new.port} after=10ms")
            pushes = client.pushes()
            self.assertEqual((await pushes.__anext__()).why, "drain")
            await asyncio.sleep(0.1)
            await client.request("r1", SEOUL)
            self.assertEqual(new.facts, [("req.queued", "r1")])

    async def test_pushes_are_read(self):
        async with FakeServer() as server, self.client(server.port) as client:
            await server.push("OFFER o9 t12 r77 from=37.567,126.978 eta=180s ttl=12s again=1 at=4-18233 new=1")
            await server.push("NEWS of=tomorrow")
            await server.push("REVOKE o9 why=expired at=4-18251")
            await server.push("GUIDE t12 to=37.5,127 eta=90s until=1763805600123 why=demand")
            pushes = client.pushes()
            offer = await pushes.__anext__()
            self.assertEqual((offer.taxi, offer.pickup, offer.eta, offer.seconds, offer.again),
                             ("t12", (37.567, 126.978), 180, 12, True))
            self.assertEqual((await pushes.__anext__()).why, "expired")
            self.assertEqual((await pushes.__anext__()).to, (37.5, 127.0))

    async def test_a_refused_position_is_counted(self):
        async with FakeServer() as server, self.client(server.port) as client:
            await server.push("ERR 422 swapped retry=never key=point msg=swapped")
            await client.who()
            self.assertEqual(client.refused_positions, 1)
            self.assertEqual(client.last_refusal.name, "swapped")

    async def test_no_server_is_told_in_time(self):
        client = self.client(1, give_up=0.2)
        with self.assertRaises(baecha.ConnectionLost):
            await client.connect()

    async def test_a_silent_server_is_left(self):
        async with FakeServer() as server, self.client(server.port, give_up=60) as client:
            client.banner = None

            async def nothing(*_):
                return None

            answer, server._answer = server._answer, nothing
            client._heard = 0.0  # long ago
            await asyncio.sleep(1.2)
            server._answer = answer
            await client.request("r1", SEOUL)
            self.assertEqual(client.connections, 2)

    async def test_a_trimmed_stream_says_what_is_missing(self):
        async with FakeServer() as server, self.client(server.port) as client:
            stream = await client.subscribe("req.*", start="first")
            await client.request("r1", SEOUL)
            self.assertEqual((await stream.__anext__()).id, "r1")
            server.cut()
            for index in range(5):
                await server.fact("req.queued", f"x{index}")
            server.first = 4
            gap = await stream.__anext__()
            self.assertEqual((type(gap), str(gap.start), str(gap.end)), (baecha.Gap, "1-1", "1-4"))
            self.assertEqual([(await stream.__anext__()).id for _ in range(2)], ["x3", "x4"])

    async def test_a_snapshot_comes_before_what_follows(self):
        async with FakeServer() as server, self.client(server.port) as client:
            await client.taxi_on("t1", SEOUL)
            stream = await client.subscribe("taxi.*", start="snap")
            await client.taxi_on("t2", SEOUL)
            first, second = [await stream.__anext__() for _ in range(2)]
            self.assertEqual((first.what, first.id, second.kind, second.id), ("TAXI", "t1", "taxi.on", "t2"))


class BlockingTests(unittest.TestCase):
    def test_the_blocking_client_does_the_same(self):
        async def serve(ready, done):
            async with FakeServer() as server:
                ready.set_result(server)
                await done.wait()

        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()

        async def begin():
            ready, done = loop.create_future(), asyncio.Event()
            task = loop.create_task(serve(ready, done))
            return await ready, done, task

        server, done, task = asyncio.run_coroutine_threadsafe(begin(), loop).result()
        try:
            with baecha.Client("127.0.0.1", server.port) as client:
                self.assertEqual(client.taxi_on("t1", SEOUL).state, "free")
                client.position("t1", SEOUL)
                stream = client.subscribe("req.*")
                answer = client.request("r1", SEOUL, wait="5m", note="2nd gate")
                self.assertEqual(answer.at, baecha.Position(1, 2))
                self.assertEqual(stream.next(timeout=5).id, "r1")
                self.assertIsNone(stream.next(timeout=0.05))
                self.assertIsNone(client.next_push(timeout=0.05))
                with self.assertRaises(ValueError):
                    client.cancel("r 1")
        finally:
            loop.call_soon_threadsafe(done.set)
            while not task.done():
                time.sleep(0.01)
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


class CutTests(unittest.IsolatedAsyncioTestCase):
    """The promise: each command takes effect exactly once, each event is seen exactly once."""

    cuts = int(os.environ.get("BAECHA_CUTS", "1000"))

    async def play(self, port, host="127.0.0.1"):
        """Requests through a proxy that cuts `cuts` connections at drawn bytes, followed by
        cancellations of half of them; then what a subscriber through the same proxy saw."""
        mark = f"{os.getpid()}-{time.time_ns()}"
        async with Cutter(port, self.cuts, seed=5, host=host) as cutter:
            options = {"backoff": (0.0005, 0.002), "give_up": 120}
            writer = baecha.AsyncClient("127.0.0.1", cutter.port, **options)
            reader = baecha.AsyncClient("127.0.0.1", cutter.port, **options)
            async with writer, reader:
                stream = await reader.subscribe("req.*", start="now")
                count = 0

                async def book():
                    nonlocal count
                    while cutter.left > 0:
                        count += 1
                        ride = f"{mark}-{count}"
                        answer = await writer.request(ride, SEOUL, wait="60m")
                        self.assertEqual(answer.id, ride)
                        await writer.cancel(ride, reason="test")

                await asyncio.gather(*(book() for _ in range(8)))
                seen: dict = {}
                positions = []
                while len(seen) < count or any("req.cancelled" not in kinds for kinds in seen.values()):
                    event = await asyncio.wait_for(stream.__anext__(), 30)
                    self.assertIsInstance(event, baecha.Event)
                    positions.append(event.at)
                    if event.id.startswith(mark):
                        seen.setdefault(event.id, []).append(event.kind)
                self.assertEqual(positions, sorted(set(positions)), "in order, each once")
                self.assertEqual(cutter.left, 0)
                return count, seen, writer.connections + reader.connections

    async def test_thousand_cuts_at_random_bytes(self):
        async with FakeServer() as server:
            async def cancel(line, text, writer, tasks):
                if line.word != "CANCEL":
                    return await answer(line, text, writer, tasks)
                if line.args[0] not in server.requests:
                    return "ERR 404 unknown retry=never msg=no"
                if line.args[0] in cancelled:
                    return f"OK {line.args[0]} state=cancelled at=1-{cancelled[line.args[0]]} dup=1"
                cancelled[line.args[0]] = await server.fact("req.cancelled", line.args[0])
                return f"OK {line.args[0]} state=cancelled at=1-{cancelled[line.args[0]]}"

            answer, server._answer, cancelled = server._answer, cancel, {}
            count, seen, connections = await self.play(server.port)
            # A cut in the opening is none of the client's connections.
            self.assertGreater(connections, self.cuts // 2)
            self.assertEqual(len(server.facts), 2 * count, "no duplicates, nothing lost")
            self.assertTrue(all(kinds == ["req.queued", "req.cancelled"] for kinds in seen.values()))


if __name__ == "__main__":
    unittest.main()
