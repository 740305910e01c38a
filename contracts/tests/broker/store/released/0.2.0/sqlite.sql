BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE branch_versions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	branch_id INTEGER NOT NULL, 
	version_id INTEGER NOT NULL, 
	auto_created BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT uq_branch_versions_branch_id_version_id UNIQUE (branch_id, version_id), 
	CONSTRAINT fk_branch_versions_branch_id FOREIGN KEY(branch_id) REFERENCES branches (id) ON DELETE CASCADE, 
	CONSTRAINT fk_branch_versions_version_id FOREIGN KEY(version_id) REFERENCES versions (id) ON DELETE CASCADE
);
INSERT INTO "branch_versions" VALUES(1,1,1,0,'2026-03-01 08:00:00.000000');
INSERT INTO "branch_versions" VALUES(4,4,7,0,'2026-03-02 17:23:38.000000');
INSERT INTO "branch_versions" VALUES(5,5,5,0,'2026-03-02 17:25:58.000000');
INSERT INTO "branch_versions" VALUES(6,5,9,0,'2026-03-02 17:26:04.000000');
INSERT INTO "branch_versions" VALUES(7,7,10,0,'2026-03-03 15:42:54.000000');
INSERT INTO "branch_versions" VALUES(8,8,11,0,'2026-03-04 02:49:34.000000');
INSERT INTO "branch_versions" VALUES(9,5,7,0,'2026-03-04 02:49:40.000000');
INSERT INTO "branch_versions" VALUES(12,5,14,0,'2026-03-05 01:04:17.000000');
INSERT INTO "branch_versions" VALUES(14,14,15,0,'2026-03-05 23:18:50.000000');
INSERT INTO "branch_versions" VALUES(15,15,17,1,'2026-03-05 23:18:52.000000');
INSERT INTO "branch_versions" VALUES(16,5,18,0,'2026-03-05 23:20:07.000000');
INSERT INTO "branch_versions" VALUES(17,17,19,0,'2026-03-05 23:21:17.000000');
INSERT INTO "branch_versions" VALUES(18,17,21,0,'2026-03-06 21:39:29.000000');
CREATE TABLE branches (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	pacticipant_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	head_version_id INTEGER, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT uq_branches_pacticipant_id_name UNIQUE (pacticipant_id, name), 
	CONSTRAINT fk_branches_pacticipant_id FOREIGN KEY(pacticipant_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_branches_head_version_id FOREIGN KEY(head_version_id) REFERENCES versions (id) ON DELETE SET NULL
);
INSERT INTO "branches" VALUES(1,2,'feat/x',1,'2026-03-01 08:00:00.000000','2026-03-01 08:00:00.000000');
INSERT INTO "branches" VALUES(3,5,'old',NULL,'2026-03-02 17:22:27.000000','2026-03-02 17:22:27.000000');
INSERT INTO "branches" VALUES(4,3,'feat/x',7,'2026-03-02 17:23:38.000000','2026-03-02 17:23:38.000000');
INSERT INTO "branches" VALUES(5,3,'main',18,'2026-03-02 17:25:58.000000','2026-03-05 23:20:07.000000');
INSERT INTO "branches" VALUES(7,4,'main',10,'2026-03-03 15:42:54.000000','2026-03-03 15:42:54.000000');
INSERT INTO "branches" VALUES(8,6,'old',11,'2026-03-04 02:49:34.000000','2026-03-04 02:49:34.000000');
INSERT INTO "branches" VALUES(10,6,'main',NULL,'2026-03-04 02:50:55.000000','2026-03-04 13:57:35.000000');
INSERT INTO "branches" VALUES(14,5,'feat/x',15,'2026-03-05 23:18:50.000000','2026-03-05 23:18:50.000000');
INSERT INTO "branches" VALUES(15,3,'prod',17,'2026-03-05 23:18:52.000000','2026-03-05 23:18:52.000000');
INSERT INTO "branches" VALUES(17,6,'feat/x',21,'2026-03-05 23:21:17.000000','2026-03-06 21:39:29.000000');
CREATE TABLE deployed_versions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	uuid TEXT NOT NULL, 
	pacticipant_id INTEGER NOT NULL, 
	version_id INTEGER NOT NULL, 
	environment_id INTEGER NOT NULL, 
	target TEXT, 
	target_key TEXT NOT NULL, 
	auto_created BOOLEAN NOT NULL, 
	undeployed_at DATETIME, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT uq_deployed_versions_uuid UNIQUE (uuid), 
	CONSTRAINT fk_deployed_versions_pacticipant_id FOREIGN KEY(pacticipant_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_deployed_versions_version_id FOREIGN KEY(version_id) REFERENCES versions (id) ON DELETE CASCADE, 
	CONSTRAINT fk_deployed_versions_environment_id FOREIGN KEY(environment_id) REFERENCES environments (id) ON DELETE CASCADE
);
INSERT INTO "deployed_versions" VALUES(1,'d96e5adf-a2be-4e31-ac8b-e7d742840d2b',2,1,1,NULL,'',0,'2026-03-01 19:07:52.000000','2026-03-01 08:00:00.000000','2026-03-01 19:07:52.000000');
INSERT INTO "deployed_versions" VALUES(2,'7972a36d-51b3-4a6c-a005-0ed31a6e72b9',4,4,2,NULL,'',0,NULL,'2026-03-02 17:23:37.000000','2026-03-02 17:23:37.000000');
INSERT INTO "deployed_versions" VALUES(3,'6977a41b-730b-4d9c-94a6-7f00f335c357',4,8,3,NULL,'',0,NULL,'2026-03-03 04:33:54.000000','2026-03-03 04:33:54.000000');
INSERT INTO "deployed_versions" VALUES(4,'a0187b4d-5120-4e8f-b327-26d0356a4152',6,19,3,NULL,'',0,NULL,'2026-03-06 10:30:28.000000','2026-03-06 10:30:28.000000');
CREATE TABLE environments (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	uuid TEXT NOT NULL, 
	name TEXT NOT NULL, 
	display_name TEXT NOT NULL, 
	production BOOLEAN NOT NULL, 
	contacts JSON, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT uq_environments_uuid UNIQUE (uuid), 
	CONSTRAINT uq_environments_name UNIQUE (name)
);
INSERT INTO "environments" VALUES(1,'26b563b1-e794-4e14-a145-4c40c439f34a','production','Production',1,'[{"name":"Ann","details":{"emailAddress":"ann@example.org"}}]','2026-03-01 08:00:00.000000','2026-03-01 08:00:00.000000');
INSERT INTO "environments" VALUES(2,'06e82a01-2b5c-4cd1-a7ca-430e92ac3d42','test','test',0,NULL,'2026-03-01 08:00:00.000000','2026-03-01 08:00:00.000000');
INSERT INTO "environments" VALUES(3,'1333bc1c-fe6c-4b03-a820-212c69599354','live','live',0,NULL,'2026-03-01 08:00:01.000000','2026-03-01 08:00:01.000000');
CREATE TABLE integrations (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	consumer_id INTEGER NOT NULL, 
	provider_id INTEGER NOT NULL, 
	head_version_id INTEGER, 
	created_at DATETIME NOT NULL, 
	contract_data_updated_at DATETIME, 
	CONSTRAINT uq_integrations_consumer_id_provider_id UNIQUE (consumer_id, provider_id), 
	CONSTRAINT fk_integrations_consumer_id FOREIGN KEY(consumer_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_integrations_provider_id FOREIGN KEY(provider_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_integrations_head_version_id FOREIGN KEY(head_version_id) REFERENCES versions (id) ON DELETE SET NULL
);
INSERT INTO "integrations" VALUES(1,2,1,1,'2026-03-01 08:00:00.000000','2026-03-01 08:00:00.000000');
INSERT INTO "integrations" VALUES(4,4,3,4,'2026-03-01 19:06:42.000000','2026-03-05 12:12:08.000000');
INSERT INTO "integrations" VALUES(6,4,6,20,'2026-03-02 17:24:48.000000','2026-03-07 08:46:09.000000');
INSERT INTO "integrations" VALUES(11,6,5,NULL,'2026-03-04 02:50:55.000000','2026-03-05 23:18:57.000000');
INSERT INTO "integrations" VALUES(12,6,6,NULL,'2026-03-04 13:57:35.000000','2026-03-04 13:57:35.000000');
INSERT INTO "integrations" VALUES(17,3,5,17,'2026-03-05 23:18:52.000000','2026-03-05 23:18:52.000000');
INSERT INTO "integrations" VALUES(19,3,3,18,'2026-03-05 23:20:07.000000','2026-03-05 23:20:07.000000');
CREATE TABLE labels (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	pacticipant_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT uq_labels_pacticipant_id_name UNIQUE (pacticipant_id, name), 
	CONSTRAINT fk_labels_pacticipant_id FOREIGN KEY(pacticipant_id) REFERENCES pacticipants (id) ON DELETE CASCADE
);
INSERT INTO "labels" VALUES(1,2,'web','2026-03-01 08:00:00.000000');
INSERT INTO "labels" VALUES(2,1,'web','2026-03-01 08:00:00.000000');
INSERT INTO "labels" VALUES(3,3,'old','2026-03-05 12:12:09.000000');
INSERT INTO "labels" VALUES(4,3,'team-x','2026-03-06 10:29:13.000000');
INSERT INTO "labels" VALUES(5,6,'old','2026-03-06 21:37:08.000000');
CREATE TABLE pact_publications (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	consumer_id INTEGER NOT NULL, 
	provider_id INTEGER NOT NULL, 
	consumer_version_id INTEGER NOT NULL, 
	pact_version_id INTEGER NOT NULL, 
	revision_number INTEGER NOT NULL, 
	latest BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT uq_pact_publications_revision UNIQUE (consumer_version_id, provider_id, revision_number), 
	CONSTRAINT fk_pact_publications_consumer_id FOREIGN KEY(consumer_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_pact_publications_provider_id FOREIGN KEY(provider_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_pact_publications_consumer_version_id FOREIGN KEY(consumer_version_id) REFERENCES versions (id) ON DELETE CASCADE, 
	CONSTRAINT fk_pact_publications_pact_version_id FOREIGN KEY(pact_version_id) REFERENCES pact_versions (id) ON DELETE NO ACTION
);
INSERT INTO "pact_publications" VALUES(1,2,1,1,1,1,1,'2026-03-01 08:00:00.000000');
INSERT INTO "pact_publications" VALUES(2,4,3,4,2,1,1,'2026-03-01 19:06:42.000000');
INSERT INTO "pact_publications" VALUES(3,4,6,8,3,1,1,'2026-03-02 17:24:48.000000');
INSERT INTO "pact_publications" VALUES(6,4,6,16,3,1,1,'2026-03-05 23:18:51.000000');
INSERT INTO "pact_publications" VALUES(7,3,5,17,6,1,1,'2026-03-05 23:18:52.000000');
INSERT INTO "pact_publications" VALUES(8,3,3,18,7,1,1,'2026-03-05 23:20:07.000000');
INSERT INTO "pact_publications" VALUES(9,4,6,20,8,1,1,'2026-03-06 10:29:08.000000');
CREATE TABLE pact_versions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	consumer_id INTEGER NOT NULL, 
	provider_id INTEGER NOT NULL, 
	sha TEXT NOT NULL, 
	interactions_count INTEGER NOT NULL, 
	messages_count INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	content TEXT NOT NULL, 
	CONSTRAINT uq_pact_versions_consumer_id_provider_id_sha UNIQUE (consumer_id, provider_id, sha), 
	CONSTRAINT fk_pact_versions_consumer_id FOREIGN KEY(consumer_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_pact_versions_provider_id FOREIGN KEY(provider_id) REFERENCES pacticipants (id) ON DELETE CASCADE
);
INSERT INTO "pact_versions" VALUES(1,2,1,'4cbc582834edca1c1fe195dcb4a5f587fcf4bd97',1,1,'2026-03-01 08:00:00.000000','{"consumer":{"name": "Web shop/1"},"provider":{"name": "Stock+"},"interactions":[{"_id":"edb21ae7f0ade4ba5ad40f893d7a938396793cfd","description": "a request for stock", "providerStates": [{"name": "there is tea", "params": {"id": 1}}], "request": {"method": "GET", "path": "/stock", "query": {"q": ["tea"]}, "headers": {"Accept": "*/*"}}, "response": {"status": 200, "body": [{"name": "tea"}], "matchingRules": {"$.body": {"match": "type"}}}}],"messages":[{"_id":"b261d3b3a5c869c4a3b4702aa91d0bc32b6b87d0","description": "stock arrived", "contents": {"name": "tea"}, "metaData": {}}],"metadata":{"pactSpecification": {"version": "3.0.0"}}}');
INSERT INTO "pact_versions" VALUES(2,4,3,'f2eb28a0097350fe6a0681941679ea7511a7e1df',1,0,'2026-03-01 19:06:42.000000','{"interactions":[{"_id":"6cb8c52b6a813f85ca66b02d6e42d8e56e1f61dd","description": "\u00e93", "request": {"path": "/\u00e93"}}]}');
INSERT INTO "pact_versions" VALUES(3,4,6,'78f835375b2cde45da397e8fae45994b5907d5b0',1,0,'2026-03-02 17:24:48.000000','{"interactions":[{"_id":"6a0c1a660ccb381e48198537db2fbb539d7269ef","description": "\u00e90", "request": {"path": "/\u00e90"}}]}');
INSERT INTO "pact_versions" VALUES(4,6,5,'78f835375b2cde45da397e8fae45994b5907d5b0',1,0,'2026-03-04 02:50:55.000000','{"interactions":[{"_id":"6a0c1a660ccb381e48198537db2fbb539d7269ef","description": "\u00e90", "request": {"path": "/\u00e90"}}]}');
INSERT INTO "pact_versions" VALUES(6,3,5,'f2eb28a0097350fe6a0681941679ea7511a7e1df',1,0,'2026-03-05 23:18:52.000000','{"interactions":[{"_id":"6cb8c52b6a813f85ca66b02d6e42d8e56e1f61dd","description": "\u00e93", "request": {"path": "/\u00e93"}}]}');
INSERT INTO "pact_versions" VALUES(7,3,3,'78f835375b2cde45da397e8fae45994b5907d5b0',1,0,'2026-03-05 23:20:07.000000','{"interactions":[{"_id":"6a0c1a660ccb381e48198537db2fbb539d7269ef","description": "\u00e90", "request": {"path": "/\u00e90"}}]}');
INSERT INTO "pact_versions" VALUES(8,4,6,'f39757171e41e7f9f232d40c6bb856a0aa595562',1,0,'2026-03-06 10:29:08.000000','{"interactions":[{"_id":"d6f92be44d00c442461245742cc58a0067312ae5","description": "\u00e92", "request": {"path": "/\u00e92"}}]}');
CREATE TABLE pacticipants (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	display_name TEXT NOT NULL, 
	repository_url TEXT, 
	repository_name TEXT, 
	repository_namespace TEXT, 
	main_branch TEXT, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT uq_pacticipants_name UNIQUE (name)
);
INSERT INTO "pacticipants" VALUES(1,'Stock+','Stock+',NULL,NULL,NULL,NULL,'2026-03-01 08:00:00.000000','2026-03-01 08:00:00.000000');
INSERT INTO "pacticipants" VALUES(2,'Web shop/1','Web Shop/1',NULL,NULL,NULL,NULL,'2026-03-01 08:00:00.000000','2026-03-01 08:00:00.000000');
INSERT INTO "pacticipants" VALUES(3,'Ledger','Ledger',NULL,NULL,NULL,'main','2026-03-01 19:06:42.000000','2026-03-02 17:25:58.000000');
INSERT INTO "pacticipants" VALUES(4,'Till','Till',NULL,NULL,NULL,'main','2026-03-01 19:06:42.000000','2026-03-03 15:42:54.000000');
INSERT INTO "pacticipants" VALUES(5,'Stock','Stock',NULL,NULL,NULL,NULL,'2026-03-02 17:22:27.000000','2026-03-02 17:22:27.000000');
INSERT INTO "pacticipants" VALUES(6,'Shop/Web','Shop/Web',NULL,NULL,NULL,'main','2026-03-02 17:24:48.000000','2026-03-04 02:50:55.000000');
CREATE TABLE released_versions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	uuid TEXT NOT NULL, 
	pacticipant_id INTEGER NOT NULL, 
	version_id INTEGER NOT NULL, 
	environment_id INTEGER NOT NULL, 
	support_ended_at DATETIME, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT uq_released_versions_version_id_environment_id UNIQUE (version_id, environment_id), 
	CONSTRAINT uq_released_versions_uuid UNIQUE (uuid), 
	CONSTRAINT fk_released_versions_pacticipant_id FOREIGN KEY(pacticipant_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_released_versions_version_id FOREIGN KEY(version_id) REFERENCES versions (id) ON DELETE CASCADE, 
	CONSTRAINT fk_released_versions_environment_id FOREIGN KEY(environment_id) REFERENCES environments (id) ON DELETE CASCADE
);
INSERT INTO "released_versions" VALUES(1,'53d23c0b-df43-4fb2-99fc-fc64e7aa8576',2,1,1,NULL,'2026-03-01 08:00:00.000000','2026-03-01 08:00:00.000000');
INSERT INTO "released_versions" VALUES(2,'542861cd-55e7-467e-ae6a-c4a9e89c5bc7',5,15,3,NULL,'2026-03-06 21:37:09.000000','2026-03-06 21:37:09.000000');
CREATE TABLE tag_heads (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	pacticipant_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	version_id INTEGER NOT NULL, 
	CONSTRAINT uq_tag_heads_pacticipant_id_name UNIQUE (pacticipant_id, name), 
	CONSTRAINT fk_tag_heads_pacticipant_id FOREIGN KEY(pacticipant_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_tag_heads_version_id FOREIGN KEY(version_id) REFERENCES versions (id) ON DELETE CASCADE
);
INSERT INTO "tag_heads" VALUES(1,2,'dev',1);
INSERT INTO "tag_heads" VALUES(2,2,'prod',1);
INSERT INTO "tag_heads" VALUES(3,4,'dev',10);
INSERT INTO "tag_heads" VALUES(4,6,'a/b',21);
INSERT INTO "tag_heads" VALUES(5,3,'prod',17);
INSERT INTO "tag_heads" VALUES(7,3,'dev',9);
INSERT INTO "tag_heads" VALUES(8,5,'prod',15);
INSERT INTO "tag_heads" VALUES(10,6,'dev',19);
CREATE TABLE tag_successes (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	pact_version_id INTEGER NOT NULL, 
	provider_tag TEXT NOT NULL, 
	wip BOOLEAN NOT NULL, 
	verification_id INTEGER NOT NULL, 
	executed_at DATETIME NOT NULL, 
	CONSTRAINT uq_tag_successes_pact_version_id_provider_tag_wip UNIQUE (pact_version_id, provider_tag, wip), 
	CONSTRAINT fk_tag_successes_pact_version_id FOREIGN KEY(pact_version_id) REFERENCES pact_versions (id) ON DELETE CASCADE, 
	CONSTRAINT fk_tag_successes_verification_id FOREIGN KEY(verification_id) REFERENCES verifications (id) ON DELETE CASCADE
);
INSERT INTO "tag_successes" VALUES(1,2,'dev',0,9,'2026-03-05 12:12:08.000000');
INSERT INTO "tag_successes" VALUES(2,4,'prod',1,10,'2026-03-05 23:18:57.000000');
INSERT INTO "tag_successes" VALUES(3,3,'a/b',0,11,'2026-03-07 08:46:09.000000');
CREATE TABLE tags (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	pacticipant_id INTEGER NOT NULL, 
	version_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT uq_tags_version_id_name UNIQUE (version_id, name), 
	CONSTRAINT fk_tags_pacticipant_id FOREIGN KEY(pacticipant_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_tags_version_id FOREIGN KEY(version_id) REFERENCES versions (id) ON DELETE CASCADE
);
INSERT INTO "tags" VALUES(1,2,1,'prod','2026-03-01 08:00:00.000000');
INSERT INTO "tags" VALUES(2,2,1,'dev','2026-03-01 08:00:00.000000');
INSERT INTO "tags" VALUES(5,4,10,'dev','2026-03-03 15:42:54.000000');
INSERT INTO "tags" VALUES(6,6,11,'a/b','2026-03-04 02:49:34.000000');
INSERT INTO "tags" VALUES(7,3,5,'prod','2026-03-04 13:57:36.000000');
INSERT INTO "tags" VALUES(8,3,14,'prod','2026-03-05 01:04:17.000000');
INSERT INTO "tags" VALUES(9,3,9,'dev','2026-03-05 01:05:28.000000');
INSERT INTO "tags" VALUES(10,5,15,'prod','2026-03-05 23:18:50.000000');
INSERT INTO "tags" VALUES(11,3,17,'prod','2026-03-05 23:18:52.000000');
INSERT INTO "tags" VALUES(12,6,19,'dev','2026-03-05 23:21:17.000000');
INSERT INTO "tags" VALUES(13,6,21,'a/b','2026-03-06 21:39:29.000000');
CREATE TABLE triggered_webhooks (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	uuid TEXT NOT NULL, 
	webhook_id INTEGER, 
	webhook_uuid TEXT NOT NULL, 
	event_name TEXT NOT NULL, 
	consumer_id INTEGER NOT NULL, 
	provider_id INTEGER NOT NULL, 
	pact_publication_id INTEGER, 
	verification_id INTEGER, 
	parameters JSON NOT NULL, 
	status TEXT NOT NULL, 
	attempts_made INTEGER NOT NULL, 
	next_attempt_at DATETIME, 
	claimed_until DATETIME, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT uq_triggered_webhooks_uuid UNIQUE (uuid), 
	CONSTRAINT fk_triggered_webhooks_webhook_id FOREIGN KEY(webhook_id) REFERENCES webhooks (id) ON DELETE SET NULL, 
	CONSTRAINT fk_triggered_webhooks_consumer_id FOREIGN KEY(consumer_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_triggered_webhooks_provider_id FOREIGN KEY(provider_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_triggered_webhooks_pact_publication_id FOREIGN KEY(pact_publication_id) REFERENCES pact_publications (id) ON DELETE CASCADE, 
	CONSTRAINT fk_triggered_webhooks_verification_id FOREIGN KEY(verification_id) REFERENCES verifications (id) ON DELETE CASCADE
);
INSERT INTO "triggered_webhooks" VALUES(1,'c963cfe0-afae-4a3b-b909-6a04e7d80068',1,'0123456789abcdefghijkl','contract_published',2,1,1,NULL,'{"consumerName":"Web shop/1","consumerVersionNumber":"1.0+a","consumerVersionTags":"prod, dev","consumerVersionBranch":"feat/x","consumerLabels":"web","providerName":"Stock+","providerVersionNumber":"","providerVersionTags":"","providerVersionBranch":"","providerVersionDescriptions":"","providerLabels":"web","pactUrl":"http://broker/pacts/provider/Stock%2B/consumer/Web%20shop%2F1/pact-version/4cbc582834edca1c1fe195dcb4a5f587fcf4bd97/metadata/dz10cnVlJmN2dCU1QiU1RD1wcm9kJmN2dCU1QiU1RD1kZXYmY3ZuPTEuMCUyQmE","verificationResultUrl":"","githubVerificationStatus":"pending","bitbucketVerificationStatus":"INPROGRESS","azureDevOpsVerificationStatus":"pending","gitlabVerificationStatus":"pending","eventName":"contract_published","buildUrl":"http://ci.example.org/1","currentlyDeployedProviderVersionNumber":""}','success',1,NULL,NULL,'2026-03-01 08:00:00.000000','2026-03-01 08:00:00.000000');
CREATE TABLE verifications (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	pact_version_id INTEGER NOT NULL, 
	consumer_id INTEGER NOT NULL, 
	provider_id INTEGER NOT NULL, 
	provider_version_id INTEGER NOT NULL, 
	success BOOLEAN NOT NULL, 
	wip BOOLEAN NOT NULL, 
	pending BOOLEAN, 
	latest BOOLEAN NOT NULL, 
	build_url TEXT, 
	executed_at DATETIME NOT NULL, 
	created_at DATETIME NOT NULL, 
	verified_by JSON, 
	selectors JSON, 
	test_results JSON, 
	CONSTRAINT fk_verifications_pact_version_id FOREIGN KEY(pact_version_id) REFERENCES pact_versions (id) ON DELETE CASCADE, 
	CONSTRAINT fk_verifications_consumer_id FOREIGN KEY(consumer_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_verifications_provider_id FOREIGN KEY(provider_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_verifications_provider_version_id FOREIGN KEY(provider_version_id) REFERENCES versions (id) ON DELETE CASCADE
);
INSERT INTO "verifications" VALUES(1,1,2,1,3,1,0,1,1,'http://ci.example.org/2','2026-11-23 07:00:00.000000','2026-03-01 08:00:00.000000','{"implementation":"Pact-Rust","version":"1.4.7","clientLanguage":{"name":"pact-python"}}','[{"branch":null,"tag":null,"latest":true,"environment":null,"consumer_version_id":1}]','[{"interactionId":"1","success":false,"mismatches":[{"attribute":"body"}]}]');
INSERT INTO "verifications" VALUES(2,2,4,3,5,1,0,NULL,0,'https://ci.example.org/1','2026-03-02 17:22:22.000000','2026-03-02 17:22:22.000000','{"implementation":"pact_ffi","version":"0.4"}','[]','{"é":1.5}');
INSERT INTO "verifications" VALUES(3,2,4,3,5,1,0,NULL,0,'https://ci.example.org/1','2026-03-02 17:25:59.000000','2026-03-02 17:25:59.000000','{}','[]',NULL);
INSERT INTO "verifications" VALUES(4,2,4,3,9,1,0,NULL,0,NULL,'2026-03-02 17:27:14.000000','2026-03-02 17:27:14.000000','{"implementation":"pact_ffi","version":"0.4"}','[]','[{"interactionId":"1","success":true}]');
INSERT INTO "verifications" VALUES(5,3,4,6,11,0,0,NULL,1,NULL,'2026-03-04 02:49:35.000000','2026-03-04 02:49:35.000000','{"implementation":"pact_ffi","version":"0.4"}','[]',NULL);
INSERT INTO "verifications" VALUES(6,2,4,3,7,1,0,NULL,1,NULL,'2026-03-04 02:49:45.000000','2026-03-04 02:49:45.000000','{"implementation":"x","clientLanguage":{"name":"python","testFramework":"pytest"}}','[]',NULL);
INSERT INTO "verifications" VALUES(7,2,4,3,5,0,0,1,1,'https://ci.example.org/1','2026-03-05 01:04:16.000000','2026-03-05 01:04:16.000000','{"implementation":"pact_ffi","version":"0.4"}','[]','{"é":1.5}');
INSERT INTO "verifications" VALUES(8,2,4,3,14,0,0,NULL,1,'https://ci.example.org/1','2026-03-05 01:04:18.000000','2026-03-05 01:04:18.000000','{"implementation":"pact_ffi","version":"0.4"}','[]','{"é":1.5}');
INSERT INTO "verifications" VALUES(9,2,4,3,9,1,0,NULL,1,NULL,'2026-03-05 12:12:08.000000','2026-03-05 12:12:08.000000','{}','[]','[{"interactionId":"1","success":true}]');
INSERT INTO "verifications" VALUES(10,4,6,5,15,1,1,0,1,NULL,'2026-03-05 23:18:57.000000','2026-03-05 23:18:57.000000','{"implementation":"pact_ffi","version":"0.4"}','[]','{"é":1.5}');
INSERT INTO "verifications" VALUES(11,3,4,6,21,1,0,NULL,1,NULL,'2026-03-07 08:46:09.000000','2026-03-07 08:46:09.000000','{"implementation":"pact_ffi","version":"0.4"}','[]','[{"interactionId":"1","success":true}]');
CREATE TABLE versions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	pacticipant_id INTEGER NOT NULL, 
	number TEXT NOT NULL, 
	build_url TEXT, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT uq_versions_pacticipant_id_number UNIQUE (pacticipant_id, number), 
	CONSTRAINT fk_versions_pacticipant_id FOREIGN KEY(pacticipant_id) REFERENCES pacticipants (id) ON DELETE CASCADE
);
INSERT INTO "versions" VALUES(1,2,'1.0+a','http://ci.example.org/1','2026-03-01 08:00:00.000000','2026-03-01 08:00:00.000000');
INSERT INTO "versions" VALUES(3,1,'2.0+b',NULL,'2026-03-01 08:00:00.000000','2026-03-01 08:00:00.000000');
INSERT INTO "versions" VALUES(4,4,'1.732',NULL,'2026-03-01 19:06:42.000000','2026-03-01 19:06:42.000000');
INSERT INTO "versions" VALUES(5,3,'1.310',NULL,'2026-03-02 17:22:22.000000','2026-03-02 17:22:22.000000');
INSERT INTO "versions" VALUES(7,3,'2.139',NULL,'2026-03-02 17:23:38.000000','2026-03-02 17:23:38.000000');
INSERT INTO "versions" VALUES(8,4,'2.61',NULL,'2026-03-02 17:24:48.000000','2026-03-02 17:24:48.000000');
INSERT INTO "versions" VALUES(9,3,'3.44',NULL,'2026-03-02 17:26:04.000000','2026-03-02 17:26:04.000000');
INSERT INTO "versions" VALUES(10,4,'3.799',NULL,'2026-03-03 15:42:54.000000','2026-03-03 15:42:54.000000');
INSERT INTO "versions" VALUES(11,6,'2.147',NULL,'2026-03-04 02:49:34.000000','2026-03-04 02:49:34.000000');
INSERT INTO "versions" VALUES(14,3,'4.951',NULL,'2026-03-05 01:04:17.000000','2026-03-05 01:04:17.000000');
INSERT INTO "versions" VALUES(15,5,'2.260',NULL,'2026-03-05 23:18:50.000000','2026-03-05 23:18:50.000000');
INSERT INTO "versions" VALUES(16,4,'4.342',NULL,'2026-03-05 23:18:51.000000','2026-03-05 23:18:51.000000');
INSERT INTO "versions" VALUES(17,3,'5.44',NULL,'2026-03-05 23:18:52.000000','2026-03-05 23:18:52.000000');
INSERT INTO "versions" VALUES(18,3,'6.715',NULL,'2026-03-05 23:20:07.000000','2026-03-05 23:20:07.000000');
INSERT INTO "versions" VALUES(19,6,'4.933',NULL,'2026-03-05 23:21:17.000000','2026-03-05 23:21:17.000000');
INSERT INTO "versions" VALUES(20,4,'5.972',NULL,'2026-03-06 10:29:08.000000','2026-03-06 10:29:08.000000');
INSERT INTO "versions" VALUES(21,6,'5.872',NULL,'2026-03-06 21:39:29.000000','2026-03-06 21:39:29.000000');
CREATE TABLE webhook_events (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	webhook_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	CONSTRAINT uq_webhook_events_webhook_id_name UNIQUE (webhook_id, name), 
	CONSTRAINT fk_webhook_events_webhook_id FOREIGN KEY(webhook_id) REFERENCES webhooks (id) ON DELETE CASCADE
);
INSERT INTO "webhook_events" VALUES(1,1,'contract_published');
CREATE TABLE webhook_executions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	triggered_webhook_id INTEGER NOT NULL, 
	success BOOLEAN NOT NULL, 
	logs TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT fk_webhook_executions_triggered_webhook_id FOREIGN KEY(triggered_webhook_id) REFERENCES triggered_webhooks (id) ON DELETE CASCADE
);
INSERT INTO "webhook_executions" VALUES(1,1,1,'POST /hook
HTTP/1.1 200','2026-03-01 08:00:00.000000');
CREATE TABLE webhooks (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	uuid TEXT NOT NULL, 
	description TEXT, 
	enabled BOOLEAN NOT NULL, 
	consumer_id INTEGER, 
	provider_id INTEGER, 
	consumer_label TEXT, 
	provider_label TEXT, 
	method TEXT NOT NULL, 
	url TEXT NOT NULL, 
	headers JSON NOT NULL, 
	body JSON, 
	username TEXT, 
	password TEXT, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT uq_webhooks_uuid UNIQUE (uuid), 
	CONSTRAINT fk_webhooks_consumer_id FOREIGN KEY(consumer_id) REFERENCES pacticipants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_webhooks_provider_id FOREIGN KEY(provider_id) REFERENCES pacticipants (id) ON DELETE CASCADE
);
INSERT INTO "webhooks" VALUES(1,'0123456789abcdefghijkl','tell the build',1,2,NULL,NULL,'web','POST','http://127.0.0.1:9/hook','{"content-type":"application/json"}','{"pact":"${pactbroker.pactUrl}"}','ann','secret','2026-03-01 08:00:00.000000','2026-03-01 08:00:00.000000');
CREATE INDEX ix_labels_name ON labels (name);
CREATE INDEX ix_versions_pacticipant_id_id ON versions (pacticipant_id, id);
CREATE INDEX ix_pact_versions_provider_id ON pact_versions (provider_id);
CREATE INDEX ix_webhooks_consumer_id ON webhooks (consumer_id);
CREATE INDEX ix_webhooks_provider_id ON webhooks (provider_id);
CREATE INDEX ix_branches_head_version_id ON branches (head_version_id);
CREATE INDEX ix_branches_pacticipant_id_head_version_id ON branches (pacticipant_id, head_version_id);
CREATE INDEX ix_tags_pacticipant_id_name_version_id ON tags (pacticipant_id, name, version_id);
CREATE INDEX ix_tag_heads_pacticipant_id_version_id ON tag_heads (pacticipant_id, version_id);
CREATE INDEX ix_tag_heads_version_id ON tag_heads (version_id);
CREATE INDEX ix_integrations_head_version_id_provider_id ON integrations (head_version_id, provider_id);
CREATE INDEX ix_integrations_newest ON integrations (contract_data_updated_at, id);
CREATE INDEX ix_integrations_provider_id ON integrations (provider_id);
CREATE INDEX ix_pact_publications_consumer_id ON pact_publications (consumer_id);
CREATE INDEX ix_pact_publications_created_at_latest ON pact_publications (created_at, latest);
CREATE INDEX ix_pact_publications_pact_version_id_consumer_version_id ON pact_publications (pact_version_id, consumer_version_id);
CREATE INDEX ix_pact_publications_pair ON pact_publications (provider_id, consumer_id, consumer_version_id, pact_version_id, created_at) WHERE latest = 1;
CREATE UNIQUE INDEX uq_pact_publications_latest ON pact_publications (consumer_version_id, provider_id) WHERE latest = 1;
CREATE INDEX ix_verifications_consumer_id_provider_id_id ON verifications (consumer_id, provider_id, id);
CREATE INDEX ix_verifications_failures ON verifications (pact_version_id) WHERE latest = 1 AND success = 0;
CREATE INDEX ix_verifications_pact_version_id_id ON verifications (pact_version_id, id);
CREATE INDEX ix_verifications_provider_id ON verifications (provider_id);
CREATE INDEX ix_verifications_provider_version_id ON verifications (provider_version_id);
CREATE INDEX ix_verifications_successes ON verifications (pact_version_id, wip, executed_at, provider_version_id, created_at) WHERE success = 1;
CREATE UNIQUE INDEX uq_verifications_latest ON verifications (pact_version_id, provider_version_id) WHERE latest = 1;
CREATE INDEX ix_deployed_versions_current ON deployed_versions (pacticipant_id, environment_id, version_id) WHERE undeployed_at IS NULL;
CREATE INDEX ix_deployed_versions_pacticipant_id ON deployed_versions (pacticipant_id);
CREATE INDEX ix_deployed_versions_version_id ON deployed_versions (version_id);
CREATE UNIQUE INDEX uq_deployed_versions_current ON deployed_versions (environment_id, pacticipant_id, target_key) WHERE undeployed_at IS NULL;
CREATE INDEX ix_released_versions_current ON released_versions (environment_id, pacticipant_id) WHERE support_ended_at IS NULL;
CREATE INDEX ix_released_versions_in_support ON released_versions (pacticipant_id, environment_id, version_id) WHERE support_ended_at IS NULL;
CREATE INDEX ix_released_versions_pacticipant_id ON released_versions (pacticipant_id);
CREATE INDEX ix_webhook_events_name ON webhook_events (name);
CREATE INDEX ix_branch_versions_branch_id_id ON branch_versions (branch_id, id);
CREATE INDEX ix_branch_versions_version_id_branch_id ON branch_versions (version_id, branch_id);
CREATE INDEX ix_tag_successes_verification_id ON tag_successes (verification_id);
CREATE INDEX ix_triggered_webhooks_consumer_id ON triggered_webhooks (consumer_id);
CREATE INDEX ix_triggered_webhooks_due ON triggered_webhooks (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX ix_triggered_webhooks_pact_publication_id ON triggered_webhooks (pact_publication_id);
CREATE INDEX ix_triggered_webhooks_provider_id ON triggered_webhooks (provider_id);
CREATE INDEX ix_triggered_webhooks_verification_id ON triggered_webhooks (verification_id);
CREATE INDEX ix_triggered_webhooks_webhook_id ON triggered_webhooks (webhook_id);
CREATE INDEX ix_webhook_executions_triggered_webhook_id ON webhook_executions (triggered_webhook_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('pacticipants',6);
INSERT INTO "sqlite_sequence" VALUES('integrations',21);
INSERT INTO "sqlite_sequence" VALUES('versions',21);
INSERT INTO "sqlite_sequence" VALUES('branches',18);
INSERT INTO "sqlite_sequence" VALUES('branch_versions',18);
INSERT INTO "sqlite_sequence" VALUES('tags',13);
INSERT INTO "sqlite_sequence" VALUES('tag_heads',11);
INSERT INTO "sqlite_sequence" VALUES('pact_versions',8);
INSERT INTO "sqlite_sequence" VALUES('pact_publications',9);
INSERT INTO "sqlite_sequence" VALUES('labels',5);
INSERT INTO "sqlite_sequence" VALUES('webhooks',1);
INSERT INTO "sqlite_sequence" VALUES('webhook_events',1);
INSERT INTO "sqlite_sequence" VALUES('triggered_webhooks',1);
INSERT INTO "sqlite_sequence" VALUES('environments',3);
INSERT INTO "sqlite_sequence" VALUES('verifications',11);
INSERT INTO "sqlite_sequence" VALUES('tag_successes',3);
INSERT INTO "sqlite_sequence" VALUES('deployed_versions',4);
INSERT INTO "sqlite_sequence" VALUES('released_versions',3);
INSERT INTO "sqlite_sequence" VALUES('webhook_executions',1);
COMMIT;
