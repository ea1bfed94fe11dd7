"""Client of the Baecha dispatch server: the line protocol BLP/1, in one file, standard library only.

Asyncio::

    async with baecha.AsyncClient("127.0.0.1") as client:
        await client.taxi_on("t12", (37.5651, 126.9895))
        client.position("t12", (37.5653, 126.9890), heading=270)
        async for push in client.pushes():
            if isinstance(push, baecha.Offer):
                await client.accept(push.offer)

Blocking::

    with baecha.Client("127.0.0.1") as client:
        answer = client.request("r77", (37.5665, 126.9780), wait="5m")
        for event in client.subscribe("req.*", req="r77", start=answer.at):
            print(event.kind)

A lost connection is opened again: the taxis that this client turned on are bound again, every
subscription goes on behind the last event it saw, and every command without an answer is sent once
more, byte for byte. Ids are the idempotency keys, so each takes effect exactly once. What a command
raises is :class:`BaechaError` (the server said no), or :class:`ConnectionLost` when ``give_up``
seconds have passed without a connection: the outcome is then unknown.

Times are ``datetime`` or milliseconds since 1970; spans ``timedelta``, seconds or text such as "5m";
places ``(latitude, longitude)``. Answers and events have ``row()``, and :func:`rows` makes the list
of dicts that ``pandas.DataFrame`` takes.
"""

from __future__ import annotations

import asyncio
import collections
import concurrent.futures
import dataclasses
import hashlib
import hmac
import random
import re
import ssl as tls
import threading
import time as clock
from datetime import datetime, timedelta, timezone
from typing import (
    Any, AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, Optional,
    Sequence, TypeVar, Union,
)
from urllib.parse import quote, unquote

__version__ = "0.1.0"
__all__ = [
    "Answer", "AsyncClient", "AsyncSubscription", "BaechaError", "Banner", "Bye", "Client",
    "ConnectionLost", "Event", "Gap", "Guide", "Line", "Moved", "Offer", "Position", "ProtocolError",
    "Revoke", "Snapshot", "Subscription", "format_line", "parse_line", "rows",
]

Place = tuple[float, float]
Time = Union[datetime, int]
Span = Union[timedelta, float, int, str]
T = TypeVar("T")

LINE_MAX = 1024
_UNANSWERED_MAX = 200
_NAME = re.compile(r"[A-Za-z0-9\-._:~]{1,64}")


# Lines


@dataclasses.dataclass(frozen=True)
class Line:
    """A line cut at its spaces. Values are as on the wire; :meth:`text` decodes free text."""

    word: str
    args: tuple[str, ...] = ()
    fields: Mapping[str, str] = dataclasses.field(default_factory=dict)
    tag: Optional[str] = None

    def text(self, key: str) -> Optional[str]:
        value = self.fields.get(key)
        return None if value is None else unquote(value, errors="strict")


def parse_line(text: str) -> Line:
    """Reads a line without its LF; raises ProtocolError for what the grammar does not have."""
    tokens = text.split()
    tag = None
    if tokens and tokens[0].startswith("#"):
        tag = tokens.pop(0)[1:]
    if not tokens:
        raise ProtocolError(f"a line without a word: {text!r}")
    args: list[str] = []
    fields: dict[str, str] = {}
    for token in tokens[1:]:
        key, equals, value = token.partition("=")
        if not equals:
            args.append(token)
        elif not value or key in fields:
            raise ProtocolError(f"{token!r} is empty or stands there twice: {text!r}")
        else:
            fields[key] = value
    return Line(tokens[0], tuple(args), fields, tag)


def format_line(verb: str, *args: object, tag: Optional[str] = None, **pairs: object) -> str:
    """Writes a line with its LF. ``None`` is left out, ``True`` is 1; a trailing ``_`` of a key
    that Python keeps for itself is dropped."""
    words = [f"#{tag}", verb] if tag else [verb]
    words += [_argument(argument) for argument in args if argument is not None]
    for key, value in pairs.items():
        if value is not None and value is not False:
            words.append(f"{key.rstrip('_')}={_argument(value)}")
    line = " ".join(words) + "\n"
    if len(line.encode()) > LINE_MAX:
        raise ValueError(f"the line has more than {LINE_MAX} bytes: {line[:60]}...")
    return line


def _argument(value: object) -> str:
    if value is True:
        return "1"
    if isinstance(value, str):
        if not value or any(c <= " " or c == "\x7f" for c in value):
            raise ValueError(f"{value!r} cannot stand in a line: it is empty or has spaces or control characters")
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return str(round(value.timestamp() * 1000))
    if isinstance(value, timedelta):
        return f"{round(value.total_seconds() * 1000)}ms"
    if isinstance(value, float):
        return _decimal(value)
    if isinstance(value, (int, Position)):
        return str(value)
    if isinstance(value, (tuple, list)):
        if value and all(isinstance(part, (int, float)) for part in value):
            return ",".join(_decimal(part) for part in value)
        return ",".join(_argument(part) for part in value)
    raise TypeError(f"{value!r} has no form in a line")


def _decimal(value: float) -> str:
    text = f"{value:.7f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _span(value: Optional[Span]) -> Optional[str]:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        value = timedelta(seconds=value)
    return _argument(value)


def _text(value: Optional[str]) -> Optional[str]:
    return quote(value, safe="/") if value else None


def _place(text: Optional[str]) -> Optional[Place]:
    if text is None:
        return None
    latitude, longitude = text.split(",")
    return float(latitude), float(longitude)


_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}


def _seconds(text: Optional[str]) -> Optional[float]:
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,9})(ms|s|m|h)", text)
    if not match:
        raise ProtocolError(f"{text!r} is no span of time")
    return int(match[1]) * _UNITS[match[2]]


def _value(text: str) -> Any:
    """A field as Python would have it: whole numbers, places, spans in seconds, else text."""
    if re.fullmatch(r"-?\d{1,18}", text):
        return int(text)
    if re.fullmatch(r"-?\d{1,11}\.\d{1,7}", text):
        return float(text)
    if re.fullmatch(r"-?\d{1,3}(\.\d{1,7})?,-?\d{1,3}(\.\d{1,7})?", text):
        return _place(text)
    if re.fullmatch(r"\d{1,9}(ms|s|m|h)", text):
        return _seconds(text)
    return unquote(text)


# Values


@dataclasses.dataclass(frozen=True, order=True)
class Position:
    """A place in the order of all that became true: ``epoch-sequence``."""

    epoch: int
    sequence: int

    @classmethod
    def parse(cls, text: str) -> "Position":
        epoch, dash, sequence = text.partition("-")
        if not (dash and epoch.isdecimal() and sequence.isdecimal()):
            raise ProtocolError(f"{text!r} is no position")
        return cls(int(epoch), int(sequence))

    def __str__(self) -> str:
        return f"{self.epoch}-{self.sequence}"


class _Row:
    def row(self) -> dict[str, Any]:
        """Flat, for a table: places as two columns, positions as text, fields by their keys."""
        row: dict[str, Any] = {}
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if field.name == "rows":
                continue
            items = value.items() if isinstance(value, Mapping) else [(field.name, value)]
            for key, item in items:
                if isinstance(item, Position):
                    row[key] = str(item)
                elif isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], float):
                    row[f"{key}_lat"], row[f"{key}_lon"] = item
                else:
                    row[key] = item
        return row


@dataclasses.dataclass(frozen=True)
class Banner(_Row):
    """The first line of a connection: every promise that a client may count on."""

    region: str
    node: str
    role: str
    durability: str
    at: Position
    heartbeat: float
    dedup: float
    auth: tuple[str, ...]
    nonce: str


@dataclasses.dataclass(frozen=True)
class Answer(_Row):
    """``OK``, with the rows before it."""

    id: Optional[str]
    state: Optional[str]
    at: Optional[Position]
    duplicate: bool
    fields: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]] = ()


@dataclasses.dataclass(frozen=True)
class Offer(_Row):
    """A taxi is asked; ``seconds`` are left to answer."""

    offer: str
    taxi: str
    ride: str
    pickup: Place
    eta: float
    seconds: float
    destination: Optional[Place]
    seats: int
    again: bool
    at: Position


@dataclasses.dataclass(frozen=True)
class Revoke(_Row):
    """An offer is taken back."""

    offer: str
    why: str
    at: Position


@dataclasses.dataclass(frozen=True)
class Guide(_Row):
    """Advice to an idle taxi; without ``to`` the last is withdrawn."""

    taxi: str
    to: Optional[Place]
    eta: Optional[float]
    until: Optional[int]
    why: Optional[str]


@dataclasses.dataclass(frozen=True)
class Event(_Row):
    """Something became true."""

    subscription: str
    at: Position
    kind: str
    id: str
    fields: Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Moved(_Row):
    """A taxi's merged position."""

    subscription: str
    taxi: str
    place: Place
    fields: Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Snapshot(_Row):
    """One thing of the present state; ``what`` is REQ, TAXI or OFFER."""

    subscription: str
    what: str
    id: str
    fields: Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Gap(_Row):
    """Events of a subscription between these positions cannot be had any more."""

    subscription: str
    start: Optional[Position]
    end: Optional[Position]


@dataclasses.dataclass(frozen=True)
class Bye(_Row):
    """The server ended a connection; the client opens another."""

    why: str
    at: Position


Push = Union[Offer, Revoke, Guide, Event, Bye]
StreamItem = Union[Event, Moved, Snapshot, Gap]


def rows(items: Iterable[_Row]) -> list[dict[str, Any]]:
    """``pandas.DataFrame(baecha.rows(events))``."""
    return [item.row() for item in items]


class ProtocolError(Exception):
    """The other side does not speak BLP/1."""


class ConnectionLost(Exception):
    """No connection within ``give_up``: what was sent may or may not have taken effect. Sending it
    again with the same ids is safe."""


class BaechaError(Exception):
    """``ERR``: ``retry`` is never, refresh, same, after or elsewhere; the last three were tried
    before this was raised."""

    def __init__(self, line: Line):
        self.code = int(line.args[0])
        self.name = line.args[1]
        retry = line.fields.get("retry", "never")
        self.retry, _, after = retry.partition(":")
        self.after = _seconds(after or None) or 0.0
        self.key = line.fields.get("key")
        self.closes = line.fields.get("close") == "1"
        self.fields = {k: _value(v) for k, v in line.fields.items() if k not in ("retry", "msg")}
        self.message = line.text("msg") or self.name
        super().__init__(f"{self.code} {self.name}: {self.message}")


# Commands: the same for the asyncio and the blocking client


class _Commands:
    """Each verb as a method. What it returns is an Answer, awaited or not."""

    def _send(self, line: Callable[[str], str], verb: str) -> Any:
        raise NotImplementedError

    def call(self, verb: str, *args: object, **pairs: Any) -> Any:
        """Any verb, as format_line takes it."""
        format_line(verb, *args, **pairs)  # a wrong value is told here, not on the wire
        return self._send(lambda tag: format_line(verb, *args, tag=tag, **pairs), verb)

    def taxi_off(self, taxi: str, *, force: bool = False, reason: Optional[str] = None) -> Any:
        return self.call("OFF", taxi, force=force, reason=reason)

    def busy(self, taxi: str, reason: str) -> Any:
        """``reason`` is hail, break or charge."""
        return self.call("BUSY", taxi, reason=reason)

    def free(self, taxi: str) -> Any:
        return self.call("FREE", taxi)

    def accept(self, offer: str) -> Any:
        return self.call("ACCEPT", offer)

    def decline(self, offer: str, reason: Optional[str] = None) -> Any:
        return self.call("DECLINE", offer, reason=reason)

    def arrive(self, ride: str, taxi: str) -> Any:
        return self.call("ARRIVE", ride, taxi)

    def board(self, ride: str, taxi: str) -> Any:
        return self.call("BOARD", ride, taxi)

    def drop(self, ride: str, taxi: str, *, distance: Optional[float] = None,
             fare: Optional[int] = None, currency: Optional[str] = None) -> Any:
        return self.call("DROP", ride, taxi, dist=distance, fare=fare, cur=currency)

    def no_show(self, ride: str, taxi: str) -> Any:
        return self.call("NOSHOW", ride, taxi)

    def abort(self, ride: str, taxi: str, reason: Optional[str] = None) -> Any:
        return self.call("ABORT", ride, taxi, reason=reason)

    def request(self, ride: str, origin: Place, destination: Optional[Place] = None, *,
                seats: int = 1, tags: Sequence[str] = (), at: Optional[Time] = None,
                wait: Optional[Span] = None, note: Optional[str] = None) -> Any:
        """A rider asks. The sending time goes with it and stays the same in every retry."""
        return self.call("REQ", ride, origin, destination, seats=seats if seats != 1 else None,
                         tags=list(tags) or None, at=at, wait=_span(wait),
                         t=int(clock.time() * 1000), note=_text(note))

    def change(self, ride: str, version: int, *, destination: Optional[Place] = None,
               seats: Optional[int] = None, at: Optional[Time] = None) -> Any:
        return self.call("CHANGE", ride, v=version, to=destination, seats=seats, at=at)

    def cancel(self, ride: str, by: Optional[str] = None, reason: Optional[str] = None) -> Any:
        return self.call("CANCEL", ride, by=by, reason=reason)

    def quote(self, origin: Place, destination: Optional[Place] = None, *, seats: int = 1,
              tags: Sequence[str] = ()) -> Any:
        return self.call("QUOTE", origin, destination, seats=seats if seats != 1 else None,
                         tags=list(tags) or None)

    def advise(self, place: Place, walk: Optional[Span] = None) -> Any:
        return self.call("ADVISE", place, walk=_span(walk))

    def assign(self, ride: str, taxi: str) -> Any:
        return self.call("ASSIGN", ride, taxi)

    def release(self, ride: str) -> Any:
        return self.call("RELEASE", ride)

    def explain(self, ride: str) -> Any:
        return self.call("EXPLAIN", ride)

    def near(self, place: Place, radius: float, *, most: Optional[int] = None,
             tags: Sequence[str] = ()) -> Any:
        """The rows of the answer are the taxis."""
        return self.call("NEAR", place, r=radius, max=most, tags=list(tags) or None)

    def get_request(self, ride: str) -> Any:
        return self.call("GET", "REQ", ride)

    def get_taxi(self, taxi: str) -> Any:
        return self.call("GET", "TAXI", taxi)

    def get_offer(self, offer: str) -> Any:
        return self.call("GET", "OFFER", offer)

    def stat(self) -> Any:
        return self.call("STAT")

    def who(self) -> Any:
        return self.call("WHO")


class _Command:
    """A command under way: its bytes never change, however often they are sent."""

    def __init__(self, tag: str, line: str, future: "asyncio.Future[Answer]"):
        self.tag, self.line, self.future = tag, line, future
        self.rows: list[Mapping[str, Any]] = []
        self.is_sent = False


class AsyncClient(_Commands):
    """One connection, kept open. ``async with`` opens and closes it.

    ``servers`` may name several, as ``host``, ``host:port`` or a list; they are tried in turn.
    ``key`` and ``secret`` (bytes, or hexadecimal digits as `baecha keys new` prints them) sign in by
    MAC, ``token`` by token; ``ssl`` is an ``ssl.SSLContext``, or
    True for the default one. ``region`` is the one that is meant: a server of another region says where
    to go. ``give_up`` is how many seconds a command waits for a connection.
    """

    def __init__(self, servers: Union[str, Sequence[str]], port: Optional[int] = None, *,
                 key: Optional[str] = None, secret: Union[str, bytes, None] = None,
                 token: Optional[str] = None, ssl: Union[tls.SSLContext, bool, None] = None,
                 name: Optional[str] = None, agent: str = f"baecha.py/{__version__}",
                 region: Optional[str] = None, give_up: float = 60.0, backoff: tuple[float, float] = (0.05, 5.0)):
        default = port or (7401 if ssl else 7400)
        names = [servers] if isinstance(servers, str) else list(servers)
        self._servers = collections.deque(_address(server, default) for server in names)
        self._key, self._token, self._name, self._agent = key, token, name, agent
        self._region = region
        self._secret = bytes.fromhex(secret) if isinstance(secret, str) else secret
        self._ssl = _context(ssl)
        self._give_up, self._backoff = give_up, backoff
        self.banner: Optional[Banner] = None
        #: How often a connection was opened.
        self.connections = 0
        #: Positions that the server refused, and the last such line.
        self.refused_positions = 0
        self.last_refusal: Optional[BaechaError] = None
        self._waiting: collections.deque[_Command] = collections.deque()
        self._tags = 0
        self._taxis: dict[str, str] = {}
        self._last_place: dict[str, str] = {}
        self._subscriptions: dict[str, AsyncSubscription] = {}
        self._pushes: asyncio.Queue[Optional[Push]] = asyncio.Queue()
        self._writer: Optional[asyncio.StreamWriter] = None
        self._run: Optional[asyncio.Task[None]] = None
        self._room = asyncio.Semaphore(_UNANSWERED_MAX)
        self._fatal: Optional[Exception] = None
        self._answers: collections.deque[_Command] = collections.deque()
        self._is_closing = False
        self._heard = 0.0
        self._hold = 0.0

    async def __aenter__(self) -> "AsyncClient":
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def connect(self) -> Banner:
        """Opens the connection and keeps it open; returns when the first one stands."""
        if self._run is None:
            self._run = asyncio.create_task(self._keep_connected())
        deadline = clock.monotonic() + self._give_up
        while self.banner is None or self._writer is None:
            if self._fatal:
                raise self._fatal
            if clock.monotonic() > deadline:
                await self.close()
                raise ConnectionLost(f"no server among {list(self._servers)} within {self._give_up:g} s")
            await asyncio.sleep(0.005)
        return self.banner

    async def close(self) -> None:
        """Says QUIT and ends; commands without an answer end with ConnectionLost."""
        self._is_closing = True
        if self._writer:
            try:
                self._writer.write(b"QUIT\n")
                await asyncio.wait_for(self._writer.drain(), 1)
            except (OSError, asyncio.TimeoutError):
                pass
        if self._run:
            self._run.cancel()
            await asyncio.gather(self._run, return_exceptions=True)
        self._drop()
        self._end(ConnectionLost("the client was closed"))

    # Taxis

    async def taxi_on(self, taxi: str, place: Place, *, seats: int = 4, tags: Sequence[str] = (),
                      driver: Optional[str] = None, auto: bool = False) -> Answer:
        """Joins, and joins again after every reconnect, where the taxi was last, until taxi_off."""
        format_line("ON", taxi, place)
        rest = format_line("", seats=seats if seats != 4 else None, tags=list(tags) or None,
                           driver=driver, auto=auto)
        where = _argument(place)
        answer = await self._send(lambda tag: f"#{tag} ON {taxi} {where}{rest}", "ON")
        self._taxis[taxi], self._last_place[taxi] = rest, where
        return answer

    async def taxi_off(self, taxi: str, *, force: bool = False,
                       reason: Optional[str] = None) -> Answer:
        # Not bound again while its OFF is under way: that would be a second ON.
        rest = self._taxis.pop(taxi, None)
        try:
            answer: Answer = await self.call("OFF", taxi, force=force, reason=reason)
            return answer
        except BaechaError:
            if rest is not None:
                self._taxis[taxi] = rest
            raise

    def position(self, taxi: str, place: Place, *, number: Optional[int] = None,
                 at: Optional[Time] = None, heading: Optional[float] = None,
                 speed: Optional[float] = None, accuracy: Optional[float] = None) -> None:
        """Sends a position. Never waits, never raises for the network: while there is no connection,
        or a slow one, only the latest place is kept."""
        line = format_line("P", taxi, place, n=number, t=at, h=heading, s=speed, a=accuracy)
        self._last_place[taxi] = _argument(place)
        if self._writer and self._writer.transport.get_write_buffer_size() < 1 << 20:
            self._writer.write(line.encode())

    async def drain(self) -> None:
        """Waits until the network has taken what was sent: call it now and then between positions."""
        if self._writer:
            try:
                await self._writer.drain()
            except OSError:
                pass

    # Pushes and events

    async def pushes(self) -> AsyncIterator[Push]:
        """Offers, revocations, guidance, events of the session's own taxis and requests, goodbyes."""
        while True:
            push = await self._pushes.get()
            if push is None:
                return
            yield push

    async def subscribe(self, kinds: str, *, taxi: Optional[str] = None, req: Optional[str] = None,
                        box: Optional[tuple[float, float, float, float]] = None,
                        near: Optional[Place] = None, radius: Optional[float] = None,
                        start: Union[str, Position, None] = None,
                        rate: Optional[Span] = None) -> "AsyncSubscription":
        """``start`` is now, first, snap or a position. Iterate over what comes back."""
        name = f"s{self._next_tag()}"
        narrow: dict[str, Any] = {"taxi": taxi, "req": req, "box": box, "near": near, "r": radius, "rate": _span(rate)}
        line = format_line("SUB", name, kinds, **narrow).rstrip("\n")
        subscription = AsyncSubscription(self, name, line, start == "snap")
        self._subscriptions[name] = subscription
        begin = "" if start is None else f" from={start}"
        try:
            answer = await self._send(lambda tag: f"#{tag} {line}{begin}\n", "SUB")
        except BaseException:
            self._subscriptions.pop(name, None)
            raise
        subscription._began(answer)
        return subscription

    # Sending

    def _next_tag(self) -> str:
        self._tags += 1
        return str(self._tags)

    async def _send(self, line: Callable[[str], str], verb: str) -> Answer:
        async with self._room:
            tries = 0
            while True:
                tag = self._next_tag()
                command = _Command(tag, line(tag), asyncio.get_running_loop().create_future())
                if self._fatal or self._is_closing:
                    raise self._fatal or ConnectionLost("the client is closed")
                self._waiting.append(command)
                self._flush()
                try:
                    return await asyncio.wait_for(command.future, self._give_up)
                except asyncio.TimeoutError:
                    self._forget(command)
                    raise ConnectionLost(f"no answer to {verb} within {self._give_up:g} s") from None
                except asyncio.CancelledError:
                    self._forget(command)
                    raise
                except BaechaError as error:
                    tries += 1
                    if error.retry not in ("same", "after", "elsewhere") or error.name == "early":
                        raise
                    # A minute's wait is the caller's to decide on.
                    if tries > 5 or error.after > self._give_up:
                        raise
                    await asyncio.sleep(error.after * random.uniform(1, 1.2) or self._pause(tries))

    def _forget(self, command: _Command) -> None:
        # Not sent again; its answer may still come, so it stays in _answers.
        if command in self._waiting:
            self._waiting.remove(command)

    def _flush(self) -> None:
        if self._writer is None:
            return
        for command in self._waiting:
            if not command.is_sent:
                command.is_sent = True
                self._answers.append(command)
                self._writer.write(command.line.encode())

    def _pause(self, tries: int) -> float:
        longest: float = self._backoff[0] * 2 ** min(tries, 16)
        return min(self._backoff[1], longest) * random.uniform(0.5, 1)

    # The connection

    async def _keep_connected(self) -> None:
        tries = 0
        while True:
            host, port = self._servers[0]
            try:
                reader = await self._open(host, port)
                tries = 0
                await self._read(reader)
            except (OSError, EOFError, asyncio.TimeoutError, ProtocolError, ValueError):
                pass
            except BaechaError as error:
                if error.retry in ("never", "refresh"):
                    self._end(error)
                    return
            except Exception as error:
                self._end(error)
                raise
            finally:
                self._drop()
            if self._servers[0] == (host, port):
                self._servers.rotate(-1)
            await asyncio.sleep(self._hold + self._pause(tries))
            self._hold = 0.0
            tries += 1

    async def _open(self, host: str, port: int) -> asyncio.StreamReader:
        secure: dict[str, Any] = {"ssl": self._ssl, "server_hostname": host} if self._ssl else {}
        reader, writer = await asyncio.wait_for(
            asyncio.open_connection(host, port, limit=1 << 20, **secure), 10)
        try:
            async def answer(line: Optional[str]) -> Line:
                if line:
                    writer.write(line.encode())
                while True:
                    found = await asyncio.wait_for(_read_line(reader), 10)
                    if found.word == "ERR":
                        raise self._refusal(found, host, port)
                    if found.word in ("OK", "BLP/1"):
                        return found
                    if found.word == "BYE":
                        raise EOFError

            banner = _banner(await answer(None))
            await answer(format_line("HELLO", "blp/1", name=self._name, agent=_text(self._agent),
                                     region=self._region))
            if self._token:
                await answer(f"AUTH token {self._token}\n")
            elif self._key:
                said = f"{banner.nonce}|{self._key}|{banner.region}".encode()
                digest = hmac.new(self._secret or b"", said, hashlib.sha256).hexdigest()
                await answer(f"AUTH mac {self._key} {digest}\n")
        except BaseException:
            writer.close()
            raise
        self.banner = banner
        self._writer = writer
        self.connections += 1
        self._resume()
        return reader

    def _resume(self) -> None:
        """Binds taxis and subscriptions again, then sends what has no answer, in its old order."""
        assert self._writer is not None
        for command in self._waiting:
            command.is_sent = False
            command.rows = []
        for taxi, rest in self._taxis.items():
            self._quietly(f"ON {taxi} {self._last_place[taxi]}{rest}")
        for subscription in self._subscriptions.values():
            if subscription.last is not None:
                start = "snap" if subscription.wants_snapshot else subscription.last
                self._quietly(f"{subscription.line} from={start}\n", subscription)
        self._flush()

    def _quietly(self, line: str, subscription: Optional["AsyncSubscription"] = None) -> None:
        """A line of the client's own; nobody waits for its answer."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        tag = self._next_tag()
        command = _Command(tag, f"#{tag} {line}", future)
        command.is_sent = True
        if subscription is not None:
            future.add_done_callback(subscription._resumed)
        else:
            future.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._answers.append(command)
        assert self._writer is not None
        self._writer.write(command.line.encode())

    def _drop(self) -> None:
        if self._writer:
            self._writer.close()
        self._writer = None
        for command in self._answers:
            if command not in self._waiting and not command.future.done():
                command.future.cancel()
        self._answers.clear()

    def _end(self, error: Exception) -> None:
        self._fatal = error
        for command in self._waiting:
            if not command.future.done():
                command.future.set_exception(error)
        self._waiting.clear()
        self._pushes.put_nowait(None)
        for subscription in self._subscriptions.values():
            subscription._put(None)

    def _refusal(self, line: Line, host: str, port: int) -> BaechaError:
        error = BaechaError(line)
        if error.retry == "elsewhere" and "to" in line.fields:
            self._move(line.fields["to"], port)
        return error

    def _move(self, to: str, port: int) -> None:
        address = _address(to, port)
        if address in self._servers:
            self._servers.remove(address)
        self._servers.appendleft(address)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        beat = asyncio.create_task(self._beat())
        try:
            while True:
                line = await _read_line(reader)
                self._heard = clock.monotonic()
                self._take(line)
        finally:
            beat.cancel()

    async def _beat(self) -> None:
        """A line each heartbeat shows the server that this side lives; two of its own that do not
        come show that it does not."""
        assert self.banner is not None
        beat = self.banner.heartbeat
        self._heard = clock.monotonic()
        while self._writer:
            await asyncio.sleep(beat)
            if clock.monotonic() - self._heard > 2.5 * beat:
                self._writer.transport.abort()
                return
            self._quietly("PING\n")

    def _take(self, line: Line) -> None:
        if line.word in ("OK", "ERR", "ROW", "PONG"):
            self._take_answer(line)
        elif line.word in ("EV", "POS", "SNAP", "LIVE", "GAP"):
            self._take_stream(line)
        elif line.word == "PING":
            at = Position.parse(line.fields["at"])
            for subscription in self._subscriptions.values():
                subscription._reached(at)
        elif line.word == "BYE":
            if "to" in line.fields:
                self._move(line.fields["to"], self._servers[0][1])
            self._hold = min(_seconds(line.fields.get("after")) or 0.0, self._give_up)
            self._pushes.put_nowait(Bye(line.fields["why"], Position.parse(line.fields["at"])))
            raise EOFError
        else:
            push = _push(line)
            if push:
                self._pushes.put_nowait(push)

    def _take_answer(self, line: Line) -> None:
        if line.tag is None:
            if line.word == "ERR":
                self._take_untagged(line)
            return
        if not self._answers or self._answers[0].tag != line.tag:
            raise ProtocolError(f"an answer to #{line.tag}, which was not the next one")
        command = self._answers[0]
        if line.word == "ROW":
            command.rows.append(_row(line))
            return
        self._answers.popleft()
        if command in self._waiting:
            self._waiting.remove(command)
        if command.future.done():
            return
        if line.word == "ERR":
            host, port = self._servers[0]
            error = self._refusal(line, host, port)
            command.future.set_exception(error)
            if error.closes or error.retry == "elsewhere":
                raise EOFError
        else:
            command.future.set_result(_answer(line, command.rows))

    def _take_untagged(self, line: Line) -> None:
        """A position was wrong, or the connection was at fault."""
        error = BaechaError(line)
        if error.closes:
            raise EOFError
        self.refused_positions += 1
        self.last_refusal = error

    def _take_stream(self, line: Line) -> None:
        name = line.args[0]
        if name == "0" and line.word == "EV":
            self._pushes.put_nowait(_event(line))
        subscription = self._subscriptions.get(name)
        if subscription is not None:
            subscription._take(line)


class AsyncSubscription:
    """Events in order, each once, over any number of connections. ``last`` is where it stands: keep
    it, and start from it in the next run of the program."""

    def __init__(self, client: AsyncClient, name: str, line: str, wants_snapshot: bool):
        self._client, self.name, self.line = client, name, line
        self.last: Optional[Position] = None
        #: A snapshot that a lost connection cut short is sent again from its beginning.
        self.wants_snapshot = wants_snapshot
        self._items: asyncio.Queue[Union[StreamItem, Exception, None]] = asyncio.Queue()

    def __aiter__(self) -> "AsyncSubscription":
        return self

    async def __anext__(self) -> StreamItem:
        item = await self._items.get()
        if item is None:
            raise StopAsyncIteration
        if isinstance(item, Exception):
            raise item
        return item

    async def close(self) -> None:
        self._client._subscriptions.pop(self.name, None)
        self._put(None)
        await self._client.call("UNSUB", self.name)

    def _put(self, item: Union[StreamItem, Exception, None]) -> None:
        self._items.put_nowait(item)

    def _began(self, answer: Answer) -> None:
        start = answer.fields.get("from")
        if self.last is None and start is not None:
            self.last = Position.parse(str(start))

    def _reached(self, at: Position) -> None:
        if self.last is not None and at > self.last:
            self.last = at

    def _resumed(self, future: "asyncio.Future[Answer]") -> None:
        if future.cancelled():
            return
        error = future.exception()
        if not isinstance(error, BaechaError):
            return
        if error.name == "trimmed":
            first = Position.parse(str(error.fields["first"]))
            self._put(Gap(self.name, self.last, first))
            self.last = first
            if self._client._writer:
                self._client._quietly(f"{self.line} from={first}\n", self)
        else:
            self._put(error)

    def _take(self, line: Line) -> None:
        if line.word == "EV":
            event = _event(line)
            # The answer to SUB may have been lost, the events behind it not.
            # The server's own news is no fact and moves no stream.
            if event.kind.startswith("sys."):
                self._put(event)
            elif self.last is None or event.at > self.last:
                self.last = event.at
                self._put(event)
        elif line.word == "POS":
            place = _place(line.args[2])
            assert place is not None
            self._put(Moved(self.name, line.args[1], place, _values(line)))
        elif line.word == "SNAP":
            self._put(Snapshot(self.name, line.args[1], line.args[2], _values(line)))
        elif line.word == "LIVE":
            self.wants_snapshot = False
            self._reached(Position.parse(line.args[1]))
        elif line.word == "GAP":
            start, end = (Position.parse(line.fields[key]) for key in ("from", "to"))
            self._reached(end)
            self._put(Gap(self.name, start, end))


# Blocking


class Client(_Commands):
    """The same, blocking: an AsyncClient on a thread of its own. Its methods may be called from any
    thread."""

    def __init__(self, *args: Any, **options: Any):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="baecha")
        self._thread.start()

        async def make() -> AsyncClient:
            return AsyncClient(*args, **options)

        self._client = self._wait(make())

    def __enter__(self) -> "Client":
        try:
            self.connect()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _wait(self, work: Coroutine[Any, Any, T], timeout: Optional[float] = None) -> T:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout)
        except BaseException:
            future.cancel()
            raise

    def _send(self, line: Callable[[str], str], verb: str) -> Answer:
        return self._wait(self._client._send(line, verb))

    @property
    def banner(self) -> Optional[Banner]:
        return self._client.banner

    @property
    def connections(self) -> int:
        return self._client.connections

    def connect(self) -> Banner:
        return self._wait(self._client.connect())

    def close(self) -> None:
        if not self._thread.is_alive():
            return
        self._wait(self._client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def taxi_on(self, taxi: str, place: Place, **options: Any) -> Answer:
        return self._wait(self._client.taxi_on(taxi, place, **options))

    def taxi_off(self, taxi: str, **options: Any) -> Answer:
        return self._wait(self._client.taxi_off(taxi, **options))

    def position(self, taxi: str, place: Place, **options: Any) -> None:
        async def send() -> None:
            self._client.position(taxi, place, **options)
            await self._client.drain()

        self._wait(send())

    def next_push(self, timeout: Optional[float] = None) -> Optional[Push]:
        """The next push, or None when none came in time or the client ended."""
        return self._next(self._client._pushes.get(), timeout)

    def _next(self, get: Awaitable[T], timeout: Optional[float]) -> Optional[T]:
        async def wait() -> Optional[T]:
            try:
                return await asyncio.wait_for(get, timeout)
            except asyncio.TimeoutError:
                return None

        return self._wait(wait())

    def subscribe(self, kinds: str, **options: Any) -> "Subscription":
        return Subscription(self, self._wait(self._client.subscribe(kinds, **options)))


class Subscription:
    """An AsyncSubscription's blocking face: iterate over it, or take with ``next(timeout)``."""

    def __init__(self, client: Client, stream: AsyncSubscription):
        self._client, self._stream = client, stream

    @property
    def last(self) -> Optional[Position]:
        return self._stream.last

    def next(self, timeout: Optional[float] = None) -> Optional[StreamItem]:
        """The next item, or None when none came in time or the client ended."""
        item = self._client._next(self._stream._items.get(), timeout)
        if isinstance(item, Exception):
            raise item
        return item

    def __iter__(self) -> Iterator[StreamItem]:
        while True:
            item = self.next()
            if item is None:
                return
            yield item

    def close(self) -> None:
        self._client._wait(self._stream.close())


# Reading lines


async def _read_line(reader: asyncio.StreamReader) -> Line:
    while True:
        raw = await reader.readline()
        if not raw.endswith(b"\n"):
            # Half a line is no line: what it would have said is unknown.
            raise EOFError
        text = raw.decode("utf-8").rstrip("\r\n")
        if text and not text.startswith(";"):
            return parse_line(text)


def _values(line: Line) -> dict[str, Any]:
    return {key: _value(value) for key, value in line.fields.items()}


def _row(line: Line) -> dict[str, Any]:
    """A ROW as a dict: its words under ``what`` and ``id``."""
    named = dict(zip(("what", "id"), line.args))
    return {**named, **_values(line)}


def _answer(line: Line, found: Sequence[Mapping[str, Any]]) -> Answer:
    fields = _values(line)
    at = fields.pop("at", None)
    state = fields.pop("state", None)
    duplicate = fields.pop("dup", 0) == 1
    return Answer(line.args[0] if line.args else None, state,
                  Position.parse(at) if at else None, duplicate, fields, found)


def _banner(line: Line) -> Banner:
    try:
        f = line.fields
        return Banner(f["region"], f["node"], f["role"], f["dur"], Position.parse(f["at"]),
                      _seconds(f.get("hb", "10s")) or 10.0, _seconds(f.get("dedup", "15m")) or 900.0,
                      tuple(f["auth"].split(",")), f["nonce"])
    except KeyError as missing:
        raise ProtocolError(f"the banner has no {missing}") from None


def _event(line: Line) -> Event:
    return Event(line.args[0], Position.parse(line.args[1]), line.args[2], line.args[3], _values(line))


def _push(line: Line) -> Optional[Push]:
    f = line.fields
    if line.word == "OFFER":
        pickup = _place(f["from"])
        assert pickup is not None
        return Offer(line.args[0], line.args[1], line.args[2], pickup, _seconds(f["eta"]) or 0.0,
                     _seconds(f["ttl"]) or 0.0, _place(f.get("dest")), int(f.get("seats", 1)),
                     f.get("again") == "1", Position.parse(f["at"]))
    if line.word == "REVOKE":
        return Revoke(line.args[0], f["why"], Position.parse(f["at"]))
    if line.word == "GUIDE":
        until = f.get("until")
        return Guide(line.args[0], _place(f.get("to")), _seconds(f.get("eta")),
                     int(until) if until else None, f.get("why"))
    return None  # a newer server's line


def _address(text: str, port: int) -> tuple[str, int]:
    host, colon, number = text.rpartition(":")
    if colon and number.isdecimal():
        return host.strip("[]"), int(number)
    return text, port


def _context(wanted: Union[tls.SSLContext, bool, None]) -> Optional[tls.SSLContext]:
    if not wanted:
        return None
    context = tls.create_default_context() if wanted is True else wanted
    context.minimum_version = tls.TLSVersion.TLSv1_3
    context.set_alpn_protocols(["blp/1"])
    return context


def now() -> datetime:
    """The present, with its zone, as times in commands need it."""
    return datetime.now(timezone.utc)
