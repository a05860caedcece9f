"""Who may stand in a prompt: persons with gender and age, peoples, animals and figures, things."""

from dataclasses import dataclass
from typing import Final

from studio.canon.spans import Span, span_of
from studio.canon.tables import listed, named, rows

SHE, HE = "she", "he"
ANY_AGE: Final = "0-120"

PERSONS: Final = """
she 0-26: girl, maiden, schoolgirl, lass, gal, tomboy, miko
she 0-14: little girl, small girl, young girl
he 0-20: boy, schoolboy, lad
he 0-14: little boy, small boy, young boy
she 17-120: woman, lady, housewife, businesswoman
she 16-35: young woman, young lady, college girl
she 0-120: female, shrine maiden, priestess, witch, sorceress, princess, queen, waitress, actress, heroine,
  nun,
  empress, bride, maid, geisha, kunoichi, duchess, huntress, mermaid, idol girl, ladies, beauty
he 17-120: man, guy, gentleman, bloke, businessman, salaryman, dude
he 16-35: young man, young gentleman
he 0-120: male, prince, king, emperor, monk, priest, wizard, waiter, butler, actor, hero, groom, duke,
  fisherman,
  policeman, swordsman
she 21-120: mother, mom, mum, wife, aunt, grown woman, adult woman
he 21-120: father, dad, husband, uncle, grown man, adult man
she 58-120: grandmother, grandma, granny, crone, old woman, old lady, elderly woman, elderly lady, hag
he 58-120: grandfather, grandpa, old man, elderly man, elderly gentleman, greybeard, graybeard, geezer
she 0-120: sister, daughter, niece, girlfriend, stepsister
he 0-120: brother, son, nephew, boyfriend, stepbrother
any 0-3: baby, infant, newborn
any 1-4: toddler
any 0-13: child, kid, youngster
any 12-19: teenager, teen, adolescent, high schooler
any 10-25: youth
any 17-30: college student, university student
any 20-120: adult, grown up, grownup
any 16-35: young adult
any 39-65: middle aged man, middle aged woman
any 58-120: elder, pensioner, old timer, senior citizen, elders
any 0-120: vampire hunter, vampire slayer, demon hunter, demon slayer, dragon slayer,
  dragon rider, ghost hunter, monster hunter,
  person, people, stranger, guard, knight, samurai, ronin, soldier, warrior, fighter, student, classmate,
  friend, rival, enemy, opponent, teacher, shopkeeper, merchant, vendor, customer, passer-by, passerby,
  passersby, bystander, villager, farmer, bandit, thief, assassin, ninja, archer, mage, figure, dancer,
  singer, idol, musician, violinist, pianist, guitarist, drummer, officer, detective, doctor, nurse,
  pilot, driver, conductor, chef, cook, baker, clerk, librarian, twins, cousin, sibling, parent, someone,
  somebody, somebodies, crowd, couple, partner, companion, child soldier, pupil, mentor, master, servant,
  tourist, traveller, traveler, wanderer, pirate, sailor, gunslinger, cowboy, cyclist, courier, messenger,
  mascot, captain, commander, general, boss, gangster, thug, clown, acrobat, model, photographer, painter,
  artist, audience, neighbour, neighbor, newcomer, opponent, attacker, patient, prisoner, beggar, hunter,
  swimmer, skater, runner, other, others, guest, hitchhiker, barista, bartender, receptionist, referee,
  coach, teammate, delivery man, one, foe, spy, agent, scientist, engineer, mechanic, astronaut, cultist,
  follower, crewmate, cheerleader, rider, smith, blacksmith, innkeeper, nobleman, noblewoman, noble, lord,
  commoner, peasant, refugee, survivor, leader, hostage, victim, duelist, lover, fiance, fiancee,
  colleague, coworker
"""
"""Gender, the years that the word allows, and the words."""

AGES: Final = """
0-35: young, youthful
0-14: little
12-19: teenage, teenaged, adolescent, teen aged
58-120: elderly, aged, ageing, aging, wizened, ancient, senile, old, venerable, wrinkled
39-65: middle aged
20-120: grown, adult, mature, grown up
10-19: underage
0-12: preteen, prepubescent
"""
"""Span that an adjective allows of a person; "old" and "little" only beside one."""

SPECIES: Final = """
cat: catgirl, cat girl, catboy, cat boy, nekomimi, neko, nekomata
fox: foxgirl, fox girl, fox boy, kitsune, kitsunemimi, fox spirit
wolf: wolfgirl, wolf girl, wolf boy, werewolf
dog: dog girl, dog boy, inumimi
rabbit: bunny girl, rabbit girl, usagimimi
dragon: dragon girl, dragonborn, dragonkin, half dragon
elf: elf, half elf, high elf, elven maiden, elves
dark elf < elf: dark elf, drow
dwarf: dwarf
orc: orc, orcs
goblin: goblin
demon: demon, demoness, devil, demon girl, succubus, incubus, half demon, oni, imp
angel: angel, fallen angel, seraph
vampire: vampire, vampiress, vampires, dhampir
ghost: ghost, spectre, specter, phantom, yurei
fairy: fairy, pixie fairy, sprite
mermaid: mermaid, merman, siren
robot: robot, android, cyborg, gynoid, automaton, robot girl
alien: alien
undead: zombie, skeleton, lich
slime: slime girl
giant: giantess
centaur: centaur
human: human ears, human, human girl, human boy, human being, ordinary human
"""

SPECIES_PARTS: Final = """
cat: cat ears, cat tail, feline ears
fox: fox ears, fox tail, fox tails, nine tails
wolf: wolf ears, wolf tail
dog: dog ears, dog tail
rabbit: rabbit ears, bunny ears
elf: pointed ears, pointy ears, elf ears, elven ears, long ears
demon: demon horns, horns, demon tail, devil horns, demon wings
angel: halo, angel wings, feathered wings
vampire: fangs
dragon: dragon tail, dragon wings, dragon horns
"""

FIGURES: Final = """
cat, kitten, dog, puppy, wolf, fox, horse, pony, bird, crow, raven, owl, eagle, hawk, dragon, tiger, lion,
bear, rabbit, bunny, hare, deer, stag, mouse, rat, snake, serpent, frog, koi, fish, turtle, spider, monkey,
cow, goat, sheep, wyvern, griffin, phoenix, panther, leopard, lynx, ferret, hamster, parrot, dove, swan,
hound, stallion, mare, bull, butterfly, unicorn, beast, monster, creature, animal, familiar, pet, whale,
shark, octopus, crocodile, lizard, doll, dolls, statue, statues, mannequin, mannequins, puppet, puppets,
marionette, scarecrow, plushie, plush, teddy bear, toy, figurine, portrait, painting, poster, photograph,
picture, mural, billboard, sculpture, idol statue, bust, spirit, god, goddess, deity, golem, shadow figure,
snowman, mecha, troll, ogre, gargoyle, hologram, avatar, sketch, drawing, photo, angel statue, cosplayer,
jack-o-lantern, daruma, hina doll, magazine cover, manga, stranger's reflection, fairy tale
"""
"""Animals and made figures: they have looks of their own."""

THINGS: Final = """
window, door, wall, room, classroom, school, station, train, bus, car, motorcycle, bicycle, bike, boat,
ship, street, road, alley, bridge, river, lake, sea, beach, forest, field, garden, park, city, town,
village, castle, temple, shrine, tower, rooftop, roof, balcony, stairs, staircase, bench, chair, table,
desk, bed, sofa, couch, blackboard, book, letter, umbrella, flower, flowers, rose, tree, trees, grass, leaf,
sky, moon, sun, stars, cloud, rain, snow, wind, storm, night, morning, evening, dawn, dusk, sunset, sunrise,
light, lights, lantern, lanterns, lamp, candle, fire, smoke, mirror, counter, cafe, shop, market,
restaurant, kitchen, bar, hallway, corridor, library, hospital, office, gate, fence, path, hill, mountain,
mountains, cliff, valley, desert, island, waterfall, pond, pool, fountain, festival, crowd scene, party,
concert, stage, piano, violin, guitar, drum, phone, camera, computer, screen, cup, mug, tea, coffee, cake,
bread, apple, ball, kite, box, bag, basket, bottle, sword rack, paper, pen, map, flag, banner, background,
foreground, rail, railing, platform, tunnel, arena, dojo, palace, throne, cave, ruins, battlefield,
snowfield, meadow, puddle, water, ocean, shore, dock, harbour, harbor, airport, elevator, ledge, doorway,
courtyard, moonlight, sunlight, starlight, firelight, spotlight, shadows, fog, mist, petals, blossoms,
carpet, curtain, curtains, vending machine, telescope, well, shot, close up, view, scene, sink, stove,
machine, engine, sword stand, air, darkness, distance, middle, center, centre, corner, side, edge, top, end,
front, back, wedding, funeral, hall, church, cemetery, grave
"""
"""Things and places: they own nothing that a character could have."""


@dataclass(frozen=True, slots=True)
class Person:
    """What a word for a person says: gender ("" where it says none) and years."""

    gender: str
    years: Span | None


def _persons() -> dict[str, Person]:
    found: dict[str, Person] = {}
    for head, words in rows(PERSONS):
        gender, span = head.split()
        years = None if span == ANY_AGE else span_of(span)
        found |= dict.fromkeys(words, Person("" if gender == "any" else gender, years))
    return found


def _species(text: str) -> dict[str, str]:
    return {word: named(head)[0] for head, words in rows(text) for word in words}


PERSON_WORDS: Final = _persons()
AGE_WORDS: Final = {word: span_of(head) for head, words in rows(AGES) for word in words}
SPECIES_WORDS: Final = _species(SPECIES)
SPECIES_PART_WORDS: Final = _species(SPECIES_PARTS)
FIGURE_WORDS: Final = frozenset(listed(FIGURES))
THING_WORDS: Final = frozenset(listed(THINGS))
BROADER_SPECIES: Final = {"dark elf": "elf"}
