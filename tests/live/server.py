"""A real ComfyUI of one's own: started on a free port over a folder of its own, and killed or stopped."""

import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from tests.fakes.serving import wait_until

HERE: Final = Path(__file__).parent
PACK: Final = "tower_live"
STARTS_WITHIN_S: Final = 300.0
MADE_WITHIN_S: Final = 300.0
QUIET: Final = {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}


def _free_port() -> int:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        return int(unheard.getsockname()[1])


@dataclass
class RealComfyUI:
    """A server of `checkout`, run by `python`; its models, pictures and output lie in `home`."""

    checkout: Path
    python: Path
    home: Path
    port: int = field(default_factory=_free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> Path:
        return self.home / "output"

    def furnish(self) -> None:
        """Give it the node pack, and models of random weights at tiny size."""
        packs = self.home / "custom_nodes"
        shutil.copytree(HERE / PACK, packs / PACK)
        paths = {"PYTHONPATH": f"{self.checkout}{os.pathsep}{packs}"}
        maker = [self.python, HERE / "tiny_models.py", self.home / "models"]
        subprocess.run(
            maker, cwd=self.checkout, env=os.environ | QUIET | paths, check=True, timeout=MADE_WITHIN_S
        )

    def start(self) -> None:
        """Start it, on the port that it had before, and wait until it answers."""
        (self.home / "front").mkdir(parents=True, exist_ok=True)
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.python, "main.py", *self._options()],
                cwd=self.checkout,
                env=os.environ | QUIET,
                stdout=log,
                stderr=log,
            )
        wait_until(self._answers, STARTS_WITHIN_S)

    def kill(self) -> None:
        """As `kill -9` does it."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.kill()

    def _options(self) -> list[str]:
        return [
            *("--cpu", "--listen", "127.0.0.1", "--port", str(self.port)),
            *("--base-directory", str(self.home), "--front-end-root", str(self.home / "front")),
            *("--disable-all-custom-nodes", "--whitelist-custom-nodes", PACK, "--disable-api-nodes"),
            *("--preview-method", "latent2rgb", "--database-url", "sqlite:///:memory:"),
            "--disable-auto-launch",
        ]

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.home / "server.log").read_text()[-4000:]
        try:
            return httpx.get(f"{self.url}/queue", trust_env=False).is_success
        except httpx.TransportError:
            return False


def checkouts() -> list[Path]:
    """Where the environment says that there are any."""
    return [Path(each) for each in os.environ.get("TOWER_TEST_COMFYUI", "").split(os.pathsep) if each]


def python_of(checkout: Path) -> Path:
    """The Python that has what ComfyUI needs: named by the environment, or in the checkout's own folder."""
    if named := os.environ.get("TOWER_TEST_COMFYUI_PYTHON"):
        return Path(named)
    script = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
    return next(
        (path for name in (".venv", "venv") if (path := checkout / name / script).exists()),
        Path(sys.executable),
    )
