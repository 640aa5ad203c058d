-- XMLTABLE over an xml column.
-- mode: any
-- tables
CREATE TABLE t (id int PRIMARY KEY, x xml);
INSERT INTO t VALUES (1, '<r><i n="1">a</i><i n="2">b</i></r>');
-- query
SELECT t.id, i.n, i.v FROM t, XMLTABLE('/r/i' PASSING t.x COLUMNS n int PATH '@n', v text PATH '.' DEFAULT 'none') i
-- changes
INSERT INTO t VALUES (2, '<r><i n="9"/></r>'), (3, '<r/>'), (4, NULL);
-- refresh
UPDATE t SET x = '<r><i n="1">A</i></r>' WHERE id = 1;
-- refresh
