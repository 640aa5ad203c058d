-- part: query
SELECT region, SUM(amount) AS total, COUNT(*) AS cnt FROM src GROUP BY region

-- part: key
region

-- part: columns
region, amount

-- part: apply upsert
WITH delta AS MATERIALIZED (
    SELECT region, sum(w * amount) AS total, sum(w) AS cnt FROM PENDING GROUP BY region
), gone AS (
    DELETE FROM RESULT r USING delta d WHERE r.region = d.region AND r.cnt + d.cnt = 0
)
INSERT INTO RESULT AS r (region, total, cnt)
SELECT d.region, d.total, d.cnt FROM delta d
WHERE NOT EXISTS (SELECT FROM RESULT r WHERE r.region = d.region AND r.cnt + d.cnt = 0) AND (d.total <> 0 OR d.cnt <> 0)
ON CONFLICT (region) DO UPDATE SET total = r.total + excluded.total, cnt = r.cnt + excluded.cnt

-- part: apply merge
MERGE INTO RESULT r
USING (SELECT region, sum(w * amount) AS total, sum(w) AS cnt FROM PENDING GROUP BY region) d
ON r.region = d.region
WHEN MATCHED AND r.cnt + d.cnt = 0 THEN DELETE
WHEN MATCHED THEN UPDATE SET total = r.total + d.total, cnt = r.cnt + d.cnt
WHEN NOT MATCHED AND d.cnt > 0 THEN INSERT (region, total, cnt) VALUES (d.region, d.total, d.cnt)
