-- around one version: all rows, every result
WITH own_pacts AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id = :version_id::INTEGER),
contents AS
  (SELECT DISTINCT verifications.pact_version_id AS pact_version_id
   FROM verifications
   WHERE verifications.provider_version_id = :version_id::INTEGER),
verified_pacts AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM contents
   JOIN pact_publications ON pact_publications.pact_version_id = contents.pact_version_id)
SELECT own_pacts.consumer_id, consumers.name AS consumer, own_pacts.consumer_version_id, consumer_versions.number AS consumer_version,
       own_pacts.provider_id, providers.name AS provider, own_pacts.id AS pact_id, own_pacts.revision_number, pact_versions.sha,
       own_pacts.created_at AS pact_created_at, verifications.id AS result_id, verifications.success, verifications.executed_at,
       verifications.created_at AS result_created_at, verifications.provider_version_id, provider_versions.number AS provider_version
FROM own_pacts
JOIN pacticipants AS consumers ON consumers.id = own_pacts.consumer_id
JOIN pacticipants AS providers ON providers.id = own_pacts.provider_id
JOIN versions AS consumer_versions ON consumer_versions.id = own_pacts.consumer_version_id
JOIN pact_versions ON pact_versions.id = own_pacts.pact_version_id
LEFT OUTER JOIN verifications ON verifications.pact_version_id = own_pacts.pact_version_id
LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id
UNION
SELECT verified_pacts.consumer_id, consumers.name AS consumer, verified_pacts.consumer_version_id,
       consumer_versions.number AS consumer_version, verified_pacts.provider_id, providers.name AS provider, verified_pacts.id AS pact_id,
       verified_pacts.revision_number, pact_versions.sha, verified_pacts.created_at AS pact_created_at, verifications.id AS result_id,
       verifications.success, verifications.executed_at, verifications.created_at AS result_created_at,
       verifications.provider_version_id, provider_versions.number AS provider_version
FROM verified_pacts
JOIN pacticipants AS consumers ON consumers.id = verified_pacts.consumer_id
JOIN pacticipants AS providers ON providers.id = verified_pacts.provider_id
JOIN versions AS consumer_versions ON consumer_versions.id = verified_pacts.consumer_version_id
JOIN pact_versions ON pact_versions.id = verified_pacts.pact_version_id
JOIN verifications ON verifications.pact_version_id = verified_pacts.pact_version_id
AND verifications.provider_version_id = :version_id::INTEGER
JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id;

-- around one version: all rows, latest by cvpv
-- around one version: all rows, latest by cp
WITH own_pacts AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id = :version_id::INTEGER
     AND pact_publications.latest),
contents AS
  (SELECT DISTINCT verifications.pact_version_id AS pact_version_id
   FROM verifications
   WHERE verifications.provider_version_id = :version_id::INTEGER),
verified_pacts AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM contents
   JOIN pact_publications ON pact_publications.pact_version_id = contents.pact_version_id
   AND pact_publications.latest)
SELECT own_pacts.consumer_id, consumers.name AS consumer, own_pacts.consumer_version_id, consumer_versions.number AS consumer_version,
       own_pacts.provider_id, providers.name AS provider, own_pacts.id AS pact_id, own_pacts.revision_number, pact_versions.sha,
       own_pacts.created_at AS pact_created_at, verifications.id AS result_id, verifications.success, verifications.executed_at,
       verifications.created_at AS result_created_at, verifications.provider_version_id, provider_versions.number AS provider_version
FROM own_pacts
JOIN pacticipants AS consumers ON consumers.id = own_pacts.consumer_id
JOIN pacticipants AS providers ON providers.id = own_pacts.provider_id
JOIN versions AS consumer_versions ON consumer_versions.id = own_pacts.consumer_version_id
JOIN pact_versions ON pact_versions.id = own_pacts.pact_version_id
LEFT OUTER JOIN verifications ON verifications.pact_version_id = own_pacts.pact_version_id
AND verifications.latest
LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id
UNION
SELECT verified_pacts.consumer_id, consumers.name AS consumer, verified_pacts.consumer_version_id,
       consumer_versions.number AS consumer_version, verified_pacts.provider_id, providers.name AS provider, verified_pacts.id AS pact_id,
       verified_pacts.revision_number, pact_versions.sha, verified_pacts.created_at AS pact_created_at, verifications.id AS result_id,
       verifications.success, verifications.executed_at, verifications.created_at AS result_created_at,
       verifications.provider_version_id, provider_versions.number AS provider_version
FROM verified_pacts
JOIN pacticipants AS consumers ON consumers.id = verified_pacts.consumer_id
JOIN pacticipants AS providers ON providers.id = verified_pacts.provider_id
JOIN versions AS consumer_versions ON consumer_versions.id = verified_pacts.consumer_version_id
JOIN pact_versions ON pact_versions.id = verified_pacts.pact_version_id
JOIN verifications ON verifications.pact_version_id = verified_pacts.pact_version_id
AND verifications.latest
AND verifications.provider_version_id = :version_id::INTEGER
JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id;

-- around one version: all rows, latest by cvp
WITH own_pacts AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id = :version_id::INTEGER
     AND pact_publications.latest),
contents AS
  (SELECT DISTINCT verifications.pact_version_id AS pact_version_id
   FROM verifications
   WHERE verifications.provider_version_id = :version_id::INTEGER),
verified_pacts AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM contents
   JOIN pact_publications ON pact_publications.pact_version_id = contents.pact_version_id
   AND pact_publications.latest)
SELECT own_pacts.consumer_id, consumers.name AS consumer, own_pacts.consumer_version_id, consumer_versions.number AS consumer_version,
       own_pacts.provider_id, providers.name AS provider, own_pacts.id AS pact_id, own_pacts.revision_number, pact_versions.sha,
       own_pacts.created_at AS pact_created_at, verifications.id AS result_id, verifications.success, verifications.executed_at,
       verifications.created_at AS result_created_at, verifications.provider_version_id, provider_versions.number AS provider_version
FROM own_pacts
JOIN pacticipants AS consumers ON consumers.id = own_pacts.consumer_id
JOIN pacticipants AS providers ON providers.id = own_pacts.provider_id
JOIN versions AS consumer_versions ON consumer_versions.id = own_pacts.consumer_version_id
JOIN pact_versions ON pact_versions.id = own_pacts.pact_version_id
LEFT OUTER JOIN verifications ON verifications.pact_version_id = own_pacts.pact_version_id
AND verifications.latest
AND verifications.provider_version_id =
  (SELECT other_results.provider_version_id
   FROM verifications AS other_results
   WHERE other_results.pact_version_id = own_pacts.pact_version_id
     AND other_results.latest
   ORDER BY other_results.provider_version_id DESC
   LIMIT :param_1::INTEGER)
LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id
UNION
SELECT verified_pacts.consumer_id, consumers.name AS consumer, verified_pacts.consumer_version_id,
       consumer_versions.number AS consumer_version, verified_pacts.provider_id, providers.name AS provider, verified_pacts.id AS pact_id,
       verified_pacts.revision_number, pact_versions.sha, verified_pacts.created_at AS pact_created_at, verifications.id AS result_id,
       verifications.success, verifications.executed_at, verifications.created_at AS result_created_at,
       verifications.provider_version_id, provider_versions.number AS provider_version
FROM verified_pacts
JOIN pacticipants AS consumers ON consumers.id = verified_pacts.consumer_id
JOIN pacticipants AS providers ON providers.id = verified_pacts.provider_id
JOIN versions AS consumer_versions ON consumer_versions.id = verified_pacts.consumer_version_id
JOIN pact_versions ON pact_versions.id = verified_pacts.pact_version_id
JOIN verifications ON verifications.pact_version_id = verified_pacts.pact_version_id
AND verifications.latest
AND verifications.provider_version_id =
  (SELECT other_results.provider_version_id
   FROM verifications AS other_results
   WHERE other_results.pact_version_id = verified_pacts.pact_version_id
     AND other_results.latest
     AND other_results.provider_version_id = :version_id::INTEGER
   ORDER BY other_results.provider_version_id DESC
   LIMIT :param_2::INTEGER)
JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id;

-- around one version: the newest rows, every result
WITH own_pacts_in_question AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id = :version_id::INTEGER),
     own_pacts AS
  (SELECT own_pacts_in_question.id AS id, own_pacts_in_question.consumer_id AS consumer_id,
          own_pacts_in_question.consumer_version_id AS consumer_version_id, own_pacts_in_question.provider_id AS provider_id,
          own_pacts_in_question.pact_version_id AS pact_version_id, own_pacts_in_question.revision_number AS revision_number,
          own_pacts_in_question.created_at AS created_at
   FROM own_pacts_in_question
   ORDER BY own_pacts_in_question.created_at DESC, own_pacts_in_question.provider_id, own_pacts_in_question.id DESC
   LIMIT :most::INTEGER),
contents AS
  (SELECT DISTINCT verifications.pact_version_id AS pact_version_id
   FROM verifications
   WHERE verifications.provider_version_id = :version_id::INTEGER),
verified_pacts_in_question AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM contents
   JOIN pact_publications ON pact_publications.pact_version_id = contents.pact_version_id
   AND pact_publications.consumer_version_id >= coalesce(
                                                           (SELECT newer_pacts.consumer_version_id
                                                            FROM pact_publications AS newer_pacts
                                                            WHERE newer_pacts.pact_version_id = contents.pact_version_id
                                                            ORDER BY newer_pacts.consumer_version_id DESC
                                                            LIMIT :param_2::INTEGER
                                                            OFFSET :more_than_enough::INTEGER), :coalesce_2::INTEGER)),
                                                                    verified_pacts AS
  (SELECT verified_pacts_in_question.id AS id, verified_pacts_in_question.consumer_id AS consumer_id,
          verified_pacts_in_question.consumer_version_id AS consumer_version_id, verified_pacts_in_question.provider_id AS provider_id,
          verified_pacts_in_question.pact_version_id AS pact_version_id, verified_pacts_in_question.revision_number AS revision_number,
          verified_pacts_in_question.created_at AS created_at
   FROM verified_pacts_in_question
   ORDER BY verified_pacts_in_question.created_at DESC, verified_pacts_in_question.provider_id, verified_pacts_in_question.id DESC
   LIMIT :most::INTEGER),
                                                                    matrix_rows AS
  (SELECT own_pacts.consumer_id AS consumer_id, consumers.name AS consumer, own_pacts.consumer_version_id AS consumer_version_id,
          consumer_versions.number AS consumer_version, own_pacts.provider_id AS provider_id, providers.name AS provider, own_pacts.id AS pact_id,
          own_pacts.revision_number AS revision_number, pact_versions.sha AS sha, own_pacts.created_at AS pact_created_at, verifications.id AS result_id,
          verifications.success AS success, verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
          verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM own_pacts
   JOIN pacticipants AS consumers ON consumers.id = own_pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = own_pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = own_pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = own_pacts.pact_version_id
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = own_pacts.pact_version_id
   AND verifications.id >= coalesce(
                                      (SELECT other_results.id
                                       FROM verifications AS other_results
                                       WHERE other_results.pact_version_id = own_pacts.pact_version_id
                                       ORDER BY other_results.id DESC
                                       LIMIT :param_1::INTEGER
                                       OFFSET :more_than_enough::INTEGER), :coalesce_1::INTEGER)
   LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id
   UNION SELECT verified_pacts.consumer_id AS consumer_id, consumers.name AS consumer, verified_pacts.consumer_version_id AS consumer_version_id,
                consumer_versions.number AS consumer_version, verified_pacts.provider_id AS provider_id, providers.name AS provider,
                verified_pacts.id AS pact_id, verified_pacts.revision_number AS revision_number, pact_versions.sha AS sha,
                verified_pacts.created_at AS pact_created_at, verifications.id AS result_id, verifications.success AS success,
                verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
                verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM verified_pacts
   JOIN pacticipants AS consumers ON consumers.id = verified_pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = verified_pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = verified_pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = verified_pacts.pact_version_id
   JOIN verifications ON verifications.pact_version_id = verified_pacts.pact_version_id
   AND verifications.provider_version_id = :version_id::INTEGER
   JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id)
SELECT matrix_rows.consumer_id, matrix_rows.consumer, matrix_rows.consumer_version_id, matrix_rows.consumer_version,
       matrix_rows.provider_id, matrix_rows.provider, matrix_rows.pact_id, matrix_rows.revision_number, matrix_rows.sha,
       matrix_rows.pact_created_at, matrix_rows.result_id, matrix_rows.success, matrix_rows.executed_at, matrix_rows.result_created_at,
       matrix_rows.provider_version_id, matrix_rows.provider_version
FROM matrix_rows
ORDER BY coalesce(matrix_rows.result_created_at, matrix_rows.pact_created_at) DESC, coalesce(matrix_rows.result_id,
                                                                                      :coalesce_3::INTEGER) DESC, matrix_rows.provider_id,
                                                                                                                  matrix_rows.pact_id DESC
LIMIT :most::INTEGER;

-- around one version: the newest rows, latest by cvpv
-- around one version: the newest rows, latest by cp
WITH own_pacts_in_question AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id = :version_id::INTEGER
     AND pact_publications.latest),
     own_pacts AS
  (SELECT own_pacts_in_question.id AS id, own_pacts_in_question.consumer_id AS consumer_id,
          own_pacts_in_question.consumer_version_id AS consumer_version_id, own_pacts_in_question.provider_id AS provider_id,
          own_pacts_in_question.pact_version_id AS pact_version_id, own_pacts_in_question.revision_number AS revision_number,
          own_pacts_in_question.created_at AS created_at
   FROM own_pacts_in_question
   ORDER BY own_pacts_in_question.created_at DESC, own_pacts_in_question.provider_id, own_pacts_in_question.id DESC
   LIMIT :most::INTEGER),
contents AS
  (SELECT DISTINCT verifications.pact_version_id AS pact_version_id
   FROM verifications
   WHERE verifications.provider_version_id = :version_id::INTEGER),
verified_pacts_in_question AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM contents
   JOIN pact_publications ON pact_publications.pact_version_id = contents.pact_version_id
   AND pact_publications.latest
   AND pact_publications.consumer_version_id >= coalesce(
                                                           (SELECT newer_pacts.consumer_version_id
                                                            FROM pact_publications AS newer_pacts
                                                            WHERE newer_pacts.pact_version_id = contents.pact_version_id
                                                              AND newer_pacts.latest
                                                            ORDER BY newer_pacts.consumer_version_id DESC
                                                            LIMIT :param_2::INTEGER
                                                            OFFSET :more_than_enough::INTEGER), :coalesce_2::INTEGER)),
                                                                    verified_pacts AS
  (SELECT verified_pacts_in_question.id AS id, verified_pacts_in_question.consumer_id AS consumer_id,
          verified_pacts_in_question.consumer_version_id AS consumer_version_id, verified_pacts_in_question.provider_id AS provider_id,
          verified_pacts_in_question.pact_version_id AS pact_version_id, verified_pacts_in_question.revision_number AS revision_number,
          verified_pacts_in_question.created_at AS created_at
   FROM verified_pacts_in_question
   ORDER BY verified_pacts_in_question.created_at DESC, verified_pacts_in_question.provider_id, verified_pacts_in_question.id DESC
   LIMIT :most::INTEGER),
                                                                    matrix_rows AS
  (SELECT own_pacts.consumer_id AS consumer_id, consumers.name AS consumer, own_pacts.consumer_version_id AS consumer_version_id,
          consumer_versions.number AS consumer_version, own_pacts.provider_id AS provider_id, providers.name AS provider, own_pacts.id AS pact_id,
          own_pacts.revision_number AS revision_number, pact_versions.sha AS sha, own_pacts.created_at AS pact_created_at, verifications.id AS result_id,
          verifications.success AS success, verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
          verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM own_pacts
   JOIN pacticipants AS consumers ON consumers.id = own_pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = own_pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = own_pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = own_pacts.pact_version_id
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = own_pacts.pact_version_id
   AND verifications.latest
   AND verifications.id >= coalesce(
                                      (SELECT other_results.id
                                       FROM verifications AS other_results
                                       WHERE other_results.pact_version_id = own_pacts.pact_version_id
                                         AND other_results.latest
                                       ORDER BY other_results.id DESC
                                       LIMIT :param_1::INTEGER
                                       OFFSET :more_than_enough::INTEGER), :coalesce_1::INTEGER)
   LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id
   UNION SELECT verified_pacts.consumer_id AS consumer_id, consumers.name AS consumer, verified_pacts.consumer_version_id AS consumer_version_id,
                consumer_versions.number AS consumer_version, verified_pacts.provider_id AS provider_id, providers.name AS provider,
                verified_pacts.id AS pact_id, verified_pacts.revision_number AS revision_number, pact_versions.sha AS sha,
                verified_pacts.created_at AS pact_created_at, verifications.id AS result_id, verifications.success AS success,
                verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
                verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM verified_pacts
   JOIN pacticipants AS consumers ON consumers.id = verified_pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = verified_pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = verified_pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = verified_pacts.pact_version_id
   JOIN verifications ON verifications.pact_version_id = verified_pacts.pact_version_id
   AND verifications.latest
   AND verifications.provider_version_id = :version_id::INTEGER
   JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id)
SELECT matrix_rows.consumer_id, matrix_rows.consumer, matrix_rows.consumer_version_id, matrix_rows.consumer_version,
       matrix_rows.provider_id, matrix_rows.provider, matrix_rows.pact_id, matrix_rows.revision_number, matrix_rows.sha,
       matrix_rows.pact_created_at, matrix_rows.result_id, matrix_rows.success, matrix_rows.executed_at, matrix_rows.result_created_at,
       matrix_rows.provider_version_id, matrix_rows.provider_version
FROM matrix_rows
ORDER BY coalesce(matrix_rows.result_created_at, matrix_rows.pact_created_at) DESC, coalesce(matrix_rows.result_id,
                                                                                      :coalesce_3::INTEGER) DESC, matrix_rows.provider_id,
                                                                                                                  matrix_rows.pact_id DESC
LIMIT :most::INTEGER;

-- around one version: the newest rows, latest by cvp
WITH own_pacts_in_question AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id = :version_id::INTEGER
     AND pact_publications.latest),
     own_pacts AS
  (SELECT own_pacts_in_question.id AS id, own_pacts_in_question.consumer_id AS consumer_id,
          own_pacts_in_question.consumer_version_id AS consumer_version_id, own_pacts_in_question.provider_id AS provider_id,
          own_pacts_in_question.pact_version_id AS pact_version_id, own_pacts_in_question.revision_number AS revision_number,
          own_pacts_in_question.created_at AS created_at
   FROM own_pacts_in_question
   ORDER BY own_pacts_in_question.created_at DESC, own_pacts_in_question.provider_id, own_pacts_in_question.id DESC
   LIMIT :most::INTEGER),
contents AS
  (SELECT DISTINCT verifications.pact_version_id AS pact_version_id
   FROM verifications
   WHERE verifications.provider_version_id = :version_id::INTEGER),
verified_pacts_in_question AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM contents
   JOIN pact_publications ON pact_publications.pact_version_id = contents.pact_version_id
   AND pact_publications.latest
   AND pact_publications.consumer_version_id >= coalesce(
                                                           (SELECT newer_pacts.consumer_version_id
                                                            FROM pact_publications AS newer_pacts
                                                            WHERE newer_pacts.pact_version_id = contents.pact_version_id
                                                              AND newer_pacts.latest
                                                            ORDER BY newer_pacts.consumer_version_id DESC
                                                            LIMIT :param_2::INTEGER
                                                            OFFSET :more_than_enough::INTEGER), :coalesce_1::INTEGER)),
                                                                    verified_pacts AS
  (SELECT verified_pacts_in_question.id AS id, verified_pacts_in_question.consumer_id AS consumer_id,
          verified_pacts_in_question.consumer_version_id AS consumer_version_id, verified_pacts_in_question.provider_id AS provider_id,
          verified_pacts_in_question.pact_version_id AS pact_version_id, verified_pacts_in_question.revision_number AS revision_number,
          verified_pacts_in_question.created_at AS created_at
   FROM verified_pacts_in_question
   ORDER BY verified_pacts_in_question.created_at DESC, verified_pacts_in_question.provider_id, verified_pacts_in_question.id DESC
   LIMIT :most::INTEGER),
                                                                    matrix_rows AS
  (SELECT own_pacts.consumer_id AS consumer_id, consumers.name AS consumer, own_pacts.consumer_version_id AS consumer_version_id,
          consumer_versions.number AS consumer_version, own_pacts.provider_id AS provider_id, providers.name AS provider, own_pacts.id AS pact_id,
          own_pacts.revision_number AS revision_number, pact_versions.sha AS sha, own_pacts.created_at AS pact_created_at, verifications.id AS result_id,
          verifications.success AS success, verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
          verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM own_pacts
   JOIN pacticipants AS consumers ON consumers.id = own_pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = own_pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = own_pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = own_pacts.pact_version_id
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = own_pacts.pact_version_id
   AND verifications.latest
   AND verifications.provider_version_id =
     (SELECT other_results.provider_version_id
      FROM verifications AS other_results
      WHERE other_results.pact_version_id = own_pacts.pact_version_id
        AND other_results.latest
      ORDER BY other_results.provider_version_id DESC
      LIMIT :param_1::INTEGER)
   LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id
   UNION SELECT verified_pacts.consumer_id AS consumer_id, consumers.name AS consumer, verified_pacts.consumer_version_id AS consumer_version_id,
                consumer_versions.number AS consumer_version, verified_pacts.provider_id AS provider_id, providers.name AS provider,
                verified_pacts.id AS pact_id, verified_pacts.revision_number AS revision_number, pact_versions.sha AS sha,
                verified_pacts.created_at AS pact_created_at, verifications.id AS result_id, verifications.success AS success,
                verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
                verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM verified_pacts
   JOIN pacticipants AS consumers ON consumers.id = verified_pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = verified_pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = verified_pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = verified_pacts.pact_version_id
   JOIN verifications ON verifications.pact_version_id = verified_pacts.pact_version_id
   AND verifications.latest
   AND verifications.provider_version_id =
     (SELECT other_results.provider_version_id
      FROM verifications AS other_results
      WHERE other_results.pact_version_id = verified_pacts.pact_version_id
        AND other_results.latest
        AND other_results.provider_version_id = :version_id::INTEGER
      ORDER BY other_results.provider_version_id DESC
      LIMIT :param_3::INTEGER)
   JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id)
SELECT matrix_rows.consumer_id, matrix_rows.consumer, matrix_rows.consumer_version_id, matrix_rows.consumer_version,
       matrix_rows.provider_id, matrix_rows.provider, matrix_rows.pact_id, matrix_rows.revision_number, matrix_rows.sha,
       matrix_rows.pact_created_at, matrix_rows.result_id, matrix_rows.success, matrix_rows.executed_at, matrix_rows.result_created_at,
       matrix_rows.provider_version_id, matrix_rows.provider_version
FROM matrix_rows
ORDER BY coalesce(matrix_rows.result_created_at, matrix_rows.pact_created_at) DESC, coalesce(matrix_rows.result_id,
                                                                                      :coalesce_2::INTEGER) DESC, matrix_rows.provider_id,
                                                                                                                  matrix_rows.pact_id DESC
LIMIT :most::INTEGER;

-- around one version: the rows of the newest pacts of all applications, every result
WITH newest_pacts_in_question AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.created_at >= coalesce(
                                                    (SELECT needed_pacts.created_at
                                                     FROM pact_publications AS needed_pacts
                                                     WHERE true
                                                     ORDER BY needed_pacts.created_at DESC
                                                     LIMIT :param_1::INTEGER
                                                     OFFSET :more_than_enough::INTEGER), :param_2::TIMESTAMP WITH TIME ZONE)),
     newest_pacts AS
  (SELECT newest_pacts_in_question.id AS id, newest_pacts_in_question.consumer_id AS consumer_id,
          newest_pacts_in_question.consumer_version_id AS consumer_version_id, newest_pacts_in_question.provider_id AS provider_id,
          newest_pacts_in_question.pact_version_id AS pact_version_id, newest_pacts_in_question.revision_number AS revision_number,
          newest_pacts_in_question.created_at AS created_at
   FROM newest_pacts_in_question
   ORDER BY newest_pacts_in_question.created_at DESC, newest_pacts_in_question.provider_id, newest_pacts_in_question.id DESC
   LIMIT :most::INTEGER),
     own_pacts AS
  (SELECT newest_pacts.id AS id, newest_pacts.consumer_id AS consumer_id, newest_pacts.consumer_version_id AS consumer_version_id,
          newest_pacts.provider_id AS provider_id, newest_pacts.pact_version_id AS pact_version_id, newest_pacts.revision_number AS revision_number,
          newest_pacts.created_at AS created_at
   FROM newest_pacts
   WHERE newest_pacts.consumer_version_id = :version_id::INTEGER),
     matrix_rows AS
  (SELECT own_pacts.consumer_id AS consumer_id, consumers.name AS consumer, own_pacts.consumer_version_id AS consumer_version_id,
          consumer_versions.number AS consumer_version, own_pacts.provider_id AS provider_id, providers.name AS provider, own_pacts.id AS pact_id,
          own_pacts.revision_number AS revision_number, pact_versions.sha AS sha, own_pacts.created_at AS pact_created_at, verifications.id AS result_id,
          verifications.success AS success, verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
          verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM own_pacts
   JOIN pacticipants AS consumers ON consumers.id = own_pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = own_pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = own_pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = own_pacts.pact_version_id
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = own_pacts.pact_version_id
   AND verifications.id >= coalesce(
                                      (SELECT other_results.id
                                       FROM verifications AS other_results
                                       WHERE other_results.pact_version_id = own_pacts.pact_version_id
                                       ORDER BY other_results.id DESC
                                       LIMIT :param_3::INTEGER
                                       OFFSET :more_than_enough::INTEGER), :coalesce_1::INTEGER)
   LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id
   UNION SELECT newest_pacts.consumer_id AS consumer_id, consumers.name AS consumer, newest_pacts.consumer_version_id AS consumer_version_id,
                consumer_versions.number AS consumer_version, newest_pacts.provider_id AS provider_id, providers.name AS provider, newest_pacts.id AS pact_id,
                newest_pacts.revision_number AS revision_number, pact_versions.sha AS sha, newest_pacts.created_at AS pact_created_at,
                verifications.id AS result_id, verifications.success AS success, verifications.executed_at AS executed_at,
                verifications.created_at AS result_created_at, verifications.provider_version_id AS provider_version_id,
                provider_versions.number AS provider_version
   FROM newest_pacts
   JOIN pacticipants AS consumers ON consumers.id = newest_pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = newest_pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = newest_pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = newest_pacts.pact_version_id
   JOIN verifications ON verifications.pact_version_id = newest_pacts.pact_version_id
   AND verifications.provider_version_id = :version_id::INTEGER
   JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id)
SELECT matrix_rows.consumer_id, matrix_rows.consumer, matrix_rows.consumer_version_id, matrix_rows.consumer_version,
       matrix_rows.provider_id, matrix_rows.provider, matrix_rows.pact_id, matrix_rows.revision_number, matrix_rows.sha,
       matrix_rows.pact_created_at, matrix_rows.result_id, matrix_rows.success, matrix_rows.executed_at, matrix_rows.result_created_at,
       matrix_rows.provider_version_id, matrix_rows.provider_version
FROM matrix_rows
ORDER BY coalesce(matrix_rows.result_created_at, matrix_rows.pact_created_at) DESC, coalesce(matrix_rows.result_id,
                                                                                      :coalesce_2::INTEGER) DESC, matrix_rows.provider_id,
                                                                                                                  matrix_rows.pact_id DESC
LIMIT :most::INTEGER;

-- around one version: the rows of the newest pacts of all applications, latest by cvpv
-- around one version: the rows of the newest pacts of all applications, latest by cp
WITH newest_pacts_in_question AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.created_at >= coalesce(
                                                    (SELECT needed_pacts.created_at
                                                     FROM pact_publications AS needed_pacts
                                                     WHERE needed_pacts.latest
                                                     ORDER BY needed_pacts.created_at DESC
                                                     LIMIT :param_1::INTEGER
                                                     OFFSET :more_than_enough::INTEGER), :param_2::TIMESTAMP WITH TIME ZONE)
     AND pact_publications.latest),
     newest_pacts AS
  (SELECT newest_pacts_in_question.id AS id, newest_pacts_in_question.consumer_id AS consumer_id,
          newest_pacts_in_question.consumer_version_id AS consumer_version_id, newest_pacts_in_question.provider_id AS provider_id,
          newest_pacts_in_question.pact_version_id AS pact_version_id, newest_pacts_in_question.revision_number AS revision_number,
          newest_pacts_in_question.created_at AS created_at
   FROM newest_pacts_in_question
   ORDER BY newest_pacts_in_question.created_at DESC, newest_pacts_in_question.provider_id, newest_pacts_in_question.id DESC
   LIMIT :most::INTEGER),
     own_pacts AS
  (SELECT newest_pacts.id AS id, newest_pacts.consumer_id AS consumer_id, newest_pacts.consumer_version_id AS consumer_version_id,
          newest_pacts.provider_id AS provider_id, newest_pacts.pact_version_id AS pact_version_id, newest_pacts.revision_number AS revision_number,
          newest_pacts.created_at AS created_at
   FROM newest_pacts
   WHERE newest_pacts.consumer_version_id = :version_id::INTEGER),
     matrix_rows AS
  (SELECT own_pacts.consumer_id AS consumer_id, consumers.name AS consumer, own_pacts.consumer_version_id AS consumer_version_id,
          consumer_versions.number AS consumer_version, own_pacts.provider_id AS provider_id, providers.name AS provider, own_pacts.id AS pact_id,
          own_pacts.revision_number AS revision_number, pact_versions.sha AS sha, own_pacts.created_at AS pact_created_at, verifications.id AS result_id,
          verifications.success AS success, verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
          verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM own_pacts
   JOIN pacticipants AS consumers ON consumers.id = own_pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = own_pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = own_pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = own_pacts.pact_version_id
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = own_pacts.pact_version_id
   AND verifications.latest
   AND verifications.id >= coalesce(
                                      (SELECT other_results.id
                                       FROM verifications AS other_results
                                       WHERE other_results.pact_version_id = own_pacts.pact_version_id
                                         AND other_results.latest
                                       ORDER BY other_results.id DESC
                                       LIMIT :param_3::INTEGER
                                       OFFSET :more_than_enough::INTEGER), :coalesce_1::INTEGER)
   LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id
   UNION SELECT newest_pacts.consumer_id AS consumer_id, consumers.name AS consumer, newest_pacts.consumer_version_id AS consumer_version_id,
                consumer_versions.number AS consumer_version, newest_pacts.provider_id AS provider_id, providers.name AS provider, newest_pacts.id AS pact_id,
                newest_pacts.revision_number AS revision_number, pact_versions.sha AS sha, newest_pacts.created_at AS pact_created_at,
                verifications.id AS result_id, verifications.success AS success, verifications.executed_at AS executed_at,
                verifications.created_at AS result_created_at, verifications.provider_version_id AS provider_version_id,
                provider_versions.number AS provider_version
   FROM newest_pacts
   JOIN pacticipants AS consumers ON consumers.id = newest_pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = newest_pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = newest_pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = newest_pacts.pact_version_id
   JOIN verifications ON verifications.pact_version_id = newest_pacts.pact_version_id
   AND verifications.latest
   AND verifications.provider_version_id = :version_id::INTEGER
   JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id)
SELECT matrix_rows.consumer_id, matrix_rows.consumer, matrix_rows.consumer_version_id, matrix_rows.consumer_version,
       matrix_rows.provider_id, matrix_rows.provider, matrix_rows.pact_id, matrix_rows.revision_number, matrix_rows.sha,
       matrix_rows.pact_created_at, matrix_rows.result_id, matrix_rows.success, matrix_rows.executed_at, matrix_rows.result_created_at,
       matrix_rows.provider_version_id, matrix_rows.provider_version
FROM matrix_rows
ORDER BY coalesce(matrix_rows.result_created_at, matrix_rows.pact_created_at) DESC, coalesce(matrix_rows.result_id,
                                                                                      :coalesce_2::INTEGER) DESC, matrix_rows.provider_id,
                                                                                                                  matrix_rows.pact_id DESC
LIMIT :most::INTEGER;

-- around one version: the rows of the newest pacts of all applications, latest by cvp
WITH newest_pacts_in_question AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.created_at >= coalesce(
                                                    (SELECT needed_pacts.created_at
                                                     FROM pact_publications AS needed_pacts
                                                     WHERE needed_pacts.latest
                                                     ORDER BY needed_pacts.created_at DESC
                                                     LIMIT :param_1::INTEGER
                                                     OFFSET :more_than_enough::INTEGER), :param_2::TIMESTAMP WITH TIME ZONE)
     AND pact_publications.latest),
     newest_pacts AS
  (SELECT newest_pacts_in_question.id AS id, newest_pacts_in_question.consumer_id AS consumer_id,
          newest_pacts_in_question.consumer_version_id AS consumer_version_id, newest_pacts_in_question.provider_id AS provider_id,
          newest_pacts_in_question.pact_version_id AS pact_version_id, newest_pacts_in_question.revision_number AS revision_number,
          newest_pacts_in_question.created_at AS created_at
   FROM newest_pacts_in_question
   ORDER BY newest_pacts_in_question.created_at DESC, newest_pacts_in_question.provider_id, newest_pacts_in_question.id DESC
   LIMIT :most::INTEGER),
     own_pacts AS
  (SELECT newest_pacts.id AS id, newest_pacts.consumer_id AS consumer_id, newest_pacts.consumer_version_id AS consumer_version_id,
          newest_pacts.provider_id AS provider_id, newest_pacts.pact_version_id AS pact_version_id, newest_pacts.revision_number AS revision_number,
          newest_pacts.created_at AS created_at
   FROM newest_pacts
   WHERE newest_pacts.consumer_version_id = :version_id::INTEGER),
     matrix_rows AS
  (SELECT own_pacts.consumer_id AS consumer_id, consumers.name AS consumer, own_pacts.consumer_version_id AS consumer_version_id,
          consumer_versions.number AS consumer_version, own_pacts.provider_id AS provider_id, providers.name AS provider, own_pacts.id AS pact_id,
          own_pacts.revision_number AS revision_number, pact_versions.sha AS sha, own_pacts.created_at AS pact_created_at, verifications.id AS result_id,
          verifications.success AS success, verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
          verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM own_pacts
   JOIN pacticipants AS consumers ON consumers.id = own_pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = own_pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = own_pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = own_pacts.pact_version_id
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = own_pacts.pact_version_id
   AND verifications.latest
   AND verifications.provider_version_id =
     (SELECT other_results.provider_version_id
      FROM verifications AS other_results
      WHERE other_results.pact_version_id = own_pacts.pact_version_id
        AND other_results.latest
      ORDER BY other_results.provider_version_id DESC
      LIMIT :param_3::INTEGER)
   LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id
   UNION SELECT newest_pacts.consumer_id AS consumer_id, consumers.name AS consumer, newest_pacts.consumer_version_id AS consumer_version_id,
                consumer_versions.number AS consumer_version, newest_pacts.provider_id AS provider_id, providers.name AS provider, newest_pacts.id AS pact_id,
                newest_pacts.revision_number AS revision_number, pact_versions.sha AS sha, newest_pacts.created_at AS pact_created_at,
                verifications.id AS result_id, verifications.success AS success, verifications.executed_at AS executed_at,
                verifications.created_at AS result_created_at, verifications.provider_version_id AS provider_version_id,
                provider_versions.number AS provider_version
   FROM newest_pacts
   JOIN pacticipants AS consumers ON consumers.id = newest_pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = newest_pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = newest_pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = newest_pacts.pact_version_id
   JOIN verifications ON verifications.pact_version_id = newest_pacts.pact_version_id
   AND verifications.latest
   AND verifications.provider_version_id =
     (SELECT other_results.provider_version_id
      FROM verifications AS other_results
      WHERE other_results.pact_version_id = newest_pacts.pact_version_id
        AND other_results.latest
        AND other_results.provider_version_id = :version_id::INTEGER
      ORDER BY other_results.provider_version_id DESC
      LIMIT :param_4::INTEGER)
   JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id)
SELECT matrix_rows.consumer_id, matrix_rows.consumer, matrix_rows.consumer_version_id, matrix_rows.consumer_version,
       matrix_rows.provider_id, matrix_rows.provider, matrix_rows.pact_id, matrix_rows.revision_number, matrix_rows.sha,
       matrix_rows.pact_created_at, matrix_rows.result_id, matrix_rows.success, matrix_rows.executed_at, matrix_rows.result_created_at,
       matrix_rows.provider_version_id, matrix_rows.provider_version
FROM matrix_rows
ORDER BY coalesce(matrix_rows.result_created_at, matrix_rows.pact_created_at) DESC, coalesce(matrix_rows.result_id,
                                                                                      :coalesce_1::INTEGER) DESC, matrix_rows.provider_id,
                                                                                                                  matrix_rows.pact_id DESC
LIMIT :most::INTEGER;

-- around one version: the newest row that is not a success, every result
WITH own_pacts AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id = :version_id::INTEGER),
contents AS
  (SELECT DISTINCT verifications.pact_version_id AS pact_version_id
   FROM verifications
   WHERE verifications.provider_version_id = :version_id::INTEGER),
verified_pacts AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM contents
   JOIN pact_publications ON pact_publications.pact_version_id = contents.pact_version_id),
                                                                    matrix_rows AS
  (SELECT own_pacts.consumer_id AS consumer_id, consumers.name AS consumer, own_pacts.consumer_version_id AS consumer_version_id,
          consumer_versions.number AS consumer_version, own_pacts.provider_id AS provider_id, providers.name AS provider, own_pacts.id AS pact_id,
          own_pacts.revision_number AS revision_number, pact_versions.sha AS sha, own_pacts.created_at AS pact_created_at, verifications.id AS result_id,
          verifications.success AS success, verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
          verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM own_pacts
   JOIN pacticipants AS consumers ON consumers.id = own_pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = own_pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = own_pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = own_pacts.pact_version_id
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = own_pacts.pact_version_id
   LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id
   UNION SELECT verified_pacts.consumer_id AS consumer_id, consumers.name AS consumer, verified_pacts.consumer_version_id AS consumer_version_id,
                consumer_versions.number AS consumer_version, verified_pacts.provider_id AS provider_id, providers.name AS provider,
                verified_pacts.id AS pact_id, verified_pacts.revision_number AS revision_number, pact_versions.sha AS sha,
                verified_pacts.created_at AS pact_created_at, verifications.id AS result_id, verifications.success AS success,
                verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
                verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM verified_pacts
   JOIN pacticipants AS consumers ON consumers.id = verified_pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = verified_pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = verified_pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = verified_pacts.pact_version_id
   JOIN verifications ON verifications.pact_version_id = verified_pacts.pact_version_id
   AND verifications.provider_version_id = :version_id::INTEGER
   JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id)
SELECT matrix_rows.consumer_id, matrix_rows.consumer, matrix_rows.consumer_version_id, matrix_rows.consumer_version,
       matrix_rows.provider_id, matrix_rows.provider, matrix_rows.pact_id, matrix_rows.revision_number, matrix_rows.sha,
       matrix_rows.pact_created_at, matrix_rows.result_id, matrix_rows.success, matrix_rows.executed_at, matrix_rows.result_created_at,
       matrix_rows.provider_version_id, matrix_rows.provider_version
FROM matrix_rows
WHERE (matrix_rows.success IS NULL
       AND :missing_counts
       OR matrix_rows.success IS false
       AND :failures_count)
  AND NOT (matrix_rows.consumer_id = ANY(:ignored_pacticipant_ids::BIGINT[])
           OR matrix_rows.provider_id = ANY(:ignored_pacticipant_ids::BIGINT[])
           OR matrix_rows.consumer_version_id = ANY(:ignored_version_ids::BIGINT[])
           OR coalesce(matrix_rows.provider_version_id = ANY(:ignored_version_ids::BIGINT[]), false))
ORDER BY matrix_rows.pact_id DESC, matrix_rows.result_id DESC
LIMIT :param_1::INTEGER;

-- around one version: the newest row that is not a success, latest by cvpv
WITH own_pacts AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id = :version_id::INTEGER
     AND pact_publications.latest),
contents AS
  (SELECT DISTINCT verifications.pact_version_id AS pact_version_id
   FROM verifications
   WHERE verifications.provider_version_id = :version_id::INTEGER),
verified_pacts AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM contents
   JOIN pact_publications ON pact_publications.pact_version_id = contents.pact_version_id
   AND pact_publications.latest),
                                                                    matrix_rows AS
  (SELECT own_pacts.consumer_id AS consumer_id, consumers.name AS consumer, own_pacts.consumer_version_id AS consumer_version_id,
          consumer_versions.number AS consumer_version, own_pacts.provider_id AS provider_id, providers.name AS provider, own_pacts.id AS pact_id,
          own_pacts.revision_number AS revision_number, pact_versions.sha AS sha, own_pacts.created_at AS pact_created_at, verifications.id AS result_id,
          verifications.success AS success, verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
          verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM own_pacts
   JOIN pacticipants AS consumers ON consumers.id = own_pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = own_pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = own_pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = own_pacts.pact_version_id
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = own_pacts.pact_version_id
   AND verifications.latest
   LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id
   UNION SELECT verified_pacts.consumer_id AS consumer_id, consumers.name AS consumer, verified_pacts.consumer_version_id AS consumer_version_id,
                consumer_versions.number AS consumer_version, verified_pacts.provider_id AS provider_id, providers.name AS provider,
                verified_pacts.id AS pact_id, verified_pacts.revision_number AS revision_number, pact_versions.sha AS sha,
                verified_pacts.created_at AS pact_created_at, verifications.id AS result_id, verifications.success AS success,
                verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
                verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM verified_pacts
   JOIN pacticipants AS consumers ON consumers.id = verified_pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = verified_pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = verified_pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = verified_pacts.pact_version_id
   JOIN verifications ON verifications.pact_version_id = verified_pacts.pact_version_id
   AND verifications.latest
   AND verifications.provider_version_id = :version_id::INTEGER
   JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id)
SELECT matrix_rows.consumer_id, matrix_rows.consumer, matrix_rows.consumer_version_id, matrix_rows.consumer_version,
       matrix_rows.provider_id, matrix_rows.provider, matrix_rows.pact_id, matrix_rows.revision_number, matrix_rows.sha,
       matrix_rows.pact_created_at, matrix_rows.result_id, matrix_rows.success, matrix_rows.executed_at, matrix_rows.result_created_at,
       matrix_rows.provider_version_id, matrix_rows.provider_version
FROM matrix_rows
WHERE (matrix_rows.success IS NULL
       AND :missing_counts
       OR matrix_rows.success IS false
       AND :failures_count)
  AND NOT (matrix_rows.consumer_id = ANY(:ignored_pacticipant_ids::BIGINT[])
           OR matrix_rows.provider_id = ANY(:ignored_pacticipant_ids::BIGINT[])
           OR matrix_rows.consumer_version_id = ANY(:ignored_version_ids::BIGINT[])
           OR coalesce(matrix_rows.provider_version_id = ANY(:ignored_version_ids::BIGINT[]), false))
ORDER BY matrix_rows.pact_id DESC, matrix_rows.result_id DESC
LIMIT :param_1::INTEGER;

-- around one version: the newest row that is not a success, latest by cvp
WITH own_pacts AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id = :version_id::INTEGER
     AND pact_publications.latest),
contents AS
  (SELECT DISTINCT verifications.pact_version_id AS pact_version_id
   FROM verifications
   WHERE verifications.provider_version_id = :version_id::INTEGER),
verified_pacts AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM contents
   JOIN pact_publications ON pact_publications.pact_version_id = contents.pact_version_id
   AND pact_publications.latest),
                                                                    matrix_rows AS
  (SELECT own_pacts.consumer_id AS consumer_id, consumers.name AS consumer, own_pacts.consumer_version_id AS consumer_version_id,
          consumer_versions.number AS consumer_version, own_pacts.provider_id AS provider_id, providers.name AS provider, own_pacts.id AS pact_id,
          own_pacts.revision_number AS revision_number, pact_versions.sha AS sha, own_pacts.created_at AS pact_created_at, verifications.id AS result_id,
          verifications.success AS success, verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
          verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM own_pacts
   JOIN pacticipants AS consumers ON consumers.id = own_pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = own_pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = own_pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = own_pacts.pact_version_id
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = own_pacts.pact_version_id
   AND verifications.latest
   AND verifications.provider_version_id =
     (SELECT other_results.provider_version_id
      FROM verifications AS other_results
      WHERE other_results.pact_version_id = own_pacts.pact_version_id
        AND other_results.latest
      ORDER BY other_results.provider_version_id DESC
      LIMIT :param_1::INTEGER)
   LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id
   UNION SELECT verified_pacts.consumer_id AS consumer_id, consumers.name AS consumer, verified_pacts.consumer_version_id AS consumer_version_id,
                consumer_versions.number AS consumer_version, verified_pacts.provider_id AS provider_id, providers.name AS provider,
                verified_pacts.id AS pact_id, verified_pacts.revision_number AS revision_number, pact_versions.sha AS sha,
                verified_pacts.created_at AS pact_created_at, verifications.id AS result_id, verifications.success AS success,
                verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
                verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM verified_pacts
   JOIN pacticipants AS consumers ON consumers.id = verified_pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = verified_pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = verified_pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = verified_pacts.pact_version_id
   JOIN verifications ON verifications.pact_version_id = verified_pacts.pact_version_id
   AND verifications.latest
   AND verifications.provider_version_id =
     (SELECT other_results.provider_version_id
      FROM verifications AS other_results
      WHERE other_results.pact_version_id = verified_pacts.pact_version_id
        AND other_results.latest
        AND other_results.provider_version_id = :version_id::INTEGER
      ORDER BY other_results.provider_version_id DESC
      LIMIT :param_2::INTEGER)
   JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id),
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
                                                                             :coalesce_1::INTEGER) DESC, matrix_rows.pact_id DESC) AS recency,
          first_value(matrix_rows.result_id) OVER (PARTITION BY matrix_rows.consumer_version_id,
                                         matrix_rows.provider_id
                                                   ORDER BY coalesce(matrix_rows.result_created_at,
                                                              matrix_rows.pact_created_at) DESC, coalesce(matrix_rows.result_id,
                                                                                                   :coalesce_1::INTEGER) DESC, matrix_rows.pact_id DESC) AS last_result_id,
          row_number() OVER (PARTITION BY matrix_rows.consumer_version_id, matrix_rows.provider_id
                             ORDER BY coalesce(matrix_rows.provider_version_id,
                                        :coalesce_2::INTEGER) DESC, matrix_rows.consumer_version_id DESC, coalesce(matrix_rows.result_id,
                                                                                                            :coalesce_1::INTEGER) DESC) AS greatness
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
     AND placed_rows.recency = :recency_1::INTEGER
     OR placed_rows.last_result_id IS NOT NULL
     AND placed_rows.greatness = :greatness_1::INTEGER)
SELECT representatives.consumer_id, representatives.consumer, representatives.consumer_version_id, representatives.consumer_version,
       representatives.provider_id, representatives.provider, representatives.pact_id, representatives.revision_number, representatives.sha,
       representatives.pact_created_at, representatives.result_id, representatives.success, representatives.executed_at,
       representatives.result_created_at, representatives.provider_version_id, representatives.provider_version
FROM representatives
WHERE (representatives.success IS NULL
       AND :missing_counts
       OR representatives.success IS false
       AND :failures_count)
  AND NOT (representatives.consumer_id = ANY(:ignored_pacticipant_ids::BIGINT[])
           OR representatives.provider_id = ANY(:ignored_pacticipant_ids::BIGINT[])
           OR representatives.consumer_version_id = ANY(:ignored_version_ids::BIGINT[])
           OR coalesce(representatives.provider_version_id = ANY(:ignored_version_ids::BIGINT[]), false))
ORDER BY representatives.pact_id DESC, representatives.result_id DESC
LIMIT :param_3::INTEGER;

-- around one version: the newest row that is not a success, latest by cp
WITH own_pacts AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM pact_publications
   WHERE pact_publications.consumer_version_id = :version_id::INTEGER
     AND pact_publications.latest),
contents AS
  (SELECT DISTINCT verifications.pact_version_id AS pact_version_id
   FROM verifications
   WHERE verifications.provider_version_id = :version_id::INTEGER),
verified_pacts AS
  (SELECT pact_publications.id AS id, pact_publications.consumer_id AS consumer_id,
          pact_publications.consumer_version_id AS consumer_version_id, pact_publications.provider_id AS provider_id, pact_publications.pact_version_id AS pact_version_id,
          pact_publications.revision_number AS revision_number, pact_publications.created_at AS created_at
   FROM contents
   JOIN pact_publications ON pact_publications.pact_version_id = contents.pact_version_id
   AND pact_publications.latest),
                                                                    matrix_rows AS
  (SELECT own_pacts.consumer_id AS consumer_id, consumers.name AS consumer, own_pacts.consumer_version_id AS consumer_version_id,
          consumer_versions.number AS consumer_version, own_pacts.provider_id AS provider_id, providers.name AS provider, own_pacts.id AS pact_id,
          own_pacts.revision_number AS revision_number, pact_versions.sha AS sha, own_pacts.created_at AS pact_created_at, verifications.id AS result_id,
          verifications.success AS success, verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
          verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM own_pacts
   JOIN pacticipants AS consumers ON consumers.id = own_pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = own_pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = own_pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = own_pacts.pact_version_id
   LEFT OUTER JOIN verifications ON verifications.pact_version_id = own_pacts.pact_version_id
   AND verifications.latest
   LEFT OUTER JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id
   UNION SELECT verified_pacts.consumer_id AS consumer_id, consumers.name AS consumer, verified_pacts.consumer_version_id AS consumer_version_id,
                consumer_versions.number AS consumer_version, verified_pacts.provider_id AS provider_id, providers.name AS provider,
                verified_pacts.id AS pact_id, verified_pacts.revision_number AS revision_number, pact_versions.sha AS sha,
                verified_pacts.created_at AS pact_created_at, verifications.id AS result_id, verifications.success AS success,
                verifications.executed_at AS executed_at, verifications.created_at AS result_created_at,
                verifications.provider_version_id AS provider_version_id, provider_versions.number AS provider_version
   FROM verified_pacts
   JOIN pacticipants AS consumers ON consumers.id = verified_pacts.consumer_id
   JOIN pacticipants AS providers ON providers.id = verified_pacts.provider_id
   JOIN versions AS consumer_versions ON consumer_versions.id = verified_pacts.consumer_version_id
   JOIN pact_versions ON pact_versions.id = verified_pacts.pact_version_id
   JOIN verifications ON verifications.pact_version_id = verified_pacts.pact_version_id
   AND verifications.latest
   AND verifications.provider_version_id = :version_id::INTEGER
   JOIN versions AS provider_versions ON provider_versions.id = verifications.provider_version_id),
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
                                                                             :coalesce_1::INTEGER) DESC, matrix_rows.pact_id DESC) AS recency,
          first_value(matrix_rows.result_id) OVER (PARTITION BY matrix_rows.consumer_id,
                                         matrix_rows.provider_id
                                                   ORDER BY coalesce(matrix_rows.result_created_at,
                                                              matrix_rows.pact_created_at) DESC, coalesce(matrix_rows.result_id,
                                                                                                   :coalesce_1::INTEGER) DESC, matrix_rows.pact_id DESC) AS last_result_id,
          row_number() OVER (PARTITION BY matrix_rows.consumer_id, matrix_rows.provider_id
                             ORDER BY coalesce(matrix_rows.provider_version_id,
                                        :coalesce_2::INTEGER) DESC, matrix_rows.consumer_version_id DESC, coalesce(matrix_rows.result_id,
                                                                                                            :coalesce_1::INTEGER) DESC) AS greatness
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
     AND placed_rows.recency = :recency_1::INTEGER
     OR placed_rows.last_result_id IS NOT NULL
     AND placed_rows.greatness = :greatness_1::INTEGER)
SELECT representatives.consumer_id, representatives.consumer, representatives.consumer_version_id, representatives.consumer_version,
       representatives.provider_id, representatives.provider, representatives.pact_id, representatives.revision_number, representatives.sha,
       representatives.pact_created_at, representatives.result_id, representatives.success, representatives.executed_at,
       representatives.result_created_at, representatives.provider_version_id, representatives.provider_version
FROM representatives
WHERE (representatives.success IS NULL
       AND :missing_counts
       OR representatives.success IS false
       AND :failures_count)
  AND NOT (representatives.consumer_id = ANY(:ignored_pacticipant_ids::BIGINT[])
           OR representatives.provider_id = ANY(:ignored_pacticipant_ids::BIGINT[])
           OR representatives.consumer_version_id = ANY(:ignored_version_ids::BIGINT[])
           OR coalesce(representatives.provider_version_id = ANY(:ignored_version_ids::BIGINT[]), false))
ORDER BY representatives.pact_id DESC, representatives.result_id DESC
LIMIT :param_1::INTEGER;
