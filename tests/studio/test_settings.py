"""Settings that make no sense are refused by their names, and without their values."""

import pytest
from pydantic import ValidationError

from deployments import cli
from studio.settings import Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PREFECT_API_URL", "nowhere"),
        ("DATABASE_URL", "secret-of-mine"),
        ("TOWER_JELLYFIN_URL", "http://"),
        ("TOWER_COMFYUI_URLS", "http://one:8188, http://two:99999"),
        ("TOWER_HEARTBEAT_S", "inf"),
        ("TOWER_ANIME_PORT", "abc"),
        ("TOWER_LOG_LEVEL", "LOUD"),
    ],
)
def test_a_setting_without_sense_is_refused_by_name(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["tower", "status"])
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert "secret" not in str(caught.value)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith(f"SETTINGS: {name}: ")
    assert "secret" not in told


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OLLAMA_HOST", "0.0.0.0"),
        ("OLLAMA_HOST", "gpu-box:11434"),
        ("PREFECT_API_URL", "https://prefect.local/api"),
        ("DATABASE_URL", "postgresql://tower@one,two/anime"),
        ("TOWER_COMFYUI_URLS", "http://one:8188,http://[::1]:8189"),
        ("TOWER_LOG_LEVEL", "debug"),
    ],
)
def test_what_makes_sense_is_taken(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    Settings()
