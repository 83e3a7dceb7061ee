"""Settings: each error names its variable."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.config.load import SettingsError, load_settings
from bot.config.settings import Settings

APP = {
    "MicrosoftAppId": "aaaaaaaa-0000-4000-8000-000000000001",
    "MicrosoftAppPassword": "a-secret-that-nobody-logs",
    "MicrosoftAppType": "SingleTenant",
    "MicrosoftAppTenantId": "BBBBBBBB-0000-4000-8000-000000000002",
}
OWN, OTHER = APP["MicrosoftAppTenantId"], "dddddddd-0000-4000-8000-000000000004"
REAL = {
    **APP,
    "CHATSYNC_DATAVERSE_URL": "https://contoso.crm4.dynamics.com",
    "CHATSYNC_WEBHOOK_KEY": "a-key-that-nobody-guesses",
}

PUBLIC = {"HOST": "0.0.0.0", "CHATSYNC_WEBHOOK_KEY": "a-key-of-16-char"}  # noqa: S104
BEHIND_A_PROXY = {"CHATSYNC_PUBLIC_URL": "https://bot.example.com", "CHATSYNC_WEBHOOK_KEY": "a-key-of-16-char"}
LONG = "a-key-that-nobody-guesses"
TWO = {**REAL, "CHATSYNC_DATAVERSE_URL": "https://a.crm.dynamics.com,https://b.crm.dynamics.com"}

USER = {**REAL, "CHATSYNC_DATAVERSE_CLIENT_ID": "cccccccc-0000-4000-8000-000000000003"}


def load(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def test_with_nothing_set_the_sandbox_runs_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, {})
    assert settings.uses_own_sandbox
    assert (settings.host, settings.port, settings.app_id) == ("127.0.0.1", 3978, None)
    assert settings.tenants == frozenset()


def test_a_file_env_is_read_and_a_variable_wins_over_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=4000\nCHATSYNC_COALESCE_S=3\nUNRELATED=1\n", encoding="utf-8")
    settings = load(monkeypatch, {"PORT": "5000", "CHATSYNC_LOG_LEVEL": ""})
    assert (settings.port, settings.coalesce_s, settings.log_level) == (5000, 3.0, "INFO")


def test_a_complete_production_configuration_is_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    urls = "https://contoso.crm4.dynamics.com/, https://fabrikam.crm.dynamics.com"
    keys = {"CHATSYNC_WEBHOOK_KEY": f"{LONG}1, {LONG}2", "CHATSYNC_WEBHOOK_KEY_PREVIOUS": f",{LONG}3"}
    settings = load(monkeypatch, {**REAL, **PUBLIC, "CHATSYNC_DATAVERSE_URL": urls, **keys})
    assert settings.dataverse_urls == ("https://contoso.crm4.dynamics.com", "https://fabrikam.crm.dynamics.com")
    assert settings.tenants == {"bbbbbbbb-0000-4000-8000-000000000002"}
    assert not settings.uses_own_sandbox
    assert (settings.webhook_keys, settings.previous_webhook_keys) == ((f"{LONG}1", f"{LONG}2"), ("", f"{LONG}3"))


def test_listed_tenants_take_the_place_of_the_apps_own(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = {"MicrosoftAppType": "MultiTenant", "CHATSYNC_ALLOWED_TENANTS": f"{OWN}, {OTHER} ,"}
    settings = load(monkeypatch, {**APP, **listed})
    assert settings.tenants == {OWN.lower(), OTHER}


@pytest.mark.parametrize(
    "proof",
    [
        {"MicrosoftAppPassword": LONG[::-1]},
        {"CHATSYNC_CERTIFICATE_FILE": __file__, "CHATSYNC_CERTIFICATE_PASSWORD": "x"},
        {"MicrosoftAppType": "UserAssignedMSI"},
    ],
    ids=str,
)
def test_one_credential_of_the_bot_is_enough(monkeypatch: pytest.MonkeyPatch, proof: dict[str, str]) -> None:
    settings = load(monkeypatch, {**without(REAL, "MicrosoftAppPassword"), **proof})
    assert settings.tenants == {"bbbbbbbb-0000-4000-8000-000000000002"}


@pytest.mark.parametrize(
    "proof",
    [
        {"CHATSYNC_DATAVERSE_CLIENT_SECRET": LONG[::-1]},
        {"CHATSYNC_DATAVERSE_CERTIFICATE_FILE": __file__, "CHATSYNC_DATAVERSE_CERTIFICATE_PASSWORD": "x"},
        {"CHATSYNC_DATAVERSE_MANAGED_IDENTITY": "true"},
    ],
    ids=str,
)
def test_a_separate_application_user_has_one_credential(monkeypatch: pytest.MonkeyPatch, proof: dict[str, str]) -> None:
    assert load(monkeypatch, {**USER, **proof}).dataverse_client_id == USER["CHATSYNC_DATAVERSE_CLIENT_ID"]


def test_a_collector_may_be_reached_with_http(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, {"CHATSYNC_TRACING": "http://collector:4318/"}).tracing == "http://collector:4318"


def without(settings: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in settings.items() if key != name}


REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "a port that is none": ({"PORT": "many"}, "PORT"),
    "a port out of range": ({"PORT": "70000"}, "PORT"),
    "beyond this machine without an app": ({"HOST": "0.0.0.0"}, "MicrosoftAppId"),  # noqa: S104
    "beyond this machine with the sandbox": ({**APP, "HOST": "10.0.0.1"}, "CHATSYNC_DATAVERSE_URL"),
    "beyond this machine as the sandbox": (
        {**REAL, **PUBLIC, "CHATSYNC_ROLE": "sandbox", "CHATSYNC_DATAVERSE_URL": "http://127.0.0.1:4000/sandbox"},
        "CHATSYNC_ROLE",
    ),
    "a collector without a scheme": ({"CHATSYNC_TRACING": "collector:4318"}, "CHATSYNC_TRACING"),
    "a collector with a password": ({"CHATSYNC_TRACING": "http://me:secret@collector:4318"}, "CHATSYNC_TRACING"),
    "a collector with a query": ({"CHATSYNC_TRACING": "https://collector/?key=secret"}, "CHATSYNC_TRACING"),
    "an app id that is none": ({"MicrosoftAppId": "chat-sync"}, "MicrosoftAppId"),
    "an app without a password": (without(APP, "MicrosoftAppPassword"), "MicrosoftAppPassword"),
    "a managed identity with a password": ({**APP, "MicrosoftAppType": "UserAssignedMSI"}, "MicrosoftAppType"),
    "a managed identity without its tenant": (
        {"MicrosoftAppId": APP["MicrosoftAppId"], "MicrosoftAppType": "UserAssignedMSI"},
        "MicrosoftAppTenantId",
    ),
    "a certificate beside a password": (
        {**APP, "CHATSYNC_CERTIFICATE_FILE": __file__},
        "CHATSYNC_CERTIFICATE_FILE",
    ),
    "a certificate that is not there": (
        {**without(APP, "MicrosoftAppPassword"), "CHATSYNC_CERTIFICATE_FILE": "/no/such/file.pem"},
        "CHATSYNC_CERTIFICATE_FILE",
    ),
    "a password for no certificate": (
        {**APP, "CHATSYNC_CERTIFICATE_PASSWORD": "a-secret-that-nobody-logs"},
        "CHATSYNC_CERTIFICATE_PASSWORD",
    ),
    "an application user without a secret": (
        {**REAL, "CHATSYNC_DATAVERSE_CLIENT_ID": APP["MicrosoftAppId"]},
        "CHATSYNC_DATAVERSE_CLIENT_SECRET",
    ),
    "an application user with a secret and a managed identity": (
        {**USER, "CHATSYNC_DATAVERSE_CLIENT_SECRET": "x", "CHATSYNC_DATAVERSE_MANAGED_IDENTITY": "true"},
        "CHATSYNC_DATAVERSE_CLIENT_SECRET",
    ),
    "a secret of nobody": ({**REAL, "CHATSYNC_DATAVERSE_CLIENT_SECRET": "x"}, "CHATSYNC_DATAVERSE_CLIENT_ID"),
    "an application user's certificate that is not there": (
        {**USER, "CHATSYNC_DATAVERSE_CERTIFICATE_FILE": "/no/such/file.pem"},
        "CHATSYNC_DATAVERSE_CERTIFICATE_FILE",
    ),
    "an application user's password for no certificate": (
        {**USER, "CHATSYNC_DATAVERSE_CLIENT_SECRET": "x", "CHATSYNC_DATAVERSE_CERTIFICATE_PASSWORD": "y"},
        "CHATSYNC_DATAVERSE_CERTIFICATE_PASSWORD",
    ),
    "a secret of the pane for a managed identity": (
        {
            **without(APP, "MicrosoftAppPassword"),
            "MicrosoftAppType": "UserAssignedMSI",
            "CHATSYNC_PANE_CLIENT_SECRET": LONG,
        },
        "CHATSYNC_PANE_CLIENT_ID",
    ),
    "a secret of the pane without an app": ({"CHATSYNC_PANE_CLIENT_SECRET": LONG}, "MicrosoftAppId"),
    "one tenant that is not named": (without(APP, "MicrosoftAppTenantId"), "MicrosoftAppTenantId"),
    "a tenant that is named by its domain": (
        {**APP, "MicrosoftAppType": "MultiTenant", "CHATSYNC_ALLOWED_TENANTS": f"{OWN},contoso.onmicrosoft.com"},
        "CHATSYNC_ALLOWED_TENANTS",
    ),
    "many tenants that are not named": ({**APP, "MicrosoftAppType": "MultiTenant"}, "CHATSYNC_ALLOWED_TENANTS"),
    "an unknown type": ({**APP, "MicrosoftAppType": "Wizard"}, "MicrosoftAppType"),
    "a real Dataverse without an app": (
        {"CHATSYNC_DATAVERSE_URL": "https://contoso.crm4.dynamics.com", "CHATSYNC_WEBHOOK_KEY": "k"},
        "MicrosoftAppId",
    ),
    "a Dataverse without a webhook key": (without(REAL, "CHATSYNC_WEBHOOK_KEY"), "CHATSYNC_WEBHOOK_KEY"),
    "a Dataverse without a tenant": (
        {**without(REAL, "MicrosoftAppTenantId"), "MicrosoftAppType": "MultiTenant", "CHATSYNC_ALLOWED_TENANTS": OWN},
        "CHATSYNC_DATAVERSE_TENANT_ID",
    ),
    "a Dataverse by plain http": (
        {"CHATSYNC_DATAVERSE_URL": "http://contoso.crm4.dynamics.com"},
        "CHATSYNC_DATAVERSE_URL",
    ),
    "a Dataverse that is no address": ({"CHATSYNC_DATAVERSE_URL": "contoso"}, "CHATSYNC_DATAVERSE_URL"),
    "two Dataverses of one name": (
        {**REAL, "CHATSYNC_DATAVERSE_URL": "https://a.crm.dynamics.com,https://A.crm.dynamics.com/"},
        "CHATSYNC_DATAVERSE_URL",
    ),
    "another database": ({"CHATSYNC_DATABASE_URL": "mysql://root@localhost/x"}, "CHATSYNC_DATABASE_URL"),
    **{
        f"a password of the database with a bare {character}": (
            {"CHATSYNC_DATABASE_URL": f"postgresql+asyncpg://bot:a{character}b:a-secret-that-nobody-logs@db.example/x"},
            "CHATSYNC_DATABASE_URL",
        )
        for character in "@/?#[]"
    },
    "a password of the database with two bare characters": (
        {"CHATSYNC_DATABASE_URL": "postgresql+asyncpg://bot:5432/a-secret-that-nobody-logs@db.example/x"},
        "CHATSYNC_DATABASE_URL",
    ),
    "an option that the database's driver does not know": (
        {"CHATSYNC_DATABASE_URL": "postgresql+asyncpg://bot:a-secret-that-nobody-logs@db.example/x?foo=1"},
        "CHATSYNC_DATABASE_URL",
    ),
    "an option of the database that is no number": (
        {"CHATSYNC_DATABASE_URL": "postgresql+asyncpg://bot:a-secret-that-nobody-logs@db.example/x?port=a&host=h"},
        "CHATSYNC_DATABASE_URL",
    ),
    **{
        f"a port of the database that does not exist: {where}": (
            {"CHATSYNC_DATABASE_URL": f"postgresql+asyncpg://{where}"},
            "CHATSYNC_DATABASE_URL",
        )
        for where in (
            "bot:pw@127.0.0.1:99999/x",
            "bot:pw@db.example:0/x",
            f"bot:pw@db.example:{'9' * 5_000}/x",
            "bot:pw@/x?host=db.example&port=65536",
            "[::1]:70000/x",
        )
    },
    **{
        f"a port that does not exist in {name}: {port}": ({**REAL, name: f"https://x.example.com:{port}"}, name)
        for name in (
            "CHATSYNC_DATAVERSE_URL",
            "CHATSYNC_GRAPH_URL",
            "CHATSYNC_LOGIN_URL",
            "CHATSYNC_OPENID_URL",
            "CHATSYNC_PUBLIC_URL",
        )
        for port in ("99999", "0", "-1", "x")
    },
    "an option of another driver": (
        {"CHATSYNC_DATABASE_URL": "postgresql+asyncpg://bot:a-secret-that-nobody-logs@db.example/x?sslmode=require"},
        "CHATSYNC_DATABASE_URL",
    ),
    "an address with a password": (
        {"CHATSYNC_PUBLIC_URL": "https://bot:a-secret-that-nobody-logs@bot.example.com"},
        "CHATSYNC_PUBLIC_URL",
    ),
    "an address with a query": (
        {"CHATSYNC_PUBLIC_URL": "https://bot.example.com/?code=a-secret-that-nobody-logs"},
        "CHATSYNC_PUBLIC_URL",
    ),
    "an address that Python's parser quotes": (
        {"CHATSYNC_PUBLIC_URL": "https://a-secret-that-nobody-logs\u2100.example.com"},
        "CHATSYNC_PUBLIC_URL",
    ),
    "a window of no time": ({"CHATSYNC_COALESCE_S": "0"}, "CHATSYNC_COALESCE_S"),
    "a window of an hour": ({"CHATSYNC_COALESCE_S": "3600"}, "CHATSYNC_COALESCE_S"),
    "a sandbox that knows no bot": ({"CHATSYNC_ROLE": "sandbox"}, "CHATSYNC_PUBLIC_URL"),
    "an unknown role": ({"CHATSYNC_ROLE": "cook"}, "CHATSYNC_ROLE"),
    "notifications where nobody reaches the bot": ({**APP, "CHATSYNC_GRAPH_CLIENT_STATE": "s"}, "CHATSYNC_PUBLIC_URL"),
    "a client state that is too long": (
        {**APP, "CHATSYNC_PUBLIC_URL": "https://bot.example.com", "CHATSYNC_GRAPH_CLIENT_STATE": "s" * 129},
        "CHATSYNC_GRAPH_CLIENT_STATE",
    ),
    "a certificate of notifications that is not there": (
        {"CHATSYNC_GRAPH_CERTIFICATE_FILE": "/no/such/file.pem"},
        "CHATSYNC_GRAPH_CERTIFICATE_FILE",
    ),
    "a certificate of notifications that nobody sends": (
        {**APP, "CHATSYNC_GRAPH_CERTIFICATE_FILE": __file__},
        "CHATSYNC_GRAPH_CLIENT_STATE",
    ),
    "a password for no certificate of notifications": (
        {"CHATSYNC_GRAPH_CERTIFICATE_PASSWORD": "a-secret-that-nobody-logs"},
        "CHATSYNC_GRAPH_CERTIFICATE_PASSWORD",
    ),
    "one key for two environments": (TWO, "CHATSYNC_WEBHOOK_KEY"),
    "two keys for one environment": ({**REAL, "CHATSYNC_WEBHOOK_KEY": "k,l"}, "CHATSYNC_WEBHOOK_KEY"),
    "two keys for the sandbox": ({"CHATSYNC_WEBHOOK_KEY": "k,l"}, "CHATSYNC_WEBHOOK_KEY"),
    "a key that is missing": ({**TWO, "CHATSYNC_WEBHOOK_KEY": "k,"}, "CHATSYNC_WEBHOOK_KEY"),
    "the same key for two environments": ({**TWO, "CHATSYNC_WEBHOOK_KEY": "k,k"}, "CHATSYNC_WEBHOOK_KEY"),
    "the previous key of another environment": (
        {**TWO, "CHATSYNC_WEBHOOK_KEY": "k,l", "CHATSYNC_WEBHOOK_KEY_PREVIOUS": ",k"},
        "CHATSYNC_WEBHOOK_KEY",
    ),
    "previous keys of other environments": (
        {**TWO, "CHATSYNC_WEBHOOK_KEY": "k,l", "CHATSYNC_WEBHOOK_KEY_PREVIOUS": "m"},
        "CHATSYNC_WEBHOOK_KEY_PREVIOUS",
    ),
    "a short key with an app, which a proxy on this machine may make public": (
        {**REAL, "CHATSYNC_WEBHOOK_KEY": "a-15-char-key-x"},
        "CHATSYNC_WEBHOOK_KEY",
    ),
    "a short password of the app": ({**REAL, "MicrosoftAppPassword": "x"}, "MicrosoftAppPassword"),
    "a short secret of the application user": (
        {**USER, "CHATSYNC_DATAVERSE_CLIENT_SECRET": "x"},
        "CHATSYNC_DATAVERSE_CLIENT_SECRET",
    ),
    "a short secret of the pane": ({**REAL, "CHATSYNC_PANE_CLIENT_SECRET": "x"}, "CHATSYNC_PANE_CLIENT_SECRET"),
    "a repeated character as a key": ({**REAL, "CHATSYNC_WEBHOOK_KEY": "x" * 40}, "CHATSYNC_WEBHOOK_KEY"),
    "two repeated characters as a key": ({**REAL, "CHATSYNC_WEBHOOK_KEY": "ab" * 20}, "CHATSYNC_WEBHOOK_KEY"),
    "the documentation's example of a key": (
        {**REAL, "CHATSYNC_WEBHOOK_KEY": "<a long random text>"},
        "CHATSYNC_WEBHOOK_KEY",
    ),
    "the documentation's example of two keys": (
        {**TWO, "CHATSYNC_WEBHOOK_KEY": "<a long random text for Contoso>,<another one for Fabrikam>"},
        "CHATSYNC_WEBHOOK_KEY",
    ),
    "the documentation's example of a password": (
        {**REAL, "MicrosoftAppPassword": "<the client secret>"},
        "MicrosoftAppPassword",
    ),
    "one text as key and client state": (
        {**REAL, **BEHIND_A_PROXY, "CHATSYNC_WEBHOOK_KEY": LONG, "CHATSYNC_GRAPH_CLIENT_STATE": LONG},
        "CHATSYNC_WEBHOOK_KEY",
    ),
    "one text as previous key and password": (
        {**REAL, "CHATSYNC_WEBHOOK_KEY_PREVIOUS": APP["MicrosoftAppPassword"]},
        "CHATSYNC_WEBHOOK_KEY_PREVIOUS",
    ),
    "a short key beyond this machine": ({**REAL, **PUBLIC, "CHATSYNC_WEBHOOK_KEY": "k" * 15}, "CHATSYNC_WEBHOOK_KEY"),
    "a short key behind a proxy": (
        {**REAL, **BEHIND_A_PROXY, "CHATSYNC_WEBHOOK_KEY": "k" * 15},
        "CHATSYNC_WEBHOOK_KEY",
    ),
    "a short previous key beyond this machine": (
        {**REAL, **PUBLIC, "CHATSYNC_WEBHOOK_KEY_PREVIOUS": "x"},
        "CHATSYNC_WEBHOOK_KEY_PREVIOUS",
    ),
    "a short client state behind a proxy": (
        {**REAL, **BEHIND_A_PROXY, "CHATSYNC_GRAPH_CLIENT_STATE": "x"},
        "CHATSYNC_GRAPH_CLIENT_STATE",
    ),
    "a previous client state without a current one": (
        {**REAL, "CHATSYNC_GRAPH_CLIENT_STATE_PREVIOUS": LONG},
        "CHATSYNC_GRAPH_CLIENT_STATE",
    ),
    "a short previous client state behind a proxy": (
        {**REAL, **BEHIND_A_PROXY, "CHATSYNC_GRAPH_CLIENT_STATE_PREVIOUS": "x"},
        "CHATSYNC_GRAPH_CLIENT_STATE_PREVIOUS",
    ),
    "a certificate file that is not there": ({"CHATSYNC_CA_FILE": "/no/such/file.pem"}, "CHATSYNC_CA_FILE"),
}


@pytest.mark.parametrize(("variables", "named"), REFUSED.values(), ids=REFUSED)
def test_a_setting_that_prevents_the_start_is_named(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        load(monkeypatch, variables)
    lines = str(refused.value).splitlines()
    assert any(line.startswith(f"{named}: ") for line in lines), lines
    assert "a-secret-that-nobody-logs" not in str(refused.value)


@pytest.mark.parametrize(
    "server",
    [
        "bot:percent%40encoded@db.example:5432/x",
        "bot:with:colons@db.example/x?ssl=require",
        "bot@[::1]:5432/x",
        "/x?host=/var/run/postgresql",
    ],
)
def test_addresses_of_a_database_that_work_are_accepted(monkeypatch: pytest.MonkeyPatch, server: str) -> None:
    address = f"postgresql+asyncpg://{server}"
    assert load(monkeypatch, {"CHATSYNC_DATABASE_URL": address}).database_url == address
    assert make_url(address).database == "x"


def test_the_previous_value_of_a_secret_may_stay_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    both = {"CHATSYNC_WEBHOOK_KEY": LONG, "CHATSYNC_WEBHOOK_KEY_PREVIOUS": LONG}
    assert load(monkeypatch, {**REAL, **both}).webhook_keys == (LONG,)


def test_without_an_app_any_key_works_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, {"CHATSYNC_WEBHOOK_KEY": "k"}).webhook_keys == ("k",)


def test_the_refusal_of_a_password_says_how_to_write_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="percent-encode"):
        load(monkeypatch, {"CHATSYNC_DATABASE_URL": "postgresql+asyncpg://bot:a@b:c@db.example/x"})


def test_a_file_env_that_is_not_text_is_named_and_not_quoted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"CHATSYNC_WEBHOOK_KEY=a-secret-that-nobody-logs\xff\n")
    with pytest.raises(SettingsError) as refused:
        load(monkeypatch, {})
    assert str(refused.value).startswith(".env: ")
    assert "a-secret-that-nobody-logs" not in str(refused.value)


def test_all_problems_are_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as refused:
        load(monkeypatch, {"PORT": "x", "CHATSYNC_COALESCE_S": "y"})
    assert len(str(refused.value).splitlines()) == 2


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    database = {"CHATSYNC_DATABASE_URL": "postgresql+asyncpg://bot:a-secret-that-nobody-logs@db.example/x"}
    assert "a-secret-that-nobody-logs" not in repr(load(monkeypatch, {**APP, **database}))
