"""What a message says out of courtesy: greetings and pleas before an order, thanks and haste behind it."""

import re
from typing import Final

_GREETED: Final = (
    r"hey|heya|hi|hiya|yo|oh|ah|um+|uh+|er+m?|hmm+|hello|(?:good )?(?:morning|afternoon|"
    r"evening)(?=\s*(?:[,.!]|$))|good (?:morning|afternoon|evening)|there|well|echo|"
    r"ok(?:ay)?|right|sorry|actually|alright|all right|great|good|perfect|lovely|brilliant|awesome|excellent|"
    r"thanks(?: a lot)?|thank you(?: (?:so|very) much)?|many thanks|ta|cheers|mate|cool|nice|fine|sure|"
    r"my (?:mistake|bad)|"
    r"very (?:nice|good|cool|pretty)|so (?:nice|good|beautiful|pretty)|"
    r"(?:beautiful|wonderful|amazing|fantastic|super|(?:i )?(?:like|love) it)"
    r"(?=\s*(?:[,.!;]|$)|\s+(?:publish|release|put|so|please|can|could)\b)|"
    r"(?:you know|tell you|i tell you) what|anyway|by the way|btw|(?:just )?one (?:more )?thing|first of all|"
    r"oops|whoops|apologies|pardon|hang on|i'm back(?: again)?|it's me(?: again)?|me again|"
    r"(?:i )?hope (?:you(?:'re| are) (?:well|good)|all is well)"
)
_ANSWERED: Final = (
    r"no(?=\s*[,.!;:–-]|\s+(?:i|it|it's|that|make|let|not|please|do|can|thanks|we|you)\b|$)|nope|nah|yes|"
    r"yeah|yep|not good|not quite|i (?:don't|do not|didn't) like (?:it|"
    r"that|this)|"
    r"(?:(?:it|that|this)(?:'s| is| was| looks?| feels?) )?(?:a (?:bit|little) |much |way |"
    r"far )?too \w+(?: for [\w' ]{2,24})?(?=[.,;:!]\s*\w|\s+(?:so|please|give|make|can|could|cut)\b)|"
    r"so|if so|if yes|if it is(?=\s*,)"
)
_ORDERED: Final = (
    r"now|then|next|also|first|firstly|second|secondly|finally|lastly|afterwards?|after that|and|but|just|"
    r"maybe|perhaps|quickly|real quick|quick one|while you(?:'re| are) at it"
)
_MODAL: Final = r"(?:can|could|would|will)"
_PLEADED: Final = (
    r"i(?:'d| would) be (?:so |very |really |most )?(?:grateful|glad|happy|thankful) if you (?:could|"
    r"would|can)|"
    r"i(?:'d| would) (?:really )?appreciate it if you (?:could|would)|would it be possible to(?: get| have)?|"
    r"it(?:'d| would) be (?:great|nice|lovely|good|wonderful|perfect|ideal|cool) "
    r"(?:if you (?:could|would|can)|to (?:have|get|see))|may (?:i|we) (?:please )?(?:have|get|see)|"
    r"i(?:'ve| have) decided(?: that)?|you (?:can|may)(?: now| go ahead and)?(?= (?:publish|release|put|"
    r"render|redo|"
    r"cancel|make|send))|do me a favou?r and|(?:can|could) (?:i|we) (?:please )?have(?= (?:the same|another|"
    r"one|(?:it|that|this) (?:again|once more))\b)|(?:would|do) you mind|"
    r"(?:my|our|the) \w+ (?:asked|told|wants?|asks?|wanted) (?:me|us|you) to|be (?:so )?(?:kind|"
    r"good) (?:enough )?(?:to|and)|"
    r"if you could(?: please)?(?= \w)|"
    r"time to|"
    r"(?:i|we) (?:want|wish|would like|'d like) that(?= (?:[\w' ]+ )(?:is|are|has|have|wears?|looks?|does|"
    r"goes|gets))|"
    r"(?:(?:my|our|the) )?(?:\w+ ){1,2}(?:wants?|wanted|asks?|asked|would (?:like|love)) (?:me |"
    r"us )?to see(?! if\b)|"
    rf"{_MODAL} (?:i|we|you) (?:please |maybe )?see(?! (?:how|if|whether|what)\b)|"
    rf"please(?: to)?|pls|kindly|{_MODAL} (?:you|we)(?: (?:be so (?:kind|good) as to|please|also|just|maybe|"
    r"quickly))?|any chance (?:you could|of)|(?:is|would) it (?:be )?possible (?:to|that you)|it(?:'d|"
    r" would) be (?:good|nice|great|better|cool|lovely) if|do you think you (?:can|could)|"
    r"i was wondering if you could|(?:i|we)(?: want| need| would like|'d like|'d love| would love) you to|"
    rf"(?:i|we)(?: want|'d like| would like|'d love| need| should| have) to(?: see(?! (?:how|if|"
    rf"whether|what)\b))?|{_MODAL} (?:i|we) (?:please )?(?:have|get|see)(?! \w+ published\b)|"
    rf"we should|you should|let's(?: have(?= [a-z0-9' ]+ing\b))?|let us|"
    r"go ahead and|try to|help me|get to work and|let me (?:see|have)|i'd love to see|i would love to see"
)
_HURRIED: Final = (
    r"when(?:ever)? you (?:can|(?:have|get) (?:a |the |some )?(?:chance|moment|minute|time|sec(?:ond)?))|"
    r"if (?:possible|you (?:can|could|have (?:time|a (?:moment|minute))|don't mind|would))|"
    r"as soon as (?:you can|possible)|asap"
)
FILLER: Final = re.compile(
    rf"\s*(?:(?:{_GREETED}|{_ANSWERED}|{_ORDERED}|{_PLEADED}|{_HURRIED})(?![\w'])[,:.!…]*\s*)*",
    re.IGNORECASE,
)
"""What may stand before an order and says nothing of it."""
PLEA: Final = re.compile(
    rf"(?:(?:{_GREETED}|{_ORDERED})(?![\w'])[,:.!…]*\s*)*(?:{_PLEADED})(?![\w'])", re.IGNORECASE
)
"""What a new order begins with where somebody asks for it."""
_THANKED: Final = (
    r"please|pls|lol|haha|hehe|thanks(?: (?:a (?:lot|bunch|ton|million)|so much|in advance|again))?|"
    r"thank you(?: (?:so|very) much)?|"
    r"many thanks|cheers|ta|"
    r"mate|ok(?:ay)?\?|will you|would you|could you|can you"
)
_HASTE: Final = rf"{_HURRIED}|(?:right|straight) away|right now|immediately|now(?! or)|for (?:me|us)(?: now)?"
_TAIL: Final = re.compile(rf"(?:[\s,.;:!?–—-]+(?:{_THANKED}|{_HASTE}))+[\s,.;!?]*$")
_IS_SO_NOW: Final = re.compile(r"\b(?:is|are|has|have|wears?|looks?)\b.*\bnow\W*$")
"""As "her hair is short now", where "now" says that it was otherwise."""


def said_until(low: str) -> int:
    """Where an order ends, without its marks and the courtesies behind it."""
    end = len(low.rstrip(" ,;.!?\n"))
    tail = _TAIL.search(low)
    if tail is None or not low[: tail.start()].strip() or _IS_SO_NOW.search(low):
        return end
    return len(low[: tail.start()].rstrip(" ,;.!?\n"))
