"""Names that people have: who bears one is somebody, wherever in a request the name stands."""

from typing import Final

from studio.canon.tables import words_of

GIVEN_NAMES: Final = words_of(
    """
    aiko akane akari akemi akihiko akihito akiko akio akito asuka asuna atsuko ayaka ayako ayame ayane ayumi
    ayumu chihiro chika chiyo daichi daiki daisuke eiji eiko emiko fumiko fumio
    goro haruka haruki haruko
    haruna haruto hayato hideaki hideki hideo hikaru hiroki hiroko hiromi hiroshi hiroto hisashi
    hitomi honoka ichiro isamu itsuki izumi jiro junichi junko kaito kanako kaori kaoru katsumi
    kazuki kazuko kazuo kazuya keiko keisuke kenichi kenji kenta kentaro kimiko kiyoshi koichi koji kota kouta
    kyoko madoka maiko makoto mamoru manami mariko masako masaki masami masaru masashi masato mayu mayumi
    megumi michiko mieko miho mikasa miki minako minami minoru misaki misato mitsuki miyako miyu miyuki momoko
    nanako nanami naoki naoko naomi naruto natsuki natsumi nobuko noboru nobuo noriko osamu reika reiko rika
    riko rikuto rina ryoko ryosuke ryota ryuji saburo sachiko saeko saori satoko satomi satoru satoshi
    sayaka sayuri seiji setsuko shigeru shinichi shinji shinobu shiori shizuka shoko shota shun shunsuke
    sosuke takahiro takako takashi takeru takeshi takumi takuya tamaki taro tatsuya tetsuo tetsuya
    tomoe tomoko tomomi tomoya toru toshiko toshio tsukasa tsuyoshi yasuko yasuo yoko yoshiko yoshio
    yosuke yui yuichi yuji yukari yukiko yukio yumi yumiko yuna yuriko yusuke yuta yuto yutaka yuuki yuzuki
    zoro
    aaron abigail adam adrian aidan alan albert alejandro alex alexander alexandra alfred alice alicia alison
    amanda amelia amy andrea andrew angela anna anne annie anthony antonio arthur astrid audrey
    beatrice benjamin bernard beth betty brandon brenda brian bruno caitlin camille carl carla carlos carmen
    caroline catherine cecilia charles charlotte chloe chris christina christopher clara claudia colin connor
    daniel daphne david deborah dennis diana dmitri donald dorothy douglas dylan edgar edith
    eduardo edward eileen elena eleanor eli elias elizabeth ella ellen elliot emily emma eric erika ernest
    esther ethan eugene eva evelyn fatima felix fiona frances francis franz frederick gabriel
    gareth geoffrey george gerald gerard giovanni giulia gloria graham greta gregory gustav hannah hans harold
    harriet harry heidi helen helena henry hugo ian ingrid irene isaac isabel isabella ivan jacob
    james jamie jane janet jason javier jeffrey jennifer jeremy jessica joan joanna johan johannes john johnny
    jonas jonathan jorge joseph josephine joshua juan judith julia julian juliet justin karen karl
    katherine kathleen katie kenneth kevin klaus kyle laura lauren lawrence leon leonard leonardo leonie liam
    lisa louis louise lucas lucia lucy ludwig luigi luis lydia madeline magnus marco marcus margaret
    maria
    marie markus martha mary mathilda matilda matthew maurice megan melanie melissa
    michael michelle miguel nancy natalie natasha nathan nicholas nicole nigel nikolai nina nora
    oliver olivia omar otto pablo pamela patricia paul paula pedro philip phoebe pierre
    rachel rafael ralph raymond rebecca ricardo richard robert roberto rodney roland ronald rosie rupert
    ruth ryan samantha samuel sandra sara sarah sebastian sergei sharon sheila simon sonia sophia sophie
    stanley stefan stephanie stephen steven stuart susan suzanne sven sylvia tanya teresa theodore
    theresa thomas timothy tobias tracy ulrich ursula valentina valerie vanessa victor
    vincent vivian vladimir walter wendy william wolfgang xavier yvonne zachary zelda zoe zoltan
    """
)
"""Japanese and Western given names, those left out that are ordinary words as well."""

SHORT_NAMES: Final = words_of(
    """
    marina frank martin norman florence victoria luna sofia diego jose stella peter oscar sora ichigo
    genji marion roger heather barbara monica veronica kaede hinata suzume tsubasa hikari mai dominic
    amy ann ben bob bobby billy charlie dan dave dean ed fred gina greg hal jack jake jay jeff jen jess jill
    jim
    jimmy joe joey kate ken kim kurt larry lee leo lily liz max meg mia mike milo nate ned nell nick pam pat
    penny pete phil rob rosa roy sally sam scott sid steve sue ted terry tim tina tom tommy toni tony vic
    vince
    zack akira ai emi eri hiro jun kei kenta mari mika nana rei ren rin ryo ryu shin sho taka yu
    """
)
"""Names that are ordinary words too: written large, where only somebody can stand, they are names."""
