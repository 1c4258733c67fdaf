"""Encodings: what a text file was written in is told by its bytes; what reads well as Windows-1252 is that."""

import pytest

from kb.text.decoding import decode

RUSSIAN = "Отчёт о работе миграционной службы. Служба открыла два центра для семей с детьми."
ARABIC = "تقرير عن خدمات الهجرة. فتحت الخدمة مركزين للأسر التي لديها أطفال."
CHINESE = "移民服务报告。服务部门为有孩子的家庭开设了两个中心。工作人员接受了培训。"
POLISH = "Służba otworzyła dwa ośrodki dla rodzin z dziećmi. Urzędnicy odwiedzili osiem województw."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "cp866"),
        (RUSSIAN, "koi8-r"),
        (ARABIC, "cp1256"),
        (CHINESE, "gb18030"),
        (POLISH, "cp1250"),
        ("Niños y niñas migrantes: “protección” – €40 por día.", "cp1252"),
        ("Les États s’engagent à protéger l’œuvre des familles…", "cp1252"),
        ("Ações de proteção às crianças", "cp1252"),
        ("p-9;José Muestra Núñez;Organización", "cp850"),
        ("p-8;Иван Примеров;Сеть", "cp1251"),
        ("p-10;Zoé Exemple;Réseau", "mac-roman"),
        ("Ελλάδα, 中文, niños", "utf-8"),
    ],
)
def test_the_encoding_of_a_text_is_told_by_its_bytes(text: str, encoding: str) -> None:
    assert decode(("Report\n\n" + text).encode(encoding)).text.endswith(text)
