-- COPY FROM STDIN, with NULLs, quotes and escapes.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a text);
-- stream rows
SELECT id, a FROM t
-- stream counted
SELECT count(*) AS n, count(a) AS c FROM t
-- changes
COPY t FROM STDIN;
1	one
2	\N
3	tab\there
4	semi;colon
\.
-- refresh
COPY t (a, id) FROM STDIN WITH (FORMAT csv);
"quoted, with comma",5
"two
lines",6
\.
DELETE FROM t WHERE id = 1;
-- refresh
