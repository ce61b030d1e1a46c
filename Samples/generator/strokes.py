"""Capital letters drawn with a pen, and pages of them as pictures: what a scanner or a telephone makes of a letter. No font is needed, so the same
points come out on every machine."""

# Each letter is a few lines of points on a grid 4 wide and 6 high.
LETTERS = {
    "А": ["0,6 2,0 4,6", "0.8,4 3.2,4"], "Б": ["3.6,0 0,0 0,6 3,6 4,5.2 4,3.6 3,2.8 0,2.8"], "В": ["0,0 0,6 3,6 4,5.2 4,3.7 3,2.9 0,2.9", "3,2.9 3.6,2.2 3.6,0.8 2.8,0 0,0"],
    "Г": ["0,6 0,0 3.6,0"], "Д": ["0,7 0,6 4.4,6 4.4,7", "0.7,6 1.4,0 3.7,0 3.7,6"], "Е": ["3.8,0 0,0 0,6 3.8,6", "0,2.9 3.2,2.9"],
    "Ж": ["2.2,0 2.2,6", "0,0 2.2,3 4.4,0", "0,6 2.2,3 4.4,6"], "З": ["0,0.8 1,0 3,0 3.8,0.8 3.8,2.1 3,2.9 1.4,2.9", "3,2.9 4,3.7 4,5.2 3,6 1,6 0,5.2"],
    "И": ["0,0 0,6 4,0 4,6"], "Й": ["0,0 0,6 4,0 4,6", "1.2,-1.6 1.6,-1 2.4,-1 2.8,-1.6"], "К": ["0,0 0,6", "3.8,0 0,3.4", "1.3,2.4 4,6"],
    "Л": ["0,6 0.6,5.6 1.2,0 4,0 4,6"], "М": ["0,6 0,0 2.2,4.4 4.4,0 4.4,6"], "Н": ["0,0 0,6", "4,0 4,6", "0,3 4,3"],
    "О": ["1.3,0 2.9,0 4,1.2 4,4.8 2.9,6 1.3,6 0.1,4.8 0.1,1.2 1.3,0"], "П": ["0,6 0,0 4,0 4,6"], "Р": ["0,6 0,0 3,0 4,0.8 4,2.5 3,3.3 0,3.3"],
    "С": ["4,1.1 3,0 1.2,0 0,1.2 0,4.8 1.2,6 3,6 4,4.9"], "Т": ["0,0 4,0", "2,0 2,6"], "У": ["0,0 2.1,3.7", "4,0 1.8,5.2 1,6 0.2,6"],
    "Ф": ["2.4,-0.3 2.4,6.3", "1.2,1 3.6,1 4.8,2 4.8,3.8 3.6,4.8 1.2,4.8 0,3.8 0,2 1.2,1"], "Х": ["0,0 4,6", "4,0 0,6"], "Ц": ["0,0 0,6 4,6", "3.6,0 3.6,6", "4,6 4,7"],
    "Ч": ["0,0 0,2.4 0.8,3.3 4,3.3", "4,0 4,6"], "Ш": ["0,0 0,6 5,6 5,0", "2.5,0 2.5,6"], "Щ": ["0,0 0,6 5.4,6 5.4,7", "2.5,0 2.5,6", "5,0 5,6"],
    "Ъ": ["0,0 1.2,0 1.2,6 3.6,6 4.6,5.2 4.6,3.6 3.6,2.8 1.2,2.8"], "Ь": ["0,0 0,6 3,6 4,5.2 4,3.6 3,2.8 0,2.8"],
    "Ю": ["0,0 0,6", "0,3 1.6,3", "2.8,0 4.2,0 5.2,1.2 5.2,4.8 4.2,6 2.8,6 1.6,4.8 1.6,1.2 2.8,0"], "Я": ["4,6 4,0 1,0 0,0.8 0,2.4 1,3.2 4,3.2", "2,3.2 0,6"],
    "0": ["1.2,0 2.6,0 3.6,1.2 3.6,4.8 2.6,6 1.2,6 0.2,4.8 0.2,1.2 1.2,0"], "1": ["0.6,1.2 2,0 2,6"], "2": ["0,1.2 1,0 2.8,0 3.7,1 3.7,2 0,6 3.8,6"],
    ".": ["0.4,5.8 0.5,5.9"], ",": ["0.5,5.8 0.3,6.8"],
}


def lines(text, step=5.6, height=11):
    """The lines of a text, as points; units are those of the grid."""
    out = []
    for row, line in enumerate(text.split("\n")):
        x = 0.0
        for letter in line:
            shapes = [[tuple(map(float, point.split(","))) for point in stroke.split()] for stroke in LETTERS.get(letter, [])]
            out += [[(x + px, row * height + py) for px, py in shape] for shape in shapes]
            widest = max((px for shape in shapes for px, _ in shape), default=2.4)
            x += widest + (step - 4)
    return out


def picture(text, scale=7, pen=5, margin=60):
    """Width, height and rows of one bit a point, 1 for white, as PNG and PDF have them."""
    shapes = lines(text)
    width = int(max(x for shape in shapes for x, _ in shape) * scale) + 2 * margin
    height = int(max(y for shape in shapes for _, y in shape) * scale) + 2 * margin
    width += -width % 8
    rows = [bytearray(b"\xff" * (width // 8)) for _ in range(height)]
    radius = pen / 2
    for shape in shapes:
        for (ax, ay), (bx, by) in zip(shape, shape[1:]):
            ax, ay, bx, by = (margin + value * scale for value in (ax, ay, bx, by))
            dx, dy = bx - ax, by - ay
            length = dx * dx + dy * dy
            for y in range(int(min(ay, by) - radius), int(max(ay, by) + radius) + 2):
                for x in range(int(min(ax, bx) - radius), int(max(ax, bx) + radius) + 2):
                    along = max(0.0, min(1.0, ((x - ax) * dx + (y - ay) * dy) / length)) if length else 0.0
                    if (x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2 <= radius * radius:
                        rows[y][x >> 3] &= 0xFF ^ (0x80 >> (x & 7))
    return width, height, [bytes(row) for row in rows]
