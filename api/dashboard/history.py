"""The graph of a project's commits, drawn by the server."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

Json = Mapping[str, Any]

ROW, LANE, MARGIN = 52, 18, 18
COLOURS: Final = 6


def in_order(commits: Sequence[Json]) -> list[Json]:
    """Commits, each once, newest first, and none before one that it led to."""
    known = {each["id"]: each for each in commits}
    children = dict.fromkeys(known, 0)
    for each in known.values():
        for parent in each["parents"]:
            if parent in children:
                children[parent] += 1
    ready, ordered = [each for each in known if not children[each]], []
    while ready:
        ready.sort(key=lambda each: known[each]["created_at"])
        newest = known[ready.pop()]
        ordered.append(newest)
        for parent in newest["parents"]:
            if parent in children:
                children[parent] -= 1
                ready += [parent] if not children[parent] else []
    return ordered


def lanes_of(branches: Sequence[Json], commits: Sequence[Json]) -> dict[str, int]:
    """The lane of each branch, those that are gone after those that are there."""
    names = [*(each["branch_name"] for each in branches), *(each["branch"] for each in commits)]
    return {name: at for at, name in enumerate(dict.fromkeys(names))}


def draw_history(commits: Sequence[Json], lanes: Mapping[str, int], heads: Sequence[str]) -> Markup:
    """Commits as dots, one a row in the order given, each tied to what it came from."""
    rows = {each["id"]: at for at, each in enumerate(commits)}
    wide, high = 2 * MARGIN + LANE * max(lanes.values(), default=0), ROW * len(commits)
    edges = [edge for each in commits for edge in _edges(each, rows, commits, lanes)]
    dots = [
        f'<circle class="lane-{_colour(lanes, each)}{" head" if each["id"] in heads else ""}" '
        f'cx="{_x(lanes, each)}" cy="{_y(at)}" r="5.5"/>'
        for at, each in enumerate(commits)
    ]
    size = f'width="{wide}" height="{high}" viewBox="0 0 {wide} {high}"'
    return Markup(f'<svg {size} aria-hidden="true">{"".join([*edges, *dots])}</svg>')  # noqa: S704


def _edges(
    commit: Json, rows: Mapping[str, int], commits: Sequence[Json], lanes: Mapping[str, int]
) -> Iterator[str]:
    """From a commit to its parents; to one that is further down than is shown, off the edge."""
    x, y = _x(lanes, commit), _y(rows[commit["id"]])
    for parent in commit["parents"]:
        if parent not in rows:
            yield f'<path class="edge lane-{_colour(lanes, commit)}" d="M{x} {y}V{ROW * len(commits)}"/>'
            continue
        came_from = commits[rows[parent]]
        to_x, to_y = _x(lanes, came_from), _y(rows[parent])
        side = came_from if lanes[came_from["branch"]] > lanes[commit["branch"]] else commit
        bend = f"M{x} {y}C{x} {y + ROW / 2},{to_x} {y + ROW / 2},{to_x} {y + ROW}V{to_y}"
        leave = f"M{x} {y}V{to_y - ROW}C{x} {to_y - ROW / 2},{to_x} {to_y - ROW / 2},{to_x} {to_y}"
        path = bend if side is came_from else leave
        yield f'<path class="edge lane-{_colour(lanes, side)}" d="{path}"/>'


def _x(lanes: Mapping[str, int], commit: Json) -> int:
    return MARGIN + LANE * lanes[commit["branch"]]


def _y(row: int) -> int:
    return ROW * row + ROW // 2


def _colour(lanes: Mapping[str, int], commit: Json) -> int:
    return lanes[commit["branch"]] % COLOURS
