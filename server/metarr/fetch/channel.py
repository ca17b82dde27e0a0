"""A provider's one way out: its own workers, limits, breaker and connections, shared with no other provider."""

import math
import threading
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from metarr.clock import Clock
from metarr.domain.values import Struct
from metarr.errors import (
    BadAnswer,
    DeadlineTooNear,
    KeyRefused,
    ProviderError,
    ProviderTimeout,
    QuotaExhausted,
    RateLimited,
    Reason,
    TitleNotFound,
)
from metarr.fetch.breaker import Breaker, counts
from metarr.fetch.client import ProviderClient
from metarr.fetch.contract import (
    AnsweredMeanwhile,
    Cancelled,
    Classify,
    Connection,
    Http,
    Lane,
    Limits,
    LimitStore,
    Note,
    SecretStore,
    unnoted,
)
from metarr.fetch.flight import Flight
from metarr.fetch.lanes import Lanes
from metarr.fetch.limits import Limiter

T = TypeVar("T")

TEST_SECONDS = 20.0
ALIVE_SECONDS = 5.0
"""For finding out whether a provider that failed is down: somebody waits for that, besides the answer that failed."""
STALL = 3.0
"""Seconds for which no worker got an answer before nobody else lines up behind them."""
OVERDUE = 5.0
"""Seconds without an answer after which nobody else joins a call: who comes then starts one of his own."""
CLOSE_SECONDS = 2.0
"""How long `close` waits for its threads, in all."""


class ChannelStatus(Struct, frozen=True, kw_only=True):
    """How a provider stands. `retry_at` and `circuit_retry_at`: when it will be asked again; `quota_limit` 0: none.
    `blamed_proxy`: what the proxy before it failed with, where it is that which keeps the circuit open."""

    limited_reason: Reason | None = None
    limited_detail: str = ""
    retry_at: datetime | None = None
    auth_refused: str = ""
    circuit_open: bool = False
    blamed_proxy: str = ""
    circuit_retry_at: datetime | None = None
    quota_used: int = 0
    quota_limit: int = 0
    quota_reset_at: datetime | None = None
    last_request_at: datetime | None = None
    last_success_at: datetime | None = None
    in_flight: int = 0
    waiting: int = 0


class Ticket(Generic[T]):
    """One caller's share in a flight. To be used by one thread, once: `result` ends it."""

    def __init__(self, channel: "Channel", flight: Flight[T], deadline: float) -> None:
        self._channel = channel
        self._flight = flight
        self._deadline = deadline
        self._given_up: ProviderTimeout | None = None

    def result(self) -> T:
        """What the call returned; raises what it raised.

        Raises ProviderTimeout when the deadline given at `submit` passes first; the caller's share in the flight ends
        with that.
        """
        while not self.is_over():
            self._channel.clock.wait(self.look_again_in(), self._flight.done)
        if self._given_up is not None:
            raise self._given_up
        return self._flight.result()

    def is_over(self) -> bool:
        """Whether `result` tells at once. For who waits for several: only by being asked it notices that the time is
        over, or that nobody is answered."""
        if self._flight.done.is_set() or self.is_given_up:
            return True
        if self._deadline <= self._channel.clock.monotonic():
            self._given_up = ProviderTimeout("no answer within the caller's deadline")
        elif self._flight.started_as is None and self._channel.stalled():
            self._given_up = self._channel.stall()
        else:
            return False
        self._channel.forsake(self._flight)
        return True

    def look_again_in(self) -> float:
        """Seconds after which to ask again whether it is over, should nothing have been told until then."""
        if self.is_given_up or self._flight.done.is_set():
            return math.inf
        rest = self._deadline - self._channel.clock.monotonic()
        return rest if self._flight.started_as is not None else min(rest, STALL)

    @property
    def is_given_up(self) -> bool:
        return self._given_up is not None

    def forsake(self) -> None:
        """End the share in the flight; nobody asks for its result."""
        if not self.is_given_up:
            self._channel.forsake(self._flight)

    def when_done(self, tell: Callable[[], object]) -> None:
        """Have this called once, by whatever thread, when the flight ends."""
        self._flight.when_done(tell)


class _Errand:
    """What a call speaks through; contract `Http` towards the provider, `Trip` towards the client.

    `tried_by`: the deadline with which its last request waited for its turn.
    """

    def __init__(self, channel: "Channel", flight: Flight[Any], *, bypass: bool = False) -> None:
        self._channel = channel
        self._flight = flight
        self._bypass = bypass
        self.cancelled = flight.cancelled
        self.asked = False
        self.tried_by = math.inf
        self.not_admitted: BaseException | None = None

    def get(self, path: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> Any:
        return self._channel.client.ask(self, "GET", path, params=params, headers=headers)

    def post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Any:
        return self._channel.client.ask(self, "POST", path, body=body, headers=headers)

    def recall(self, name: str) -> str | None:
        return self._channel.recall(name)

    def remember(self, name: str, secret: str | None) -> None:
        self._channel.remember(name, secret)

    def deadline(self) -> float:
        return self._flight.deadline + self._flight.linger

    def admit(self) -> None:
        if self.cancelled.is_set():
            raise Cancelled
        # While somebody waits, a turn that comes after their deadline is worth nothing; they are told at once.
        self.tried_by = self._flight.deadline if self._flight.waiters else self.deadline()
        self._flight.asked_at = None
        try:
            self._channel.limiter.acquire(self._flight.lane, self.tried_by, self.cancelled, bypass=self._bypass)
        except BaseException as error:
            self.not_admitted = error
            raise
        self.asked = True
        self._flight.asked_at = self._channel.clock.monotonic()


class Channel:
    """Calls to one provider. Thread-safe. Made for one set of settings: with others, close it and make a new one."""

    def __init__(  # noqa: PLR0917 everything a channel is made of, in one place
        self,
        provider_id: str,
        connection: Connection,
        classify: Classify,
        limits: Limits,
        clock: Clock,
        limit_store: LimitStore,
        secret_store: SecretStore,
        key_fingerprint: str,
        check: Callable[[Http], object] | None = None,
        *,
        note: Note = unnoted,
    ) -> None:
        """`key_fingerprint` names the key without telling it: ledger and remembered secrets belong to it. `check`: a
        cheap call that succeeds where the provider is up; None: there is none. `note`: hears of every request."""
        self.clock = clock
        self.client = ProviderClient(provider_id, connection, classify, clock, limits.workers, note)
        self.limiter = Limiter(provider_id, limits, key_fingerprint, limit_store, clock)
        self.breaker = Breaker(
            provider_id, clock, last=self.limiter.circuit, keep=self.limiter.keep_circuit, ailing=self._ailment
        )
        self._check = check
        self._answered: Callable[[Http], object] | None = None
        self._provider_id = provider_id
        self._secret_store = secret_store
        self._fingerprint = key_fingerprint
        self._secrets: dict[str, str | None] = {}
        self._workers = max(1, limits.workers)
        self._changed = threading.Condition()
        self._flights: dict[Hashable, Flight[Any]] = {}
        self._queue: Lanes[Flight[Any]] = Lanes()
        self._running: list[Flight[Any]] = []
        self._running_batch = 0
        self._idle = 0
        self._threads: list[threading.Thread] = []
        self._closed = False

    # For callers --------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Raise what `submit` would raise now, whatever the call: limited, key refused, circuit open, closed."""
        if self._closed:
            raise ProviderError("its connection was closed")
        self.limiter.check()
        self.breaker.check()

    def submit(
        self,
        key: Hashable,
        call: Callable[[Http], T],
        *,
        lane: Lane,
        deadline: float,
        linger: float = 0.0,
        answered: Callable[[], bool] = lambda: False,
    ) -> Ticket[T]:
        """Have `call` run by a worker, or join the flight of the same key, unless that one is overdue. `deadline`:
        monotonic seconds.

        `linger`: seconds that a call may go on after the deadline of its last waiter, because what it learns is
        kept by the call itself. `answered`: whether that was kept since the caller looked for it; asked, and it must
        tell at once, where there is no flight to join: one may have ended a moment ago. Raises AnsweredMeanwhile
        then; what `check` raises, and DeadlineTooNear; all at once and without a request.
        """
        with self._changed:
            flight = self._flights.get(key)
            if flight is None or self._overdue(flight):
                if answered():
                    raise AnsweredMeanwhile
                self._refuse(lane, deadline)
                flight = self._take_off(Flight(key, call, lane, deadline, linger))
            else:
                promoted = lane < flight.lane and self._queue.discard(flight)
                flight.join(lane, deadline, linger)
                if promoted:
                    self._queue.add(flight, lane)
                    self._changed.notify()
        return Ticket(self, flight, deadline)

    def test(self, call: Callable[[Http], object], *, deadline: float | None = None) -> None:
        """Run a check in the calling thread, heeding pace and ledger but no park, refused key or open circuit.

        A success lifts those; otherwise raises ProviderError. `deadline`: monotonic seconds, in 20 s by default.
        """
        if self._closed:
            raise ProviderError("its connection was closed")
        by = self.clock.monotonic() + TEST_SECONDS if deadline is None else deadline
        errand = _Errand(self, Flight(None, call, Lane.INTERACTIVE, self.client.before_doubts(by), 0.0), bypass=True)
        try:
            call(errand)
        except TitleNotFound:
            pass  # an answer, so key and network are in order
        except (RateLimited, QuotaExhausted, KeyRefused) as error:
            if error is not errand.not_admitted:
                error.retry_at = self.limiter.refused(error)
            raise
        except ProviderTimeout as error:
            raise self.client.silent_proxy(by) or error from None
        if errand.asked:
            self.limiter.succeeded()
            self.lift()

    def lift(self) -> None:
        """Forget park, refused key and open circuit; the ledger stands."""
        self.limiter.lift()
        self.breaker.lift()

    def status(self) -> ChannelStatus:
        limits, circuit = self.limiter.status(), self.breaker.retry_at()
        return ChannelStatus(
            limited_reason=limits.limited,
            limited_detail=limits.detail,
            retry_at=limits.retry_at,
            auth_refused=limits.auth_refused,
            circuit_open=circuit is not None,
            blamed_proxy=self.breaker.blamed_proxy,
            circuit_retry_at=circuit,
            quota_used=limits.used,
            quota_limit=limits.quota,
            quota_reset_at=limits.reset_at,
            last_request_at=limits.last_request_at,
            last_success_at=limits.last_success_at,
            in_flight=len(self._running),
            waiting=len(self._queue),
        )

    def retire(self) -> None:
        """Begin no call any more; those that wait for a worker end. What is under way goes on, until `close`."""
        with self._changed:
            self._closed = True
            while (flight := self._queue.pop()) is not None:
                self._forget(flight)
                flight.cancelled.set()
                flight.land(None, ProviderError("its connection was closed"))
            self._changed.notify_all()

    def finish(self, until: float) -> None:
        """After `retire`: wait for what is under way, until that time of the monotonic clock at the latest."""
        for thread in tuple(self._threads):
            thread.join(max(0.0, until - self.clock.monotonic()))

    def close(self) -> None:
        """End every flight and thread. Whoever waits gets a ProviderError. There is no way back."""
        with self._changed:
            self._closed = True
            for flight in (*self._flights.values(), *self._running):
                flight.cancelled.set()
                flight.land(None, ProviderError("its connection was closed"))
            self._flights.clear()
            self._changed.notify_all()
            threads = [thread for thread in self._threads if thread is not threading.current_thread()]
        for thread in threads:
            thread.join(CLOSE_SECONDS / len(threads))
        self.client.close()
        self.limiter.close()

    def stalled(self) -> bool:
        """Whether every worker has waited for an answer for a while, so that nobody else needs to line up."""
        # Read without the lock, by everyone who waits: a flight too many or too few only moves the moment.
        running = tuple(self._running)
        # One worker is kept for interactive calls; of a job's, that one never shows whether they all hang.
        if len(running) < max(1, self._workers - 1):
            return False
        since = self.clock.monotonic() - STALL
        return all(flight.asked_at is not None and flight.asked_at < since for flight in running)

    def stall(self) -> ProviderTimeout:
        """The error for those who would only wait behind a provider that answers nobody."""
        return ProviderTimeout(f"it has answered nobody for {STALL:g} s")

    # For tickets and errands --------------------------------------------------------------------------------------

    def forsake(self, flight: Flight[Any]) -> None:
        """One waiter is gone. A flight that nobody waits for is dropped where it has not begun; one that is under way
        may go on as long as it lingers, for its answer is kept."""
        with self._changed:
            flight.waiters -= 1
            if flight.waiters or flight.done.is_set():
                return
            if flight.started_as is not None:
                # No further request of it begins after that but what its linger allows: a look-up that came in time
                # may still ask for the record that it found.
                flight.deadline = min(flight.deadline, self.clock.monotonic())
                return
            flight.cancelled.set()
            self._forget(flight)
            self._queue.discard(flight)
            flight.land(None, Cancelled())

    def recall(self, name: str) -> str | None:
        """A secret remembered for this key."""
        if name not in self._secrets:
            self._secrets[name] = self._secret_store.load_secret(self._provider_id, f"{self._fingerprint}:{name}")
        return self._secrets[name]

    def remember(self, name: str, secret: str | None) -> None:
        """Remember a secret for this key; None forgets it."""
        self._secrets[name] = secret
        self._secret_store.save_secret(self._provider_id, f"{self._fingerprint}:{name}", secret)

    # Inside -------------------------------------------------------------------------------------------------------

    def _refuse(self, lane: Lane, deadline: float) -> None:
        self.check()
        if self.stalled():
            raise self.stall()
        # At 3 requests a second with 60 calls ahead it is this one's turn in 20 s: who waits 10 is told so at once,
        # instead of after 10 s, and costs the others no place in the queue.
        turn = self.clock.monotonic() + self.limiter.bucket.delay(self._queue.ahead(lane))
        if turn > deadline:
            raise DeadlineTooNear("it would not be this call's turn in time")

    def _overdue(self, flight: Flight[Any]) -> bool:
        return flight.asked_at is not None and flight.asked_at < self.clock.monotonic() - OVERDUE

    def _take_off(self, flight: Flight[Any]) -> Flight[Any]:
        self._flights[flight.key] = flight
        self._queue.add(flight, flight.lane)
        # An idle worker that was notified for an earlier flight is still counted as idle until it runs: so more
        # flights than idle ones, not merely none idle, is what calls for another worker.
        if self._idle < len(self._queue) and len(self._threads) < self._workers:
            self._hire(flight)
        self._changed.notify()
        return flight

    def _hire(self, flight: Flight[Any]) -> None:
        """One worker more. Where the machine has no thread to spare, those that there are do it; without any, the
        flight is off, and it raises what starting a thread raised."""
        name = f"fetch-{self._provider_id}-{len(self._threads) + 1}"
        thread = threading.Thread(target=self._work, name=name, daemon=True)
        try:
            thread.start()
        except RuntimeError:
            if self._threads:
                return
            self._queue.discard(flight)
            self._forget(flight)
            raise
        self._threads.append(thread)

    def _work(self) -> None:
        while (flight := self._next()) is not None:
            while not self._landed(flight, *self._fly(flight)):
                pass

    def _next(self) -> Flight[Any] | None:
        """The next flight to run; None when the channel is closed. The last worker is kept for interactive ones."""
        with self._changed:
            while not self._closed:
                flight = self._queue.pop(batch=self._running_batch < max(1, self._workers - 1))
                if flight is not None and self.clock.monotonic() > flight.deadline:
                    # Forgotten under the same lock: nobody who has more time joins what is over.
                    self._forget(flight)
                    flight.land(None, DeadlineTooNear("the deadline passed before it was this call's turn"))
                    continue
                if flight is not None:
                    flight.started_as = flight.lane
                    self._running.append(flight)
                    self._running_batch += flight.lane is Lane.BATCH
                    return flight
                self._idle += 1
                self._changed.wait()
                self._idle -= 1
            return None

    def _landed(self, flight: Flight[Any], errand: _Errand, value: Any, error: BaseException | None) -> bool:
        """End a flight; False where it has to be flown again: its time was over, and somebody with more of it has
        joined since that was found out. Nobody joins in between: it is decided under the lock that they come through.
        """
        with self._changed:
            too_near = isinstance(error, DeadlineTooNear) and not self._closed
            if too_near and flight.deadline > max(errand.tried_by, self.clock.monotonic()):
                return False
            self._running.remove(flight)
            # By the lane it began in: somebody who waits for it now may have made it an interactive one since.
            self._running_batch -= flight.started_as is Lane.BATCH
            # Forgotten before it lands, under one lock: who looks for it in between would join a flight that is
            # over, and wait for ever.
            self._forget(flight)
            flight.land(value, error)
            return True

    def _fly(self, flight: Flight[Any]) -> tuple[_Errand, Any, BaseException | None]:
        """Run a flight's call and note its outcome."""
        errand = _Errand(self, flight)
        value: Any = None
        error: BaseException | None = None
        try:
            self.breaker.enter()
            value = flight.call(errand)
        except BaseException as caught:  # noqa: BLE001 whatever it was, it belongs to those who wait
            error = caught
        try:
            self._note(flight, errand, error)
        except BaseException as caught:  # noqa: BLE001 the worker must live on
            return errand, None, caught
        return errand, value, error

    def _note(self, flight: Flight[Any], errand: _Errand, error: BaseException | None) -> None:
        self._note_limits(errand, error)
        if error is not None and not isinstance(error, TitleNotFound):
            self.breaker.failed(flight.key, error)
        elif errand.asked:
            self.breaker.succeeded()
            self._answered = flight.call
        else:
            self.breaker.abandoned()

    def _note_limits(self, errand: _Errand, error: BaseException | None) -> None:
        if error is None or isinstance(error, TitleNotFound):
            if errand.asked:
                self.limiter.succeeded()
            return
        if isinstance(error, RateLimited | QuotaExhausted | KeyRefused) and error is not errand.not_admitted:
            error.retry_at = self.limiter.refused(error)
            return
        self.limiter.abandoned()
        if isinstance(error, ProviderError) and error.retry_at is None and error.retry_after is not None:
            error.retry_at = self.clock.now() + timedelta(seconds=error.retry_after)

    def _ailment(self) -> BaseException | None:
        """What asking the provider again what it answered last fails with; where it has not answered anything yet, its
        check. None: nothing, it is well.

        A provider may well answer its check while none of its records can be had. Whatever keeps it from being asked,
        such as its daily quota, is no sign of an illness.
        """
        call = self._answered or self._check
        if call is None:
            return BadAnswer("there is nothing that it is known to answer")
        errand = _Errand(self, Flight(None, call, Lane.INTERACTIVE, self.clock.monotonic() + ALIVE_SECONDS, 0.0))
        error: BaseException | None = None
        try:
            call(errand)
        except BaseException as caught:  # noqa: BLE001 whatever it was, the worker must live on
            error = caught
        self._note_limits(errand, error)
        if error is None or not counts(error):
            return None
        if isinstance(error, ProviderTimeout):
            return self.client.silent_proxy(self.clock.monotonic() + ALIVE_SECONDS) or error
        return error

    def _forget(self, flight: Flight[Any]) -> None:
        # A dropped flight may have been taken off anew, under the same key.
        if self._flights.get(flight.key) is flight:
            del self._flights[flight.key]
