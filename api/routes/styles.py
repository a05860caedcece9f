"""Style templates, and what users prefer."""

from fastapi import APIRouter, Request, Response

from api.conditions import ConditionsAsked
from api.keys import token_of
from api.paging import PageAsked
from api.schemas.fields import Id, as_sent
from api.schemas.resources import (
    LearnedShown,
    PreferencesAsked,
    PreferencesShown,
    TemplateAsked,
    TemplateChange,
    TemplateShown,
)
from db.models.judgement import UserCreativePreferences
from db.models.learning import StyleTemplate
from db.queries import preferences, resources
from db.session import transaction

router = APIRouter(tags=["styles"])


@router.post("/style-templates", status_code=201)
def create_template(body: TemplateAsked) -> TemplateShown:
    """Have a style's name stand for settings; a generation in that style gets them."""
    with transaction() as session:
        row = resources.create(session, StyleTemplate(**body.model_dump()))
        return TemplateShown.model_validate(row)


@router.get("/style-templates")
def list_templates(page: PageAsked) -> list[TemplateShown]:
    """All style templates, oldest first."""
    (after,) = page.after(1)
    with transaction() as session:
        rows = resources.page(session, StyleTemplate, limit=page.one_more, after=after)
    return [TemplateShown.model_validate(row) for row in page.cut(rows, lambda row: str(row.id))]


@router.get("/style-templates/{template_id}", response_model=TemplateShown)
def get_template(template_id: Id, conditions: ConditionsAsked) -> TemplateShown | Response:
    """One style template."""
    with transaction() as session:
        return conditions.answer(
            TemplateShown.model_validate(resources.get(session, StyleTemplate, template_id))
        )


@router.put("/style-templates/{template_id}", response_model=TemplateShown)
def update_template(
    template_id: Id, body: TemplateChange, conditions: ConditionsAsked
) -> TemplateShown | Response:
    """Change what is named."""
    with transaction() as session:
        row = resources.get(session, StyleTemplate, template_id, alone=True)
        conditions.check(TemplateShown.model_validate(row))
        row = resources.change(session, row, body.model_dump(exclude_unset=True))
        return conditions.tag(TemplateShown.model_validate(row))


@router.delete("/style-templates/{template_id}", status_code=204)
def delete_template(template_id: Id, conditions: ConditionsAsked) -> None:
    """Take it away."""
    with transaction() as session:
        conditions.check(
            TemplateShown.model_validate(resources.get(session, StyleTemplate, template_id, alone=True))
        )
        resources.remove(session, StyleTemplate, template_id)


@router.get("/preferences", response_model=PreferencesShown)
def get_preferences(request: Request, conditions: ConditionsAsked) -> PreferencesShown | Response:
    """What you prefer; users are told apart by their tokens."""
    with transaction() as session:
        return conditions.answer(_shown(preferences.of_user(session, token_of(request))))


@router.get("/preferences/learned")
def get_learned(request: Request) -> LearnedShown:
    """What your ratings and the studio's approvals tell of your likes; what you put outweighs it."""
    with transaction() as session:
        learned = preferences.of_user(session, token_of(request)).learned or {}
    return LearnedShown.model_validate({name.removesuffix("_s"): told for name, told in learned.items()})


@router.put("/preferences", response_model=PreferencesShown)
def put_preferences(
    request: Request, body: PreferencesAsked, conditions: ConditionsAsked
) -> PreferencesShown | Response:
    """Say what you prefer: your generations are made so where they don't say otherwise."""
    names = {"duration": "duration_s"}
    values = {names.get(name, name): value for name, value in body.model_dump(exclude_unset=True).items()}
    with transaction() as session:
        conditions.check(_shown(preferences.of_user(session, token_of(request))))
        return conditions.tag(_shown(preferences.put(session, token_of(request), values)))


def _shown(row: UserCreativePreferences) -> PreferencesShown:
    duration = None if row.duration_s is None else as_sent(row.duration_s)
    return PreferencesShown(style=row.style, quality=row.quality, duration=duration)
