import pytest

from factories import policy
from metarr.domain.authority import Authority, FieldRule, default_rule, rule_violations
from metarr.domain.values import Kind

ALL = ("tvdb", "tmdb", "omdb", "fanart", "zeta", "alpha")


def order(rule: FieldRule, *usable: str, fill_gaps: bool = True) -> tuple[str, ...]:
    return policy({"plot": rule}, fill_gaps=fill_gaps).authority.order(Kind.MOVIE, "plot", usable)


def test_the_own_list_comes_first_then_the_global_priority_with_ties_by_id() -> None:
    assert order(FieldRule(providers=("tvdb", "tmdb")), *ALL) == ("tvdb", "tmdb", "omdb", "fanart", "alpha", "zeta")


def test_an_exclusive_field_listens_to_its_own_list_only() -> None:
    assert order(FieldRule(providers=("tvdb", "tmdb"), exclusive=True), *ALL) == ("tvdb", "tmdb")


@pytest.mark.parametrize("exclusive", [False, True])
def test_without_filling_gaps_only_the_first_counts(*, exclusive: bool) -> None:
    rule = FieldRule(providers=("tvdb", "tmdb"), exclusive=exclusive)
    assert order(rule, *ALL, fill_gaps=False) == ("tvdb",)
    assert order(rule, "tmdb", "omdb", fill_gaps=False) == ("tmdb",)
    assert order(rule, "omdb", fill_gaps=False) == ()


def test_the_order_holds_usable_providers_only() -> None:
    assert order(FieldRule(providers=("gone", "tmdb")), "omdb", "tmdb") == ("tmdb", "omdb")


def test_the_owner_s_rule_replaces_the_catalogue_s_for_its_kind_only() -> None:
    own = FieldRule(providers=("omdb",), exclusive=True)
    authority = Authority(rules={"movie.plot": own})
    assert authority.rule(Kind.MOVIE, "plot") == own
    assert authority.rule(Kind.SERIES, "plot") == default_rule(Kind.SERIES, "plot")


def test_an_unknown_field_has_no_rule() -> None:
    with pytest.raises(KeyError):
        Authority().rule(Kind.MOVIE, "smell")


@pytest.mark.parametrize(
    ("field", "rule", "complaints"),
    [
        ("plot", FieldRule(providers=("omdb",)), []),
        ("plot", FieldRule(providers=("omdb",), exclusive=True), []),
        ("genres", FieldRule(providers=("omdb",), union=True), []),
        ("plot", FieldRule(exclusive=True), ["r.providers"]),
        ("plot", FieldRule(), ["r.providers"]),
        ("plot", FieldRule(providers=("nobody",)), ["r.providers"]),
        ("plot", FieldRule(providers=("omdb", "omdb")), ["r.providers"]),
        ("plot", FieldRule(providers=("omdb",), union=True), ["r.union"]),
        ("poster", FieldRule(providers=("omdb",), union=True), ["r.union"]),
        ("cast", FieldRule(providers=("omdb",), union=True), ["r.union"]),
        ("smell", FieldRule(providers=("omdb",)), ["r.field"]),
        ("networks", FieldRule(providers=("omdb",)), ["r.field"]),
    ],
)
def test_what_is_wrong_with_a_rule_is_named(field: str, rule: FieldRule, complaints: list[str]) -> None:
    assert [wrong.field for wrong in rule_violations(Kind.MOVIE, field, rule, {"omdb", "tmdb"}, "r")] == complaints
