"""The pictures of an item, chosen or not, from what the providers said before."""

from metarr.asking.config import ConfigReader
from metarr.asking.gather import Gatherer, Inquiry
from metarr.domain.fields import FIELDS, FieldType, fields_of
from metarr.domain.gallery import Picture, gallery
from metarr.domain.subject import subject_of
from metarr.errors import InvalidInput, Violation
from metarr.library.reference import Reference, find
from metarr.store.database import Database


class Pictures:
    """What pictures there are to choose from."""

    def __init__(self, database: Database, gatherer: Gatherer, config: ConfigReader) -> None:
        self._database = database
        self._gatherer = gatherer
        self._config = config

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
        findings = self._gatherer.gather(Inquiry(kind=item.kind, subject=subject_of(item)), config)
        coverage = self._gatherer.coverage(item.kind, config)
        return gallery(item, FIELDS[field], findings.outcomes, config.policy, coverage)
