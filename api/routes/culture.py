"""Cultural elements, and scenes held against them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.conditions import ConditionsAsked
from api.paging import PageAsked
from api.requests import BranchQuery, branch_of
from api.schemas.culture import ValidationShown
from api.schemas.fields import Id
from api.schemas.resources import ElementAsked, ElementChange, ElementShown
from db.models.culture import CulturalElement
from db.queries import culture, projects, resources, scenes
from db.session import transaction
from studio.culture import validate_text

router = APIRouter(tags=["culture"])


@router.post("/cultural-elements", status_code=201)
def create_element(body: ElementAsked) -> ElementShown:
    """Say which terms a project prefers for something of a culture, and which it avoids."""
    with transaction() as session:
        projects.held(session, body.project_id)
        row = resources.create(session, CulturalElement(**body.model_dump()))
        return ElementShown.model_validate(row)


@router.get("/cultural-elements")
def list_elements(project_id: Annotated[Id, Query()], page: PageAsked) -> list[ElementShown]:
    """A project's cultural elements, oldest first."""
    (after,) = page.after(1)
    with transaction() as session:
        projects.get(session, project_id)
        rows = culture.page(session, project_id, limit=page.one_more, after=after)
    return [ElementShown.model_validate(row) for row in page.cut(rows, lambda row: str(row.id))]


@router.get("/cultural-elements/{element_id}", response_model=ElementShown)
def get_element(element_id: Id, conditions: ConditionsAsked) -> ElementShown | Response:
    """One cultural element."""
    with transaction() as session:
        return conditions.answer(
            ElementShown.model_validate(resources.get(session, CulturalElement, element_id))
        )


@router.put("/cultural-elements/{element_id}", response_model=ElementShown)
def update_element(
    element_id: Id, body: ElementChange, conditions: ConditionsAsked
) -> ElementShown | Response:
    """Change what is named."""
    with transaction() as session:
        row = resources.get(session, CulturalElement, element_id, alone=True)
        conditions.check(ElementShown.model_validate(row))
        row = resources.change(session, row, body.model_dump(exclude_unset=True))
        return conditions.tag(ElementShown.model_validate(row))


@router.delete("/cultural-elements/{element_id}", status_code=204)
def delete_element(element_id: Id, conditions: ConditionsAsked) -> None:
    """Take it away."""
    with transaction() as session:
        conditions.check(
            ElementShown.model_validate(resources.get(session, CulturalElement, element_id, alone=True))
        )
        resources.remove(session, CulturalElement, element_id)


@router.post("/scenes/{scene_id}/cultural-validations", status_code=201)
def validate_scene(scene_id: Id, branch: BranchQuery = None) -> ValidationShown:
    """Hold a scene's description against the cultural elements of its project."""
    with transaction() as session:
        scene = scenes.held(session, scene_id, branch_of(branch)).scene
        verdict = validate_text(scene.description, culture.elements(session, scene.project_id))
        return ValidationShown.model_validate(culture.keep(session, scene, verdict))


@router.get("/scenes/{scene_id}/cultural-validations")
def list_validations(scene_id: Id, page: PageAsked, branch: BranchQuery = None) -> list[ValidationShown]:
    """How a scene held up, newest first."""
    (before,) = page.after(1)
    with transaction() as session:
        scene = scenes.get(session, scene_id, branch_of(branch)).scene
        rows = culture.validations(session, scene, limit=page.one_more, before=before)
    return [ValidationShown.model_validate(row) for row in page.cut(rows, lambda row: str(row.id))]
