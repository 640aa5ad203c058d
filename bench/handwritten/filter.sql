-- Images that do not pass the filter are left out before anything else: when the last passing image of a key is an old
-- one (w = -1), the key has left the result.

-- part: query
SELECT id, region, amount FROM src WHERE amount > 5000

-- part: key
id

-- part: columns
id, region, amount

-- part: apply upsert
WITH last AS (
    SELECT DISTINCT ON (id) id, w, region, amount FROM PENDING WHERE amount > 5000 ORDER BY id, seq DESC
), gone AS (
    DELETE FROM RESULT r USING last l WHERE l.w = -1 AND r.id = l.id
)
INSERT INTO RESULT AS r (id, region, amount)
SELECT id, region, amount FROM last WHERE w = 1
ON CONFLICT (id) DO UPDATE SET region = excluded.region, amount = excluded.amount

-- part: apply merge
MERGE INTO RESULT r
USING (SELECT DISTINCT ON (id) id, w, region, amount FROM PENDING WHERE amount > 5000 ORDER BY id, seq DESC) l
ON r.id = l.id
WHEN MATCHED AND l.w = -1 THEN DELETE
WHEN MATCHED THEN UPDATE SET region = l.region, amount = l.amount
WHEN NOT MATCHED AND l.w = 1 THEN INSERT (id, region, amount) VALUES (l.id, l.region, l.amount)
