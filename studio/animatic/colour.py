"""Colours as linear mixes of red, green and blue, and the names people give them."""

from typing import NamedTuple, Self


class Colour(NamedTuple):
    """An RGB colour, each channel in 0..1."""

    red: float
    green: float
    blue: float

    @classmethod
    def of(cls, code: str) -> Self:
        """The colour of a hexadecimal code such as `3a7cd0`."""
        return cls(*(int(code[i : i + 2], 16) / 255 for i in (0, 2, 4)))

    def mix(self, other: "Colour", amount: float) -> "Colour":
        """This colour moved towards `other`; `amount` 0 keeps it, 1 gives `other`."""
        return Colour(*(a + (b - a) * amount for a, b in zip(self, other, strict=True)))

    def times(self, other: "Colour") -> "Colour":
        """This colour seen under a light or through a filter of colour `other`."""
        return Colour(*(a * b for a, b in zip(self, other, strict=True)))

    def scaled(self, factor: float) -> "Colour":
        """This colour made brighter or darker, kept within 0..1."""
        return Colour(*(min(1.0, max(0.0, a * factor)) for a in self))

    def greyed(self, amount: float) -> "Colour":
        """This colour with part of its saturation taken away, its luma kept."""
        return self.mix(Colour(self.luma, self.luma, self.luma), amount)

    @property
    def luma(self) -> float:
        """Rec. 601 luma, 0..1."""
        return 0.299 * self.red + 0.587 * self.green + 0.114 * self.blue

    def ink(self, alpha: float = 1.0) -> tuple[float, float, float, float]:
        """The premultiplied RGBA value, 0..255, that draws this colour on a board."""
        return (self.red * 255 * alpha, self.green * 255 * alpha, self.blue * 255 * alpha, 255 * alpha)


WHITE = Colour(1.0, 1.0, 1.0)

CLOTH = {
    "red": "b8323a", "crimson": "9a1f35", "scarlet": "c62f2f", "maroon": "6d2233", "orange": "d9772e",
    "yellow": "e0b840", "gold": "d2a545", "golden": "d2a545", "green": "3f7d4f", "emerald": "2c8a66",
    "olive": "6b7040", "lime": "8fbf4a", "teal": "2f7f84", "turquoise": "49b0ae", "cyan": "5cc0cf",
    "blue": "3b62ad", "navy": "26345f", "azure": "4c94d2", "indigo": "3d3b86", "purple": "6b4596",
    "violet": "7a55b0", "lavender": "a893cf", "magenta": "b23f88", "pink": "e08fab", "rose": "d26a84",
    "brown": "74503a", "tan": "b8946a", "beige": "d8c5a4", "cream": "ece0c6", "black": "2b2a33",
    "white": "ecebee", "grey": "83868f", "gray": "83868f", "silver": "b9bfcb", "charcoal": "3c3f48",
    "bronze": "9a6b3f", "copper": "a9643d", "ivory": "eee6d5", "khaki": "a3926a", "burgundy": "6d2233",
}  # fmt: skip
HAIR = {
    "black": "2d2b3a", "dark": "38303a", "brown": "6e4632", "chestnut": "7d4630", "auburn": "8e3f2a",
    "red": "c2392f", "crimson": "a8243a", "scarlet": "c8342c", "ginger": "d06a2e", "orange": "dd7a33",
    "copper": "b85a30", "blond": "e8c26a", "blonde": "e8c26a", "golden": "e5b752", "gold": "e5b752",
    "yellow": "ecca62", "white": "e9e8f0", "silver": "c3c9d8", "grey": "9a9fac", "gray": "9a9fac",
    "platinum": "ece3c8", "blue": "4a72c4", "navy": "2e3c72", "cyan": "68bfd6", "teal": "3a9a98",
    "turquoise": "56b9b4", "green": "5a9b5e", "purple": "7a54a8", "violet": "8560b8",
    "lavender": "b49fda", "pink": "f09db8", "rose": "de7f9a", "magenta": "c4508f", "brunette": "5a3b2e",
}  # fmt: skip
EYES = {
    "brown": "8a5530", "black": "3c3544", "blue": "3f86d8", "green": "3fa565", "emerald": "2fa678",
    "red": "c93a42", "crimson": "b52a3e", "amber": "d6932f", "gold": "ddab3a", "golden": "ddab3a",
    "yellow": "dcb93c", "purple": "8b56c2", "violet": "8f62cc", "pink": "e0709c", "grey": "7f8a9c",
    "gray": "7f8a9c", "silver": "a6b2c4", "hazel": "8d7338", "teal": "3a9c9c", "turquoise": "45b3b0",
    "cyan": "48b4d2", "orange": "d97c32", "white": "c8cede", "azure": "4aa0e2", "dark": "45384a",
}  # fmt: skip
SKIN = {
    "pale": "fbe6da", "fair": "fadfcd", "light": "f8dcc6", "tan": "e0b08a", "tanned": "dcab82",
    "olive": "d8ac84", "brown": "a9744f", "dark": "8a5a3f", "black": "6f4632", "bronze": "c08a5e",
}  # fmt: skip
SHADES = {"dark": 0.62, "deep": 0.7, "light": 1.28, "pale": 1.32, "bright": 1.15}


def named_colour(words: list[str], names: dict[str, str]) -> Colour | None:
    """The last colour named in `words`, made darker or lighter by a shade word before it."""
    for at in range(len(words) - 1, -1, -1):
        code = names.get(words[at].removesuffix("ish"))
        if code is not None:
            shade = SHADES.get(words[at - 1], 1.0) if at else 1.0
            return Colour.of(code).scaled(shade)
    return None
