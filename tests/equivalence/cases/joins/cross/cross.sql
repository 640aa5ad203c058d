-- A cross join, one side a single row of settings.
-- tables
CREATE TABLE t (id int PRIMARY KEY, price numeric(8,2));
CREATE TABLE config (rate numeric(4,3) NOT NULL);
INSERT INTO t VALUES (1, 10), (2, 20);
INSERT INTO config VALUES (0.190);
-- query
SELECT t.id, price, rate, price * (1 + rate) AS gross FROM t CROSS JOIN config
-- changes
UPDATE config SET rate = 0.07;
-- refresh
INSERT INTO t VALUES (3, 30);
INSERT INTO config VALUES (0.25);
-- refresh
DELETE FROM config WHERE rate < 0.1;
DELETE FROM t WHERE id = 1;
-- refresh
DELETE FROM config;
-- refresh
