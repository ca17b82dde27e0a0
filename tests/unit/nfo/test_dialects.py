"""Files as each tool writes them, hand-written after its way: one of each, read whole."""

from dataclasses import dataclass
from typing import Any

import pytest

from metarr.domain.values import Kind
from metarr.nfo import Title, parse

MOVIE, SERIES, SEASON, EPISODE = Kind.MOVIE, Kind.SERIES, Kind.SEASON, Kind.EPISODE


@dataclass(frozen=True)
class Dialect:
    """A file, and what it tells."""

    content: str
    titles: list[Title]
    name: str = ""
    encoding: str = "utf-8"


def actor(name: str, role: str = "", order: int = 0, photo: str = "") -> dict[str, Any]:
    return {"name": name, "role": role, "order": order, "photo": photo}


def art(name: str) -> list[dict[str, str]]:
    return [{"url": f"https://art.example/{name}.jpg"}]


DIALECTS: dict[str, Dialect] = {}


def _add(writer: str, content: str, *titles: Title, **more: str) -> None:
    assert writer not in DIALECTS
    DIALECTS[writer] = Dialect(content, list(titles), **more)


# Kodi

_add(
    "Kodi 21, movie",
    """<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>
<movie>
    <title>Night Ferry</title>
    <originaltitle>Nattfergen</originaltitle>
    <ratings>
        <rating name="imdb" max="10"><value>7.400000</value><votes>1234</votes></rating>
        <rating name="themoviedb" max="10" default="true"><value>7.100000</value><votes>567</votes></rating>
        <rating name="tomatometerallcritics" max="100"><value>81.000000</value><votes>90</votes></rating>
    </ratings>
    <userrating>9</userrating>
    <top250>0</top250>
    <outline></outline>
    <plot>A ferry &amp; its crew.</plot>
    <tagline>Nobody gets off.</tagline>
    <runtime>118</runtime>
    <thumb spoof="" cache="" aspect="poster" preview="https://art.example/small.jpg">https://art.example/p.jpg</thumb>
    <thumb spoof="" cache="" aspect="clearlogo">https://art.example/l.jpg</thumb>
    <fanart><thumb colors="" preview="https://art.example/fs.jpg">https://art.example/f.jpg</thumb></fanart>
    <mpaa>Rated PG-13</mpaa>
    <playcount>2</playcount>
    <lastplayed>2024-01-02</lastplayed>
    <id>810010</id>
    <uniqueid type="imdb">tt0800030</uniqueid>
    <uniqueid type="tmdb" default="true">810010</uniqueid>
    <genre>Drama</genre>
    <genre>Thriller</genre>
    <country>Norway</country>
    <set><name>Ferries</name><overview>All of them.</overview></set>
    <tag>sea</tag>
    <credits>Wanda Writer</credits>
    <director>Dora Director</director>
    <premiered>2001-05-06</premiered>
    <year>2001</year>
    <studio>Fjord Film</studio>
    <trailer>plugin://plugin.video.youtube/play/?video_id=abcdef12345</trailer>
    <fileinfo><streamdetails><video><codec>h264</codec><durationinseconds>7101</durationinseconds></video>
    <audio><codec>aac</codec><language>nor</language></audio><subtitle><language>eng</language></subtitle>
    </streamdetails></fileinfo>
    <actor><name>Ann One</name><role>Mate</role><order>0</order><thumb>https://art.example/a.jpg</thumb></actor>
    <actor><name>Ben Two</name><role>Cook</role><order>1</order></actor>
    <resume><position>0.000000</position><total>0.000000</total></resume>
    <dateadded>2024-01-01 10:00:00</dateadded>
</movie>
""",
    Title(
        MOVIE,
        "Night Ferry",
        2001,
        {"tmdb": "810010", "imdb": "tt0800030"},
        fields={
            "original_title": "Nattfergen",
            "tagline": "Nobody gets off.",
            "plot": "A ferry & its crew.",
            "release_date": "2001-05-06",
            "runtime_minutes": 118,
            "certification": "Rated PG-13",
            "genres": ["Drama", "Thriller"],
            "studios": ["Fjord Film"],
            "countries": ["Norway"],
            "tags": ["sea"],
            "directors": ["Dora Director"],
            "writers": ["Wanda Writer"],
            "cast": [actor("Ann One", "Mate", 0, "https://art.example/a.jpg"), actor("Ben Two", "Cook", 1)],
            "collection": {"name": "Ferries"},
            "trailer": "https://www.youtube.com/watch?v=abcdef12345",
            "imdb_rating": 7.4,
            "imdb_votes": 1234,
            "tmdb_rating": 7.1,
            "tmdb_votes": 567,
            "rotten_tomatoes_score": 81,
            "poster": art("p"),
            "fanart": art("f"),
            "clearlogo": art("l"),
        },
    ),
)
_add(
    "Kodi 19, show scraped at TMDB",
    """<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>
<tvshow>
    <title>Harbour</title>
    <showtitle>Harbour</showtitle>
    <ratings><rating name="tmdb" max="10" default="true"><value>8.2</value><votes>99</votes></rating></ratings>
    <season>2</season>
    <episode>20</episode>
    <displayseason>-1</displayseason>
    <displayepisode>-1</displayepisode>
    <plot>The harbour.</plot>
    <runtime>47</runtime>
    <thumb aspect="poster" type="season" season="1">https://art.example/s1.jpg</thumb>
    <thumb aspect="poster">https://art.example/p.jpg</thumb>
    <namedseason number="1">Book One</namedseason>
    <mpaa>TV-14</mpaa>
    <episodeguide>{"tmdb": "71399", "imdb": "tt0944947", "tvdb": "121361"}</episodeguide>
    <id>71399</id>
    <uniqueid type="tmdb" default="true">71399</uniqueid>
    <genre>Sci-Fi &amp; Fantasy</genre>
    <premiered>2011-04-17</premiered>
    <year>2011</year>
    <status>Ended</status>
    <studio>NRK</studio>
    <art><poster>https://art.example/p2.jpg</poster><season num="1"><poster>https://art.example/s.jpg</poster></season></art>
</tvshow>
""",
    Title(
        SERIES,
        "Harbour",
        2011,
        {"tmdb": "71399", "imdb": "tt0944947", "tvdb": "121361"},
        fields={
            "plot": "The harbour.",
            "release_date": "2011-04-17",
            "runtime_minutes": 47,
            "status": "Ended",
            "certification": "TV-14",
            "genres": ["Sci-Fi & Fantasy"],
            "studios": ["NRK"],
            "tmdb_rating": 8.2,
            "tmdb_votes": 99,
            "poster": art("p"),
        },
        season=2,
        episode=20,
        show="Harbour",
    ),
)
_add(
    "Kodi 17, show scraped at TheTVDB",
    """<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>
<tvshow>
    <title>Harbour</title>
    <rating>8.200000</rating>
    <votes>99</votes>
    <plot>The harbour.</plot>
    <episodeguide>
        <url cache="121361-en.xml">http://thetvdb.com/api/1D62F2F90030C444/series/121361/all/en.zip</url>
    </episodeguide>
    <id>121361</id>
    <premiered>2011-04-17</premiered>
</tvshow>
""",
    Title(SERIES, "Harbour", 2011, {"tvdb": "121361"}, fields={"plot": "The harbour.", "release_date": "2011-04-17"}),
)
_add(
    "Kodi 18, show scraped at TheTVDB by its second API",
    """<tvshow><title>Harbour</title><episodeguide><url post="yes" cache="auth.json">https://api.thetvdb.com/login?{&quot;apikey&quot;:&quot;439DFEBA9D3059C6&quot;,&quot;id&quot;:121361}|Content-Type=application/json</url></episodeguide></tvshow>""",
    Title(SERIES, "Harbour", ids={"tvdb": "121361"}),
)
_add(
    "Kodi 20, episode",
    """<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>
<episodedetails>
    <title>Low Tide</title>
    <showtitle>Harbour</showtitle>
    <ratings><rating name="imdb" max="10" default="true"><value>8.9</value><votes>2,345</votes></rating></ratings>
    <season>1</season>
    <episode>2</episode>
    <displayseason>1</displayseason>
    <displayepisode>3</displayepisode>
    <plot>It ebbs.</plot>
    <runtime>47</runtime>
    <thumb>https://art.example/still.jpg</thumb>
    <mpaa>TV-14</mpaa>
    <uniqueid type="tvdb" default="true">3254641</uniqueid>
    <uniqueid type="imdb">tt1480055</uniqueid>
    <credits>Wanda Writer</credits>
    <director>Dora Director</director>
    <aired>2011-04-24</aired>
    <studio>NRK</studio>
</episodedetails>
""",
    Title(
        EPISODE,
        "Low Tide",
        2011,
        {"tvdb": "3254641", "imdb": "tt1480055"},
        fields={
            "plot": "It ebbs.",
            "release_date": "2011-04-24",
            "runtime_minutes": 47,
            "certification": "TV-14",
            "directors": ["Dora Director"],
            "writers": ["Wanda Writer"],
            "imdb_rating": 8.9,
            "imdb_votes": 2345,
            "season_number": 1,
            "episode_number": 2,
            "still": art("still"),
        },
        season=1,
        episode=2,
        show="Harbour",
    ),
)
_add(
    "Kodi, two episodes of one video",
    """<episodedetails><title>One</title><season>1</season><episode>1</episode></episodedetails>
<episodedetails><title>Two</title><season>1</season><episode>2</episode></episodedetails>
""",
    Title(EPISODE, "One", fields={"season_number": 1, "episode_number": 1}, season=1, episode=1),
    Title(EPISODE, "Two", fields={"season_number": 1, "episode_number": 2}, season=1, episode=2),
)
_add(
    "Kodi, an address after the element",
    "<movie><title>Night Ferry</title></movie>\nhttps://www.themoviedb.org/movie/810010-nattfergen?language=en-US\n",
    Title(MOVIE, "Night Ferry", ids={"tmdb": "810010"}),
)
_add(
    "Kodi, an address of the show after an episode",
    "<episodedetails><season>1</season><episode>1</episode></episodedetails>https://thetvdb.com/?tab=series&id=121361",
    Title(
        EPISODE,
        fields={"season_number": 1, "episode_number": 1},
        season=1,
        episode=1,
        show_ids={"tvdb": "121361"},
    ),
)
_add(
    "Kodi, scanned without a scraper",
    "<movie><title>Holiday</title><uniqueid type='home' default='true'>f00</uniqueid>"
    "<uniqueid type='unknown'>5</uniqueid>"
    "<premiered>1601-01-01</premiered><year>0</year><runtime>0</runtime></movie>",
    Title(MOVIE, "Holiday", ids={"home": "f00", "unknown": "5"}, weak=frozenset({"unknown"})),
)
_add(
    "XBMC of old, scraped at IMDb",
    """<movie>
  <title>Night Ferry</title>
  <rating>7.4</rating>
  <year>2001</year>
  <votes>1,234</votes>
  <plot>A ferry.</plot>
  <runtime>118 min</runtime>
  <thumb>http://art.example/p.jpg</thumb>
  <mpaa>Rated R for language, and fog</mpaa>
  <playcount>0</playcount>
  <watched>false</watched>
  <id>tt0800030</id>
  <filenameandpath>smb://nas/movies/ferry.avi</filenameandpath>
  <genre>Drama / Thriller</genre>
  <credits>Wanda Writer / Will Writer</credits>
  <director>Dora Director</director>
  <studio>Fjord Film / Strand</studio>
  <actor><name>Ann One</name><role>Mate</role></actor>
</movie>
""",
    Title(
        MOVIE,
        "Night Ferry",
        2001,
        {"imdb": "tt0800030"},
        weak=frozenset({"imdb"}),
        fields={
            "plot": "A ferry.",
            "runtime_minutes": 118,
            "certification": "Rated R for language, and fog",
            "genres": ["Drama", "Thriller"],
            "studios": ["Fjord Film", "Strand"],
            "directors": ["Dora Director"],
            "writers": ["Wanda Writer", "Will Writer"],
            "cast": [actor("Ann One", "Mate")],
            "poster": art("p"),
        },
    ),
)

# tinyMediaManager

_add(
    "tinyMediaManager 4, movie",
    """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<!--created on 2023-01-02 03:04:05 - tinyMediaManager 4.3.4-->
<movie>
  <title>Night Ferry</title>
  <originaltitle>Nattfergen</originaltitle>
  <sorttitle/>
  <year>2001</year>
  <ratings>
    <rating default="false" max="10" name="imdb"><value>7.4</value><votes>1234</votes></rating>
    <rating default="false" max="100" name="metacritic"><value>66</value><votes>10</votes></rating>
  </ratings>
  <userrating>0.0</userrating>
  <set><name>Ferries</name><overview/></set>
  <plot>A ferry.</plot>
  <runtime>118</runtime>
  <certification>US:PG-13 / US:Rated PG-13</certification>
  <mpaa>US:PG-13 / US:Rated PG-13</mpaa>
  <id>tt0800030</id>
  <tmdbid>810010</tmdbid>
  <uniqueid default="false" type="tmdbSet">8864</uniqueid>
  <uniqueid default="false" type="tmdb">810010</uniqueid>
  <uniqueid default="true" type="imdb">tt0800030</uniqueid>
  <uniqueid default="false" type="trakt">4321</uniqueid>
  <uniqueid default="false" type="eidr">10.5240/7B2F-ED69-63AB-2A06-2FBB-B</uniqueid>
  <country>Norway</country>
  <status/>
  <premiered>2001-05-06</premiered>
  <watched>true</watched>
  <genre>Drama</genre>
  <studio>Fjord Film</studio>
  <credits tmdbid="12">Wanda Writer</credits>
  <director tmdbid="13">Dora Director</director>
  <tag>sea</tag>
  <actor><name>Ann One</name><role>Mate</role><thumb>https://art.example/a.jpg</thumb><tmdbid>14</tmdbid></actor>
  <producer tmdbid="15"><name>Paul Producer</name><role>Producer</role></producer>
  <languages>Norwegian, English</languages>
  <source>UHD_BLURAY</source>
  <edition>DIRECTORS_CUT</edition>
  <original_filename>ferry.mkv</original_filename>
  <user_note/>
</movie>
""",
    Title(
        MOVIE,
        "Night Ferry",
        2001,
        {
            "imdb": "tt0800030",
            "tmdb": "810010",
            "trakt": "4321",
            "eidr": "10.5240/7B2F-ED69-63AB-2A06-2FBB-B",
        },
        fields={
            "original_title": "Nattfergen",
            "plot": "A ferry.",
            "release_date": "2001-05-06",
            "runtime_minutes": 118,
            "certification": "US:PG-13 / US:Rated PG-13",
            "genres": ["Drama"],
            "studios": ["Fjord Film"],
            "countries": ["Norway"],
            "languages": ["Norwegian", "English"],
            "tags": ["sea"],
            "directors": ["Dora Director"],
            "writers": ["Wanda Writer"],
            "cast": [actor("Ann One", "Mate", 0, "https://art.example/a.jpg")],
            "collection": {"name": "Ferries", "ids": {"tmdb": "8864"}},
            "imdb_rating": 7.4,
            "imdb_votes": 1234,
            "metacritic_score": 66,
        },
    ),
)
_add(
    "tinyMediaManager 2, movie",
    """<movie><title>Night Ferry</title><set>Ferries</set><rating>7.4</rating><votes>1234</votes><mpaa>Germany:12</mpaa>
<certifications>Germany:12</certifications><id>tt0800030</id><ids>
<entry><key>imdb</key><value xsi:type="xs:string" xmlns:xs="x" xmlns:xsi="y">tt0800030</value></entry>
<entry><key>tmdb</key><value xsi:type="xs:int" xmlns:xs="x" xmlns:xsi="y">810010</value></entry>
<entry><key>tmdbSet</key><value xsi:type="xs:int" xmlns:xs="x" xmlns:xsi="y">8864</value></entry></ids>
<languages>de, en</languages></movie>""",
    Title(
        MOVIE,
        "Night Ferry",
        ids={"imdb": "tt0800030", "tmdb": "810010"},
        fields={"certification": "Germany:12", "collection": {"name": "Ferries", "ids": {"tmdb": "8864"}}},
    ),
)
_add(
    "tinyMediaManager 4, episode",
    """<episodedetails><title>Low Tide</title><originaltitle/><showtitle>Harbour</showtitle><season>1</season>
<episode>2</episode><displayseason>-1</displayseason><displayepisode>-1</displayepisode><id>3254641</id>
<uniqueid default="true" type="tvdb">3254641</uniqueid><uniqueid default="false" type="tmdb">63057</uniqueid>
<ratings/><userrating>0.0</userrating><plot/><thumb/><mpaa/><premiered>2011-04-24</premiered><aired>2011-04-24</aired>
<watched>false</watched><playcount>0</playcount><trailer/></episodedetails>""",
    Title(
        EPISODE,
        "Low Tide",
        2011,
        {"tvdb": "3254641", "tmdb": "63057"},
        fields={"release_date": "2011-04-24", "season_number": 1, "episode_number": 2},
        season=1,
        episode=2,
        show="Harbour",
    ),
)

# Jellyfin and Emby

_add(
    "Jellyfin, movie",
    """<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<movie>
  <plot><![CDATA[A ferry & its crew.]]></plot>
  <outline />
  <customrating />
  <lockdata>true</lockdata>
  <lockedfields>Name|Overview</lockedfields>
  <dateadded>2024-01-01 10:00:00</dateadded>
  <title>Night Ferry</title>
  <originaltitle>Nattfergen</originaltitle>
  <actor><name>Ann One</name><role>Mate</role><type>Actor</type><sortorder>0</sortorder></actor>
  <actor><name>Dora Director</name><type>Director</type></actor>
  <director>Dora Director</director>
  <writer>Wanda Writer</writer>
  <credits>Wanda Writer</credits>
  <trailer>plugin://plugin.video.youtube/?action=play_video&amp;videoid=abcdef12345</trailer>
  <rating>7.4</rating>
  <year>2001</year>
  <mpaa>DE-12</mpaa>
  <imdbid>tt0800030</imdbid>
  <tmdbid>810010</tmdbid>
  <tvdbid>44</tvdbid>
  <collectionnumber>8864</collectionnumber>
  <premiered>2001-05-06</premiered>
  <releasedate>2001-05-06</releasedate>
  <criticrating>81</criticrating>
  <runtime>118</runtime>
  <country>Norway</country>
  <genre>Drama</genre>
  <studio>Fjord Film</studio>
  <tag>sea</tag>
  <language>en</language>
  <countrycode>US</countrycode>
  <set><name>Ferries</name></set>
  <art><poster>/config/data/p.jpg</poster><fanart>/media/f.jpg</fanart></art>
</movie>
""",
    Title(
        MOVIE,
        "Night Ferry",
        2001,
        {"imdb": "tt0800030", "tmdb": "810010", "tvdb": "44"},
        weak=frozenset({"tvdb"}),
        fields={
            "original_title": "Nattfergen",
            "plot": "A ferry & its crew.",
            "release_date": "2001-05-06",
            "runtime_minutes": 118,
            "certification": "DE-12",
            "genres": ["Drama"],
            "studios": ["Fjord Film"],
            "countries": ["Norway"],
            "tags": ["sea"],
            "directors": ["Dora Director"],
            "writers": ["Wanda Writer"],
            "cast": [actor("Ann One", "Mate")],
            "collection": {"name": "Ferries", "ids": {"tmdb": "8864"}},
            "trailer": "https://www.youtube.com/watch?v=abcdef12345",
            "rotten_tomatoes_score": 81,
        },
        lock_all=True,
    ),
)
_add(
    "Jellyfin, show",
    """<tvshow><plot>P</plot><lockdata>false</lockdata><title>Harbour</title><year>2011</year><imdb_id>tt0944947</imdb_id>
<tmdbid>1399</tmdbid><tvdbid>121361</tvdbid><tvrageid>24493</tvrageid><zap2itid>EP01</zap2itid><anidbid>23</anidbid>
<premiered>2011-04-17</premiered><enddate>2019-05-19</enddate><id>121361</id>
<episodeguide><url cache="121361.xml">http://www.thetvdb.com/api/1D62F2F90030C444/series/121361/all/en.zip</url></episodeguide>
<season>-1</season><episode>-1</episode><displayorder>aired</displayorder><status>Ended</status></tvshow>""",
    Title(
        SERIES,
        "Harbour",
        2011,
        {
            "imdb": "tt0944947",
            "tmdb": "1399",
            "tvdb": "121361",
            "tvrage": "24493",
            "zap2it": "EP01",
            "anidb": "23",
        },
        fields={"plot": "P", "release_date": "2011-04-17", "end_date": "2019-05-19", "status": "Ended"},
    ),
)
_add(
    "Jellyfin, season",
    """<season><plot /><lockdata>false</lockdata><dateadded>2024-01-01 10:00:00</dateadded><title>Season 1</title>
<year>2011</year><premiered>2011-04-17</premiered><tvdbid>364731</tvdbid><tmdbid>3624</tmdbid>
<art><poster>/media/season01-poster.jpg</poster></art><seasonnumber>1</seasonnumber></season>""",
    Title(
        SEASON,
        "Season 1",
        2011,
        {"tvdb": "364731", "tmdb": "3624"},
        fields={"release_date": "2011-04-17", "season_number": 1},
        season=1,
    ),
)
_add(
    "Jellyfin, two episodes of one video, untranslated",
    """<episodedetails><plot> / </plot><title> / </title><season>1</season><episode>1</episode>
<episodenumberend>2</episodenumberend><aired>2011-04-17</aired><tvdbid>3254641</tvdbid></episodedetails>""",
    Title(
        EPISODE,
        "",
        2011,
        {"tvdb": "3254641"},
        fields={"release_date": "2011-04-17", "season_number": 1, "episode_number": 1},
        season=1,
        episode=1,
    ),
    Title(
        EPISODE,
        "",
        2011,
        fields={"release_date": "2011-04-17", "season_number": 1, "episode_number": 2},
        season=1,
        episode=2,
    ),
)
_add(
    "Emby, movie",
    """<?xml version="1.0" encoding="utf-8" standalone="yes"?><movie><plot>A ferry.</plot><title>Night Ferry</title>
<year>2001</year><mpaa>DE-FSK-12</mpaa><imdbid>tt0800030</imdbid><tmdbid>810010</tmdbid><genre>Drama</genre>
<uniqueid type="imdb">tt0800030</uniqueid><uniqueid type="tmdb">810010</uniqueid>
<uniqueid type="TmdbCollection">8864</uniqueid>
<lockdata>false</lockdata></movie>""",
    Title(
        MOVIE,
        "Night Ferry",
        2001,
        {"imdb": "tt0800030", "tmdb": "810010"},
        fields={"plot": "A ferry.", "certification": "DE-FSK-12", "genres": ["Drama"]},
    ),
)
_add(
    "Emby, ids in attributes",
    """<movie><title>Night Ferry</title><id IMDB="tt0800030" TMDB="810010" TVDB="">tt0800030</id></movie>""",
    Title(MOVIE, "Night Ferry", ids={"imdb": "tt0800030", "tmdb": "810010"}),
)

# Download managers

_add(
    "Radarr, its address alone",
    "https://www.themoviedb.org/movie/810010\nhttps://www.imdb.com/title/tt0800030",
    Title(MOVIE, ids={"tmdb": "810010", "imdb": "tt0800030"}),
    name="movie.nfo",
)
_add(
    "Radarr, movie",
    """<movie><title>Night Ferry</title><ratings><rating name="imdb" max="10" default="True"><value>7.4</value>
<votes>1234</votes></rating></ratings><plot>A ferry.</plot><id>810010</id><tmdbid>810010</tmdbid>
<uniqueid type="tmdb" default="true">810010</uniqueid><uniqueid type="imdb">tt0800030</uniqueid>
<uniqueid type="radarr">77</uniqueid><genre>Drama</genre><premiered>2001-05-06</premiered><year>2001</year>
<thumb aspect="poster" preview="https://art.example/p.jpg?x=1&y=2">https://art.example/p.jpg</thumb></movie>""",
    Title(
        MOVIE,
        "Night Ferry",
        2001,
        {"tmdb": "810010", "imdb": "tt0800030", "radarr": "77"},
        fields={
            "plot": "A ferry.",
            "release_date": "2001-05-06",
            "genres": ["Drama"],
            "imdb_rating": 7.4,
            "imdb_votes": 1234,
            "poster": art("p"),
        },
    ),
)
_add(
    "Sonarr, show",
    """<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<tvshow>
  <title>Harbour</title>
  <rating>8.2</rating>
  <plot>The harbour.</plot>
  <uniqueid type="tvdb" default="true">121361</uniqueid>
  <uniqueid type="imdb">tt0944947</uniqueid>
  <uniqueid type="tvmaze">82</uniqueid>
  <uniqueid type="tmdb">1399</uniqueid>
  <genre>Drama</genre>
  <mpaa>TV-14</mpaa>
  <premiered>2011-04-17</premiered>
  <studio>NRK</studio>
  <actor><name>Ann One</name><role>Mate</role><thumb>https://img.example/a?x=1&y=2</thumb></actor>
</tvshow>
https://www.thetvdb.com/?tab=series&id=121361
""",
    Title(
        SERIES,
        "Harbour",
        2011,
        {"tvdb": "121361", "imdb": "tt0944947", "tvmaze": "82", "tmdb": "1399"},
        fields={
            "plot": "The harbour.",
            "release_date": "2011-04-17",
            "certification": "TV-14",
            "genres": ["Drama"],
            "studios": ["NRK"],
            "cast": [actor("Ann One", "Mate", 0, "https://img.example/a?x=1&y=2")],
        },
    ),
)
_add(
    "Sonarr, the show's address alone",
    "https://www.thetvdb.com/?tab=series&id=121361",
    Title(SERIES, ids={"tvdb": "121361"}),
    name="tvshow.nfo",
)
_add(
    "Sonarr, episode",
    """<episodedetails><title>Low Tide</title><season>1</season><episode>2</episode><aired>2011-04-24</aired>
<plot>It ebbs.</plot><id>77</id><uniqueid type="sonarr" default="true">77</uniqueid>
<uniqueid type="tvdb">3254641</uniqueid><thumb>https://artworks.thetvdb.com/banners/e.jpg</thumb><watched>false</watched><rating>8.9</rating>
<displayseason>1</displayseason></episodedetails>""",
    Title(
        EPISODE,
        "Low Tide",
        2011,
        {"sonarr": "77", "tvdb": "3254641"},
        fields={
            "plot": "It ebbs.",
            "release_date": "2011-04-24",
            "season_number": 1,
            "episode_number": 2,
            "still": [{"url": "https://artworks.thetvdb.com/banners/e.jpg"}],
        },
        season=1,
        episode=2,
    ),
)
_add(
    "Medusa, show",
    """<?xml version="1.0" encoding="UTF-8"?>
<tvshow><title>Harbour</title><rating>8.2</rating><mpaa>TV-14</mpaa><id>121361</id>
<uniqueid default="true" type="tvdb">121361</uniqueid><uniqueid default="false" type="trakt">harbour</uniqueid>
<genre>Drama | Thriller</genre><premiered>2011-04-17</premiered><year>2011</year><studio>NRK</studio>
<plot>The harbour.</plot><episodeguide><url>http://thetvdb.com/api/1D62F2F90030C444/series/121361/all/en.zip</url></episodeguide>
<actor><name>Ann One</name><role>Mate / Captain</role></actor></tvshow>""",
    Title(
        SERIES,
        "Harbour",
        2011,
        {"tvdb": "121361", "traktslug": "harbour"},
        fields={
            "plot": "The harbour.",
            "release_date": "2011-04-17",
            "certification": "TV-14",
            "genres": ["Drama", "Thriller"],
            "studios": ["NRK"],
            "cast": [actor("Ann One", "Mate / Captain")],
        },
    ),
)
_add(
    "SickRage, show",
    """<tvshow><title>Harbour</title><id>121361</id><indexer>1</indexer><genre>|Drama|Thriller|</genre>
<premiered>2011-04-17</premiered><episodeguideurl>http://thetvdb.com/api/X/series/121361/all/en.zip</episodeguideurl>
</tvshow>""",
    Title(
        SERIES,
        "Harbour",
        2011,
        {"tvdb": "121361"},
        fields={"release_date": "2011-04-17", "genres": ["Drama", "Thriller"]},
    ),
)
_add(
    "CouchPotato, movie",
    """<movie><title>Night Ferry</title><id>tt0800030</id><rating>7.4</rating><votes>1234</votes><genre>Drama</genre>
<director>Dora Director</director><runtime>118</runtime><year>2001</year><mpaa>R</mpaa>
<thumb aspect="poster">http://art.example/p.jpg</thumb><fanart><thumb>http://art.example/f.jpg</thumb></fanart></movie>""",
    Title(
        MOVIE,
        "Night Ferry",
        2001,
        {"imdb": "tt0800030"},
        weak=frozenset({"imdb"}),
        fields={
            "runtime_minutes": 118,
            "certification": "R",
            "genres": ["Drama"],
            "directors": ["Dora Director"],
            "poster": art("p"),
            "fanart": art("f"),
        },
    ),
)

# Managers of collections

_add(
    "Ember Media Manager, movie",
    """<?xml version="1.0" encoding="utf-8"?>
<movie xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <title>Night Ferry</title>
  <id TMDB="810010">tt0800030</id>
  <tmdb>810010</tmdb>
  <tmdbcolid>8864</tmdbcolid>
  <releasedate>2001-05-06</releasedate>
  <rating>7,4</rating>
  <votes>1.234</votes>
  <mpaa>USA:PG-13 / Germany:12 / UK:15 (video rating)</mpaa>
  <certification>USA:PG-13</certification>
  <sets><set tmdbcolid="8864" order="1">Ferries</set></sets>
  <ratings><rating name="imdb" max="10"><value>7,4</value><votes>1.234</votes></rating></ratings>
  <genre>Drama / Thriller</genre>
  <runtime>1h 58min</runtime>
  <director>Dora Director / Dan Director</director>
</movie>
""",
    Title(
        MOVIE,
        "Night Ferry",
        2001,
        {"tmdb": "810010", "imdb": "tt0800030"},
        weak=frozenset({"imdb"}),
        fields={
            "release_date": "2001-05-06",
            "runtime_minutes": 118,
            "certification": "USA:PG-13 / Germany:12 / UK:15 (video rating) / USA:PG-13",
            "genres": ["Drama", "Thriller"],
            "directors": ["Dora Director", "Dan Director"],
            "collection": {"name": "Ferries", "ids": {"tmdb": "8864"}},
            "imdb_rating": 7.4,
            "imdb_votes": 1234,
        },
    ),
)
_add(
    "MediaElch, movie",
    """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<movie><id>tt0800030</id><tmdbid>810010</tmdbid><uniqueid default="true" type="imdb">tt0800030</uniqueid>
<uniqueid type="tmdb">810010</uniqueid><title>Night Ferry</title>
<ratings><rating default="true" max="10" name="themoviedb">
<value>7.1</value><votes>567</votes></rating></ratings><set><name/><overview/></set><premiered>2001-05-06</premiered>
<runtime>118</runtime><certification>FSK 12</certification><writer>Wanda Writer, Will Writer</writer>
<credits>Wanda Writer, Will Writer</credits><genre>Drama</genre><tag>sea</tag><tag>shore</tag></movie>""",
    Title(
        MOVIE,
        "Night Ferry",
        2001,
        {"imdb": "tt0800030", "tmdb": "810010"},
        fields={
            "release_date": "2001-05-06",
            "runtime_minutes": 118,
            "certification": "FSK 12",
            "genres": ["Drama"],
            "tags": ["sea", "shore"],
            "writers": ["Wanda Writer", "Will Writer"],
            "tmdb_rating": 7.1,
            "tmdb_votes": 567,
        },
    ),
)
_add(
    "YAMJ, movie",
    """<?xml version="1.0" encoding="UTF-8"?>
<movie><title>Night Ferry</title><year>2001</year><premiered>2001-05-06</premiered><plot>A ferry.</plot>
<runtime>1h58</runtime><mpaa>Rated PG-13</mpaa><id moviedb="imdb">tt0800030</id><id moviedb="allocine">56789</id>
<id moviedb="themoviedb">810010</id><sets><set order="1">Ferries</set></sets>
<company>Fjord Film</company><genre>Drama</genre><VideoSource>BluRay</VideoSource>
</movie>""",
    Title(
        MOVIE,
        "Night Ferry",
        2001,
        {"imdb": "tt0800030", "tmdb": "810010", "allocine": "56789"},
        fields={
            "plot": "A ferry.",
            "release_date": "2001-05-06",
            "runtime_minutes": 118,
            "certification": "Rated PG-13",
            "genres": ["Drama"],
            "studios": ["Fjord Film"],
            "collection": {"name": "Ferries"},
        },
    ),
)
_add(
    "FileBot, movie",
    """<movie>
  <title>Night Ferry</title>
  <year>2001</year>
  <set></set>
  <rating>7.1</rating>
  <genre>Drama</genre>
  <imdb id="tt0800030">http://www.imdb.com/title/tt0800030</imdb>
  <tmdb id="810010">http://www.themoviedb.org/movie/810010</tmdb>
</movie>
""",
    Title(MOVIE, "Night Ferry", 2001, {"imdb": "tt0800030", "tmdb": "810010"}, fields={"genres": ["Drama"]}),
)
_add(
    "FileBot, show",
    """<tvshow><title>Harbour</title><id>121361</id><episodeguide><url>http://www.thetvdb.com/api/X/series/121361/all/en.zip</url>
</episodeguide><tvdb id="121361">http://www.thetvdb.com/?tab=series&id=121361</tvdb></tvshow>""",
    Title(SERIES, "Harbour", ids={"tvdb": "121361"}),
)
_add(
    "Plex's importer of XBMC files",
    """<movie><title>Night Ferry</title><originaltitle>Nattfergen</originaltitle><contentrating>de/12</contentrating>
<id>tt0800030</id><guid>plex://movie/5d776825</guid><studio>Fjord Film</studio>
<collection>Ferries</collection></movie>""",
    Title(
        MOVIE,
        "Night Ferry",
        ids={"imdb": "tt0800030"},
        weak=frozenset({"imdb"}),
        fields={"original_title": "Nattfergen", "certification": "de/12", "studios": ["Fjord Film"]},
    ),
)
_add(
    "A uniqueid for Plex's agents",
    """<movie><title>Night Ferry</title><uniqueid type="plex">com.plexapp.agents.themoviedb://810010?lang=en</uniqueid>
<uniqueid type="imdb">https://www.imdb.com/title/tt0800030/</uniqueid></movie>""",
    Title(MOVIE, "Night Ferry", ids={"tmdb": "810010", "imdb": "tt0800030"}),
)
_add(
    "An anime manager",
    """<tvshow><title>Harbour</title><uniqueid type="AniDB">23</uniqueid><uniqueid type="MyAnimeList">1</uniqueid>
<uniqueid type="tvdb">76885</uniqueid></tvshow>""",
    Title(SERIES, "Harbour", ids={"anidb": "23", "mal": "1", "tvdb": "76885"}),
)

# By hand, by old tools, by accident

_add(
    "Release notes",
    "  ▄▄ PRESENTS\n  Night.Ferry.2001.1080p.BluRay-GRP\n  IMDB.......: https://www.imdb.com/title/tt0800030/ (7.4)\n",
    Title(MOVIE, ids={"imdb": "tt0800030"}),
    name="night.ferry.2001.nfo",
    encoding="cp437",
)
_add(
    "A western encoding that says it is UTF-8",
    "<?xml version='1.0' encoding='UTF-8'?><movie><title>Amélie – déjà vu</title></movie>",
    Title(MOVIE, "Amélie – déjà vu"),
    encoding="cp1252",
)
_add(
    "UTF-16, as Windows' editor saves it",
    "<?xml version='1.0' encoding='utf-16'?><movie><title>Amélie</title></movie>",
    Title(MOVIE, "Amélie"),
    encoding="utf-16",
)
_add(
    "HTML in the plot, everything escaped twice",
    "<movie><title>Tom &amp;amp; Jerry</title>"
    "<plot>&lt;p&gt;One &amp;lt;3.&lt;/p&gt;&lt;p&gt;Two&amp;nbsp;!&lt;/p&gt;</plot>"
    "<director>Vincent D&amp;apos;Onofrio</director></movie>",
    Title(MOVIE, "Tom & Jerry", fields={"plot": "One <3.\n\nTwo !", "directors": ["Vincent D'Onofrio"]}),
)
_add(
    "Typed by hand",
    "<Movie>\n<Title>Tom & Jerry\n<Year>2001\n<Genre>Drama, Crime\n<Plot>I <3 it.</Plot>\n<Runtime>1:58\n"
    "<Rating>7,4</Rating>\nimdb.com/title/tt0800030\n</Movie>",
    Title(
        MOVIE,
        "Tom & Jerry",
        2001,
        {"imdb": "tt0800030"},
        fields={"plot": "I <3 it.", "genres": ["Drama", "Crime"], "runtime_minutes": 118},
    ),
)
_add(
    "Cut off in the middle of an id",
    "<movie><title>Night Ferry</title><year>2001</year><uniqueid type='imdb'>tt0800030</uniqueid>"
    "<uniqueid type='tmdb'>81",
    Title(MOVIE, "Night Ferry", 2001, {"imdb": "tt0800030"}),
)
_add(
    "Written twice into one file",
    "<movie><title>Night Ferry</title></movie><?xml version='1.0'?><movie><title>Night Ferry</title></movie>",
    Title(MOVIE, "Night Ferry"),
)
_add(
    "Placeholders wherever something should be",
    "<movie><title>None</title><originaltitle>Unknown</originaltitle><plot>N/A</plot><tagline>-</tagline><genre>N/A</genre>"
    "<director>Unknown</director><mpaa>None</mpaa><runtime>N/A</runtime><studio>null</studio><set>None</set>"
    "<uniqueid type='imdb'>tt0000000</uniqueid><uniqueid type='tmdb'>0</uniqueid><uniqueid type='trakt'>None</uniqueid>"
    "<uniqueid type='tvdb'>-1</uniqueid><id>unknown</id><actor><name>N/A</name></actor></movie>",
    Title(MOVIE, "None", fields={"original_title": "Unknown"}),
)


@pytest.mark.parametrize("writer", DIALECTS)
def test_a_file_is_read_whole(writer: str) -> None:
    dialect = DIALECTS[writer]
    assert parse(dialect.content.encode(dialect.encoding), dialect.name) == dialect.titles


def test_there_are_files_of_forty_dialects() -> None:
    assert len(DIALECTS) >= 40
