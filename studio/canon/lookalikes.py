"""Ordinary words that differ by a letter from one of the vocabulary, and are never taken for it."""

from typing import Final

from studio.canon.tables import words_of

LOOKALIKES: Final = words_of(
    """
aaron abby abed academe aced aces acing acne aero agee ages akron alden ales align aligns alike aline alive
allen alms alpha alyce ambler ameer amer amiens amor amour amours ancients angela angeles angell angelo
angelus anger angers angle angles anklet anklets apes aping apricots aras arbor arbors arcs ardent ardor
ards ares arks armory aron arron arts arty ashe asher ashes aspen assaults aubergines automation aves awed
axed axing axis axles ayes baal baas baath baba babe babi bach bade baht bail baits bake bala baldy bale
bali baling balk balling bally balm balt banana bananas banc banda banding bandy bane banes bang bani bank
banks banns bans bant baps bard bards bark barrett barth baseballs bash bashing bask bass bast batch
batching bate bates bathe baths batt batting battled battler battles batu batwing baud bawl bays bead beaded
beak beams bean beards beat beats beau beck beet beets beget begets bela bell bells bend bends benet beng
bennie benny bens bent bereft bering berm bernie bert beset best bests beth bets bibs bice bicker bide bier
biked bikers biking biko bile bill bimini bind binds bine bins bite biter bits blacks bladed blading blake
blame blames bland blank blare blares blazed blend blends blind blinds blobs block blonder bloods bloody
bloom bloop blot blots blows blub blued blueish bluer blues bluey blum blur board boarded boas bobcat
bobcats bock bodies bods boeing bogs boiled boilers bold boll bolt bolts bombe bombed bombers bombs bond
bonds bonny boob boobed boobs boom booms boon boons boor boos boost boosts booths bootie booties booty bops
bors bort bots bott bout bouts bowie bowl bowler bowls boyd brad brads braes brags brain brained brains
braised brand branded brands bras brash brassy brats brawn bream bret bring brings broiler bronte bronzed
bronzes brood brow browne browns brows brunches brunei brunel brunt brush bubs buck buds bugler bugs bums
buna bunche bunched bund bung bungle bunk bunks bunt bunts buoys burma burnet burton bush busier buss buster
busters busyness buts buttons buzzer buzzes cabs cade caen cage cages cain caine came camels cameo
camouflaged camps cams cana canara canard caned cannes canoe canoes cans cant caped caper capers capo capper
capt carbine cardinals care cares carew cargos carlo carly carmel carne carnot carrots case cases cate caws
cays cellar cellars chains chan chaps chat chats cheat chen chert chess chestnuts chests chesty chew chiba
chic chine chink chino chins chip chips chis chit chita chocolates chocolatey choke choked chokes chon chook
chop chopped chopper choral chose cine circle circled circles clan clap claps cleans cleat cleon clio clock
clocks clone clop clos closer closes closet clothe cloths clove coals coast coasts coates coax collarbones
collard collated colmar colt colts combats combe comber comped cone cones cooker cookers coop cooper coot
coots cope copes copier copped coppers cops copter copts cora corals cornet corp corral corse cost costs
cots cowper cram crane cranes crap crapped craps craw creak creams creamy cred cree crest crews croak croat
croats crock crocks cronk crookes croon cropper crops crosser croup crozier cubs cues culled culls cully
cults cums cunts curbed curbs curdled curds cured cures curl curler curlew curry cursed curtly curvy cuss
daemon daemons dagon damon danger dangers dank dare darn dart deadlocks demo demos denis deon devi devin
devon dhow dick dicks digger diggers dill dink dire dirt disk disks ditch ditty doable dogger donn dork
dorks doubled doubler doubles doublet doubly downs downy dragoon dragoons dread dregs dressings dressy drily
droll drop dross drown drowns drowsy duffer duress dusted dusters dwarfs earl earls earn earning earnings
earns earp eats eaves ebon eggplants eggshells eked ellen elvin elvis eras erring errs even eventing eves
evils ewes exes facet facials fact fade fads faeries faery fags fail fails fain fairly fairs fakir fall
faller fame fane fang farce fare faro fate fathered fatigue fatigued fats faun fave fawns faye faze felice
felines felipe fell fens fill finery fins fizzy flair flaking flamingo flannels flap flaps flaring flaying
fleming flights flighty flips flit flock flocks floes flood floors flop floss flour flowed flowery flows
fluor foal foaming foils fool forearm forearms forrest foul fowl frail framing frenchy fright frizz fuel
gage gale game gape garbo gard gars gary gasses gath gauntlet gauze gave gaza gazed gazer geld gena gens
gera gets gift giggles gila gild gilder gill gills gilts gins gird girded girly giro girt gist glassed glaze
glided globe globes glosses gloved glover goad goggle gogh goin golda golds golf good goon goons gorey gosh
gotha goths gould gowan grab grabs grad grady graf gram gran graphics grasses gravy grays graz graze greats
gree greed greek greene greens greeny greer greet greg grenada grenades greta greys groan groat groin
grounds grove groves grow growl guilt gulden gums gunk guts haar haas haig hail hailed hails hairdos
hairstyles hairy halbert hale hallo halon halos hals halt halted halts haman hame hamper hampers hams hans
hansen harmer harris harts hast hasten hastens hatched hatcher hatches hate hater hates hath hatred hatter
havel hawaiians haws hays haze hazed hazelnuts header headland headlands headphone heads heady heal healed
heals heap heaped hear heard heat heated heats heaved heed heeded heeds heel heir heirs hells heme herd
herded hide hight hike hims hire hired hiss hits hive hoar hoard home hons hoods hoofed hooked hooky hooped
hops horas horne horny horus hots howdy hugh humane humans hume hummer hummers hunan huts hymen ibis icky
icon ikon imus indy inks iran irish irks irony isis jacked jaded jades jake jakes jame james jane janet
janis janus jena joan jogger jones juan jude jumped kaki katanga kenai khakis khasi kill kills kiln kilns
kilo kilos kink kinks kist kits kitts klee knaves kneed kneel kneels knew knifed knits knob knobs know knows
knox knuckle knuckled knut kuna laces lager lags laker lame lamer lancer lancers lancet landes lane lanes
lang lasers lasher lasker lather launched launches laver layer leas leathers leathery lech lees legging lego
leis leman lemons lemony lengths lengthy leon leonard leos less lets leven leys lice lichen lichens lick
licks lila lima limb limes limey limo limp line lire lite lith littler live loaders loafer lobs loci lock
locke locked locker lockers loco locos locus logs lois lome lond longboat longe longs loos loser loss lots
lows lucks lugs lung lyme macc mach machined macintosh mack macs macy madden made madge magi mags maia
maidan maim main maine mains make makes mako mali mall mallee malleus malls mana manes manet mange mangle
mani mann manned mans manse mantel mantels mantled manure manx mara marc marcy marge mari marion mark marks
marl marlon marly marne maroons marron marry mars mart marty marx mash mass massy mast masts mate mated
mates matured matures maud maude maui maul mauls maury maxed maxes maxim maxis maze mazes meal meddle
mediums mene mental mess meta metals mice micky mike milks millet milo mils milt mimi mina mind mine mined
ming minim minis mink minks minn minot mins mints minty minx miro miso missy mitt mitten moaned moaning mock
mocks mona mong mono mons mont mooning mosey mourning moustaches mousy muddle muffle muffled mulled mullen
muller musk mustaches nagy nary nasal natal nave navel nearly nebo nero nice nick nicks nigh nighty nike
nile nina nines nite niue nock node noes noise nome none noose nope norse nosed noses nosey nosh nosy note
nursed obit obits odis oliver olives olivet onus orang oranges orca orcas orchids ores oryx otis outwit
overall pabst pace pact pacts paged pager pages paid paige pains paints palate palates paled paler pales
paley pali pall palm palp pals panama pane panes pangs pans pant panto panty para paras pare parma parts
pash pass pasta paste pasted pastels pastes pasts pasty patched patchy patel paten pats pave peace peale
pearls peary pedant pedants pele pencils pendent pennant pennants peony peppers peppery perch perked pesach
pest pester pete peter petter phage phony pice picot pics pieced pieces piecing pierce pies pigs pigtail
pika pilate pilates pile piles pinch pine pines ping pings pinko pinks pinky pinot pinstripes pint pints
pipe pipes pips piss pistil piston pistons pitches pith pities pits pius pivot place places placid plage
plaids plains plane planes plant planted plants plata platen plater plath plato plats platte platted
playboys pleaded pleased plot plugs poach poco pogo point pointer poke poked pokes pokey pola pole policed
polices policy polio polite polk poll pols poly ponder pone pong pons popper poser post posy powders powdery
powers pram preach preachy premed preteens prim printed prod prof prog promo proms prop pros prosthetics
prot prov prow psst puffed puke pukes pumpkins puns punts puny purples pyle rabbi rabbis rabin racket rads
raga rage rages ragi raid rainbows rainy ramen rams rang rani raper rapper rappers raps rave raved ravel
raver raves ravin rays recurved redfish rein resolver rest revolve revolved revolves rife riffle riffles
rifled riggs rigs rile riles rind rinds ringo rink rinks rise riven robles robs rocked rocker rockets rode
roes roles rome roose root rope ropes rory rosa rosie ross rote rouse rove rowe roxy royals rube rubes rubs
rudy ruffed ruffle ruffles rugby rugs ruin rung rungs runt ruse rush rusk russ russel rusts ruts saar sables
sabra sacks sacs sade sadi safer sager saggy sags said sail sailer sails sain saker saki saks sale salk
salmons saloon salta salto salton salts salty samphire sand sandal sands saner saps sara sardis sarge sars
sasha sask sass sate sati save saved saver savers saves saws sayer sayers says scab scabs scad scam scams
scan scandals scans scare scares scarfs scarp scary scat scow scree scrub scruff scrums sear sears secs seek
seel septa serapis serine shacks shade shaded shaken shakes shall shalt shamed shames shandy shapes shared
shares shari shave shaver shaves shaw shawn shear shears shes shies shift shifts shim shingle shire shires
shirk shit shits shocks shod shogun shone shoo shoot shoots shorn shorty shout shouts shove shoved shoves
show showy shrike shrink shrubs shtick sick sickly sided sidle signed signer sike silks silly silt silty
silvers simmer sinai sine sing singe singled singles singlet singly sings sire sired sires sitar site sits
size skate skelton skim skimming skint skis skit skits slack slacked slake slang slash slat slated slater
slates slats slaty slave slaved slaves sleep sleet sliced slick slicker slicks slide slimes slimming slims
slimy slink slit slits sliver sloe slow slung smacks smalls smash smashes smear smears smell smit smokey
smooch smooths snacks sneaker snide snider snipe sniped snipers snipes snob snog snort snorts snot soaks
soar soars sober sobers sock solder soldiery solider solver sooth sori sort sorts souks spaced spacer spaces
spacey spade spades spake spall spar spars spate speak speakers speaks spec speck specks spectacle
spectacled spectra speer spews spice spiced spices spick spicy spied spike spines spiny spires spit spite
spits spokes spores sport sporty spots spouts spree sprees sprit spritz spuds spurts stab stable stabs stack
stacks stair stake stakes stale stall stan stane stans stare stark starlet starr start starts starve starves
stash stashes stat state states stats staved stay steal steed steele steels steen steep steeply steer stele
stepson steve stich sticky stiff stiffs sting stings stink stinks stir stirs stock stocking stocks stor
storey stow straights strand strap straws stray strick stroud stubby stubs stuck stud study stuff stuffs
stumble stuns suave suckle sucks suds suet suing suite suites sulky sumer summed summers summery sumner
sumter supt swam sward swash swear swears sweated sweeter swig swims swore sworn swum taal tach tache tack
tain tali talk tamil tamils tana tang tangerines tango tangos tanka tanks tans tanta tape taps tara task
taxes teak team tear teat teds teed teem teems teeny tell tench tenn tens tern tess thank thee theirs there
threes threw tics tides tier tiers tiles times tines tins tips tires titan tits toes togo togs toil toils
tola tomas toms tonga tonia tonic tonics tons tonto tonya tope topi topsy tora tors toss tots towed tows
trace traci tracks tract tracy trail trailers trails trainees trainer trick tries trouser trowel truck
trucks trunk trussed trusses tsar tsars tuba tubed tuber tubes tubs tues tune tunes tunis twain tween twig
twine twink twit tyree uber underaged undo unis unitary uris vail vary vast veal vein veins vent vents vera
verb vern vesta vets violent wadding wades wads wages waists wait waite waited waits waiver waives wakes
waking wald wales walling walnuts walter wanda wane waned wanes wang wank wanking want wants ward wards
wares wary wast waster watch wave waved waver wavers waxes waxy weaves wedging weeding weld welding
wellington wend whig whigs whim whims whine whir whisker whiskeys whispers whist whit whiten whiter whites
whitey whiz widened wien wilde wilds wile will wilt wily wince winch wined wines wink winks wino wins wipe
wise witchy wives woden wold wolfe wolff wolfs wooded woof woolf wooten wrinkle wrinkles wrist write writer
wynd yard yards yare yarn yarns yellows yong yuma yuri zorn
"""
)
