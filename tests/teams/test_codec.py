"""The codec reads and writes every activity exactly as msrest does."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from botbuilder import schema
from botbuilder.schema import Activity, ActivityTypes, Attachment, ChannelAccount, HeroCard
from hypothesis import given
from hypothesis import strategies as st
from msrest.serialization import Model

from bot.teams.codec import decode, encode
from tests.tiers import examples

MODELS = {name: each for name, each in vars(schema).items() if isinstance(each, type) and issubclass(each, Model)}

MESSAGE: dict[str, Any] = {
    "type": "message",
    "id": "1735689600000",
    "timestamp": "2026-11-21T10:20:30.123Z",
    "localTimestamp": "2026-11-21T11:20:30.1234567+01:00",
    "serviceUrl": "https://smba.trafficmanager.net/emea/",
    "channelId": "msteams",
    "from": {"id": "29:1abc", "name": "Ada Example", "aadObjectId": "11111111-0000-0000-0000-000000000001"},
    "conversation": {"isGroup": True, "conversationType": "groupChat", "tenantId": "99999999", "id": "19:0f@thread.v2"},
    "recipient": {"id": "28:bot", "name": "Chat Sync"},
    "text": "<at>Chat Sync</at> connect\n",
    "entities": [
        {"type": "mention", "mentioned": {"id": "28:bot", "name": "Chat Sync"}, "text": "<at>Chat Sync</at>"},
        {"type": "clientInfo", "locale": "en-US", "country": "US", "platform": "Web"},
    ],
    "attachments": [{"contentType": "text/html", "content": "<div>…</div>"}],
    "channelData": {"tenant": {"id": "99999999"}, "source": {"name": "message"}},
    "unheardOf": {"by": ["the model"]},
}

numbers = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
anything = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)
instants = (
    st.datetimes(min_value=datetime(1999, 1, 1), timezones=st.just(UTC)).map(lambda at: at.isoformat())  # noqa: DTZ001
    | st.from_regex(r"20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-6]\d:[0-6]\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d|z| |)", fullmatch=True)
    | st.sampled_from(["2026-11-21", "2026-11-21T10:20:30", "١٢٣٤-11-21T10:20:30Z", "0001-01-01T00:00:00+23:59"])
)
BASIC: Mapping[str, st.SearchStrategy[Any]] = {
    "str": st.text(max_size=8),
    "bool": st.sampled_from([True, False, 1, 0, "true", "False", "1", 1.0]),
    "int": st.integers(-5, 5),
    "iso-8601": instants,
    "object": anything,
}


def of_type(kind: str, depth: int) -> st.SearchStrategy[Any]:
    """Generate JSON for a type of the models' maps."""
    if kind[0] == "[":
        return st.lists(of_type(kind[1:-1], depth) | st.none(), max_size=2)
    if kind[0] == "{":
        return st.dictionaries(st.text(max_size=4), of_type(kind[1:-1], depth), max_size=2)
    if kind in MODELS:
        return of_model(MODELS[kind], depth - 1) if depth else st.just({})
    return BASIC.get(kind, anything)


def of_model(model: type[Model], depth: int) -> st.SearchStrategy[dict[str, Any]]:
    """Generate JSON of a model: some of its keys, sometimes with wrong values, and unknown keys."""
    known = {each["key"]: of_type(each["type"], depth) for each in model._attribute_map.values()}
    few = st.fixed_dictionaries({}, optional={key: fits | st.none() for key, fits in known.items()})
    odd = st.dictionaries(st.sampled_from(sorted(known)) | st.text(max_size=5), anything, max_size=1)
    return st.builds(lambda fitting, others: {**fitting, **others}, few, st.just({}) | odd)


def read_by_msrest(model: type[Model], body: dict[str, Any]) -> Model | None:
    try:
        read: Model = model.deserialize(json.loads(json.dumps(body)))
    except (TypeError, ValueError, AttributeError, KeyError):
        return None
    return read


def read_by_codec(model: type[Model], body: dict[str, Any]) -> Model | None:
    try:
        return decode(model, body)
    except ValueError:
        return None


@given(of_model(Activity, 3))
@examples(40)
def test_an_activity_is_read_as_msrest_reads_it(body: dict[str, Any]) -> None:
    assert read_by_codec(Activity, body) == read_by_msrest(Activity, body)


@pytest.mark.parametrize("name", MODELS)
def test_every_model_is_read_as_msrest_reads_it(name: str) -> None:
    @given(of_model(MODELS[name], 1))
    @examples(5)
    def alike(body: dict[str, Any]) -> None:
        assert read_by_codec(MODELS[name], body) == read_by_msrest(MODELS[name], body)

    alike()


@given(of_model(Activity, 3))
@examples(30)
def test_an_activity_is_written_as_msrest_writes_it(body: dict[str, Any]) -> None:
    activity = read_by_codec(Activity, body)
    if activity is not None:
        assert json.loads(encode(activity)) == json.loads(json.dumps(activity.serialize()))


def test_a_message_of_teams_keeps_what_the_model_does_not_know() -> None:
    message = decode(Activity, MESSAGE)
    assert message == Activity.deserialize(MESSAGE)
    assert message.conversation.additional_properties == {"tenantId": "99999999"}
    assert message.entities[0].additional_properties["mentioned"]["id"] == "28:bot"
    assert message.additional_properties == {"unheardOf": {"by": ["the model"]}}
    assert message.local_timestamp == datetime(2026, 11, 21, 10, 20, 30, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"from": "29:1abc"},
        {"from": []},
        {"entities": {"type": "mention"}},
        {"entities": ["mention"]},
        {"membersAdded": [["29:1"]]},
        {"timestamp": "yesterday"},
        {"timestamp": 5},
        {"historyDisclosed": "perhaps"},
        {"semanticAction": {"entities": [{}]}},
    ],
    ids=str,
)
def test_what_is_of_another_type_is_no_activity(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no Activity"):
        decode(Activity, {**MESSAGE, **changes})


def test_two_models_of_one_class_share_nothing() -> None:
    one, other = decode(Activity, {"type": "message"}), decode(Activity, {"type": "typing"})
    one.additional_properties["mine"] = 1
    one.text = "hello"
    assert other == Activity(type="typing")


def test_ready_json_goes_in_as_it_is_and_the_rest_as_botbuilder_means_it() -> None:
    activity = Activity(
        type=ActivityTypes.message,
        from_property=ChannelAccount(id="28:bot"),
        attachments=[Attachment(content=b'{"a": 1}'), Attachment(content=HeroCard(title="Hello"))],
        value=datetime(2026, 11, 21, tzinfo=UTC),
    )
    assert json.loads(encode(activity)) == {
        "type": "message",
        "from": {"id": "28:bot"},
        "attachments": [{"content": {"a": 1}}, {"content": {"title": "Hello"}}],
        "value": "2026-11-21T00:00:00.000Z",
    }
