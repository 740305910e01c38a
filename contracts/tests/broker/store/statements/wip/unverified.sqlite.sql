-- a branch without versions
WITH heads AS MATERIALIZED
  (SELECT integrations.provider_id AS provider_id, integrations.consumer_id AS consumer_id, branches.head_version_id AS version_id
   FROM integrations
   JOIN branches ON branches.pacticipant_id = integrations.consumer_id
   WHERE integrations.provider_id = :provider_id
     AND branches.head_version_id IS NOT NULL
   UNION ALL SELECT integrations.provider_id AS provider_id, integrations.consumer_id AS consumer_id, tag_heads.version_id AS version_id
   FROM integrations
   JOIN tag_heads ON tag_heads.pacticipant_id = integrations.consumer_id
   WHERE integrations.provider_id = :provider_id
     AND NOT (EXISTS
                (SELECT other_branches.id
                 FROM branches AS other_branches
                 WHERE other_branches.pacticipant_id = tag_heads.pacticipant_id
                   AND other_branches.head_version_id = tag_heads.version_id))),
unverified AS MATERIALIZED
  (SELECT DISTINCT heads.provider_id AS provider_id, heads.version_id AS version_id
   FROM heads, pact_publications
   WHERE pact_publications.provider_id = heads.provider_id
     AND pact_publications.consumer_id = heads.consumer_id
     AND pact_publications.consumer_version_id = heads.version_id
     AND pact_publications.latest = 1
     AND pact_publications.created_at > :since
     AND NOT (EXISTS
                (SELECT verifications.id
                 FROM verifications
                 JOIN branch_versions ON branch_versions.version_id = verifications.provider_version_id
                 WHERE verifications.pact_version_id = pact_publications.pact_version_id
                   AND verifications.success = 1
                   AND verifications.wip = 0
                   AND verifications.executed_at >= :executed_after
                   AND 1 = 1))),
named_versions AS
  (SELECT unverified.provider_id AS provider_id, unverified.version_id AS version_id, branches.name AS branch, :param_1 AS tag
   FROM unverified
   JOIN branches ON branches.head_version_id = unverified.version_id
   UNION ALL SELECT unverified.provider_id AS provider_id, unverified.version_id AS version_id, :param_2 AS branch, tag_heads.name AS tag
   FROM unverified
   JOIN tag_heads ON tag_heads.version_id = unverified.version_id)
SELECT pact_publications.id, pact_publications.consumer_id, consumers.name AS consumer, pact_publications.provider_id,
       providers.name AS provider, pact_publications.consumer_version_id, versions.number, pact_publications.pact_version_id,
       pact_versions.sha, pact_publications.revision_number, pact_publications.created_at, named_versions.branch,
       named_versions.tag
FROM pact_publications
JOIN pact_versions ON pact_versions.id = pact_publications.pact_version_id
JOIN versions ON versions.id = pact_publications.consumer_version_id
JOIN pacticipants AS consumers ON consumers.id = pact_publications.consumer_id
JOIN pacticipants AS providers ON providers.id = pact_publications.provider_id, named_versions
WHERE pact_publications.latest = 1
  AND pact_publications.consumer_version_id = named_versions.version_id
  AND pact_publications.provider_id = named_versions.provider_id;

-- a branch
WITH heads AS MATERIALIZED
  (SELECT integrations.provider_id AS provider_id, integrations.consumer_id AS consumer_id, branches.head_version_id AS version_id
   FROM integrations
   JOIN branches ON branches.pacticipant_id = integrations.consumer_id
   WHERE integrations.provider_id = :provider_id
     AND branches.head_version_id IS NOT NULL
   UNION ALL SELECT integrations.provider_id AS provider_id, integrations.consumer_id AS consumer_id, tag_heads.version_id AS version_id
   FROM integrations
   JOIN tag_heads ON tag_heads.pacticipant_id = integrations.consumer_id
   WHERE integrations.provider_id = :provider_id
     AND NOT (EXISTS
                (SELECT other_branches.id
                 FROM branches AS other_branches
                 WHERE other_branches.pacticipant_id = tag_heads.pacticipant_id
                   AND other_branches.head_version_id = tag_heads.version_id))),
unverified AS MATERIALIZED
  (SELECT DISTINCT heads.provider_id AS provider_id, heads.version_id AS version_id
   FROM heads, pact_publications
   WHERE pact_publications.provider_id = heads.provider_id
     AND pact_publications.consumer_id = heads.consumer_id
     AND pact_publications.consumer_version_id = heads.version_id
     AND pact_publications.latest = 1
     AND pact_publications.created_at > :since
     AND NOT (EXISTS
                (SELECT verifications.id
                 FROM verifications
                 JOIN branch_versions ON branch_versions.version_id = verifications.provider_version_id
                 WHERE verifications.pact_version_id = pact_publications.pact_version_id
                   AND verifications.success = 1
                   AND verifications.wip = 0
                   AND verifications.executed_at >= :executed_after
                   AND (branch_versions.branch_id = :branch_id
                        OR verifications.created_at < :before)))),
named_versions AS
  (SELECT unverified.provider_id AS provider_id, unverified.version_id AS version_id, branches.name AS branch, :param_1 AS tag
   FROM unverified
   JOIN branches ON branches.head_version_id = unverified.version_id
   UNION ALL SELECT unverified.provider_id AS provider_id, unverified.version_id AS version_id, :param_2 AS branch, tag_heads.name AS tag
   FROM unverified
   JOIN tag_heads ON tag_heads.version_id = unverified.version_id)
SELECT pact_publications.id, pact_publications.consumer_id, consumers.name AS consumer, pact_publications.provider_id,
       providers.name AS provider, pact_publications.consumer_version_id, versions.number, pact_publications.pact_version_id,
       pact_versions.sha, pact_publications.revision_number, pact_publications.created_at, named_versions.branch,
       named_versions.tag
FROM pact_publications
JOIN pact_versions ON pact_versions.id = pact_publications.pact_version_id
JOIN versions ON versions.id = pact_publications.consumer_version_id
JOIN pacticipants AS consumers ON consumers.id = pact_publications.consumer_id
JOIN pacticipants AS providers ON providers.id = pact_publications.provider_id, named_versions
WHERE pact_publications.latest = 1
  AND pact_publications.consumer_version_id = named_versions.version_id
  AND pact_publications.provider_id = named_versions.provider_id;

-- a tag without versions
WITH heads AS MATERIALIZED
  (SELECT integrations.provider_id AS provider_id, integrations.consumer_id AS consumer_id, branches.head_version_id AS version_id
   FROM integrations
   JOIN branches ON branches.pacticipant_id = integrations.consumer_id
   WHERE integrations.provider_id = :provider_id
     AND branches.head_version_id IS NOT NULL
   UNION ALL SELECT integrations.provider_id AS provider_id, integrations.consumer_id AS consumer_id, tag_heads.version_id AS version_id
   FROM integrations
   JOIN tag_heads ON tag_heads.pacticipant_id = integrations.consumer_id
   WHERE integrations.provider_id = :provider_id
     AND NOT (EXISTS
                (SELECT other_branches.id
                 FROM branches AS other_branches
                 WHERE other_branches.pacticipant_id = tag_heads.pacticipant_id
                   AND other_branches.head_version_id = tag_heads.version_id))),
unverified AS MATERIALIZED
  (SELECT DISTINCT heads.provider_id AS provider_id, heads.version_id AS version_id
   FROM heads, pact_publications
   WHERE pact_publications.provider_id = heads.provider_id
     AND pact_publications.consumer_id = heads.consumer_id
     AND pact_publications.consumer_version_id = heads.version_id
     AND pact_publications.latest = 1
     AND pact_publications.created_at > :since
     AND NOT (EXISTS
                (SELECT tag_successes.id
                 FROM tag_successes
                 WHERE tag_successes.pact_version_id = pact_publications.pact_version_id
                   AND tag_successes.wip = 0
                   AND 1 = 1))),
named_versions AS
  (SELECT unverified.provider_id AS provider_id, unverified.version_id AS version_id, branches.name AS branch, :param_1 AS tag
   FROM unverified
   JOIN branches ON branches.head_version_id = unverified.version_id
   UNION ALL SELECT unverified.provider_id AS provider_id, unverified.version_id AS version_id, :param_2 AS branch, tag_heads.name AS tag
   FROM unverified
   JOIN tag_heads ON tag_heads.version_id = unverified.version_id)
SELECT pact_publications.id, pact_publications.consumer_id, consumers.name AS consumer, pact_publications.provider_id,
       providers.name AS provider, pact_publications.consumer_version_id, versions.number, pact_publications.pact_version_id,
       pact_versions.sha, pact_publications.revision_number, pact_publications.created_at, named_versions.branch,
       named_versions.tag
FROM pact_publications
JOIN pact_versions ON pact_versions.id = pact_publications.pact_version_id
JOIN versions ON versions.id = pact_publications.consumer_version_id
JOIN pacticipants AS consumers ON consumers.id = pact_publications.consumer_id
JOIN pacticipants AS providers ON providers.id = pact_publications.provider_id, named_versions
WHERE pact_publications.latest = 1
  AND pact_publications.consumer_version_id = named_versions.version_id
  AND pact_publications.provider_id = named_versions.provider_id;

-- a tag
WITH heads AS MATERIALIZED
  (SELECT integrations.provider_id AS provider_id, integrations.consumer_id AS consumer_id, branches.head_version_id AS version_id
   FROM integrations
   JOIN branches ON branches.pacticipant_id = integrations.consumer_id
   WHERE integrations.provider_id = :provider_id
     AND branches.head_version_id IS NOT NULL
   UNION ALL SELECT integrations.provider_id AS provider_id, integrations.consumer_id AS consumer_id, tag_heads.version_id AS version_id
   FROM integrations
   JOIN tag_heads ON tag_heads.pacticipant_id = integrations.consumer_id
   WHERE integrations.provider_id = :provider_id
     AND NOT (EXISTS
                (SELECT other_branches.id
                 FROM branches AS other_branches
                 WHERE other_branches.pacticipant_id = tag_heads.pacticipant_id
                   AND other_branches.head_version_id = tag_heads.version_id))),
unverified AS MATERIALIZED
  (SELECT DISTINCT heads.provider_id AS provider_id, heads.version_id AS version_id
   FROM heads, pact_publications
   WHERE pact_publications.provider_id = heads.provider_id
     AND pact_publications.consumer_id = heads.consumer_id
     AND pact_publications.consumer_version_id = heads.version_id
     AND pact_publications.latest = 1
     AND pact_publications.created_at > :since
     AND NOT (EXISTS
                (SELECT tag_successes.id
                 FROM tag_successes
                 WHERE tag_successes.pact_version_id = pact_publications.pact_version_id
                   AND tag_successes.wip = 0
                   AND (tag_successes.provider_tag = :provider_tag_1
                        OR tag_successes.executed_at < :executed_at_1)))),
named_versions AS
  (SELECT unverified.provider_id AS provider_id, unverified.version_id AS version_id, branches.name AS branch, :param_1 AS tag
   FROM unverified
   JOIN branches ON branches.head_version_id = unverified.version_id
   UNION ALL SELECT unverified.provider_id AS provider_id, unverified.version_id AS version_id, :param_2 AS branch, tag_heads.name AS tag
   FROM unverified
   JOIN tag_heads ON tag_heads.version_id = unverified.version_id)
SELECT pact_publications.id, pact_publications.consumer_id, consumers.name AS consumer, pact_publications.provider_id,
       providers.name AS provider, pact_publications.consumer_version_id, versions.number, pact_publications.pact_version_id,
       pact_versions.sha, pact_publications.revision_number, pact_publications.created_at, named_versions.branch,
       named_versions.tag
FROM pact_publications
JOIN pact_versions ON pact_versions.id = pact_publications.pact_version_id
JOIN versions ON versions.id = pact_publications.consumer_version_id
JOIN pacticipants AS consumers ON consumers.id = pact_publications.consumer_id
JOIN pacticipants AS providers ON providers.id = pact_publications.provider_id, named_versions
WHERE pact_publications.latest = 1
  AND pact_publications.consumer_version_id = named_versions.version_id
  AND pact_publications.provider_id = named_versions.provider_id;

-- two tags
WITH heads AS MATERIALIZED
  (SELECT integrations.provider_id AS provider_id, integrations.consumer_id AS consumer_id, branches.head_version_id AS version_id
   FROM integrations
   JOIN branches ON branches.pacticipant_id = integrations.consumer_id
   WHERE integrations.provider_id = :provider_id
     AND branches.head_version_id IS NOT NULL
   UNION ALL SELECT integrations.provider_id AS provider_id, integrations.consumer_id AS consumer_id, tag_heads.version_id AS version_id
   FROM integrations
   JOIN tag_heads ON tag_heads.pacticipant_id = integrations.consumer_id
   WHERE integrations.provider_id = :provider_id
     AND NOT (EXISTS
                (SELECT other_branches.id
                 FROM branches AS other_branches
                 WHERE other_branches.pacticipant_id = tag_heads.pacticipant_id
                   AND other_branches.head_version_id = tag_heads.version_id))),
unverified AS MATERIALIZED
  (SELECT DISTINCT heads.provider_id AS provider_id, heads.version_id AS version_id
   FROM heads, pact_publications
   WHERE pact_publications.provider_id = heads.provider_id
     AND pact_publications.consumer_id = heads.consumer_id
     AND pact_publications.consumer_version_id = heads.version_id
     AND pact_publications.latest = 1
     AND pact_publications.created_at > :since
     AND (NOT (EXISTS
                 (SELECT tag_successes.id
                  FROM tag_successes
                  WHERE tag_successes.pact_version_id = pact_publications.pact_version_id
                    AND tag_successes.wip = 0
                    AND (tag_successes.provider_tag = :provider_tag_1
                         OR tag_successes.executed_at < :executed_at_1)))
          OR NOT (EXISTS
                    (SELECT tag_successes.id
                     FROM tag_successes
                     WHERE tag_successes.pact_version_id = pact_publications.pact_version_id
                       AND tag_successes.wip = 0
                       AND 1 = 1)))),
named_versions AS
  (SELECT unverified.provider_id AS provider_id, unverified.version_id AS version_id, branches.name AS branch, :param_1 AS tag
   FROM unverified
   JOIN branches ON branches.head_version_id = unverified.version_id
   UNION ALL SELECT unverified.provider_id AS provider_id, unverified.version_id AS version_id, :param_2 AS branch, tag_heads.name AS tag
   FROM unverified
   JOIN tag_heads ON tag_heads.version_id = unverified.version_id)
SELECT pact_publications.id, pact_publications.consumer_id, consumers.name AS consumer, pact_publications.provider_id,
       providers.name AS provider, pact_publications.consumer_version_id, versions.number, pact_publications.pact_version_id,
       pact_versions.sha, pact_publications.revision_number, pact_publications.created_at, named_versions.branch,
       named_versions.tag
FROM pact_publications
JOIN pact_versions ON pact_versions.id = pact_publications.pact_version_id
JOIN versions ON versions.id = pact_publications.consumer_version_id
JOIN pacticipants AS consumers ON consumers.id = pact_publications.consumer_id
JOIN pacticipants AS providers ON providers.id = pact_publications.provider_id, named_versions
WHERE pact_publications.latest = 1
  AND pact_publications.consumer_version_id = named_versions.version_id
  AND pact_publications.provider_id = named_versions.provider_id;
