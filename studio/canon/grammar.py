"""The small words of a prompt, each class by one letter; a text is read as the string of its classes.

Beside these, the letters are: N a character's name, # a number, x any other word; and of the vocabulary C
colour, F a thing that stands for a colour, D a person by the hair (blonde), S shade, L length, Y texture, T
hairstyle, t way to wear hair (loose), Z bald, B beard, b bearded, G garment, A accessory, W weapon, K
species, k its marks, P person, O animal or figure, l thing or place, a age.
"""

from typing import Final

from studio.canon.tables import listed, words_of

CLASSES: Final = """
d: a, an, the, this, that, these, those, another, some, any, every, several, many, few, pair of, a pair of,
  various, a few, other, single, group of, a group of
p: she, he, they, him, them, it, i, we, you, himself, herself, themselves, itself
s: her, his, their, its, my, your, our
X: whose
Q: who, that, which, whom
q: 's, '
n: not, no, never, without, no longer, nor, neither, lacks, lacking, minus, devoid of, instead of, rather
  than, anything but, other than, non, sans, hardly, no more, not a single, lack, un
u: but
&: and, or, plus, as well as, with matching
c: like, as, resembling, similar to, the colour of, the color of, as if, as though, than, colour of, color
  of
o: of
w: with
i: in, into
r: on, at, under, over, beside, near, behind, before, after, through, across, from, to, by, around, above,
  below, next to, in front of, against, along, inside, outside, beneath, past, between, among, toward,
  towards, during, onto, for, about, off, down from, up to, beyond, upon, within, out of, via, throughout,
  atop, underneath, amid, up, until
v: is, are, was, were, be, been, being, becomes, become, became, turns, turned, remains, stays, looks,
  appears, seems, does, do, did, grows, grew, dyed, coloured, colored, bleached, tinted, painted, now, has
  been, still, 're, am, gone, goes, went, redyed, dyes, dye, bleaches
V: has, have, had, having, sports, sporting, sported, boasts, possesses, with a set of, bears, keeps, 've,
  shows, grown out
R: wear, wears, wearing, wore, worn, dressed, clad, dons, donning, donned, sporting a, outfitted, attired,
  garbed, clothed, puts on, putting on, decked out, decked, robed, swathed, draped, adorned, shows up
  wearing, changes, changed, changing, slips, wrapped, in nothing but, costumed
g: wields, wielding, wield, carries, carrying, carry, holds, holding, hold, swings, swinging, swing, draws,
  drawing, draw, drew, raises, raising, raise, raised, brandishes, brandishing, brandish, grips, gripping,
  grip, grasps, grasping, unsheathes, unsheathing, unsheathe, sheathes, sheathing, aims, aiming, aim, fires,
  firing, shoulders, armed, twirls, twirling, clutches, clutching, hefts, hefting, readies, readying, armed
  with, lifts, lifting, lift, points, pointing, lowers, lowering, leaning on, leans on, spins, spinning,
  swung, held, drawn, nocks, thrusts, thrusting, hurls, hurling, throws, throwing, attacks with, fights
  with, fighting with, strikes with, slashes with, equipped, equipped with, equips, wielded, carried,
  slashes, slashing
z: hangs, hanging, folds, folding, irons, ironing, washes, washing, packs, packing, drops, dropping, sews,
  sewing, mends, mending, buys, buying, sells, selling, takes off, taking off, removes, removing, discards,
  discarding, sheds, finds, finding, hands, handing, gives, giving, admires, admiring, polishes, polishing,
  dodges, dodging, blocks, blocking, parries, parrying, faces, facing, steals, stealing, sketches,
  sketching, draws a picture, repairs, repairing, forges, forging, catches, catching, offers, offering,
  receives, steps over, examines, inspects, looks at, looking at, stares at, staring at, gazes at, gazing
  at, sees, watches, watching, picks up, holds up, holding up, holds out, holding out, hold up, pick up,
  kicks, breaks, breaking, reaches for, picks, picking
m: got, very, really,
  quite, so, too, rather, slightly, somewhat, extremely, incredibly, impossibly, naturally,
  also, completely, entirely, totally, fully, all, just, only, once, usual, own, same, beautiful,
  beautifully, gorgeous, pretty, lovely, flowing, thick, thin, soft, silky, shiny, glossy, shining,
  lustrous, damp, wet, dry, windswept, wind blown, windblown, fluttering, billowing, fluffy, voluminous,
  bouncy, luscious, tidy, delicate, elegant, simple, plain, ornate, fancy, formal, casual, traditional,
  modern, classic, stylish, tattered, torn, ripped, dirty, clean, worn out, battered, faded, tight, loose
  fitting, oversized, baggy, big, large, huge, small, tiny, heavy, massive, giant, frilly, frilled, lacy,
  lace, pleated, striped, checkered, plaid, polka dot, floral, patterned, embroidered, sleeveless, hooded,
  belted, buttoned, knit, knitted, leather, silk, cotton, woollen, woolen, wool, denim, velvet, satin,
  linen, latex, metal, metallic, steel plated, wooden, iron, crystal, enchanted, magic, magical, glowing,
  gleaming, flaming, curved, sharp, razor sharp, deadly, rusty old, sheathed, unsheathed, double edged, two
  handed, trusty, piercing, deep set, wide, narrowed, narrow, sad, tired, tearful, teary, closed, half
  closed, bright eyed, gentle, kind, cold, warm, fierce, intense, sparkling, expressive, almond shaped,
  almond, round faced, haunting, mysterious, mesmerising, mesmerizing, startling, stunning, brilliant,
  clear, luminous, hollow, empty, unusual, strange, tall, petite, slender, slim, muscular, handsome, cute,
  pale skinned, freckled, shy, quiet, cheerful, lonely, lone, brave, proud, angry, happy, smiling, kneeling,
  sleeping, masked, nearby, passing, local, mature looking, long sleeved, short sleeved, off shoulder,
  backless, strapless, high collared, rolled up, matching, glittering, sequined, sequinned, tailored, crisp,
  neat looking, rumpled, crumpled, fitted, well worn, regal, royal, ceremonial, heavy duty, fur lined,
  distinctive, trademark, signature, jet pack, dazzling, hip, sparkly, gothic, goth, punk, vintage, rustic,
  blunt, wispy, thinning, receding, bushy, full, trimmed, neatly trimmed, unruly, freshly, artificially,
  newly, bright, vivid, deep, rich, brilliantly, intensely, vibrant, muted, dusty, electric, neon, hot,
  pastel, matte, dull, strong, non binary, nonbinary, twin, half, partly, natural, undyed, original,
  layered, feathery, choppy, asymmetrical, uneven, perfectly, dishevelled looking, round, square, oval, horn
  rimmed, rimless, cat eye, wire rimmed, thick rimmed, red rimmed, gold rimmed, cropped off
S: light, dark, pale
H: hair, locks, tresses, hairdo, hairstyle, haircut, strands, mane
f: bangs, fringe, ahoge, sidelocks, forelock, hair roots
h: haired, tressed, maned, headed
E: eyes, eye, irises, iris, gaze, orbs, peepers, eyed gaze
e: eyed
~: glow, glows, glowing, shine, shines, shining, flash, flashes, gleam, gleams, burn, burns, blaze, blazes
B: beard, moustache, mustache, goatee, stubble, whiskers, sideburns, facial hair, muttonchops
b: clean shaven, clean-shaven, beardless, bearded, moustached, mustachioed, clean shaved, unshaven, smooth
  shaven
Z: bald, hairless, shaved head, shaved her head, shaved his head, shaves her head, shaves his head,
  shaven head, shaven headed, bald headed, bald head, balding, bald pate
I: heterochromia, heterochromatic, odd eyed, mismatched eyes, odd eyes, two different coloured eyes, two
  different colored eyes, different coloured eyes, different colored eyes, heterochromatic eyes, eyes of
  different colours, eyes of different colors, differently coloured eyes, differently colored eyes, two
  different eye colours
y: years old, year old, years of age, yo, y o, yrs old, yr old, year olds
9: teens, twenties, thirties, forties, fifties, sixties, seventies, eighties, nineties
-: unarmed, weaponless, empty handed, disarmed, barehanded, bare handed
j: both, each
M: 1girl, 1boy, 2girls, 2boys, 3girls, 3boys, 1other, solo, multiple girls, multiple boys, 1woman, 1man,
  4girls, 4boys, 5girls, 6girls
U: usual uniform, usual outfit, usual clothes, signature outfit, trademark outfit, usual attire
;: while, when, whilst, meanwhile, where, because, until then, then
"""
"""Words by class. d article, p personal pronoun, s possessive, q genitive, n negation, c comparison, w
with, i in, r other preposition, v being, V having, R wearing, g wielding, z handling, m what says nothing
here, H hair, h -haired, E eyes, e -eyed, ~ glowing, I odd eyes, y years old, 9 decade of age, j both, M
count of a tag list, U the usual clothes, - unarmed, ; a new clause.
"""

INERT: Final = """
ice cream, orange juice, golden hour, blue hour, eye shadow, eye makeup, eye contact, bird's eye, bird's eye
view, eye level, eye liner, eyeliner, bald eagle, hairbrush, hair dryer, hair salon, hair dye, suit of
cards, suitcase, dress rehearsal, red carpet, green screen, black and white photo, black and white film,
worm's eye view, fish eye lens, eye of the storm, eye level shot, blue tones, white balance, rose petals,
cat eye glasses, fish eye, camera eye, dress code, coat of paint, coat rack, coat hanger, coat of arms, hat
stand, bow of the ship, bow of the boat, ship's bow, hotel staff, staff room, staff member, kitchen knife,
butter knife, pocket knife, bread knife, palette knife, fishing rod, gun metal, blade of grass, blades of
grass, bob up, spear of light, rain boots shop, red eye flight, black eye, private eye, evil eye, wing
mirror, chain reaction, club room, night club, swing set, whip cream, whipped cream, hammer throw, axe
throwing booth, arrow sign, arrow key, orange slice, cherry tree, sword fight, sword dance, sword school,
gun shop, knife fight, ghost town, ghost story, angel food, dragon boat, elf shoes, fox shrine, demon king's
castle, child's drawing, gold medal, silver medal, gold coin, dress shop, hat shop, wig shop, costume shop,
costume designer, mask shop, dream catcher, dreamcatcher, memory card, old town, old house, old tree, old
friend, old friends, old school, old city, young bamboo, old film, robot vacuum, robot arm, shadow puppet,
skin tight, night sky, midnight sky, glasses of water, glasses of wine, glasses of beer, glass of water,
glass of wine, champagne glasses, wine glasses, staff of the inn, kitchen staff, school staff, hospital
staff, bow and smile, bows politely, bows deeply, bow deeply, takes a bow, take a bow, cap of the bottle,
bottle cap, ring of fire, mask festival, bar staff, boss fight, snow angel, snow angels, ghost light, old
photo, old photograph, old book, old books, old letter, old door, old song, old map, old radio, eye of the
tiger, fox fire, vampire movie, horror movie, demon mask shop, dress form, uniform light, head of hair
"""
"""Words that stand together for something else: none of the above is meant."""

DECADES: Final = {
    "teens": 13, "twenties": 20, "thirties": 30, "forties": 40, "fifties": 50,
    "sixties": 60, "seventies": 70, "eighties": 80, "nineties": 90,
}  # fmt: skip
_UNITS: Final = listed(
    "zero, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen, "
    "fifteen, sixteen, seventeen, eighteen, nineteen"
)
_TENS: Final = listed("twenty, thirty, forty, fifty, sixty, seventy, eighty, ninety")
NUMBERS: Final = {word: number for number, word in enumerate(_UNITS) if number > 0} | {
    tens if unit == 0 else f"{tens} {_UNITS[unit]}": 20 + 10 * index + unit
    for index, tens in enumerate(_TENS)
    for unit in range(10)
}

LIT: Final = words_of(
    """
candlelight dawn dusk fire firelight flames glow hour lamplight lantern lanternlight lanterns light
lightning lights moonlight neon spotlight starlight sun sunlight sunrise sunset torchlight
"""
)
"""What colours hair and eyes for a moment: "hair golden in the sunset" says nothing of the hair."""
