"""Signs that Word keeps as a place in a font of pictures: boxes, ticks, arrows and bullets as characters."""

_WINGDINGS = {
    0x6F: "☐", 0x71: "☐", 0xA8: "☐", 0xFE: "☑", 0xFD: "☒", 0xFC: "✓", 0xFB: "✗", 0x78: "☒",
    0xE0: "→", 0xDF: "←", 0xE1: "↑", 0xE2: "↓", 0xE8: "→", 0xF0: "⇨", 0x9F: "•", 0xA7: "▪", 0x6C: "●", 0x6E: "■",
}  # fmt: skip
_WINGDINGS_2 = {0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "☐", 0x2A: "☐", 0x50: "✓", 0x4F: "✗", 0x51: "☒"}
_SYMBOL = {
    **{0x61 + n: sign for n, sign in enumerate("αβχδεφγηιϕκλμνοπθρστυϖωξψζ")},
    **{0x41 + n: sign for n, sign in enumerate("ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ")},
    0xB7: "•", 0xB0: "°", 0xB1: "±", 0xA3: "≤", 0xB3: "≥", 0xB4: "×", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xA5: "∞",
    0xAE: "→", 0xAC: "←", 0xAD: "↑", 0xAF: "↓", 0xA0: "€", 0xD2: "®", 0xD3: "©", 0xD4: "™",
}  # fmt: skip
_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "symbol": _SYMBOL}


def symbol(font: str, code: str) -> str:
    """The character of a sign; "" where the font is of pictures and the sign none of ours."""
    try:
        place = int(code, 16)
    except ValueError:
        return ""
    if 0xF000 <= place <= 0xF0FF:
        place -= 0xF000
    known = _FONTS.get(font.lower())
    if known is not None:
        return known.get(place, "")
    return chr(place) if 0x20 <= place < 0xD800 else ""
