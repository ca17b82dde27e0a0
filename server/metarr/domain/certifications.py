"""Certifications as files and players write them: often for several countries at once, each tool in its own way."""

import re
from collections.abc import Iterator, Mapping

from metarr.domain.texts import says_nothing

_NAMES: Mapping[str, str] = {
    "AR": "arg, argentina",
    "AT": "aut, austria, österreich",
    "AU": "aus, australia",
    "BE": "bel, belgium, belgië, belgique, belgien",
    "BG": "bgr, bulgaria",
    "BR": "bra, brazil, brasil",
    "CA": "can, canada, canada (quebec)",
    "CH": "che, switzerland, schweiz, suisse, svizzera",
    "CL": "chl, chile",
    "CN": "chn, china",
    "CO": "col, colombia",
    "CZ": "cze, czech republic, czechia, česko, česká republika",
    "DE": "deu, ger, germany, deutschland, allemagne, alemania, west germany, fsk",
    "DK": "dnk, denmark, danmark",
    "EE": "est, estonia, eesti",
    "ES": "esp, spain, españa, espagne, spanien",
    "FI": "fin, finland, suomi",
    "FR": "fra, france, frankreich, francia",
    "GB": "uk, gbr, united kingdom, great britain, britain, england, bbfc",
    "GR": "grc, greece",
    "HK": "hkg, hong kong",
    "HR": "hrv, croatia, hrvatska",
    "HU": "hun, hungary, magyarország",
    "ID": "idn, indonesia",
    "IE": "irl, ireland",
    "IL": "isr, israel",
    "IN": "ind, india",
    "IS": "isl, iceland, ísland",
    "IT": "ita, italy, italia, italien",
    "JP": "jpn, japan, eirin",
    "KR": "kor, south korea, korea, republic of korea",
    "LT": "ltu, lithuania",
    "LV": "lva, latvia",
    "MX": "mex, mexico, méxico",
    "MY": "mys, malaysia",
    "NL": "nld, netherlands, the netherlands, nederland, holland, kijkwijzer",
    "NO": "nor, norway, norge",
    "NZ": "nzl, new zealand",
    "PE": "per, peru, perú",
    "PH": "phl, philippines",
    "PL": "pol, poland, polska",
    "PT": "prt, portugal",
    "RO": "rou, romania, românia",
    "RS": "srb, serbia",
    "RU": "rus, russia, россия",
    "SE": "swe, sweden, sverige, schweden",
    "SG": "sgp, singapore",
    "SI": "svn, slovenia",
    "SK": "svk, slovakia, slovensko",
    "TH": "tha, thailand",
    "TR": "tur, turkey, türkiye",
    "TW": "twn, taiwan",
    "UA": "ukr, ukraine, україна",
    "US": "usa, united states, united states of america, mpaa",
    "ZA": "zaf, south africa",
}
"""By country, what else it is called, with the bodies that rate there. No code is a rating as well, as PG, NC and TV
are."""
_CODES = {name: code for code, names in _NAMES.items() for name in (code.lower(), *names.split(", "))}

_OF_A_COUNTRY: Mapping[str, re.Pattern[str]] = {
    "US": re.compile(r"rated\b.*|mpaa\b.*|tv-?(y|y7|y7-fv|g|pg|14|ma)|pg-?13|nc-?17|approved|passed", re.IGNORECASE),
    "DE": re.compile(r"fsk\b.*|ab \d+( jahren)?|freigegeben\b.*", re.IGNORECASE),
    "GB": re.compile(r"bbfc\b.*|12a|uc", re.IGNORECASE),
    "AU": re.compile(r"ma ?15 ?\+", re.IGNORECASE),
    "CA": re.compile(r"1[48]a", re.IGNORECASE),
    "JP": re.compile(r"pg12|r1[58]\+", re.IGNORECASE),
    "FR": re.compile(r"tous publics", re.IGNORECASE),
}
"""Ratings that only one country has, whether a text says so or not."""

MOST = 60
"""Characters of a rating; what is longer is none."""


def certification_in(text: str, country: str) -> str:
    """The bare rating for a country, such as "PG-13" of "DE:FSK 12 / US:Rated PG-13 for fog"; "" where there is none.

    `country`: ISO 3166-1 alpha-2. A rating without a country is anybody's, unless it is known whose it is.
    """
    rows = [] if says_nothing(text) else list(_rows(text))
    own = [rating for code, rating in rows if code == country]
    anybody = [rating for code, rating in rows if not code and not (country == "US" and rating.isdecimal())]
    return next(iter(own + anybody), "")


def _rows(text: str) -> Iterator[tuple[str, str]]:
    """Each rating with its country: "" where none is said, "?" where it is none that is known."""
    # Reasons and remarks: "R for violence, language" and "USA:R (certificate #1)".
    plain = re.sub(r"\([^()]*\)|\bfor\s[^/|;]*|[\[\]]", " ", text)
    waiting = ""
    for part in re.split(r"[/|,;]", plain):
        piece = " ".join(part.split())
        if not waiting and _code(piece):
            # "US / R" and "us/R": the rating is the next piece.
            waiting = _code(piece)
            continue
        code, rating = _row(piece)
        if rating and len(rating) <= MOST:
            yield code or waiting or _told_by(piece), rating
        waiting = ""


def _row(piece: str) -> tuple[str, str]:
    """ "Germany:12", "DE-12", "UK 15", or a rating alone."""
    name, colon, rating = piece.partition(":")
    if colon:
        return _code(name) or "?", _bare(rating)
    for name, mark, rating in (piece.partition("-"), piece.rpartition(" ")):
        # "No rating" is not Norway's.
        if mark and (len(name) > len("NO") or name.isupper()) and (code := _code(name)):
            return code, _bare(rating)
    return "", _bare(piece)


def _code(name: str) -> str:
    return _CODES.get(name.strip().replace(".", "").lower(), "")


def _told_by(piece: str) -> str:
    return next((country for country, ratings in _OF_A_COUNTRY.items() if ratings.fullmatch(piece)), "")


def _bare(rating: str) -> str:
    """Without the words around it: "PG-13" of "Rated PG-13", "12" of "FSK 12"."""
    bare = re.sub(r"^((rated|mpaa|fsk|bbfc)(?![a-z])[\s:-]*)+", "", rating.strip(), flags=re.IGNORECASE).strip(" :")
    return "" if says_nothing(bare) else bare
