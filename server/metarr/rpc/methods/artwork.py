"""The method of LibraryService that tells what pictures there are to choose from."""

import re

from metarr.domain.gallery import Picture
from metarr.library.artwork import Pictures
from metarr.rpc.doors.context import Context
from metarr.rpc.paging import page_token, position
from metarr.rpc.previews import Preview
from metarr.rpc.validate import Check
from metarr.v1 import library_service_pb2 as pb

TEXTLESS = "-"
"""How a picture without a language is asked for."""


class ArtworkMethods:
    """To be mixed into the servicer."""

    _pictures: Pictures
    _preview: Preview

    def ListArtwork(self, request: pb.ListArtworkRequest, context: Context) -> pb.ListArtworkResponse:
        languages, providers = set(request.languages), set(request.providers)
        query: list[object] = [request.item_id, request.field, *sorted(languages), "", *sorted(providers)]
        with Check() as check:
            reference = check.reference("item_id", request.item_id)
            field = check.text("field", request.field, most=64)
            for place, language in enumerate(request.languages):
                if not re.fullmatch("[a-z]{2,3}|-", language, re.ASCII):
                    check.violation(f"languages[{place}]", f"{language[:20]!r} is no language such as en, nor -")
            limit = check.page_size("page_size", request.page_size)
            last = position(check, request.page_token, query, (int,))
        start = int(last[0]) if last else 0
        everything = self._pictures.of(reference, field)
        fitting = [
            each
            for each in everything
            if (not languages or _language(each) in languages) and (not providers or each.provider in providers)
        ]
        end = start + limit
        return pb.ListArtworkResponse(
            artwork=[_candidate(each, self._preview(each.image.url, field)) for each in fitting[start:end]],
            next_page_token=page_token(query, [end]) if end < len(fitting) else "",
            total_size=len(fitting),
            languages=sorted({_language(each) for each in everything}),
            providers=sorted({each.provider for each in everything}),
        )


def _language(picture: Picture) -> str:
    return picture.image.language or TEXTLESS


def _candidate(picture: Picture, preview_url: str) -> pb.ArtworkCandidate:
    image = picture.image
    return pb.ArtworkCandidate(
        url=image.url,
        preview_url=preview_url,
        provider=picture.provider,
        width=image.width,
        height=image.height,
        language=image.language,
        votes=image.votes,
        chosen=picture.chosen,
        why_not=picture.why_not,
    )
