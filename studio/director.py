"""The director: from a sentence and its music to shots and timed events, by rules."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

import numpy as np

from studio.japanese import in_english
from studio.storyboard import Camera, CastMember, EventKind, Framing, Shot, Storyboard, TimedEvent
from studio.sync import NO_TIMES, Seconds, lay_cuts
from studio.sync_grid import nearest_frame

SHOT_S: Final = 1.7
"""The length of a shot when nothing else decides it: the average of a modern trailer."""

MIN_SHOT_S: Final = 0.8
MAX_SHOTS: Final = 200
FRAMINGS: Final = {
    True: (Framing.WIDE, Framing.MEDIUM, Framing.CLOSE, Framing.MEDIUM),
    False: (Framing.WIDE, Framing.MEDIUM),
}
MOVES: Final = {
    Framing.WIDE: (Camera.PAN_RIGHT, Camera.PAN_LEFT, Camera.TILT_UP),
    Framing.MEDIUM: (Camera.PUSH_IN, Camera.PAN_LEFT, Camera.PAN_RIGHT, Camera.TILT_DOWN),
    Framing.CLOSE: (Camera.PUSH_IN, Camera.PULL_OUT),
}
ASKED_MOVES: Final = (
    (re.compile(r"\bpan(s|ning)?( to the)? left\b", re.IGNORECASE), Camera.PAN_LEFT),
    (re.compile(r"\bpan(s|ning)?( to the)? right\b", re.IGNORECASE), Camera.PAN_RIGHT),
    (re.compile(r"\btilt(s|ing)? up\b", re.IGNORECASE), Camera.TILT_UP),
    (re.compile(r"\btilt(s|ing)? down\b", re.IGNORECASE), Camera.TILT_DOWN),
    (re.compile(r"\b(zoom|push|dolly)(s|ing)? in\b", re.IGNORECASE), Camera.PUSH_IN),
    (re.compile(r"\b(zoom|pull|dolly)(s|ing)? (out|back)\b", re.IGNORECASE), Camera.PULL_OUT),
    (re.compile(r"\b(static|locked.off|still) (camera|shot)\b", re.IGNORECASE), Camera.HOLD),
)

MOST_FIGURES: Final = 2
_WHO: Final = (
    "girl|boy|woman|man|lady|child|kid|teenager|student|schoolgirl|schoolboy|knight|samurai|ninja|warrior|"
    "witch|wizard|mage|princess|prince|queen|king|hero|heroine|soldier|pilot|traveller|traveler|stranger|"
    "dancer|singer|fighter|swordsman|priestess|maid|idol"
)
PEOPLE: Final = re.compile(
    rf"(?:(?!(?:a|an|the|and|with|{_WHO})\b)[\w-]+\s+){{0,4}}\b(?P<who>{_WHO})\b"
    r"(?:\s+(?:with|in|wearing)\s+(?:(?!\band (?:a|an|the)\b)[^,.;])+)?",
    re.IGNORECASE,
)
"""A person without a name: the words before, who, and what follows of looks."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What a clip is to be: the sentence, its length, who is in it, and the user's own cues."""

    prompt: str
    duration_s: float
    fps: Fraction
    seed: int
    cast: tuple[str, ...] = ()
    cues: tuple[TimedEvent, ...] = ()

    @property
    def frames(self) -> int:
        """Length in frames, at least one."""
        return max(1, round(Fraction(self.duration_s) * self.fps))


def figures_in(prompt: str) -> tuple[CastMember, ...]:
    """The nameless people of a sentence, two at most: who, and the words that say how they look."""
    figures: dict[str, CastMember] = {}
    for found in PEOPLE.finditer(in_english(prompt)):
        name = found["who"].capitalize()
        figures.setdefault(name, CastMember(name, description=found[0].strip()))
    return tuple(figures.values())[:MOST_FIGURES]


def plan_shots(
    brief: Brief, beats_s: Seconds, *, downbeats_s: Seconds = NO_TIMES, sections_s: Seconds = NO_TIMES
) -> Storyboard:
    """Break a brief into shots whose cuts lie on beats.

    Args:
        brief: What is to be planned.
        beats_s: Beats of the clip's music, seconds from the clip's start, ascending, shape (n,); empty
            without music, and the cuts are then spread evenly.
        downbeats_s: Those of them that begin a bar, where they are known; cuts favour them.
        sections_s: Where the music changes, seconds from the clip's start; cuts favour these more.

    Returns:
        A storyboard: contiguous shots from frame 0, a cut event on the first frame of each but the first,
        an accent on each beat between the cuts, and the user's cues, in the order of time. A cut lies on the
        frame nearest to each cue, beat or no beat, unless that would make a shot shorter than `MIN_SHOT_S`.
    """
    rng = random.Random(brief.seed)  # noqa: S311  (a choice of camera moves, not a secret)
    cuts = _cuts(brief, beats_s, downbeats_s, sections_s)
    bounds = (0, *cuts, brief.frames)
    shots = _shots(brief, bounds, rng)
    return Storyboard(brief.frames, brief.fps, shots, _events(brief, shots, beats_s))


def _cuts(brief: Brief, beats_s: Seconds, downbeats_s: Seconds, sections_s: Seconds) -> tuple[int, ...]:
    """On the cues, and between them on beats."""
    count = _shot_count(brief, has_music=len(beats_s) > 0)
    bounds = (0, *_cue_cuts(brief), brief.frames)
    cuts: list[int] = []
    for start, end in pairwise(bounds):
        start_s = float(start / brief.fps)
        laid = lay_cuts(
            duration_s=float((end - start) / brief.fps),
            fps=brief.fps,
            shots=max(1, round(count * (end - start) / brief.frames)),
            beats_s=_since(start_s, beats_s),
            min_shot_s=MIN_SHOT_S,
            downbeats_s=_since(start_s, downbeats_s),
            sections_s=_since(start_s, sections_s),
        )
        cuts += [start + cut for cut in laid] + [end]
    return tuple(cuts[:-1])


def _since(start_s: float, times_s: Seconds) -> Seconds:
    return np.asarray(times_s[times_s >= start_s] - start_s)


def _cue_cuts(brief: Brief) -> tuple[int, ...]:
    """The frames of the user's cues that leave no shot too short, the earlier ones first."""
    shortest = max(1.0, MIN_SHOT_S * float(brief.fps))
    chosen = [0]
    for at in sorted(nearest_frame(cue.time_s, brief.fps) for cue in brief.cues):
        if at - chosen[-1] >= shortest and brief.frames - at >= shortest:
            chosen.append(at)
    return tuple(chosen[1:])


def _shot_count(brief: Brief, *, has_music: bool) -> int:
    most = max(1, int(brief.duration_s / MIN_SHOT_S))
    wanted = max(round(brief.duration_s / SHOT_S), 2 if has_music else 1)
    return min(wanted, most, MAX_SHOTS)


def _shots(brief: Brief, bounds: Sequence[int], rng: random.Random) -> tuple[Shot, ...]:
    told = in_english(brief.prompt)
    asked = next((move for pattern, move in ASKED_MOVES if pattern.search(told)), None)
    framings = FRAMINGS[bool(brief.cast)]
    shots: list[Shot] = []
    for number, (start, end) in enumerate(pairwise(bounds)):
        framing = framings[number % len(framings)]
        previous = shots[-1].camera if shots else None
        camera = asked or rng.choice([move for move in MOVES[framing] if move is not previous])
        shots.append(Shot(start, end - start, framing, camera, _seen(brief.cast, framing, number)))
    return tuple(shots)


def _seen(cast: tuple[str, ...], framing: Framing, number: int) -> tuple[str, ...]:
    """Everyone in wide and medium shots; close shots take turns."""
    if framing is not Framing.CLOSE or not cast:
        return cast
    return (cast[(number // len(FRAMINGS[True])) % len(cast)],)


def _events(brief: Brief, shots: Sequence[Shot], beats_s: Seconds) -> tuple[TimedEvent, ...]:
    cuts = [TimedEvent(float(shot.start_frame / brief.fps), EventKind.CUT) for shot in shots[1:]]
    half_frame_s = float(1 / brief.fps) / 2
    accents = [
        TimedEvent(float(beat), EventKind.ACCENT)
        for beat in beats_s
        if 0 <= beat < brief.duration_s and all(abs(beat - cut.time_s) > half_frame_s for cut in cuts)
    ]
    cues = [cue for cue in brief.cues if cue.time_s < brief.duration_s]
    return tuple(sorted((*cuts, *accents, *cues), key=lambda event: (event.time_s, event.kind)))
