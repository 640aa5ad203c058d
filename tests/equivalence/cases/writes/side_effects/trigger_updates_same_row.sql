-- An AFTER ROW trigger updates the row again: the inner change is captured before the outer one.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b int DEFAULT 0);
INSERT INTO t VALUES (1, 1), (2, 2), (3, 3);
CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.b < NEW.a THEN
        UPDATE t SET b = NEW.b + 1 WHERE id = NEW.id;
    END IF;
    RETURN NULL;
END$$;
CREATE TRIGGER again AFTER INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION again();
-- stream rows
SELECT id, a, b FROM t
-- stream grouped
SELECT b, count(*) AS n, sum(a) AS s FROM t GROUP BY b
-- changes
UPDATE t SET a = a + 1;
-- refresh
INSERT INTO t VALUES (4, 5);
-- refresh
UPDATE t SET a = 7, b = 4 WHERE id IN (1, 4);
-- refresh
