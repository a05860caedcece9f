"""The phrases by which requests begin, and what makes an order of which kind."""

import re
from typing import Final

CLIP: Final = (
    r"(?:clips?|scenes?|shots?|videos?|animations?|sequences?|takes?|versions?|variations?|"
    r"variants?|renders?|shorts?|footage)"
)
MAKING: Final = (
    r"(?:create|make|generate|render|produce|animate|draw|film|shoot|do|give|get|show|build|"
    r"prepare|whip up|put together|start|begin|kick off|(?:i|we) (?:still |also |really )*(?:need|"
    r"want)|i want|"
    r"i'd like|i would like|we'd like|we would like|want|need|how about|what about|record|paint)"
)
ASSEMBLING: Final = (
    r"(?:render|make|create|assemble|build|produce|compile|generate|cut|put|edit|stitch|"
    r"combine|turn|join|finish|do|"
    r"string|splice|start|begin|kick off|i want|i'd like|i need|we need|we want|get|have|can we get|give)"
)
TRAILER: Final = r"(?:trailers?|teasers?|promos?|promo video|highlight reel|sizzle reel|preview reel)"
SERVER: Final = (
    r"(?:(?:the )?jellyfin(?: library| server)?|(?:the )?media (?:server|library|center|centre)|"
    r"(?:the )?library|"
    r"(?:the |our )?tv|plex)"
)
IT: Final = (
    r"(?:it|that|this|them|these|those|both|all of (?:it|them)|both of (?:it|them)|the "
    r"(?:result|results|outcome|lot)|everything)"
)

DOING: Final = (
    r"(?:publish|release|upload|cancel|redo|regenerate|re-?render|render|cut|unpublish|"
    r"(?:put|send|take) (?:it|that|this|them))"
)
"""Verbs that begin an order even right behind a condition."""
UNPUBLISH: Final = re.compile(
    r"(?:unpublish|withdraw|retract|un-publish)\b"
    rf"|(?:take|pull|bring) {IT} (?:down|offline)\b(?! an? )"
    rf"|(?:take|pull) down (?:{IT}|scenes?|episodes?|ep|gen_)\b"
    rf"|(?:take|pull|remove|delete|get|hide)\b.{{0,60}}\b(?:off|down from|down|out of|away from|"
    rf"from)\s+{SERVER}\b"
)
PUBLISH: Final = re.compile(
    rf"(?:publish|re-?publish|release|approve)\b(?!\s+(?:the )?(?:hand|arrow|brake)\b)"
    rf"|(?:upload|put|send|get|push|move|export|add|copy|deliver|ship|post|share|make|bring|"
    rf"stick|pop|chuck|throw|drop|bung)\b.{{0,80}}\b{SERVER}\b"
    rf"|(?:upload|ship)\s+(?:{IT}|(?:the )?(?:episode|scene|clip|trailer|video)|gen_)"
    rf"|(?:put|get|set|make|push|bring|go)\b.{{0,40}}\b(?:live|online|public)\b|put {IT} (?:out|up)\b"
    r"|(?:i want|i'd like|i need|we need|get)\b.{0,60}\b(?:published|released|on jellyfin)\b"
)
_ASKED: Final = (
    r"(?:scenes?|episodes?|ep\.?|gen_\w+|it|that|they|this|project|trailer|clip|clips|render|"
    r"renders|everything|we|series|show|things?|jobs?|shot|video|the)\b"
)
STATUS: Final = re.compile(
    r"(?:report|progress|status)\W*$|(?:list|name|show|tell)(?: me)? (?:the |all (?:the )?)?"
    r"(?:characters?|cast)\b|"
    r"(?:what(?:'?s| is| are)|show(?: me)?|give(?: me)?|tell me|get|check|report|list|i want|"
    r"i'd like)?\s*(?:on |about )?(?:a |an |the |me the |me a |its |current |your )*"
    r"(?:status|progress|state|status report|progress report)\b"
    rf"|how(?:'?s| is| are| far(?: along)?| long| much longer| did| does)\b.{{0,40}}\b(?:{_ASKED})"
    rf"|(?:is|are|was|were|did|has|have(?! (?:it|that|this|episode|ep|scene|the)\b)|does)\s+(?:the |my |our |"
    rf"there )?(?:{_ASKED}|anything|any)"
    r"|when (?:will|is|are|can|does|do)\b|what time will\b"
    r"|what(?:'s| is| are| was)\b.{0,30}\b(?:rendering|running|going on|queue|queued|"
    r"happening|left|pending|up|doing|under way|in progress|in production|in the works|"
    r"being (?:made|rendered))\b"
    r"|what happened (?:to|with)\b|which (?:scenes?|clips?|jobs?|renders?|episodes?) (?:are|"
    r"is|have|has|failed|were)\b"
    r"|any(?:thing)?\s+(?:news|progress|updates?|in the queue|running|rendering|going on|"
    r"failed)|how many .*(?:running|queued|left|waiting|done|queue)"
    r"|(?:list|show)(?: me)? (?:the |all |my )*(?:queue|jobs|generations|renders|running)"
    r"|where (?:are we|is (?:the |my )?(?:scene|episode|clip|trailer|render|video|it)|do we stand)"
    r"|(?:still|done|finished|ready) (?:rendering|running|yet)\b"
    rf"|why\b.{{0,40}}\b{_ASKED}|what(?:'s| is| was| went) wrong with\b|what went wrong\b"
    rf"|(?:what|which) (?:score|verdict|mark|grade|rating|quality)\b.{{0,40}}\b{_ASKED}"
    rf"|(?:who|which characters?)(?:'s| is| are| was| were) (?:in|on)\b.{{0,20}}\b{_ASKED}"
    r"|anything (?:still )?(?:\w+ing|left|waiting|broken|stuck)\b"
    rf"|(?:check|see|look|tell me|let me know)(?: on| up on| at)? (?:how|whether|if|"
    rf"what)\b.{{0,40}}\b{_ASKED}"
    r"|(?:check|look in|follow up) on\b"
    rf"|(?:check|look at|have a look at)\s+(?:the |my |our )?{_ASKED}(?! quality\b)"
    r"|(?:give me |show me |i need )?(?:a |an |the )?(?:quick )?(?:rundown|overview|summary|"
    r"recap) (?:of|on)\b.{0,40}\b"
    r"(?:progress|running|going|queue|everything|renders?|jobs|work)\b"
    r"|(?:tell|show) me (?:what|where|which|how|whether|if)\b.{0,40}\b(?:running|stands?|stand|"
    r"status|queue|rendering|waiting|"
    r"done|finished|ready|failed|left|going)\b"
    r"|what are you (?:\w+ing|up to)\b|(?:any )?(?:updates?|news|progress) (?:on|about|for)\b"
    r"|has anything\b|have you (?:finished|done|started)\b"
)
AUDIO_FILE: Final = r"[\w./~-]*[\w-]\.(?:wav|mp3|flac|ogg|oga|m4a|aac|aiff?|opus|wma)\b"
MUSIC: Final = re.compile(
    r"(?:analy[sz]e|analysis of|examine|inspect)\b(?!.{0,40}\b(?:scene|video|clip|episode|"
    r"character)\b(?!.*\bmusic\b))"
    r"|(?:run|do|make|perform|start|give me)\b.{0,12}\b(?:beat|tempo|bpm|music|audio|track|"
    r"rhythm) (?:analysis|detection|check)"
    r"|(?:find|detect|check|determine|measure|get|tell me|show me|give me|compute|calculate|"
    r"estimate|work out|count|read|look up|what|which|how|i need|do you know)\b"
    r".{0,40}\b(?:bpm|tempo|beats? per minute|beats|downbeats|rhythm|time signature|key of)\b"
    rf"|how (?:fast|slow|quick|many beats)\b.{{0,40}}\b(?:track|song|music|theme|piece|tune|"
    rf"{AUDIO_FILE}|beats)"
    r"|(?:bpm|tempo|beats) (?:of|in|for)\b"
    r"|(?:is|are|does|do|has|was)\b.{0,60}\b(?:bpm|tempo|beats per minute)\b"
    rf"|listen to\b.{{0,40}}(?:\b(?:track|song|music|theme|tune)\b|{AUDIO_FILE})"
)
CANCEL: Final = re.compile(
    r"(?:cancel|abort|stop|halt|kill|interrupt|call off)\b\s*(?:(?:the|all|my|our|that|this|"
    r"every|current|running|last|latest)\s+)*"
    r"(?:render|renders|rendering|generation|generations|job|jobs|run|runs|making|generating|"
    r"gen_|scenes?|episodes?|clips?|trailers?|videos?|it\b|that\b|this\b|them\b|everything|"
    r"all\b|production|work)"
    rf"|(?:cancel|abort)\s*$|(?:undo|revert|scrap|discard|roll back)\s+{IT}\b"
)
REDO: Final = re.compile(
    r"(?:regenerate|re-?generate|re-?render|redo|re-?do|retry|retake|re-?make|re-?shoot|re-?create|"
    r"re-?run|re-?try)\b"
    r"|(?:render|make|do|generate|produce|shoot|create|try|run|film|animate|"
    r"build)\b.{0,60}\b(?:again|over|anew|once more|one more time|from scratch|another time)\b"
    r"|(?:give|get|make|render|shoot|do|try|i want|i need|i'd like|we need)?\s*(?:me |us "
    r")?(?:another|a new|a second|a fresh|one more) (?:take|try|attempt|go|shot|render|"
    rf"version) (?:of|at|for) (?=scenes? |gen_|{IT}|the (?:latest|last|newest|previous|same)|"
    r"the [a-z]+ scene)"
    r"|(?:try|attempt) (?:scene|it|that)\b"
    r"|start (?:over|again|afresh)\b|(?:have|take) (?:another|a second|one more) (?:go|stab|crack|try|"
    r"pass|shot|look) (?:at|with)\b|take (?:two|three|four|2|3|4) (?:of|for|on)\b"
    r"|(?:another|one more|a new) (?:take|try|attempt|go)\b(?: please)?\W*$"
)
TEASE: Final = re.compile(
    rf"(?:{MAKING}|{ASSEMBLING}|put together|cut together)?\s*(?:together\s+)?(?:me |us |it "
    rf"into |{IT} into )?(?:[^,;]{{0,50}}\s|[^,;]{{0,50}}\W)?{TRAILER}\b|tease\s+\S"
)
EPISODE: Final = re.compile(
    rf"(?:{ASSEMBLING}|put together)\b.{{0,120}}\bepisodes?\b|(?:assemble|compile|stitch|combine|join)\b"
    r"|(?:an?|the|another|new)?\s*(?:\w+\s)?(?:episodes?|ep)\b.{0,30}\b(?:from|out of|of scenes|with "
    r"scenes|rendered|assembled|please)\b"
    r"|(?:an? |another )?(?:(?:brand )?new|another) episode\W*$"
    r"|[^,;]{0,40}\bscenes?\b.{0,60}\b(?:become|be|form|make up|make|into|as|in)\b.{0,20}\bepisode\b"
)
CHANGE: Final = re.compile(
    r"(?:change|update|edit|modify|adjust|alter|set|dye|colou?r|tweak|revise|give|turn|"
    r"rewrite|swap|replace|fix)\b"
    r"|make\b|from now on\b|going forward\b"
)
MODIFY: Final = re.compile(
    r"(?:(?:two|three|four|five|six|a few|some|\d) more\b|take\b.{1,40}\bout\b|(?:i |we )?(?:need|"
    r"want|'d like) (?:it|that|this|the same)\b|"
    r"(?:it|that|this)(?: one| clip| scene| shot)? (?:again|once more)\b|"
    r"(?:put|lay|add|use|set|play) [\w./ ]+? (?:under|on|to|for|over|behind|with) (?:it|that|this)\b|"
    r"an? (?:(?:bit|little|much) )?(?:longer|shorter|slower|faster|darker|brighter|closer|wider) (?:one|"
    r"version|"
    r"take|clip)\b|(?:have|get|see|show me) (?:it|that|this) (?:at|in|on|with|without|as|by|during|from)\b|"
    r"no (?!problem|worries|thanks|one\b|clip|scene)\w|not (?=[\w' ]{2,30}(?:,| but\b))|"
    r"(?:make|do|have|but)\s+(?:instead|rather)\b|"
    r"(?:do|make|render|try|create|generate|give me)\s+(?:it|that|this|another one|(?:\w+|a few) more"
    r"(?: of (?:it|that|those|these|them))?)\b|use\b|(?:it|this|that) (?:should|must|needs to|"
    r"has to) \w+|"
    r"the \w+ (?:should|must|needs to) (?:be|have|look)\b|(?:i want|i'd like|i need|we need|we want|"
    r"give it|give me) "
    r"(?:more|less|fewer)\b|(?:more|less|fewer) \w|(?:make|have|let) (?:him|her|them)\b|(?:change|"
    r"turn) the \w[\w ]* (?:to|into)\b|"
    r"(?:try|with|give it) (?:a |an )?(?:new|different|other|another) seed|(?:change|set) (?:the |its )?"
    r"(?:style|duration|length|quality|time|weather|music|season)\b|again\b|once more|one "
    r"more time|another one|same\b|the same\b|do the same|now "
    r"(?:with|in|at|as|on|make|from|without|one|during|a)\b|"
    r"(?:a (?:bit|little) )?(?:longer|shorter|slower|faster|darker|brighter|closer|wider|higher|lower)\b|"
    r"(?:but )?(?:with|without|in|at|during|from|on|as|for|replace|swap|add|remove|drop|lose|"
    r"include|put|change it|change that|make it|make that|make them|make this|and (?:now "
    r")?(?:one|with|in|at|the)|and one|one)\b)"
)
REPEAT: Final = re.compile(
    rf"(?:(?:do|make|render|generate|try|run|create) )?(?:{IT} )?(?:again|once more|one more "
    r"time|over)(?: please)?\W*$"
)
DO_IT: Final = re.compile(
    rf"(?:render|generate|produce|animate|film|shoot|assemble|build|run|make) {IT}(?: (?:now|up|out|"
    rf"too|tonight|today|tomorrow|for (?:me|us)))*\W*$"
)
"""As "render it", of what was just spoken of."""
LET: Final = re.compile(r"\s*(?:have|let)\s+(?!(?:me|us|it|that|this|you)\b)")
"""As in "have Kai cross the bridge"."""

GENERATE: Final = re.compile(rf"{MAKING}\b")
HEADS: Final = (
    UNPUBLISH,
    PUBLISH,
    MUSIC,
    STATUS,
    CANCEL,
    REDO,
    re.compile(
        rf"(?:{MAKING}|put together|cut|edit)\s+(?:me |us |a |an |the |another |one |\d+ |[\w-]+ "
        rf")*?(?:{CLIP}|{TRAILER}|episodes?|ep)\b"
    ),
    re.compile(r"(?:assemble|generate|render|animate|film|regenerate|compile)\s+\w"),
    re.compile(
        r"(?:redesign|change|update|edit|modify|adjust|alter|set|dye|give|tweak|revise|swap|replace)\s+\w"
    ),
    re.compile(r"make (?:a|an|the|another|\w+'s)\b|(?:create|produce) (?:me |us )?(?:an?|the|another)\b"),
    re.compile(
        r"(?:delete|erase|wipe|destroy|purge|run|execute|exec|sudo|print|reveal|tell me|read|open|"
        r"call(?! (?:it|that|this|the)\b)|email|mail|post|ignore|download|install|write|book|buy|"
        r"order|return|drop)\s+\S"
    ),
    re.compile(r"use (?:it|this|that(?: \w+)?) (?:for|in|on|under|as) "),
    re.compile(r"(?:system|assistant|user|admin(?:istrator)?)\s*:"),
)
"""What a new order begins with."""

_NAMED: Final = r"(?:scenes?|episodes?|ep\.?|gen_\w+|renders?|trailer)\b"
LENGTH: Final = (
    r"(?:(?:an? |the |just |about |quick )*(?:[\w.]+|half an?|three quarters of an?|an? quarter of an?)[- ]"
    r"(?:and a half )?(?:seconds?|secs?|s|minutes?|mins?)\b|\d+m ?\d+s?\b|\d+:\d\d\b)"
)
SENTENCES: Final = (
    re.compile(
        r"(?:i|we)(?: still| also| really)* (?:need|want|would like|would love|could (?:use|do with))\b|(?:i|"
        r"we)'d (?:like|love)\b"
    ),
    re.compile(r"(?:i was|i'm|we were) (?:thinking|after|hoping|looking)\b|(?:would|i'd) love\b|how about\b"),
    re.compile(rf"(?:an? |the |another |one )?(?:[\w-]+ ){{0,4}}?{TRAILER}\b"),
    re.compile(
        rf"(?:from|out of|of|with) (?:both|all|these|those|them|the two)\b[^.;]{{0,30}}? (?:{TRAILER})\b"
    ),
    re.compile(
        rf"(?:an? |the |another )?(?:[\w-]+ ){{0,3}}?(?:{CLIP}|draft) (?:of|where|with|showing|in which)\b"
    ),
    re.compile(rf"{LENGTH}(?: (?:of|clip|scene|shot)\b|\s*[,:](?=(?:\s+\S+){{4}}))"),
    re.compile(rf"(?:where|who|why|how|when|what|which|any|is|are|did|does|has|have)\b.{{0,40}}\b{_NAMED}"),
    re.compile(r"(?:where|how)(?:'s| is| are)\b|(?:any )?(?:updates?|news|progress) (?:on|of|about)\b"),
    re.compile(
        r"(?!(?:he|she|they|it|there|everything|everyone|the (?:camera|light|sky|mood|scene|shot|clip))\b)"
        r"[\w' -]{2,40}? (?:should|must|needs? to|has to|have to) (?:now |no longer |always )?"
        r"(?:be|have|wear|get|look|carry|lose)\b"
    ),
    re.compile(
        r"[^.;!?]{2,80}\bfrom (?:now|here) on(?:wards?)?\b|[\w' -]{2,30} (?:now has|is now|has now)\b"
    ),
    re.compile(
        r"(?:the [\w' -]{2,30} )?(?:scenes?|episodes?|ep) (?:\w+ )?(?:should|needs?|must|wants)\b|"
        r"scene \d+ (?:is|was)\b"
    ),
    re.compile(
        r"(?:the )?(?:next|new) (?:shot|scene|clip)\b|(?:[\w-]+ ){0,3}(?:scene|shot|clip|short|close-?up)\s*:"
    ),
    re.compile(r"(?:turn|colou?r|dye|take away|remove|make|set) (?:the )?(?:[\w-]+ ){0,2}[\w-]+'s \w"),
    re.compile(r"get\b[^.;!?]{2,60}\b(?:rendered|redone|remade|regenerated|assembled)\b"),
    re.compile(r"(?:do|get|have|finish) (?:episode|ep)\b|i(?:'m| am) happy with\b|[\w' ]{2,30}: redo\b"),
)
"""What begins a new order behind a full stop or "then", though it could go on with a story elsewhere."""

STRONG: Final = (
    re.compile(r"(?:render|make|do|shoot) (?:it|that|them) (?:again|anew|once more)\b"),
    re.compile(rf"turn (?:it|that|this|them|both) into an? (?:[\w-]+ ){{0,3}}?{TRAILER}\b"),
    UNPUBLISH,
    PUBLISH,
    CANCEL,
    re.compile(
        r"(?:regenerate|re-?render|redo|retry|re-?make|re-?shoot|re-?create|start over|have another go)\b"
    ),
    re.compile(
        rf"(?:{MAKING}|put together|cut|edit)\s+(?:me |us |a |an |the |another |[\w-]+ )*?{TRAILER}\b"
    ),
    re.compile(
        rf"(?:create|make|generate|render|produce|animate|film|shoot|build|assemble)\s+(?:me |us |a |an |"
        rf"the |both |another |[\w-]+ ){{0,5}}?(?:{CLIP}\s+(?:of|with|where|showing|in which|featuring)|"
        rf"episodes?)\b"
    ),
    re.compile(
        r"analy[sz]e\s+\S|(?:change|update) [\w ]{2,30}?['’]s? \w|(?:check|report|tell me|show me|give me) "
        r"(?:the |on )*(?:status|progress)\b"
    ),
    re.compile(r"(?:do not|don't|never) (?:publish|upload|release|render|delete)\b"),
)
"""What begins a new order even behind a comma."""
PICTURED: Final = re.compile(
    rf"(?:an?|another|one|\d+)\s+(?:[\w-]+\s+){{0,3}}?{CLIP}\s+(?:of|with|where|showing|in which)\b"
)
"""What begins a further picture."""
