"""Ollama: forms filled and words written by a language model, over its own client alone."""

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from ollama import Client, ResponseError
from ollama import ListResponse as Listed

from studio.errors import AnswerUnusableError, LanguageModelError
from studio.hosts import ollama_url

CONNECT_S: Final = 2.0
LONGEST_ANSWER: Final = 64 * 1024
"""Characters; a model that does not end is stopped there."""
MOST_TOKENS: Final = 2048
_EMBEDS: Final = re.compile(r"bert|embed|minilm|bge", re.IGNORECASE)
_SIZE: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[KMBT])", re.IGNORECASE)
_UNITS: Final = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


@dataclass(frozen=True, slots=True)
class Model:
    """A model that a server has; `parameters` as it says itself, 0 where it does not."""

    name: str
    parameters: float
    size_bytes: int
    can_write: bool


@dataclass(frozen=True, slots=True)
class Ollama:
    """One server and the model that is asked; without a name, the best that the server has."""

    client: Client
    address: str
    model: str | None = None
    longest_s: float = 30.0

    def version(self) -> str:
        """The server's version: the cheapest sign of life."""
        with self._trouble(), httpx.Client(trust_env=False, timeout=CONNECT_S) as http:
            reply = http.get(f"{self.address}/api/version")
            reply.raise_for_status()
            return str(reply.json()["version"])

    def models(self) -> tuple[Model, ...]:
        """What the server has, best first: those that write, by their number of parameters, then by name."""
        with self._trouble():
            found = [_model(each) for each in self.client.list().models]
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
        text = "".join(self._say(prompt, system, seed, schema))
        try:
            filled = json.loads(text, parse_constant=_refuse)
            Draft202012Validator(schema).validate(filled)
        except ValueError as error:
            raise AnswerUnusableError("The model's answer is no JSON.", reason=str(error)) from error
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
        return self._say(prompt, system, seed, None)

    def _say(self, prompt: str, system: str, seed: int, schema: Mapping[str, Any] | None) -> Iterator[str]:
        said = [{"role": "system", "content": system}] if system else []
        said.append({"role": "user", "content": prompt})
        asked = self.chosen()
        deadline, length, reason = time.monotonic() + self.longest_s, 0, None
        with self._trouble():
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
                if time.monotonic() > deadline:
                    raise LanguageModelError(f"The model took longer than {self.longest_s:g} s.", model=asked)
                if length > LONGEST_ANSWER:
                    raise AnswerUnusableError("The model's answer does not end.", model=asked)
                yield word
        if reason != "stop":
            raise AnswerUnusableError("The model's answer is cut off.", model=asked, reason=reason)

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        """What the network, the server and the library raise, in our words."""
        try:
            yield
        except httpx.TimeoutException as error:
            raise LanguageModelError(
                f"The language model does not answer within {self.longest_s:g} s.", host=self.address
            ) from error
        except (httpx.HTTPError, ConnectionError) as error:
            raise LanguageModelError("No language model answers.", host=self.address) from error
        except ResponseError as error:
            raise LanguageModelError(
                f"Ollama refused: {error.error[:200]}", host=self.address, status=error.status_code
            ) from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise LanguageModelError("What answers there is no Ollama.", host=self.address) from error


@contextmanager
def connect(host: str, *, model: str | None = None, longest_s: float = 30.0) -> Iterator[Ollama]:
    """An Ollama at `host`, written as `OLLAMA_HOST` is: a URL, a host and port, or a host alone."""
    where = ollama_url(host)
    timeout = httpx.Timeout(longest_s, connect=CONNECT_S)
    with Client(where, timeout=timeout, follow_redirects=False, trust_env=False) as client:
        yield Ollama(client, where, model, longest_s)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


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
