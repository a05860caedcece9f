"""Who may wait for the language model."""

from contextlib import ExitStack

import pytest

from studio.errors import LanguageModelError
from tasks.language_model import AT_ONCE, AbsentModel, spare_model


def test_without_a_server_there_is_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OLLAMA_HOST", raising=False)
    with spare_model(1.0) as model:
        assert model is None


def test_no_more_than_a_few_wait_for_a_model_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:1")
    with ExitStack() as waiting:
        for _ in range(AT_ONCE):
            assert not isinstance(waiting.enter_context(spare_model(1.0)), AbsentModel)
        with spare_model(1.0) as busy:
            assert isinstance(busy, AbsentModel)
            with pytest.raises(LanguageModelError, match="busy"):
                busy.fill("a clip", {})
    with spare_model(1.0) as free:
        assert not isinstance(free, AbsentModel)


def test_an_address_that_is_none_is_told_as_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "ftp://somewhere")
    with spare_model(1.0) as model:
        assert isinstance(model, AbsentModel)
        with pytest.raises(LanguageModelError, match="names no server"):
            model.fill("a clip", {})
