"""How many damaged texts the check of the describe page notices, by kind of damage, and how often it is wrong.

Sound texts: the starter corpus, paragraphs in eight languages written for this, and any files given (read as by
ingesting). Damaged ones: every kind of damage done to a text of each language. Thresholds were chosen on these.
"""

import argparse
import codecs
import json
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import regex

from ingest.cleaning.clean import clean
from ingest.readers.sandbox import read
from kb.text.damage import Damage, damage

_CORPUS = Path(__file__).parent.parent / "corpus" / "documents"
_CHOSEN = (
    "objective-13-brief.es",
    "objective-13-brief.en",
    "objective-13-brief.fr",
    "sample-input-consular-remittances.ar",
    "sample-input-trafficking-documents.pt",
    "digest-tor-peru.es",
    "digest-tor-peru.en",
)
WRITTEN = {
    "ru": "Выездные консульства продлевают паспорта рабочим, которые живут далеко от столицы и не могут потерять день "
    "заработка. Эта мера родилась из соглашения двух министерств, которые разделили расходы и заранее "
    "опубликовали расписание. За первый год помощь получили четыре тысячи человек в одиннадцати городах, почти "
    "половина из них женщины. Объединения мигрантов помогли выбрать места и перевели объявления. Пока нет общего "
    "учёта: каждая группа записывает данные по-своему, и никто не знает, сколько людей вернулось домой.",
    "zh": "流动领事馆为居住在远离首都的地方、无法损失一天工资的工人更换护照。这项措施源于两个部委之间的协议"
    "，它们分担了费用，并提前公布了日程。第一年，十一个城市的四千人得到了服务，其中近一半是妇女。移民"
    "协会帮助选择地点并翻译了通知。目前仍然缺少的是共同的登记册，因为每个小组都以自己的方式记录数据，"
    "没有人知道有多少人回到了家乡。",
    "pt": "Os consulados móveis renovam os passaportes de trabalhadores que vivem longe da capital e não podem perder "
    "um dia de salário. A medida nasceu de um acordo entre dois ministérios, que dividiram os custos e publicaram "
    "o calendário com antecedência. No primeiro ano foram atendidas quatro mil pessoas em onze cidades; quase "
    "metade eram mulheres. As associações de migrantes ajudaram a escolher os lugares e traduziram os avisos.",
    "de": "Die mobilen Konsulate verlängern die Pässe von Arbeitern, die weit von der Hauptstadt leben und keinen "
    "Tageslohn verlieren dürfen. Die Maßnahme entstand aus einer Vereinbarung zweier Ministerien, die sich die "
    "Kosten teilten und den Zeitplan früh veröffentlichten. Vereine halfen, die Orte auszuwählen, und übersetzten "
    "die Aushänge.",
    "it": "I consolati itineranti rinnovano i passaporti dei lavoratori che vivono lontano dalla capitale e non "
    "possono perdere un giorno di salario. La misura è nata da un accordo tra due ministeri, che hanno diviso i costi "
    "e pubblicato il calendario in anticipo. Le associazioni di migranti hanno aiutato a scegliere i luoghi.",
    "pl": "Konsulaty objazdowe przedłużają paszporty robotników, którzy mieszkają daleko od stolicy i nie mogą stracić "
    "dnia zarobku. Środek ten powstał z umowy dwóch ministerstw, które podzieliły się kosztami i wcześniej "
    "ogłosiły harmonogram. W pierwszym roku obsłużono cztery tysiące osób w jedenastu miastach, prawie połowę "
    "stanowiły kobiety.",
    "tr": "Gezici konsolosluklar, başkentten uzakta yaşayan ve bir günlük ücretini kaybedemeyecek işçilerin "
    "pasaportlarını yeniliyor. Bu önlem, masrafları paylaşan ve takvimi önceden yayımlayan iki bakanlığın "
    "anlaşmasından doğdu. İlk yıl on bir şehirde dört bin kişiye hizmet verildi; yaklaşık yarısı kadındı.",
    "vi": "Các lãnh sự quán lưu động gia hạn hộ chiếu cho những người lao động sống xa thủ đô và không thể mất một "
    "ngày lương. Biện pháp này ra đời từ thỏa thuận giữa hai bộ, chia sẻ chi phí và công bố lịch trình trước. Các hiệp "
    "hội người di cư đã giúp chọn địa điểm và dịch các thông báo.",
}
_ALPHABETS = ("abcdefghijklmnopqrstuvwxyz", "абвгдежзийклмнопрстуфхцчшщъыьэюя", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي")
_LOOKALIKE = {"l": "1", "o": "0", "e": "€", "i": "!", "s": "$", "a": "^", "о": "0", "е": "€", "и": "|", "ا": "|"}


def misread(written: str, read_as: str) -> Callable[[str, random.Random], str]:
    """The bytes of a text in one encoding, read in another; what either does not know is left out."""
    return lambda text, _chance: text.encode(written, "ignore").decode(read_as, "ignore")


def lost(text: str, _chance: random.Random) -> str:
    """Bytes of Latin-1 read as UTF-8."""
    return text.encode("latin-1", "ignore").decode("utf-8", "replace")


def question_marks(text: str, _chance: random.Random) -> str:
    return str(regex.sub(r"[^\x00-\x7f]", "?", text))


def private(text: str, _chance: random.Random) -> str:
    """Letters of a font without names for them."""
    return str(regex.sub(r"\p{L}", lambda found: chr(0xF000 + ord(found.group()) % 256), text))


def substituted(share: float) -> Callable[[str, random.Random], str]:
    def change(text: str, chance: random.Random) -> str:
        return "".join(_other(sign, chance) if chance.random() < share else sign for sign in text)

    return change


def exchanged(text: str, chance: random.Random) -> str:
    """Each letter always another one, as where a font maps them otherwise; Chinese signs at random."""
    table: dict[int, int] = {}
    for alphabet in _ALPHABETS:
        turned = "".join(chance.sample(alphabet, len(alphabet)))
        table |= str.maketrans(alphabet + alphabet.upper(), turned + turned.upper())
    turned_text = text.translate(table)
    return str(regex.sub(r"\p{Han}", lambda _found: chr(chance.randrange(0x4E00, 0x9FA0)), turned_text))


def a_page_of_ten(text: str, chance: random.Random) -> str:
    """Part of a longer text exchanged."""
    whole = " ".join([text] * 8)
    return f"{whole} {exchanged(text, chance)} {whole}"


def noise(text: str, chance: random.Random) -> str:
    return "".join(_LOOKALIKE.get(sign, sign) if chance.random() < 0.3 else sign for sign in text)


def _other(sign: str, chance: random.Random) -> str:
    for alphabet in _ALPHABETS:
        if sign.lower() in alphabet:
            return chance.choice(alphabet)
    return chr(chance.randrange(0x4E00, 0x9FA0)) if regex.match(r"\p{Han}", sign) else sign


KINDS: dict[str, Callable[[str, random.Random], str]] = {
    "UTF-8 read as Windows-1252": lambda t, _c: "".join(
        chr(b) if 0x80 <= b <= 0x9F and not bytes([b]).decode("cp1252", "ignore") else bytes([b]).decode("cp1252")
        for b in t.encode()
    ),
    "UTF-8 read as Mac Roman": misread("utf-8", "mac_roman"),
    "UTF-8 read as code page 850": misread("utf-8", "cp850"),
    "UTF-8 read as Windows-1251": misread("utf-8", "cp1251"),
    "UTF-8 read as GBK": misread("utf-8", "gb18030"),
    "Windows-1251 read as 1252": misread("cp1251", "cp1252"),
    "Windows-1256 read as 1252": misread("cp1256", "cp1252"),
    "GBK read as Latin-1": misread("gb18030", "latin-1"),
    "entities of HTML": lambda t, _c: "".join(s if s.isascii() else f"&#{ord(s)};" for s in t),
    "Latin-1 read as UTF-8": lost,
    "question marks": question_marks,
    "font without names": private,
    "letters spaced out": lambda t, _c: " ".join(t),
    "no spaces": lambda t, _c: "".join(t.split()),
    "letters exchanged": exchanged,
    "one page of seventeen exchanged": a_page_of_ten,
    "turned by 13": lambda t, _c: codecs.encode(t, "rot13"),
    "lines reversed": lambda t, _c: "\n".join(line[::-1] for line in t.split("\n")),
    "words reversed": lambda t, _c: " ".join(word[::-1] for word in t.split(" ")),
    "no vowels": lambda t, _c: regex.sub(r"(?i)[aeiouáéíóúàèêëîïôûüыиоаеёуэюяا]", "", t),
    "a quarter of the letters random": substituted(0.25),
    "15 % random": substituted(0.15),
    "10 % random": substituted(0.10),
    "look-alike signs": noise,
}
# What is no damage to a text of that language, or the same as another kind.
_OF_ACCENTS = {
    "UTF-8 read as Windows-1252",
    "UTF-8 read as Mac Roman",
    "UTF-8 read as code page 850",
    "Latin-1 read as UTF-8",
    "question marks",
    "entities of HTML",
}
_ONLY = {
    "UTF-8 read as Windows-1251": "ru",
    "UTF-8 read as GBK": "zh",
    "Windows-1251 read as 1252": "ru",
    "Windows-1256 read as 1252": "ar",
    "GBK read as Latin-1": "zh",
}
_NOT_CHINESE = {"letters spaced out", "no spaces", "turned by 13", "no vowels", "words reversed", "look-alike signs"}


def applies(kind: str, language: str) -> bool:
    if kind in _ONLY:
        return _ONLY[kind] == language
    if kind == "Latin-1 read as UTF-8":
        return language in ("es", "fr", "pt")
    if language == "en":
        return kind not in _OF_ACCENTS
    if language == "zh":
        return kind not in _NOT_CHINESE
    return kind != "turned by 13" if language in ("ru", "ar") else True


def damaged() -> Iterator[tuple[str, str, str]]:
    """(kind, language, text) of every damaged text."""
    chance = random.Random(13)
    texts = [(name.rsplit(".", 1)[1], _body(_CORPUS / f"{name}.md")) for name in _CHOSEN]
    texts += [(code, WRITTEN[code]) for code in ("ru", "zh", "pt")]
    for kind, change in KINDS.items():
        for language, text in texts:
            if applies(kind, language):
                yield kind, language, change(text, chance)


def sound(files: list[Path]) -> Iterator[tuple[str, str]]:
    """(name, text) of every sound text."""
    yield from WRITTEN.items()
    for path in sorted(_CORPUS.glob("*.md")):
        yield path.name, _body(path)
    for path in files:
        yield path.name, clean(read(path).raw).text


def measured(files: list[Path]) -> dict[str, object]:
    noticed: dict[str, list[bool]] = defaultdict(list)
    missed = []
    for kind, language, text in damaged():
        found = damage(text)
        noticed[kind].append(found is not None)
        missed += [] if found else [f"{kind}: {language}"]
    began = time.process_time()
    texts = list(sound(files))
    read_in = time.process_time()
    wrong = [(name, found.value) for name, text in texts if (found := damage(text))]
    took = time.process_time() - read_in
    total = [each for several in noticed.values() for each in several]
    return {
        "damaged": len(total),
        "recall": round(sum(total) / len(total), 3),
        "kinds": {kind: f"{sum(several)}/{len(several)}" for kind, several in noticed.items()},
        "missed": missed,
        "sound": len(texts),
        "false_alarms": wrong,
        "ms_a_text": round(1000 * took / len(texts), 1),
        "reading_s": round(read_in - began, 1),
    }


def _body(path: Path) -> str:
    text = path.read_text("utf-8")
    return text.split("---\n", 2)[2] if text.startswith("---") else text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="sound files, beside those that come with the platform")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = measured(options.files)
    if options.json:
        print(json.dumps(result, ensure_ascii=False))
        return
    for kind, count in result.pop("kinds").items():  # type: ignore[attr-defined]
        print(f"{kind:<36} {count}")
    print("\n".join(f"{name:<14} {value}" for name, value in result.items()))
    print("kinds of damage told:", ", ".join(Damage))


if __name__ == "__main__":
    main()
