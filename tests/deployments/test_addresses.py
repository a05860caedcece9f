"""What a stack's processes find in their environment."""

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from deployments.addresses import environment, gather, handed_down
from deployments.ports import Ports
from studio.settings import Settings, read_settings


def test_settings_are_handed_down_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(
        home=tmp_path, database_url=SecretStr("postgresql://a:b@db/x"), comfyui_urls=("http://a", "http://b"),
        music_dirs=(tmp_path / "one", tmp_path / "two"), api_tokens=(SecretStr("one"), SecretStr("two")),
        anime_port=0, reconcile_s=0.5,
    )  # fmt: skip
    for name, value in handed_down(settings).items():
        monkeypatch.setenv(name, value)
    assert read_settings() == settings


def test_a_setting_that_says_none_hides_the_one_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://the-users-own")
    monkeypatch.setenv("TOWER_LIBRARY_DIR", "/the-users-own")
    monkeypatch.setenv("EDITOR", "vi")
    given = handed_down(Settings(home=tmp_path, database_url=None, library_dir=None))
    assert "DATABASE_URL" not in given
    assert "TOWER_LIBRARY_DIR" not in given
    assert given["EDITOR"] == "vi"


def test_processes_find_real_addresses_and_no_zeros(tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path,
        anime_port=0,
        episodes_port=0,
        music_port=0,
        echo_port=0,
        prefect_port=0,
        comfyui_port=0,
        prefect_api_url=None,
    )
    ports = Ports(anime=1, episodes=6, music=5, echo=7, prefect=2, comfyui=3)
    addresses = gather(settings, ports, database_url="postgresql://t:p@127.0.0.1:4/x", postgres_port=4)
    given = environment(settings, ports, addresses, "mark")
    expected = {
        "DATABASE_URL": "postgresql://t:p@127.0.0.1:4/x",
        "PREFECT_API_URL": "http://127.0.0.1:2/api",
        "TOWER_COMFYUI_URLS": "http://127.0.0.1:3",
        "TOWER_ANIME_PORT": "1",
        "TOWER_EPISODES_PORT": "6",
        "TOWER_MUSIC_PORT": "5",
        "TOWER_ECHO_PORT": "7",
        "TOWER_PREFECT_PORT": "2",
        "TOWER_COMFYUI_PORT": "3",
        "TOWER_POSTGRES_PORT": "4",
        "TOWER_STACK": "mark",
        "DO_NOT_TRACK": "1",
    }
    assert given.items() >= expected.items()
    assert addresses.episodes_url == "http://127.0.0.1:6"
    assert addresses.music_url == "http://127.0.0.1:5"
    assert addresses.echo_url == "http://127.0.0.1:7"
    assert addresses.prefect_ui_url == "http://127.0.0.1:2"


def test_processes_find_the_language_model_that_there_is(tmp_path: Path) -> None:
    def found(settings: Settings, ports: Ports) -> str | None:
        return environment(settings, ports, gather(settings, ports), "").get("OLLAMA_HOST")

    ports = Ports(anime=1, episodes=6, music=5, echo=7, prefect=2, comfyui=3)
    assert found(Settings(home=tmp_path, ollama_host=None), ports) is None
    assert found(Settings(home=tmp_path, ollama_host="gpu:11434"), ports) == "gpu:11434"
    own = replace(ports, ollama=8)
    assert found(Settings(home=tmp_path, ollama_host=None), own) == "http://127.0.0.1:8"


def test_a_prefect_of_others_keeps_the_users_prefect_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_HOME", "/the-users-own")
    ports = Ports(anime=1, episodes=6, music=5, echo=7, prefect=0, comfyui=3)
    cloud = Settings(home=tmp_path, prefect_api_url="https://api.prefect.cloud/api/x")
    own = Settings(home=tmp_path, prefect_api_url=None)
    assert environment(cloud, ports, gather(cloud, ports), "")["PREFECT_HOME"] == "/the-users-own"
    assert environment(own, ports, gather(own, ports), "")["PREFECT_HOME"] == str(tmp_path / "prefect")
