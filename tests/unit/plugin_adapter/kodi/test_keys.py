"""Keys by which Kodi's entries are known for ever."""

import pytest

from metarr_kodi.keys import episode_key, movie_key, season_key, series_key, title_of, without_credentials


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("smb://tom:secret@nas/films/Heat.mkv", "smb://nas/films/Heat.mkv"),
        ("smb://tom:p@ss@nas/films/Heat.mkv", "smb://nas/films/Heat.mkv"),
        (
            "stack://smb://tom:secret@nas/a.mkv , smb://tom:secret@nas/b.mkv",
            "stack://smb://nas/a.mkv , smb://nas/b.mkv",
        ),
        (
            "bluray://udf%3a%2f%2fsmb%253a%252f%252ftom%253asecret%2540nas%252fHeat.iso%2f/BDMV/PLAYLIST/00001.mpls",
            "bluray://udf%3a%2f%2fsmb%253a%252f%252fnas%252fHeat.iso%2f/BDMV/PLAYLIST/00001.mpls",
        ),
        ("zip://smb%3A%2F%2Ftom%3Asecret%40nas%2Ffilms.zip/Heat.mkv", "zip://smb%3A%2F%2Fnas%2Ffilms.zip/Heat.mkv"),
        ("https://nas/Heat.mkv|Authorization=Basic%20c2VjcmV0", "https://nas/Heat.mkv"),
        ("/films/10 | 20 @ home/Heat.mkv", "/films/10 | 20 @ home/Heat.mkv"),
        ("nfs://nas/films/me@home/Heat.mkv", "nfs://nas/films/me@home/Heat.mkv"),
        ("C:\\films\\Heat.mkv", "C:\\films\\Heat.mkv"),
        ("plugin://video.mine/play?id=4", "plugin://video.mine/play?id=4"),
    ],
)
def test_users_and_passwords_are_no_part_of_a_path(path: str, plain: str):
    assert without_credentials(path) == plain
    assert movie_key(path) == movie_key(plain)


def test_a_key_fits_the_contract_and_tells_no_path():
    key = movie_key("smb://tom:secret@nas/" + "x" * 5000)
    assert len(key) < 200
    assert "nas" not in key


def test_a_new_password_changes_no_key():
    assert series_key("smb://tom:old@nas/tv/Heat/") == series_key("smb://ann:new@nas/tv/Heat/")


def test_several_episodes_of_one_file_and_all_seasons_of_a_show_are_told_apart():
    keys = {episode_key("/tv/S01E01E02.mkv", 1, 1), episode_key("/tv/S01E01E02.mkv", 1, 2)}
    keys |= {season_key("/tv/Heat/", 0), season_key("/tv/Heat/", 1), series_key("/tv/Heat/"), movie_key("/tv/Heat/")}
    assert len(keys) == 6


def test_a_name_that_is_no_text_has_a_key():
    assert movie_key("/films/\udcff.mkv") != movie_key("/films/\udcfe.mkv")


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/films/Heat (1995).mkv", "Heat (1995)"),
        ("smb://ann:secret@nas/tv/Severance/", "Severance"),
        ("C:\\Films\\Heat.mkv", "Heat"),
        ("smb://ann:secret@nas/", "nas"),
        ("bluray://smb%3a%2f%2fann%3asecret%40nas%2fHeat.iso", "smb%3a%2f%2fnas%2fHeat"),
        ("/tv/S.W.A.T/", "S.W.A.T"),
        ("/films/.mkv", ".mkv"),
        ("", ""),
    ],
)
def test_an_entry_without_a_title_is_called_by_its_path(path: str, title: str):
    assert title_of(path) == title
