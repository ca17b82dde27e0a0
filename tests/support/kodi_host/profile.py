"""A home for Kodi: the settings that keep it quiet, silent and to itself."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

QUIET: Mapping[str, str] = {
    "addons.unknownsources": "true",
    "audiooutput.streamsilence": "0",
    "debug.extralogging": "false",
    "debug.showloginfo": "false",
    "general.addonnotifications": "false",
    "general.addonupdates": "2",  # never
    "musiclibrary.updateonstartup": "false",
    "screensaver.mode": "",
    "services.airplay": "false",
    "services.esallinterfaces": "false",
    "services.esenabled": "true",
    "services.upnp": "false",
    "services.webserver": "true",
    "services.webserverauthentication": "true",
    "services.webserverssl": "false",
    "services.wsdiscovery": "false",
    "services.zeroconf": "false",
    "videolibrary.backgroundupdate": "true",
    "videolibrary.updateonstartup": "false",
    "weather.addon": "",
}
# Kodi sets these while other threads of its own read its environment, and falls over now and then: a new variable moves
# the others to another place, which one that is there already does not.
_SET_LATER = {"LIRC_SOCKET_PATH": "/var/run/lirc/lircd", "OS": "Linux", "PYTHONOPTIMIZE": "1", "TZ": "UTC"}
# Without a sound device that always works Kodi spends six seconds looking for one, and goes on for ever.
_SILENCE = "pcm.!default { type null }\nctl.!default { type null }\n"
_EMPTY = '<settings version="2"><viewstates/><resolutions/><defaultvideosettings/></settings>'
_ADVANCED = """<advancedsettings version="1.0">
  <loglevel hide="true">1</loglevel>
  <splash>false</splash>
  <jsonrpc><compactoutput>true</compactoutput><tcpport>{tcp_port}</tcpport></jsonrpc>
  {more}
</advancedsettings>
"""


class Profile:
    """The folders and files of one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / ".kodi"
        self.addons = self.data / "addons"
        self.userdata = self.data / "userdata"
        self.databases = self.userdata / "Database"
        self.log = self.data / "temp" / "kodi.log"
        self.runtime = home / "run"
        self.more_settings = ""
        """Further elements of advancedsettings.xml."""

    def prepare(self, settings: Mapping[str, str], tcp_port: int) -> None:
        """Make what is missing, and enter these settings beside the quiet ones; the others stay as Kodi left them."""
        for folder in (self.addons, self.databases, self.runtime, self.home / "tmp"):
            folder.mkdir(parents=True, exist_ok=True)
        self.runtime.chmod(0o700)
        (self.home / ".asoundrc").write_text(_SILENCE)
        advanced = _ADVANCED.format(tcp_port=tcp_port, more=self.more_settings)
        (self.userdata / "advancedsettings.xml").write_text(advanced)
        self._enter({**QUIET, **settings})

    def add_sources(self, folders: Mapping[str, Path]) -> None:
        """Name the folders with media as a person would; of others Kodi forgets nothing when it cleans its library."""
        video = ET.Element("video")
        for name, folder in folders.items():
            source = ET.SubElement(video, "source")
            ET.SubElement(source, "name").text = name
            ET.SubElement(source, "path", pathversion="1").text = f"{folder}/"
        top = ET.Element("sources")
        top.append(video)
        ET.ElementTree(top).write(self.userdata / "sources.xml", encoding="utf-8", xml_declaration=True)

    def _enter(self, settings: Mapping[str, str]) -> None:
        path = self.userdata / "guisettings.xml"
        tree = ET.ElementTree(ET.fromstring(path.read_text() if path.exists() else _EMPTY))
        known = {setting.get("id"): setting for setting in tree.iter("setting")}
        for name, value in settings.items():
            setting = known.get(name)
            if setting is None:
                setting = ET.SubElement(tree.getroot(), "setting", id=name)
            setting.attrib.pop("default", None)
            setting.text = value
        tree.write(path, encoding="utf-8", xml_declaration=True)

    def environment(self, display: str) -> dict[str, str]:
        """Everything that Kodi gets from outside."""
        return {
            "HOME": str(self.home),
            "KODI_DATA": str(self.data),
            "KODI_TEMP": str(self.data / "temp"),
            "TMPDIR": str(self.home / "tmp"),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "DISPLAY": display,
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "GALLIUM_DRIVER": "llvmpipe",
            **_SET_LATER,
        }

    def last_lines(self, count: int = 30) -> str:
        """The end of Kodi's log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:]) if self.log.exists() else "(none)"
