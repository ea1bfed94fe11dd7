"""Many facts in little time: taxis that pause and go on, as fast as the journal takes it."""

from __future__ import annotations

import asyncio
import time

from evidence import Asked
from processes import Failed

TAXIS = 200


class Blast:
    def __init__(self, stage, links: int = 8) -> None:
        self.stage = stage
        self.tasks = [asyncio.ensure_future(self._run(n)) for n in range(links)]
        self.answers = 0

    async def _run(self, number: int) -> None:
        names = [f"x{number}-{i}" for i in range(TAXIS)]
        for name in names:
            for verb, args in (("ON", [name, "37.3,126.5"]), ("BUSY", [name]), ("FREE", [name])):
                self.stage.load.evidence.asked.append(Asked(f"x{number}", verb, args, {}))
        join = "".join(f"ON {name} 37.3,126.5 seats=1\n" for name in names).encode()
        block = "".join(f"BUSY {name} reason=break\n" for name in names).encode()
        block += "".join(f"FREE {name}\n" for name in names).encode()
        while True:
            try:
                for address in self.stage.cluster.addresses:
                    reader, writer = await asyncio.open_connection(*address)
                    if b"role=leader" in await reader.readline():
                        break
                    writer.close()
                writer.write(join)
                unanswered = TAXIS
                while True:
                    while unanswered > TAXIS:
                        data = await reader.read(1 << 16)
                        if not data:
                            raise ConnectionError
                        answered = data.count(b"\n")
                        unanswered -= answered
                        self.answers += answered
                    writer.write(block)
                    unanswered += 2 * TAXIS
                    await writer.drain()
            except (OSError, asyncio.IncompleteReadError):
                await asyncio.sleep(0.05)

    async def until_dead(self, engine, within: float) -> None:
        end = time.monotonic() + within
        while engine.process.is_alive:
            if time.monotonic() > end:
                raise Failed(f"the engine lives on after {self.answers} answers in a blast")
            await asyncio.sleep(0.02)

    async def until(self, fact: int, within: float) -> None:
        """Until the journal holds so many facts."""
        end = time.monotonic() + within
        while (status := await (await self.stage.cluster.leader(10)).status()).get("kept", 0) < fact:
            if time.monotonic() > end:
                raise Failed(f"only {status.get('kept')} of {fact} facts after {within} s")
            await asyncio.sleep(0.1)

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await asyncio.sleep(0.3)
