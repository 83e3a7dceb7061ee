"""`docs/settings.md` and the settings of the process name the same variables, with true defaults and valid examples."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from pydantic import SecretStr, ValidationError

from bot.config.load import SettingsError, load_settings
from bot.config.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs/settings.md").read_text(encoding="utf-8")
FIELDS = {str(field.validation_alias): (name, field.default) for name, field in Settings.model_fields.items()}


class Documented(NamedTuple):
    """A row of the tables, without its description."""

    default: str
    example: str


def documented() -> dict[str, Documented]:
    """Return the rows of all tables by variable."""
    rows = re.findall(r"^\| `([A-Za-z_]+)` \| (.+?) \| `([^`]+)` \| .+ \|$", PAGE, flags=re.MULTILINE)
    assert len({name for name, _, _ in rows}) == len(rows)
    return {name: Documented(default, example) for name, default, example in rows}


def parsed(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> object:
    """Return the value of the setting as the process reads it from its environment."""
    monkeypatch.setenv(variable, value)
    found = getattr(Settings(), FIELDS[variable][0])
    return found.get_secret_value() if isinstance(found, SecretStr) else found


def test_every_setting_is_documented_with_an_example_and_no_others() -> None:
    assert set(documented()) == set(FIELDS)


@pytest.mark.parametrize("variable", FIELDS)
def test_the_documented_default_is_the_real_one(variable: str) -> None:
    default, text = FIELDS[variable][1], documented()[variable].default
    plain = re.fullmatch(r"`(.+)`", text)
    if plain:
        shown = f"{default:g}" if isinstance(default, float) else str(default)
        assert plain.group(1) == shown
    else:
        assert default in {None, "", ()} or "'s" in text or "own hosts" in text


@pytest.mark.parametrize("variable", FIELDS)
def test_the_example_is_valid_and_not_the_default(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    found = parsed(monkeypatch, variable, documented()[variable].example)
    assert found not in {FIELDS[variable][1], None, "", ()}


@pytest.mark.parametrize(
    ("variable", "value"),
    [("PORT", "70000"), ("CHATSYNC_ROLE", "boss"), ("MicrosoftAppId", "<the ID>"), ("CHATSYNC_GRAPH_URL", "graph")],
)
def test_an_invalid_example_would_be_found(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    with pytest.raises(ValidationError):
        parsed(monkeypatch, variable, value)


def test_the_examples_of_secrets_are_refused_by_a_process_that_others_can_reach(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secrets = {name: each.example for name, each in documented().items() if each.example.lstrip(",").startswith("<")}
    for name, example in {**secrets, "CHATSYNC_PUBLIC_URL": documented()["CHATSYNC_PUBLIC_URL"].example}.items():
        monkeypatch.setenv(name, example)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    weak = set(re.findall(r"^(\w+): use a random text", str(refused.value), flags=re.MULTILINE))
    # A file of a certificate has a password of any kind: only somebody with the file could use it.
    assert weak == {name for name in secrets if not name.endswith("CERTIFICATE_PASSWORD")}
    assert len(weak) == 7
