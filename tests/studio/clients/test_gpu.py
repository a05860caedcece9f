# ruff: noqa: N802  (the names are those of NVML)
"""What GPUs tell, read off a tree like amdgpu's and a library like NVML."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from studio.clients.gpu import Gpu, amd_gpus, keyed, local_gpus, nvidia_gpus

GIB = 1024**3
NAMES = """# List of AMDGPU IDs
1.0.0
744C,\tC8,\tAMD Radeon RX 7900 XTX
7550,\tC0,\tAMD Radeon RX 9070 XT
7550,\tC3,\tAMD Radeon RX 9070
"""


def card(root: Path, name: str, **files: object) -> None:
    device = root / name / "device"
    device.mkdir(parents=True)
    for file, content in files.items():
        (device / file).write_text(f"{content}\n")


def amd(root: Path, name: str, *, busy: int = 23, revision: str = "0xc0", **more: object) -> None:
    card(
        root, name, vendor="0x1002", device="0x7550", revision=revision, gpu_busy_percent=busy,
        mem_info_vram_used=4 * GIB, mem_info_vram_total=16 * GIB, **more,
    )  # fmt: skip


@pytest.fixture
def names(tmp_path: Path) -> Path:
    file = tmp_path / "amdgpu.ids"
    file.write_text(NAMES)
    return file


def test_a_card_of_amd_is_named_and_measured(tmp_path: Path, names: Path) -> None:
    amd(tmp_path, "card1")
    (tmp_path / "card1-DP-1").mkdir()
    (tmp_path / "renderD128").mkdir()
    card(tmp_path, "card0", vendor="0x8086", device="0x4680")
    assert amd_gpus(tmp_path, names) == [Gpu("AMD Radeon RX 9070 XT", 23, 4096, 16384)]


def test_the_revision_tells_cards_of_one_chip_apart(tmp_path: Path, names: Path) -> None:
    amd(tmp_path, "card0", revision="0xC3")
    assert amd_gpus(tmp_path, names)[0].name == "AMD Radeon RX 9070"


def test_what_the_card_calls_itself_comes_first(tmp_path: Path, names: Path) -> None:
    amd(tmp_path, "card0", product_name="AMD Radeon PRO W7900")
    assert amd_gpus(tmp_path, names)[0].name == "AMD Radeon PRO W7900"


def test_a_card_that_is_on_no_list_has_its_number(tmp_path: Path) -> None:
    amd(tmp_path, "card0")
    assert amd_gpus(tmp_path, tmp_path / "no.ids")[0].name == "AMD 7550"


def test_what_a_card_does_not_tell_is_not_made_up(tmp_path: Path, names: Path) -> None:
    card(tmp_path, "card0", vendor="0x1002", device="0x7550", revision="0xc0", mem_info_vram_total="?")
    assert amd_gpus(tmp_path, names) == [Gpu("AMD Radeon RX 9070 XT", None, None, None)]


def test_without_cards_there_are_none(tmp_path: Path, names: Path) -> None:
    assert amd_gpus(tmp_path / "no-sysfs", names) == []


class Nvml:
    """As pynvml: two cards, of which the second does not tell how busy it is."""

    class NVMLError(Exception):
        pass

    def __init__(self, *, has_driver: bool = True) -> None:
        self.has_driver, self.is_open = has_driver, False

    def nvmlInit(self) -> None:
        if not self.has_driver:
            raise self.NVMLError("NVML Shared Library Not Found")
        self.is_open = True

    def nvmlShutdown(self) -> None:
        self.is_open = False

    def nvmlDeviceGetCount(self) -> int:
        return 2

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        return index

    def nvmlDeviceGetName(self, handle: int) -> str | bytes:
        return "NVIDIA GeForce RTX 3060" if handle == 0 else b"NVIDIA GeForce RTX 3060"

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> Any:
        return SimpleNamespace(total=12 * GIB, used=8 * GIB, free=4 * GIB)

    def nvmlDeviceGetUtilizationRates(self, handle: int) -> Any:
        if handle == 1:
            raise self.NVMLError("Not Supported")
        return SimpleNamespace(gpu=45, memory=30)


def test_cards_of_nvidia_are_told_by_nvml_which_is_closed_again() -> None:
    library = Nvml()
    assert nvidia_gpus(library) == [
        Gpu("NVIDIA GeForce RTX 3060", 45, 8192, 12288),
        Gpu("NVIDIA GeForce RTX 3060", None, 8192, 12288),
    ]
    assert not library.is_open


class Broken(Nvml):
    """The first card has fallen off the bus; the second does not tell its name."""

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        if index == 0:
            raise self.NVMLError("GPU is lost")
        return index

    def nvmlDeviceGetName(self, handle: int) -> str | bytes:
        raise self.NVMLError("Unknown Error")


def test_a_card_that_fails_hides_no_other() -> None:
    library = Broken()
    assert nvidia_gpus(library) == [Gpu("NVIDIA GPU", None, 8192, 12288)]
    assert not library.is_open


def test_without_a_driver_there_are_none() -> None:
    assert nvidia_gpus(Nvml(has_driver=False)) == []


def test_this_machine_can_be_asked_whatever_it_has() -> None:
    for gpu in local_gpus():
        assert gpu.memory_total is None or gpu.memory_total > 0


def test_keys_are_as_documented_and_equal_cards_have_distinct_ones() -> None:
    cards = [
        Gpu("NVIDIA GeForce RTX 3060", 45, 8192, 12288),
        Gpu("AMD Radeon RX 9070 XT", 23, 4096, 16384),
        Gpu("NVIDIA GeForce RTX 3060", 0, 0, 12288),
        Gpu("???", None, None, None),
    ]
    assert list(keyed(cards)) == ["nvidia_rtx_3060", "amd_rx_9070_xt", "nvidia_rtx_3060_2", "gpu"]
