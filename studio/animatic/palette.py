"""The light of a scene: curated colours for each time of day, changed by weather, place and mood."""

from dataclasses import dataclass, replace

from studio.animatic.colour import WHITE, Colour
from studio.animatic.setting import Daytime, Place, Setting, Weather


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of the light.

    `key` and `shade` multiply a surface's own colour where the light falls and where it
    does not; `haze` is what distance fades to; `air` in 0..1 says how fast; `figure`
    multiplies the characters, gentler than `key`, so that they keep their colours.
    """

    zenith: Colour
    sky: Colour
    horizon: Colour
    sun: Colour
    cloud: Colour
    cloud_shade: Colour
    key: Colour
    shade: Colour
    haze: Colour
    air: float
    figure: Colour
    is_lamplit: bool = False

    def lit(self, surface: Colour, depth: float = 1.0) -> Colour:
        """`surface` in the light, seen at `depth` (0 far away, 1 near)."""
        return surface.times(self.key).mix(self.haze, self.fade(depth))

    def shaded(self, surface: Colour, depth: float = 1.0) -> Colour:
        """`surface` out of the light, seen at `depth` (0 far away, 1 near)."""
        return surface.times(self.shade).mix(self.haze, self.fade(depth))

    def between(self, surface: Colour, depth: float = 1.0) -> Colour:
        """`surface` half way between light and shade."""
        return self.lit(surface, depth).mix(self.shaded(surface, depth), 0.5)

    def fade(self, depth: float) -> float:
        """How much of a thing at `depth` the air hides, 0..1."""
        return float(self.air * max(0.0, 1.0 - depth) ** 1.4)


def _palette(codes: str, *, air: float, figure: str, is_lamplit: bool = False) -> Palette:
    zenith, sky, horizon, sun, cloud, cloud_shade, key, shade, haze = (Colour.of(c) for c in codes.split())
    return Palette(
        zenith, sky, horizon, sun, cloud, cloud_shade, key, shade, haze, air, Colour.of(figure), is_lamplit
    )


# zenith, sky, horizon, sun, cloud, cloud shade, key, shade, haze
DAYTIMES = {
    Daytime.DAY: _palette(
        "2f74cf 6db4ee d2eefa fffdf0 ffffff a9c6ea fffaec 8a9cc8 c3e2f6", air=0.78, figure="ffffff"
    ),
    Daytime.DAWN: _palette(
        "5b72b8 c8a6c8 ffdcb4 fff0d0 ffe6da b09cc6 ffdcc8 7c74a8 f3cfc6", air=0.86, figure="ffeee6"
    ),
    Daytime.DUSK: _palette(
        "3f3a84 c25e80 ffb45e fff0b0 ffb184 8a5490 ffbd90 5c4a84 ee9478", air=0.66, figure="ffe0cc"
    ),
    Daytime.NIGHT: _palette(
        "070b26 14255c 2f4c8a eef2ff 4a5f98 1a264e 5266a0 1c2448 24386e",
        air=0.72, figure="8f9ccc", is_lamplit=True,
    ),
}  # fmt: skip
GLOOM = {Daytime.DAY: "8fa0b2", Daytime.DAWN: "a09aa8", Daytime.DUSK: "84708a", Daytime.NIGHT: "1d2740"}
MYSTIC = {
    Daytime.DAY: "1d5a66 3f9c96 b8f2d2 f4ffe0 d8fff0 5aa8a0 b8e0c4 2c5a70 84d6c2",
    Daytime.DAWN: "4a5a8e 9c8cc0 ffe0d0 fff4dc ffe8e8 9a86ba ead0cc 4c4c80 d6b4d0",
    Daytime.DUSK: "3a2a68 8a4a90 ffa890 ffe8c0 ffb0a0 7a4484 e0a090 443068 c87a9a",
    Daytime.NIGHT: "060c22 102c50 2c7484 d8fff4 3a6c88 122a48 40708c 101e40 1c5468",
}


def light_of(setting: Setting) -> Palette:
    """The palette of a setting."""
    light = DAYTIMES[setting.daytime]
    if setting.place is Place.MYSTIC:
        figure = light.figure.mix(Colour.of("c8f4e4"), 0.35)
        light = replace(
            _palette(MYSTIC[setting.daytime], air=0.92, figure="ffffff"),
            figure=figure,
            is_lamplit=light.is_lamplit,
        )
    if setting.place is Place.SPACE:
        light = replace(
            light, zenith=Colour.of("05061a"), sky=Colour.of("140f3a"), horizon=Colour.of("3a2468")
        )
    light = _weathered(light, setting)
    if setting.place is Place.CITY and light.is_lamplit:
        light = _muted(light, 0.0, 0.74)
    if setting.eerie:
        light = _muted(light, 0.3, 0.82)
    return light


def _weathered(light: Palette, setting: Setting) -> Palette:
    grey = Colour.of(GLOOM[setting.daytime])
    if setting.weather is Weather.STORM:
        return replace(_overcast(light, grey.scaled(0.72), 0.78), air=0.9)
    if setting.weather is Weather.RAIN:
        return replace(_overcast(light, grey, 0.62), air=0.9)
    if setting.weather is Weather.SNOW:
        return replace(_overcast(light, grey.mix(WHITE, 0.42 if not light.is_lamplit else 0.1), 0.6), air=0.9)
    if setting.weather is Weather.FOG:
        return replace(_overcast(light, light.haze.greyed(0.35), 0.55), air=0.97)
    return light


def _overcast(light: Palette, grey: Colour, amount: float) -> Palette:
    flat = light.key.mix(light.key.greyed(0.7).scaled(0.8), amount)
    return replace(
        light,
        zenith=light.zenith.mix(grey.scaled(0.62), amount),
        sky=light.sky.mix(grey.scaled(0.86), amount),
        horizon=light.horizon.mix(grey.scaled(1.08), amount),
        sun=light.sun.mix(grey, amount),
        cloud=light.cloud.mix(grey.scaled(1.05), amount),
        cloud_shade=light.cloud_shade.mix(grey.scaled(0.6), amount),
        key=flat,
        shade=light.shade.mix(flat, 0.25),
        haze=light.haze.mix(grey, amount),
        figure=light.figure.mix(light.figure.greyed(0.5).scaled(0.85), amount * 0.6),
    )


def _muted(light: Palette, grey: float, brightness: float) -> Palette:
    def dim(colour: Colour) -> Colour:
        return colour.greyed(grey).scaled(brightness)

    return replace(
        light, zenith=dim(light.zenith), sky=dim(light.sky), horizon=dim(light.horizon),
        cloud=dim(light.cloud), key=dim(light.key), haze=dim(light.haze),
    )  # fmt: skip
