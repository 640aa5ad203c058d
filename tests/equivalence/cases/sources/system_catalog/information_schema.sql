-- information_schema: views over catalogs.
-- mode: full-only
-- construct: system|catalog|information_schema|view
-- position: none
-- tables
CREATE TABLE counted_1 (a int);
-- query
SELECT count(*) AS n FROM information_schema.tables WHERE table_name LIKE 'counted\_%'
-- changes
CREATE TABLE counted_2 (a int);
-- refresh
