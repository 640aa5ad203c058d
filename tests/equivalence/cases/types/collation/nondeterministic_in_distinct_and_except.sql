-- A case-blind collation under DISTINCT, GROUP BY, EXCEPT and a join; which image is shown is free.
-- compare: equality
-- tables
CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE a (s text COLLATE blind);
CREATE TABLE b (s text COLLATE blind);
INSERT INTO a VALUES ('x'), ('X'), ('y');
INSERT INTO b VALUES ('Y');
-- stream dist
SELECT DISTINCT s FROM a
-- stream grouped
SELECT s, count(*) AS n FROM a GROUP BY s
-- stream without
SELECT s FROM a EXCEPT SELECT s FROM b
-- stream joined
SELECT a.s, b.s AS t FROM a JOIN b ON a.s = b.s
-- changes
DELETE FROM a WHERE ctid = (SELECT min(ctid) FROM a);
INSERT INTO b VALUES ('x');
-- refresh
INSERT INTO a VALUES ('Z'), ('z');
DELETE FROM b WHERE s = 'y';
-- refresh
DELETE FROM a WHERE s = 'x';
-- refresh
