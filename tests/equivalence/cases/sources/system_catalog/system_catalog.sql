-- mode: full-only
-- construct: system|catalog|pg_namespace
-- position: none
-- tables
CREATE TABLE t (id int PRIMARY KEY);
-- query
SELECT nspname::text AS s FROM pg_catalog.pg_namespace WHERE nspname LIKE 'made\_by\_case%'
-- changes
CREATE SCHEMA made_by_case_1;
-- refresh
DROP SCHEMA made_by_case_1;
-- refresh
