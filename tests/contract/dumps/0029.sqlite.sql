BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0029');
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	act VARCHAR NOT NULL, 
	person_id VARCHAR, 
	person_name VARCHAR NOT NULL, 
	chat_id VARCHAR NOT NULL, 
	environment VARCHAR NOT NULL, 
	"table" VARCHAR NOT NULL, 
	row_id VARCHAR NOT NULL, 
	details JSON NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (id)
);
INSERT INTO "audit" VALUES(1,1795256430000000,'connect','adele','Adele Vance','19:a@thread.v2','contoso','incident','1','{"a": "\u00fc"}');
CREATE TABLE change_link (
	environment VARCHAR NOT NULL, 
	"table" VARCHAR NOT NULL, 
	link VARCHAR NOT NULL, 
	taken_at BIGINT NOT NULL, 
	CONSTRAINT pk_change_link PRIMARY KEY (environment, "table")
);
INSERT INTO "change_link" VALUES('contoso','incident','link-1',1795256430000000);
CREATE TABLE chat (
	id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	tenant_id VARCHAR NOT NULL, 
	service_url VARCHAR NOT NULL, 
	bot_id VARCHAR NOT NULL, 
	bot_name VARCHAR NOT NULL, 
	bot_present BOOLEAN NOT NULL, 
	introduced_at BIGINT, 
	team_id VARCHAR, 
	channel_id VARCHAR, 
	topic VARCHAR, 
	topic_told_at BIGINT, 
	looked_at BIGINT, 
	last_writer_id VARCHAR, 
	last_written_at BIGINT, 
	CONSTRAINT pk_chat PRIMARY KEY (id)
);
INSERT INTO "chat" VALUES('19:a@thread.v2','group','msteams','t','https://smba.trafficmanager.net/emea/','28:bot','Chat Sync',1,1795256430000000,NULL,NULL,'Pump',1795256430000000,NULL,'adele',1795256430123456);
INSERT INTO "chat" VALUES('19:b@thread.tacv2','channel','msteams','t','https://smba.trafficmanager.net/emea/','28:bot','Chat Sync',1,NULL,'19:team@thread.tacv2',NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE chat_activity (
	connection_id INTEGER NOT NULL, 
	activity_id VARCHAR NOT NULL, 
	maker_id VARCHAR NOT NULL, 
	active_at BIGINT NOT NULL, 
	"row" JSON, 
	people JSON NOT NULL, 
	others INTEGER NOT NULL, 
	trouble VARCHAR, 
	closing VARCHAR, 
	written_at BIGINT, 
	CONSTRAINT pk_chat_activity PRIMARY KEY (connection_id), 
	CONSTRAINT fk_chat_activity_connection_id_connection FOREIGN KEY(connection_id) REFERENCES connection (id)
);
INSERT INTO "chat_activity" VALUES(1,'activity-1','adele',1795256430000000,'{"state": 1, "version": "12345", "members": ["u2", "u1"], "modified_on": "2026-11-21T10:20:30.123456Z", "modified_by": "u1"}','{"adele": "u1", "megan": null}',2,'refused',NULL,1795256430123456);
INSERT INTO "chat_activity" VALUES(3,'activity-2','megan',1795256430123456,NULL,'{}',0,NULL,NULL,NULL);
CREATE TABLE chat_rules (
	chat_id VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	rules JSON NOT NULL, 
	CONSTRAINT pk_chat_rules PRIMARY KEY (chat_id), 
	CONSTRAINT fk_chat_rules_chat_id_chat FOREIGN KEY(chat_id) REFERENCES chat (id)
);
INSERT INTO "chat_rules" VALUES('19:a@thread.v2',1,'{"zone": "Europe/Berlin", "language": "pt-BR", "mute": {"until": "2026-11-21T10:21:30Z", "by": "megan", "by_name": "Megan Bowen", "at": "2026-11-21T10:20:30Z", "also_urgent": true}, "skip_own_cards": true, "skip_integrations": true, "skip_people": {"u1": "Adele Vance"}, "quiet_hours": {"zone": "Europe/Berlin", "start": "22:00:00", "end": "07:00:00", "days": [0, 4], "whole_days": [6]}, "budget": {"in_a_day": 10, "in_a_burst": 3}, "combine_bulk_edits": true, "saves": []}');
CREATE TABLE connection (
	id INTEGER NOT NULL, 
	chat_id VARCHAR NOT NULL, 
	environment VARCHAR NOT NULL, 
	"table" VARCHAR NOT NULL, 
	row_id VARCHAR NOT NULL, 
	record_name VARCHAR NOT NULL, 
	record_number VARCHAR, 
	connector_id VARCHAR NOT NULL, 
	connector_name VARCHAR NOT NULL, 
	connected_at BIGINT NOT NULL, 
	paused_at BIGINT, 
	paused_reason VARCHAR, 
	ended_at BIGINT, 
	ended_by_id VARCHAR, 
	ended_by_name VARCHAR, 
	mirrored BOOLEAN DEFAULT 0 NOT NULL, public_id VARCHAR DEFAULT '' NOT NULL, 
	CONSTRAINT pk_connection PRIMARY KEY (id), 
	CONSTRAINT fk_connection_chat_id_chat FOREIGN KEY(chat_id) REFERENCES chat (id)
);
INSERT INTO "connection" VALUES(1,'19:a@thread.v2','contoso','incident','1','Pump vibrates','CAS-01001','adele','Adele',1795256430123456,NULL,NULL,NULL,NULL,NULL,1,'9e0aa2c1775e68a9b0f3b5bbe7b0a97f');
INSERT INTO "connection" VALUES(2,'19:a@thread.v2','contoso','account','2','Pump vibrates',NULL,'megan','Megan',1795256430123456,NULL,NULL,1795256490000000,'megan','Megan Bowen',0,'7ad8caa9f14c0e896818169d206b5f23');
INSERT INTO "connection" VALUES(3,'19:b@thread.tacv2','contoso','incident','1','Pump vibrates','CAS-01001','adele','Adele',1795256430123456,1795256430000000,'The bot was removed.',NULL,NULL,NULL,0,'d3b2d2192fbbc39a7db1cc6f811564ca');
CREATE TABLE connection_rules (
	connection_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	rules JSON NOT NULL, 
	CONSTRAINT pk_connection_rules PRIMARY KEY (connection_id), 
	CONSTRAINT fk_connection_rules_connection_id_connection FOREIGN KEY(connection_id) REFERENCES connection (id)
);
INSERT INTO "connection_rules" VALUES(1,1,'{"style": "digest", "digest_at": "08:30:00", "value_rule": {"conditions": [{"column": "empty", "test": "is one of", "values": [null]}, {"column": "yes", "test": "is one of", "values": [true]}, {"column": "no", "test": "is one of", "values": [false]}, {"column": "zero", "test": "is one of", "values": [0]}, {"column": "one", "test": "is one of", "values": [1]}, {"column": "negative", "test": "is one of", "values": [-7]}, {"column": "large", "test": "is one of", "values": [9007199254740993]}, {"column": "whole_float", "test": "is one of", "values": [1.0]}, {"column": "float", "test": "is one of", "values": [0.1]}, {"column": "no_text", "test": "is one of", "values": [""]}, {"column": "text", "test": "is one of", "values": ["Pump \u201cvibrates\u201d \ud83d\ude80"]}, {"column": "number_text", "test": "is one of", "values": ["1"]}, {"column": "true_text", "test": "is one of", "values": ["true"]}, {"column": "date", "test": "is one of", "values": ["2026-11-21"]}, {"column": "instant", "test": "is one of", "values": ["2026-11-21T10:20:30Z"]}, {"column": "lookup", "test": "is one of", "values": ["account:2"]}, {"column": "no_choices", "test": "is one of", "values": [[]]}, {"column": "choices", "test": "is one of", "values": [[1, 2, 3]]}], "all_must_hold": true}, "urgent_rule": {"conditions": [{"column": "prioritycode", "test": "becomes", "values": [1]}], "all_must_hold": false}, "mute": {"until": null, "by": "adele", "by_name": "Adele Vance", "at": "2026-11-21T10:20:30Z", "also_urgent": false}, "mention_new_owner": true, "mention_owner": true, "only_mute": false, "saves": []}');
CREATE TABLE decision (
	id INTEGER NOT NULL, 
	connection_id INTEGER NOT NULL, 
	chat_id VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	outcome VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	columns JSON NOT NULL, 
	authors JSON NOT NULL, 
	news BOOLEAN NOT NULL, 
	due_at BIGINT, 
	closed_as VARCHAR, 
	closed_at BIGINT, 
	CONSTRAINT pk_decision PRIMARY KEY (id), 
	CONSTRAINT fk_decision_connection_id_connection FOREIGN KEY(connection_id) REFERENCES connection (id)
);
INSERT INTO "decision" VALUES(1,1,'19:a@thread.v2',1795256430000000,'posted','every change','[{"name": "empty", "old": null, "new": null, "has_values": true, "old_is_known": true}, {"name": "yes", "old": null, "new": true, "has_values": true, "old_is_known": true}, {"name": "no", "old": null, "new": false, "has_values": true, "old_is_known": true}, {"name": "zero", "old": null, "new": 0, "has_values": true, "old_is_known": true}, {"name": "one", "old": null, "new": 1, "has_values": true, "old_is_known": true}, {"name": "negative", "old": null, "new": -7, "has_values": true, "old_is_known": true}, {"name": "large", "old": null, "new": 9007199254740993, "has_values": true, "old_is_known": true}, {"name": "whole_float", "old": null, "new": 1.0, "has_values": true, "old_is_known": true}, {"name": "float", "old": null, "new": 0.1, "has_values": true, "old_is_known": true}, {"name": "no_text", "old": null, "new": "", "has_values": true, "old_is_known": true}, {"name": "text", "old": null, "new": "Pump \u201cvibrates\u201d \ud83d\ude80", "has_values": true, "old_is_known": true}, {"name": "number_text", "old": null, "new": "1", "has_values": true, "old_is_known": true}, {"name": "true_text", "old": null, "new": "true", "has_values": true, "old_is_known": true}, {"name": "date", "old": null, "new": "2026-11-21", "has_values": true, "old_is_known": true}, {"name": "instant", "old": null, "new": "2026-11-21T10:20:30Z", "has_values": true, "old_is_known": true}, {"name": "lookup", "old": null, "new": "account:2", "has_values": true, "old_is_known": true}, {"name": "no_choices", "old": null, "new": [], "has_values": true, "old_is_known": true}, {"name": "choices", "old": null, "new": [1, 2, 3], "has_values": true, "old_is_known": true}]','{"people": ["u1"], "integrations": [], "on_own_card": true}',0,NULL,NULL,NULL);
INSERT INTO "decision" VALUES(2,1,'19:a@thread.v2',1795256430123456,'held','quiet hours','[{"name": "prioritycode", "old": null, "new": null, "has_values": false, "old_is_known": false}]','{"people": ["u2"], "integrations": ["u2"], "on_own_card": false}',0,1795256490000000,NULL,NULL);
CREATE TABLE environment (
	id VARCHAR NOT NULL, 
	chats_on BOOLEAN NOT NULL, 
	allowed_roles JSON NOT NULL, 
	sync_on BOOLEAN NOT NULL, 
	sync_changed_at BIGINT, 
	sync_idle_days INTEGER NOT NULL, 
	mirror_chats BOOLEAN NOT NULL, 
	version INTEGER NOT NULL, organization_id VARCHAR, other_chats BOOLEAN DEFAULT 1 NOT NULL, pane_apps JSON, 
	CONSTRAINT pk_environment PRIMARY KEY (id)
);
INSERT INTO "environment" VALUES('contoso',1,'["Agent", "Leiter:in"]',1,1795256430123456,30,1,1,'00000000-0000-4000-9000-00000000c0de',1,NULL);
CREATE TABLE field_value (
	connection_id INTEGER NOT NULL, 
	"column" VARCHAR NOT NULL, 
	raw JSON, 
	text VARCHAR, 
	at BIGINT NOT NULL, taken_at BIGINT, watch INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_field_value PRIMARY KEY (connection_id, "column"), 
	CONSTRAINT fk_field_value_connection_id_connection FOREIGN KEY(connection_id) REFERENCES connection (id)
);
INSERT INTO "field_value" VALUES(1,'choices','[1, 2, 3]','shown (1, 2, 3)',1795256430123456,NULL,0);
INSERT INTO "field_value" VALUES(1,'date','"2026-11-21"','shown 2026-11-21',1795256430123456,NULL,0);
INSERT INTO "field_value" VALUES(1,'empty','null','shown None',1795256430123456,NULL,0);
INSERT INTO "field_value" VALUES(1,'float',0.1,'shown 0.1',1795256430123456,NULL,0);
INSERT INTO "field_value" VALUES(1,'instant','"2026-11-21T10:20:30Z"','shown 2026-11-21T10:20:30Z',1795256430123456,NULL,0);
INSERT INTO "field_value" VALUES(1,'large',9007199254740993,'shown 9007199254740993',1795256430123456,NULL,0);
INSERT INTO "field_value" VALUES(1,'lookup','"account:2"','shown account:2',1795256430123456,NULL,0);
INSERT INTO "field_value" VALUES(1,'negative',-7,'shown -7',1795256430123456,NULL,0);
INSERT INTO "field_value" VALUES(1,'no','false','shown False',1795256430123456,NULL,0);
INSERT INTO "field_value" VALUES(1,'no_choices','[]','shown ()',1795256430123456,NULL,0);
INSERT INTO "field_value" VALUES(1,'no_text','""','shown ',1795256430123456,NULL,0);
INSERT INTO "field_value" VALUES(1,'number_text','"1"','shown 1',1795256430123456,NULL,0);
INSERT INTO "field_value" VALUES(1,'one',1,'shown 1',1795256430123456,NULL,0);
INSERT INTO "field_value" VALUES(1,'text','"Pump \u201cvibrates\u201d \ud83d\ude80"','shown Pump “vibrates” 🚀',1795256430123456,NULL,0);
INSERT INTO "field_value" VALUES(1,'true_text','"true"','shown true',1795256430123456,NULL,0);
INSERT INTO "field_value" VALUES(1,'whole_float',1,'shown 1.0',1795256430123456,NULL,0);
INSERT INTO "field_value" VALUES(1,'yes','true','shown True',1795256430123456,NULL,0);
INSERT INTO "field_value" VALUES(1,'zero',0,'shown 0',1795256430123456,NULL,0);
INSERT INTO "field_value" VALUES(2,'prioritycode',2,'Normal',1795256430000000,1795256490000000,3);
INSERT INTO "field_value" VALUES(3,'title','"Pump \u201cvibrates\u201d \ud83d\ude80"',NULL,1795256430000000,NULL,0);
CREATE TABLE inbox (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	lane VARCHAR NOT NULL, 
	body JSON NOT NULL, 
	correlation_id VARCHAR NOT NULL, 
	received_at BIGINT NOT NULL, 
	due_at BIGINT NOT NULL, 
	state VARCHAR NOT NULL, 
	attempts INTEGER NOT NULL, 
	reason VARCHAR, 
	done_at BIGINT, trace VARCHAR, 
	CONSTRAINT pk_inbox PRIMARY KEY (id), 
	CONSTRAINT uq_inbox_key UNIQUE ("key")
);
INSERT INTO "inbox" VALUES(1,'event','["contoso", "incident", "1"]','{"key": "event", "record": ["contoso", "incident", "1"], "at": "2026-11-21T10:20:30.123456Z", "changed_by": "u1", "changes": [{"column": "empty", "new": {"raw": null, "text": null}, "old": null}, {"column": "yes", "new": {"raw": true, "text": "shown True"}, "old": {"raw": true, "text": null}}, {"column": "no", "new": {"raw": false, "text": "shown False"}, "old": {"raw": false, "text": null}}, {"column": "zero", "new": {"raw": 0, "text": "shown 0"}, "old": {"raw": 0, "text": null}}, {"column": "one", "new": {"raw": 1, "text": "shown 1"}, "old": {"raw": 1, "text": null}}, {"column": "negative", "new": {"raw": -7, "text": "shown -7"}, "old": {"raw": -7, "text": null}}, {"column": "large", "new": {"raw": 9007199254740993, "text": "shown 9007199254740993"}, "old": null}, {"column": "whole_float", "new": {"raw": 1.0, "text": "shown 1.0"}, "old": {"raw": 1.0, "text": null}}, {"column": "float", "new": {"raw": 0.1, "text": "shown 0.1"}, "old": null}, {"column": "no_text", "new": {"raw": "", "text": "shown "}, "old": {"raw": "", "text": null}}, {"column": "text", "new": {"raw": "Pump \u201cvibrates\u201d \ud83d\ude80", "text": "shown Pump \u201cvibrates\u201d \ud83d\ude80"}, "old": {"raw": "Pump \u201cvibrates\u201d \ud83d\ude80", "text": null}}, {"column": "number_text", "new": {"raw": "1", "text": "shown 1"}, "old": {"raw": "1", "text": null}}, {"column": "true_text", "new": {"raw": "true", "text": "shown true"}, "old": {"raw": "true", "text": null}}, {"column": "date", "new": {"raw": "2026-11-21", "text": "shown 2026-11-21"}, "old": null}, {"column": "instant", "new": {"raw": "2026-11-21T10:20:30Z", "text": "shown 2026-11-21T10:20:30Z"}, "old": null}, {"column": "lookup", "new": {"raw": "account:2", "text": "shown account:2"}, "old": null}, {"column": "no_choices", "new": {"raw": [], "text": "shown ()"}, "old": {"raw": [], "text": null}}, {"column": "choices", "new": {"raw": [1, 2, 3], "text": "shown (1, 2, 3)"}, "old": null}], "stripped": false, "deleted": false, "modified_at": null}','',1795256430000000,1795256490000000,'waiting',0,NULL,NULL,NULL);
INSERT INTO "inbox" VALUES(2,'stripped','["contoso", "incident", "1"]','{"key": "stripped", "record": ["contoso", "incident", "1"], "at": "2026-11-21T10:20:30Z", "changed_by": null, "changes": [], "stripped": true, "deleted": false, "modified_at": null}','',1795256430000000,1795256490000000,'waiting',0,NULL,NULL,NULL);
INSERT INTO "inbox" VALUES(3,'deleted','["contoso", "account", "2"]','{"key": "deleted", "record": ["contoso", "account", "2"], "at": "2026-11-21T10:20:30Z", "changed_by": "u1", "changes": [], "stripped": false, "deleted": true, "modified_at": null}','',1795256430000000,1795256490000000,'waiting',0,NULL,NULL,NULL);
INSERT INTO "inbox" VALUES(4,'catch up 19:a@thread.v2 8097269970d9458b8dbddccf9ffdab7e','catch up 19:a@thread.v2','{"job": "catch up", "chat": "19:a@thread.v2"}','',1795256430000000,1795256490000000,'waiting',0,NULL,NULL,NULL);
INSERT INTO "inbox" VALUES(5,'follow settings contoso c7b67e7809e44497b14ea8e9205ed86e','follow settings contoso','{"job": "follow settings", "environment": "contoso"}','',1795256430000000,1795256490000000,'waiting',0,NULL,NULL,NULL);
INSERT INTO "inbox" VALUES(6,'sync all contoso c4409da225994f3b94809ef29c2b151b','sync all contoso','{"job": "sync all", "environment": "contoso"}','',1795256430000000,1795256490000000,'waiting',0,NULL,NULL,NULL);
INSERT INTO "inbox" VALUES(7,'take values contoso a9a472daa4cf4154bad3d0e0e2403c69','take values contoso','{"job": "take values", "environment": "contoso"}','',1795256430000000,1795256490000000,'waiting',0,NULL,NULL,NULL);
INSERT INTO "inbox" VALUES(8,'post card 1 8733487c2bed46adafbd07a3aa96599c','post card 1','{"job": "post card", "card_id": 1}','',1795256430000000,1795256490000000,'waiting',0,NULL,NULL,NULL);
CREATE TABLE lane (
	queue VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	due_at BIGINT, 
	owner VARCHAR, 
	leased_until BIGINT, 
	CONSTRAINT pk_lane PRIMARY KEY (queue, name)
);
INSERT INTO "lane" VALUES('sync','19:a@thread.v2',1795256490000000,NULL,NULL);
INSERT INTO "lane" VALUES('inbox','["contoso", "incident", "1"]',1795256490000000,NULL,NULL);
INSERT INTO "lane" VALUES('inbox','["contoso", "account", "2"]',1795256490000000,NULL,NULL);
INSERT INTO "lane" VALUES('inbox','catch up 19:a@thread.v2',1795256490000000,NULL,NULL);
INSERT INTO "lane" VALUES('inbox','follow settings contoso',1795256490000000,NULL,NULL);
INSERT INTO "lane" VALUES('inbox','sync all contoso',1795256490000000,NULL,NULL);
INSERT INTO "lane" VALUES('inbox','take values contoso',1795256490000000,NULL,NULL);
INSERT INTO "lane" VALUES('outbox','19:a@thread.v2',1795256430000000,NULL,NULL);
INSERT INTO "lane" VALUES('outbox','19:b@thread.tacv2',1795256430000000,NULL,NULL);
INSERT INTO "lane" VALUES('inbox','post card 1',1795256490000000,NULL,NULL);
CREATE TABLE mention_opt_out (
	tenant_id VARCHAR NOT NULL, 
	person_id VARCHAR NOT NULL, 
	CONSTRAINT pk_mention_opt_out PRIMARY KEY (tenant_id, person_id)
);
INSERT INTO "mention_opt_out" VALUES('t','megan');
CREATE TABLE new_chat (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	person_id VARCHAR NOT NULL, 
	begun_at BIGINT NOT NULL, 
	wish JSON NOT NULL, 
	chat_id VARCHAR, 
	url VARCHAR NOT NULL, 
	asked_at BIGINT, 
	done JSON NOT NULL, 
	troubles JSON NOT NULL, 
	unfinished BOOLEAN NOT NULL, 
	held_until BIGINT, 
	CONSTRAINT pk_new_chat PRIMARY KEY (id), 
	CONSTRAINT uq_new_chat_key UNIQUE ("key")
);
INSERT INTO "new_chat" VALUES(1,'failed','adele',1795256430000000,'{"people": ["megan", "alex"], "topic": "Pump", "record": ["contoso", "incident", "1"], "note": false}','19:a@thread.v2','https://teams.microsoft.com/l/chat/1',1795256430123456,'["create", "members"]','[["name", "Too long.", "Choose a shorter name."]]',1,NULL);
INSERT INTO "new_chat" VALUES(2,'plain','adele',1795256430000000,'{"people": ["megan"], "topic": null, "record": null, "note": true}',NULL,'',NULL,'[]','[]',1,NULL);
CREATE TABLE open_pane (
	digest VARCHAR NOT NULL, 
	object_id VARCHAR NOT NULL, 
	environment VARCHAR NOT NULL, 
	"table" VARCHAR NOT NULL, 
	row_id VARCHAR NOT NULL, 
	seen_at BIGINT NOT NULL, 
	CONSTRAINT pk_open_pane PRIMARY KEY (digest)
);
INSERT INTO "open_pane" VALUES('5e55','adele','contoso','incident','1',1795256430123456);
CREATE TABLE outbox (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	lane VARCHAR NOT NULL, 
	connection_id INTEGER, 
	caused_at BIGINT, 
	body BLOB NOT NULL, 
	told_before JSON, 
	correlation_id VARCHAR NOT NULL, 
	received_at BIGINT NOT NULL, 
	due_at BIGINT NOT NULL, 
	state VARCHAR NOT NULL, 
	attempts INTEGER NOT NULL, 
	reason VARCHAR, 
	done_at BIGINT, environment VARCHAR, "table" VARCHAR, switch VARCHAR, other_subjects JSON, told_after JSON, thread VARCHAR, card_id INTEGER, card_version INTEGER, trace VARCHAR, 
	CONSTRAINT pk_outbox PRIMARY KEY (id), 
	CONSTRAINT fk_outbox_connection_id_connection FOREIGN KEY(connection_id) REFERENCES connection (id), 
	CONSTRAINT uq_outbox_key UNIQUE ("key")
);
INSERT INTO "outbox" VALUES(1,'message','19:a@thread.v2',1,1795256430123456,X'7B2274797065223A226D657373616765227D','[[1, "empty", {"raw": null, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "yes", {"raw": true, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "no", {"raw": false, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "zero", {"raw": 0, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "one", {"raw": 1, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "negative", {"raw": -7, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "large", {"raw": 9007199254740993, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "whole_float", {"raw": 1.0, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "float", {"raw": 0.1, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "no_text", {"raw": "", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "text", {"raw": "Pump \u201cvibrates\u201d \ud83d\ude80", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "number_text", {"raw": "1", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "true_text", {"raw": "true", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "date", {"raw": "2026-11-21", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "instant", {"raw": "2026-11-21T10:20:30Z", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "lookup", {"raw": "account:2", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "no_choices", {"raw": [], "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "choices", {"raw": [1, 2, 3], "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "new", null]]','',1795256430000000,1795256430000000,'waiting',0,NULL,NULL,'contoso','incident',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(2,'parked','19:b@thread.tacv2',NULL,NULL,X'7B2274797065223A226D657373616765222C2274657874223A2232227D',NULL,'',1795256430000000,1795256430000000,'parked',0,'The tenant refused the message.',1795256430000000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(3,'given up','19:b@thread.tacv2',3,NULL,X'7B2274797065223A226D657373616765222C2274657874223A2233227D','[[3, "title", {"raw": "Pump \u201cvibrates\u201d \ud83d\ude80", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}]]','',1795256430000000,1795256430000000,'parked',0,'BotNotInConversationRoster',1795256430000000,'contoso','incident','key fields',NULL,'[[3, "title", {"raw": "Pump \u201cvibrates\u201d \ud83d\ude80", "text": "shown Pump \u201cvibrates\u201d \ud83d\ude80", "at": "2026-11-21T10:20:30.123456Z", "taken_at": null, "watch": 0}]]',NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(4,'summary','19:b@thread.tacv2',NULL,NULL,X'7B2274797065223A226D657373616765222C2274657874223A2234227D','[[3, "title", {"raw": "Pump \u201cvibrates\u201d \ud83d\ude80", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}]]','',1795256430000000,1795256430000000,'waiting',0,NULL,NULL,'contoso','incident','key fields','[{"environment": "contoso", "table": "account", "switch": "record type"}, {"environment": null, "table": null, "switch": "chats"}]',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(5,'card','19:b@thread.tacv2',NULL,NULL,X'7B2274797065223A226D657373616765222C2274657874223A2235227D',NULL,'',1795256430000000,1795256430000000,'waiting',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,2,7,NULL);
CREATE TABLE own_change (
	id INTEGER NOT NULL, 
	chat_id VARCHAR NOT NULL, 
	environment VARCHAR NOT NULL, 
	"table" VARCHAR NOT NULL, 
	row_id VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	modified_at BIGINT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_own_change PRIMARY KEY (id)
);
INSERT INTO "own_change" VALUES(1,'19:a@thread.v2','contoso','incident','1','u1',1795256430000000,1795256430000000);
CREATE TABLE pane_session (
	digest VARCHAR NOT NULL, 
	object_id VARCHAR NOT NULL, 
	tenant_id VARCHAR NOT NULL, 
	host VARCHAR NOT NULL, 
	begun_at BIGINT NOT NULL, 
	used_at BIGINT NOT NULL, checked_at BIGINT, check_due_at BIGINT, 
	CONSTRAINT pk_pane_session PRIMARY KEY (digest)
);
INSERT INTO "pane_session" VALUES('5e55','adele','t','teams',1795256430000000,1795256430123456,1795256430000000,1795256430000000);
CREATE TABLE pane_sign_in (
	digest VARCHAR NOT NULL, 
	begun_at BIGINT NOT NULL, 
	returned_at BIGINT, 
	object_id VARCHAR, 
	tenant_id VARCHAR, 
	failure VARCHAR, 
	CONSTRAINT pk_pane_sign_in PRIMARY KEY (digest)
);
INSERT INTO "pane_sign_in" VALUES('1111111111111111111111111111111111111111111111111111111111111111',1795256430000000,NULL,'megan','t',NULL);
CREATE TABLE post (
	id INTEGER NOT NULL, 
	chat_id VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_post PRIMARY KEY (id)
);
INSERT INTO "post" VALUES(1,'19:a@thread.v2',1795256430000000);
INSERT INTO "post" VALUES(2,'19:a@thread.v2',1795256430123456);
CREATE TABLE posted_card (
	id INTEGER NOT NULL, 
	chat_id VARCHAR NOT NULL, 
	connection_id INTEGER, 
	kind VARCHAR NOT NULL, 
	activity_id VARCHAR, 
	content JSON NOT NULL, 
	version INTEGER NOT NULL, 
	told_before JSON, 
	due_at BIGINT, 
	changed_at BIGINT NOT NULL, 
	posted_at BIGINT, 
	edited_at BIGINT, 
	ended_at BIGINT, 
	CONSTRAINT pk_posted_card PRIMARY KEY (id), 
	CONSTRAINT fk_posted_card_chat_id_chat FOREIGN KEY(chat_id) REFERENCES chat (id), 
	CONSTRAINT fk_posted_card_connection_id_connection FOREIGN KEY(connection_id) REFERENCES connection (id)
);
INSERT INTO "posted_card" VALUES(1,'19:a@thread.v2',1,'live',NULL,'{"about": {"ref": {"environment": "contoso", "table": "incident", "row_id": "1"}, "kind": "Case", "name": "Pump", "number": null}, "fields": [{"name": "title", "label": "Title", "text": null, "secured": true}], "changes": [{"column": {"name": "empty", "label": "Empty", "old": null, "new": "shown None", "raw": null}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "yes", "label": "Yes", "old": "old", "new": "shown True", "raw": true}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "no", "label": "No", "old": "old", "new": "shown False", "raw": false}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "zero", "label": "Zero", "old": "old", "new": "shown 0", "raw": 0}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "one", "label": "One", "old": "old", "new": "shown 1", "raw": 1}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "negative", "label": "Negative", "old": "old", "new": "shown -7", "raw": -7}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "large", "label": "Large", "old": "old", "new": "shown 9007199254740993", "raw": 9007199254740993}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "whole_float", "label": "Whole_Float", "old": "old", "new": "shown 1.0", "raw": 1.0}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "float", "label": "Float", "old": "old", "new": "shown 0.1", "raw": 0.1}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": true}, {"column": {"name": "no_text", "label": "No_Text", "old": "old", "new": "shown ", "raw": ""}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "text", "label": "Text", "old": "old", "new": "shown Pump \u201cvibrates\u201d \ud83d\ude80", "raw": "Pump \u201cvibrates\u201d \ud83d\ude80"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "number_text", "label": "Number_Text", "old": "old", "new": "shown 1", "raw": "1"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "true_text", "label": "True_Text", "old": "old", "new": "shown true", "raw": "true"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "date", "label": "Date", "old": "old", "new": "shown 2026-11-21", "raw": "2026-11-21"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "instant", "label": "Instant", "old": "old", "new": "shown 2026-11-21T10:20:30Z", "raw": "2026-11-21T10:20:30Z"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "lookup", "label": "Lookup", "old": "old", "new": "shown account:2", "raw": "account:2"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "no_choices", "label": "No_Choices", "old": "old", "new": "shown ()", "raw": []}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "choices", "label": "Choices", "old": "old", "new": "shown (1, 2, 3)", "raw": [1, 2, 3]}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}]}',1,'[[1, "empty", {"raw": null, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "yes", {"raw": true, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "no", {"raw": false, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "zero", {"raw": 0, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "one", {"raw": 1, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "negative", {"raw": -7, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "large", {"raw": 9007199254740993, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "whole_float", {"raw": 1.0, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "float", {"raw": 0.1, "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "no_text", {"raw": "", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "text", {"raw": "Pump \u201cvibrates\u201d \ud83d\ude80", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "number_text", {"raw": "1", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "true_text", {"raw": "true", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "date", {"raw": "2026-11-21", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "instant", {"raw": "2026-11-21T10:20:30Z", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "lookup", {"raw": "account:2", "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "no_choices", {"raw": [], "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "choices", {"raw": [1, 2, 3], "text": null, "at": "2026-11-21T10:20:30Z", "taken_at": null, "watch": 0}], [1, "new", null]]',1795256490000000,1795256430000000,NULL,NULL,NULL);
INSERT INTO "posted_card" VALUES(2,'19:b@thread.tacv2',NULL,'summary','1:1','{"count": 3, "since": "2026-11-21T10:20:30.123456Z", "records": [{"connection": 3, "record": {"ref": {"environment": "contoso", "table": "incident", "row_id": "1"}, "kind": "Case", "name": "Pump", "number": null}, "changes": [{"column": {"name": "empty", "label": "Empty", "old": null, "new": "shown None", "raw": null}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "yes", "label": "Yes", "old": "old", "new": "shown True", "raw": true}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "no", "label": "No", "old": "old", "new": "shown False", "raw": false}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "zero", "label": "Zero", "old": "old", "new": "shown 0", "raw": 0}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "one", "label": "One", "old": "old", "new": "shown 1", "raw": 1}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "negative", "label": "Negative", "old": "old", "new": "shown -7", "raw": -7}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "large", "label": "Large", "old": "old", "new": "shown 9007199254740993", "raw": 9007199254740993}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "whole_float", "label": "Whole_Float", "old": "old", "new": "shown 1.0", "raw": 1.0}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "float", "label": "Float", "old": "old", "new": "shown 0.1", "raw": 0.1}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": true}, {"column": {"name": "no_text", "label": "No_Text", "old": "old", "new": "shown ", "raw": ""}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "text", "label": "Text", "old": "old", "new": "shown Pump \u201cvibrates\u201d \ud83d\ude80", "raw": "Pump \u201cvibrates\u201d \ud83d\ude80"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "number_text", "label": "Number_Text", "old": "old", "new": "shown 1", "raw": "1"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "true_text", "label": "True_Text", "old": "old", "new": "shown true", "raw": "true"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "date", "label": "Date", "old": "old", "new": "shown 2026-11-21", "raw": "2026-11-21"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "instant", "label": "Instant", "old": "old", "new": "shown 2026-11-21T10:20:30Z", "raw": "2026-11-21T10:20:30Z"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "lookup", "label": "Lookup", "old": "old", "new": "shown account:2", "raw": "account:2"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "no_choices", "label": "No_Choices", "old": "old", "new": "shown ()", "raw": []}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "choices", "label": "Choices", "old": "old", "new": "shown (1, 2, 3)", "raw": [1, 2, 3]}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}], "at": "2026-11-21T10:20:30Z", "urgent": true}], "others": [1], "budget_at": "2026-11-21T10:20:30Z", "bulk_at": "2026-11-21T10:20:30.123456Z"}',1,NULL,NULL,1795256430000000,1795256430000000,1795256430000000,NULL);
INSERT INTO "posted_card" VALUES(3,'19:a@thread.v2',NULL,'catch up',NULL,'{"title": "While muted", "lead": "Unmuted by Megan Bowen.", "at": "2026-11-21T10:20:30.123456Z", "records": [{"record": {"ref": {"environment": "contoso", "table": "incident", "row_id": "1"}, "kind": "Case", "name": "Pump", "number": null}, "changes": [{"column": {"name": "empty", "label": "Empty", "old": null, "new": "shown None", "raw": null}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "yes", "label": "Yes", "old": "old", "new": "shown True", "raw": true}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "no", "label": "No", "old": "old", "new": "shown False", "raw": false}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "zero", "label": "Zero", "old": "old", "new": "shown 0", "raw": 0}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "one", "label": "One", "old": "old", "new": "shown 1", "raw": 1}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "negative", "label": "Negative", "old": "old", "new": "shown -7", "raw": -7}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "large", "label": "Large", "old": "old", "new": "shown 9007199254740993", "raw": 9007199254740993}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "whole_float", "label": "Whole_Float", "old": "old", "new": "shown 1.0", "raw": 1.0}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "float", "label": "Float", "old": "old", "new": "shown 0.1", "raw": 0.1}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": true}, {"column": {"name": "no_text", "label": "No_Text", "old": "old", "new": "shown ", "raw": ""}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "text", "label": "Text", "old": "old", "new": "shown Pump \u201cvibrates\u201d \ud83d\ude80", "raw": "Pump \u201cvibrates\u201d \ud83d\ude80"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "number_text", "label": "Number_Text", "old": "old", "new": "shown 1", "raw": "1"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "true_text", "label": "True_Text", "old": "old", "new": "shown true", "raw": "true"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "date", "label": "Date", "old": "old", "new": "shown 2026-11-21", "raw": "2026-11-21"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "instant", "label": "Instant", "old": "old", "new": "shown 2026-11-21T10:20:30Z", "raw": "2026-11-21T10:20:30Z"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "lookup", "label": "Lookup", "old": "old", "new": "shown account:2", "raw": "account:2"}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "no_choices", "label": "No_Choices", "old": "old", "new": "shown ()", "raw": []}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}, {"column": {"name": "choices", "label": "Choices", "old": "old", "new": "shown (1, 2, 3)", "raw": [1, 2, 3]}, "at": "2026-11-21T10:20:30.123456Z", "people": ["Adele Vance"], "shows_values": true, "secured": false}], "news": ["Case closed."], "buttons": [{"title": "Disconnect", "verb": "disconnect", "payload": {"record": "1"}}]}], "more": 2, "deleted": ["CAS-01002"], "unreadable": ["CAS-01003"]}',1,NULL,NULL,1795256430000000,NULL,NULL,1795256430000000);
CREATE TABLE record_type (
	environment VARCHAR NOT NULL, 
	"table" VARCHAR NOT NULL, 
	enabled BOOLEAN NOT NULL, 
	note BOOLEAN NOT NULL, 
	note_view VARCHAR, 
	auto_name BOOLEAN NOT NULL, 
	"join" BOOLEAN NOT NULL, 
	owner_can_disconnect BOOLEAN NOT NULL, 
	connector_can_disconnect BOOLEAN NOT NULL, 
	notify BOOLEAN NOT NULL, 
	key_fields JSON NOT NULL, 
	tell_secured BOOLEAN NOT NULL, 
	leave_out_secured BOOLEAN NOT NULL, 
	disclosure VARCHAR NOT NULL, 
	tell_each BOOLEAN NOT NULL, 
	card_acts JSON NOT NULL, 
	change_fields JSON NOT NULL, watches JSON, notifications JSON, 
	CONSTRAINT pk_record_type PRIMARY KEY (environment, "table"), 
	CONSTRAINT fk_record_type_environment_environment FOREIGN KEY(environment) REFERENCES environment (id)
);
INSERT INTO "record_type" VALUES('contoso','incident',1,1,'view-1',0,0,0,0,1,'["title", "prioritycode"]',0,0,'fields',0,'["assign", "note"]','["title"]','{"prioritycode": [3, 1795256430123456]}','{"notify_style": "each", "digest_at": "08:00", "value_rule": [], "urgent_rule": [], "mention_new_owner": false, "mention_owner": false, "locked_rules": []}');
INSERT INTO "record_type" VALUES('contoso','account',1,1,NULL,0,0,0,0,0,'[]',0,0,'name',0,'[]','[]',NULL,NULL);
INSERT INTO "record_type" VALUES('contoso','contact',1,1,NULL,0,0,0,0,0,'[]',0,0,'name',0,'[]','[]',NULL,NULL);
INSERT INTO "record_type" VALUES('contoso','knowledgearticle',1,1,NULL,0,0,0,0,0,'[]',0,0,'name',0,'[]','[]',NULL,NULL);
INSERT INTO "record_type" VALUES('contoso','email',1,1,NULL,0,0,0,0,0,'[]',0,0,'name',0,'[]','[]',NULL,NULL);
INSERT INTO "record_type" VALUES('contoso','msdyn_ocliveworkitem',1,1,NULL,0,0,0,0,0,'[]',0,0,'name',0,'[]','[]',NULL,NULL);
CREATE TABLE setting_change (
	environment VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	person_id VARCHAR NOT NULL, 
	person_name VARCHAR NOT NULL, 
	chat_id VARCHAR NOT NULL, 
	changes JSON NOT NULL, 
	CONSTRAINT pk_setting_change PRIMARY KEY (environment, version), 
	CONSTRAINT fk_setting_change_environment_environment FOREIGN KEY(environment) REFERENCES environment (id)
);
INSERT INTO "setting_change" VALUES('contoso',1,1795256430000000,'adele','Adele Vance','19:a@thread.v2','[{"table": null, "setting": "allowed_roles", "was": [], "now": ["Agent", "Leiter:in"]}, {"table": null, "setting": "sync_idle_days", "was": 7, "now": 30}, {"table": null, "setting": "mirror_chats", "was": false, "now": true}, {"table": "incident", "setting": "enabled", "was": false, "now": true}, {"table": "incident", "setting": "note", "was": false, "now": true}, {"table": "incident", "setting": "note_view", "was": null, "now": "view-1"}, {"table": "incident", "setting": "notify", "was": false, "now": true}, {"table": "incident", "setting": "key_fields", "was": [], "now": ["title", "prioritycode"]}, {"table": "incident", "setting": "disclosure", "was": "name", "now": "fields"}, {"table": "incident", "setting": "card_acts", "was": [], "now": ["assign", "note"]}, {"table": "incident", "setting": "change_fields", "was": [], "now": ["title"]}]');
CREATE TABLE signing_key (
	week INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	CONSTRAINT pk_signing_key PRIMARY KEY (week)
);
INSERT INTO "signing_key" VALUES(2968,'e21b828fe86fe9a1dd0169d0fd5922ed0df633c7f9397197cbeb60d9fd84f9f6');
CREATE TABLE subscription (
	watch VARCHAR NOT NULL, 
	chat_id VARCHAR, 
	wanted BOOLEAN NOT NULL, 
	subscription_id VARCHAR, 
	expires_at BIGINT, 
	made_for VARCHAR NOT NULL, 
	reread BOOLEAN NOT NULL, 
	hindrance VARCHAR, 
	due_at BIGINT NOT NULL, 
	held_until BIGINT, 
	CONSTRAINT pk_subscription PRIMARY KEY (watch), 
	CONSTRAINT uq_subscription_chat_id UNIQUE (chat_id), 
	CONSTRAINT uq_subscription_subscription_id UNIQUE (subscription_id)
);
INSERT INTO "subscription" VALUES('chat 19:a@thread.v2','19:a@thread.v2',1,'s1',1795256490000000,'m',1,'not reached',1795256430000000,NULL);
INSERT INTO "subscription" VALUES('topics',NULL,1,NULL,NULL,'',0,NULL,1795256430000000,NULL);
CREATE TABLE sync_job (
	id INTEGER NOT NULL, 
	lane VARCHAR NOT NULL, 
	asked INTEGER NOT NULL, 
	look BOOLEAN NOT NULL, 
	correlation_id VARCHAR NOT NULL, 
	received_at BIGINT NOT NULL, 
	due_at BIGINT NOT NULL, 
	state VARCHAR NOT NULL, 
	attempts INTEGER NOT NULL, 
	reason VARCHAR, 
	done_at BIGINT, trace VARCHAR, 
	CONSTRAINT pk_sync_job PRIMARY KEY (id), 
	CONSTRAINT fk_sync_job_lane_chat FOREIGN KEY(lane) REFERENCES chat (id), 
	CONSTRAINT uq_sync_job_lane UNIQUE (lane)
);
INSERT INTO "sync_job" VALUES(1,'19:a@thread.v2',1,1,'',1795256430000000,1795256490000000,'waiting',0,NULL,NULL,NULL);
CREATE TABLE targeted_answer (
	request VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_targeted_answer PRIMARY KEY (request)
);
INSERT INTO "targeted_answer" VALUES('5a2c',1795256430000000);
CREATE TABLE targeted_refusal (
	chat_id VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_targeted_refusal PRIMARY KEY (chat_id)
);
INSERT INTO "targeted_refusal" VALUES('19:b@thread.tacv2',1795256430000000);
CREATE TABLE tenant_budget (
	tenant_id VARCHAR NOT NULL, 
	posts JSON NOT NULL, 
	CONSTRAINT pk_tenant_budget PRIMARY KEY (tenant_id)
);
INSERT INTO "tenant_budget" VALUES('t','[1795256430000000, 1795256430123456, 1795256490000000]');
CREATE TABLE told_change (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	chat_id VARCHAR NOT NULL, 
	environment VARCHAR NOT NULL, 
	"table" VARCHAR NOT NULL, 
	row_id VARCHAR NOT NULL, 
	changed_at BIGINT NOT NULL, 
	people JSON NOT NULL, 
	columns JSON NOT NULL, 
	news JSON NOT NULL, 
	buttons JSON NOT NULL, 
	told_at BIGINT NOT NULL, 
	CONSTRAINT pk_told_change PRIMARY KEY (id), 
	CONSTRAINT uq_told_change_key UNIQUE ("key")
);
INSERT INTO "told_change" VALUES(1,'change','19:a@thread.v2','contoso','incident','1',1795256430123456,'["Adele Vance", "Megan Bowen"]','[{"name": "empty", "label": "Empty", "old": null, "new": "shown None", "raw": null}, {"name": "yes", "label": "Yes", "old": "old", "new": "shown True", "raw": true}, {"name": "no", "label": "No", "old": "old", "new": "shown False", "raw": false}, {"name": "zero", "label": "Zero", "old": "old", "new": "shown 0", "raw": 0}, {"name": "one", "label": "One", "old": "old", "new": "shown 1", "raw": 1}, {"name": "negative", "label": "Negative", "old": "old", "new": "shown -7", "raw": -7}, {"name": "large", "label": "Large", "old": "old", "new": "shown 9007199254740993", "raw": 9007199254740993}, {"name": "whole_float", "label": "Whole_Float", "old": "old", "new": "shown 1.0", "raw": 1.0}, {"name": "float", "label": "Float", "old": "old", "new": "shown 0.1", "raw": 0.1}, {"name": "no_text", "label": "No_Text", "old": "old", "new": "shown ", "raw": ""}, {"name": "text", "label": "Text", "old": "old", "new": "shown Pump \u201cvibrates\u201d \ud83d\ude80", "raw": "Pump \u201cvibrates\u201d \ud83d\ude80"}, {"name": "number_text", "label": "Number_Text", "old": "old", "new": "shown 1", "raw": "1"}, {"name": "true_text", "label": "True_Text", "old": "old", "new": "shown true", "raw": "true"}, {"name": "date", "label": "Date", "old": "old", "new": "shown 2026-11-21", "raw": "2026-11-21"}, {"name": "instant", "label": "Instant", "old": "old", "new": "shown 2026-11-21T10:20:30Z", "raw": "2026-11-21T10:20:30Z"}, {"name": "lookup", "label": "Lookup", "old": "old", "new": "shown account:2", "raw": "account:2"}, {"name": "no_choices", "label": "No_Choices", "old": "old", "new": "shown ()", "raw": []}, {"name": "choices", "label": "Choices", "old": "old", "new": "shown (1, 2, 3)", "raw": [1, 2, 3]}]','["Closed."]','[{"title": "Disconnect", "verb": "disconnect", "payload": {"record": "1"}}]',1795256430000000);
CREATE INDEX ix_connection_chat ON connection (chat_id, id);
CREATE INDEX ix_connection_history ON connection (environment, "table", row_id, id);
CREATE INDEX ix_connection_record ON connection (environment, "table", row_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX uq_connection_live ON connection (chat_id, environment, "table", row_id) WHERE ended_at IS NULL;
CREATE INDEX ix_new_chat_person_id_id ON new_chat (person_id, id);
CREATE INDEX ix_inbox_lane_id ON inbox (lane, id) WHERE state = 'waiting';
CREATE INDEX ix_inbox_lane_received_at ON inbox (lane, received_at);
CREATE INDEX ix_outbox_connection_id_id ON outbox (connection_id, id);
CREATE INDEX ix_outbox_lane_id ON outbox (lane, id) WHERE state = 'waiting';
CREATE INDEX ix_outbox_parked ON outbox (id) WHERE state = 'parked';
CREATE INDEX ix_lane_due ON lane (queue, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ix_post_chat_id_at ON post (chat_id, at);
CREATE INDEX ix_subscription_due_at ON subscription (due_at);
CREATE UNIQUE INDEX uq_connection_public_id ON connection (public_id);
CREATE INDEX ix_decision_connection ON decision (connection_id, id);
CREATE INDEX ix_decision_chat ON decision (chat_id, at);
CREATE INDEX ix_decision_open ON decision (chat_id, due_at) WHERE outcome = 'held' AND closed_as IS NULL;
CREATE INDEX ix_decision_due ON decision (due_at) WHERE outcome = 'held' AND closed_as IS NULL;
CREATE INDEX ix_own_change_record ON own_change (environment, "table", row_id);
CREATE UNIQUE INDEX uq_posted_card_live ON posted_card (connection_id) WHERE kind = 'live' AND ended_at IS NULL;
CREATE UNIQUE INDEX uq_posted_card_summary ON posted_card (chat_id) WHERE kind = 'summary' AND ended_at IS NULL;
CREATE INDEX ix_posted_card_connection ON posted_card (connection_id);
CREATE INDEX ix_open_pane_record ON open_pane (environment, "table", row_id);
CREATE INDEX ix_chat_team ON chat (team_id) WHERE team_id IS NOT NULL;
CREATE INDEX ix_connection_ended ON connection (ended_at, id) WHERE ended_at IS NOT NULL;
CREATE INDEX ix_lane_idle ON lane (queue, name) WHERE due_at IS NULL;
CREATE INDEX ix_sync_job_failed ON sync_job (lane) WHERE reason IS NOT NULL;
CREATE INDEX ix_posted_card_summary ON posted_card (changed_at) WHERE kind = 'summary';
CREATE INDEX ix_posted_card_ended ON posted_card (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX ix_chat_looked ON chat (looked_at, id);
CREATE INDEX ix_outbox_chat ON outbox (lane, id);
COMMIT;
