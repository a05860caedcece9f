"""Words by which a picture is touched up: its light, its colours, its camera, its pace."""

import re
from typing import Final

from studio.canon.tables import listed

TOUCHED: Final = re.compile(
    r"(?:(?:a (?:bit|little|touch|tad|lot)|much|slightly|somewhat|way|even|far) )?"
    r"(?:(?:warm|cool|cold|dark|soft|hard|sharp|quick|calm|strong|weak|gentl|tight|wid|clos|high|low|loud|"
    r"quiet|mood|mist|clean|rough|smooth|deep|flat|thick|thin|heav|light|sadd|happi|funni|cos|scar|crisp|rich|"
    r"pal|simpl|stead|grittier|tens|dream|bolder|bright|gloom|fogg|sunn|wett?|drier|dirti|clearer)i?er|"
    r"more|less|fewer|not so)\b"
    r"|(?:(?:it|that|this)(?:['’]?s| is| was| looks| feels)? )?(?:a (?:bit|little) |way |much |"
    r"far )?too (?!short\b|long\b)\w+"
    r"|(?:hold|linger|push|pull|soften|sharpen|brighten|darken|tone|slow|zoom|crop|shift|dim|desaturate|"
    r"saturate|blur|tighten|loosen|extend|tilt|pan|dolly|boost|crank|dial|ease|lean|mirror|flip|tint|warm|cool|"
    r"give (?:it|this|that|the)|bring (?:up|down|out|in)|let (?:it|him|her|them|the)|end (?:on|with)|"
    r"start (?:on|with|from)|open (?:on|with)|finish (?:on|with)|begin (?:on|with)|raise|lower|widen|move|"
    r"speed (?:it |that )?up|keep (?:the|it|that|him|her|them))\b"
)
"""How the picture before is touched up: "warmer", "hold the last pose longer", "push the colours to teal"."""
ALSO: Final = re.compile(
    r"\s*,?\s*\b(?:also|as well|too)\W*$|^(?:make|do|have|but)\s+(?:instead|rather)\s+", re.IGNORECASE
)
DOES_IT: Final = re.compile(r"\b(?:does|doing|do|did) (?:it|that|so|the same)\b")
NOT_BUT: Final = re.compile(r"^not (?P<old>[^,]+?)(?:,| but)\s*(?:but )?(?P<new>.+)$")
TOO_MUCH: Final = re.compile(
    r"^(?:(?:it|that|this)(?:['’]?s| is| was| looks| feels)? )?(?:a (?:bit|little) |way |much |far )?"
    r"too (?!short\b|long\b)(?P<how>\w+)",
    re.IGNORECASE,
)
"""As "it is too bright", which wants it less bright."""
KINDS: Final = tuple(
    re.compile(
        r"\s*,?\s*(?:(?:at|in|on|during|under)\s+(?:the |a |an )?)?(?:(?:early|late|heavy|light|"
        rf"deep|soft)\s+)?\b(?:{'|'.join(listed(words))})\b(?! \w+ing\b)"
    )
    for words in (
        (
            "dawn, sunrise, morning, noon, midday, afternoon, dusk, sunset, evening, twilight, "
            "night, midnight, golden hour, daytime, daylight"
        ),
        "rain, snow, storm, thunderstorm, fog, mist, sunshine, drizzle, blizzard, hail, wind",
        "spring, summer, autumn, fall, winter",
    )
)
"""What can only be so or so: a new time of day stands in the place of the old one."""
