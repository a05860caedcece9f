"""The model files that servers say they have, in both forms of an enum."""

import json
from pathlib import Path

import pytest

from studio.inventory import model_files

RECORDED = Path(__file__).parent.parent / "fakes" / "object_info"


def test_files_are_told_by_the_folder_in_which_they_lie() -> None:
    listed = {"input": {"required": {"unet_name": [["wan.safetensors", "ltx.safetensors"]]}}}
    combo = {"input": {"required": {"model": ["MODEL"], "lora_name": ["COMBO", {"options": ["kai.sft"]}]}}}
    there = {"UNETLoader": listed, "LoraLoaderModelOnly": combo, "KSampler": {"input": {}}}
    assert model_files(there) == {
        ("diffusion_models", "wan.safetensors"),
        ("diffusion_models", "ltx.safetensors"),
        ("loras", "kai.sft"),
    }


def test_a_server_without_loaders_has_none() -> None:
    assert model_files({}) == frozenset()


@pytest.mark.parametrize("version", ["0.3.64", "0.33.0"])
def test_a_real_servers_description_is_read(version: str) -> None:
    there = json.loads((RECORDED / f"{version}.json").read_text())
    assert all(folder and file for folder, file in model_files(there))
