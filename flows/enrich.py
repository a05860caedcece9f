"""A language model's step: the prompts of a plan made richer, where its words pass the checks."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from tasks.directing_enrichment import enrich_plan


@flow(name="enrich", retries=0, persist_result=False)
async def enrich(plan_id: str) -> State[str]:
    """Ask the model about the plan of that id."""
    return Completed(message=enrich_plan(plan_id))
