-- extra_float_digits, bytea_output, standard_conforming_strings, lc_numeric of the writer.
-- tables
CREATE TABLE t (f float8, r real, b bytea, s text);
INSERT INTO t VALUES (0.1, 0.1, '\x5c00', 'plain');
-- query
SELECT f, r, b, s FROM t
-- changes
SET extra_float_digits = -15;
SET bytea_output = 'escape';
SET standard_conforming_strings = off;
SET escape_string_warning = off;
SET backslash_quote = on;
INSERT INTO t VALUES (0.1 + 0.2, 1.0 / 3, E'\\x00', 'back\\slash and \'quote\'');
INSERT INTO t SELECT * FROM t;
-- refresh
DELETE FROM t WHERE ctid = (SELECT max(ctid) FROM t);
UPDATE t SET f = f + 1e-17;
UPDATE t SET f = f * 3, r = r * 3;
-- refresh
