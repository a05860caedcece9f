"""What a message says beside its orders: remarks, conditions, and what is not to be done."""

import re
from typing import Final

from studio.echo.clauses import Clause
from studio.echo.phrases import DOING, IT

NEGATED: Final = re.compile(
    r"(?:(?:please )?(?:do not|don't|dont|never|no need to|not yet|i (?:don't|do not) want (?:you )?to|"
    r"let's not|you (?:shouldn't|should not|mustn't|must not|don't need to)|hold off(?: on)?|"
    r"refrain from|stop short of|without)\s+(?:ever |yet |actually )?)"
    r"(?:publish|upload|releas|render|regenerat|delet|remov|eras|mak|creat|generat|start|chang|touch|"
    r"send|post|ship|cancel|unpublish|put|do|run|redo|produc|cut|overwrit)\w*"
    r"|no (?:publish|render|upload|delet|chang)\w*ing\b"
    r"|(?:leave|keep) [^,;]{1,40}? (?:alone|untouched|unchanged|be|as (?:it is|is|they are))\b"
)
"""Orders turned round: what begins so is not done."""
DROPPED: Final = re.compile(
    r"(?:never ?mind|forget (?:it|that|about it)|scratch that|leave it(?: (?:at that|be|as it is))?|"
    r"no more for (?:now|today)|that's (?:all|it)(?: for (?:now|today))?|not now|hold on|wait)\W*$"
)
_JUDGED: Final = (
    r"good|great|fine|ok(?:ay)?|perfect|wrong|bad|awful|terrible|off|nice|lovely|ugly|crap|rubbish|"
    r"boring|weird|strange|dark|bright|slow|fast|blurry|shaky|short|long|approved|done|it|"
    r"flat|dull|stiff|messy|noisy|soft|hard|loud|empty|busy|cold|warm|muddy|grainy|jerky|rushed|plain|close|far|ready|"
    r"well|nicely|beautifully|perfectly|amazing|wonderful|fantastic"
)
_SAID_BY: Final = (
    r"(?:(?:my |our |the )?[\w ]{2,30} (?:says?|said|thinks?|thought|feels?|finds?) (?:that )?)?"
)
REMARK: Final = re.compile(
    r"(?:i(?:'m| am)? (?:really |so |quite |very |not )*(?:happy|prefer|pleased|satisfied|unhappy|"
    r"love|like|liked|"
    r"loved|hate|hated|dislike|don't like|do not like|didn't like|can't stand|approve of|think|fan of)\b"
    rf"|{_SAID_BY}(?:scene|episode|gen_|it|that|this|the [\w' ]{{1,40}}?)(?:[\w' ]{{0,20}})(?:'s| is| was|"
    rf" looks?| looked|"
    r" turned out| came out| feels?| seems?)(?: (?:really|so|too|very|no|not|quite|a bit|just|way|all))*"
    rf" (?:{_JUDGED})\b"
    r"|[\w' ]{2,30}? (?:is|are) looking (?:too|so|very|a bit|rather) \w+$"
    r"|(?:scenes? \w+|episodes? \w+|gen_\w+) (?:still )?(?:feels?|looks?|seems?|sounds?|came out|"
    r"turned out) \w+"
    r"|the (?:first|second|third|last|other|new|old|newest|earlier) (?:version|one|take|clip) (?:had|has|"
    r"was|is|"
    r"looked|felt|(?:i|we) (?:like|prefer|love))\b"
    r")[^.!?]*$"
)
"""Praise and blame of what there is: they order nothing by themselves."""
OF_THE_STUDIO: Final = re.compile(
    r"(?:the|our|my) (?:grade|edit|cut|mix|score|music|sound|script|storyboards?|animation|lighting|"
    r"timing|boards?|"
    r"layouts?|review|voices?|dub|subtitles?|client|producer|director|team|composer)\b[^.!?]{0,20} "
    r"(?:is|are|was|were|has|have|looks?|feels?|sounds?) (?:\w+ )?(?:done|ready|finished|approved|locked|"
    r"fine|good|"
    r"great|in|happy|over|wrapped|signed off|ok(?:ay)?)\W*$"
)
"""As "the grade is done": what stands outside of the pictures."""
DO_SO: Final = re.compile(r"(?:please )?do (?:it|that|so)(?: please| now| for me)?\W*$")
TOO_SO: Final = re.compile(
    r"(?P<who>[\w' ]{2,30}?) (?:looks?|seems?|feels?|is|is looking) (?:too|so|very|a bit|"
    r"rather) (?:much )?[\w-]+$"
)
"""As "Kai looks too clean", which says why he is to be changed."""
SHORTEST_ORDER: Final = 12
"""Characters that an order behind such a reason has at least."""
TOO: Final = re.compile(
    r"(?:(?:it|that|this)(?:'s| is| was| looks?| feels?| came out) )?(?:a (?:bit|little) |much |way |far )?"
    r"too (?:short|long)\W*$"
)
"""What is wrong with the length of what was made: said alone, it is to be otherwise."""
_TRADE: Final = (
    rf"(?:{IT}|its?|score|verdict|scenes?|episodes?|clips?|trailers?|renders?|gen_\w+|everything|takes?|"
    r"shots?)"
)
_IF: Final = (
    r"(?:(?:but |and )?(?:only |even )?(?:if|unless|once(?! (?:more|again)\b)|when|whenever|as soon as|"
    r"provided(?: that)?|"
    r"assuming(?: that)?|as long as|until|till|after))"
)
_CONDITION_BEFORE: Final = re.compile(
    rf"{_IF}\b(?P<said>[^,]{{0,40}}\b{_TRADE}\b[^,]{{0,80}}?)(?:,\s*(?:then\s+)?|\s+(?:then\s+)?(?={DOING}\b))"
)
_CONDITION_BEHIND: Final = re.compile(rf"\s*,?\s*\b{_IF}\b(?P<said>[^,]{{0,40}}\b{_TRADE}\b.*)$")
_NOT_TO_DO: Final = re.compile(rf"\s*,?\s*\b(?:but|and|just|yet)?\s*\b(?P<not>{NEGATED.pattern})\b.*$")


def condition_before(clause: Clause) -> tuple[Clause, Clause] | None:
    """A condition before an order and that order: "if scene 3 is finished, publish it"."""
    found = _CONDITION_BEFORE.match(clause.low)
    if found is None or not clause.low[found.end() :].strip():
        return None
    return clause.cut(*found.span("said")), clause.cut(found.end(), len(clause.low))


def condition_behind(clause: Clause) -> tuple[Clause, Clause] | None:
    """A condition behind an order and that order: "redo scene 6 only if it failed"."""
    found = _CONDITION_BEHIND.search(clause.low)
    if found is None or not clause.low[: found.start()].strip():
        return None
    return clause.cut(*found.span("said")), clause.cut(0, found.start())


def turned_round(clause: Clause) -> tuple[Clause, Clause] | None:
    """What is not to be done and the order before it: "a clip of Kai but don't publish it"."""
    found = _NOT_TO_DO.search(clause.low)
    if found is None or not clause.low[: found.start()].strip(" ,"):
        return None
    return clause.cut(found.start("not"), len(clause.low)), clause.cut(0, found.start())
