"""`tower demo`: a sample project, and a clip of it, from nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import cv2
import typer
from rich.console import Console

from deployments.caller import Api, reach
from deployments.produce import generate
from deployments.report import exit_code, show
from deployments.stack import down, ensure_up
from studio.animatic.portrait import draw_reference
from studio.clients import media
from studio.composition import compose
from studio.settings import read_settings

console = Console(stderr=True)

PROJECT: Final = "The Lantern Wood"
PROMPT: Final = "Kai Nakamura and Mira stand in a mystical forest at night, fireflies, cinematic lighting"
BPM: Final = 112.0
BARS: Final = 8
PORTRAIT_PX: Final = (480, 800)
DURATION_S: Final = 5


@dataclass(frozen=True, slots=True)
class Lead:
    """One of the two characters of the sample project."""

    name: str
    role: str
    description: str
    personality: str
    backstory: str


LEADS: Final = (
    Lead(
        "Kai Nakamura",
        "protagonist",
        "short spiky red hair, amber eyes, long dark blue coat, tall",
        "determined, compassionate",
        "Kai carries the last lantern of a village that the night has swallowed.",
    ),
    Lead(
        "Mira",
        "guide",
        "long silver hair, violet eyes, white and teal dress",
        "calm, curious",
        "Mira was born in the wood and remembers every path that the lanterns once lit.",
    ),
)


def demo(
    keep: Annotated[bool, typer.Option(envvar="KEEP", help="Leave the stack up afterwards.")] = False,
) -> None:
    """Make a sample project and produce a clip of it; stops what it started."""
    settings = read_settings()
    console.print("Starting the stack …")
    try:
        with reach(ensure_up(settings)) as api:
            console.print(f"Producing {DURATION_S} seconds of “{PROJECT}” …")
            result = generate(api, *_sample(api))
        show(result)
    finally:
        if not keep:
            down(settings)
    raise typer.Exit(exit_code(result))


def _sample(api: Api) -> tuple[int, dict[str, Any]]:
    """The sample project, made where it is not there yet, and what to ask of it."""
    project_id = _project(api)
    scene_id = _scene(api, project_id)
    asked = {
        "prompt": PROMPT,
        "duration": DURATION_S,
        "style": "anime",
        "characters": [lead.name for lead in LEADS],
        "quality": "standard",
        "scene_id": scene_id,
        "title": "Lanterns in the Dark",
    }
    return project_id, asked


def _project(api: Api) -> int:
    for project in api.call("GET", "/projects?limit=1000"):
        if project["name"] == PROJECT:
            return int(project["id"])
    body = {"name": PROJECT, "description": "Two travellers carry light into a wood without stars."}
    project_id = int(api.call("POST", "/projects", body)["id"])
    bible = {
        "title": f"{PROJECT}: bible",
        "description": "Look, world and people.",
        "content": {
            "world_building": "A forest where light has to be carried",
            "palette": "deep blue, amber",
        },
    }
    api.call("POST", f"/projects/{project_id}/bible", bible)
    for lead in LEADS:
        _character(api, project_id, lead)
    return project_id


def _character(api: Api, project_id: int, lead: Lead) -> None:
    portrait = _media_folder() / f"{lead.name}.png"
    picture = draw_reference(lead.description, seed=len(lead.name), size_px=PORTRAIT_PX)
    cv2.imwrite(str(portrait), cv2.cvtColor(picture, cv2.COLOR_RGBA2BGRA))
    sheet = {
        "project_id": project_id,
        "name": lead.name,
        "description": lead.description,
        "image_path": str(portrait),
    }
    api.call("POST", "/characters", sheet)
    entry = {
        "name": lead.name,
        "role": lead.role,
        "personality": lead.personality,
        "backstory": lead.backstory,
        "visual_description": lead.description,
        "abilities": [],
    }
    api.call("POST", f"/projects/{project_id}/bible/characters", entry)


def _scene(api: Api, project_id: int) -> int:
    """The sample scene with its music."""
    for scene in api.call("GET", f"/scenes?project_id={project_id}"):
        return int(scene["id"])
    body = {
        "project_id": project_id,
        "scene_number": 1,
        "description": "At the edge of the wood the two light their lanterns.",
        "characters": [lead.name for lead in LEADS],
    }
    scene_id = int(api.call("POST", "/scenes", body)["id"])
    track = _media_folder() / "lantern-wood.wav"
    samples, _beats_s = compose(bpm=BPM, bars=BARS, seed=7)
    media.write_wav(track, samples, media.SOUND_RATE_HZ)
    sound = {"audio_path": str(track), "bpm": BPM, "sync_points": [{"time": 0.0, "event": "scene_start"}]}
    api.call("POST", f"/scenes/{scene_id}/audio", sound)
    return scene_id


def _media_folder() -> Path:
    folder = read_settings().media / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
