-- part: query
SELECT id, region, category, amount, score FROM src

-- part: key
id

-- part: columns
id, region, category, amount, score

-- part: apply upsert
WITH last AS (
    SELECT DISTINCT ON (id) id, w, region, category, amount, score FROM PENDING ORDER BY id, seq DESC
), gone AS (
    DELETE FROM RESULT r USING last l WHERE l.w = -1 AND r.id = l.id
)
INSERT INTO RESULT AS r (id, region, category, amount, score)
SELECT id, region, category, amount, score FROM last WHERE w = 1
ON CONFLICT (id) DO UPDATE
SET region = excluded.region, category = excluded.category, amount = excluded.amount, score = excluded.score

-- part: apply merge
MERGE INTO RESULT r
USING (SELECT DISTINCT ON (id) id, w, region, category, amount, score FROM PENDING ORDER BY id, seq DESC) l
ON r.id = l.id
WHEN MATCHED AND l.w = -1 THEN DELETE
WHEN MATCHED THEN UPDATE SET region = l.region, category = l.category, amount = l.amount, score = l.score
WHEN NOT MATCHED AND l.w = 1 THEN
    INSERT (id, region, category, amount, score) VALUES (l.id, l.region, l.category, l.amount, l.score)
