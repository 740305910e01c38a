-- the latest version: any
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN pacticipants ON pacticipants.id = versions.pacticipant_id
   WHERE pacticipants.id = ANY(:ids_0::BIGINT[])
     AND versions.id =
       (SELECT max(inner_versions.id) AS max_1
        FROM versions AS inner_versions
        WHERE inner_versions.pacticipant_id = pacticipants.id))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: Numbered
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   WHERE versions.number = :Numbered_0::VARCHAR
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: OnBranch
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branch_versions AS "OnBranch_versions" ON "OnBranch_versions".version_id = versions.id
   JOIN branches AS "OnBranch" ON "OnBranch".id = "OnBranch_versions".branch_id
   WHERE "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- the latest version: OnBranch
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branches AS "OnBranch" ON "OnBranch".head_version_id = versions.id
   WHERE "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: Tagged
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN tags ON tags.version_id = versions.id
   WHERE tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- the latest version: Tagged
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN tag_heads ON tag_heads.version_id = versions.id
   WHERE tag_heads.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tag_heads.name = :Tagged_0::VARCHAR)
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: OnMainBranch
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branch_versions AS "OnMainBranch_versions" ON "OnMainBranch_versions".version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".id = "OnMainBranch_versions".branch_id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   WHERE "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- the latest version: OnMainBranch
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".head_version_id = versions.id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   WHERE "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- the latest version: InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   WHERE versions.id IN
       (SELECT max(versions.id) AS max_1
        FROM versions
        JOIN present_0 ON present_0.version_id = versions.id
        WHERE versions.pacticipant_id = ANY(:ids_0::BIGINT[])
        GROUP BY versions.pacticipant_id))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: Numbered and OnBranch
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branch_versions AS "OnBranch_versions" ON "OnBranch_versions".version_id = versions.id
   JOIN branches AS "OnBranch" ON "OnBranch".id = "OnBranch_versions".branch_id
   WHERE versions.number = :Numbered_0::VARCHAR
     AND "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: Numbered and Tagged
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN tags ON tags.version_id = versions.id
   WHERE versions.number = :Numbered_0::VARCHAR
     AND tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: Numbered and OnMainBranch
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branch_versions AS "OnMainBranch_versions" ON "OnMainBranch_versions".version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".id = "OnMainBranch_versions".branch_id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   WHERE versions.number = :Numbered_0::VARCHAR
     AND "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: Numbered and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE versions.number = :Numbered_0::VARCHAR
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: OnBranch and Tagged
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branch_versions AS "OnBranch_versions" ON "OnBranch_versions".version_id = versions.id
   JOIN branches AS "OnBranch" ON "OnBranch".id = "OnBranch_versions".branch_id
   JOIN tags ON tags.version_id = versions.id
   WHERE "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- the latest version: OnBranch and Tagged
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branches AS "OnBranch" ON "OnBranch".head_version_id = versions.id
   JOIN tags ON tags.version_id = versions.id
   WHERE "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: OnBranch and OnMainBranch
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branch_versions AS "OnBranch_versions" ON "OnBranch_versions".version_id = versions.id
   JOIN branches AS "OnBranch" ON "OnBranch".id = "OnBranch_versions".branch_id
   JOIN branch_versions AS "OnMainBranch_versions" ON "OnMainBranch_versions".version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".id = "OnMainBranch_versions".branch_id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   WHERE "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- the latest version: OnBranch and OnMainBranch
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branches AS "OnBranch" ON "OnBranch".head_version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".head_version_id = versions.id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   WHERE "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: OnBranch and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branch_versions AS "OnBranch_versions" ON "OnBranch_versions".version_id = versions.id
   JOIN branches AS "OnBranch" ON "OnBranch".id = "OnBranch_versions".branch_id
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- the latest version: OnBranch and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branches AS "OnBranch" ON "OnBranch".head_version_id = versions.id
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: Tagged and OnMainBranch
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN tags ON tags.version_id = versions.id
   JOIN branch_versions AS "OnMainBranch_versions" ON "OnMainBranch_versions".version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".id = "OnMainBranch_versions".branch_id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   WHERE tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- the latest version: Tagged and OnMainBranch
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN tags ON tags.version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".head_version_id = versions.id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   WHERE tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: Tagged and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN tags ON tags.version_id = versions.id
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- the latest version: Tagged and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   WHERE versions.id IN
       (SELECT max(versions.id) AS max_1
        FROM versions
        JOIN tags ON tags.version_id = versions.id
        JOIN present_0 ON present_0.version_id = versions.id
        WHERE tags.pacticipant_id = ANY(:ids_0::BIGINT[])
          AND tags.name = :Tagged_0::VARCHAR
          AND versions.pacticipant_id = ANY(:ids_0::BIGINT[])
        GROUP BY versions.pacticipant_id))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: OnMainBranch and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branch_versions AS "OnMainBranch_versions" ON "OnMainBranch_versions".version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".id = "OnMainBranch_versions".branch_id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- the latest version: OnMainBranch and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".head_version_id = versions.id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: Numbered and OnBranch and Tagged
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branch_versions AS "OnBranch_versions" ON "OnBranch_versions".version_id = versions.id
   JOIN branches AS "OnBranch" ON "OnBranch".id = "OnBranch_versions".branch_id
   JOIN tags ON tags.version_id = versions.id
   WHERE versions.number = :Numbered_0::VARCHAR
     AND "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: Numbered and OnBranch and OnMainBranch
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branch_versions AS "OnBranch_versions" ON "OnBranch_versions".version_id = versions.id
   JOIN branches AS "OnBranch" ON "OnBranch".id = "OnBranch_versions".branch_id
   JOIN branch_versions AS "OnMainBranch_versions" ON "OnMainBranch_versions".version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".id = "OnMainBranch_versions".branch_id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   WHERE versions.number = :Numbered_0::VARCHAR
     AND "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: Numbered and OnBranch and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branch_versions AS "OnBranch_versions" ON "OnBranch_versions".version_id = versions.id
   JOIN branches AS "OnBranch" ON "OnBranch".id = "OnBranch_versions".branch_id
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE versions.number = :Numbered_0::VARCHAR
     AND "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: Numbered and Tagged and OnMainBranch
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN tags ON tags.version_id = versions.id
   JOIN branch_versions AS "OnMainBranch_versions" ON "OnMainBranch_versions".version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".id = "OnMainBranch_versions".branch_id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   WHERE versions.number = :Numbered_0::VARCHAR
     AND tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: Numbered and Tagged and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN tags ON tags.version_id = versions.id
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE versions.number = :Numbered_0::VARCHAR
     AND tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: Numbered and OnMainBranch and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branch_versions AS "OnMainBranch_versions" ON "OnMainBranch_versions".version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".id = "OnMainBranch_versions".branch_id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE versions.number = :Numbered_0::VARCHAR
     AND "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: OnBranch and Tagged and OnMainBranch
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branch_versions AS "OnBranch_versions" ON "OnBranch_versions".version_id = versions.id
   JOIN branches AS "OnBranch" ON "OnBranch".id = "OnBranch_versions".branch_id
   JOIN tags ON tags.version_id = versions.id
   JOIN branch_versions AS "OnMainBranch_versions" ON "OnMainBranch_versions".version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".id = "OnMainBranch_versions".branch_id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   WHERE "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- the latest version: OnBranch and Tagged and OnMainBranch
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branches AS "OnBranch" ON "OnBranch".head_version_id = versions.id
   JOIN tags ON tags.version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".head_version_id = versions.id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   WHERE "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: OnBranch and Tagged and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branch_versions AS "OnBranch_versions" ON "OnBranch_versions".version_id = versions.id
   JOIN branches AS "OnBranch" ON "OnBranch".id = "OnBranch_versions".branch_id
   JOIN tags ON tags.version_id = versions.id
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- the latest version: OnBranch and Tagged and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branches AS "OnBranch" ON "OnBranch".head_version_id = versions.id
   JOIN tags ON tags.version_id = versions.id
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: OnBranch and OnMainBranch and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branch_versions AS "OnBranch_versions" ON "OnBranch_versions".version_id = versions.id
   JOIN branches AS "OnBranch" ON "OnBranch".id = "OnBranch_versions".branch_id
   JOIN branch_versions AS "OnMainBranch_versions" ON "OnMainBranch_versions".version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".id = "OnMainBranch_versions".branch_id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- the latest version: OnBranch and OnMainBranch and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branches AS "OnBranch" ON "OnBranch".head_version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".head_version_id = versions.id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: Tagged and OnMainBranch and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN tags ON tags.version_id = versions.id
   JOIN branch_versions AS "OnMainBranch_versions" ON "OnMainBranch_versions".version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".id = "OnMainBranch_versions".branch_id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- the latest version: Tagged and OnMainBranch and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN tags ON tags.version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".head_version_id = versions.id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: Numbered and OnBranch and Tagged and OnMainBranch
WITH selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branch_versions AS "OnBranch_versions" ON "OnBranch_versions".version_id = versions.id
   JOIN branches AS "OnBranch" ON "OnBranch".id = "OnBranch_versions".branch_id
   JOIN tags ON tags.version_id = versions.id
   JOIN branch_versions AS "OnMainBranch_versions" ON "OnMainBranch_versions".version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".id = "OnMainBranch_versions".branch_id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   WHERE versions.number = :Numbered_0::VARCHAR
     AND "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: Numbered and OnBranch and Tagged and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branch_versions AS "OnBranch_versions" ON "OnBranch_versions".version_id = versions.id
   JOIN branches AS "OnBranch" ON "OnBranch".id = "OnBranch_versions".branch_id
   JOIN tags ON tags.version_id = versions.id
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE versions.number = :Numbered_0::VARCHAR
     AND "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: Numbered and OnBranch and OnMainBranch and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branch_versions AS "OnBranch_versions" ON "OnBranch_versions".version_id = versions.id
   JOIN branches AS "OnBranch" ON "OnBranch".id = "OnBranch_versions".branch_id
   JOIN branch_versions AS "OnMainBranch_versions" ON "OnMainBranch_versions".version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".id = "OnMainBranch_versions".branch_id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE versions.number = :Numbered_0::VARCHAR
     AND "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: Numbered and Tagged and OnMainBranch and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN tags ON tags.version_id = versions.id
   JOIN branch_versions AS "OnMainBranch_versions" ON "OnMainBranch_versions".version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".id = "OnMainBranch_versions".branch_id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE versions.number = :Numbered_0::VARCHAR
     AND tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: OnBranch and Tagged and OnMainBranch and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branch_versions AS "OnBranch_versions" ON "OnBranch_versions".version_id = versions.id
   JOIN branches AS "OnBranch" ON "OnBranch".id = "OnBranch_versions".branch_id
   JOIN tags ON tags.version_id = versions.id
   JOIN branch_versions AS "OnMainBranch_versions" ON "OnMainBranch_versions".version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".id = "OnMainBranch_versions".branch_id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- the latest version: OnBranch and Tagged and OnMainBranch and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branches AS "OnBranch" ON "OnBranch".head_version_id = versions.id
   JOIN tags ON tags.version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".head_version_id = versions.id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;

-- versions: Numbered and OnBranch and Tagged and OnMainBranch and InEnvironment
WITH present_0 AS
  (SELECT deployed_versions.environment_id AS environment_id, deployed_versions.pacticipant_id AS pacticipant_id, deployed_versions.version_id AS version_id
   FROM deployed_versions
   WHERE deployed_versions.undeployed_at IS NULL
     AND deployed_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND deployed_versions.pacticipant_id = ANY(:ids_0::BIGINT[])
   UNION SELECT released_versions.environment_id AS environment_id, released_versions.pacticipant_id AS pacticipant_id, released_versions.version_id AS version_id
   FROM released_versions
   WHERE released_versions.support_ended_at IS NULL
     AND released_versions.environment_id = ANY(:InEnvironment_0::BIGINT[])
     AND released_versions.pacticipant_id = ANY(:ids_0::BIGINT[])),
     selected_versions AS
  (SELECT versions.pacticipant_id AS pacticipant_id, versions.id AS id, versions.number AS number, :param_1::INTEGER AS place
   FROM versions
   JOIN branch_versions AS "OnBranch_versions" ON "OnBranch_versions".version_id = versions.id
   JOIN branches AS "OnBranch" ON "OnBranch".id = "OnBranch_versions".branch_id
   JOIN tags ON tags.version_id = versions.id
   JOIN branch_versions AS "OnMainBranch_versions" ON "OnMainBranch_versions".version_id = versions.id
   JOIN branches AS "OnMainBranch" ON "OnMainBranch".id = "OnMainBranch_versions".branch_id
   JOIN pacticipants AS owner ON owner.id = "OnMainBranch".pacticipant_id
   AND owner.main_branch = "OnMainBranch".name
   JOIN present_0 ON present_0.version_id = versions.id
   WHERE versions.number = :Numbered_0::VARCHAR
     AND "OnBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND "OnBranch".name = :OnBranch_0::VARCHAR
     AND tags.pacticipant_id = ANY(:ids_0::BIGINT[])
     AND tags.name = :Tagged_0::VARCHAR
     AND "OnMainBranch".pacticipant_id = ANY(:ids_0::BIGINT[])
     AND versions.pacticipant_id = ANY(:ids_0::BIGINT[]))
SELECT selected_versions.pacticipant_id, selected_versions.id, selected_versions.number, selected_versions.place
FROM selected_versions
ORDER BY selected_versions.place, selected_versions.id;
