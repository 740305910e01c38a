-- between versions and all versions of applications: the newest rows, every result
WITH pairs AS
  (SELECT DISTINCT integrations.consumer_id AS consumer_id, integrations.provider_id AS provider_id
   FROM integrations
   WHERE integrations.consumer_id IN (SELECT value FROM json_each(:any_version_of))
     AND integrations.provider_id IN (SELECT value FROM json_each(:provider_ids))
     AND (integrations.consumer_id IN (SELECT value FROM json_each(:specified_ids))
          OR integrations.provider_id IN (SELECT value FROM json_each(:specified_ids)))),
     latest_pacts_of_pairs AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pairs
   JOIN pact_publications ON pact_publications.consumer_id = pairs.consumer_id
   AND pact_publications.provider_id = pairs.provider_id
   AND pact_publications.latest = 1
   AND pact_publications.consumer_version_id >= coalesce(
                                                           (SELECT newer_pacts.consumer_version_id
                                                            FROM pact_publications AS newer_pacts
                                                            WHERE newer_pacts.consumer_id = pairs.consumer_id
                                                              AND newer_pacts.provider_id = pairs.provider_id
                                                              AND newer_pacts.latest = 1
                                                            ORDER BY newer_pacts.consumer_version_id DESC
                                                            LIMIT :param_1
                                                            OFFSET :more_than_enough), :coalesce_1)),
     pacts_in_question AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id IN (SELECT value FROM json_each(:consumer_version_ids))
     AND pact_publications.provider_id IN (SELECT value FROM json_each(:provider_ids))
     AND (pact_publications.consumer_id IN (SELECT value FROM json_each(:specified_ids))
          OR pact_publications.provider_id IN (SELECT value FROM json_each(:specified_ids)))
   UNION SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
                pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id,
                pact_publications.pact_version_id AS pact_version_id, pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   JOIN latest_pacts_of_pairs ON pact_publications.consumer_version_id = latest_pacts_of_pairs.consumer_version_id
   AND pact_publications.provider_id = latest_pacts_of_pairs.provider_id),
     pacts AS
  (SELECT pacts_in_question.id AS id, pacts_in_question.consumer_id AS consumer_id,
          pacts_in_question.consumer_version_id AS consumer_version_id, pacts_in_question.provider_id AS provider_id, pacts_in_question.pact_version_id AS pact_version_id,
          pacts_in_question.revision_number AS revision_number, pacts_in_question.created_at AS created_at
   FROM pacts_in_question
   ORDER BY pacts_in_question.created_at DESC, pacts_in_question.provider_id, pacts_in_question.id DESC
   LIMIT :most
   OFFSET :param_2),
     matrix_rows AS
  (SELECT pacts.consumer_id AS consumer_id, consumers.name AS consumer, pacts.consumer_version_id AS consumer_version_id,
          consumer_versions.number AS consumer_version, pacts.provider_id AS provider_id, providers.name AS provider, pacts.id AS pact_id,
          pacts.revision_number AS revision_number, pact_versions.sha AS sha, pacts.created_at AS pact_created_at, verifications.id AS result_id,
          verifications.success AS success, verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
          verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM pacts
   JOIN pacticipants AS consumers ON consumers.id = pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = pacts.pact_version_id
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = pacts.pact_version_id
   AND (verifications.provider_version_id IN (SELECT value FROM json_each(:provider_version_ids))
        OR pacts.provider_id IN (SELECT value FROM json_each(:any_version_of))
        AND verifications.id >= coalesce(
                                           (SELECT other_results.id
                                            FROM verifications AS other_results
                                            WHERE other_results.pact_version_id = pacts.pact_version_id
                                            ORDER BY other_results.id DESC
                                            LIMIT :param_3
                                            OFFSET :more_than_enough), :coalesce_2))
   LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id)
SELECT matrix_rows.consumer_id, matrix_rows.consumer, matrix_rows.consumer_version_id, matrix_rows.consumer_version,
       matrix_rows.provider_id, matrix_rows.provider, matrix_rows.pact_id, matrix_rows.revision_number, matrix_rows.sha,
       matrix_rows.pact_created_at, matrix_rows.result_id, matrix_rows.success, matrix_rows.executed_at, matrix_rows.result_created_at,
       matrix_rows.provider_version_id, matrix_rows.provider_version
FROM matrix_rows
ORDER BY coalesce(matrix_rows.result_created_at, matrix_rows.pact_created_at) DESC, coalesce(matrix_rows.result_id,
                                                                                      :coalesce_3) DESC, matrix_rows.provider_id,
                                                                                                         matrix_rows.pact_id DESC
LIMIT :most
OFFSET :param_4;

-- between versions and all versions of applications: the newest rows, latest by cvpv
-- between versions and all versions of applications: the newest rows, latest by cp
WITH pairs AS
  (SELECT DISTINCT integrations.consumer_id AS consumer_id, integrations.provider_id AS provider_id
   FROM integrations
   WHERE integrations.consumer_id IN (SELECT value FROM json_each(:any_version_of))
     AND integrations.provider_id IN (SELECT value FROM json_each(:provider_ids))
     AND (integrations.consumer_id IN (SELECT value FROM json_each(:specified_ids))
          OR integrations.provider_id IN (SELECT value FROM json_each(:specified_ids)))),
     pacts_in_question AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id IN (SELECT value FROM json_each(:consumer_version_ids))
     AND pact_publications.provider_id IN (SELECT value FROM json_each(:provider_ids))
     AND (pact_publications.consumer_id IN (SELECT value FROM json_each(:specified_ids))
          OR pact_publications.provider_id IN (SELECT value FROM json_each(:specified_ids)))
     AND pact_publications.latest = 1
   UNION SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
                pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id,
                pact_publications.pact_version_id AS pact_version_id, pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pairs
   JOIN pact_publications ON pact_publications.consumer_id = pairs.consumer_id
   AND pact_publications.provider_id = pairs.provider_id
   AND pact_publications.latest = 1
   AND pact_publications.consumer_version_id >= coalesce(
                                                           (SELECT newer_pacts.consumer_version_id
                                                            FROM pact_publications AS newer_pacts
                                                            WHERE newer_pacts.consumer_id = pairs.consumer_id
                                                              AND newer_pacts.provider_id = pairs.provider_id
                                                              AND newer_pacts.latest = 1
                                                            ORDER BY newer_pacts.consumer_version_id DESC
                                                            LIMIT :param_1
                                                            OFFSET :more_than_enough), :coalesce_1)),
     pacts AS
  (SELECT pacts_in_question.id AS id, pacts_in_question.consumer_id AS consumer_id,
          pacts_in_question.consumer_version_id AS consumer_version_id, pacts_in_question.provider_id AS provider_id, pacts_in_question.pact_version_id AS pact_version_id,
          pacts_in_question.revision_number AS revision_number, pacts_in_question.created_at AS created_at
   FROM pacts_in_question
   ORDER BY pacts_in_question.created_at DESC, pacts_in_question.provider_id, pacts_in_question.id DESC
   LIMIT :most
   OFFSET :param_2),
     matrix_rows AS
  (SELECT pacts.consumer_id AS consumer_id, consumers.name AS consumer, pacts.consumer_version_id AS consumer_version_id,
          consumer_versions.number AS consumer_version, pacts.provider_id AS provider_id, providers.name AS provider, pacts.id AS pact_id,
          pacts.revision_number AS revision_number, pact_versions.sha AS sha, pacts.created_at AS pact_created_at, verifications.id AS result_id,
          verifications.success AS success, verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
          verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM pacts
   JOIN pacticipants AS consumers ON consumers.id = pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = pacts.pact_version_id
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = pacts.pact_version_id
   AND verifications.latest = 1
   AND (verifications.provider_version_id IN (SELECT value FROM json_each(:provider_version_ids))
        OR pacts.provider_id IN (SELECT value FROM json_each(:any_version_of))
        AND verifications.id >= coalesce(
                                           (SELECT other_results.id
                                            FROM verifications AS other_results
                                            WHERE other_results.pact_version_id = pacts.pact_version_id
                                              AND other_results.latest = 1
                                            ORDER BY other_results.id DESC
                                            LIMIT :param_3
                                            OFFSET :more_than_enough), :coalesce_2))
   LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id)
SELECT matrix_rows.consumer_id, matrix_rows.consumer, matrix_rows.consumer_version_id, matrix_rows.consumer_version,
       matrix_rows.provider_id, matrix_rows.provider, matrix_rows.pact_id, matrix_rows.revision_number, matrix_rows.sha,
       matrix_rows.pact_created_at, matrix_rows.result_id, matrix_rows.success, matrix_rows.executed_at, matrix_rows.result_created_at,
       matrix_rows.provider_version_id, matrix_rows.provider_version
FROM matrix_rows
ORDER BY coalesce(matrix_rows.result_created_at, matrix_rows.pact_created_at) DESC, coalesce(matrix_rows.result_id,
                                                                                      :coalesce_3) DESC, matrix_rows.provider_id,
                                                                                                         matrix_rows.pact_id DESC
LIMIT :most
OFFSET :param_4;

-- between versions and all versions of applications: the newest rows, latest by cvp
WITH pairs AS
  (SELECT DISTINCT integrations.consumer_id AS consumer_id, integrations.provider_id AS provider_id
   FROM integrations
   WHERE integrations.consumer_id IN (SELECT value FROM json_each(:any_version_of))
     AND integrations.provider_id IN (SELECT value FROM json_each(:provider_ids))
     AND (integrations.consumer_id IN (SELECT value FROM json_each(:specified_ids))
          OR integrations.provider_id IN (SELECT value FROM json_each(:specified_ids)))),
     pacts_in_question AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id IN (SELECT value FROM json_each(:consumer_version_ids))
     AND pact_publications.provider_id IN (SELECT value FROM json_each(:provider_ids))
     AND (pact_publications.consumer_id IN (SELECT value FROM json_each(:specified_ids))
          OR pact_publications.provider_id IN (SELECT value FROM json_each(:specified_ids)))
     AND pact_publications.latest = 1
   UNION SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
                pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id,
                pact_publications.pact_version_id AS pact_version_id, pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pairs
   JOIN pact_publications ON pact_publications.consumer_id = pairs.consumer_id
   AND pact_publications.provider_id = pairs.provider_id
   AND pact_publications.latest = 1
   AND pact_publications.consumer_version_id >= coalesce(
                                                           (SELECT newer_pacts.consumer_version_id
                                                            FROM pact_publications AS newer_pacts
                                                            WHERE newer_pacts.consumer_id = pairs.consumer_id
                                                              AND newer_pacts.provider_id = pairs.provider_id
                                                              AND newer_pacts.latest = 1
                                                            ORDER BY newer_pacts.consumer_version_id DESC
                                                            LIMIT :param_1
                                                            OFFSET :more_than_enough), :coalesce_1)),
     pacts AS
  (SELECT pacts_in_question.id AS id, pacts_in_question.consumer_id AS consumer_id,
          pacts_in_question.consumer_version_id AS consumer_version_id, pacts_in_question.provider_id AS provider_id, pacts_in_question.pact_version_id AS pact_version_id,
          pacts_in_question.revision_number AS revision_number, pacts_in_question.created_at AS created_at
   FROM pacts_in_question
   ORDER BY pacts_in_question.created_at DESC, pacts_in_question.provider_id, pacts_in_question.id DESC
   LIMIT :most
   OFFSET :param_2),
     matrix_rows AS
  (SELECT pacts.consumer_id AS consumer_id, consumers.name AS consumer, pacts.consumer_version_id AS consumer_version_id,
          consumer_versions.number AS consumer_version, pacts.provider_id AS provider_id, providers.name AS provider, pacts.id AS pact_id,
          pacts.revision_number AS revision_number, pact_versions.sha AS sha, pacts.created_at AS pact_created_at, verifications.id AS result_id,
          verifications.success AS success, verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
          verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM pacts
   JOIN pacticipants AS consumers ON consumers.id = pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = pacts.pact_version_id
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = pacts.pact_version_id
   AND verifications.latest = 1
   AND verifications.provider_version_id =
     (SELECT other_results.provider_version_id
      FROM verifications AS other_results
      WHERE other_results.pact_version_id = pacts.pact_version_id
        AND other_results.latest = 1
        AND (other_results.provider_version_id IN (SELECT value FROM json_each(:provider_version_ids))
             OR pacts.provider_id IN (SELECT value FROM json_each(:any_version_of)))
      ORDER BY other_results.provider_version_id DESC
      LIMIT :param_3
      OFFSET :param_4)
   LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id)
SELECT matrix_rows.consumer_id, matrix_rows.consumer, matrix_rows.consumer_version_id, matrix_rows.consumer_version,
       matrix_rows.provider_id, matrix_rows.provider, matrix_rows.pact_id, matrix_rows.revision_number, matrix_rows.sha,
       matrix_rows.pact_created_at, matrix_rows.result_id, matrix_rows.success, matrix_rows.executed_at, matrix_rows.result_created_at,
       matrix_rows.provider_version_id, matrix_rows.provider_version
FROM matrix_rows
ORDER BY coalesce(matrix_rows.result_created_at, matrix_rows.pact_created_at) DESC, coalesce(matrix_rows.result_id,
                                                                                      :coalesce_2) DESC, matrix_rows.provider_id,
                                                                                                         matrix_rows.pact_id DESC
LIMIT :most
OFFSET :param_5;

-- between versions and all versions of applications: the rows of the newest pacts of all applications, every result
WITH pairs AS
  (SELECT DISTINCT integrations.consumer_id AS consumer_id, integrations.provider_id AS provider_id
   FROM integrations
   WHERE integrations.consumer_id IN (SELECT value FROM json_each(:any_version_of))
     AND integrations.provider_id IN (SELECT value FROM json_each(:provider_ids))),
     latest_pacts_of_pairs AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pairs
   JOIN pact_publications ON pact_publications.consumer_id = pairs.consumer_id
   AND pact_publications.provider_id = pairs.provider_id
   AND pact_publications.latest = 1
   AND pact_publications.consumer_version_id >= coalesce(
                                                           (SELECT newer_pacts.consumer_version_id
                                                            FROM pact_publications AS newer_pacts
                                                            WHERE newer_pacts.consumer_id = pairs.consumer_id
                                                              AND newer_pacts.provider_id = pairs.provider_id
                                                              AND newer_pacts.latest = 1
                                                            ORDER BY newer_pacts.consumer_version_id DESC
                                                            LIMIT :param_1
                                                            OFFSET :more_than_enough), :coalesce_1)),
     newest_pacts_in_question AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id IN (SELECT value FROM json_each(:consumer_version_ids))
     AND pact_publications.provider_id IN (SELECT value FROM json_each(:provider_ids))
   UNION SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
                pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id,
                pact_publications.pact_version_id AS pact_version_id, pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   JOIN latest_pacts_of_pairs ON pact_publications.consumer_version_id = latest_pacts_of_pairs.consumer_version_id
   AND pact_publications.provider_id = latest_pacts_of_pairs.provider_id),
     newest_pacts AS
  (SELECT newest_pacts_in_question.id AS id, newest_pacts_in_question.consumer_id AS consumer_id,
          newest_pacts_in_question.consumer_version_id AS consumer_version_id, newest_pacts_in_question.provider_id AS provider_id,
          newest_pacts_in_question.pact_version_id AS pact_version_id, newest_pacts_in_question.revision_number AS revision_number,
          newest_pacts_in_question.created_at AS created_at
   FROM newest_pacts_in_question
   ORDER BY newest_pacts_in_question.created_at DESC, newest_pacts_in_question.provider_id, newest_pacts_in_question.id DESC
   LIMIT :most
   OFFSET :param_2),
     pacts AS
  (SELECT newest_pacts.id AS id, newest_pacts.consumer_id AS consumer_id, newest_pacts.consumer_version_id AS consumer_version_id,
          newest_pacts.provider_id AS provider_id, newest_pacts.pact_version_id AS pact_version_id, newest_pacts.revision_number AS revision_number,
          newest_pacts.created_at AS created_at
   FROM newest_pacts
   WHERE newest_pacts.consumer_id IN (SELECT value FROM json_each(:specified_ids))
     OR newest_pacts.provider_id IN (SELECT value FROM json_each(:specified_ids))),
     matrix_rows AS
  (SELECT pacts.consumer_id AS consumer_id, consumers.name AS consumer, pacts.consumer_version_id AS consumer_version_id,
          consumer_versions.number AS consumer_version, pacts.provider_id AS provider_id, providers.name AS provider, pacts.id AS pact_id,
          pacts.revision_number AS revision_number, pact_versions.sha AS sha, pacts.created_at AS pact_created_at, verifications.id AS result_id,
          verifications.success AS success, verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
          verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM pacts
   JOIN pacticipants AS consumers ON consumers.id = pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = pacts.pact_version_id
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = pacts.pact_version_id
   AND (verifications.provider_version_id IN (SELECT value FROM json_each(:provider_version_ids))
        OR pacts.provider_id IN (SELECT value FROM json_each(:any_version_of))
        AND verifications.id >= coalesce(
                                           (SELECT other_results.id
                                            FROM verifications AS other_results
                                            WHERE other_results.pact_version_id = pacts.pact_version_id
                                            ORDER BY other_results.id DESC
                                            LIMIT :param_3
                                            OFFSET :more_than_enough), :coalesce_2))
   LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id)
SELECT matrix_rows.consumer_id, matrix_rows.consumer, matrix_rows.consumer_version_id, matrix_rows.consumer_version,
       matrix_rows.provider_id, matrix_rows.provider, matrix_rows.pact_id, matrix_rows.revision_number, matrix_rows.sha,
       matrix_rows.pact_created_at, matrix_rows.result_id, matrix_rows.success, matrix_rows.executed_at, matrix_rows.result_created_at,
       matrix_rows.provider_version_id, matrix_rows.provider_version
FROM matrix_rows
ORDER BY coalesce(matrix_rows.result_created_at, matrix_rows.pact_created_at) DESC, coalesce(matrix_rows.result_id,
                                                                                      :coalesce_3) DESC, matrix_rows.provider_id,
                                                                                                         matrix_rows.pact_id DESC
LIMIT :most
OFFSET :param_4;

-- between versions and all versions of applications: the rows of the newest pacts of all applications, latest by cvpv
-- between versions and all versions of applications: the rows of the newest pacts of all applications, latest by cp
WITH pairs AS
  (SELECT DISTINCT integrations.consumer_id AS consumer_id, integrations.provider_id AS provider_id
   FROM integrations
   WHERE integrations.consumer_id IN (SELECT value FROM json_each(:any_version_of))
     AND integrations.provider_id IN (SELECT value FROM json_each(:provider_ids))),
     newest_pacts_in_question AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id IN (SELECT value FROM json_each(:consumer_version_ids))
     AND pact_publications.provider_id IN (SELECT value FROM json_each(:provider_ids))
     AND pact_publications.latest = 1
   UNION SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
                pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id,
                pact_publications.pact_version_id AS pact_version_id, pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pairs
   JOIN pact_publications ON pact_publications.consumer_id = pairs.consumer_id
   AND pact_publications.provider_id = pairs.provider_id
   AND pact_publications.latest = 1
   AND pact_publications.consumer_version_id >= coalesce(
                                                           (SELECT newer_pacts.consumer_version_id
                                                            FROM pact_publications AS newer_pacts
                                                            WHERE newer_pacts.consumer_id = pairs.consumer_id
                                                              AND newer_pacts.provider_id = pairs.provider_id
                                                              AND newer_pacts.latest = 1
                                                            ORDER BY newer_pacts.consumer_version_id DESC
                                                            LIMIT :param_1
                                                            OFFSET :more_than_enough), :coalesce_1)),
     newest_pacts AS
  (SELECT newest_pacts_in_question.id AS id, newest_pacts_in_question.consumer_id AS consumer_id,
          newest_pacts_in_question.consumer_version_id AS consumer_version_id, newest_pacts_in_question.provider_id AS provider_id,
          newest_pacts_in_question.pact_version_id AS pact_version_id, newest_pacts_in_question.revision_number AS revision_number,
          newest_pacts_in_question.created_at AS created_at
   FROM newest_pacts_in_question
   ORDER BY newest_pacts_in_question.created_at DESC, newest_pacts_in_question.provider_id, newest_pacts_in_question.id DESC
   LIMIT :most
   OFFSET :param_2),
     pacts AS
  (SELECT newest_pacts.id AS id, newest_pacts.consumer_id AS consumer_id, newest_pacts.consumer_version_id AS consumer_version_id,
          newest_pacts.provider_id AS provider_id, newest_pacts.pact_version_id AS pact_version_id, newest_pacts.revision_number AS revision_number,
          newest_pacts.created_at AS created_at
   FROM newest_pacts
   WHERE newest_pacts.consumer_id IN (SELECT value FROM json_each(:specified_ids))
     OR newest_pacts.provider_id IN (SELECT value FROM json_each(:specified_ids))),
     matrix_rows AS
  (SELECT pacts.consumer_id AS consumer_id, consumers.name AS consumer, pacts.consumer_version_id AS consumer_version_id,
          consumer_versions.number AS consumer_version, pacts.provider_id AS provider_id, providers.name AS provider, pacts.id AS pact_id,
          pacts.revision_number AS revision_number, pact_versions.sha AS sha, pacts.created_at AS pact_created_at, verifications.id AS result_id,
          verifications.success AS success, verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
          verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM pacts
   JOIN pacticipants AS consumers ON consumers.id = pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = pacts.pact_version_id
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = pacts.pact_version_id
   AND verifications.latest = 1
   AND (verifications.provider_version_id IN (SELECT value FROM json_each(:provider_version_ids))
        OR pacts.provider_id IN (SELECT value FROM json_each(:any_version_of))
        AND verifications.id >= coalesce(
                                           (SELECT other_results.id
                                            FROM verifications AS other_results
                                            WHERE other_results.pact_version_id = pacts.pact_version_id
                                              AND other_results.latest = 1
                                            ORDER BY other_results.id DESC
                                            LIMIT :param_3
                                            OFFSET :more_than_enough), :coalesce_2))
   LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id)
SELECT matrix_rows.consumer_id, matrix_rows.consumer, matrix_rows.consumer_version_id, matrix_rows.consumer_version,
       matrix_rows.provider_id, matrix_rows.provider, matrix_rows.pact_id, matrix_rows.revision_number, matrix_rows.sha,
       matrix_rows.pact_created_at, matrix_rows.result_id, matrix_rows.success, matrix_rows.executed_at, matrix_rows.result_created_at,
       matrix_rows.provider_version_id, matrix_rows.provider_version
FROM matrix_rows
ORDER BY coalesce(matrix_rows.result_created_at, matrix_rows.pact_created_at) DESC, coalesce(matrix_rows.result_id,
                                                                                      :coalesce_3) DESC, matrix_rows.provider_id,
                                                                                                         matrix_rows.pact_id DESC
LIMIT :most
OFFSET :param_4;

-- between versions and all versions of applications: the rows of the newest pacts of all applications, latest by cvp
WITH pairs AS
  (SELECT DISTINCT integrations.consumer_id AS consumer_id, integrations.provider_id AS provider_id
   FROM integrations
   WHERE integrations.consumer_id IN (SELECT value FROM json_each(:any_version_of))
     AND integrations.provider_id IN (SELECT value FROM json_each(:provider_ids))),
     newest_pacts_in_question AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id IN (SELECT value FROM json_each(:consumer_version_ids))
     AND pact_publications.provider_id IN (SELECT value FROM json_each(:provider_ids))
     AND pact_publications.latest = 1
   UNION SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
                pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id,
                pact_publications.pact_version_id AS pact_version_id, pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pairs
   JOIN pact_publications ON pact_publications.consumer_id = pairs.consumer_id
   AND pact_publications.provider_id = pairs.provider_id
   AND pact_publications.latest = 1
   AND pact_publications.consumer_version_id >= coalesce(
                                                           (SELECT newer_pacts.consumer_version_id
                                                            FROM pact_publications AS newer_pacts
                                                            WHERE newer_pacts.consumer_id = pairs.consumer_id
                                                              AND newer_pacts.provider_id = pairs.provider_id
                                                              AND newer_pacts.latest = 1
                                                            ORDER BY newer_pacts.consumer_version_id DESC
                                                            LIMIT :param_1
                                                            OFFSET :more_than_enough), :coalesce_1)),
     newest_pacts AS
  (SELECT newest_pacts_in_question.id AS id, newest_pacts_in_question.consumer_id AS consumer_id,
          newest_pacts_in_question.consumer_version_id AS consumer_version_id, newest_pacts_in_question.provider_id AS provider_id,
          newest_pacts_in_question.pact_version_id AS pact_version_id, newest_pacts_in_question.revision_number AS revision_number,
          newest_pacts_in_question.created_at AS created_at
   FROM newest_pacts_in_question
   ORDER BY newest_pacts_in_question.created_at DESC, newest_pacts_in_question.provider_id, newest_pacts_in_question.id DESC
   LIMIT :most
   OFFSET :param_2),
     pacts AS
  (SELECT newest_pacts.id AS id, newest_pacts.consumer_id AS consumer_id, newest_pacts.consumer_version_id AS consumer_version_id,
          newest_pacts.provider_id AS provider_id, newest_pacts.pact_version_id AS pact_version_id, newest_pacts.revision_number AS revision_number,
          newest_pacts.created_at AS created_at
   FROM newest_pacts
   WHERE newest_pacts.consumer_id IN (SELECT value FROM json_each(:specified_ids))
     OR newest_pacts.provider_id IN (SELECT value FROM json_each(:specified_ids))),
     matrix_rows AS
  (SELECT pacts.consumer_id AS consumer_id, consumers.name AS consumer, pacts.consumer_version_id AS consumer_version_id,
          consumer_versions.number AS consumer_version, pacts.provider_id AS provider_id, providers.name AS provider, pacts.id AS pact_id,
          pacts.revision_number AS revision_number, pact_versions.sha AS sha, pacts.created_at AS pact_created_at, verifications.id AS result_id,
          verifications.success AS success, verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
          verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM pacts
   JOIN pacticipants AS consumers ON consumers.id = pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = pacts.pact_version_id
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = pacts.pact_version_id
   AND verifications.latest = 1
   AND verifications.provider_version_id =
     (SELECT other_results.provider_version_id
      FROM verifications AS other_results
      WHERE other_results.pact_version_id = pacts.pact_version_id
        AND other_results.latest = 1
        AND (other_results.provider_version_id IN (SELECT value FROM json_each(:provider_version_ids))
             OR pacts.provider_id IN (SELECT value FROM json_each(:any_version_of)))
      ORDER BY other_results.provider_version_id DESC
      LIMIT :param_3
      OFFSET :param_4)
   LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id)
SELECT matrix_rows.consumer_id, matrix_rows.consumer, matrix_rows.consumer_version_id, matrix_rows.consumer_version,
       matrix_rows.provider_id, matrix_rows.provider, matrix_rows.pact_id, matrix_rows.revision_number, matrix_rows.sha,
       matrix_rows.pact_created_at, matrix_rows.result_id, matrix_rows.success, matrix_rows.executed_at, matrix_rows.result_created_at,
       matrix_rows.provider_version_id, matrix_rows.provider_version
FROM matrix_rows
ORDER BY coalesce(matrix_rows.result_created_at, matrix_rows.pact_created_at) DESC, coalesce(matrix_rows.result_id,
                                                                                      :coalesce_2) DESC, matrix_rows.provider_id,
                                                                                                         matrix_rows.pact_id DESC
LIMIT :most
OFFSET :param_5;

-- between versions and all versions of applications: the number of rows, every result
WITH pairs AS
  (SELECT DISTINCT integrations.consumer_id AS consumer_id, integrations.provider_id AS provider_id
   FROM integrations
   WHERE integrations.consumer_id IN (SELECT value FROM json_each(:any_version_of))
     AND integrations.provider_id IN (SELECT value FROM json_each(:provider_ids))
     AND (integrations.consumer_id IN (SELECT value FROM json_each(:specified_ids))
          OR integrations.provider_id IN (SELECT value FROM json_each(:specified_ids)))),
     latest_pacts_of_pairs AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pairs
   JOIN pact_publications ON pact_publications.consumer_id = pairs.consumer_id
   AND pact_publications.provider_id = pairs.provider_id
   AND pact_publications.latest = 1),
     pacts AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id IN (SELECT value FROM json_each(:consumer_version_ids))
     AND pact_publications.provider_id IN (SELECT value FROM json_each(:provider_ids))
     AND (pact_publications.consumer_id IN (SELECT value FROM json_each(:specified_ids))
          OR pact_publications.provider_id IN (SELECT value FROM json_each(:specified_ids)))
   UNION SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
                pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id,
                pact_publications.pact_version_id AS pact_version_id, pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   JOIN latest_pacts_of_pairs ON pact_publications.consumer_version_id = latest_pacts_of_pairs.consumer_version_id
   AND pact_publications.provider_id = latest_pacts_of_pairs.provider_id),
     matrix_rows AS
  (SELECT pacts.id AS id
   FROM pacts
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = pacts.pact_version_id
   AND (verifications.provider_version_id IN (SELECT value FROM json_each(:provider_version_ids))
        OR pacts.provider_id IN (SELECT value FROM json_each(:any_version_of)))
   LIMIT :most
   OFFSET :param_1)
SELECT count(*) AS count_1
FROM matrix_rows;

-- between versions and all versions of applications: the newest row that is not a success, every result
WITH pairs AS
  (SELECT DISTINCT integrations.consumer_id AS consumer_id, integrations.provider_id AS provider_id
   FROM integrations
   WHERE integrations.consumer_id IN (SELECT value FROM json_each(:any_version_of))
     AND integrations.provider_id IN (SELECT value FROM json_each(:provider_ids))
     AND (integrations.consumer_id IN (SELECT value FROM json_each(:specified_ids))
          OR integrations.provider_id IN (SELECT value FROM json_each(:specified_ids)))),
     latest_pacts_of_pairs AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pairs
   JOIN pact_publications ON pact_publications.consumer_id = pairs.consumer_id
   AND pact_publications.provider_id = pairs.provider_id
   AND pact_publications.latest = 1),
     pacts AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id IN (SELECT value FROM json_each(:consumer_version_ids))
     AND pact_publications.provider_id IN (SELECT value FROM json_each(:provider_ids))
     AND (pact_publications.consumer_id IN (SELECT value FROM json_each(:specified_ids))
          OR pact_publications.provider_id IN (SELECT value FROM json_each(:specified_ids)))
   UNION SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
                pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id,
                pact_publications.pact_version_id AS pact_version_id, pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   JOIN latest_pacts_of_pairs ON pact_publications.consumer_version_id = latest_pacts_of_pairs.consumer_version_id
   AND pact_publications.provider_id = latest_pacts_of_pairs.provider_id),
     matrix_rows AS
  (SELECT pacts.consumer_id AS consumer_id, consumers.name AS consumer, pacts.consumer_version_id AS consumer_version_id,
          consumer_versions.number AS consumer_version, pacts.provider_id AS provider_id, providers.name AS provider, pacts.id AS pact_id,
          pacts.revision_number AS revision_number, pact_versions.sha AS sha, pacts.created_at AS pact_created_at, verifications.id AS result_id,
          verifications.success AS success, verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
          verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM pacts
   JOIN pacticipants AS consumers ON consumers.id = pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = pacts.pact_version_id
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = pacts.pact_version_id
   AND (verifications.provider_version_id IN (SELECT value FROM json_each(:provider_version_ids))
        OR pacts.provider_id IN (SELECT value FROM json_each(:any_version_of)))
   LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id)
SELECT matrix_rows.consumer_id, matrix_rows.consumer, matrix_rows.consumer_version_id, matrix_rows.consumer_version,
       matrix_rows.provider_id, matrix_rows.provider, matrix_rows.pact_id, matrix_rows.revision_number, matrix_rows.sha,
       matrix_rows.pact_created_at, matrix_rows.result_id, matrix_rows.success, matrix_rows.executed_at, matrix_rows.result_created_at,
       matrix_rows.provider_version_id, matrix_rows.provider_version
FROM matrix_rows
WHERE (matrix_rows.success IS NULL
       AND :missing_counts = 1
       OR matrix_rows.success IS 0
       AND :failures_count = 1)
  AND NOT (matrix_rows.consumer_id IN (SELECT value FROM json_each(:ignored_pacticipant_ids))
           OR matrix_rows.provider_id IN (SELECT value FROM json_each(:ignored_pacticipant_ids))
           OR matrix_rows.consumer_version_id IN (SELECT value FROM json_each(:ignored_version_ids))
           OR coalesce(matrix_rows.provider_version_id IN (SELECT value FROM json_each(:ignored_version_ids)), 0) = 1)
ORDER BY matrix_rows.pact_id DESC, matrix_rows.result_id DESC
LIMIT :param_1
OFFSET :param_2;

-- between versions and all versions of applications: the newest row that is not a success, latest by cvpv
WITH pairs AS
  (SELECT DISTINCT integrations.consumer_id AS consumer_id, integrations.provider_id AS provider_id
   FROM integrations
   WHERE integrations.consumer_id IN (SELECT value FROM json_each(:any_version_of))
     AND integrations.provider_id IN (SELECT value FROM json_each(:provider_ids))
     AND (integrations.consumer_id IN (SELECT value FROM json_each(:specified_ids))
          OR integrations.provider_id IN (SELECT value FROM json_each(:specified_ids)))),
     pacts AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id IN (SELECT value FROM json_each(:consumer_version_ids))
     AND pact_publications.provider_id IN (SELECT value FROM json_each(:provider_ids))
     AND (pact_publications.consumer_id IN (SELECT value FROM json_each(:specified_ids))
          OR pact_publications.provider_id IN (SELECT value FROM json_each(:specified_ids)))
     AND pact_publications.latest = 1
   UNION SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
                pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id,
                pact_publications.pact_version_id AS pact_version_id, pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pairs
   JOIN pact_publications ON pact_publications.consumer_id = pairs.consumer_id
   AND pact_publications.provider_id = pairs.provider_id
   AND pact_publications.latest = 1),
     matrix_rows AS
  (SELECT pacts.consumer_id AS consumer_id, consumers.name AS consumer, pacts.consumer_version_id AS consumer_version_id,
          consumer_versions.number AS consumer_version, pacts.provider_id AS provider_id, providers.name AS provider, pacts.id AS pact_id,
          pacts.revision_number AS revision_number, pact_versions.sha AS sha, pacts.created_at AS pact_created_at, verifications.id AS result_id,
          verifications.success AS success, verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
          verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM pacts
   JOIN pacticipants AS consumers ON consumers.id = pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = pacts.pact_version_id
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = pacts.pact_version_id
   AND verifications.latest = 1
   AND (verifications.provider_version_id IN (SELECT value FROM json_each(:provider_version_ids))
        OR pacts.provider_id IN (SELECT value FROM json_each(:any_version_of)))
   LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id)
SELECT matrix_rows.consumer_id, matrix_rows.consumer, matrix_rows.consumer_version_id, matrix_rows.consumer_version,
       matrix_rows.provider_id, matrix_rows.provider, matrix_rows.pact_id, matrix_rows.revision_number, matrix_rows.sha,
       matrix_rows.pact_created_at, matrix_rows.result_id, matrix_rows.success, matrix_rows.executed_at, matrix_rows.result_created_at,
       matrix_rows.provider_version_id, matrix_rows.provider_version
FROM matrix_rows
WHERE (matrix_rows.success IS NULL
       AND :missing_counts = 1
       OR matrix_rows.success IS 0
       AND :failures_count = 1)
  AND NOT (matrix_rows.consumer_id IN (SELECT value FROM json_each(:ignored_pacticipant_ids))
           OR matrix_rows.provider_id IN (SELECT value FROM json_each(:ignored_pacticipant_ids))
           OR matrix_rows.consumer_version_id IN (SELECT value FROM json_each(:ignored_version_ids))
           OR coalesce(matrix_rows.provider_version_id IN (SELECT value FROM json_each(:ignored_version_ids)), 0) = 1)
ORDER BY matrix_rows.pact_id DESC, matrix_rows.result_id DESC
LIMIT :param_1
OFFSET :param_2;

-- between versions and all versions of applications: the newest row that is not a success, latest by cvp
WITH pairs AS
  (SELECT DISTINCT integrations.consumer_id AS consumer_id, integrations.provider_id AS provider_id
   FROM integrations
   WHERE integrations.consumer_id IN (SELECT value FROM json_each(:any_version_of))
     AND integrations.provider_id IN (SELECT value FROM json_each(:provider_ids))
     AND (integrations.consumer_id IN (SELECT value FROM json_each(:specified_ids))
          OR integrations.provider_id IN (SELECT value FROM json_each(:specified_ids)))),
     pacts AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id IN (SELECT value FROM json_each(:consumer_version_ids))
     AND pact_publications.provider_id IN (SELECT value FROM json_each(:provider_ids))
     AND (pact_publications.consumer_id IN (SELECT value FROM json_each(:specified_ids))
          OR pact_publications.provider_id IN (SELECT value FROM json_each(:specified_ids)))
     AND pact_publications.latest = 1
   UNION SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
                pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id,
                pact_publications.pact_version_id AS pact_version_id, pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pairs
   JOIN pact_publications ON pact_publications.consumer_id = pairs.consumer_id
   AND pact_publications.provider_id = pairs.provider_id
   AND pact_publications.latest = 1),
     matrix_rows AS
  (SELECT pacts.consumer_id AS consumer_id, consumers.name AS consumer, pacts.consumer_version_id AS consumer_version_id,
          consumer_versions.number AS consumer_version, pacts.provider_id AS provider_id, providers.name AS provider, pacts.id AS pact_id,
          pacts.revision_number AS revision_number, pact_versions.sha AS sha, pacts.created_at AS pact_created_at, verifications.id AS result_id,
          verifications.success AS success, verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
          verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM pacts
   JOIN pacticipants AS consumers ON consumers.id = pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = pacts.pact_version_id
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = pacts.pact_version_id
   AND verifications.latest = 1
   AND verifications.provider_version_id =
     (SELECT other_results.provider_version_id
      FROM verifications AS other_results
      WHERE other_results.pact_version_id = pacts.pact_version_id
        AND other_results.latest = 1
        AND (other_results.provider_version_id IN (SELECT value FROM json_each(:provider_version_ids))
             OR pacts.provider_id IN (SELECT value FROM json_each(:any_version_of)))
      ORDER BY other_results.provider_version_id DESC
      LIMIT :param_1
      OFFSET :param_2)
   LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id),
     placed_rows AS
  (SELECT matrix_rows.consumer_id AS consumer_id, matrix_rows.consumer AS consumer, matrix_rows.consumer_version_id AS consumer_version_id,
          matrix_rows.consumer_version AS consumer_version, matrix_rows.provider_id AS provider_id, matrix_rows.provider AS provider,
          matrix_rows.pact_id AS pact_id, matrix_rows.revision_number AS revision_number, matrix_rows.sha AS sha,
          matrix_rows.pact_created_at AS pact_created_at, matrix_rows.result_id AS result_id, matrix_rows.success AS success,
          matrix_rows.executed_at AS executed_at, matrix_rows.result_created_at AS result_created_at,
          matrix_rows.provider_version_id AS provider_version_id, matrix_rows.provider_version AS provider_version,
          row_number() OVER (PARTITION BY matrix_rows.consumer_version_id, matrix_rows.provider_id
                             ORDER BY coalesce(matrix_rows.result_created_at,
                                        matrix_rows.pact_created_at) DESC, coalesce(matrix_rows.result_id,
                                                                             :coalesce_1) DESC, matrix_rows.pact_id DESC) AS recency,
          first_value(matrix_rows.result_id) OVER (PARTITION BY matrix_rows.consumer_version_id,
                                         matrix_rows.provider_id
                                                   ORDER BY coalesce(matrix_rows.result_created_at,
                                                              matrix_rows.pact_created_at) DESC, coalesce(matrix_rows.result_id,
                                                                                                   :coalesce_1) DESC, matrix_rows.pact_id DESC) AS last_result_id,
          row_number() OVER (PARTITION BY matrix_rows.consumer_version_id, matrix_rows.provider_id
                             ORDER BY coalesce(matrix_rows.provider_version_id, :coalesce_2) DESC, matrix_rows.consumer_version_id DESC, coalesce(matrix_rows.result_id,
                                                                                                                                           :coalesce_1) DESC) AS greatness
   FROM matrix_rows),
     representatives AS
  (SELECT placed_rows.consumer_id AS consumer_id, placed_rows.consumer AS consumer, placed_rows.consumer_version_id AS consumer_version_id,
          placed_rows.consumer_version AS consumer_version, placed_rows.provider_id AS provider_id, placed_rows.provider AS provider,
          placed_rows.pact_id AS pact_id, placed_rows.revision_number AS revision_number, placed_rows.sha AS sha,
          placed_rows.pact_created_at AS pact_created_at, placed_rows.result_id AS result_id, placed_rows.success AS success,
          placed_rows.executed_at AS executed_at, placed_rows.result_created_at AS result_created_at,
          placed_rows.provider_version_id AS provider_version_id, placed_rows.provider_version AS provider_version, placed_rows.recency AS recency,
          placed_rows.last_result_id AS last_result_id, placed_rows.greatness AS greatness
   FROM placed_rows
   WHERE placed_rows.last_result_id IS NULL
     AND placed_rows.recency = :recency_1
     OR placed_rows.last_result_id IS NOT NULL
     AND placed_rows.greatness = :greatness_1)
SELECT representatives.consumer_id, representatives.consumer, representatives.consumer_version_id, representatives.consumer_version,
       representatives.provider_id, representatives.provider, representatives.pact_id, representatives.revision_number, representatives.sha,
       representatives.pact_created_at, representatives.result_id, representatives.success, representatives.executed_at,
       representatives.result_created_at, representatives.provider_version_id, representatives.provider_version
FROM representatives
WHERE (representatives.success IS NULL
       AND :missing_counts = 1
       OR representatives.success IS 0
       AND :failures_count = 1)
  AND NOT (representatives.consumer_id IN (SELECT value FROM json_each(:ignored_pacticipant_ids))
           OR representatives.provider_id IN (SELECT value FROM json_each(:ignored_pacticipant_ids))
           OR representatives.consumer_version_id IN (SELECT value FROM json_each(:ignored_version_ids))
           OR coalesce(representatives.provider_version_id IN (SELECT value FROM json_each(:ignored_version_ids)), 0) = 1)
ORDER BY representatives.pact_id DESC, representatives.result_id DESC
LIMIT :param_3
OFFSET :param_4;

-- between versions and all versions of applications: the newest row that is not a success, latest by cp
WITH pairs AS
  (SELECT DISTINCT integrations.consumer_id AS consumer_id, integrations.provider_id AS provider_id
   FROM integrations
   WHERE integrations.consumer_id IN (SELECT value FROM json_each(:any_version_of))
     AND integrations.provider_id IN (SELECT value FROM json_each(:provider_ids))
     AND (integrations.consumer_id IN (SELECT value FROM json_each(:specified_ids))
          OR integrations.provider_id IN (SELECT value FROM json_each(:specified_ids)))),
     pacts AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id IN (SELECT value FROM json_each(:consumer_version_ids))
     AND pact_publications.provider_id IN (SELECT value FROM json_each(:provider_ids))
     AND (pact_publications.consumer_id IN (SELECT value FROM json_each(:specified_ids))
          OR pact_publications.provider_id IN (SELECT value FROM json_each(:specified_ids)))
     AND pact_publications.latest = 1
   UNION SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
                pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id,
                pact_publications.pact_version_id AS pact_version_id, pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pairs
   JOIN pact_publications ON pact_publications.consumer_id = pairs.consumer_id
   AND pact_publications.provider_id = pairs.provider_id
   AND pact_publications.latest = 1),
     matrix_rows AS
  (SELECT pacts.consumer_id AS consumer_id, consumers.name AS consumer, pacts.consumer_version_id AS consumer_version_id,
          consumer_versions.number AS consumer_version, pacts.provider_id AS provider_id, providers.name AS provider, pacts.id AS pact_id,
          pacts.revision_number AS revision_number, pact_versions.sha AS sha, pacts.created_at AS pact_created_at, verifications.id AS result_id,
          verifications.success AS success, verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
          verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM pacts
   JOIN pacticipants AS consumers ON consumers.id = pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = pacts.pact_version_id
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = pacts.pact_version_id
   AND verifications.latest = 1
   AND (verifications.provider_version_id IN (SELECT value FROM json_each(:provider_version_ids))
        OR pacts.provider_id IN (SELECT value FROM json_each(:any_version_of)))
   LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id),
     placed_rows AS
  (SELECT matrix_rows.consumer_id AS consumer_id, matrix_rows.consumer AS consumer, matrix_rows.consumer_version_id AS consumer_version_id,
          matrix_rows.consumer_version AS consumer_version, matrix_rows.provider_id AS provider_id, matrix_rows.provider AS provider,
          matrix_rows.pact_id AS pact_id, matrix_rows.revision_number AS revision_number, matrix_rows.sha AS sha,
          matrix_rows.pact_created_at AS pact_created_at, matrix_rows.result_id AS result_id, matrix_rows.success AS success,
          matrix_rows.executed_at AS executed_at, matrix_rows.result_created_at AS result_created_at,
          matrix_rows.provider_version_id AS provider_version_id, matrix_rows.provider_version AS provider_version,
          row_number() OVER (PARTITION BY matrix_rows.consumer_id, matrix_rows.provider_id
                             ORDER BY coalesce(matrix_rows.result_created_at,
                                        matrix_rows.pact_created_at) DESC, coalesce(matrix_rows.result_id,
                                                                             :coalesce_1) DESC, matrix_rows.pact_id DESC) AS recency,
          first_value(matrix_rows.result_id) OVER (PARTITION BY matrix_rows.consumer_id,
                                         matrix_rows.provider_id
                                                   ORDER BY coalesce(matrix_rows.result_created_at,
                                                              matrix_rows.pact_created_at) DESC, coalesce(matrix_rows.result_id,
                                                                                                   :coalesce_1) DESC, matrix_rows.pact_id DESC) AS last_result_id,
          row_number() OVER (PARTITION BY matrix_rows.consumer_id, matrix_rows.provider_id
                             ORDER BY coalesce(matrix_rows.provider_version_id, :coalesce_2) DESC, matrix_rows.consumer_version_id DESC, coalesce(matrix_rows.result_id,
                                                                                                                                           :coalesce_1) DESC) AS greatness
   FROM matrix_rows),
     representatives AS
  (SELECT placed_rows.consumer_id AS consumer_id, placed_rows.consumer AS consumer, placed_rows.consumer_version_id AS consumer_version_id,
          placed_rows.consumer_version AS consumer_version, placed_rows.provider_id AS provider_id, placed_rows.provider AS provider,
          placed_rows.pact_id AS pact_id, placed_rows.revision_number AS revision_number, placed_rows.sha AS sha,
          placed_rows.pact_created_at AS pact_created_at, placed_rows.result_id AS result_id, placed_rows.success AS success,
          placed_rows.executed_at AS executed_at, placed_rows.result_created_at AS result_created_at,
          placed_rows.provider_version_id AS provider_version_id, placed_rows.provider_version AS provider_version, placed_rows.recency AS recency,
          placed_rows.last_result_id AS last_result_id, placed_rows.greatness AS greatness
   FROM placed_rows
   WHERE placed_rows.last_result_id IS NULL
     AND placed_rows.recency = :recency_1
     OR placed_rows.last_result_id IS NOT NULL
     AND placed_rows.greatness = :greatness_1)
SELECT representatives.consumer_id, representatives.consumer, representatives.consumer_version_id, representatives.consumer_version,
       representatives.provider_id, representatives.provider, representatives.pact_id, representatives.revision_number, representatives.sha,
       representatives.pact_created_at, representatives.result_id, representatives.success, representatives.executed_at,
       representatives.result_created_at, representatives.provider_version_id, representatives.provider_version
FROM representatives
WHERE (representatives.success IS NULL
       AND :missing_counts = 1
       OR representatives.success IS 0
       AND :failures_count = 1)
  AND NOT (representatives.consumer_id IN (SELECT value FROM json_each(:ignored_pacticipant_ids))
           OR representatives.provider_id IN (SELECT value FROM json_each(:ignored_pacticipant_ids))
           OR representatives.consumer_version_id IN (SELECT value FROM json_each(:ignored_version_ids))
           OR coalesce(representatives.provider_version_id IN (SELECT value FROM json_each(:ignored_version_ids)), 0) = 1)
ORDER BY representatives.pact_id DESC, representatives.result_id DESC
LIMIT :param_1
OFFSET :param_2;
