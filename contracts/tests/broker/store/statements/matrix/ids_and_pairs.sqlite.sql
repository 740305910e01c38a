-- the ids of names
SELECT :param_1 AS kind, pacticipants.name, pacticipants.id
FROM pacticipants
WHERE pacticipants.name IN (SELECT value FROM json_each(:pacticipants))
UNION ALL
SELECT :param_2 AS kind, environments.name, environments.id
FROM environments
WHERE environments.name IN (SELECT value FROM json_each(:environments));

-- the pairs around applications
WITH pairs AS
  (SELECT DISTINCT pact_publications.consumer_id AS consumer_id, pact_publications.provider_id AS provider_id, 1 AS required
   FROM pact_publications
   WHERE pact_publications.consumer_version_id IN (SELECT value FROM json_each(:consumer_version_ids))
     AND pact_publications.latest = 1
   UNION ALL SELECT integrations.consumer_id AS consumer_id, integrations.provider_id AS provider_id, 1 AS required
   FROM integrations
   WHERE integrations.consumer_id IN (SELECT value FROM json_each(:consumer_ids))
     AND (EXISTS
            (SELECT pact_publications.id
             FROM pact_publications
             WHERE pact_publications.provider_id = integrations.provider_id
               AND pact_publications.consumer_id = integrations.consumer_id
               AND pact_publications.latest = 1))
   UNION ALL SELECT integrations.consumer_id AS consumer_id, integrations.provider_id AS provider_id, 0 AS required
   FROM integrations
   WHERE integrations.provider_id IN (SELECT value FROM json_each(:provider_ids)))
SELECT pairs.consumer_id, consumers.name AS consumer, pairs.provider_id, providers.name AS provider, pairs.required
FROM pairs
JOIN pacticipants AS consumers ON consumers.id = pairs.consumer_id
JOIN pacticipants AS providers ON providers.id = pairs.provider_id
ORDER BY consumers.name, providers.name;

-- the pairs of consumers
WITH pairs AS
  (SELECT DISTINCT pact_publications.consumer_id AS consumer_id, pact_publications.provider_id AS provider_id, 1 AS required
   FROM pact_publications
   WHERE pact_publications.consumer_version_id IN (SELECT value FROM json_each(:consumer_version_ids))
     AND pact_publications.latest = 1
   UNION ALL SELECT integrations.consumer_id AS consumer_id, integrations.provider_id AS provider_id, 1 AS required
   FROM integrations
   WHERE integrations.consumer_id IN (SELECT value FROM json_each(:consumer_ids))
     AND (EXISTS
            (SELECT pact_publications.id
             FROM pact_publications
             WHERE pact_publications.provider_id = integrations.provider_id
               AND pact_publications.consumer_id = integrations.consumer_id
               AND pact_publications.latest = 1)))
SELECT pairs.consumer_id, consumers.name AS consumer, pairs.provider_id, providers.name AS provider, pairs.required
FROM pairs
JOIN pacticipants AS consumers ON consumers.id = pairs.consumer_id
JOIN pacticipants AS providers ON providers.id = pairs.provider_id
ORDER BY consumers.name, providers.name;

-- whether there are more pacts than a limit
SELECT max(pact_publications.id) > :most AS
more
FROM pact_publications;
