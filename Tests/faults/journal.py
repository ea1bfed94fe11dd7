"""The journal as facts: by `baecha journal export`, or, from a server in memory, by a stream."""

from __future__ import annotations

import asyncio

from processes import Failed
from wire import Fact, Position, parse


async def read_journal(cluster, leader) -> list[Fact]:
    if cluster.is_kept and cluster.has_tool("journal", "export"):
        loop = asyncio.get_running_loop()
        run = await loop.run_in_executor(None, exported, cluster)
        verified = await loop.run_in_executor(
            None, lambda: cluster.tool("journal", "verify", "--state", cluster.redis.url))
        if verified.returncode != 0:
            raise Failed(f"journal verify: {(verified.stderr or verified.stdout).strip()}")
        return run
    return await streamed(leader)


def exported(cluster) -> list[Fact]:
    run = cluster.tool("journal", "export", "--state", cluster.redis.url)
    if run.returncode != 0:
        raise Failed(f"journal export: {run.stderr.strip()}")
    facts = []
    for text in run.stdout.splitlines():
        at, _, rest = text.split(" ", 2)
        line = parse(rest)
        facts.append(Fact(Position.read(at), line.word, line.args[0], line.pairs))
    return facts


async def streamed(leader) -> list[Fact]:
    """All facts that the server still holds, as a session that may see everything gets them."""
    reader, writer = await asyncio.open_connection(*leader.address, limit=1 << 20)
    facts: list[Fact] = []
    try:
        banner = parse((await reader.readline()).decode())
        end = Position.read(banner.pairs["at"]).sequence
        writer.write(b"SUB j req.*,offer.*,taxi.* from=first\n")
        while not facts or facts[-1].at.sequence < end:
            raw = await asyncio.wait_for(reader.readline(), 10)
            if not raw:
                raise Failed("the server closed the stream of the journal")
            line = parse(raw.decode())
            if line.word == "EV" and line.args[0] == "j":
                _, at, kind, name = line.args[:4]
                facts.append(Fact(Position.read(at), kind, name, line.pairs))
            elif line.word in ("GAP", "ERR"):
                raise Failed(f"the stream of the journal says {raw.decode().strip()}")
            elif line.word == "OK" and end <= Position.read(line.pairs["first"]).sequence:
                break
    finally:
        writer.close()
    return facts
