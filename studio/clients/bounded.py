"""Answers that end in time and stay small, whatever a server does."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

import httpx

from studio.errors import AnswerUnusableError

T = TypeVar("T")


class SmallAnswers(httpx.BaseTransport):
    """HTTP whose answers are read up to `most_bytes`, as they come.

    They are asked for unpacked, and never unpacked here: a little that is packed may come to anything.
    """

    def __init__(self, most_bytes: int) -> None:
        self._http, self._most_bytes = httpx.HTTPTransport(trust_env=False), most_bytes

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["accept-encoding"] = "identity"
        reply = self._http.handle_request(request)
        reply.headers.pop("content-encoding", None)
        assert isinstance(reply.stream, httpx.SyncByteStream)
        reply.stream = _Counted(reply.stream, self._most_bytes)
        return reply

    def close(self) -> None:
        self._http.close()


@dataclass(frozen=True, slots=True)
class _Counted(httpx.SyncByteStream):
    stream: httpx.SyncByteStream
    most_bytes: int

    def __iter__(self) -> Iterator[bytes]:
        length = 0
        for part in self.stream:
            length += len(part)
            if length > self.most_bytes:
                raise AnswerUnusableError("The model's answer does not end.", bytes=length)
            yield part

    def close(self) -> None:
        self.stream.close()


@dataclass(frozen=True, slots=True)
class _Told(Generic[T]):
    """What was read: a part, an error, or that there is no more."""

    part: T | None = None
    error: Exception | None = None
    is_end: bool = False


def in_time(source: Callable[[], Iterator[T]], within_s: float) -> Iterator[T]:
    """What `source` gives, as it comes, for `within_s` at most from the first that is asked for.

    It is read on a thread of its own, which is left behind when the time is over: a socket's timeout begins
    anew with every byte, and looking a name up has none.

    Raises:
        TimeoutError: It has not ended by then.
    """
    told: SimpleQueue[_Told[T]] = SimpleQueue()
    deadline = time.monotonic() + within_s
    threading.Thread(target=_read, args=(source, told), name="in time", daemon=True).start()
    while not (heard := _next(told, deadline)).is_end:
        if heard.error is not None:
            raise heard.error
        yield heard.part  # type: ignore[misc]  # a part, since it is neither an error nor the end


def _next(told: "SimpleQueue[_Told[T]]", deadline: float) -> _Told[T]:
    left_s = deadline - time.monotonic()
    try:
        if left_s > 0:
            return told.get(timeout=left_s)
    except Empty:
        pass
    raise TimeoutError


def _read(source: Callable[[], Iterator[T]], told: "SimpleQueue[_Told[T]]") -> None:
    try:
        for part in source():
            told.put(_Told(part))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told to who waits
        told.put(_Told(error=error))
    told.put(_Told(is_end=True))
