-- Stored generated columns, identity, defaults, a serial in a key.
-- tables
CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, w int, h int, area int GENERATED ALWAYS AS (w * h) STORED, note text DEFAULT 'none');
INSERT INTO t (w, h) VALUES (1, 2), (3, 4);
-- stream rows
SELECT id, area, note FROM t WHERE area > 1
-- stream total
SELECT sum(area) AS area, min(w) AS w FROM t
-- changes
UPDATE t SET w = w + 1;
INSERT INTO t (w, h, note) VALUES (5, 6, DEFAULT), (0, 9, NULL);
-- refresh
INSERT INTO t OVERRIDING SYSTEM VALUE VALUES (100, 1, 1, DEFAULT, 'x');
DELETE FROM t WHERE area = 4;
-- refresh
