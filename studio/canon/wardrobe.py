"""What characters wear and wield: garments by the part of the body they clothe, accessories, weapons.

A line is `kind < broader kind: words`; a thing agrees with its broader kinds, and with nothing else.
"""

from dataclasses import dataclass
from typing import Final

from studio.canon.tables import named, rows

GARMENTS: Final = {
    "full": """
dress: dress, frock, one-piece dress, minidress, midi dress, maxi dress
gown < dress: gown, evening gown, ball gown, ballgown, prom dress, evening dress
sundress < dress: sundress, sun dress, summer dress
gothic dress < dress: gothic dress, goth dress, gothic lolita dress, gothic lolita, goth lolita
wedding dress < gown: wedding dress, wedding gown, bridal gown, bridal dress
cheongsam < dress: cheongsam, qipao, china dress
hanbok: hanbok
sari: sari, saree
kimono: kimono, furisode, kosode
yukata < kimono: yukata
miko outfit: miko outfit, miko uniform, miko robes, shrine maiden outfit, shrine maiden uniform, shrine
  maiden robes
robe: robe, cassock, habit, kasaya, toga, tunic robe
monk robe < robe: monk's robe, monk robe, monks robe
wizard robe < robe: wizard robe, wizard's robe, mage robe, mage's robe
bathrobe < robe: bathrobe, dressing gown
uniform: uniform
school uniform < uniform: school uniform, academy uniform, seifuku, student uniform
sailor uniform < school uniform: sailor uniform, sailor suit, sailor fuku, serafuku, sailor school uniform,
  sailor dress, sailor outfit
gakuran < school uniform: gakuran
military uniform < uniform: military uniform, army uniform, officer's uniform, naval uniform, soldier's
  uniform, fatigues, combat fatigues, dress uniform, camouflage
police uniform < uniform: police uniform
nurse uniform < uniform: nurse uniform, nurse outfit, nurse's uniform, scrubs
maid uniform < uniform: maid uniform, maid outfit, maid dress
waitress uniform < uniform: waitress uniform, waiter uniform, butler uniform, butler outfit
gym uniform < uniform: gym uniform, gym clothes, pe uniform, tracksuit, track suit, jersey, sports uniform,
  sweatsuit, buruma
suit: suit
business suit < suit: business suit, pantsuit, three-piece suit, pinstripe suit, suit and tie
tuxedo < business suit: tuxedo, tux, tailcoat
jumpsuit < suit: jumpsuit, boiler suit, coveralls, flight suit, pilot suit, flightsuit
bodysuit < suit: bodysuit, leotard, catsuit, plugsuit, plug suit, wetsuit, unitard
spacesuit < suit: spacesuit, space suit
overalls: overalls, dungarees
armour: armour, armor, plate armour, plate armor, chainmail, chain mail, breastplate, cuirass, suit of
  armour, suit of armor, power armor, full plate
swimsuit: swimsuit, swimming suit, bathing suit, swimwear, one-piece swimsuit, school swimsuit
bikini < swimsuit: bikini
trunks < swimsuit: swim trunks, swimming trunks, swim shorts
pyjamas: pyjamas, pajamas, pyjama, pajama, pjs
nightgown < pyjamas: nightgown, nightie, nightdress, negligee, night gown
towel: bath towel
ball costume: bunny suit, playboy suit
lingerie: lingerie
ninja outfit: ninja outfit, ninja suit, shinobi shozoku, ninja garb
rags: rags
""",
    "outer": """
coat: coat, overcoat, greatcoat
trench coat < coat: trench coat, trenchcoat
duster < coat: duster coat, longcoat
peacoat < coat: peacoat, pea coat
fur coat < coat: fur coat
lab coat < coat: lab coat, labcoat, laboratory coat
raincoat < coat: raincoat, rain coat, rain jacket, mackintosh
parka < coat: parka, anorak
duffel coat < coat: duffel coat, duffle coat
jacket: jacket, sports jacket, windbreaker, sukajan
leather jacket < jacket: leather jacket, biker jacket, motorcycle jacket
bomber jacket < jacket: bomber jacket, flight jacket, letterman jacket, varsity jacket
denim jacket < jacket: denim jacket, jean jacket
puffer jacket < jacket: puffer jacket, down jacket
track jacket < jacket: track jacket
blazer < jacket: blazer
cardigan: cardigan
cloak: cloak, cape, mantle, shroud
poncho: poncho
haori: haori, happi, hanten
shawl: shawl
""",
    "top": """
shirt: shirt
dress shirt < shirt: dress shirt, button-up shirt, collared shirt, button-down shirt
blouse < shirt: blouse
t-shirt < shirt: t-shirt, tee shirt, tshirt, graphic tee
flannel shirt < shirt: flannel shirt, plaid shirt
hawaiian shirt < shirt: hawaiian shirt, aloha shirt
polo shirt < shirt: polo shirt
tank top: tank top, camisole, halter top, tube top, crop top, sleeveless top, bandeau
turtleneck < sweater: turtleneck, turtleneck sweater, polo neck
sweater: sweater, jumper, pullover, jersey sweater, sweatshirt, knit sweater
hoodie: hoodie, hooded sweatshirt, hooded jacket, hoody
vest: vest, waistcoat
tunic: tunic
corset: corset, bustier, bodice
apron: apron
""",
    "bottom": """
skirt: skirt, miniskirt, mini skirt, pleated skirt, pencil skirt
hakama: hakama
trousers: trousers, pants, slacks, cargo pants, sweatpants, joggers
jeans < trousers: jeans, blue jeans
leggings: leggings
shorts: shorts, bike shorts, hot pants
kilt: kilt
""",
    "feet": """
boots: boots, boot, combat boots, rain boots, wellingtons
shoes: shoes, shoe, loafers, mary janes
sneakers < shoes: sneakers, trainers
heels < shoes: high heels, stilettos
sandals: sandals, geta, zori, flip-flops
stockings: stockings, thighhighs, thigh-highs, knee-highs, kneehighs, tights, pantyhose, knee socks, socks
""",
}
"""By the part of the body; garments of one part exclude each other."""

ACCESSORIES: Final = """
glasses: glasses, spectacles, eyeglasses, specs, eyewear
sunglasses: sunglasses, shades
monocle: monocle
goggles: goggles
eyepatch: eyepatch, eye patch
choker: choker
collar: collar
necklace: necklace, pendant, locket, amulet
scarf: scarf, muffler
bandana: bandana, bandanna
hat: hat
witch hat < hat: witch hat, witch's hat, pointed hat
straw hat < hat: straw hat
top hat < hat: top hat
cowboy hat < hat: cowboy hat, stetson
fedora < hat: fedora
beret < hat: beret
beanie < hat: beanie
cap: cap, baseball cap
crown: crown, tiara, diadem, circlet
headphones: headphones, headset
headband: headband, hairband, alice band
hachimaki < headband: hachimaki
hair ribbon: hair ribbon, hair bow, ribbon, ribbons
hairpin: hairpin, hair pin, hair clip, hairclip, barrette, kanzashi, hair ornament
flower crown: flower crown
veil: veil
mask: mask, face mask, kitsune mask, fox mask, oni mask
earrings: earrings, earring, ear studs
piercing: piercing, piercings, nose ring, lip ring
bracelet: bracelet, bangle, bangles
ring: wedding ring, signet ring
gloves: gloves, glove, gauntlets, mittens
tie: necktie, bow tie, bowtie, red tie
watch: wristwatch
backpack: backpack, rucksack, randoseru
belt: belt, sash, obi
tattoo: tattoo, tattoos
scar: scar, scars
prosthetic: prosthetic arm, mechanical arm, metal arm, prosthetic leg
"""

WEAPONS: Final = """
sword < blade: sword, swords, blade, blades
katana < sword: katana, katanas, samurai sword, nodachi, odachi, tachi, uchigatana, shinken
wakizashi < sword: wakizashi, tanto
broadsword < sword: broadsword, longsword, long sword, claymore, greatsword, great sword, zweihander
rapier < sword: rapier, epee, foil sword
sabre < sword: sabre, saber, cutlass, scimitar
lightsaber < sword: lightsaber, lightsabre, beam saber, laser sword
bokken: bokken, bokuto, wooden sword, shinai
dagger < blade: dagger, daggers, stiletto knife, dirk
knife < blade: knife, knives, combat knife, switchblade
kunai: kunai
shuriken: shuriken, throwing stars
bow: bow, longbow, yumi, recurve bow, bow and arrow, bow and arrows, arrows, arrow, quiver, shortbow
crossbow: crossbow
axe: axe, ax, axes, battle axe, battleaxe, battle-axe, hatchet, greataxe, tomahawk
spear: spear, lance, javelin, trident, yari, pike
naginata: naginata, halberd, glaive, polearm
scythe: scythe, sickle
staff: staff, staffs, cane, walking stick, wooden staff, quarterstaff, bo staff, walking staff, crook,
  crosier, stave
wand: wand
hammer: hammer, warhammer, war hammer, sledgehammer, mallet
mace: mace, morning star
club: cudgel, kanabo
bat: baseball bat
whip: whip, bullwhip
flail: flail
chain: kusarigama
fan: war fan, battle fan, tessen
gun: gun, guns, firearm
pistol < gun: pistol, pistols, handgun, revolver, revolvers
rifle < gun: rifle, sniper rifle, assault rifle, musket
shotgun < gun: shotgun
machine gun < gun: machine gun, minigun, submachine gun, uzi
bazooka: bazooka, rocket launcher, grenade launcher
slingshot: slingshot, sling
nunchaku: nunchaku, nunchucks
sai: sai
tonfa: tonfa
brass knuckles: brass knuckles, knuckledusters
chainsaw: chainsaw
"""
ANY_WEAPON: Final = frozenset({"weapon", "weapons"})


@dataclass(frozen=True, slots=True)
class Kind:
    """A thing by its name, its broader kinds (itself included) and where on the body it goes."""

    name: str
    broader: frozenset[str]
    part: str

    def agrees(self, other: "Kind") -> bool:
        """Whether one is the other, or a kind of it."""
        return self.name in other.broader or other.name in self.broader


def _table(text: str, part: str) -> dict[str, Kind]:
    lines = [(*named(head), words) for head, words in rows(text)]
    parents = {name: above for name, above, _ in lines}
    return {
        word: Kind(name, frozenset(_line(name, parents)), part) for name, _, words in lines for word in words
    }


def _line(name: str, parents: dict[str, str]) -> list[str]:
    """`name` and what it is a kind of, upwards."""
    line = [name]
    while above := parents.get(line[-1], ""):
        line.append(above)
    return line


GARMENT_KINDS: Final = {
    word: kind for part, text in GARMENTS.items() for word, kind in _table(text, part).items()
}
ACCESSORY_KINDS: Final = _table(ACCESSORIES, "accessory")
WEAPON_KINDS: Final = _table(WEAPONS, "weapon")
ANYTHING: Final = Kind("", frozenset(), "full")
"""Clothes that are told by their colour alone ("all in black")."""
