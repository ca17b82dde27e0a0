"""What a tree of media files holds, told by its names. Pure: names in, titles out; who walks and reads is elsewhere.

`titles.read` finds the titles of a listing, `readings` the words by which one may be searched, `evidence` joins both
with what the files beside them say.
"""
