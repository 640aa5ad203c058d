-- The changes are summed by the join key before the join (eager aggregation): five rows meet dim, not all of them.

-- part: query
SELECT d.region_name, SUM(s.amount) AS total, COUNT(*) AS cnt
FROM src s JOIN dim d ON s.region = d.region GROUP BY d.region_name

-- part: key
region_name

-- part: columns
region, amount

-- part: apply upsert
WITH delta AS MATERIALIZED (
    SELECT d.region_name, sum(c.total) AS total, sum(c.cnt)::bigint AS cnt
    FROM (SELECT region, sum(w * amount) AS total, sum(w) AS cnt FROM PENDING GROUP BY region) c
    JOIN dim d ON d.region = c.region
    GROUP BY d.region_name
), gone AS (
    DELETE FROM RESULT r USING delta d WHERE r.region_name = d.region_name AND r.cnt + d.cnt = 0
)
INSERT INTO RESULT AS r (region_name, total, cnt)
SELECT d.region_name, d.total, d.cnt FROM delta d
WHERE NOT EXISTS (SELECT FROM RESULT r WHERE r.region_name = d.region_name AND r.cnt + d.cnt = 0)
  AND (d.total <> 0 OR d.cnt <> 0)
ON CONFLICT (region_name) DO UPDATE SET total = r.total + excluded.total, cnt = r.cnt + excluded.cnt

-- part: apply merge
MERGE INTO RESULT r
USING (
    SELECT d.region_name, sum(c.total) AS total, sum(c.cnt)::bigint AS cnt
    FROM (SELECT region, sum(w * amount) AS total, sum(w) AS cnt FROM PENDING GROUP BY region) c
    JOIN dim d ON d.region = c.region
    GROUP BY d.region_name
) d
ON r.region_name = d.region_name
WHEN MATCHED AND r.cnt + d.cnt = 0 THEN DELETE
WHEN MATCHED THEN UPDATE SET total = r.total + d.total, cnt = r.cnt + d.cnt
WHEN NOT MATCHED AND d.cnt > 0 THEN INSERT (region_name, total, cnt) VALUES (d.region_name, d.total, d.cnt)
