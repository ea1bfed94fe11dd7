"""takeover, handover: from one engine to a standby, under the load of the fault matrix."""

from __future__ import annotations

import time

import rows_handover
from bench import Run
from processes import Failed

from .sheet import Options, Sheet, median

#: The leadership of a process that is gone must run out: nobody can be quicker.
LEASE = 2.0


async def takeover(options: Options, sheet: Sheet) -> None:
    row = "takeover"
    sheet.title(f"takeover: 2,000 taxis and 200 requests/s, the leader killed with a standby "
                f"beside it, {options.count} times")
    run = Run("takeover", options.baecha)
    run.begin(1, options.count)
    leads, serves = [], []
    try:
        async with run.stage(engines=2) as stage:
            for _ in range(options.count):
                await stage.random_moment()
                old = await stage.cluster.leader(10)
                other = next(e for e in stage.cluster.engines if e is not old)
                await old.process.kill()
                killed = time.monotonic()
                await other.until("leader", 15)
                leads.append(time.monotonic() - killed)
                serves.append(await stage.load.serving(killed, 15))
                old.start()
                await old.until("standby", 15)
            await stage.judge(40)
    except Failed as failure:
        sheet.fail(row, str(failure))
    if not serves:
        return
    sheet.add(row, "the lease that must run out first", LEASE, "s")
    sheet.add(row, "kill -9 -> the standby leads, worst", max(leads), "s", samples=leads)
    sheet.add(row, "kill -9 -> first OK, middle", median(serves), "s", samples=serves)
    sheet.add(row, "kill -9 -> first OK, worst", max(serves), "s", at_most=3,
              beside=f"{max(serves) / LEASE:.2f} leases")
    sheet.note(f"{run.figures.get('acknowledged', 0):,} acknowledged lines held against the "
               "journal.")


async def handover(options: Options, sheet: Sheet) -> None:
    row = "handover"
    sheet.title(f"handover: 2,000 taxis and 200 requests/s, SIGTERM with a standby beside it, "
                f"{options.count} times (row F28 of scripts/faults)")
    run = Run("F28", options.baecha)
    run.begin(1, options.count)
    try:
        await rows_handover.f28(run)
    except Failed as failure:
        sheet.fail(row, str(failure))
    pauses = run.samples.get("without an OK", [])
    if not pauses:
        return
    load = run.stages[0].load
    tries = [one for client in (*load.gateways, *load.bookers) for one in client.tries]
    oks = sorted(answered for _, answered, outcome in tries if outcome == "OK")
    gaps = sorted((b - a for a, b in zip(oks, oks[1:])), reverse=True)
    failed = [outcome for _, _, outcome in tries
              if outcome.startswith("ERR 5") and not outcome.startswith("ERR 503")]
    unknown = sum(1 for asked in load.evidence.asked if not asked.outcome)
    sheet.add(row, "longest without an OK while nobody stops",
              gaps[len(pauses)] * 1000 if len(gaps) > len(pauses) else 0, "ms")
    sheet.add(row, "longest without an OK, middle", median(pauses) * 1000, "ms",
              samples=[pause * 1000 for pause in pauses])
    sheet.add(row, "longest without an OK, worst", max(pauses) * 1000, "ms", at_most=200)
    sheet.add(row, "failed operations", len(failed) + unknown, "", at_most=0,
              beside=f"of {len(load.evidence.asked):,}; 503 drain is followed to the other one")
