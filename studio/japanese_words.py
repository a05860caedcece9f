"""Japanese words of prompts, as the English that the trade's rules read.

Places, hours, weather, what people do and wear, and the camera. Words that hold one of them and mean
something else stand here with nothing, so that the longer one is found first.
"""

from collections.abc import Mapping
from typing import Final

_TABLE: Final = """
mystical forest: 神秘的な森 神秘の森 魔法の森 不思議な森 幻想的な森 妖精の森 精霊の森 太古の森 古代の森
mystical forest: 光る森
mystical: 神秘的 神秘 幻想的 不思議
magical: 魔法 魔術
forest: 森 森林 林 森の中 密林 ジャングル
bamboo forest: 竹林 竹やぶ
village: 村 農村 集落 里 田舎 町 城下町 市場 故郷の村
city street: 街 街角 街中 都市 都会 市街 繁華街 路地 裏路地 路地裏 通り 大通り 交差点 商店街 街並み 夜の街
city street: 道路
tokyo city: 東京 渋谷 新宿 秋葉原 大阪
skyscrapers: 高層ビル ビル街 摩天楼
neon: ネオン
cyberpunk city: サイバーパンク
rooftop: 屋上 屋根の上
classroom: 教室 学校 校舎 学園 黒板
library: 図書館 書斎
room: 部屋 室内 屋内 居間 リビング
bedroom: 寝室
kitchen: 台所 キッチン
cafe: カフェ 喫茶店
tavern: 居酒屋 酒場
dojo: 道場
station: 駅 駅前 駅のホーム プラットホーム 地下鉄 線路
the train: 電車 列車
shrine: 神社 鳥居 祠 社殿
temple: 寺 お寺 寺院 神殿
castle: 城 お城 城塞 宮殿 要塞
ruins: 遺跡 廃墟
outer space: 宇宙 宇宙空間
spaceship: 宇宙船
galaxy: 銀河 星雲
planet: 惑星
sea: 海 海原 大海原 海上
beach: 海辺 海岸 砂浜 浜辺 ビーチ 渚
island: 島 無人島
harbour: 港 埠頭 波止場
lake: 湖 湖畔
river: 川 川辺 河原 小川 河
pond: 池
waterfall: 滝
snowfield: 雪原 氷原
glacier: 氷河
mountains: 山 山脈 山道 山頂 峠 富士山 山々
snowy mountains: 雪山
cliff: 崖 断崖
valley: 谷 峡谷 渓谷
volcano: 火山
desert: 砂漠 荒野 砂丘
meadow: 草原 野原 原っぱ
flowers: 花畑 花園 ひまわり畑
field: 田んぼ 畑 校庭
hill: 丘
garden: 庭 庭園
park: 公園
sky: 空
clear sky: 青空
night: 夜 深夜 今夜 夜中 夜空 夜道
midnight: 真夜中
moonlight: 月夜 月明かり 月光 満月 三日月
moon: 月
starry night: 星空 満天の星 星降る夜 星月夜
stars: 星
dawn: 夜明け 夜明け前 明け方 暁 黎明
sunrise: 日の出 朝焼け 朝日
early morning: 早朝
morning: 朝
sunset: 夕焼け 夕日 夕陽 日没 日暮れ
dusk: 夕暮れ 黄昏 たそがれ
evening: 夕方
noon: 真昼 正午
day: 昼 昼間 日中 白昼
afternoon: 午後 昼下がり 放課後
sunlight: 日差し 日光 木漏れ日
sun: 太陽
sunny: 晴れた 晴れ渡る
clear: 晴れ 晴天 快晴 雨上がり 雪解け
cloudy: 曇り 曇天 曇り空
clouds: 雲 雲海
rain: 雨 大雨 豪雨 小雨 霧雨 土砂降り 梅雨 夕立 にわか雨 雨粒
storm: 嵐 暴風雨 雷雨 台風
lightning: 雷 稲妻
snow: 雪 粉雪 大雪 雪景色 初雪
blizzard: 吹雪 猛吹雪
fog: 霧 濃霧 もや 靄 霞
winter: 冬 真冬
icy: 氷 凍った
cherry petals: 桜 桜吹雪 桜並木 花びら 花吹雪
fireflies: 蛍 ホタル
autumn leaves: 紅葉 落ち葉 枯れ葉 もみじ
autumn: 秋
fire: 炎 火の粉 焚き火 火事
dragon: ドラゴン 龍
dust: 埃 ほこり
sandstorm: 砂嵐
fights: 戦う 戦い 戦って 戦った 戦闘 決闘 対決 格闘 攻撃 斬りかかる 修行
runs: 走る 走り 走って 走った 駆ける 駆け 逃げる 逃げて 追いかけ 疾走
walks: 歩く 歩いて 歩いた 歩き 歩む 散歩 さまよう さまよって 彷徨 旅する 進む
sits: 座る 座って 座った 座り 腰掛け ひざまず 跪 瞑想 読書 本を読
stands: 立つ 立って 立った 立ち尽く 佇む 佇んで たたずむ 待つ 待って 見上げ 見つめ 眺め
cinematic: シネマティック シネマチック 映画的 映画のよう 映画風
dramatic: ドラマチック ドラマティック 劇的
eerie: 不気味 ホラー 不吉 おどろおどろしい 薄気味悪い
dark forest: 暗い森
trees: 木 木々 樹木
houses: 家 家々 建物
birds: 鳥
lights: 灯り 明かり 街灯 提灯
flower: 花
grass: 草
girl: 少女 女の子 女子
schoolgirl: 女子高生 女学生
woman: 女性 女
boy: 少年 男の子 男子
man: 男性 男
student: 学生 生徒 高校生
child: 子供 子ども こども
knight: 騎士 女騎士
samurai: 侍 武士 サムライ
ninja: 忍者 くノ一
warrior: 戦士
witch: 魔女
wizard: 魔法使い 魔術師 魔導士
princess: 姫 お姫様 王女 姫君
prince: 王子
queen: 女王
king: 王 国王 王様
hero: 勇者 英雄 ヒーロー
soldier: 兵士
pilot: パイロット
traveler: 旅人
swordsman: 剣士
priestess: 巫女
maid: メイド
idol: アイドル
dancer: 踊り子
singer: 歌手
she: 彼女
he: 彼
pan left: 左にパン 左へパン 左パン パンレフト
pan right: 右にパン 右へパン 右パン パンライト
tilt up: ティルトアップ チルトアップ
tilt down: ティルトダウン チルトダウン
zoom in: ズームイン カメラが寄る
zoom out: ズームアウト カメラが引く
static camera: 固定カメラ カメラ固定 定点カメラ 静止カメラ
hair: 髪 髪の毛 ヘア
long hair: ロングヘア 長髪
short hair: ショートヘア 短髪
bob hair: ボブカット
blonde hair: 金髪 ブロンド
black hair: 黒髪
silver hair: 銀髪
white hair: 白髪
brown hair: 茶髪
red hair: 赤毛
twintails: ツインテール
ponytail: ポニーテール
braid: 三つ編み
eyes: 目 瞳 眼
skin: 肌
long: 長い
short: 短い
tall: 背の高い 長身
little: 小さな 小柄 幼い
glasses: 眼鏡 メガネ めがね
scarf: マフラー スカーフ
ribbon: リボン
hat: 帽子
sword: 剣 刀 日本刀
staff: 杖
cat ears: 猫耳
headphones: ヘッドホン ヘッドフォン
armour: 鎧 甲冑
kimono: 着物 和服
yukata: 浴衣
hakama: 袴
dress: ドレス ワンピース
uniform: 制服 学生服
sailor: セーラー服
shirt: シャツ
sweater: セーター
coat: コート
cloak: マント 外套
robe: ローブ
haori: 羽織
jacket: ジャケット 上着
hoodie: パーカー
skirt: スカート
trousers: ズボン
jeans: ジーンズ
boots: ブーツ
pink: ピンク 桃色
orange: オレンジ 橙色
cyan: 水色
navy: 紺色 紺の
grey: 灰色 グレー
: 海外 海賊 空手 空港 空間 時空 空っぽ 火曜 水曜 木曜 金曜 土曜 日曜 月曜 毎月 来月 先月 今月 木の葉 大阪城
: 家族 家庭 画家 作家 国家 専門家 家臣 草履 花火 花嫁 花婿 花瓶 生け花 花子 太郎 星座 流星 星人 明星 目的
: 目標 注目 番目 真面目
: 王国 王都 川柳 山田 小林 森田 森本 川田 川口 石川 小川さん 中川 山口 山本 村田 中村 木村 城田 島田 池田
: 林檎 町田 黒木 鈴木 高木 佐々木
: 林間 里帰り 街頭演説 通り過ぎ 通りすが 文字通り その通り 朝食 朝ごはん 昼食 昼ごはん 夕食 夜食 雪だるま
: 雨具 雨宿り 雲隠れ 秋葉 氷菓 かき氷 女優 男優
: 剣道 刀身 谷間 島国 島民 江戸城 社会 月日 年月 歳月 鳥肌 白鳥 木刀 木造 木製 木材 木箱 積み木 雑木
: 枯れ木 並木 草書 雑草 煙草 女将 進む先
"""
_COLOURS: Final = {
    "赤": "red", "青": "blue", "緑": "green", "黒": "black", "白": "white", "金": "golden", "銀": "silver",
    "茶": "brown", "紫": "purple", "黄": "yellow", "紅": "crimson",
}  # fmt: skip
_MONTHS: Final = "一二三四五六七八九十0123456789ヶか何"


def _words() -> Mapping[str, str]:
    words = {f"{number}月": "" for number in _MONTHS}
    for line in _TABLE.strip().splitlines():
        english, _, japanese = line.partition(":")
        words |= dict.fromkeys(japanese.split(), english.strip())
    for letter, colour in _COLOURS.items():
        words |= {f"{letter}{end}": colour for end in ("い", "色", "の", "色い", "い色")}
        words |= {f"{letter}{end}": f"{colour} eyes" for end in ("目", "眼", "瞳")}
        words.setdefault(f"{letter}髪", f"{colour} hair")
    return words


WORDS: Final = _words()
