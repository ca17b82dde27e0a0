"""Changing single fields of an .nfo file: what belongs to none of them stays, byte by byte."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metarr.domain.values import Kind
from metarr.nfo import parse
from metarr.nfo.spans import NotSpliceable
from metarr.nfo.splice import blank, described, fields_of, splice, values_of

VALUES: dict[str, Any] = {
    "title": "Heat & Dust",
    "original_title": "Heat",
    "sort_title": "Heat",
    "tagline": "A <Los Angeles> crime saga.",
    "plot": "Two men.\nOne city; “quoted”, ü.",
    "outline": "Short.",
    "release_date": "1995-12-15",
    "year": 1995,
    "runtime_minutes": 170,
    "certification": "R",
    "genres": ["Crime", "Drama & more"],
    "studios": ["Warner Bros., Inc."],
    "countries": ["USA"],
    "tags": ["heist", "l.a."],
    "directors": ["Michael Mann"],
    "writers": ["Michael Mann", "Someone Else"],
    "cast": [
        {"name": "Al Pacino", "role": "Lt. Hanna", "order": 0, "photo": ""},
        {"name": "Robert De Niro", "role": "", "order": 1, "photo": "https://image.example/n.jpg"},
    ],
    "collection": {"name": "Crime Collection", "ids": {"tmdb": "10"}},
    "trailer": "https://www.youtube.com/watch?v=abcdefghijk",
    "imdb_rating": 8.3,
    "imdb_votes": 700123,
    "tmdb_rating": 7.9,
    "tmdb_votes": 6000,
    "rotten_tomatoes_score": 88,
    "metacritic_score": 76,
    "ids": {"imdb": "tt0113277", "tmdb": "949"},
}
OF_A_SERIES = {**VALUES, "end_date": "1997-01-01", "status": "Ended", "creators": ["Michael Mann"]}

KODI = """<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>
<movie>
    <title>Heat</title>
    <userrating>9</userrating>
    <ratings>
        <rating name="imdb" max="10" default="true">
            <value>8.2</value>
            <votes>1</votes>
        </rating>
        <rating name="trakt" max="10"><value>7</value></rating>
    </ratings>
    <plot>Mine.</plot>
    <playcount>3</playcount>
    <thumb aspect="poster">https://image.example/p.jpg</thumb>
    <uniqueid type="tmdb" default="true">949</uniqueid>
    <genre>Crime</genre>
    <genre>Drama</genre>
    <actor><name>Al Pacino</name><role>Lt. Hanna</role><order>0</order><thumb>https://image.example/a.jpg</thumb></actor>
    <fileinfo><streamdetails><video><codec>h264</codec></video></streamdetails></fileinfo>
    <dateadded>2020-01-01 00:00:00</dateadded>
</movie>
"""
TMM = "\ufeff" + KODI.replace("\n", "\r\n").replace(
    "<movie>",
    "<!-- created by tinyMediaManager 5 -->\r\n<movie>\r\n    <sorttitle></sorttitle>\r\n    <watched>true</watched>",
)
JELLYFIN = """<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<movie>
  <plot />
  <lockdata>true</lockdata>
  <lockedfields>Name|Overview</lockedfields>
  <title>Heat</title>
  <tmdbid>1</tmdbid>
  <releasedate>1990-01-01</releasedate>
  <actor><name>Michael Mann</name><type>Director</type></actor>
  <set tmdbcolid="5"><name>Old</name><overview>About.</overview></set>
</movie>"""
RADARR = """<movie><title>Heat</title><foreign:own xmlns:foreign='urn:x' a='>'/></movie>
https://www.themoviedb.org/movie/949?a=1&b=2
"""
HAND = """<movie >
<title>Heat</title><!-- <plot>not me</plot> --><plot><![CDATA[Mine & <b>mine</b>]]></plot>


</movie>
<!-- end -->"""
FILES = {"kodi": KODI, "tinyMediaManager": TMM, "Jellyfin": JELLYFIN, "Radarr": RADARR, "by hand": HAND}


def of(content: bytes, place: int = 0) -> dict[str, Any]:
    return dict(values_of(described(content)[place]))


@pytest.mark.parametrize("kind", [Kind.MOVIE, Kind.SERIES, Kind.EPISODE, Kind.SEASON])
def test_a_new_file_says_what_was_put_into_it(kind: Kind):
    values = {name: value for name, value in OF_A_SERIES.items() if name in fields_of(kind)}
    content = splice(blank(kind, [(1, 2)] if kind is Kind.EPISODE else []), 0, values)
    assert {name: value for name, value in of(content).items() if value != values.get(name)} == {}
    assert [title.kind for title in parse(content)] == [kind]
    assert splice(content, 0, values) == content


def test_whole_numbers_have_no_decimals_however_they_were_told():
    as_json = {
        name: float(value) if type(value) is int else [{**each, "order": float(each["order"])} for each in value]
        for name, value in VALUES.items()
        if type(value) is int or name == "cast"
    }
    values = {name: VALUES[name] for name in as_json}
    beside = {"imdb_rating": 8.3, "tmdb_rating": 7.9}
    assert {"year", "runtime_minutes", "imdb_votes", "metacritic_score", "cast"} <= as_json.keys()
    assert splice(blank(Kind.MOVIE), 0, as_json | beside) == splice(blank(Kind.MOVIE), 0, values | beside)


@pytest.mark.parametrize("name", FILES)
def test_nothing_changes_where_nothing_is_to_change(name: str):
    content = FILES[name].encode()
    assert splice(content, 0, {}) == content
    there = [field for field in ("title", "imdb_rating", "imdb_votes", "genres") if of(content)[field] is not None]
    assert splice(content, 0, {field: of(content)[field] for field in there}) == content


def without_fields(content: bytes, *elements: str) -> bytes:
    """A file without elements of these names, and without blanks between elements."""
    for element in elements:
        content = re.sub(
            rb"<%b\b[^>]*?(?:/>|>.*?</%b>)" % (element.encode(), element.encode()), b"", content, flags=re.DOTALL
        )
    return re.sub(rb">\s+<", b"><", content)


ELEMENTS = {
    "title": ["title"],
    "plot": ["plot"],
    "genres": ["genre"],
    "cast": ["actor"],
    "imdb_rating": ["ratings"],
    "ids": ["uniqueid", "tmdbid"],
    "release_date": ["premiered", "releasedate"],
    "collection": ["set"],
    "runtime_minutes": ["runtime"],
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("field", ELEMENTS)
@pytest.mark.parametrize("empties", [False, True])
def test_what_is_outside_of_the_field_stays(name: str, field: str, empties: bool):
    content = FILES[name].encode()
    if empties and field == "ids":
        return
    value = None if empties else VALUES[field]
    changed = splice(content, 0, {field: value})
    assert of(changed)[field] == value
    if (name, field) != ("by hand", "plot"):
        assert without_fields(changed, *ELEMENTS[field]) == without_fields(content, *ELEMENTS[field])
    assert splice(changed, 0, {field: value}) == changed


TEXTS = st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0x1F600), min_size=1, max_size=30)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXTS,
        "plot": st.none() | TEXTS,
        "genres": st.lists(st.sampled_from(["Crime", "Drama", "War & Peace", "<b>"]), unique=True),
        "tags": st.none() | st.lists(TEXTS, max_size=3),
        "cast": st.lists(st.fixed_dictionaries({"name": TEXTS, "role": TEXTS, "order": st.integers(0, 9)}), max_size=3),
        "imdb_rating": st.none() | st.integers(1, 100).map(lambda tenths: tenths / 10),
        "imdb_votes": st.none() | st.integers(1, 10**7),
        "metacritic_score": st.none() | st.integers(1, 100),
        "ids": st.dictionaries(st.sampled_from(["imdb", "tmdb", "tvdb"]), st.integers(10**6, 10**7).map(str)),
        "release_date": st.none() | st.dates().map(str),
        "collection": st.none() | st.fixed_dictionaries({"name": TEXTS}),
    },
)


@settings(max_examples=60)
@given(name=st.sampled_from(sorted(FILES)), changes=CHANGES)
def test_whatever_is_put_in_twice_is_as_once_and_stays_readable(name: str, changes: dict[str, Any]):
    content = FILES[name].encode()
    once = splice(content, 0, changes)
    assert splice(once, 0, changes) == once
    assert len(described(once)) == 1
    untouched = ("userrating", "playcount", "dateadded", "watched", "lockdata", "lockedfields", "fileinfo")
    for element in untouched:
        pattern = rb"<%b>.*?</%b>" % (element.encode(), element.encode())
        assert re.findall(pattern, once, re.DOTALL) == re.findall(pattern, content, re.DOTALL)


def test_each_of_several_episodes_is_changed_alone():
    content = blank(Kind.EPISODE, [(1, 1), (1, 2)])
    content = splice(content, 1, {"title": "Second"})
    content = splice(content, 0, {"title": "First"})
    assert [title.title for title in parse(content)] == ["First", "Second"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (KODI.encode("utf-16"), "UTF-8"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><movie><title>x</title></movie>', "ISO-8859-1"),
        ("<movie><title>Caf\xe9</title></movie>".encode("latin-1"), "UTF-8"),
        (b'<!DOCTYPE movie [<!ENTITY own "x">]><movie><title>&own;</title></movie>', "well-formed"),
        (b"<movie><title>A & B</title></movie>", "well-formed"),
        (b"<movie><title>A&nbsp;B</title></movie>", "well-formed"),
        (b"<movie><title>x</movie>", "well-formed"),
        (b"https://www.themoviedb.org/movie/949", "no element"),
        (b"<episodedetails><title>A / B</title><episode>1</episode><episodenumberend>2</episodenumberend>"
         b"<season>1</season></episodedetails>", "several titles"),
    ],
)  # fmt: skip
def test_what_is_no_clean_xml_is_left_as_it_is(content: bytes, why: str):
    with pytest.raises(NotSpliceable, match=why):
        splice(content, 0, {"plot": "x"})


def test_a_field_that_has_no_element_is_refused():
    with pytest.raises(NotSpliceable, match="networks"):
        splice(KODI.encode(), 0, {"networks": ["HBO"]})


def test_elements_of_what_stays_are_the_same_bytes():
    """A list of which one changes keeps the others as they were written."""
    cast = [*of(KODI.encode())["cast"], {"name": "Val Kilmer", "role": "Chris", "order": 1, "photo": ""}]
    changed = splice(KODI.encode(), 0, {"cast": cast}).decode()
    [actor] = re.findall("<actor><name>Al Pacino.*?</actor>", KODI)
    assert actor in changed
    assert "<name>Val Kilmer</name>" in changed
