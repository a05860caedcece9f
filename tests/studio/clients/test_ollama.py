"""The client of language models against a server that fails the way Ollama does."""

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from studio.clients.ollama import LONGEST_ANSWER, MOST_BYTES, Ollama, connect
from studio.errors import AnswerUnusableError, LanguageModelError
from tests.fakes.ollama import WRITER, FakeOllama, fake_ollama, listed

FORM = {
    "type": "object",
    "properties": {"style": {"enum": ["anime", "cinematic"]}, "duration": {"type": "number", "maximum": 60}},
    "required": ["style"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def running() -> Iterator[FakeOllama]:
    with fake_ollama() as fake:
        yield fake


@pytest.fixture
def server(running: FakeOllama) -> FakeOllama:
    """As new, at the same address."""
    fresh = FakeOllama(url=running.url)
    for name, value in vars(fresh).items():
        setattr(running, name, value)
    return running


@pytest.fixture
def ollama(server: FakeOllama) -> Iterator[Ollama]:
    with connect(server.url) as client:
        yield client


@pytest.fixture
def hasty(server: FakeOllama) -> Iterator[Ollama]:
    with connect(server.url, longest_s=0.2) as client:
        yield client


def writing(server: FakeOllama, filled: Any) -> None:
    text = filled if isinstance(filled, str) else json.dumps(filled)
    server.words = (text[:5], text[5:])


def test_a_form_is_filled_and_the_schema_is_sent_along(server: FakeOllama, ollama: Ollama) -> None:
    writing(server, {"style": "anime", "duration": 5})
    assert ollama.fill("a clip", FORM, system="Be brief.", seed=7) == {"style": "anime", "duration": 5}
    (asked,) = server.asked
    assert asked["format"] == FORM
    assert asked["options"]["seed"] == 7
    assert asked["options"]["temperature"] == 0
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]


def test_words_come_as_they_are_written(server: FakeOllama, ollama: Ollama) -> None:
    server.words = ("Once", " upon", " a time")
    assert list(ollama.stream("tell")) == ["Once", " upon", " a time", ""]


@pytest.mark.parametrize(
    "answer",
    [
        {"style": "baroque"},
        {"style": "anime", "duration": 61},
        {"style": "anime", "spell": "rm -rf"},
        {},
        "[]",
        "null",
        '{"style": "anime", "duration": NaN}',
        '{"style": "ani',
        '{"style": "anime", "duration": ' + "[" * 20_000,
        "I'd love to help!",
        "",
    ],
)
def test_what_does_not_fit_the_form_is_unusable(server: FakeOllama, ollama: Ollama, answer: Any) -> None:
    writing(server, answer)
    with pytest.raises(AnswerUnusableError):
        ollama.fill("a clip", FORM)


@pytest.mark.parametrize("word", [r"a \u0000 b", r"half of \ud83d", r"\udfff"])
def test_an_answer_that_no_database_can_keep_is_unusable(
    server: FakeOllama, ollama: Ollama, word: str
) -> None:
    writing(server, f'{{"word": "{word}"}}')
    with pytest.raises(AnswerUnusableError):
        ollama.fill("a word", {"type": "object", "properties": {"word": {"type": "string"}}})


def test_an_answer_that_the_limit_cut_off_is_unusable_even_where_it_fits(
    server: FakeOllama, ollama: Ollama
) -> None:
    writing(server, {"style": "anime"})
    server.done_reason = "length"
    with pytest.raises(AnswerUnusableError, match="cut off"):
        ollama.fill("a clip", FORM)


def test_an_answer_without_end_is_given_up(server: FakeOllama, ollama: Ollama) -> None:
    server.words = ("x" * 1024,) * (LONGEST_ANSWER // 1024 + 1)
    with pytest.raises(AnswerUnusableError, match="does not end"):
        ollama.fill("a clip", FORM)


def test_a_line_without_end_is_given_up(server: FakeOllama, ollama: Ollama) -> None:
    server.words = ("x" * (MOST_BYTES + 1),)
    with pytest.raises(AnswerUnusableError, match="does not end"):
        ollama.fill("a clip", FORM)


def test_what_is_packed_unasked_is_not_unpacked(server: FakeOllama, ollama: Ollama) -> None:
    server.packs = True
    with pytest.raises(LanguageModelError, match="no Ollama"):
        ollama.models()


@pytest.mark.parametrize("ask", [Ollama.version, Ollama.models, lambda each: each.fill("a clip", FORM)])
def test_a_server_that_sends_a_byte_now_and_then_is_given_up_in_time(
    server: FakeOllama, hasty: Ollama, ask: Any
) -> None:
    server.trouble = "drips"
    begun = time.monotonic()
    with pytest.raises(LanguageModelError, match=r"within 0\.2 s"):
        ask(hasty)
    assert time.monotonic() - begun < 1.0


def test_words_that_come_too_slowly_are_given_up_in_time(server: FakeOllama, hasty: Ollama) -> None:
    server.words, server.pause_s = ("x",) * 100, 0.15
    begun = time.monotonic()
    with pytest.raises(LanguageModelError, match=r"within 0\.2 s"):
        hasty.fill("a clip", FORM)
    assert time.monotonic() - begun < 1.0


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (500, '{"error": {"message": "it broke", "type": "server"}}', "it broke"),
        (500, '{"error": "half \\ud83d and \\u0000"}', "Ollama refused: half   and$"),
        (500, "[1]", "no Ollama"),
        (502, "<html>Bad gateway</html>", "Bad gateway"),
        (302, "", "302"),
        (200, "[" * 20_000 + "\n", "no Ollama"),
        (200, "", "cut off"),
    ],
)
def test_whatever_a_server_refuses_with_is_told_in_plain_words(
    server: FakeOllama, ollama: Ollama, status: int, body: str, why: str
) -> None:
    server.refusal = (status, body)
    with pytest.raises(LanguageModelError, match=why):
        ollama.fill("a clip", FORM)


@pytest.mark.parametrize("trouble", ["silent", "stalls"])
def test_a_model_that_is_slow_is_given_up(server: FakeOllama, hasty: Ollama, trouble: str) -> None:
    server.trouble = trouble
    with pytest.raises(LanguageModelError, match=r"within 0\.2 s"):
        hasty.fill("a clip", FORM)


@pytest.mark.parametrize("trouble", ["drops", "error", "garbage"])
def test_a_stream_that_breaks_is_no_answer(server: FakeOllama, ollama: Ollama, trouble: str) -> None:
    server.trouble = trouble
    with pytest.raises(LanguageModelError):
        list(ollama.stream("tell"))


def test_a_model_that_is_not_there_is_named(server: FakeOllama) -> None:
    with (
        connect(server.url, model="qwen3:30b") as ollama,
        pytest.raises(LanguageModelError, match=r"'qwen3:30b' not found") as refused,
    ):
        ollama.fill("a clip", FORM)
    assert refused.value.details["status"] == 404


def test_the_largest_model_that_writes_is_the_best(server: FakeOllama, ollama: Ollama) -> None:
    server.models = [
        listed("tiny:135m", "134.52M"),
        listed("nomic-embed-text:latest", "137M", "nomic-bert"),
        listed("qwen3:8b", "8.2B", "qwen3"),
        listed(WRITER, "3.2B"),
    ]
    assert [model.name for model in ollama.models()] == [
        "qwen3:8b", WRITER, "tiny:135m", "nomic-embed-text:latest",
    ]  # fmt: skip
    assert ollama.chosen() == "qwen3:8b"


@pytest.mark.parametrize("models", [[], [listed("bge-m3:latest", "567M", "bert")]])
def test_a_server_without_a_model_that_writes_says_so(
    server: FakeOllama, ollama: Ollama, models: list[dict[str, Any]]
) -> None:
    server.models = models
    with pytest.raises(LanguageModelError, match="ollama pull"):
        ollama.chosen()


def test_the_version_is_a_sign_of_life(ollama: Ollama) -> None:
    assert ollama.version() == "0.12.3"


@pytest.mark.parametrize("ask", [Ollama.version, Ollama.models])
def test_what_is_no_ollama_is_told(server: FakeOllama, ollama: Ollama, ask: Any) -> None:
    server.trouble = "garbage"
    with pytest.raises(LanguageModelError, match="no Ollama"):
        ask(ollama)


def test_a_name_that_nobody_has_is_told() -> None:
    with connect("http://no.such.host.invalid", longest_s=4.0) as ollama, pytest.raises(LanguageModelError):
        ollama.fill("a clip", FORM)


def test_nobody_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with connect(f"127.0.0.1:{port}") as ollama:
        for ask in (ollama.version, ollama.models, lambda: ollama.fill("a clip", FORM)):
            with pytest.raises(LanguageModelError, match="No language model answers"):
                ask()
