-- What every hand-written variant needs: a change buffer BUFFER with the COLUMNS that the query reads, filled by
-- statement triggers CAPTURE_... on src with signed images: w = -1 the row before, +1 the row after. seq is the order.
-- The same rows that weir captures. The cost of the triggers is not part of what is timed.
CREATE TABLE BUFFER AS SELECT COLUMNS FROM src WITH NO DATA;
ALTER TABLE BUFFER
    ADD seq bigint GENERATED ALWAYS AS IDENTITY,
    ADD xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    ADD w smallint NOT NULL;

-- How far BUFFER is consumed. A refresh takes the rows that its snapshot sees and this one did not.
CREATE TABLE BUFFER_frontier (snap pg_snapshot NOT NULL);
INSERT INTO BUFFER_frontier VALUES (pg_current_snapshot());

CREATE FUNCTION BUFFER_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO BUFFER (w, COLUMNS) SELECT 1, COLUMNS FROM new_rows;
    RETURN NULL;
END $$;

CREATE FUNCTION BUFFER_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO BUFFER (w, COLUMNS) SELECT -1, COLUMNS FROM old_rows UNION ALL SELECT 1, COLUMNS FROM new_rows;
    RETURN NULL;
END $$;

CREATE FUNCTION BUFFER_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO BUFFER (w, COLUMNS) SELECT -1, COLUMNS FROM old_rows;
    RETURN NULL;
END $$;

CREATE TRIGGER CAPTURE_insert AFTER INSERT ON src REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION BUFFER_insert();
CREATE TRIGGER CAPTURE_update AFTER UPDATE ON src REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION BUFFER_update();
CREATE TRIGGER CAPTURE_delete AFTER DELETE ON src REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION BUFFER_delete();
