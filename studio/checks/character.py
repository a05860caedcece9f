"""Whether the characters look as they should, as far as colours can tell."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from studio.measures.identity import Likeness
from studio.measures.palette import palette_consistency
from studio.metrics import Metric, judged, not_judged
from studio.pictures import Measurements
from studio.thresholds import Limits

References = Mapping[str, Sequence[NDArray[np.uint8]]]
NOT_SET_UP = "TOWER_IDENTITY_PYTHON names no interpreter with dghs-imgutils"
Identities = Mapping[str, Likeness] | str
"""Likenesses by name, or why there are none."""


def palettes(clip: Measurements, references: References, limits: Limits) -> Metric:
    """Palette consistency with the references of each character; the one that fits worst counts."""
    source = "share of a reference's main colours that the clip shows; it knows no faces"
    fits = {name: palette_consistency(pictures, clip.stills) for name, pictures in references.items()}
    known = {name: fit for name, fit in fits.items() if fit is not None}
    if not known:
        reason = "no reference image" if not any(references.values()) else "the references show no colours"
        return not_judged("palette_consistency", "share", source, reason)
    name = min(known, key=lambda one: known[one])
    return judged(
        "palette_consistency",
        known[name],
        limits["palette_consistency"],
        unit="share",
        value_range=(0.0, 1.0),
        reason=f"{known[name]:.0%} of the colours of {name} are seen",
        source=source,
    )


def identity(identities: Identities, limits: Limits) -> Metric:
    """How different characters are from their references by learned features; the worst counts."""
    source = "CCIP difference of heads, lower quartile over frames; up to 0.1785 is the same character"
    if isinstance(identities, str) or not identities:
        reason = identities if isinstance(identities, str) else "no head was found in references and frames"
        return not_judged("identity", "difference", source, reason or NOT_SET_UP)
    name = max(identities, key=lambda one: identities[one].difference)
    return judged(
        "identity",
        identities[name].difference,
        limits["identity"],
        unit="difference",
        reason=f"{name} does not look like {name}",
        source=source,
        frames=(identities[name].frame,),
    )
