"""Projects and generations for tests, written straight into the database."""

from fractions import Fraction
from itertools import count

from sqlmodel import Session

from db.models.production import ProductionJob
from db.models.project import AnimeProject, Branch, ProjectSettings, Scene
from db.queries import generations
from db.queries.generations import Asked

_numbers = count(1)


def new_branch(session: Session) -> Branch:
    """The main branch of a new project."""
    name = f"Project {next(_numbers)}"
    project = AnimeProject(name=name)
    session.add(project)
    session.flush()
    assert project.id is not None
    session.add(ProjectSettings(id=project.id, library_folder=f"{name} {project.id} (2026)"))
    branch = Branch(project_id=project.id, name="main")
    session.add(branch)
    session.flush()
    return branch


def new_scene(session: Session, branch: Branch) -> Scene:
    """The first scene of a branch."""
    assert branch.id is not None
    scene = Scene(branch_id=branch.id, project_id=branch.project_id, scene_number=1, description="a forest")
    session.add(scene)
    session.flush()
    return scene


def new_generation(session: Session, branch: Branch | None = None, **asked: object) -> ProductionJob:
    """A generation that was just accepted."""
    branch = branch or new_branch(session)
    values: dict[str, object] = {
        "project_id": branch.project_id,
        "branch_id": branch.id,
        "scene_id": None,
        "title": "A forest",
        "prompt": "a mystical forest at night",
        "negative_prompt": "",
        "duration_s": 1.0,
        "style": "anime",
        "quality": "draft",
        "characters": (),
        "seed": None,
        "audio_path": None,
        "workflow": None,
        "width": 128,
        "height": 72,
        "fps": Fraction(24),
        "parameters": {},
        "body": {},
    }
    return generations.create(session, Asked(**{**values, **asked}))  # type: ignore[arg-type]
