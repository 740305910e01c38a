CREATE TABLE environments (
	id BIGSERIAL NOT NULL, 
	uuid TEXT NOT NULL, 
	name TEXT NOT NULL, 
	display_name TEXT NOT NULL, 
	production BOOLEAN NOT NULL, 
	contacts JSON, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_environments PRIMARY KEY (id), 
	CONSTRAINT uq_environments_uuid UNIQUE (uuid), 
	CONSTRAINT uq_environments_name UNIQUE (name)
);
CREATE TABLE pacticipants (
	id BIGSERIAL NOT NULL, 
	name TEXT NOT NULL, 
	display_name TEXT NOT NULL, 
	repository_url TEXT, 
	repository_name TEXT, 
	repository_namespace TEXT, 
	main_branch TEXT, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_pacticipants PRIMARY KEY (id), 
	CONSTRAINT uq_pacticipants_name UNIQUE (name)
);
CREATE TABLE labels (
	id BIGSERIAL NOT NULL, 
	pacticipant_id BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_labels PRIMARY KEY (id), 
	CONSTRAINT uq_labels_pacticipant_id_name UNIQUE (pacticipant_id, name), 
	CONSTRAINT fk_labels_pacticipant_id FOREIGN KEY(pacticipant_id) REFERENCES pacticipants (id) ON DELETE CASCADE
);
CREATE INDEX ix_labels_name ON labels (name);
CREATE TABLE pact_versions (
	id BIGSERIAL NOT NULL, 
	consumer_id BIGINT NOT NULL, 
	provider_id BIGINT NOT NULL, 
	sha TEXT NOT NULL, 
	interactions_count INTEGER NOT NULL, 
	messages_count INTEGER NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	content TEXT NOT NULL, 
	CONSTRAINT pk_pact_versions PRIMARY KEY (id), 
	CONSTRAINT uq_pact_versions_consumer_id_provider_id_sha UNIQUE (consumer_id, provider_id, sha), 
	CONSTRAINT fk_pact_versions_consumer_id FOREIGN KEY(consumer_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_pact_versions_provider_id FOREIGN KEY(provider_id) REFERENCES pacticipants (id) ON DELETE CASCADE
);
CREATE INDEX ix_pact_versions_provider_id ON pact_versions (provider_id);
CREATE TABLE versions (
	id BIGSERIAL NOT NULL, 
	pacticipant_id BIGINT NOT NULL, 
	number TEXT NOT NULL, 
	build_url TEXT, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_versions PRIMARY KEY (id), 
	CONSTRAINT uq_versions_pacticipant_id_number UNIQUE (pacticipant_id, number), 
	CONSTRAINT fk_versions_pacticipant_id FOREIGN KEY(pacticipant_id) REFERENCES pacticipants (id) ON DELETE CASCADE
);
CREATE INDEX ix_versions_pacticipant_id_id ON versions (pacticipant_id, id);
CREATE TABLE webhooks (
	id BIGSERIAL NOT NULL, 
	uuid TEXT NOT NULL, 
	description TEXT, 
	enabled BOOLEAN NOT NULL, 
	consumer_id BIGINT, 
	provider_id BIGINT, 
	consumer_label TEXT, 
	provider_label TEXT, 
	method TEXT NOT NULL, 
	url TEXT NOT NULL, 
	headers JSON NOT NULL, 
	body JSON, 
	username TEXT, 
	password TEXT, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_webhooks PRIMARY KEY (id), 
	CONSTRAINT uq_webhooks_uuid UNIQUE (uuid), 
	CONSTRAINT fk_webhooks_consumer_id FOREIGN KEY(consumer_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_webhooks_provider_id FOREIGN KEY(provider_id) REFERENCES pacticipants (id) ON DELETE CASCADE
);
CREATE INDEX ix_webhooks_consumer_id ON webhooks (consumer_id);
CREATE INDEX ix_webhooks_provider_id ON webhooks (provider_id);
CREATE TABLE branches (
	id BIGSERIAL NOT NULL, 
	pacticipant_id BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	head_version_id BIGINT, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_branches PRIMARY KEY (id), 
	CONSTRAINT uq_branches_pacticipant_id_name UNIQUE (pacticipant_id, name), 
	CONSTRAINT fk_branches_pacticipant_id FOREIGN KEY(pacticipant_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_branches_head_version_id FOREIGN KEY(head_version_id) REFERENCES versions (id) ON DELETE SET NULL
);
CREATE INDEX ix_branches_head_version_id ON branches (head_version_id);
CREATE INDEX ix_branches_pacticipant_id_head_version_id ON branches (pacticipant_id, head_version_id);
CREATE TABLE deployed_versions (
	id BIGSERIAL NOT NULL, 
	uuid TEXT NOT NULL, 
	pacticipant_id BIGINT NOT NULL, 
	version_id BIGINT NOT NULL, 
	environment_id BIGINT NOT NULL, 
	target TEXT, 
	target_key TEXT NOT NULL, 
	auto_created BOOLEAN NOT NULL, 
	undeployed_at TIMESTAMP WITH TIME ZONE, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_deployed_versions PRIMARY KEY (id), 
	CONSTRAINT uq_deployed_versions_uuid UNIQUE (uuid), 
	CONSTRAINT fk_deployed_versions_pacticipant_id FOREIGN KEY(pacticipant_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_deployed_versions_version_id FOREIGN KEY(version_id) REFERENCES versions (id) ON DELETE CASCADE, 
	CONSTRAINT fk_deployed_versions_environment_id FOREIGN KEY(environment_id) REFERENCES environments (id) ON DELETE CASCADE
);
CREATE INDEX ix_deployed_versions_current ON deployed_versions (pacticipant_id, environment_id, version_id) WHERE undeployed_at IS NULL;
CREATE INDEX ix_deployed_versions_pacticipant_id ON deployed_versions (pacticipant_id);
CREATE INDEX ix_deployed_versions_version_id ON deployed_versions (version_id);
CREATE UNIQUE INDEX uq_deployed_versions_current ON deployed_versions (environment_id, pacticipant_id, target_key) WHERE undeployed_at IS NULL;
CREATE TABLE integrations (
	id BIGSERIAL NOT NULL, 
	consumer_id BIGINT NOT NULL, 
	provider_id BIGINT NOT NULL, 
	head_version_id BIGINT, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	contract_data_updated_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_integrations PRIMARY KEY (id), 
	CONSTRAINT uq_integrations_consumer_id_provider_id UNIQUE (consumer_id, provider_id), 
	CONSTRAINT fk_integrations_consumer_id FOREIGN KEY(consumer_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_integrations_provider_id FOREIGN KEY(provider_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_integrations_head_version_id FOREIGN KEY(head_version_id) REFERENCES versions (id) ON DELETE SET NULL
);
CREATE INDEX ix_integrations_head_version_id_provider_id ON integrations (head_version_id, provider_id);
CREATE INDEX ix_integrations_newest ON integrations (contract_data_updated_at DESC NULLS LAST, id DESC);
CREATE INDEX ix_integrations_provider_id ON integrations (provider_id);
CREATE TABLE pact_publications (
	id BIGSERIAL NOT NULL, 
	consumer_id BIGINT NOT NULL, 
	provider_id BIGINT NOT NULL, 
	consumer_version_id BIGINT NOT NULL, 
	pact_version_id BIGINT NOT NULL, 
	revision_number INTEGER NOT NULL, 
	latest BOOLEAN NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_pact_publications PRIMARY KEY (id), 
	CONSTRAINT uq_pact_publications_revision UNIQUE (consumer_version_id, provider_id, revision_number), 
	CONSTRAINT fk_pact_publications_consumer_id FOREIGN KEY(consumer_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_pact_publications_provider_id FOREIGN KEY(provider_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_pact_publications_consumer_version_id FOREIGN KEY(consumer_version_id) REFERENCES versions (id) ON DELETE CASCADE, 
	CONSTRAINT fk_pact_publications_pact_version_id FOREIGN KEY(pact_version_id) REFERENCES pact_versions (id) ON DELETE NO ACTION
);
CREATE INDEX ix_pact_publications_consumer_id ON pact_publications (consumer_id);
CREATE INDEX ix_pact_publications_created_at_latest ON pact_publications (created_at, latest);
CREATE INDEX ix_pact_publications_pact_version_id_consumer_version_id ON pact_publications (pact_version_id, consumer_version_id);
CREATE INDEX ix_pact_publications_pair ON pact_publications (provider_id, consumer_id, consumer_version_id, pact_version_id, created_at) WHERE latest;
CREATE UNIQUE INDEX uq_pact_publications_latest ON pact_publications (consumer_version_id, provider_id) WHERE latest;
CREATE TABLE released_versions (
	id BIGSERIAL NOT NULL, 
	uuid TEXT NOT NULL, 
	pacticipant_id BIGINT NOT NULL, 
	version_id BIGINT NOT NULL, 
	environment_id BIGINT NOT NULL, 
	support_ended_at TIMESTAMP WITH TIME ZONE, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_released_versions PRIMARY KEY (id), 
	CONSTRAINT uq_released_versions_version_id_environment_id UNIQUE (version_id, environment_id), 
	CONSTRAINT uq_released_versions_uuid UNIQUE (uuid), 
	CONSTRAINT fk_released_versions_pacticipant_id FOREIGN KEY(pacticipant_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_released_versions_version_id FOREIGN KEY(version_id) REFERENCES versions (id) ON DELETE CASCADE, 
	CONSTRAINT fk_released_versions_environment_id FOREIGN KEY(environment_id) REFERENCES environments (id) ON DELETE CASCADE
);
CREATE INDEX ix_released_versions_current ON released_versions (environment_id, pacticipant_id) WHERE support_ended_at IS NULL;
CREATE INDEX ix_released_versions_in_support ON released_versions (pacticipant_id, environment_id, version_id) WHERE support_ended_at IS NULL;
CREATE INDEX ix_released_versions_pacticipant_id ON released_versions (pacticipant_id);
CREATE TABLE tag_heads (
	id BIGSERIAL NOT NULL, 
	pacticipant_id BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	version_id BIGINT NOT NULL, 
	CONSTRAINT pk_tag_heads PRIMARY KEY (id), 
	CONSTRAINT uq_tag_heads_pacticipant_id_name UNIQUE (pacticipant_id, name), 
	CONSTRAINT fk_tag_heads_pacticipant_id FOREIGN KEY(pacticipant_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_tag_heads_version_id FOREIGN KEY(version_id) REFERENCES versions (id) ON DELETE CASCADE
);
CREATE INDEX ix_tag_heads_pacticipant_id_version_id ON tag_heads (pacticipant_id, version_id);
CREATE INDEX ix_tag_heads_version_id ON tag_heads (version_id);
CREATE TABLE tags (
	id BIGSERIAL NOT NULL, 
	pacticipant_id BIGINT NOT NULL, 
	version_id BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_tags PRIMARY KEY (id), 
	CONSTRAINT uq_tags_version_id_name UNIQUE (version_id, name), 
	CONSTRAINT fk_tags_pacticipant_id FOREIGN KEY(pacticipant_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_tags_version_id FOREIGN KEY(version_id) REFERENCES versions (id) ON DELETE CASCADE
);
CREATE INDEX ix_tags_pacticipant_id_name_version_id ON tags (pacticipant_id, name, version_id);
CREATE TABLE verifications (
	id BIGSERIAL NOT NULL, 
	pact_version_id BIGINT NOT NULL, 
	consumer_id BIGINT NOT NULL, 
	provider_id BIGINT NOT NULL, 
	provider_version_id BIGINT NOT NULL, 
	success BOOLEAN NOT NULL, 
	wip BOOLEAN NOT NULL, 
	pending BOOLEAN, 
	latest BOOLEAN NOT NULL, 
	build_url TEXT, 
	executed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	verified_by JSON, 
	selectors JSON, 
	test_results JSON, 
	CONSTRAINT pk_verifications PRIMARY KEY (id), 
	CONSTRAINT fk_verifications_pact_version_id FOREIGN KEY(pact_version_id) REFERENCES pact_versions (id) ON DELETE CASCADE, 
	CONSTRAINT fk_verifications_consumer_id FOREIGN KEY(consumer_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_verifications_provider_id FOREIGN KEY(provider_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_verifications_provider_version_id FOREIGN KEY(provider_version_id) REFERENCES versions (id) ON DELETE CASCADE
);
CREATE INDEX ix_verifications_consumer_id_provider_id_id ON verifications (consumer_id, provider_id, id);
CREATE INDEX ix_verifications_failures ON verifications (pact_version_id) WHERE latest AND NOT success;
CREATE INDEX ix_verifications_pact_version_id_id ON verifications (pact_version_id, id);
CREATE INDEX ix_verifications_provider_id ON verifications (provider_id);
CREATE INDEX ix_verifications_provider_version_id ON verifications (provider_version_id);
CREATE INDEX ix_verifications_successes ON verifications (pact_version_id, wip, executed_at, provider_version_id, created_at) WHERE success;
CREATE UNIQUE INDEX uq_verifications_latest ON verifications (pact_version_id, provider_version_id) WHERE latest;
CREATE TABLE webhook_events (
	id BIGSERIAL NOT NULL, 
	webhook_id BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	CONSTRAINT pk_webhook_events PRIMARY KEY (id), 
	CONSTRAINT uq_webhook_events_webhook_id_name UNIQUE (webhook_id, name), 
	CONSTRAINT fk_webhook_events_webhook_id FOREIGN KEY(webhook_id) REFERENCES webhooks (id) ON DELETE CASCADE
);
CREATE INDEX ix_webhook_events_name ON webhook_events (name);
CREATE TABLE branch_versions (
	id BIGSERIAL NOT NULL, 
	branch_id BIGINT NOT NULL, 
	version_id BIGINT NOT NULL, 
	auto_created BOOLEAN NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_branch_versions PRIMARY KEY (id), 
	CONSTRAINT uq_branch_versions_branch_id_version_id UNIQUE (branch_id, version_id), 
	CONSTRAINT fk_branch_versions_branch_id FOREIGN KEY(branch_id) REFERENCES branches (id) ON DELETE CASCADE, 
	CONSTRAINT fk_branch_versions_version_id FOREIGN KEY(version_id) REFERENCES versions (id) ON DELETE CASCADE
);
CREATE INDEX ix_branch_versions_branch_id_id ON branch_versions (branch_id, id);
CREATE INDEX ix_branch_versions_version_id_branch_id ON branch_versions (version_id, branch_id);
CREATE TABLE tag_successes (
	id BIGSERIAL NOT NULL, 
	pact_version_id BIGINT NOT NULL, 
	provider_tag TEXT NOT NULL, 
	wip BOOLEAN NOT NULL, 
	verification_id BIGINT NOT NULL, 
	executed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_tag_successes PRIMARY KEY (id), 
	CONSTRAINT uq_tag_successes_pact_version_id_provider_tag_wip UNIQUE (pact_version_id, provider_tag, wip), 
	CONSTRAINT fk_tag_successes_pact_version_id FOREIGN KEY(pact_version_id) REFERENCES pact_versions (id) ON DELETE CASCADE, 
	CONSTRAINT fk_tag_successes_verification_id FOREIGN KEY(verification_id) REFERENCES verifications (id) ON DELETE CASCADE
);
CREATE INDEX ix_tag_successes_verification_id ON tag_successes (verification_id);
CREATE TABLE triggered_webhooks (
	id BIGSERIAL NOT NULL, 
	uuid TEXT NOT NULL, 
	webhook_id BIGINT, 
	webhook_uuid TEXT NOT NULL, 
	event_name TEXT NOT NULL, 
	consumer_id BIGINT NOT NULL, 
	provider_id BIGINT NOT NULL, 
	pact_publication_id BIGINT, 
	verification_id BIGINT, 
	parameters JSON NOT NULL, 
	status TEXT NOT NULL, 
	attempts_made INTEGER NOT NULL, 
	next_attempt_at TIMESTAMP WITH TIME ZONE, 
	claimed_until TIMESTAMP WITH TIME ZONE, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_triggered_webhooks PRIMARY KEY (id), 
	CONSTRAINT uq_triggered_webhooks_uuid UNIQUE (uuid), 
	CONSTRAINT fk_triggered_webhooks_webhook_id FOREIGN KEY(webhook_id) REFERENCES webhooks (id) ON DELETE SET NULL, 
	CONSTRAINT fk_triggered_webhooks_consumer_id FOREIGN KEY(consumer_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_triggered_webhooks_provider_id FOREIGN KEY(provider_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_triggered_webhooks_pact_publication_id FOREIGN KEY(pact_publication_id) REFERENCES pact_publications (id) ON DELETE CASCADE, 
	CONSTRAINT fk_triggered_webhooks_verification_id FOREIGN KEY(verification_id) REFERENCES verifications (id) ON DELETE CASCADE
);
CREATE INDEX ix_triggered_webhooks_consumer_id ON triggered_webhooks (consumer_id);
CREATE INDEX ix_triggered_webhooks_due ON triggered_webhooks (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX ix_triggered_webhooks_pact_publication_id ON triggered_webhooks (pact_publication_id);
CREATE INDEX ix_triggered_webhooks_provider_id ON triggered_webhooks (provider_id);
CREATE INDEX ix_triggered_webhooks_verification_id ON triggered_webhooks (verification_id);
CREATE INDEX ix_triggered_webhooks_webhook_id ON triggered_webhooks (webhook_id);
CREATE TABLE webhook_executions (
	id BIGSERIAL NOT NULL, 
	triggered_webhook_id BIGINT NOT NULL, 
	success BOOLEAN NOT NULL, 
	logs TEXT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_webhook_executions PRIMARY KEY (id), 
	CONSTRAINT fk_webhook_executions_triggered_webhook_id FOREIGN KEY(triggered_webhook_id) REFERENCES triggered_webhooks (id) ON DELETE CASCADE
);
CREATE INDEX ix_webhook_executions_triggered_webhook_id ON webhook_executions (triggered_webhook_id);
CREATE TABLE alembic_version (version_num VARCHAR(32) CONSTRAINT alembic_version_pkc PRIMARY KEY);
INSERT INTO alembic_version VALUES ('0001');
INSERT INTO environments (id, uuid, name, display_name, production, contacts, created_at, updated_at) VALUES ('1', '26b563b1-e794-4e14-a145-4c40c439f34a', 'production', 'Production', 'true', '[{"name":"Ann","details":{"emailAddress":"ann@example.org"}}]', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00');
INSERT INTO environments (id, uuid, name, display_name, production, contacts, created_at, updated_at) VALUES ('2', '06e82a01-2b5c-4cd1-a7ca-430e92ac3d42', 'test', 'test', 'false', NULL, '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00');
INSERT INTO environments (id, uuid, name, display_name, production, contacts, created_at, updated_at) VALUES ('3', '1333bc1c-fe6c-4b03-a820-212c69599354', 'live', 'live', 'false', NULL, '2026-03-01 08:00:01+00', '2026-03-01 08:00:01+00');
SELECT setval(pg_get_serial_sequence('environments', 'id'), 3);
INSERT INTO pacticipants (id, name, display_name, repository_url, repository_name, repository_namespace, main_branch, created_at, updated_at) VALUES ('1', 'Stock+', 'Stock+', NULL, NULL, NULL, NULL, '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00');
INSERT INTO pacticipants (id, name, display_name, repository_url, repository_name, repository_namespace, main_branch, created_at, updated_at) VALUES ('2', 'Web shop/1', 'Web Shop/1', NULL, NULL, NULL, NULL, '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00');
INSERT INTO pacticipants (id, name, display_name, repository_url, repository_name, repository_namespace, main_branch, created_at, updated_at) VALUES ('3', 'Ledger', 'Ledger', NULL, NULL, NULL, 'main', '2026-03-01 19:06:42+00', '2026-03-02 17:25:58+00');
INSERT INTO pacticipants (id, name, display_name, repository_url, repository_name, repository_namespace, main_branch, created_at, updated_at) VALUES ('4', 'Till', 'Till', NULL, NULL, NULL, 'main', '2026-03-01 19:06:42+00', '2026-03-03 15:42:54+00');
INSERT INTO pacticipants (id, name, display_name, repository_url, repository_name, repository_namespace, main_branch, created_at, updated_at) VALUES ('5', 'Stock', 'Stock', NULL, NULL, NULL, NULL, '2026-03-02 17:22:27+00', '2026-03-02 17:22:27+00');
INSERT INTO pacticipants (id, name, display_name, repository_url, repository_name, repository_namespace, main_branch, created_at, updated_at) VALUES ('6', 'Shop/Web', 'Shop/Web', NULL, NULL, NULL, 'main', '2026-03-02 17:24:48+00', '2026-03-04 02:50:55+00');
SELECT setval(pg_get_serial_sequence('pacticipants', 'id'), 6);
INSERT INTO labels (id, pacticipant_id, name, created_at) VALUES ('1', '2', 'web', '2026-03-01 08:00:00+00');
INSERT INTO labels (id, pacticipant_id, name, created_at) VALUES ('2', '1', 'web', '2026-03-01 08:00:00+00');
INSERT INTO labels (id, pacticipant_id, name, created_at) VALUES ('3', '3', 'old', '2026-03-05 12:12:09+00');
INSERT INTO labels (id, pacticipant_id, name, created_at) VALUES ('4', '3', 'team-x', '2026-03-06 10:29:13+00');
INSERT INTO labels (id, pacticipant_id, name, created_at) VALUES ('5', '6', 'old', '2026-03-06 21:37:08+00');
SELECT setval(pg_get_serial_sequence('labels', 'id'), 5);
INSERT INTO pact_versions (id, consumer_id, provider_id, sha, interactions_count, messages_count, created_at, content) VALUES ('1', '2', '1', '4cbc582834edca1c1fe195dcb4a5f587fcf4bd97', '1', '1', '2026-03-01 08:00:00+00', '{"consumer":{"name": "Web shop/1"},"provider":{"name": "Stock+"},"interactions":[{"_id":"edb21ae7f0ade4ba5ad40f893d7a938396793cfd","description": "a request for stock", "providerStates": [{"name": "there is tea", "params": {"id": 1}}], "request": {"method": "GET", "path": "/stock", "query": {"q": ["tea"]}, "headers": {"Accept": "*/*"}}, "response": {"status": 200, "body": [{"name": "tea"}], "matchingRules": {"$.body": {"match": "type"}}}}],"messages":[{"_id":"b261d3b3a5c869c4a3b4702aa91d0bc32b6b87d0","description": "stock arrived", "contents": {"name": "tea"}, "metaData": {}}],"metadata":{"pactSpecification": {"version": "3.0.0"}}}');
INSERT INTO pact_versions (id, consumer_id, provider_id, sha, interactions_count, messages_count, created_at, content) VALUES ('2', '4', '3', 'f2eb28a0097350fe6a0681941679ea7511a7e1df', '1', '0', '2026-03-01 19:06:42+00',  E'{"interactions":[{"_id":"6cb8c52b6a813f85ca66b02d6e42d8e56e1f61dd","description": "\\u00e93", "request": {"path": "/\\u00e93"}}]}');
INSERT INTO pact_versions (id, consumer_id, provider_id, sha, interactions_count, messages_count, created_at, content) VALUES ('3', '4', '6', '78f835375b2cde45da397e8fae45994b5907d5b0', '1', '0', '2026-03-02 17:24:48+00',  E'{"interactions":[{"_id":"6a0c1a660ccb381e48198537db2fbb539d7269ef","description": "\\u00e90", "request": {"path": "/\\u00e90"}}]}');
INSERT INTO pact_versions (id, consumer_id, provider_id, sha, interactions_count, messages_count, created_at, content) VALUES ('4', '6', '5', '78f835375b2cde45da397e8fae45994b5907d5b0', '1', '0', '2026-03-04 02:50:55+00',  E'{"interactions":[{"_id":"6a0c1a660ccb381e48198537db2fbb539d7269ef","description": "\\u00e90", "request": {"path": "/\\u00e90"}}]}');
INSERT INTO pact_versions (id, consumer_id, provider_id, sha, interactions_count, messages_count, created_at, content) VALUES ('6', '3', '5', 'f2eb28a0097350fe6a0681941679ea7511a7e1df', '1', '0', '2026-03-05 23:18:52+00',  E'{"interactions":[{"_id":"6cb8c52b6a813f85ca66b02d6e42d8e56e1f61dd","description": "\\u00e93", "request": {"path": "/\\u00e93"}}]}');
INSERT INTO pact_versions (id, consumer_id, provider_id, sha, interactions_count, messages_count, created_at, content) VALUES ('7', '3', '3', '78f835375b2cde45da397e8fae45994b5907d5b0', '1', '0', '2026-03-05 23:20:07+00',  E'{"interactions":[{"_id":"6a0c1a660ccb381e48198537db2fbb539d7269ef","description": "\\u00e90", "request": {"path": "/\\u00e90"}}]}');
INSERT INTO pact_versions (id, consumer_id, provider_id, sha, interactions_count, messages_count, created_at, content) VALUES ('8', '4', '6', 'f39757171e41e7f9f232d40c6bb856a0aa595562', '1', '0', '2026-03-06 10:29:08+00',  E'{"interactions":[{"_id":"d6f92be44d00c442461245742cc58a0067312ae5","description": "\\u00e92", "request": {"path": "/\\u00e92"}}]}');
SELECT setval(pg_get_serial_sequence('pact_versions', 'id'), 8);
INSERT INTO versions (id, pacticipant_id, number, build_url, created_at, updated_at) VALUES ('1', '2', '1.0+a', 'http://ci.example.org/1', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00');
INSERT INTO versions (id, pacticipant_id, number, build_url, created_at, updated_at) VALUES ('10', '4', '3.799', NULL, '2026-03-03 15:42:54+00', '2026-03-03 15:42:54+00');
INSERT INTO versions (id, pacticipant_id, number, build_url, created_at, updated_at) VALUES ('11', '6', '2.147', NULL, '2026-03-04 02:49:34+00', '2026-03-04 02:49:34+00');
INSERT INTO versions (id, pacticipant_id, number, build_url, created_at, updated_at) VALUES ('14', '3', '4.951', NULL, '2026-03-05 01:04:17+00', '2026-03-05 01:04:17+00');
INSERT INTO versions (id, pacticipant_id, number, build_url, created_at, updated_at) VALUES ('15', '5', '2.260', NULL, '2026-03-05 23:18:50+00', '2026-03-05 23:18:50+00');
INSERT INTO versions (id, pacticipant_id, number, build_url, created_at, updated_at) VALUES ('16', '4', '4.342', NULL, '2026-03-05 23:18:51+00', '2026-03-05 23:18:51+00');
INSERT INTO versions (id, pacticipant_id, number, build_url, created_at, updated_at) VALUES ('17', '3', '5.44', NULL, '2026-03-05 23:18:52+00', '2026-03-05 23:18:52+00');
INSERT INTO versions (id, pacticipant_id, number, build_url, created_at, updated_at) VALUES ('18', '3', '6.715', NULL, '2026-03-05 23:20:07+00', '2026-03-05 23:20:07+00');
INSERT INTO versions (id, pacticipant_id, number, build_url, created_at, updated_at) VALUES ('19', '6', '4.933', NULL, '2026-03-05 23:21:17+00', '2026-03-05 23:21:17+00');
INSERT INTO versions (id, pacticipant_id, number, build_url, created_at, updated_at) VALUES ('20', '4', '5.972', NULL, '2026-03-06 10:29:08+00', '2026-03-06 10:29:08+00');
INSERT INTO versions (id, pacticipant_id, number, build_url, created_at, updated_at) VALUES ('21', '6', '5.872', NULL, '2026-03-06 21:39:29+00', '2026-03-06 21:39:29+00');
INSERT INTO versions (id, pacticipant_id, number, build_url, created_at, updated_at) VALUES ('3', '1', '2.0+b', NULL, '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00');
INSERT INTO versions (id, pacticipant_id, number, build_url, created_at, updated_at) VALUES ('4', '4', '1.732', NULL, '2026-03-01 19:06:42+00', '2026-03-01 19:06:42+00');
INSERT INTO versions (id, pacticipant_id, number, build_url, created_at, updated_at) VALUES ('5', '3', '1.310', NULL, '2026-03-02 17:22:22+00', '2026-03-02 17:22:22+00');
INSERT INTO versions (id, pacticipant_id, number, build_url, created_at, updated_at) VALUES ('7', '3', '2.139', NULL, '2026-03-02 17:23:38+00', '2026-03-02 17:23:38+00');
INSERT INTO versions (id, pacticipant_id, number, build_url, created_at, updated_at) VALUES ('8', '4', '2.61', NULL, '2026-03-02 17:24:48+00', '2026-03-02 17:24:48+00');
INSERT INTO versions (id, pacticipant_id, number, build_url, created_at, updated_at) VALUES ('9', '3', '3.44', NULL, '2026-03-02 17:26:04+00', '2026-03-02 17:26:04+00');
SELECT setval(pg_get_serial_sequence('versions', 'id'), 9);
INSERT INTO webhooks (id, uuid, description, enabled, consumer_id, provider_id, consumer_label, provider_label, method, url, headers, body, username, password, created_at, updated_at) VALUES ('1', '0123456789abcdefghijkl', 'tell the build', 'true', '2', NULL, NULL, 'web', 'POST', 'http://127.0.0.1:9/hook', '{"content-type":"application/json"}', '{"pact":"${pactbroker.pactUrl}"}', 'ann', 'secret', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00');
SELECT setval(pg_get_serial_sequence('webhooks', 'id'), 1);
INSERT INTO branches (id, pacticipant_id, name, head_version_id, created_at, updated_at) VALUES ('1', '2', 'feat/x', '1', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00');
INSERT INTO branches (id, pacticipant_id, name, head_version_id, created_at, updated_at) VALUES ('10', '6', 'main', NULL, '2026-03-04 02:50:55+00', '2026-03-04 13:57:35+00');
INSERT INTO branches (id, pacticipant_id, name, head_version_id, created_at, updated_at) VALUES ('14', '5', 'feat/x', '15', '2026-03-05 23:18:50+00', '2026-03-05 23:18:50+00');
INSERT INTO branches (id, pacticipant_id, name, head_version_id, created_at, updated_at) VALUES ('15', '3', 'prod', '17', '2026-03-05 23:18:52+00', '2026-03-05 23:18:52+00');
INSERT INTO branches (id, pacticipant_id, name, head_version_id, created_at, updated_at) VALUES ('17', '6', 'feat/x', '21', '2026-03-05 23:21:17+00', '2026-03-06 21:39:29+00');
INSERT INTO branches (id, pacticipant_id, name, head_version_id, created_at, updated_at) VALUES ('3', '5', 'old', NULL, '2026-03-02 17:22:27+00', '2026-03-02 17:22:27+00');
INSERT INTO branches (id, pacticipant_id, name, head_version_id, created_at, updated_at) VALUES ('4', '3', 'feat/x', '7', '2026-03-02 17:23:38+00', '2026-03-02 17:23:38+00');
INSERT INTO branches (id, pacticipant_id, name, head_version_id, created_at, updated_at) VALUES ('5', '3', 'main', '18', '2026-03-02 17:25:58+00', '2026-03-05 23:20:07+00');
INSERT INTO branches (id, pacticipant_id, name, head_version_id, created_at, updated_at) VALUES ('7', '4', 'main', '10', '2026-03-03 15:42:54+00', '2026-03-03 15:42:54+00');
INSERT INTO branches (id, pacticipant_id, name, head_version_id, created_at, updated_at) VALUES ('8', '6', 'old', '11', '2026-03-04 02:49:34+00', '2026-03-04 02:49:34+00');
SELECT setval(pg_get_serial_sequence('branches', 'id'), 8);
INSERT INTO deployed_versions (id, uuid, pacticipant_id, version_id, environment_id, target, target_key, auto_created, undeployed_at, created_at, updated_at) VALUES ('1', 'd96e5adf-a2be-4e31-ac8b-e7d742840d2b', '2', '1', '1', NULL, '', 'false', '2026-03-01 19:07:52+00', '2026-03-01 08:00:00+00', '2026-03-01 19:07:52+00');
INSERT INTO deployed_versions (id, uuid, pacticipant_id, version_id, environment_id, target, target_key, auto_created, undeployed_at, created_at, updated_at) VALUES ('2', '7972a36d-51b3-4a6c-a005-0ed31a6e72b9', '4', '4', '2', NULL, '', 'false', NULL, '2026-03-02 17:23:37+00', '2026-03-02 17:23:37+00');
INSERT INTO deployed_versions (id, uuid, pacticipant_id, version_id, environment_id, target, target_key, auto_created, undeployed_at, created_at, updated_at) VALUES ('3', '6977a41b-730b-4d9c-94a6-7f00f335c357', '4', '8', '3', NULL, '', 'false', NULL, '2026-03-03 04:33:54+00', '2026-03-03 04:33:54+00');
INSERT INTO deployed_versions (id, uuid, pacticipant_id, version_id, environment_id, target, target_key, auto_created, undeployed_at, created_at, updated_at) VALUES ('4', 'a0187b4d-5120-4e8f-b327-26d0356a4152', '6', '19', '3', NULL, '', 'false', NULL, '2026-03-06 10:30:28+00', '2026-03-06 10:30:28+00');
SELECT setval(pg_get_serial_sequence('deployed_versions', 'id'), 4);
INSERT INTO integrations (id, consumer_id, provider_id, head_version_id, created_at, contract_data_updated_at) VALUES ('1', '2', '1', '1', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00');
INSERT INTO integrations (id, consumer_id, provider_id, head_version_id, created_at, contract_data_updated_at) VALUES ('11', '6', '5', NULL, '2026-03-04 02:50:55+00', '2026-03-05 23:18:57+00');
INSERT INTO integrations (id, consumer_id, provider_id, head_version_id, created_at, contract_data_updated_at) VALUES ('12', '6', '6', NULL, '2026-03-04 13:57:35+00', '2026-03-04 13:57:35+00');
INSERT INTO integrations (id, consumer_id, provider_id, head_version_id, created_at, contract_data_updated_at) VALUES ('17', '3', '5', '17', '2026-03-05 23:18:52+00', '2026-03-05 23:18:52+00');
INSERT INTO integrations (id, consumer_id, provider_id, head_version_id, created_at, contract_data_updated_at) VALUES ('19', '3', '3', '18', '2026-03-05 23:20:07+00', '2026-03-05 23:20:07+00');
INSERT INTO integrations (id, consumer_id, provider_id, head_version_id, created_at, contract_data_updated_at) VALUES ('4', '4', '3', '4', '2026-03-01 19:06:42+00', '2026-03-05 12:12:08+00');
INSERT INTO integrations (id, consumer_id, provider_id, head_version_id, created_at, contract_data_updated_at) VALUES ('6', '4', '6', '20', '2026-03-02 17:24:48+00', '2026-03-07 08:46:09+00');
SELECT setval(pg_get_serial_sequence('integrations', 'id'), 6);
INSERT INTO pact_publications (id, consumer_id, provider_id, consumer_version_id, pact_version_id, revision_number, latest, created_at) VALUES ('1', '2', '1', '1', '1', '1', 'true', '2026-03-01 08:00:00+00');
INSERT INTO pact_publications (id, consumer_id, provider_id, consumer_version_id, pact_version_id, revision_number, latest, created_at) VALUES ('2', '4', '3', '4', '2', '1', 'true', '2026-03-01 19:06:42+00');
INSERT INTO pact_publications (id, consumer_id, provider_id, consumer_version_id, pact_version_id, revision_number, latest, created_at) VALUES ('3', '4', '6', '8', '3', '1', 'true', '2026-03-02 17:24:48+00');
INSERT INTO pact_publications (id, consumer_id, provider_id, consumer_version_id, pact_version_id, revision_number, latest, created_at) VALUES ('6', '4', '6', '16', '3', '1', 'true', '2026-03-05 23:18:51+00');
INSERT INTO pact_publications (id, consumer_id, provider_id, consumer_version_id, pact_version_id, revision_number, latest, created_at) VALUES ('7', '3', '5', '17', '6', '1', 'true', '2026-03-05 23:18:52+00');
INSERT INTO pact_publications (id, consumer_id, provider_id, consumer_version_id, pact_version_id, revision_number, latest, created_at) VALUES ('8', '3', '3', '18', '7', '1', 'true', '2026-03-05 23:20:07+00');
INSERT INTO pact_publications (id, consumer_id, provider_id, consumer_version_id, pact_version_id, revision_number, latest, created_at) VALUES ('9', '4', '6', '20', '8', '1', 'true', '2026-03-06 10:29:08+00');
SELECT setval(pg_get_serial_sequence('pact_publications', 'id'), 9);
INSERT INTO released_versions (id, uuid, pacticipant_id, version_id, environment_id, support_ended_at, created_at, updated_at) VALUES ('1', '53d23c0b-df43-4fb2-99fc-fc64e7aa8576', '2', '1', '1', NULL, '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00');
INSERT INTO released_versions (id, uuid, pacticipant_id, version_id, environment_id, support_ended_at, created_at, updated_at) VALUES ('2', '542861cd-55e7-467e-ae6a-c4a9e89c5bc7', '5', '15', '3', NULL, '2026-03-06 21:37:09+00', '2026-03-06 21:37:09+00');
SELECT setval(pg_get_serial_sequence('released_versions', 'id'), 2);
INSERT INTO tag_heads (id, pacticipant_id, name, version_id) VALUES ('1', '2', 'dev', '1');
INSERT INTO tag_heads (id, pacticipant_id, name, version_id) VALUES ('10', '6', 'dev', '19');
INSERT INTO tag_heads (id, pacticipant_id, name, version_id) VALUES ('2', '2', 'prod', '1');
INSERT INTO tag_heads (id, pacticipant_id, name, version_id) VALUES ('3', '4', 'dev', '10');
INSERT INTO tag_heads (id, pacticipant_id, name, version_id) VALUES ('4', '6', 'a/b', '21');
INSERT INTO tag_heads (id, pacticipant_id, name, version_id) VALUES ('5', '3', 'prod', '17');
INSERT INTO tag_heads (id, pacticipant_id, name, version_id) VALUES ('7', '3', 'dev', '9');
INSERT INTO tag_heads (id, pacticipant_id, name, version_id) VALUES ('8', '5', 'prod', '15');
SELECT setval(pg_get_serial_sequence('tag_heads', 'id'), 8);
INSERT INTO tags (id, pacticipant_id, version_id, name, created_at) VALUES ('1', '2', '1', 'prod', '2026-03-01 08:00:00+00');
INSERT INTO tags (id, pacticipant_id, version_id, name, created_at) VALUES ('10', '5', '15', 'prod', '2026-03-05 23:18:50+00');
INSERT INTO tags (id, pacticipant_id, version_id, name, created_at) VALUES ('11', '3', '17', 'prod', '2026-03-05 23:18:52+00');
INSERT INTO tags (id, pacticipant_id, version_id, name, created_at) VALUES ('12', '6', '19', 'dev', '2026-03-05 23:21:17+00');
INSERT INTO tags (id, pacticipant_id, version_id, name, created_at) VALUES ('13', '6', '21', 'a/b', '2026-03-06 21:39:29+00');
INSERT INTO tags (id, pacticipant_id, version_id, name, created_at) VALUES ('2', '2', '1', 'dev', '2026-03-01 08:00:00+00');
INSERT INTO tags (id, pacticipant_id, version_id, name, created_at) VALUES ('5', '4', '10', 'dev', '2026-03-03 15:42:54+00');
INSERT INTO tags (id, pacticipant_id, version_id, name, created_at) VALUES ('6', '6', '11', 'a/b', '2026-03-04 02:49:34+00');
INSERT INTO tags (id, pacticipant_id, version_id, name, created_at) VALUES ('7', '3', '5', 'prod', '2026-03-04 13:57:36+00');
INSERT INTO tags (id, pacticipant_id, version_id, name, created_at) VALUES ('8', '3', '14', 'prod', '2026-03-05 01:04:17+00');
INSERT INTO tags (id, pacticipant_id, version_id, name, created_at) VALUES ('9', '3', '9', 'dev', '2026-03-05 01:05:28+00');
SELECT setval(pg_get_serial_sequence('tags', 'id'), 9);
INSERT INTO verifications (id, pact_version_id, consumer_id, provider_id, provider_version_id, success, wip, pending, latest, build_url, executed_at, created_at, verified_by, selectors, test_results) VALUES ('1', '1', '2', '1', '3', 'true', 'false', 'true', 'true', 'http://ci.example.org/2', '2026-11-23 07:00:00+00', '2026-03-01 08:00:00+00', '{"implementation":"Pact-Rust","version":"1.4.7","clientLanguage":{"name":"pact-python"}}', '[{"branch":null,"tag":null,"latest":true,"environment":null,"consumer_version_id":1}]', '[{"interactionId":"1","success":false,"mismatches":[{"attribute":"body"}]}]');
INSERT INTO verifications (id, pact_version_id, consumer_id, provider_id, provider_version_id, success, wip, pending, latest, build_url, executed_at, created_at, verified_by, selectors, test_results) VALUES ('10', '4', '6', '5', '15', 'true', 'true', 'false', 'true', NULL, '2026-03-05 23:18:57+00', '2026-03-05 23:18:57+00', '{"implementation":"pact_ffi","version":"0.4"}', '[]', '{"é":1.5}');
INSERT INTO verifications (id, pact_version_id, consumer_id, provider_id, provider_version_id, success, wip, pending, latest, build_url, executed_at, created_at, verified_by, selectors, test_results) VALUES ('11', '3', '4', '6', '21', 'true', 'false', NULL, 'true', NULL, '2026-03-07 08:46:09+00', '2026-03-07 08:46:09+00', '{"implementation":"pact_ffi","version":"0.4"}', '[]', '[{"interactionId":"1","success":true}]');
INSERT INTO verifications (id, pact_version_id, consumer_id, provider_id, provider_version_id, success, wip, pending, latest, build_url, executed_at, created_at, verified_by, selectors, test_results) VALUES ('2', '2', '4', '3', '5', 'true', 'false', NULL, 'false', 'https://ci.example.org/1', '2026-03-02 17:22:22+00', '2026-03-02 17:22:22+00', '{"implementation":"pact_ffi","version":"0.4"}', '[]', '{"é":1.5}');
INSERT INTO verifications (id, pact_version_id, consumer_id, provider_id, provider_version_id, success, wip, pending, latest, build_url, executed_at, created_at, verified_by, selectors, test_results) VALUES ('3', '2', '4', '3', '5', 'true', 'false', NULL, 'false', 'https://ci.example.org/1', '2026-03-02 17:25:59+00', '2026-03-02 17:25:59+00', '{}', '[]', NULL);
INSERT INTO verifications (id, pact_version_id, consumer_id, provider_id, provider_version_id, success, wip, pending, latest, build_url, executed_at, created_at, verified_by, selectors, test_results) VALUES ('4', '2', '4', '3', '9', 'true', 'false', NULL, 'false', NULL, '2026-03-02 17:27:14+00', '2026-03-02 17:27:14+00', '{"implementation":"pact_ffi","version":"0.4"}', '[]', '[{"interactionId":"1","success":true}]');
INSERT INTO verifications (id, pact_version_id, consumer_id, provider_id, provider_version_id, success, wip, pending, latest, build_url, executed_at, created_at, verified_by, selectors, test_results) VALUES ('5', '3', '4', '6', '11', 'false', 'false', NULL, 'true', NULL, '2026-03-04 02:49:35+00', '2026-03-04 02:49:35+00', '{"implementation":"pact_ffi","version":"0.4"}', '[]', NULL);
INSERT INTO verifications (id, pact_version_id, consumer_id, provider_id, provider_version_id, success, wip, pending, latest, build_url, executed_at, created_at, verified_by, selectors, test_results) VALUES ('6', '2', '4', '3', '7', 'true', 'false', NULL, 'true', NULL, '2026-03-04 02:49:45+00', '2026-03-04 02:49:45+00', '{"implementation":"x","clientLanguage":{"name":"python","testFramework":"pytest"}}', '[]', NULL);
INSERT INTO verifications (id, pact_version_id, consumer_id, provider_id, provider_version_id, success, wip, pending, latest, build_url, executed_at, created_at, verified_by, selectors, test_results) VALUES ('7', '2', '4', '3', '5', 'false', 'false', 'true', 'true', 'https://ci.example.org/1', '2026-03-05 01:04:16+00', '2026-03-05 01:04:16+00', '{"implementation":"pact_ffi","version":"0.4"}', '[]', '{"é":1.5}');
INSERT INTO verifications (id, pact_version_id, consumer_id, provider_id, provider_version_id, success, wip, pending, latest, build_url, executed_at, created_at, verified_by, selectors, test_results) VALUES ('8', '2', '4', '3', '14', 'false', 'false', NULL, 'true', 'https://ci.example.org/1', '2026-03-05 01:04:18+00', '2026-03-05 01:04:18+00', '{"implementation":"pact_ffi","version":"0.4"}', '[]', '{"é":1.5}');
INSERT INTO verifications (id, pact_version_id, consumer_id, provider_id, provider_version_id, success, wip, pending, latest, build_url, executed_at, created_at, verified_by, selectors, test_results) VALUES ('9', '2', '4', '3', '9', 'true', 'false', NULL, 'true', NULL, '2026-03-05 12:12:08+00', '2026-03-05 12:12:08+00', '{}', '[]', '[{"interactionId":"1","success":true}]');
SELECT setval(pg_get_serial_sequence('verifications', 'id'), 9);
INSERT INTO webhook_events (id, webhook_id, name) VALUES ('1', '1', 'contract_published');
SELECT setval(pg_get_serial_sequence('webhook_events', 'id'), 1);
INSERT INTO branch_versions (id, branch_id, version_id, auto_created, created_at) VALUES ('1', '1', '1', 'false', '2026-03-01 08:00:00+00');
INSERT INTO branch_versions (id, branch_id, version_id, auto_created, created_at) VALUES ('12', '5', '14', 'false', '2026-03-05 01:04:17+00');
INSERT INTO branch_versions (id, branch_id, version_id, auto_created, created_at) VALUES ('14', '14', '15', 'false', '2026-03-05 23:18:50+00');
INSERT INTO branch_versions (id, branch_id, version_id, auto_created, created_at) VALUES ('15', '15', '17', 'true', '2026-03-05 23:18:52+00');
INSERT INTO branch_versions (id, branch_id, version_id, auto_created, created_at) VALUES ('16', '5', '18', 'false', '2026-03-05 23:20:07+00');
INSERT INTO branch_versions (id, branch_id, version_id, auto_created, created_at) VALUES ('17', '17', '19', 'false', '2026-03-05 23:21:17+00');
INSERT INTO branch_versions (id, branch_id, version_id, auto_created, created_at) VALUES ('18', '17', '21', 'false', '2026-03-06 21:39:29+00');
INSERT INTO branch_versions (id, branch_id, version_id, auto_created, created_at) VALUES ('4', '4', '7', 'false', '2026-03-02 17:23:38+00');
INSERT INTO branch_versions (id, branch_id, version_id, auto_created, created_at) VALUES ('5', '5', '5', 'false', '2026-03-02 17:25:58+00');
INSERT INTO branch_versions (id, branch_id, version_id, auto_created, created_at) VALUES ('6', '5', '9', 'false', '2026-03-02 17:26:04+00');
INSERT INTO branch_versions (id, branch_id, version_id, auto_created, created_at) VALUES ('7', '7', '10', 'false', '2026-03-03 15:42:54+00');
INSERT INTO branch_versions (id, branch_id, version_id, auto_created, created_at) VALUES ('8', '8', '11', 'false', '2026-03-04 02:49:34+00');
INSERT INTO branch_versions (id, branch_id, version_id, auto_created, created_at) VALUES ('9', '5', '7', 'false', '2026-03-04 02:49:40+00');
SELECT setval(pg_get_serial_sequence('branch_versions', 'id'), 9);
INSERT INTO tag_successes (id, pact_version_id, provider_tag, wip, verification_id, executed_at) VALUES ('1', '2', 'dev', 'false', '9', '2026-03-05 12:12:08+00');
INSERT INTO tag_successes (id, pact_version_id, provider_tag, wip, verification_id, executed_at) VALUES ('2', '4', 'prod', 'true', '10', '2026-03-05 23:18:57+00');
INSERT INTO tag_successes (id, pact_version_id, provider_tag, wip, verification_id, executed_at) VALUES ('3', '3', 'a/b', 'false', '11', '2026-03-07 08:46:09+00');
SELECT setval(pg_get_serial_sequence('tag_successes', 'id'), 3);
INSERT INTO triggered_webhooks (id, uuid, webhook_id, webhook_uuid, event_name, consumer_id, provider_id, pact_publication_id, verification_id, parameters, status, attempts_made, next_attempt_at, claimed_until, created_at, updated_at) VALUES ('1', 'c963cfe0-afae-4a3b-b909-6a04e7d80068', '1', '0123456789abcdefghijkl', 'contract_published', '2', '1', '1', NULL, '{"consumerName":"Web shop/1","consumerVersionNumber":"1.0+a","consumerVersionTags":"prod, dev","consumerVersionBranch":"feat/x","consumerLabels":"web","providerName":"Stock+","providerVersionNumber":"","providerVersionTags":"","providerVersionBranch":"","providerVersionDescriptions":"","providerLabels":"web","pactUrl":"http://broker/pacts/provider/Stock%2B/consumer/Web%20shop%2F1/pact-version/4cbc582834edca1c1fe195dcb4a5f587fcf4bd97/metadata/dz10cnVlJmN2dCU1QiU1RD1wcm9kJmN2dCU1QiU1RD1kZXYmY3ZuPTEuMCUyQmE","verificationResultUrl":"","githubVerificationStatus":"pending","bitbucketVerificationStatus":"INPROGRESS","azureDevOpsVerificationStatus":"pending","gitlabVerificationStatus":"pending","eventName":"contract_published","buildUrl":"http://ci.example.org/1","currentlyDeployedProviderVersionNumber":""}', 'success', '1', NULL, NULL, '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00');
SELECT setval(pg_get_serial_sequence('triggered_webhooks', 'id'), 1);
INSERT INTO webhook_executions (id, triggered_webhook_id, success, logs, created_at) VALUES ('1', '1', 'true', 'POST /hook
HTTP/1.1 200', '2026-03-01 08:00:00+00');
SELECT setval(pg_get_serial_sequence('webhook_executions', 'id'), 1);
