-- current_user and current_setting belong to a session.
-- construct: current_user|CURRENT_USER|STABLE|session
-- mode: any
-- tables
CREATE TABLE t (id int PRIMARY KEY);
INSERT INTO t VALUES (1);
-- query
SELECT id, current_user = 'nobody_like_that' AS me FROM t
-- changes
INSERT INTO t VALUES (2);
-- refresh
