-- Triggers that delete the row just inserted, move it to another table, or change it before.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
CREATE TABLE archive (id int, a int);
CREATE FUNCTION before_row() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.a := coalesce(NEW.a, 0) * 10; IF NEW.id < 0 THEN RETURN NULL; END IF; RETURN NEW; END$$;
CREATE FUNCTION after_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.a > 100 THEN
        DELETE FROM t WHERE id = NEW.id;
        INSERT INTO archive VALUES (NEW.id, NEW.a);
    END IF;
    RETURN NULL;
END$$;
CREATE TRIGGER b BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION before_row();
CREATE TRIGGER zz AFTER INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION after_row();
INSERT INTO t VALUES (1, 1), (2, 2);
-- stream rows
SELECT id, a FROM t
-- stream everything
SELECT 't' AS src, id, a FROM t UNION ALL SELECT 'archive', id, a FROM archive
-- changes
INSERT INTO t VALUES (3, 3), (4, 44), (-1, 5);
-- refresh
UPDATE t SET a = a + 1;
-- refresh
UPDATE t SET a = NULL WHERE id = 1;
INSERT INTO t VALUES (2, 5), (4, 1) ON CONFLICT (id) DO UPDATE SET a = 2;
-- refresh
