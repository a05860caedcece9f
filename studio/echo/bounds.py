"""What the director does not do, whatever the words: the machine, secrets, deletion, other services."""

import re
from collections.abc import Mapping
from typing import Final

from studio.echo.courtesies import FILLER
from studio.echo.plans import Refusal

_TEXTS: Final[Mapping[str, str]] = {
    "machine": "I only direct productions: no commands, no code, no queries and no files of the machine.",
    "secrets": "I have no access to passwords, tokens or settings, and would not tell them.",
    "rules": "What I may do is fixed; no message changes it.",
    "deletion": (
        "I delete nothing. Use the DELETE routes of the production and episode services, or "
        "unpublish what is published."
    ),
    "elsewhere": "I publish to the project's library (Jellyfin) alone, and send nothing anywhere else.",
    "explicit": "I make no sexual content.",
    "others": "I tell of this project alone, and show nobody else's work.",
    "scope": "That is no part of making an anime: I plan scenes, episodes, trailers, music and publishing.",
}
_CONCEALED: Final = (
    r"(?:pass(?:word|wd|phrase)s?|api[ _-]?(?:keys?|tokens?)|\btokens?\b|secrets?\b(?! "
    r"(?:garden|door|passage|meeting|base|agent|weapon|island|place))|"
    r"credentials?|private keys?|connection string|env(?:ironment)? ?var(?:iable)?s?|\.env\b|"
    r"\benv\b|system prompt|"
    r"(?:your|the|hidden|initial|system) (?:instructions|prompt|settings|config(?:uration)?|"
    r"rules)|database_url|tower_[a-z_]+|everything above|above this line|login data)"
)
_MACHINE: Final = (
    (
        r"^(?:run|execute|exec|launch|invoke|call|use|start|spawn|type|"
        r"enter)\b.{0,60}(?:\bcommand|\bshell|\bscript\b|\bbash\b|\bterminal|\bcode\b|\bsql\b|"
        r"\bquery\b|"
        r"\btool\b|\bfunction\b|\baction\b|`|\brm\b|\bcurl\b|\bwget\b|\bsudo\b|os\.|subprocess|"
        r"\bps\b|\bls\b|powershell|\benv\b|python|https?:|"
        r"\bapt(?:-get)?\b|\bpip\b|\bnpm\b|\bbrew\b|\bupgrade\b)"
    ),
    (
        r"^(?:sudo|rm|curl|wget|cat|ls|chmod|chown|ssh|nc|bash|sh|python3?|pip|apt|docker|"
        r"systemctl|reboot|shutdown|import|exec|eval)\s+[-/.\w]"
    ),
    (
        r"^(?:select\b.+\bfrom|drop (?:table|database|schema)|delete from|insert into|"
        r"update\s+\S+\s+set|truncate|alter table|grant|create (?:table|user|role))\b"
    ),
    r"\bos\.system\b|\bsubprocess\.|\brm -rf\b.{0,3}$|^\W*(?:rm -rf|\$\(|`)",
    (
        r"^(?:open|read|show|print|dump|load|cat|display|include|fetch|download|get|return|list|"
        r"give)\b.{0,120}(?:\s|=|')(?:file:/|/etc/|/proc/|/root|/home|/var|~/|c:\\|https?:|\.\./)"
    ),
    r"^[\[{<]|^pretend (?:you are|to be) (?:a )?(?:terminal|shell|computer|linux)",
    (
        r"^(?:restart|reboot|shut ?down|stop|kill|install|uninstall|upgrade)\b.{0,20}\b(?:server|"
        r"machine|computer|service|database|postgres|prefect|tower|worker|process|system|"
        r"package)\b"
    ),
    r"\bi am (?:root|the administrator)\b",
    r"^(?:run|execute|exec|type|enter|eval)\s+¤|\b(?:ssh|root|shell|terminal|admin|sudo) access\b",
    r"\b(?:export|dump|copy|save|write)\b.{0,60}(?:\btables?\b|/tmp/|/var/|/etc/|\.csv\b|\.sql\b)",
)
_RULES: Final = (
    (
        r"^(?:ignore|disregard|forget|override|bypass|skip|drop)\b.{0,30}\b(?:instructions?|"
        r"rules?|prompts?|guidelines?|restrictions?|safety|constraints?|checks?)\b"
    ),
    (
        r"^(?:pretend|imagine|act as if|roleplay|act as)\b.{0,20}\byou\b|^you (?:are now|must "
        r"obey|have to obey|will obey)|^(?:system|assistant|developer|admin(?:istrator)?)\s*:|^as "
        r"an? (?:admin|administrator|developer|root)"
    ),
    r"\bwithout (?:asking|confirmation|permission)\b|^that you are\b",
    r"\b(?:skip|bypass|no need for|don't wait for|ignore) (?:the |any |all )?(?:confirmations?|approvals?)\b",
)
_DELETION: Final = (
    (
        r"^(?:delete|erase|wipe|destroy|purge|nuke|trash|obliterate|clear out|get rid of|throw "
        r"away)\b(?!.{0,60}\b(?:from|off|out of) (?:it|the (?:scene|clip|shot|picture|background|"
        r"frame))\b)"
    ),
    (
        r"^(?:remove|clear|empty|format|reset|drop)\b.{0,30}\b(?:projects?|databases?|tables?|"
        r"scenes?\b(?! in)|episodes?|characters?|librar(?:y|ies)|files?|disks?|drives?|everything|"
        r"generations?|branch(?:es)?|clips?|takes?|history|bible|store|assets?|"
        r"server)\b(?!.{0,20}\bfrom (?:it|the (?:scene|clip|shot))\b)"
    ),
)
_OTHERS: Final = (
    r"(?:youtube|tik ?tok|twitter|\bx\.com\b|instagram|facebook|discord|slack|e-?mail|"
    r"whatsapp|telegram|netflix|crunchyroll|vimeo|"
    r"reddit|bilibili|niconico|dropbox|google drive|twitch|mastodon|bluesky|"
    r"(?:our|the) (?:client|customer|boss)|my (?:boss|friend|"
    r"client|mother|mom|phone|website|blog)|ftp|s3\b|newsletter)"
)
_ELSEWHERE: Final = (
    (
        r"^(?:post|upload|send|share|publish|release|put|push|export|stream|forward|submit|tweet|"
        rf"mail|e-?mail|message|text|sync|broadcast|announce|copy|"
        rf"get)\b(?!.*\bjellyfin for my).{{0,80}}{_OTHERS}"
    ),
    r"^(?:e-?mail|mail|tweet|text|phone|dm|fax|message)\b",
)
_EXPLICIT: Final = (
    (
        r"\b(?:sex|sexual|sexy sex|porno?|pornograph\w*|hentai|nsfw|lingerie|nudes?|naked|topless|"
        r"erotic\w*|fetish|orgy|genitals?|masturbat\w*|intercourse|explicit(?:ly)? (?:scene|love|"
        r"content)|lewd|loli\b|shota\b|rape\w*|undress\w*|strip ?tease)\b"
    ),
)
_OTHERS_WORK: Final = (
    (
        r"\b(?:other|another|somebody else's|someone else's) (?:user|people|person|team|client|studio|tenant)"
        r"s?['’]?s?\b.{0,30}\b(?:projects?|files?|clips?|videos?|work|conversations?|plans?|data|folders?)\b"
    ),
    r"\b(?:somebody|someone) else['’]s (?:projects?|files?|clips?|conversations?|plans?|data)\b",
)
_SCOPE: Final = (
    (
        r"^(?:find|recommend|suggest|look up|get|search for)\b.{0,40}\b(?:restaurants?|places? (?:to|near|"
        r"for|in)|"
        r"place|hotels?|flights?|recipes?|caf[eé]s?|pizza|lunch|dinner|doctor|dentist|taxi|apartment)\b"
        r"(?!.{0,40}\b(?:scene|clip|shot)\b)"
    ),
    (
        r"^(?:write|code|program|develop|implement|debug|compile)\b.{0,40}\b(?:script|program|"
        r"code|function|app|essay|poem|e-?mail|letter|virus|malware|website|python|java\w*|"
        r"homework|resume|cv|article|report for|song lyrics)\b"
    ),
    (
        r"^(?:book|buy|order|reserve|purchase|sell|pay|rent|hire|call|phone|schedule a meeting|"
        r"remind|wake|set (?:an? )?(?:alarm|timer|reminder)|turn (?:on|off) the)\b(?! (?:it|"
        r"scene))"
    ),
    (
        r"^(?:translate|solve|calculate|convert|encode|decode|base64|encrypt|decrypt|hack|mine|"
        r"invest|trade|bet|google|search the (?:web|internet)|browse|download|install|print|"
        r"repeat)\b"
    ),
    (
        r"^(?:tell|sing|recite) (?:me |us )?(?:a |an |some )?(?:joke|story about yourself|poem|"
        r"fact|fun fact|riddle|news|the time|the weather)|^tell me (?:about )?(?:yourself|the "
        r"news|the weather|who|why)"
    ),
    (
        r"^(?:what(?:'s| is)|who(?:'s| is| was)|why|where(?:'s| is)|how (?:do|can|would|to|old|"
        r"tall)|what time|what day|is it|will it|should i|do you|are you)\b(?!.{0,80}\b(?:scenes?|"
        r"episodes?|clips?|projects?|trailers?|renders?|rendering|queue|characters?|bpm|tempo|"
        r"tracks?|songs?|gen_|it done|ready|finished|music|status|progress|jellyfin|published|"
        r"going on|running|generations?|videos?|styles?|taking|coming)\b)"
    ),
    (
        r"^(?!when\b[^?]*,)(?:what|who|whose|why|where|when|which|"
        r"how)\b(?! about\b)(?!.{0,80}\b(?:scenes?|episodes?|ep|"
        r"clips?|"
        r"projects?|trailers?|render\w*|queue\w*|characters?|bpm|tempo|beats|tracks?|songs?|music|gen_|"
        r"it|that|"
        r"they|this|everything|status|progress|jellyfin|publish\w*|running|working|generations?|videos?|"
        r"styles?|"
        r"coming|going|doing|left|waiting|failed|happen\w*|shots?|takes?|cast|story|theme|be ready|done|"
        r"you)\b)"
    ),
    (
        r"^(?:give|show|tell|send|get|make|cook|bake|fetch|bring) me (?:a |an |some |the "
        r")?(?:recipe|weather|joke|money|bitcoin|stock|news|pizza|coffee|sandwich|loan|discount|"
        r"directions|lottery)"
    ),
)

_FOREIGN: Final = (
    "write",
    "book",
    "buy",
    "order a",
    "order some",
    "order me",
    "translate",
    "code",
    "program",
)
_RULED: Final = tuple(
    (code, re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.DOTALL))
    for code, patterns in (
        (
            "secrets",
            (
                (
                    rf"^(?!.{{0,12}}\b(?:create|make|generate|film|draw|animate)\b.{{0,25}}\b(?:clip|scene|"
                    rf"video|shot)).{{0,60}}(?:show|tell|reveal|print|what|which|repeat|give|list|encode|"
                    rf"open|"
                    r"read|send|display|dump|return|output|leak|expose|share|where|echo|include|say|type|"
                    r"need|"
                    rf"want|know|answer|make|use|get|fetch)\b.{{0,60}}{_CONCEALED}"
                ),
            ),
        ),
        ("machine", _MACHINE),
        ("others", _OTHERS_WORK),
        ("rules", _RULES),
        ("explicit", _EXPLICIT),
        ("elsewhere", _ELSEWHERE),
        ("deletion", _DELETION),
        ("scope", _SCOPE),
    )
)


def refused(low: str, *, is_picture: bool, is_known: bool, is_from_library: bool = False) -> Refusal | None:
    """Why an order is not carried out, if it is not.

    Args:
        low: The order in small letters, its quotations hidden.
        is_picture: It describes what a clip shows: words of a picture order nothing, and only what must
            not be shown is refused.
        is_known: It is an order of the trade.
        is_from_library: It takes something out of the library, and deletes nothing.
    """
    body = low[FILLER.match(low).end() :].lstrip()  # type: ignore[union-attr]
    for code, pattern in _RULED:
        is_foreign = body.startswith(_FOREIGN)
        if (code not in {"explicit", "others"} and is_picture) or (
            code == "scope" and is_known and not is_foreign
        ):
            continue
        if code == "deletion" and is_from_library:
            continue
        if pattern.search(body):
            return Refusal(code, _TEXTS[code])
    return None
