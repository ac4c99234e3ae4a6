"""Makes the two files beside it that the tests of characters compare with. Nothing of the product goes into them.

    apt-get install python3 python3-fonttools python3-freetype fonts-ipamj-mincho
    /usr/bin/python3 hardware/printer/test-support/make-character-fixtures.py

jis-x-0213.txt: every character of JIS X 0213 that Python's own codec shift_jis_2004 has, a line for each first byte, tabs between them.
glyph-samples.json: some characters that only IPAmj Mincho has or names by a variation selector, with the number of the glyph (by
fontTools, from the table cmap) and its picture of 24 x 24 greys in hexadecimal (by FreeType, without hinting).
"""
import json
import os

import freetype
from fontTools.ttLib import TTFont

HERE = os.path.dirname(os.path.abspath(__file__))
FONT = "/usr/share/fonts/truetype/ipamj/ipamjm.ttf"
BASELINE = 21

SAMPLES = ["㐂", "𠮟", "𡈽", "𢌞", "𣘺", "𤭯", "𥡴", "𦥑", "𧦅", "𨛗", "𩸽", "𪘂", "髙"] + [
    chr(base) + chr(selector)
    for base, selectors in {
        0x845B: [0xE0102, 0xE0103, 0xE0104, 0xE0105],
        0x8FBB: [0xE0102, 0xE0103],
        0x9089: [0xE010F, 0xE0110, 0xE0113, 0xE011F],
        0x908A: [0xE0108, 0xE0109, 0xE010F],
        0x9F4B: [0xE0103, 0xE0104],
    }.items()
    for selector in selectors
]


def jis_x_0213():
    lines = []
    for first in range(0x81, 0xFD):
        row = []
        for second in range(0x40, 0xFD):
            if 0xA0 <= first <= 0xDF:
                continue
            try:
                character = bytes([first, second]).decode("shift_jis_2004")
            except UnicodeDecodeError:
                continue
            # Not a pair: a half-width character and an ASCII one.
            if len(character) == 2 and ord(character[1]) < 0x80:
                continue
            # Python reads these two as ASCII; the standard has them in full width.
            row.append({"\\": "\uff3c", "~": "\uff5e"}.get(character, character))
        if row:
            lines.append("\t".join(row))
    with open(os.path.join(HERE, "jis-x-0213.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def glyph_samples():
    font = TTFont(FONT, lazy=True)
    plain = font.getBestCmap()
    variations = next(table for table in font["cmap"].tables if table.format == 14).uvsDict
    face = freetype.Face(FONT)
    face.set_pixel_sizes(24, 24)
    samples = []
    for text in SAMPLES:
        if len(text) == 1:
            name = plain.get(ord(text))
        else:
            name = dict(variations.get(ord(text[1]), [])).get(ord(text[0]))
        if name is None:
            raise SystemExit("the font has no %r" % text)
        number = font.getGlyphID(name)
        face.load_glyph(number, freetype.FT_LOAD_RENDER | freetype.FT_LOAD_NO_HINTING)
        bitmap = face.glyph.bitmap
        greys = bytearray(24 * 24)
        for y in range(bitmap.rows):
            for x in range(bitmap.width):
                at_x, at_y = x + face.glyph.bitmap_left, y + BASELINE - face.glyph.bitmap_top
                if 0 <= at_x < 24 and 0 <= at_y < 24:
                    greys[at_y * 24 + at_x] = bitmap.buffer[y * bitmap.pitch + x]
        samples.append({"text": text, "glyph": number, "greys": greys.hex()})
    with open(os.path.join(HERE, "glyph-samples.json"), "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(sample, ensure_ascii=True) for sample in samples) + "\n]\n")


jis_x_0213()
glyph_samples()
