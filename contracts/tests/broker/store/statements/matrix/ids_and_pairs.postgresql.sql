-- the ids of names
SELECT :param_1::VARCHAR AS kind, pacticipants.name, pacticipants.id
FROM pacticipants
WHERE pacticipants.name = ANY(:pacticipants::TEXT[])
UNION ALL
SELECT :param_2::VARCHAR AS kind, environments.name, environments.id
FROM environments
WHERE environments.name = ANY(:environments::TEXT[]);

-- the pairs around applications
WITH pairs AS
  (SELECT DISTINCT pact_publications.consumer_id AS consumer_id, pact_publications.provider_id AS provider_id, true AS required
   FROM pact_publications
   WHERE pact_publications.consumer_version_id = ANY(:consumer_version_ids::BIGINT[])
     AND pact_publications.latest
   UNION ALL SELECT integrations.consumer_id AS consumer_id, integrations.provider_id AS provider_id, true AS required
   FROM integrations
   WHERE integrations.consumer_id = ANY(:consumer_ids::BIGINT[])
     AND (EXISTS
            (SELECT pact_publications.id
             FROM pact_publications
             WHERE pact_publications.provider_id = integrations.provider_id
               AND pact_publications.consumer_id = integrations.consumer_id
               AND pact_publications.latest))
   UNION ALL SELECT integrations.consumer_id AS consumer_id, integrations.provider_id AS provider_id, false AS required
   FROM integrations
   WHERE integrations.provider_id = ANY(:provider_ids::BIGINT[]))
SELECT pairs.consumer_id, consumers.name AS consumer, pairs.provider_id, providers.name AS provider, pairs.required
FROM pairs
JOIN pacticipants AS consumers ON consumers.id = pairs.consumer_id
JOIN pacticipants AS providers ON providers.id = pairs.provider_id
ORDER BY consumers.name, providers.name;

-- the pairs of consumers
WITH pairs AS
  (SELECT DISTINCT pact_publications.consumer_id AS consumer_id, pact_publications.provider_id AS provider_id, true AS required
   FROM pact_publications
   WHERE pact_publications.consumer_version_id = ANY(:consumer_version_ids::BIGINT[])
     AND pact_publications.latest
   UNION ALL SELECT integrations.consumer_id AS consumer_id, integrations.provider_id AS provider_id, true AS required
   FROM integrations
   WHERE integrations.consumer_id = ANY(:consumer_ids::BIGINT[])
     AND (EXISTS
            (SELECT pact_publications.id
             FROM pact_publications
             WHERE pact_publications.provider_id = integrations.provider_id
               AND pact_publications.consumer_id = integrations.consumer_id
               AND pact_publications.latest)))
SELECT pairs.consumer_id, consumers.name AS consumer, pairs.provider_id, providers.name AS provider, pairs.required
FROM pairs
JOIN pacticipants AS consumers ON consumers.id = pairs.consumer_id
JOIN pacticipants AS providers ON providers.id = pairs.provider_id
ORDER BY consumers.name, providers.name;

-- whether there are more pacts than a limit
SELECT max(pact_publications.id) > :most::INTEGER AS
more
FROM pact_publications;
