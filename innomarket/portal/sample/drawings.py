"""Pictures of the sample's products, drawn here: a few shapes each, the same every time."""

from collections.abc import Sequence

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 960, 720
FINE = 2  # drawn larger and made smaller, so that edges are smooth

Box = tuple[float, float, float, float]
Points = Sequence[tuple[float, float]]


class Sheet:
    """A sheet of WIDTH × HEIGHT on which flat shapes are drawn."""

    def __init__(self, ground: str) -> None:
        self.image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), ground)
        self.pen = ImageDraw.Draw(self.image, "RGBA")

    def box(self, box: Box, colour: str, *, round_by: float = 0) -> None:
        self.pen.rounded_rectangle([value * FINE for value in box], round_by * FINE, colour)

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        box = [value * FINE for value in (x - radius, y - radius, x + radius, y + radius)]
        self.pen.ellipse(box, colour)

    def shape(self, points: Points, colour: str) -> None:
        self.pen.polygon([(x * FINE, y * FINE) for x, y in points], colour)

    def line(self, points: Points, colour: str, width: float) -> None:
        self.pen.line([(x * FINE, y * FINE) for x, y in points], colour, round(width * FINE), joint="curve")

    def arrow(self, x: float, y: float, length: float, colour: str) -> None:
        """To the right, or with a negative length to the left."""
        tip, way = x + length, 1 if length > 0 else -1
        self.line([(x, y), (tip - 40 * way, y)], colour, 26)
        self.shape([(tip, y), (tip - 62 * way, y - 42), (tip - 62 * way, y + 42)], colour)

    def done(self) -> Image.Image:
        return self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def ventilator() -> Image.Image:
    sheet = Sheet("#e9e2d6")
    sheet.box((0, 610, WIDTH, HEIGHT), "#b99a77")
    sheet.box((70, 110, 420, 480), "#ffffff", round_by=8)
    sheet.box((90, 130, 400, 460), "#a9d3ee")
    sheet.disc(320, 210, 40, "#ffe9a8")
    sheet.shape([(90, 460), (190, 330), (290, 460)], "#6f9f7a")
    sheet.shape([(220, 460), (330, 300), (400, 400), (400, 460)], "#588a66")
    sheet.box((239, 130, 251, 460), "#ffffff")
    sheet.box((540, 170, 850, 480), "#00000022", round_by=34)
    sheet.box((530, 160, 840, 470), "#fbfbfb", round_by=34)
    for place in range(6):
        sheet.box((570, 205 + place * 32, 800, 217 + place * 32), "#c3ccd4", round_by=6)
    sheet.disc(685, 428, 11, "#2f9e56")
    return sheet.done()


def airflow() -> Image.Image:
    sheet = Sheet("#f3f6f9")
    sheet.box((390, 0, 570, HEIGHT), "#d9cdbb")
    sheet.box((330, 190, 630, 530), "#ffffff", round_by=28)
    sheet.shape([(480, 230), (600, 360), (480, 490), (360, 360)], "#8a98a6")
    for step in range(1, 8):
        x = 360 + step * 15
        sheet.line([(x, 360 - step * 16), (x + 120, 490 - step * 16)], "#f3f6f9", 3)
    sheet.arrow(760, 285, -150, "#d9480f")
    sheet.arrow(330, 285, -190, "#e8a37f")
    sheet.arrow(140, 435, 190, "#1c6fb8")
    sheet.arrow(640, 435, 190, "#7a86c8")
    return sheet.done()


def robot() -> Image.Image:
    sheet = Sheet("#20262c")
    sheet.disc(480, 340, 470, "#39424a")
    sheet.disc(480, 340, 420, "#59646d")
    sheet.disc(480, 340, 330, "#454f57")
    sheet.shape([(620, 430), (930, 250), (930, 520)], "#fff3b055")
    sheet.shape([(170, 560), (790, 560), (700, 700), (260, 700)], "#2f6f86cc")
    sheet.box((300, 380, 620, 500), "#f2b705", round_by=30)
    sheet.box((350, 320, 500, 390), "#33393f", round_by=20)
    sheet.disc(610, 440, 30, "#fff7d6")
    for x in (340, 460, 580):
        sheet.disc(x, 520, 48, "#191d21")
        sheet.disc(x, 520, 20, "#8a949c")
    sheet.line([(300, 430), (190, 380), (90, 400)], "#191d21", 12)
    sheet.shape([(170, 560), (790, 560), (770, 600), (190, 600)], "#4fa3c066")
    return sheet.done()


def scanner_blue() -> Image.Image:
    return _scanner("#2459a9", [(-60, 40), (-10, 120), (60, 200), (140, 250)])


def scanner_green() -> Image.Image:
    return _scanner("#2f7d4f", [(-40, 60), (110, 250)])


def _scanner(colour: str, beams: Sequence[tuple[float, float]]) -> Image.Image:
    """A van in a tunnel; each beam ends so far right of the roof's device and below the ceiling."""
    sheet = Sheet("#15191d")
    sheet.disc(480, 520, 460, "#6c7277")
    sheet.disc(480, 520, 410, "#8c9398")
    sheet.box((0, 560, WIDTH, HEIGHT), "#2c3237")
    for x in range(40, WIDTH, 200):
        sheet.box((x, 640, x + 110, 654), "#e8e3c8")
    for right, down in beams:
        sheet.line([(470, 300), (600 + right, 120 + down / 3)], "#ff5a4dcc", 7)
    sheet.box((220, 340, 700, 560), colour, round_by=26)
    sheet.shape([(700, 400), (770, 450), (770, 560), (690, 560)], colour)
    sheet.box((600, 370, 700, 450), "#cfe6f5", round_by=10)
    sheet.box((260, 400, 540, 416), "#ffffff99", round_by=8)
    sheet.box((400, 292, 540, 342), "#23282d", round_by=12)
    sheet.disc(470, 305, 14, "#ff5a4d")
    for x in (330, 640):
        sheet.disc(x, 566, 54, "#121517")
        sheet.disc(x, 566, 24, "#9aa2a8")
    return sheet.done()


def analyser() -> Image.Image:
    sheet = Sheet("#eef4f1")
    sheet.box((0, 580, WIDTH, HEIGHT), "#d2dfd8")
    sheet.box((330, 90, 610, 620), "#3f93c2", round_by=46)
    sheet.box((365, 130, 575, 330), "#0f2a38", round_by=14)
    for place, height in enumerate((60, 120, 90, 150, 40)):
        x = 385 + place * 37
        sheet.box((x, 312 - height, x + 24, 312), "#7fe0b0", round_by=4)
    sheet.disc(470, 430, 46, "#e9f3f8")
    sheet.box((400, 520, 540, 548), "#e9f3f8", round_by=14)
    sheet.box((700, 260, 790, 620), "#ffffffcc", round_by=40)
    sheet.box((708, 420, 782, 612), "#8ecbe6", round_by=34)
    sheet.box((690, 240, 800, 275), "#5b6a74", round_by=10)
    return sheet.done()


def skimmer() -> Image.Image:
    sheet = Sheet("#cfe7f2")
    sheet.box((0, 250, WIDTH, 330), "#86ab7c")
    sheet.box((0, 320, WIDTH, HEIGHT), "#6f9f4a")
    for row in range(6):
        for place in range(7):
            x = place * 150 + (row % 2) * 70
            sheet.box((x, 380 + row * 60, x + 80, 388 + row * 60), "#8fbf63", round_by=4)
    sheet.shape([(270, 450), (800, 450), (750, 560), (330, 560)], "#f7f8f8")
    sheet.box((330, 520, 760, 540), "#1c6fb8")
    sheet.box((470, 330, 700, 452), "#ffffff", round_by=14)
    sheet.box((500, 356, 580, 410), "#7fb7d6", round_by=8)
    sheet.shape([(90, 590), (300, 400), (350, 430), (150, 610)], "#4a545c")
    for step in range(5):
        sheet.disc(140 + step * 42, 560 - step * 37, 17, "#5f8f36")
    sheet.line([(640, 330), (640, 240)], "#4a545c", 10)
    sheet.disc(640, 232, 14, "#d9480f")
    return sheet.done()


def captioner() -> Image.Image:
    sheet = Sheet("#dfe5ea")
    sheet.box((0, 0, WIDTH, 90), "#b4bec7")
    sheet.box((0, 560, WIDTH, HEIGHT), "#98a3ac")
    sheet.box((0, 560, WIDTH, 580), "#f2c230")
    for x in (220, 730):
        sheet.box((x, 80, x + 14, 240), "#6b757d")
    sheet.box((100, 230, 860, 440), "#14191d", round_by=20)
    for row, lengths in enumerate(((90, 150, 60, 120), (150, 70, 110))):
        x = 150
        for length in lengths:
            sheet.box((x, 280 + row * 70, x + length, 314 + row * 70), "#ffc94d", round_by=8)
            x += length + 34
    return sheet.done()
