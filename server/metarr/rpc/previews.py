"""Small versions of the pictures in an item's fields, for whoever shows them."""

from collections.abc import Callable, Iterator

from google.protobuf.struct_pb2 import Struct, Value

from metarr.domain.fields import FIELDS, FieldType
from metarr.v1 import common_pb2 as pb

Preview = Callable[[str, str], str]
"""Where the small version of a picture in a field is; "": there is none."""


def with_previews(item: pb.Item, preview: Preview) -> pb.Item:
    """The same item, each of its pictures and those of runners-up with its `preview_url`, where there is one, and with
    that of its poster."""
    for field in item.fields:
        if FIELDS[field.name].type is FieldType.ARTWORK:
            for value in (field.value, *(each.value for each in field.runners_up)):
                for picture in _objects(value):
                    if small := preview(picture.fields["url"].string_value, field.name):
                        picture.fields["preview_url"].string_value = small
                        if field.name == "poster" and value is field.value:
                            item.poster_preview = small
    return item


def _objects(value: Value) -> Iterator[Struct]:
    for each in value.list_value.values:
        if "url" in each.struct_value.fields:
            yield each.struct_value
