"""F26, F27: clocks and positions that are wrong."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import time

from bench import Run
from processes import CannotRun
from wire import parse

YEAR = 365 * 86_400_000

#: A wall clock that jumps when told to, in a file; the monotonic one is left alone.
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
static long offset(void) {
  const char *path = getenv("FAULTS_OFFSET");
  FILE *file = path ? fopen(path, "r") : NULL;
  long seconds = 0;
  if (file) { if (fscanf(file, "%ld", &seconds) != 1) seconds = 0; fclose(file); }
  return seconds;
}
int clock_gettime(clockid_t id, struct timespec *at) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  int done = real(id, at);
  if (id == CLOCK_REALTIME) at->tv_sec += offset();
  return done;
}
int gettimeofday(struct timeval *at, void *zone) {
  struct timespec now;
  (void)zone;
  if (clock_gettime(CLOCK_REALTIME, &now)) return -1;
  at->tv_sec = now.tv_sec; at->tv_usec = now.tv_nsec / 1000;
  return 0;
}
"""


class Talk:
    """One connection, a line at a time."""

    def __init__(self, reader, writer) -> None:
        self.reader, self.writer = reader, writer
        self.pushes: list = []

    @staticmethod
    async def open(address) -> "Talk":
        talk = Talk(*await asyncio.open_connection(*address))
        await talk.reader.readline()
        return talk

    async def ask(self, line: str):
        self.writer.write(f"#a {line}\n".encode())
        while True:
            told = parse((await asyncio.wait_for(self.reader.readline(), 10)).decode())
            if told.tag == "a" and told.word != "ROW":
                return told
            self.pushes.append(told)

    async def push(self, word: str, within: float):
        for line in self.pushes:
            if line.word == word:
                self.pushes.remove(line)
                return line
        while True:
            told = parse((await asyncio.wait_for(self.reader.readline(), within)).decode())
            if told.word == word:
                return told


async def f26(run: Run) -> None:
    """Clocks of devices are a year off; the server's wall clock jumps by an hour."""
    async with run.stage(loaded=False) as stage:
        talk = await Talk.open(stage.engine.address)
        now = int(time.time() * 1000)
        await talk.ask("ON t1 37.54,126.96 seats=4")
        told = await talk.ask(f"REQ r1 37.54,126.96 37.55,126.97 t={now - YEAR}")
        run.require(told.args[:2] == ["498", "stale"], f"a year old REQ: {told}")
        told = await talk.ask(f"REQ r2 37.54,126.96 37.55,126.97 t={now + YEAR}")
        run.require(told.args[:2] == ["498", "skew"], f"a REQ of next year: {told}")
        # Positions are ordered by number; a device's year does not matter.
        for number, t in ((2, now + YEAR), (3, now - YEAR), (4, now)):
            talk.writer.write(f"P t1 37.54,126.96 n={number} t={t}\n".encode())
        await talk.ask("REQ r3 37.54,126.96 37.55,126.97")
        offer = await talk.push("OFFER", 5)
        run.require(offer.args[1] == "t1", "the taxi with a wrong clock gets no offer")
    if not shutil.which("cc"):
        run.not_run.append("jumps of the server's clock (needs a C compiler)")
        return
    await _jumps(run)


async def _jumps(run: Run) -> None:
    async with run.stage(loaded=False) as stage:
        source = os.path.join(stage.cluster.folder, "shim.c")
        library = os.path.join(stage.cluster.folder, "shim.so")
        offset = os.path.join(stage.cluster.folder, "offset")
        with open(source, "w", encoding="ascii") as file:
            file.write(SHIM)
        built = subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"],
                               capture_output=True, text=True, check=False)
        if built.returncode != 0:
            raise CannotRun(f"the clock's shim does not compile: {built.stderr.strip()[:200]}")
        await stage.engine.process.kill()
        stage.engine.start(environment={"LD_PRELOAD": library, "FAULTS_OFFSET": offset})
        await stage.engine.until("leader", 10)
        errors = []
        for number in range(run.count):
            for jump in (3_600, -3_600, 1):
                talk = await Talk.open(stage.engine.address)
                name = f"{number}-{jump}-{len(errors)}"
                await talk.ask(f"ON t{name} 37.54,126.96 seats=4")
                await talk.ask(f"REQ r{name} 37.54,126.96 37.55,126.97 seats=1")
                await talk.push("OFFER", 5)
                made = time.monotonic()
                await asyncio.sleep(1)
                with open(offset, "w", encoding="ascii") as file:
                    file.write(str(jump))
                revoke = await talk.push("REVOKE", 8)
                run.require(revoke.pairs["why"] == "expired", f"{revoke}")
                errors.append(abs(time.monotonic() - made - 5.0))
                await talk.ask(f"CANCEL r{name}")
                await talk.ask(f"OFF t{name}")
                talk.writer.close()
        run.times("a timer of 5 s is off by", errors, 0.1)


async def f27(run: Run) -> None:
    """Positions that come late, stand still, or jump."""
    async with run.stage(loaded=False) as stage:
        talk = await Talk.open(stage.engine.address)
        await talk.ask("ON t1 37.54,126.96 seats=4")
        for number, place in ((5, "37.541,126.961"), (3, "37.50,126.90"), (4, "37.50,126.90")):
            talk.writer.write(f"P t1 {place} n={number}\n".encode())
        told = await talk.ask("GET TAXI t1")
        run.require(told.pairs.get("point") == "37.541,126.961", f"a late position counted: {told}")
        late = await stage.engine.metric("baecha_positions_late_total")
        run.require(late == 2, f"{late} late positions were counted, 2 were sent")
        run.figures["late, dropped"] = int(late)
        # A frozen taxi is still there.
        for number in range(6, 12):
            talk.writer.write(f"P t1 37.541,126.961 n={number}\n".encode())
        await talk.ask("REQ r1 37.54,126.96 37.55,126.97 seats=1")
        offer = await talk.push("OFFER", 5)
        run.require(offer.args[1] == "t1", "a taxi that stands still gets no offer")
        # 20 km within a second: no car.
        await talk.ask("ON t2 37.56,126.99 seats=6")
        talk.writer.write(b"P t2 37.56,126.99 n=1\n")
        await asyncio.sleep(1)
        talk.writer.write(b"P t2 37.44,126.80 n=2\n")
        await talk.ask("REQ r2 37.44,126.80 37.45,126.81 seats=6")
        try:
            offer = await talk.push("OFFER", 2.5)
        except asyncio.TimeoutError:
            offer = None
        run.require(offer is None, "a taxi that jumped 20 km in a second was offered a ride there")
