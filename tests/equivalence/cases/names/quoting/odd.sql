-- Quotes, blanks, upper case, unicode and reserved words as names of tables, columns and stream tables.
-- tables
CREATE TABLE "Odd ""Table""" ("select" int PRIMARY KEY, "Ünï cödé" text, "a""b" int, "semi;colon" text, "it's" int, "%s $1" int);
INSERT INTO "Odd ""Table""" VALUES (1, 'x', 1, ';', 1, 1), (2, 'y', 2, '--', 2, 2);
-- stream "Stream ""T"" ü"
SELECT "select", "Ünï cödé", "a""b" AS "c""d", "semi;colon" AS "user", "it's" + "%s $1" AS "x'y" FROM "Odd ""Table"""
-- stream "GROUP"
SELECT "x'y" AS "order", count(*) AS "COUNT", max("user") AS "max" FROM "Stream ""T"" ü" GROUP BY "x'y"
-- changes
UPDATE "Odd ""Table""" SET "a""b" = 7, "it's" = 0 WHERE "select" = 1;
INSERT INTO "Odd ""Table""" VALUES (3, 'ß', 3, $$'"$$, 3, 3);
-- refresh
DELETE FROM "Odd ""Table""" WHERE "select" = 2;
-- refresh
