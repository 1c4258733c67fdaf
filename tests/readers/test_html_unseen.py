"""What a web page holds and its reader does not see, or sees beside the text; and its dates."""

import pytest

from ingest.readers.file_types import read

SHOWN = "<p>A passport costs forty dollars.</p>"


@pytest.mark.parametrize(
    "unseen",
    [
        '<p style="color: red; DISPLAY : none">Old.</p>',
        '<div style="visibility:hidden"><p>Old.</p></div>',
        '<div aria-hidden="true">Old.</div>',
        '<span class="visually-hidden">Old.</span>',
        '<p class="note gone">Old.</p>',
        '<div class="cookie-banner"><p>Old.</p></div>',
        '<div id="menu"><ul><li>Old.</li></ul></div>',
        '<ul class="nav breadcrumb"><li>Old.</li></ul>',
    ],
)
def test_what_is_not_shown_or_stands_beside_the_text_is_left_out(unseen: str) -> None:
    page = f"<html><head><style>p .gone {{}} .gone {{display:none}}</style></head><body>{unseen}{SHOWN}</body></html>"
    assert [block.text for block in read("a.html", page.encode()).blocks] == ["A passport costs forty dollars."]


@pytest.mark.parametrize(
    "shown",
    [
        "<style>@media print { .gone { display: none } }</style><p class=gone>Text.</p>",
        "<body class=menu><p>Text.</p>",
        "<div class=menu><p>Text.</p></div>",  # nothing else is there
    ],
)
def test_what_is_shown_stays(shown: str) -> None:
    assert [block.text for block in read("a.html", f"<html>{shown}</html>".encode()).blocks] == ["Text."]


@pytest.mark.parametrize(
    ("stated", "date"),
    [("1651626439", "2022-05-04"), ("1651626439000", "2022-05-04"), ("2022-05-04T10:00", "2022-05-04"), ("1651", "")],
)
def test_dates_of_a_page(stated: str, date: str) -> None:
    page = f'<html><head><meta property="article:published_time" content="{stated}"></head>{SHOWN}</html>'
    assert read("a.html", page.encode()).front.date == date
