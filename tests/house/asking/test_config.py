from pathlib import Path

from fakes import FakeClock
from metarr.domain.authority import FieldRule
from metarr.domain.values import Kind
from scripted_providers import scripted_house


def test_a_configuration_is_the_same_object_until_it_changes_and_then_what_is_true_now(tmp_path: Path) -> None:
    with scripted_house(tmp_path, FakeClock(), "scripted") as (home, _):
        config, authorities = home.services.config, home.services.authorities
        first = config.read()
        assert config.read() is first
        authorities.update(rules=[(Kind.MOVIE, "plot", FieldRule(providers=("scripted",)))])
        second = config.read()
        assert second.authority.rule(Kind.MOVIE, "plot").providers == ("scripted",)
        assert second.policy.authority is second.authority
        assert config.read() is second
        assert first.authority.rule(Kind.MOVIE, "plot").providers != ("scripted",)
