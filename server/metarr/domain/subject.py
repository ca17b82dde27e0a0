"""A title as it is before anybody is asked about it."""

from collections.abc import Mapping

from metarr.domain.item import IdClaim, MediaItem
from metarr.domain.values import Struct
from metarr.domain.witness import NamesAndYears


class Subject(Struct, frozen=True, kw_only=True):
    """The ids by which to ask, and the words that the title came with. `year` 0: unknown. `aliases`: further typed ids
    that are known to be its own."""

    ids: Mapping[str, IdClaim] = {}
    title: str = ""
    year: int = 0
    aliases: frozenset[str] = frozenset()

    @property
    def names(self) -> NamesAndYears:
        return NamesAndYears(titles=(self.title,) if self.title else (), years=(self.year,) if self.year else ())


def subject_of(item: MediaItem) -> Subject:
    return Subject(ids=item.ids, title=item.title, year=item.year, aliases=item.aliases)
