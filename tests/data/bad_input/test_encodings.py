"""Encodings: those that are declared or marked are read, the others refused with the one it looks like."""

from __future__ import annotations

import codecs

import pytest

from tests.data.bad_input.goods import LOADED, ROWS, as_csv, goods
from tests.data.bad_input.kinds import shows
from tests.data.bad_input.outcome import outcomes, refused
from tests.data.sources.door import Door

pytestmark = pytest.mark.slow

READ = {
    "utf8.csv": (as_csv().encode(), "utf-8"),
    "mark.csv": (as_csv().encode("utf-8-sig"), "utf-8"),
    # A byte order mark is the file's own word and goes before the mapping's.
    "mark_declared_gb.csv": (as_csv((*ROWS, ("1003", "面", "", ""))).encode("utf-8-sig"), "gb18030"),
    "gbk.csv": (as_csv().encode("gbk"), "gbk"),
    "gb18030.csv": (as_csv((("1001", "五常大米", "", ""), ("1002", "菜籽油", "", "1"))).encode("gb18030"), "gb18030"),
    "utf16.csv": (as_csv().encode("utf-16"), "utf-16"),
    "utf16_undeclared.csv": (codecs.BOM_UTF16_BE + as_csv().encode("utf-16-be"), "utf-8"),
    "utf16_le.csv": (as_csv().encode("utf-16-le"), "utf-16-le"),
}


@shows("utf-8", "utf-8 with mark", "gbk", "utf-16 with mark", "utf-16 without mark")
def test_what_is_declared_or_marked_is_read(door: Door) -> None:
    inputs = "".join(
        f'{name.removesuffix(".csv")} = {{ pattern = "{name}", encoding = "{encoding}" }}\n'
        for name, (_, encoding) in READ.items()
    )
    sections = "".join(
        f'[[product]]\nfrom = "{name.removesuffix(".csv")}"\n[product.columns]\nsku = "编码"\nname = "品名"\n'
        for name in READ
    )
    for name, (content, _) in READ.items():
        door.write(name, content)
    report = door.bring(f'source = "a"\n[files]\n{inputs}{sections}')
    found = outcomes(door, report)
    rows = door.rows("product", "file", "sku", "name")
    for name in READ:
        told = [(row["sku"], row["name"]) for row in rows if row["file"] == name]
        assert told[:2] == LOADED, name
        assert found[name].set_aside == []
        assert found[name].read == len(told)


@shows("wrong encoding", "utf-16 without mark")
@pytest.mark.parametrize(
    ("encoding", "declared", "likely"),
    [
        ("gb18030", "utf-8", "gb18030"),
        ("utf-16-le", "utf-8", "utf-16-le"),
        ("utf-16-be", "utf-8", "utf-16-be"),
        ("utf-8", "utf-16", "utf-8"),
    ],
)
def test_another_encoding_is_refused_and_named(door: Door, encoding: str, declared: str, likely: str) -> None:
    door.write("p.csv", as_csv().encode(encoding))
    toml = goods(options=f'encoding = "{declared}"')
    error = refused(door, lambda: door.bring(toml), naming=likely)
    assert (error.code, error.facts["file"]) == ("wrong_encoding_declared", "p.csv")
    assert (error.facts["value"], error.facts["likely"]) == (declared, likely)


@shows("wrong encoding unseen")
def test_utf8_that_reads_as_gb18030_is_refused_all_the_same(door: Door) -> None:
    content = as_csv((("1001", "五常大米", "2026-01-31", "5"),)).encode()
    content.decode("gb18030", "strict")
    door.write("p.csv", content)
    error = refused(door, lambda: door.bring(goods(options='encoding = "gb18030"')), naming="utf-8")
    assert (error.code, error.facts["likely"]) == ("wrong_encoding_declared", "utf-8")


@shows("line in another encoding")
def test_one_line_in_another_encoding_is_set_aside(door: Door) -> None:
    door.write("p.csv", as_csv().encode() + "1003,面,,\r\n".encode("gbk") + "1004,米,,\r\n".encode())
    found = outcomes(door, door.bring(goods()))["p.csv"]
    assert (found.read, found.loaded) == (4, 3)
    assert found.set_aside == [(4, "", "1003,\ufffd\ufffd,,", "wrong_encoding")]


@shows("empty file")
@pytest.mark.parametrize("name", ["p.csv", "p.xlsx", "p.parquet"])
def test_an_empty_file_is_refused(door: Door, name: str) -> None:
    door.write(name, b"")
    assert refused(door, lambda: door.bring(goods()), naming=name).code == "empty_file"
