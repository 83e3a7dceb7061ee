CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.audit (
    id bigint NOT NULL,
    at bigint NOT NULL,
    act character varying NOT NULL,
    person_id character varying,
    person_name character varying NOT NULL,
    chat_id character varying NOT NULL,
    environment character varying NOT NULL,
    "table" character varying NOT NULL,
    row_id character varying NOT NULL,
    details json NOT NULL
);
CREATE SEQUENCE public.audit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.audit_id_seq OWNED BY public.audit.id;
CREATE TABLE public.change_link (
    environment character varying NOT NULL,
    "table" character varying NOT NULL,
    link character varying NOT NULL,
    taken_at bigint NOT NULL
);
CREATE TABLE public.chat (
    id character varying NOT NULL,
    kind character varying NOT NULL,
    channel character varying NOT NULL,
    tenant_id character varying NOT NULL,
    service_url character varying NOT NULL,
    bot_id character varying NOT NULL,
    bot_name character varying NOT NULL,
    bot_present boolean NOT NULL,
    introduced_at bigint,
    team_id character varying,
    channel_id character varying,
    topic character varying,
    topic_told_at bigint,
    looked_at bigint,
    last_writer_id character varying,
    last_written_at bigint
);
CREATE TABLE public.chat_activity (
    connection_id bigint NOT NULL,
    activity_id character varying NOT NULL,
    maker_id character varying NOT NULL,
    active_at bigint NOT NULL,
    "row" json,
    people json NOT NULL,
    others integer NOT NULL,
    trouble character varying,
    closing character varying,
    written_at bigint
);
CREATE TABLE public.chat_rules (
    chat_id character varying NOT NULL,
    version integer NOT NULL,
    rules json NOT NULL
);
CREATE TABLE public.connection (
    id bigint NOT NULL,
    chat_id character varying NOT NULL,
    environment character varying NOT NULL,
    "table" character varying NOT NULL,
    row_id character varying NOT NULL,
    record_name character varying NOT NULL,
    record_number character varying,
    connector_id character varying NOT NULL,
    connector_name character varying NOT NULL,
    connected_at bigint NOT NULL,
    paused_at bigint,
    paused_reason character varying,
    ended_at bigint,
    ended_by_id character varying,
    ended_by_name character varying,
    mirrored boolean DEFAULT false NOT NULL,
    public_id character varying DEFAULT replace((gen_random_uuid())::text, '-'::text, ''::text) NOT NULL
);
CREATE SEQUENCE public.connection_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.connection_id_seq OWNED BY public.connection.id;
CREATE TABLE public.connection_rules (
    connection_id bigint NOT NULL,
    version integer NOT NULL,
    rules json NOT NULL
);
CREATE TABLE public.decision (
    id bigint NOT NULL,
    connection_id bigint NOT NULL,
    chat_id character varying NOT NULL,
    at bigint NOT NULL,
    outcome character varying NOT NULL,
    reason character varying NOT NULL,
    columns json NOT NULL,
    authors json NOT NULL,
    news boolean NOT NULL,
    due_at bigint,
    closed_as character varying,
    closed_at bigint
);
CREATE SEQUENCE public.decision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.decision_id_seq OWNED BY public.decision.id;
CREATE TABLE public.environment (
    id character varying NOT NULL,
    chats_on boolean NOT NULL,
    allowed_roles json NOT NULL,
    sync_on boolean NOT NULL,
    sync_changed_at bigint,
    sync_idle_days integer NOT NULL,
    mirror_chats boolean NOT NULL,
    version integer NOT NULL,
    organization_id character varying,
    other_chats boolean DEFAULT true NOT NULL,
    pane_apps json
);
CREATE TABLE public.field_value (
    connection_id bigint NOT NULL,
    "column" character varying NOT NULL,
    raw json,
    text character varying,
    at bigint NOT NULL,
    taken_at bigint,
    watch integer DEFAULT 0 NOT NULL
);
CREATE TABLE public.inbox (
    id bigint NOT NULL,
    key character varying NOT NULL,
    lane character varying NOT NULL,
    body json NOT NULL,
    correlation_id character varying NOT NULL,
    received_at bigint NOT NULL,
    due_at bigint NOT NULL,
    state character varying NOT NULL,
    attempts integer NOT NULL,
    reason character varying,
    done_at bigint,
    trace character varying
);
CREATE SEQUENCE public.inbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.inbox_id_seq OWNED BY public.inbox.id;
CREATE TABLE public.lane (
    queue character varying NOT NULL,
    name character varying NOT NULL,
    due_at bigint,
    owner character varying,
    leased_until bigint
);
CREATE TABLE public.mention_opt_out (
    tenant_id character varying NOT NULL,
    person_id character varying NOT NULL
);
CREATE TABLE public.new_chat (
    id bigint NOT NULL,
    key character varying NOT NULL,
    person_id character varying NOT NULL,
    begun_at bigint NOT NULL,
    wish json NOT NULL,
    chat_id character varying,
    url character varying NOT NULL,
    asked_at bigint,
    done json NOT NULL,
    troubles json NOT NULL,
    unfinished boolean NOT NULL,
    held_until bigint
);
CREATE SEQUENCE public.new_chat_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.new_chat_id_seq OWNED BY public.new_chat.id;
CREATE TABLE public.open_pane (
    digest character varying NOT NULL,
    object_id character varying NOT NULL,
    environment character varying NOT NULL,
    "table" character varying NOT NULL,
    row_id character varying NOT NULL,
    seen_at bigint NOT NULL
);
CREATE TABLE public.outbox (
    id bigint NOT NULL,
    key character varying NOT NULL,
    lane character varying NOT NULL,
    connection_id bigint,
    caused_at bigint,
    body bytea NOT NULL,
    told_before json,
    correlation_id character varying NOT NULL,
    received_at bigint NOT NULL,
    due_at bigint NOT NULL,
    state character varying NOT NULL,
    attempts integer NOT NULL,
    reason character varying,
    done_at bigint,
    environment character varying,
    "table" character varying,
    switch character varying,
    other_subjects json,
    told_after json,
    thread character varying,
    card_id bigint,
    card_version integer,
    trace character varying
);
CREATE SEQUENCE public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.outbox_id_seq OWNED BY public.outbox.id;
CREATE TABLE public.own_change (
    id bigint NOT NULL,
    chat_id character varying NOT NULL,
    environment character varying NOT NULL,
    "table" character varying NOT NULL,
    row_id character varying NOT NULL,
    user_id character varying NOT NULL,
    modified_at bigint NOT NULL,
    at bigint NOT NULL
);
CREATE SEQUENCE public.own_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.own_change_id_seq OWNED BY public.own_change.id;
CREATE TABLE public.pane_session (
    digest character varying NOT NULL,
    object_id character varying NOT NULL,
    tenant_id character varying NOT NULL,
    host character varying NOT NULL,
    begun_at bigint NOT NULL,
    used_at bigint NOT NULL,
    checked_at bigint,
    check_due_at bigint
);
CREATE TABLE public.pane_sign_in (
    digest character varying NOT NULL,
    begun_at bigint NOT NULL,
    returned_at bigint,
    object_id character varying,
    tenant_id character varying,
    failure character varying
);
CREATE TABLE public.post (
    id bigint NOT NULL,
    chat_id character varying NOT NULL,
    at bigint NOT NULL
);
CREATE SEQUENCE public.post_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.post_id_seq OWNED BY public.post.id;
CREATE TABLE public.posted_card (
    id bigint NOT NULL,
    chat_id character varying NOT NULL,
    connection_id bigint,
    kind character varying NOT NULL,
    activity_id character varying,
    content json NOT NULL,
    version integer NOT NULL,
    told_before json,
    due_at bigint,
    changed_at bigint NOT NULL,
    posted_at bigint,
    edited_at bigint,
    ended_at bigint
);
CREATE SEQUENCE public.posted_card_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.posted_card_id_seq OWNED BY public.posted_card.id;
CREATE TABLE public.record_type (
    environment character varying NOT NULL,
    "table" character varying NOT NULL,
    enabled boolean NOT NULL,
    note boolean NOT NULL,
    note_view character varying,
    auto_name boolean NOT NULL,
    "join" boolean NOT NULL,
    owner_can_disconnect boolean NOT NULL,
    connector_can_disconnect boolean NOT NULL,
    notify boolean NOT NULL,
    key_fields json NOT NULL,
    tell_secured boolean NOT NULL,
    leave_out_secured boolean NOT NULL,
    disclosure character varying NOT NULL,
    tell_each boolean NOT NULL,
    card_acts json NOT NULL,
    change_fields json NOT NULL,
    watches json,
    notifications json
);
CREATE TABLE public.setting_change (
    environment character varying NOT NULL,
    version integer NOT NULL,
    at bigint NOT NULL,
    person_id character varying NOT NULL,
    person_name character varying NOT NULL,
    chat_id character varying NOT NULL,
    changes json NOT NULL
);
CREATE TABLE public.signing_key (
    week integer NOT NULL,
    key character varying NOT NULL
);
CREATE TABLE public.subscription (
    watch character varying NOT NULL,
    chat_id character varying,
    wanted boolean NOT NULL,
    subscription_id character varying,
    expires_at bigint,
    made_for character varying NOT NULL,
    reread boolean NOT NULL,
    hindrance character varying,
    due_at bigint NOT NULL,
    held_until bigint
);
CREATE TABLE public.sync_job (
    id bigint NOT NULL,
    lane character varying NOT NULL,
    asked integer NOT NULL,
    look boolean NOT NULL,
    correlation_id character varying NOT NULL,
    received_at bigint NOT NULL,
    due_at bigint NOT NULL,
    state character varying NOT NULL,
    attempts integer NOT NULL,
    reason character varying,
    done_at bigint,
    trace character varying
);
CREATE SEQUENCE public.sync_job_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.sync_job_id_seq OWNED BY public.sync_job.id;
CREATE TABLE public.targeted_answer (
    request character varying NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.targeted_refusal (
    chat_id character varying NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.tenant_budget (
    tenant_id character varying NOT NULL,
    posts json NOT NULL
);
CREATE TABLE public.told_change (
    id bigint NOT NULL,
    key character varying NOT NULL,
    chat_id character varying NOT NULL,
    environment character varying NOT NULL,
    "table" character varying NOT NULL,
    row_id character varying NOT NULL,
    changed_at bigint NOT NULL,
    people json NOT NULL,
    columns json NOT NULL,
    news json NOT NULL,
    buttons json NOT NULL,
    told_at bigint NOT NULL
);
CREATE SEQUENCE public.told_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.told_change_id_seq OWNED BY public.told_change.id;
ALTER TABLE ONLY public.audit ALTER COLUMN id SET DEFAULT nextval('public.audit_id_seq'::regclass);
ALTER TABLE ONLY public.connection ALTER COLUMN id SET DEFAULT nextval('public.connection_id_seq'::regclass);
ALTER TABLE ONLY public.decision ALTER COLUMN id SET DEFAULT nextval('public.decision_id_seq'::regclass);
ALTER TABLE ONLY public.inbox ALTER COLUMN id SET DEFAULT nextval('public.inbox_id_seq'::regclass);
ALTER TABLE ONLY public.new_chat ALTER COLUMN id SET DEFAULT nextval('public.new_chat_id_seq'::regclass);
ALTER TABLE ONLY public.outbox ALTER COLUMN id SET DEFAULT nextval('public.outbox_id_seq'::regclass);
ALTER TABLE ONLY public.own_change ALTER COLUMN id SET DEFAULT nextval('public.own_change_id_seq'::regclass);
ALTER TABLE ONLY public.post ALTER COLUMN id SET DEFAULT nextval('public.post_id_seq'::regclass);
ALTER TABLE ONLY public.posted_card ALTER COLUMN id SET DEFAULT nextval('public.posted_card_id_seq'::regclass);
ALTER TABLE ONLY public.sync_job ALTER COLUMN id SET DEFAULT nextval('public.sync_job_id_seq'::regclass);
ALTER TABLE ONLY public.told_change ALTER COLUMN id SET DEFAULT nextval('public.told_change_id_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0029');
INSERT INTO public.audit VALUES (1, 1795256430000000, 'connect', 'adele', 'Adele Vance', '19:a@thread.v2', 'contoso', 'incident', '1', '{"a": "\u00fc"}');
INSERT INTO public.change_link VALUES ('contoso', 'incident', 'link-1', 1795256430000000);
INSERT INTO public.chat VALUES ('19:b@thread.tacv2', 'channel', 'msteams', 't', 'https://smba.trafficmanager.net/emea/', '28:bot', 'Chat Sync', true, NULL, '19:team@thread.tacv2', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.chat VALUES ('19:a@thread.v2', 'group', 'msteams', 't', 'https://smba.trafficmanager.net/emea/', '28:bot', 'Chat Sync', true, 1795256430000000, NULL, NULL, 'Pump', 1795256430000000, NULL, 'adele', 1795256430123456);
INSERT INTO public.chat_activity VALUES (1, 'activity-1', 'adele', 1795256430000000, '{"state": 1, "version": "12345", "members": ["u2", "u1"], "modified_on": "2026-11-21T10:20:30.123456Z", "modified_by": "u1"}', '{"adele": "u1", "megan": null}', 2, 'refused', NULL, 1795256430123456);
INSERT INTO public.chat_activity VALUES (3, 'activity-2', 'megan', 1795256430123456, NULL, '{}', 0, NULL, NULL, NULL);
INSERT INTO public.chat_rules VALUES ('19:a@thread.v2', 1, '{"zone": "Europe/Berlin", "language": "pt-BR", "mute": {"until": "2026-11-21T10:21:30Z", "by": "megan", "by_name": "Megan Bowen", "at": "2026-11-21T10:20:30Z", "also_urgent": true}, "skip_own_cards": true, "skip_integrations": true, "skip_people": {"u1": "Adele Vance"}, "quiet_hours": {"zone": "Europe/Berlin", "start": "22:00:00", "end": "07:00:00", "days": [0, 4], "whole_days": [6]}, "budget": {"in_a_day": 10, "in_a_burst": 3}, "combine_bulk_edits": true, "saves": []}');
INSERT INTO public.connection VALUES (2, '19:a@thread.v2', 'contoso', 'account', '2', 'Pump vibrates', NULL, 'megan', 'Megan', 1795256430123456, NULL, NULL, 1795256490000000, 'megan', 'Megan Bowen', false, 'a353e1c48bace01932e1d10d31817e90');
INSERT INTO public.connection VALUES (3, '19:b@thread.tacv2', 'contoso', 'incident', '1', 'Pump vibrates', 'CAS-01001', 'adele', 'Adele', 1795256430123456, 1795256430000000, 'The bot was removed.', NULL, NULL, NULL, false, '52e07e27a84a0e467f42fc298fc1b8c9');
INSERT INTO public.connection VALUES (1, '19:a@thread.v2', 'contoso', 'incident', '1', 'Pump vibrates', 'CAS-01001', 'adele', 'Adele', 1795256430123456, NULL, NULL, NULL, NULL, NULL, true, '1e26d4b52f688a61de8ffd136749ad1d');
INSERT INTO public.connection_rules VALUES (1, 1, '{"style": "digest", "digest_at": "08:30:00", "value_rule": {"conditions": [{"column": "empty", "test": "is one of", "values": [null]}, {"column": "yes", "test": "is one of", "values": [true]}, {"column": "no", "test": "is one of", "values": [false]}, {"column": "zero", "test": "is one of", "values": [0]}, {"column": "one", "test": "is one of", "values": [1]}, {"column": "negative", "test": "is one of", "values": [-7]}, {"column": "large", "test": "is one of", "values": [9007199254740993]}, {"column": "whole_float", "test": "is one of", "values": [1.0]}, {"column": "float", "test": "is one of", "values": [0.1]}, {"column": "no_text", "test": "is one of", "values": [""]}, {"column": "text", "test": "is one of", "values": ["Pump \u201cvibrates\u201d \ud83d\ude80"]}, {"column": "number_text", "test": "is one of", "values": ["1"]}, {"column": "true_text", "test": "is one of", "values": ["true"]}, {"column": "date", "test": "is one of", "values": ["2026-11-21"]}, {"column": "instant", "test": "is one of", "values": ["2026-11-21T10:20:30Z"]}, {"column": "lookup", "test": "is one of", "values": ["account:2"]}, {"column": "no_choices", "test": "is one of", "values": [[]]}, {"column": "choices", "test": "is one of", "values": [[1, 2, 3]]}], "all_must_hold": true}, "urgent_rule": {"conditions": [{"column": "prioritycode", "test": "becomes", "values": [1]}], "all_must_hold": false}, "mute": {"until": null, "by": "adele", "by_name": "Adele Vance", "at": "2026-11-21T10:20:30Z", "also_urgent": false}, "mention_new_owner": true, "mention_owner": true, "only_mute": false, "saves": []}');
INSERT INTO public.decision VALUES (1, 1, '19:a@thread.v2', 1795256430000000, 'posted', 'every change', '[{"name": "empty", "old": null, "new": null, "has_values": true, "old_is_known": true}, {"name": "yes", "old": null, "new": true, "has_values": true, "old_is_known": true}, {"name": "no", "old": null, "new": false, "has_values": true, "old_is_known": true}, {"name": "zero", "old": null, "new": 0, "has_values": true, "old_is_known": true}, {"name": "one", "old": null, "new": 1, "has_values": true, "old_is_known": true}, {"name": "negative", "old": null, "new": -7, "has_values": true, "old_is_known": true}, {"name": "large", "old": null, "new": 9007199254740993, "has_values": true, "old_is_known": true}, {"name": "whole_float", "old": null, "new": 1.0, "has_values": true, "old_is_known": true}, {"name": "float", "old": null, "new": 0.1, "has_values": true, "old_is_known": true}, {"name": "no_text", "old": null, "new": "", "has_values": true, "old_is_known": true}, {"name": "text", "old": null, "new": "Pump \u201cvibrates\u201d \ud83d\ude80", "has_values": true, "old_is_known": true}, {"name": "number_text", "old": null, "new": "1", "has_values": true, "old_is_known": true}, {"name": "true_text", "old": null, "new": "true", "has_values": true, "old_is_known": true}, {"name": "date", "old": null, "new": "2026-11-21", "has_values": true, "old_is_known": true}, {"name": "instant", "old": null, "new": "2026-11-21T10:20:30Z", "has_values": true, "old_is_known": true}, {"name": "lookup", "old": null, "new": "account:2", "has_values": true, "old_is_known": true}, {"name": "no_choices", "old": null, "new": [], "has_values": true, "old_is_known": true}, {"name": "choices", "old": null, "new": [1, 2, 3], "has_values": true, "old_is_known": true}]', '{"people": ["u1"], "integrations": [], "on_own_card": true}', false, NULL, NULL, NULL);
INSERT INTO public.decision VALUES (2, 1, '19:a@thread.v2', 1795256430123456, 'held', 'quiet hours', '[{"name": "prioritycode", "old": null, "new": null, "has_values": false, "old_is_known": false}]', '{"people": ["u2"], "integrations": ["u2"], "on_own_card": false}', false, 1795256490000000, NULL, NULL);
INSERT INTO public.environment VALUES ('contoso', true, '["Agent", "Leiter:in"]', true, 1795256430123456, 30, true, 1, '00000000-0000-4000-9000-00000000c0de', true, NULL);
INSERT INTO public.field_value VALUES (1, 'choices', '[1, 2, 3]', 'shown (1, 2, 3)', 1795256430123456, NULL, 0);
INSERT INTO public.field_value VALUES (1, 'date', '"2026-11-21"', 'shown 2026-11-21', 1795256430123456, NULL, 0);
INSERT INTO public.field_value VALUES (1, 'empty', 'null', 'shown None', 1795256430123456, NULL, 0);
INSERT INTO public.field_value VALUES (1, 'float', '0.1', 'shown 0.1', 1795256430123456, NULL, 0);
INSERT INTO public.field_value VALUES (1, 'instant', '"2026-11-21T10:20:30Z"', 'shown 2026-11-21T10:20:30Z', 1795256430123456, NULL, 0);
INSERT INTO public.field_value VALUES (1, 'large', '9007199254740993', 'shown 9007199254740993', 1795256430123456, NULL, 0);
INSERT INTO public.field_value VALUES (1, 'lookup', '"account:2"', 'shown account:2', 1795256430123456, NULL, 0);
INSERT INTO public.field_value VALUES (1, 'negative', '-7', 'shown -7', 1795256430123456, NULL, 0);
INSERT INTO public.field_value VALUES (1, 'no', 'false', 'shown False', 1795256430123456, NULL, 0);
INSERT INTO public.field_value VALUES (1, 'no_choices', '[]', 'shown ()', 1795256430123456, NULL, 0);
INSERT INTO public.field_value VALUES (1, 'no_text', '""', 'shown ', 1795256430123456, NULL, 0);
INSERT INTO public.field_value VALUES (1, 'number_text', '"1"', 'shown 1', 1795256430123456, NULL, 0);
INSERT INTO public.field_value VALUES (1, 'one', '1', 'shown 1', 1795256430123456, NULL, 0);
INSERT INTO public.field_value VALUES (1, 'text', '"Pump \u201cvibrates\u201d \ud83d\ude80"', 'shown Pump “vibrates” 🚀', 1795256430123456, NULL, 0);
INSERT INTO public.field_value VALUES (1, 'true_text', '"true"', 'shown true', 1795256430123456, NULL, 0);
INSERT INTO public.field_value VALUES (1, 'whole_float', '1.0', 'shown 1.0', 1795256430123456, NULL, 0);
INSERT INTO public.field_value VALUES (1, 'yes', 'true', 'shown True', 1795256430123456, NULL, 0);
INSERT INTO public.field_value VALUES (1, 'zero', '0', 'shown 0', 1795256430123456, NULL, 0);
INSERT INTO public.field_value VALUES (2, 'prioritycode', '2', 'Normal', 1795256430000000, 1795256490000000, 3);
INSERT INTO public.field_value VALUES (3, 'title', '"Pump \u201cvibrates\u201d \ud83d\ude80"', NULL, 1795256430000000, NULL, 0);
INSERT INTO public.inbox VALUES (1, 'event', '["contoso", "incident", "1"]', '{"key": "event", "record": ["contoso", "incident", "1"], "at": "2026-11-21T10:20:30.123456Z", "changed_by": "u1", "changes": [{"column": "empty", "new": {"raw": null, "text": null}, "old": null}, {"column": "yes", "new": {"raw": true, "text": "shown True"}, "old": {"raw": true, "text": null}}, {"column": "no", "new": {"raw": false, "text": "shown False"}, "old": {"raw": false, "text": null}}, {"column": "zero", "new": {"raw": 0, "text": "shown 0"}, "old": {"raw": 0, "text": null}}, {"column": "one", "new": {"raw": 1, "text": "shown 1"}, "old": {"raw": 1, "text": null}}, {"column": "negative", "new": {"raw": -7, "text": "shown -7"}, "old": {"raw": -7, "text": null}}, {"column": "large", "new": {"raw": 9007199254740993, "text": "shown 9007199254740993"}, "old": null}, {"column": "whole_float", "new": {"raw": 1.0, "text": "shown 1.0"}, "old": {"raw": 1.0, "text": null}}, {"column": "float", "new": {"raw": 0.1, "text": "shown 0.1"}, "old": null}, {"column": "no_text", "new": {"raw": "", "text": "shown "}, "old": {"raw": "", "text": null}}, {"column": "text", "new": {"raw": "Pump \u201cvibrates\u201d \ud83d\ude80", "text": "shown Pump \u201cvibrates\u201d \ud83d\ude80"}, "old": {"raw": "Pump \u201cvibrates\u201d \ud83d\ude80", "text": null}}, {"column": "number_text", "new": {"raw": "1", "text": "shown 1"}, "old": {"raw": "1", "text": null}}, {"column": "true_text", "new": {"raw": "true", "text": "shown true"}, "old": {"raw": "true", "text": null}}, {"column": "date", "new": {"raw": "2026-11-21", "text": "shown 2026-11-21"}, "old": null}, {"column": "instant", "new": {"raw": "2026-11-21T10:20:30Z", "text": "shown 2026-11-21T10:20:30Z"}, "old": null}, {"column": "lookup", "new": {"raw": "account:2", "text": "shown account:2"}, "old": null}, {"column": "no_choices", "new": {"raw": [], "text": "shown ()"}, "old": {"raw": [], "text": null}}, {"column": "choices", "new": {"raw": [1, 2, 3], "text": "shown (1, 2, 3)"}, "old": null}], "stripped": false, "deleted": false, "modified_at": null}', '', 1795256430000000, 1795256490000000, 'waiting', 0, NULL, NULL, NULL);
INSERT INTO public.inbox VALUES (2, 'stripped', '["contoso", "incident", "1"]', '{"key": "stripped", "record": ["contoso", "incident", "1"], "at": "2026-11-21T10:20:30Z", "changed_by": null, "changes": [], "stripped": true, "deleted": false, "modified_at": null}', '', 1795256430000000, 1795256490000000, 'waiting', 0, NULL, NULL, NULL);
INSERT INTO public.inbox VALUES (3, 'deleted', '["contoso", "account", "2"]', '{"key": "deleted", "record": ["contoso", "account", "2"], "at": "2026-11-21T10:20:30Z", "changed_by": "u1", "changes": [], "stripped": false, "deleted": true, "modified_at": null}', '', 1795256430000000, 1795256490000000, 'waiting', 0, NULL, NULL, NULL);
INSERT INTO public.inbox VALUES (4, 'catch up 19:a@thread.v2 848d49d63b6c44b4b3c78929f2e600ce', 'catch up 19:a@thread.v2', '{"job": "catch up", "chat": "19:a@thread.v2"}', '', 1795256430000000, 1795256490000000, 'waiting', 0, NULL, NULL, NULL);
INSERT INTO public.inbox VALUES (5, 'follow settings contoso 97c9c15d98764955ad086b7725c7c777', 'follow settings contoso', '{"job": "follow settings", "environment": "contoso"}', '', 1795256430000000, 1795256490000000, 'waiting', 0, NULL, NULL, NULL);
INSERT INTO public.inbox VALUES (6, 'sync all contoso bf2b0b20a599488f92182fb4de29c3f2', 'sync all contoso', '{"job": "sync all", "environment": "contoso"}', '', 1795256430000000, 1795256490000000, 'waiting', 0, NULL, NULL, NULL);
INSERT INTO public.inbox VALUES (7, 'take values contoso c2295af3747547d89b6abf15fa6c0f5a', 'take values contoso', '{"job": "take values", "environment": "contoso"}', '', 1795256430000000, 1795256490000000, 'waiting', 0, NULL, NULL, NULL);
INSERT INTO public.inbox VALUES (8, 'post card 1 68666f81f1324c9db486c922b74e146f', 'post card 1', '{"job": "post card", "card_id": 1}', '', 1795256430000000, 1795256490000000, 'waiting', 0, NULL, NULL, NULL);
INSERT INTO public.lane VALUES ('sync', '19:a@thread.v2', 1795256490000000, NULL, NULL);
INSERT INTO public.lane VALUES ('inbox', '["contoso", "incident", "1"]', 1795256490000000, NULL, NULL);
INSERT INTO public.lane VALUES ('inbox', '["contoso", "account", "2"]', 1795256490000000, NULL, NULL);
INSERT INTO public.lane VALUES ('inbox', 'catch up 19:a@thread.v2', 1795256490000000, NULL, NULL);
INSERT INTO public.lane VALUES ('inbox', 'follow settings contoso', 1795256490000000, NULL, NULL);
INSERT INTO public.lane VALUES ('inbox', 'sync all contoso', 1795256490000000, NULL, NULL);
INSERT INTO public.lane VALUES ('inbox', 'take values contoso', 1795256490000000, NULL, NULL);
INSERT INTO public.lane VALUES ('outbox', '19:a@thread.v2', 1795256430000000, NULL, NULL);
INSERT INTO public.lane VALUES ('inbox', 'post card 1', 1795256490000000, NULL, NULL);
INSERT INTO public.lane VALUES ('outbox', '19:b@thread.tacv2', 1795256430000000, NULL, NULL);
INSERT INTO public.mention_opt_out VALUES ('t', 'megan');
INSERT INTO public.new_chat VALUES (1, 'failed', 'adele', 1795256430000000, '{"people": ["megan", "alex"], "topic": "Pump", "record": ["contoso", "incident", "1"], "note": false}', '19:a@thread.v2', 'https://teams.microsoft.com/l/chat/1', 1795256430123456, '["create", "members"]', '[["name", "Too long.", "Choose a shorter name."]]', true, NULL);
INSERT INTO public.new_chat VALUES (2, 'plain', 'adele', 1795256430000000, '{"people": ["megan"], "topic": null, "record": null, "note": true}', NULL, '', NULL, '[]', '[]', true, NULL);
INSERT INTO public.open_pane VALUES ('5e55', 'adele', 'contoso', 'incident', '1', 1795256430123456);
INSERT INTO public.outbox VALUES (1, 'message', '19:a@thread.v2', 1, 1795256430123456, '\x7b2274797065223a226d657373616765227d', '[[1, "empty", {"raw": null, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "yes", {"raw": true, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "no", {"raw": false, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "zero", {"raw": 0, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "one", {"raw": 1, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "negative", {"raw": -7, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "large", {"raw": 9007199254740993, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "whole_float", {"raw": 1.0, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "float", {"raw": 0.1, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "no_text", {"raw": "", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "text", {"raw": "Pump \u201cvibrates\u201d \ud83d\ude80", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "number_text", {"raw": "1", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "true_text", {"raw": "true", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "date", {"raw": "2026-11-21", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "instant", {"raw": "2026-11-21T10:20:30Z", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "lookup", {"raw": "account:2", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "no_choices", {"raw": [], "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "choices", {"raw": [1, 2, 3], "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "new", null]]', '', 1795256430000000, 1795256430000000, 'waiting', 0, NULL, NULL, 'contoso', 'incident', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.outbox VALUES (2, 'parked', '19:b@thread.tacv2', NULL, NULL, '\x7b2274797065223a226d657373616765222c2274657874223a2232227d', NULL, '', 1795256430000000, 1795256430000000, 'parked', 0, 'The tenant refused the message.', 1795256430000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.outbox VALUES (3, 'given up', '19:b@thread.tacv2', 3, NULL, '\x7b2274797065223a226d657373616765222c2274657874223a2233227d', '[[3, "title", {"raw": "Pump \u201cvibrates\u201d \ud83d\ude80", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}]]', '', 1795256430000000, 1795256430000000, 'parked', 0, 'BotNotInConversationRoster', 1795256430000000, 'contoso', 'incident', 'key fields', NULL, '[[3, "title", {"raw": "Pump \u201cvibrates\u201d \ud83d\ude80", "text": "shown Pump \u201cvibrates\u201d \ud83d\ude80", "at": "2026-11-21T10:20:30.123456Z", "taken_at": null, "watch": 0}]]', NULL, NULL, NULL, NULL);
INSERT INTO public.outbox VALUES (4, 'summary', '19:b@thread.tacv2', NULL, NULL, '\x7b2274797065223a226d657373616765222c2274657874223a2234227d', '[[3, "title", {"raw": "Pump \u201cvibrates\u201d \ud83d\ude80", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}]]', '', 1795256430000000, 1795256430000000, 'waiting', 0, NULL, NULL, 'contoso', 'incident', 'key fields', '[{"environment": "contoso", "table": "account", "switch": "record type"}, {"environment": null, "table": null, "switch": "chats"}]', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.outbox VALUES (5, 'card', '19:b@thread.tacv2', NULL, NULL, '\x7b2274797065223a226d657373616765222c2274657874223a2235227d', NULL, '', 1795256430000000, 1795256430000000, 'waiting', 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 2, 7, NULL);
INSERT INTO public.own_change VALUES (1, '19:a@thread.v2', 'contoso', 'incident', '1', 'u1', 1795256430000000, 1795256430000000);
INSERT INTO public.pane_session VALUES ('5e55', 'adele', 't', 'teams', 1795256430000000, 1795256430123456, 1795256430000000, 1795256430000000);
INSERT INTO public.pane_sign_in VALUES ('1111111111111111111111111111111111111111111111111111111111111111', 1795256430000000, NULL, 'megan', 't', NULL);
INSERT INTO public.post VALUES (1, '19:a@thread.v2', 1795256430000000);
INSERT INTO public.post VALUES (2, '19:a@thread.v2', 1795256430123456);
INSERT INTO public.posted_card VALUES (1, '19:a@thread.v2', 1, 'live', NULL, '{"about": {"ref": {"environment": "contoso", "table": "incident", "row_id": "1"}, "kind": "Case", "name": "Pump", "number": null}, "fields": [{"name": "title", "label": "Title", "text": null, "secured": true}], "changes": [{"column": {"name": "empty", "label": "Empty", "old": null, "new": "shown None", "raw": null}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "yes", "label": "Yes", "old": "old", "new": "shown True", "raw": true}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "no", "label": "No", "old": "old", "new": "shown False", "raw": false}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "zero", "label": "Zero", "old": "old", "new": "shown 0", "raw": 0}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "one", "label": "One", "old": "old", "new": "shown 1", "raw": 1}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "negative", "label": "Negative", "old": "old", "new": "shown -7", "raw": -7}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "large", "label": "Large", "old": "old", "new": "shown 9007199254740993", "raw": 9007199254740993}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "whole_float", "label": "Whole_Float", "old": "old", "new": "shown 1.0", "raw": 1.0}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "float", "label": "Float", "old": "old", "new": "shown 0.1", "raw": 0.1}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": true}, {"column": {"name": "no_text", "label": "No_Text", "old": "old", "new": "shown ", "raw": ""}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "text", "label": "Text", "old": "old", "new": "shown Pump \u201cvibrates\u201d \ud83d\ude80", "raw": "Pump \u201cvibrates\u201d \ud83d\ude80"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "number_text", "label": "Number_Text", "old": "old", "new": "shown 1", "raw": "1"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "true_text", "label": "True_Text", "old": "old", "new": "shown true", "raw": "true"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "date", "label": "Date", "old": "old", "new": "shown 2026-11-21", "raw": "2026-11-21"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "instant", "label": "Instant", "old": "old", "new": "shown 2026-11-21T10:20:30Z", "raw": "2026-11-21T10:20:30Z"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "lookup", "label": "Lookup", "old": "old", "new": "shown account:2", "raw": "account:2"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "no_choices", "label": "No_Choices", "old": "old", "new": "shown ()", "raw": []}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "choices", "label": "Choices", "old": "old", "new": "shown (1, 2, 3)", "raw": [1, 2, 3]}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}]}', 1, '[[1, "empty", {"raw": null, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "yes", {"raw": true, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "no", {"raw": false, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "zero", {"raw": 0, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "one", {"raw": 1, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "negative", {"raw": -7, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "large", {"raw": 9007199254740993, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "whole_float", {"raw": 1.0, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "float", {"raw": 0.1, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "no_text", {"raw": "", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "text", {"raw": "Pump \u201cvibrates\u201d \ud83d\ude80", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "number_text", {"raw": "1", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "true_text", {"raw": "true", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "date", {"raw": "2026-11-21", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "instant", {"raw": "2026-11-21T10:20:30Z", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "lookup", {"raw": "account:2", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "no_choices", {"raw": [], "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "choices", {"raw": [1, 2, 3], "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "new", null]]', 1795256490000000, 1795256430000000, NULL, NULL, NULL);
INSERT INTO public.posted_card VALUES (2, '19:b@thread.tacv2', NULL, 'summary', '1:1', '{"count": 3, "since": "2026-11-21T10:20:30.123456Z", "records": [{"connection": 3, "record": {"ref": {"environment": "contoso", "table": "incident", "row_id": "1"}, "kind": "Case", "name": "Pump", "number": null}, "changes": [{"column": {"name": "empty", "label": "Empty", "old": null, "new": "shown None", "raw": null}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "yes", "label": "Yes", "old": "old", "new": "shown True", "raw": true}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "no", "label": "No", "old": "old", "new": "shown False", "raw": false}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "zero", "label": "Zero", "old": "old", "new": "shown 0", "raw": 0}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "one", "label": "One", "old": "old", "new": "shown 1", "raw": 1}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "negative", "label": "Negative", "old": "old", "new": "shown -7", "raw": -7}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "large", "label": "Large", "old": "old", "new": "shown 9007199254740993", "raw": 9007199254740993}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "whole_float", "label": "Whole_Float", "old": "old", "new": "shown 1.0", "raw": 1.0}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "float", "label": "Float", "old": "old", "new": "shown 0.1", "raw": 0.1}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": true}, {"column": {"name": "no_text", "label": "No_Text", "old": "old", "new": "shown ", "raw": ""}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "text", "label": "Text", "old": "old", "new": "shown Pump \u201cvibrates\u201d \ud83d\ude80", "raw": "Pump \u201cvibrates\u201d \ud83d\ude80"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "number_text", "label": "Number_Text", "old": "old", "new": "shown 1", "raw": "1"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "true_text", "label": "True_Text", "old": "old", "new": "shown true", "raw": "true"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "date", "label": "Date", "old": "old", "new": "shown 2026-11-21", "raw": "2026-11-21"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "instant", "label": "Instant", "old": "old", "new": "shown 2026-11-21T10:20:30Z", "raw": "2026-11-21T10:20:30Z"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "lookup", "label": "Lookup", "old": "old", "new": "shown account:2", "raw": "account:2"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "no_choices", "label": "No_Choices", "old": "old", "new": "shown ()", "raw": []}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "choices", "label": "Choices", "old": "old", "new": "shown (1, 2, 3)", "raw": [1, 2, 3]}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}], "at": "2026-11-21T10:20:30Z", "urgent": true}], "others": [1], "budget_at": "2026-11-21T10:20:30Z", "bulk_at": "2026-11-21T10:20:30.123456Z"}', 1, NULL, NULL, 1795256430000000, 1795256430000000, 1795256430000000, NULL);
INSERT INTO public.posted_card VALUES (3, '19:a@thread.v2', NULL, 'catch up', NULL, '{"title": "While muted", "lead": "Unmuted by Megan Bowen.", "at": "2026-11-21T10:20:30.123456Z", "records": [{"record": {"ref": {"environment": "contoso", "table": "incident", "row_id": "1"}, "kind": "Case", "name": "Pump", "number": null}, "changes": [{"column": {"name": "empty", "label": "Empty", "old": null, "new": "shown None", "raw": null}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "yes", "label": "Yes", "old": "old", "new": "shown True", "raw": true}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "no", "label": "No", "old": "old", "new": "shown False", "raw": false}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "zero", "label": "Zero", "old": "old", "new": "shown 0", "raw": 0}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "one", "label": "One", "old": "old", "new": "shown 1", "raw": 1}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "negative", "label": "Negative", "old": "old", "new": "shown -7", "raw": -7}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "large", "label": "Large", "old": "old", "new": "shown 9007199254740993", "raw": 9007199254740993}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "whole_float", "label": "Whole_Float", "old": "old", "new": "shown 1.0", "raw": 1.0}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "float", "label": "Float", "old": "old", "new": "shown 0.1", "raw": 0.1}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": true}, {"column": {"name": "no_text", "label": "No_Text", "old": "old", "new": "shown ", "raw": ""}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "text", "label": "Text", "old": "old", "new": "shown Pump \u201cvibrates\u201d \ud83d\ude80", "raw": "Pump \u201cvibrates\u201d \ud83d\ude80"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "number_text", "label": "Number_Text", "old": "old", "new": "shown 1", "raw": "1"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "true_text", "label": "True_Text", "old": "old", "new": "shown true", "raw": "true"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "date", "label": "Date", "old": "old", "new": "shown 2026-11-21", "raw": "2026-11-21"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "instant", "label": "Instant", "old": "old", "new": "shown 2026-11-21T10:20:30Z", "raw": "2026-11-21T10:20:30Z"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "lookup", "label": "Lookup", "old": "old", "new": "shown account:2", "raw": "account:2"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "no_choices", "label": "No_Choices", "old": "old", "new": "shown ()", "raw": []}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "choices", "label": "Choices", "old": "old", "new": "shown (1, 2, 3)", "raw": [1, 2, 3]}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}], "news": ["Case closed."], "buttons": [{"title": "Disconnect", "verb": "disconnect", "payload": {"record": "1"}}]}], "more": 2, "deleted": ["CAS-01002"], "unreadable": ["CAS-01003"]}', 1, NULL, NULL, 1795256430000000, NULL, NULL, 1795256430000000);
INSERT INTO public.record_type VALUES ('contoso', 'account', true, true, NULL, false, false, false, false, false, '[]', false, false, 'name', false, '[]', '[]', NULL, NULL);
INSERT INTO public.record_type VALUES ('contoso', 'contact', true, true, NULL, false, false, false, false, false, '[]', false, false, 'name', false, '[]', '[]', NULL, NULL);
INSERT INTO public.record_type VALUES ('contoso', 'knowledgearticle', true, true, NULL, false, false, false, false, false, '[]', false, false, 'name', false, '[]', '[]', NULL, NULL);
INSERT INTO public.record_type VALUES ('contoso', 'email', true, true, NULL, false, false, false, false, false, '[]', false, false, 'name', false, '[]', '[]', NULL, NULL);
INSERT INTO public.record_type VALUES ('contoso', 'msdyn_ocliveworkitem', true, true, NULL, false, false, false, false, false, '[]', false, false, 'name', false, '[]', '[]', NULL, NULL);
INSERT INTO public.record_type VALUES ('contoso', 'incident', true, true, 'view-1', false, false, false, false, true, '["title", "prioritycode"]', false, false, 'fields', false, '["assign", "note"]', '["title"]', '{"prioritycode": [3, 1795256430123456]}', '{"notify_style": "each", "digest_at": "08:00", "value_rule": [], "urgent_rule": [], "mention_new_owner": false, "mention_owner": false, "locked_rules": []}');
INSERT INTO public.setting_change VALUES ('contoso', 1, 1795256430000000, 'adele', 'Adele Vance', '19:a@thread.v2', '[{"table": null, "setting": "allowed_roles", "was": [], "now": ["Agent", "Leiter:in"]}, {"table": null, "setting": "sync_idle_days", "was": 7, "now": 30}, {"table": null, "setting": "mirror_chats", "was": false, "now": true}, {"table": "incident", "setting": "enabled", "was": false, "now": true}, {"table": "incident", "setting": "note", "was": false, "now": true}, {"table": "incident", "setting": "note_view", "was": null, "now": "view-1"}, {"table": "incident", "setting": "notify", "was": false, "now": true}, {"table": "incident", "setting": "key_fields", "was": [], "now": ["title", "prioritycode"]}, {"table": "incident", "setting": "disclosure", "was": "name", "now": "fields"}, {"table": "incident", "setting": "card_acts", "was": [], "now": ["assign", "note"]}, {"table": "incident", "setting": "change_fields", "was": [], "now": ["title"]}]');
INSERT INTO public.signing_key VALUES (2968, 'f2938d0c763291390446cd4a7cb030cc435ec3df433580e5ea87b3d689cd22b0');
INSERT INTO public.subscription VALUES ('topics', NULL, true, NULL, NULL, '', false, NULL, 1795256430000000, NULL);
INSERT INTO public.subscription VALUES ('chat 19:a@thread.v2', '19:a@thread.v2', true, 's1', 1795256490000000, 'm', true, 'not reached', 1795256430000000, NULL);
INSERT INTO public.sync_job VALUES (1, '19:a@thread.v2', 1, true, '', 1795256430000000, 1795256490000000, 'waiting', 0, NULL, NULL, NULL);
INSERT INTO public.targeted_answer VALUES ('5a2c', 1795256430000000);
INSERT INTO public.targeted_refusal VALUES ('19:b@thread.tacv2', 1795256430000000);
INSERT INTO public.tenant_budget VALUES ('t', '[1795256430000000, 1795256430123456, 1795256490000000]');
INSERT INTO public.told_change VALUES (1, 'change', '19:a@thread.v2', 'contoso', 'incident', '1', 1795256430123456, '["Adele Vance", "Megan Bowen"]', '[{"name": "empty", "label": "Empty", "old": null, "new": "shown None", "raw": null}, {"name": "yes", "label": "Yes", "old": "old", "new": "shown True", "raw": true}, {"name": "no", "label": "No", "old": "old", "new": "shown False", "raw": false}, {"name": "zero", "label": "Zero", "old": "old", "new": "shown 0", "raw": 0}, {"name": "one", "label": "One", "old": "old", "new": "shown 1", "raw": 1}, {"name": "negative", "label": "Negative", "old": "old", "new": "shown -7", "raw": -7}, {"name": "large", "label": "Large", "old": "old", "new": "shown 9007199254740993", "raw": 9007199254740993}, {"name": "whole_float", "label": "Whole_Float", "old": "old", "new": "shown 1.0", "raw": 1.0}, {"name": "float", "label": "Float", "old": "old", "new": "shown 0.1", "raw": 0.1}, {"name": "no_text", "label": "No_Text", "old": "old", "new": "shown ", "raw": ""}, {"name": "text", "label": "Text", "old": "old", "new": "shown Pump \u201cvibrates\u201d \ud83d\ude80", "raw": "Pump \u201cvibrates\u201d \ud83d\ude80"}, {"name": "number_text", "label": "Number_Text", "old": "old", "new": "shown 1", "raw": "1"}, {"name": "true_text", "label": "True_Text", "old": "old", "new": "shown true", "raw": "true"}, {"name": "date", "label": "Date", "old": "old", "new": "shown 2026-11-21", "raw": "2026-11-21"}, {"name": "instant", "label": "Instant", "old": "old", "new": "shown 2026-11-21T10:20:30Z", "raw": "2026-11-21T10:20:30Z"}, {"name": "lookup", "label": "Lookup", "old": "old", "new": "shown account:2", "raw": "account:2"}, {"name": "no_choices", "label": "No_Choices", "old": "old", "new": "shown ()", "raw": []}, {"name": "choices", "label": "Choices", "old": "old", "new": "shown (1, 2, 3)", "raw": [1, 2, 3]}]', '["Closed."]', '[{"title": "Disconnect", "verb": "disconnect", "payload": {"record": "1"}}]', 1795256430000000);
SELECT pg_catalog.setval('public.audit_id_seq', 1, true);
SELECT pg_catalog.setval('public.connection_id_seq', 3, true);
SELECT pg_catalog.setval('public.decision_id_seq', 2, true);
SELECT pg_catalog.setval('public.inbox_id_seq', 8, true);
SELECT pg_catalog.setval('public.new_chat_id_seq', 2, true);
SELECT pg_catalog.setval('public.outbox_id_seq', 5, true);
SELECT pg_catalog.setval('public.own_change_id_seq', 1, true);
SELECT pg_catalog.setval('public.post_id_seq', 2, true);
SELECT pg_catalog.setval('public.posted_card_id_seq', 3, true);
SELECT pg_catalog.setval('public.sync_job_id_seq', 1, true);
SELECT pg_catalog.setval('public.told_change_id_seq', 1, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT pk_audit PRIMARY KEY (id);
ALTER TABLE ONLY public.change_link
    ADD CONSTRAINT pk_change_link PRIMARY KEY (environment, "table");
ALTER TABLE ONLY public.chat
    ADD CONSTRAINT pk_chat PRIMARY KEY (id);
ALTER TABLE ONLY public.chat_activity
    ADD CONSTRAINT pk_chat_activity PRIMARY KEY (connection_id);
ALTER TABLE ONLY public.chat_rules
    ADD CONSTRAINT pk_chat_rules PRIMARY KEY (chat_id);
ALTER TABLE ONLY public.connection
    ADD CONSTRAINT pk_connection PRIMARY KEY (id);
ALTER TABLE ONLY public.connection_rules
    ADD CONSTRAINT pk_connection_rules PRIMARY KEY (connection_id);
ALTER TABLE ONLY public.decision
    ADD CONSTRAINT pk_decision PRIMARY KEY (id);
ALTER TABLE ONLY public.environment
    ADD CONSTRAINT pk_environment PRIMARY KEY (id);
ALTER TABLE ONLY public.field_value
    ADD CONSTRAINT pk_field_value PRIMARY KEY (connection_id, "column");
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT pk_inbox PRIMARY KEY (id);
ALTER TABLE ONLY public.lane
    ADD CONSTRAINT pk_lane PRIMARY KEY (queue, name);
ALTER TABLE ONLY public.mention_opt_out
    ADD CONSTRAINT pk_mention_opt_out PRIMARY KEY (tenant_id, person_id);
ALTER TABLE ONLY public.new_chat
    ADD CONSTRAINT pk_new_chat PRIMARY KEY (id);
ALTER TABLE ONLY public.open_pane
    ADD CONSTRAINT pk_open_pane PRIMARY KEY (digest);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (id);
ALTER TABLE ONLY public.own_change
    ADD CONSTRAINT pk_own_change PRIMARY KEY (id);
ALTER TABLE ONLY public.pane_session
    ADD CONSTRAINT pk_pane_session PRIMARY KEY (digest);
ALTER TABLE ONLY public.pane_sign_in
    ADD CONSTRAINT pk_pane_sign_in PRIMARY KEY (digest);
ALTER TABLE ONLY public.post
    ADD CONSTRAINT pk_post PRIMARY KEY (id);
ALTER TABLE ONLY public.posted_card
    ADD CONSTRAINT pk_posted_card PRIMARY KEY (id);
ALTER TABLE ONLY public.record_type
    ADD CONSTRAINT pk_record_type PRIMARY KEY (environment, "table");
ALTER TABLE ONLY public.setting_change
    ADD CONSTRAINT pk_setting_change PRIMARY KEY (environment, version);
ALTER TABLE ONLY public.signing_key
    ADD CONSTRAINT pk_signing_key PRIMARY KEY (week);
ALTER TABLE ONLY public.subscription
    ADD CONSTRAINT pk_subscription PRIMARY KEY (watch);
ALTER TABLE ONLY public.sync_job
    ADD CONSTRAINT pk_sync_job PRIMARY KEY (id);
ALTER TABLE ONLY public.targeted_answer
    ADD CONSTRAINT pk_targeted_answer PRIMARY KEY (request);
ALTER TABLE ONLY public.targeted_refusal
    ADD CONSTRAINT pk_targeted_refusal PRIMARY KEY (chat_id);
ALTER TABLE ONLY public.tenant_budget
    ADD CONSTRAINT pk_tenant_budget PRIMARY KEY (tenant_id);
ALTER TABLE ONLY public.told_change
    ADD CONSTRAINT pk_told_change PRIMARY KEY (id);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT uq_inbox_key UNIQUE (key);
ALTER TABLE ONLY public.new_chat
    ADD CONSTRAINT uq_new_chat_key UNIQUE (key);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT uq_outbox_key UNIQUE (key);
ALTER TABLE ONLY public.subscription
    ADD CONSTRAINT uq_subscription_chat_id UNIQUE (chat_id);
ALTER TABLE ONLY public.subscription
    ADD CONSTRAINT uq_subscription_subscription_id UNIQUE (subscription_id);
ALTER TABLE ONLY public.sync_job
    ADD CONSTRAINT uq_sync_job_lane UNIQUE (lane);
ALTER TABLE ONLY public.told_change
    ADD CONSTRAINT uq_told_change_key UNIQUE (key);
CREATE INDEX ix_chat_looked ON public.chat USING btree (looked_at, id);
CREATE INDEX ix_chat_team ON public.chat USING btree (team_id) WHERE (team_id IS NOT NULL);
CREATE INDEX ix_connection_chat ON public.connection USING btree (chat_id, id);
CREATE INDEX ix_connection_ended ON public.connection USING btree (ended_at, id) WHERE (ended_at IS NOT NULL);
CREATE INDEX ix_connection_history ON public.connection USING btree (environment, "table", row_id, id);
CREATE INDEX ix_connection_record ON public.connection USING btree (environment, "table", row_id) WHERE (ended_at IS NULL);
CREATE INDEX ix_decision_chat ON public.decision USING btree (chat_id, at);
CREATE INDEX ix_decision_connection ON public.decision USING btree (connection_id, id);
CREATE INDEX ix_decision_due ON public.decision USING btree (due_at) WHERE (((outcome)::text = 'held'::text) AND (closed_as IS NULL));
CREATE INDEX ix_decision_open ON public.decision USING btree (chat_id, due_at) WHERE (((outcome)::text = 'held'::text) AND (closed_as IS NULL));
CREATE INDEX ix_inbox_lane_id ON public.inbox USING btree (lane, id) WHERE ((state)::text = 'waiting'::text);
CREATE INDEX ix_inbox_lane_received_at ON public.inbox USING btree (lane, received_at);
CREATE INDEX ix_lane_due ON public.lane USING btree (queue, due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX ix_lane_idle ON public.lane USING btree (queue, name) WHERE (due_at IS NULL);
CREATE INDEX ix_new_chat_person_id_id ON public.new_chat USING btree (person_id, id);
CREATE INDEX ix_open_pane_record ON public.open_pane USING btree (environment, "table", row_id);
CREATE INDEX ix_outbox_chat ON public.outbox USING btree (lane, id);
CREATE INDEX ix_outbox_connection_id_id ON public.outbox USING btree (connection_id, id);
CREATE INDEX ix_outbox_lane_id ON public.outbox USING btree (lane, id) WHERE ((state)::text = 'waiting'::text);
CREATE INDEX ix_outbox_parked ON public.outbox USING btree (id) WHERE ((state)::text = 'parked'::text);
CREATE INDEX ix_own_change_record ON public.own_change USING btree (environment, "table", row_id);
CREATE INDEX ix_post_chat_id_at ON public.post USING btree (chat_id, at);
CREATE INDEX ix_posted_card_connection ON public.posted_card USING btree (connection_id);
CREATE INDEX ix_posted_card_ended ON public.posted_card USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX ix_posted_card_summary ON public.posted_card USING btree (changed_at) WHERE ((kind)::text = 'summary'::text);
CREATE INDEX ix_subscription_due_at ON public.subscription USING btree (due_at);
CREATE INDEX ix_sync_job_failed ON public.sync_job USING btree (lane) WHERE (reason IS NOT NULL);
CREATE UNIQUE INDEX uq_connection_live ON public.connection USING btree (chat_id, environment, "table", row_id) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX uq_connection_public_id ON public.connection USING btree (public_id);
CREATE UNIQUE INDEX uq_posted_card_live ON public.posted_card USING btree (connection_id) WHERE (((kind)::text = 'live'::text) AND (ended_at IS NULL));
CREATE UNIQUE INDEX uq_posted_card_summary ON public.posted_card USING btree (chat_id) WHERE (((kind)::text = 'summary'::text) AND (ended_at IS NULL));
ALTER TABLE ONLY public.chat_activity
    ADD CONSTRAINT fk_chat_activity_connection_id_connection FOREIGN KEY (connection_id) REFERENCES public.connection(id);
ALTER TABLE ONLY public.chat_rules
    ADD CONSTRAINT fk_chat_rules_chat_id_chat FOREIGN KEY (chat_id) REFERENCES public.chat(id);
ALTER TABLE ONLY public.connection
    ADD CONSTRAINT fk_connection_chat_id_chat FOREIGN KEY (chat_id) REFERENCES public.chat(id);
ALTER TABLE ONLY public.connection_rules
    ADD CONSTRAINT fk_connection_rules_connection_id_connection FOREIGN KEY (connection_id) REFERENCES public.connection(id);
ALTER TABLE ONLY public.decision
    ADD CONSTRAINT fk_decision_connection_id_connection FOREIGN KEY (connection_id) REFERENCES public.connection(id);
ALTER TABLE ONLY public.field_value
    ADD CONSTRAINT fk_field_value_connection_id_connection FOREIGN KEY (connection_id) REFERENCES public.connection(id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT fk_outbox_connection_id_connection FOREIGN KEY (connection_id) REFERENCES public.connection(id);
ALTER TABLE ONLY public.posted_card
    ADD CONSTRAINT fk_posted_card_chat_id_chat FOREIGN KEY (chat_id) REFERENCES public.chat(id);
ALTER TABLE ONLY public.posted_card
    ADD CONSTRAINT fk_posted_card_connection_id_connection FOREIGN KEY (connection_id) REFERENCES public.connection(id);
ALTER TABLE ONLY public.record_type
    ADD CONSTRAINT fk_record_type_environment_environment FOREIGN KEY (environment) REFERENCES public.environment(id);
ALTER TABLE ONLY public.setting_change
    ADD CONSTRAINT fk_setting_change_environment_environment FOREIGN KEY (environment) REFERENCES public.environment(id);
ALTER TABLE ONLY public.sync_job
    ADD CONSTRAINT fk_sync_job_lane_chat FOREIGN KEY (lane) REFERENCES public.chat(id);
