"""The GPUs of this machine, as NVIDIA's library and amdgpu's files in sysfs tell of them."""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pynvml

SYSFS: Final = Path("/sys/class/drm")
AMD_NAMES: Final = Path("/usr/share/libdrm/amdgpu.ids")
_AMD: Final = "0x1002"
_CARD: Final = re.compile(r"card\d+")
_MIB: Final = 1024 * 1024
_BRANDS: Final = frozenset({"geforce", "radeon", "graphics", "tm", "r"})
"""Words of a name that tell no card from another."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU now: utilization in percent, memory in MiB; None where it does not tell.

    `server` is the renderer that told of it, where it is not in this machine.
    """

    name: str
    utilization: int | None
    memory_used: int | None
    memory_total: int | None
    server: str | None = None


def local_gpus() -> list[Gpu]:
    """Those of this machine; none where there is none, or no driver for it."""
    return [*nvidia_gpus(), *amd_gpus()]


def nvidia_gpus(library: Any = pynvml) -> list[Gpu]:
    """What NVML tells; `library` is its binding."""
    try:
        library.nvmlInit()
    except library.NVMLError:
        return []
    try:
        count = library.nvmlDeviceGetCount()
        handles = (_told(library, library.nvmlDeviceGetHandleByIndex, index) for index in range(count))
        return [_nvidia(library, handle) for handle in handles if handle is not None]
    except library.NVMLError:
        return []
    finally:
        with suppress(library.NVMLError):
            library.nvmlShutdown()


def amd_gpus(root: Path = SYSFS, names: Path = AMD_NAMES) -> list[Gpu]:
    """What amdgpu tells of each card below `root`; `names` is libdrm's list of what cards are called."""
    cards = sorted(root.glob("card*"), key=lambda card: (len(card.name), card.name))
    devices = [card / "device" for card in cards if _CARD.fullmatch(card.name)]
    return [_amd(device, names) for device in devices if _line(device / "vendor") == _AMD]


def keyed(gpus: Iterable[Gpu]) -> dict[str, Gpu]:
    """By names such as `nvidia_rtx_3060`; of several equal ones the second is `nvidia_rtx_3060_2`."""
    found: dict[str, Gpu] = {}
    for gpu in gpus:
        base = key = _key(gpu.name)
        number = 1
        while key in found:
            number += 1
            key = f"{base}_{number}"
        found[key] = gpu
    return found


def _nvidia(library: Any, handle: Any) -> Gpu:
    name = _told(library, library.nvmlDeviceGetName, handle) or "NVIDIA GPU"
    memory = _told(library, library.nvmlDeviceGetMemoryInfo, handle)
    rates = _told(library, library.nvmlDeviceGetUtilizationRates, handle)
    return Gpu(
        name=name.decode() if isinstance(name, bytes) else str(name),
        utilization=None if rates is None else int(rates.gpu),
        memory_used=None if memory is None else int(memory.used) // _MIB,
        memory_total=None if memory is None else int(memory.total) // _MIB,
    )


def _told(library: Any, ask: Any, of: Any) -> Any:
    """Some cards, and parts of shared ones, do not tell everything; one that fails hides no other."""
    with suppress(library.NVMLError):
        return ask(of)
    return None


def _amd(device: Path, names: Path) -> Gpu:
    return Gpu(
        name=_line(device / "product_name") or _amd_name(device, names) or "AMD GPU",
        utilization=_number(device / "gpu_busy_percent"),
        memory_used=_mib(device / "mem_info_vram_used"),
        memory_total=_mib(device / "mem_info_vram_total"),
    )


def _amd_name(device: Path, names: Path) -> str | None:
    """Lines of the list are `7550, C0, AMD Radeon RX 9070 XT`."""
    code, revision = (_hexadecimal(device / each) for each in ("device", "revision"))
    with suppress(OSError):
        for line in names.read_text(errors="replace").splitlines():
            told = [part.strip() for part in line.split(",", 2)]
            if len(told) == 3 and [part.upper() for part in told[:2]] == [code, revision]:
                return told[2]
    return f"AMD {code}" if code else None


def _hexadecimal(file: Path) -> str:
    return _line(file).removeprefix("0x").upper()


def _line(file: Path) -> str:
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return ""


def _number(file: Path) -> int | None:
    told = _line(file)
    return int(told) if told.isdecimal() else None


def _mib(file: Path) -> int | None:
    told = _number(file)
    return None if told is None else told // _MIB


def _key(name: str) -> str:
    words: Sequence[str] = re.findall(r"[a-z0-9]+", name.lower())
    return "_".join(word for word in words if word not in _BRANDS) or "gpu"
