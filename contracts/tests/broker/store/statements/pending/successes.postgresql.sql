-- the beginning of a branch
SELECT branches.id, branches.created_at, versions.created_at AS first_version_created_at
FROM branches
LEFT OUTER JOIN versions ON versions.id =
  (SELECT branch_versions.version_id
   FROM branch_versions
   WHERE branch_versions.branch_id = branches.id
   ORDER BY branch_versions.id
   LIMIT :param_1::INTEGER)
WHERE branches.pacticipant_id = :provider_id::BIGINT
  AND branches.name = :branch::VARCHAR;

-- the first uses of tags
SELECT tags.name, min(tags.created_at) AS first
FROM tags
WHERE tags.pacticipant_id = :provider_id::BIGINT
  AND tags.name = ANY(:tags::TEXT[])
GROUP BY tags.name;

-- the successes of a branch that does not exist
SELECT pact_versions.id
FROM pact_versions
WHERE pact_versions.id = ANY(:pact_version_ids::BIGINT[])
  AND (EXISTS
         (SELECT verifications.id
          FROM verifications
          JOIN branch_versions ON branch_versions.version_id = verifications.provider_version_id
          WHERE verifications.pact_version_id = pact_versions.id
            AND verifications.success
            AND true));

-- the successes of a branch
SELECT pact_versions.id
FROM pact_versions
WHERE pact_versions.id = ANY(:pact_version_ids::BIGINT[])
  AND (EXISTS
         (SELECT verifications.id
          FROM verifications
          JOIN branch_versions ON branch_versions.version_id = verifications.provider_version_id
          WHERE verifications.pact_version_id = pact_versions.id
            AND verifications.success
            AND (branch_versions.branch_id = :branch_id::BIGINT
                 OR verifications.created_at < :before::TIMESTAMP WITH TIME ZONE)));

-- the successes of any version
SELECT pact_versions.id, :param_1 AS scope
FROM pact_versions
WHERE pact_versions.id = ANY(:pact_version_ids::BIGINT[])
  AND (EXISTS
         (SELECT verifications.id
          FROM verifications
          WHERE verifications.pact_version_id = pact_versions.id
            AND verifications.success));

-- the successes of a tag without versions
SELECT pact_versions.id, :param_1::VARCHAR AS scope
FROM pact_versions
WHERE pact_versions.id = ANY(:pact_version_ids::BIGINT[])
  AND (EXISTS
         (SELECT verifications.id
          FROM verifications
          JOIN tags ON tags.version_id = verifications.provider_version_id
          WHERE verifications.pact_version_id = pact_versions.id
            AND verifications.success
            AND true));

-- the successes of a tag
SELECT pact_versions.id, :param_1::VARCHAR AS scope
FROM pact_versions
WHERE pact_versions.id = ANY(:pact_version_ids::BIGINT[])
  AND (EXISTS
         (SELECT verifications.id
          FROM verifications
          JOIN tags ON tags.version_id = verifications.provider_version_id
          WHERE verifications.pact_version_id = pact_versions.id
            AND verifications.success
            AND (tags.name = :name_1::VARCHAR
                 OR verifications.created_at < :created_at_1::TIMESTAMP WITH TIME ZONE)));

-- those of two tags
SELECT pact_versions.id, :param_1::VARCHAR AS scope
FROM pact_versions
WHERE pact_versions.id = ANY(:pact_version_ids::BIGINT[])
  AND (EXISTS
         (SELECT verifications.id
          FROM verifications
          JOIN tags ON tags.version_id = verifications.provider_version_id
          WHERE verifications.pact_version_id = pact_versions.id
            AND verifications.success
            AND (tags.name = :name_1::VARCHAR
                 OR verifications.created_at < :created_at_1::TIMESTAMP WITH TIME ZONE)))
UNION ALL
SELECT pact_versions.id, :param_2::VARCHAR AS scope
FROM pact_versions
WHERE pact_versions.id = ANY(:pact_version_ids::BIGINT[])
  AND (EXISTS
         (SELECT verifications.id
          FROM verifications
          JOIN tags ON tags.version_id = verifications.provider_version_id
          WHERE verifications.pact_version_id = pact_versions.id
            AND verifications.success
            AND true));
