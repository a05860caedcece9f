"""The language model of this tower, where it has one."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal

from studio.clients.ollama import Ollama, connect
from studio.errors import LanguageModelError
from studio.settings import read_settings

_LOOK_S: Final = 1.0
AT_ONCE: Final = 8
"""How many requests of this process wait for the model: the others, and all that it serves, go on without."""
_places = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class SoughtModel:
    """Whether a model can be asked: none is configured, it is ready, or why it is not."""

    state: Literal["none", "ready", "unreachable"]
    model: str | None = None
    version: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AbsentModel:
    """A model that cannot be asked, and says why."""

    why: str

    def fill(self, _prompt: str, _schema: Mapping[str, Any]) -> dict[str, Any]:
        raise LanguageModelError(self.why)


@contextmanager
def language_model(longest_s: float | None = None) -> Iterator[Ollama | AbsentModel | None]:
    """The model to ask, None where `OLLAMA_HOST` names no server."""
    with ExitStack() as opened:
        try:
            model: Ollama | AbsentModel | None = opened.enter_context(_connected(longest_s))
        except LanguageModelError as error:
            model = AbsentModel(error.message)
        yield model


@contextmanager
def spare_model(longest_s: float) -> Iterator[Ollama | AbsentModel | None]:
    """The model to ask, for as long as few others wait for it: one that hangs holds up no more than those."""
    if not read_settings().ollama_host:
        yield None
    elif not _places.acquire(blocking=False):
        yield AbsentModel("The language model is busy with other requests.")
    else:
        try:
            with language_model(longest_s) as model:
                yield model
        finally:
            _places.release()


@contextmanager
def _connected(longest_s: float | None) -> Iterator[Ollama | None]:
    settings = read_settings()
    if not settings.ollama_host:
        yield None
        return
    within_s = longest_s or settings.ollama_timeout_s
    with connect(settings.ollama_host, model=settings.ollama_model, longest_s=within_s) as ollama:
        yield ollama


def seek_model() -> SoughtModel:
    """How the language model is now; answers within seconds, whatever is there."""
    try:
        with _connected(_LOOK_S) as ollama:
            if ollama is None:
                return SoughtModel("none")
            version, model = ollama.version(), ollama.chosen()
            if not ollama.has(model):
                return SoughtModel("unreachable", model, version, "the server has no such model")
            return SoughtModel("ready", model, version)
    except LanguageModelError as error:
        return SoughtModel("unreachable", read_settings().ollama_model, reason=error.message)
