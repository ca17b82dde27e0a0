"""The pictures of an item, chosen or not, from what the providers said before."""

from metarr.asking.config import ConfigReader
from metarr.asking.gather import Gatherer
from metarr.clock import Clock
from metarr.domain.fields import FIELDS, FieldType, fields_of
from metarr.domain.gallery import Picture, gallery
from metarr.errors import InvalidInput, Violation
from metarr.library.recall import Recall
from metarr.library.reference import Reference, find
from metarr.store.database import Database


class Pictures:
    """What pictures there are to choose from."""

    def __init__(self, database: Database, gatherer: Gatherer, config: ConfigReader, clock: Clock) -> None:
        self._database = database
        self._gatherer = gatherer
        self._config = config
        self._recall = Recall(database, gatherer, clock)

    def of(self, reference: Reference, field: str) -> list[Picture]:
        """All that an item could have in a field, from the cached answers (see `domain.gallery`).

        Raises NoSuchThing; InvalidInput for a field that holds no pictures in such an item.
        """
        with self._database.read() as connection:
            item = find(connection, reference)
        able = [each.name for each in fields_of(item.kind) if each.type is FieldType.ARTWORK]
        if field not in able:
            why = f"a {item.kind} has no pictures in {field[:60]!r}; known: {', '.join(able)}"
            raise InvalidInput(Violation("field", why))
        config = self._config.read()
        coverage = self._gatherer.coverage(item.kind, config)
        return gallery(item, FIELDS[field], self._recall.outcomes(item, config), config.policy, coverage)
