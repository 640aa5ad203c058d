-- Many statements inside one: a loop in DO, a function called for its side effect, with an inner exception.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
CREATE FUNCTION put(i int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    BEGIN
        INSERT INTO t VALUES (i, 0);
        INSERT INTO t VALUES (i + 1000, 1 / (i % 3));
    EXCEPTION WHEN division_by_zero THEN
        INSERT INTO t VALUES (-i, -1);
    END;
    RETURN i;
END$$;
-- stream rows
SELECT id, a FROM t
-- stream total
SELECT count(*) AS n, sum(a) AS s FROM t
-- changes
DO $$BEGIN FOR i IN 1..6 LOOP PERFORM put(i); END LOOP; END$$;
-- refresh
SELECT put(i) FROM generate_series(10, 13) i;
DO $$BEGIN UPDATE t SET a = a + 1; DELETE FROM t WHERE a = 0; END$$;
-- refresh
