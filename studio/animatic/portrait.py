"""Reference pictures: a character drawn by the project itself, on a transparent background."""

from studio.animatic.figure import Attitude, draw_figure, full_box
from studio.animatic.looks import read_look
from studio.animatic.raster import Picture, resized_picture, straight


def draw_reference(description: str, *, seed: int, size_px: tuple[int, int]) -> Picture:
    """Draw a character from its description, as a reference picture.

    Args:
        description: Looks in free text; what it leaves open follows from the text and `seed`.
        seed: Picks another design for what the description leaves open.
        size_px: Width and height of the picture, pixels, each >= 16.

    Returns:
        Straight RGBA picture, shape (height, width, 4): the whole figure, standing, centred,
        on a transparent background.
    """
    look = read_look(description, f"{description}/{seed}")
    width, height = size_px
    box = full_box(look)
    head_px = min(height / (box[3] - box[1]), width / 2.9)
    half, tall = width / head_px / 2, height / head_px
    facing = 1 if seed % 2 == 0 else -1
    picture = draw_figure(
        look, Attitude(facing=facing), head_px=head_px, box=(-half, box[3] - tall, half, box[3])
    )
    return straight(_fitted(picture, size_px))


def _fitted(picture: Picture, size_px: tuple[int, int]) -> Picture:
    return picture if picture.shape[1::-1] == size_px else resized_picture(picture, size_px)
