"""What is not well-formed is read as far as it can be; what is, as any parser of XML reads it."""

from xml.etree.ElementTree import Element, fromstring, tostring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metarr.nfo.encoding import text_of
from metarr.nfo.markup import MOST_TAGS, TooManyTags, read

WHOLE = {"title": "Amp", "year": "2001", "plot": "Fine."}


def told(text: str) -> dict[str, str]:
    """The one title of a text, its elements that hold a text, the first of each name."""
    [(element, _)] = read(text).titles
    found: dict[str, str] = {}
    for child in element.iter():
        if child is not element and (child.text or "").strip():
            found.setdefault(child.tag, (child.text or "").strip())
    return found


def whole(**parts: str) -> str:
    inside = {name: f"<{name}>{text}</{name}>" for name, text in WHOLE.items()} | parts
    return f"<movie>{''.join(inside.values())}</movie>"


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        # Characters that should have been escaped
        (whole(title="<title>Tom & Jerry</title>"), {"title": "Tom & Jerry"}),
        (whole(title="<title>Tom &amp; Jerry & Co</title>"), {"title": "Tom & Jerry & Co"}),
        (whole(thumb="<thumb>https://img.example/a?x=1&y=2&copy=3</thumb>"),
         {"thumb": "https://img.example/a?x=1&y=2&copy=3"}),
        (whole(plot="<plot>a < b, 1<2, I <3 NY</plot>"), {"plot": "a < b, 1<2, I <3 NY"}),
        (whole(plot="<plot>a > b ]]> c</plot>"), {"plot": "a > b ]]> c"}),
        (whole(plot="<plot>An <b>old</b> ferry.<br>It sinks.</plot>"), {"plot": "An <b>old ferry.<br>It sinks."}),
        (whole(plot="<plot>Of <Grace></plot>"), {"plot": "Of <Grace>"}),
        # Entities that XML does not know
        (whole(title="<title>Am&eacute;lie&nbsp;&hellip;</title>"), {"title": "Amélie\u00a0…"}),
        (whole(title="<title>A&foo;B &#8211; &#x2013;</title>"), {"title": "A&foo;B – –"}),
        (whole(title="<title>A&#55357;&#56832;B &#xD83D;&#xde00;</title>"), {"title": "A😀B 😀"}),
        (whole(title="<title>R&B; &; &#; &#x;</title>"), {"title": "R&B; &; &#; &#x;"}),
        # Tags
        ("<movie><title>Amp<year>2001</year><plot>Fine.</plot></movie>", {}),
        ("<movie><title>Amp<title><year>2001</year><plot>Fine.</plot></movie>", {}),
        ("<movie><title>Amp</year><year>2001</title></year><plot>Fine.</plot></movie>", {}),
        ("<movie><title>Amp</title></nothing><year>2001</year><plot>Fine.</plot></movie>", {}),
        ("<movie><title>Amp</title><br><year>2001</year><hr><plot>Fine.</plot></movie>", {}),
        ("<movie><title>Amp</title><year>2001</year><plot>Fine.</movie>", {}),
        ("<MOVIE><Title>Amp</TITLE><Year>2001</Year><PLOT>Fine.</PLOT></MOVIE>", {}),
        ("<movie ><title >Amp</title ><year\n>2001</year\n><plot\t>Fine.</plot></movie\n>", {}),
        ("<movie><title/><title>Amp</title><year>2001</year><plot>Fine.</plot></movie>", {}),
        ("<kodi:movie><kodi:title>Amp</kodi:title><x:year>2001</x:year><plot>Fine.</plot></kodi:movie>", {}),
        ("<movie xmlns='urn:x'><title>Amp</title><year>2001</year><plot>Fine.</plot></movie>", {}),
        ("<root><movie><title>Amp</title><year>2001</year><plot>Fine.</plot></movie></root>", {}),
        ("<movie><title>Amp</title><year>2001</year><plot>Fine.</plot>", {}),
        ("<movie><title>Amp</title><year>2001</year><plot>Fine.</plot></mov", {}),
        ("<movie><title>Amp</title><year>2001</year><plot>Fine.</plot><thumb aspe", {}),
        # What is cut off within a text is half of it
        ("<movie><title>Amp</title><year>2001</year><plot>Fine.</plot><tagline>No", {}),
        ("<movie><title>Amp</title><year>2001</year><plot>Fine.</plot><uniqueid type='tmdb'>55", {}),
        # Around it
        ("junk <movie><title>Amp</title><year>2001</year><plot>Fine.</plot></movie> junk", {}),
        ("<?xml version='1.0'?><?xml version='1.0'?>" + whole(), {}),
        ("\n <?xml version='1.0' encoding='nothing'?>\n" + whole(), {}),
        ("<?xml version='1.0'" + whole(), {}),
        ("<!DOCTYPE movie SYSTEM 'file:///etc/hostname'>" + whole(), {}),
        ("<!DOCTYPE movie [<!ENTITY a 'b'> <!ENTITY c '&a;&a;'>]>" + whole(title="<title>A&c;</title>"),
         {"title": "A&c;"}),
        (whole() + "</movie></movie>", {}),
        # Comments and CDATA
        (whole(note="<!-- a -- b -- <title>No</title> -->"), {}),
        (whole(note="<!--"), {}),
        (whole(title="<title>A<!-- b -->mp</title>"), {}),
        (whole(plot="<plot><![CDATA[Fi<ne> & &amp;]]></plot>"), {"plot": "Fi<ne> & &amp;"}),
        (whole(plot="<plot><![CDATA[Fine.</plot>"), {}),
        (whole(plot="<plot><![CDATA[Fine.</plot><outline><![CDATA[Short.]]></outline>"), {"outline": "Short."}),
        # Attributes
        (whole(uniqueid="<uniqueid type=tmdb default=true>550</uniqueid>"), {"uniqueid": "550"}),
        (whole(uniqueid="<uniqueid type='tmdb default=true>550</uniqueid>"), {"uniqueid": "550"}),
        (whole(uniqueid="<uniqueid type='tmdb' type='imdb' a b=>550</uniqueid>"), {"uniqueid": "550"}),
    ],
)  # fmt: skip
def test_what_cannot_be_read_costs_itself(text: str, changed: dict[str, str]) -> None:
    assert told(text) == WHOLE | changed


def test_elements_that_were_not_ended_stay_apart() -> None:
    text = "<movie><actor><name>A<role>X<actor><name>B</name><role>Y</actor><ratings><rating name='a'><value>1<rating"
    [(movie, _)] = read(text + " name='b'><value>2</value></ratings><set><name>S</set><title>T").titles
    assert [each.findtext("name") for each in movie.findall("actor")] == ["A", "B"]
    assert [each.findtext("role") for each in movie.findall("actor")] == ["X", "Y"]
    assert [each.findtext("value") for each in movie.findall("ratings/rating")] == ["1", "2"]
    assert movie.findtext("set/name") == "S"
    assert movie.find("title") is not None


def test_names_and_attributes_are_in_lower_case_without_prefix_or_quotes() -> None:
    [(movie, _)] = read("<movie><x:Thumb Aspect=poster k:Preview='a&amp;b?c=1&d=2'>u</x:Thumb></movie>").titles
    thumb = movie.find("thumb")
    assert thumb is not None
    assert thumb.attrib == {"aspect": "poster", "preview": "a&b?c=1&d=2"}


def test_titles_are_told_with_their_lines_and_what_is_around_them() -> None:
    text = "one\n<episodedetails><title>1</title>\n<season>1</season>\n<episodedetails><title>2</title>"
    document = read(text + "</episodedetails>two\n<nothing>three</nothing>\n<season><title>S</title></season>four")
    assert [(each.tag, line) for each, line in document.titles] == [
        ("episodedetails", 2),
        ("episodedetails", 4),
        ("season", 6),
    ]
    assert document.around.split() == ["one", "two", "three", "four"]


def test_images_of_single_seasons_are_not_the_shows() -> None:
    art = "<art><season num='1'><poster>s</poster></season><poster>p</poster></art>"
    [(show, _)] = read(f"<tvshow>{art}<title>X</title></tvshow>").titles
    assert show.findtext("art/poster") == "p"
    assert show.findtext("art/season/poster") == "s"
    assert show.findtext("title") == "X"


@pytest.mark.slow
def test_a_file_of_endless_elements_is_refused() -> None:
    with pytest.raises(TooManyTags):
        read("<a>" * (MOST_TAGS + 1))


# What is well-formed

LEAVES = st.sampled_from(["title", "plot", "year", "genre", "uniqueid", "thumb", "strange", "studio", "season"])
TEXT = st.text(alphabet="ab &<>\"'é;#1\n", max_size=8)


def leaf(name: str, text: str, attribute: str) -> Element:
    element = Element(name, {"type": attribute} if attribute else {})
    element.text = text
    return element


def parent(name: str, children: list[Element]) -> Element:
    element = Element(name)
    element.extend(children)
    return element


LEAF = st.builds(leaf, LEAVES, TEXT, TEXT)
ACTOR = st.builds(parent, st.just("actor"), st.lists(st.builds(leaf, st.sampled_from(["name", "role"]), TEXT, TEXT)))
RATING = st.builds(
    parent, st.just("rating"), st.lists(st.builds(leaf, st.sampled_from(["value", "votes"]), TEXT, TEXT))
)
RATINGS = st.builds(parent, st.just("ratings"), st.lists(RATING, max_size=3))
ODD = st.sampled_from(["custom", "actor", "set", "ratings", "director", "art", "fileinfo"])
OWN = st.recursive(LEAF, lambda inner: st.builds(parent, ODD, st.lists(inner, max_size=3)), max_leaves=5)
MOVIE = st.builds(parent, st.just("movie"), st.lists(LEAF | ACTOR | RATINGS | OWN, max_size=8))


@given(MOVIE, st.booleans())
def test_what_is_well_formed_is_read_as_any_parser_reads_it(movie: Element, short: bool) -> None:
    text = tostring(movie, encoding="unicode", short_empty_elements=short)
    [(read_one, _)] = read(text).titles
    assert tostring(read_one) == tostring(fromstring(text))


@given(st.text(alphabet="<>/!-[]CDATA&;'\"= abmovietlyr\n", max_size=80))
def test_any_text_gives_a_document(text: str) -> None:
    read(text)
    read(f"<movie><title>{text}</title></movie>")


# Bytes


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<a>Amélie</a>".encode(), "<a>Amélie</a>"),
        ("\ufeff<a>Amélie</a>".encode(), "<a>Amélie</a>"),
        ("<?xml encoding='iso-8859-1'?>Amélie".encode(), "<?xml encoding='iso-8859-1'?>Amélie"),
        ("<?xml encoding='iso-8859-1'?>Amélie".encode("latin-1"), "<?xml encoding='iso-8859-1'?>Amélie"),
        ("<?xml encoding='utf-8'?>Amélie".encode("cp1252"), "<?xml encoding='utf-8'?>Amélie"),
        ("<?xml encoding=windows-1251?>Вий".encode("cp1251"), "<?xml encoding=windows-1251?>Вий"),
        ("<?xml encoding='GBK'?>霸王别姬".encode("gbk"), "<?xml encoding='GBK'?>霸王别姬"),
        ("<a>Amélie</a>".encode("utf-16"), "<a>Amélie</a>"),
        ("<a>Amélie</a>".encode("utf-16-le"), "<a>Amélie</a>"),
        ("<a>Amélie</a>".encode("utf-16-be"), "<a>Amélie</a>"),
        ("<a>Amélie</a>".encode("utf-16")[:-1], "<a>Amélie</a"),
        ("Вий и ещё немного".encode()[:-1], "Вий и ещё немног"),
        ("Amélie – naïve – Zoë — ok".encode() + b"\xe9", "Amélie – naïve – Zoë — ok"),
        (b"a\x00b\x0bc\x1bd\r\ne\rf", "abcd\ne\nf"),
        (b"", ""),
        (b"\x81", ""),
    ],
)
def test_bytes_are_read_in_the_encoding_they_are_in(content: bytes, text: str) -> None:
    assert text_of(content).replace("\x81", "") == text
