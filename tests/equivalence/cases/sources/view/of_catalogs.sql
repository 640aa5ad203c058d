-- A view of the system's, through a view of the user's.
-- mode: full-only
-- construct: view "mine".*(system catalog|STABLE)
-- tables
CREATE VIEW mine AS SELECT tablename::text AS t FROM pg_tables WHERE tablename LIKE 'view\_of\_catalogs\_%';
-- query
SELECT t FROM mine
-- changes
CREATE TABLE view_of_catalogs_1 ();
-- refresh
DROP TABLE view_of_catalogs_1;
CREATE TABLE view_of_catalogs_2 ();
-- refresh
