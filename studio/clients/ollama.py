"""Ollama: forms filled and words written by a language model, over its own client alone."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import httpx
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from ollama import Client, ResponseError
from ollama import ListResponse as Listed

from studio.clients.bounded import SmallAnswers, in_time
from studio.errors import AnswerUnusableError, LanguageModelError
from studio.hosts import ollama_url

CONNECT_S: Final = 2.0
LONGEST_ANSWER: Final = 64 * 1024
"""Characters; a model that does not end is stopped there."""
MOST_TOKENS: Final = 2048
MOST_BYTES: Final = 4 * 1024 * 1024
"""Of one answer on the wire, the forms of its parts included."""
_LONGEST_REASON: Final = 200
_EMBEDS: Final = re.compile(r"bert|embed|minilm|bge", re.IGNORECASE)
_SIZE: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[KMBT])", re.IGNORECASE)
_UNITS: Final = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
_UNWRITABLE: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")
"""What no database keeps as text, and no log shows."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Model:
    """A model that a server has; `parameters` as it says itself, 0 where it does not."""

    name: str
    parameters: float
    size_bytes: int
    can_write: bool


@dataclass(frozen=True, slots=True)
class Ollama:
    """One server and the model that is asked; without a name, the best that the server has.

    Each call ends within `longest_s`, whatever the server does.
    """

    client: Client
    http: httpx.Client
    address: str
    model: str | None = None
    longest_s: float = 30.0

    def version(self) -> str:
        """The server's version: the cheapest sign of life."""
        return self._soon(self._version)

    def _version(self) -> str:
        reply = self.http.get(f"{self.address}/api/version", timeout=CONNECT_S)
        reply.raise_for_status()
        return _told(reply.json()["version"])

    def models(self) -> tuple[Model, ...]:
        """What the server has, best first: those that write, by their number of parameters, then by name."""
        found = self._soon(lambda: [_model(each) for each in self.client.list().models])
        return tuple(sorted(found, key=lambda each: (not each.can_write, -each.parameters, each.name)))

    def has(self, name: str) -> bool:
        """Whether the server has a model of that name; one without a tag is the latest."""
        return (name if ":" in name else f"{name}:latest") in {each.name for each in self.models()}

    def chosen(self) -> str:
        """The model that is asked.

        Raises:
            LanguageModelError: The server does not answer, or has none that writes.
        """
        if self.model:
            return self.model
        found = self.models()
        if not found or not found[0].can_write:
            raise LanguageModelError("Ollama has no model that writes: `ollama pull` one.", host=self.address)
        return found[0].name

    def fill(
        self, prompt: str, schema: Mapping[str, Any], *, system: str = "", seed: int = 0
    ) -> dict[str, Any]:
        """Have a form filled in: an object that fits `schema`.

        Raises:
            LanguageModelError: Nobody answers, there is no such model, or it takes longer than `longest_s`.
            AnswerUnusableError: The answer is cut off, is no JSON, or does not fit.
        """
        text = "".join(self._in_time(lambda: self._say(prompt, system, seed, schema)))
        try:
            filled = json.loads(text, parse_constant=_refuse)
            Draft202012Validator(schema).validate(filled)
            _require_writable(filled)
        except (ValueError, RecursionError) as error:
            raise AnswerUnusableError("The model's answer is no JSON.", reason=_told(error)) from error
        except ValidationError as error:
            raise AnswerUnusableError(
                "The model's answer does not fit its form.", path=error.json_path, reason=str(error.validator)
            ) from error
        if not isinstance(filled, dict):
            raise AnswerUnusableError("The model's answer is no object.", reason=type(filled).__name__)
        return filled

    def stream(self, prompt: str, *, system: str = "", seed: int = 0) -> Iterator[str]:
        """Words as they are written.

        Raises:
            LanguageModelError: As of `fill`; also amid the words.
            AnswerUnusableError: The answer is cut off.
        """
        return self._in_time(lambda: self._say(prompt, system, seed, None))

    def _say(self, prompt: str, system: str, seed: int, schema: Mapping[str, Any] | None) -> Iterator[str]:
        said = [{"role": "system", "content": system}] if system else []
        said.append({"role": "user", "content": prompt})
        asked, length, reason = self.chosen(), 0, None
        for part in self.client.chat(
            model=asked,
            messages=said,
            stream=True,
            think=False,
            format=None if schema is None else dict(schema),
            options={"temperature": 0, "seed": seed, "num_predict": MOST_TOKENS},
        ):
            word = part.message.content or ""
            length, reason = length + len(word), (part.done_reason or "stop") if part.done else reason
            if length > LONGEST_ANSWER:
                raise AnswerUnusableError("The model's answer does not end.", model=asked)
            yield word
        if reason != "stop":
            raise AnswerUnusableError("The model's answer is cut off.", model=asked, reason=reason)

    def _soon(self, work: Callable[[], T]) -> T:
        """What `work` gives, or that it takes too long."""
        (found,) = self._in_time(lambda: iter([work()]))
        return found

    def _in_time(self, source: Callable[[], Iterator[T]]) -> Iterator[T]:
        try:
            with self._trouble():
                yield from in_time(source, self.longest_s)
        except TimeoutError as error:
            raise LanguageModelError(self._late(), host=self.address) from error

    def _late(self) -> str:
        return f"The language model does not answer within {self.longest_s:g} s."

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        """What the network, the server and the library raise, in our words."""
        try:
            yield
        except httpx.TimeoutException as error:
            raise LanguageModelError(self._late(), host=self.address) from error
        except (httpx.HTTPError, ConnectionError) as error:
            raise LanguageModelError("No language model answers.", host=self.address) from error
        except ResponseError as error:
            why = _told(error.error) or str(error.status_code)
            raise LanguageModelError(
                f"Ollama refused: {why}", host=self.address, status=error.status_code
            ) from error
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise LanguageModelError("What answers there is no Ollama.", host=self.address) from error


@contextmanager
def connect(host: str, *, model: str | None = None, longest_s: float = 30.0) -> Iterator[Ollama]:
    """An Ollama at `host`, written as `OLLAMA_HOST` is: a URL, a host and port, or a host alone."""
    where = ollama_url(host)
    timeout, wire = httpx.Timeout(longest_s, connect=CONNECT_S), SmallAnswers(MOST_BYTES)
    with (
        Client(where, timeout=timeout, follow_redirects=False, trust_env=False, transport=wire) as client,
        httpx.Client(timeout=timeout, trust_env=False, transport=wire) as http,
    ):
        yield Ollama(client, http, where, model, longest_s)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def _require_writable(filled: object) -> None:
    """What PostgreSQL and UTF-8 can keep.

    Raises:
        ValueError: There is a NUL or half a character in it.
    """
    whole = json.dumps(filled, ensure_ascii=False)
    if "\\u0000" in whole or _UNWRITABLE.search(whole):
        raise ValueError("it holds characters that no text has")


def _told(what: object) -> str:
    """A server's own words, as far as they can be shown and kept."""
    return _UNWRITABLE.sub(" ", str(what)).strip()[:_LONGEST_REASON]


def _model(listed: Listed.Model) -> Model:
    details = listed.details
    name, families = listed.model or "", " ".join((details and details.families) or ())
    said = _SIZE.fullmatch((details and details.parameter_size) or "")
    return Model(
        name=name,
        parameters=float(said["number"]) * _UNITS[said["unit"].upper()] if said else 0.0,
        size_bytes=int(listed.size or 0),
        can_write=bool(name) and not _EMBEDS.search(f"{name} {families}"),
    )
