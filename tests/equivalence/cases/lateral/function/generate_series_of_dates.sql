-- One row per day of a stay, joined with a calendar of prices.
-- tables
CREATE TABLE stay (id int PRIMARY KEY, arrives timestamp, leaves timestamp);
CREATE TABLE rate (day date PRIMARY KEY, p int);
INSERT INTO stay VALUES (1, '2024-01-01', '2024-01-04');
INSERT INTO rate SELECT d, 100 FROM generate_series('2024-01-01'::date, '2024-01-10', interval '1 day') d;
-- query
SELECT stay.id, sum(rate.p) AS price, count(*) AS nights FROM stay, generate_series(arrives, leaves - interval '1 day', interval '1 day') d JOIN rate ON rate.day = d::date GROUP BY stay.id
-- changes
UPDATE rate SET p = 150 WHERE day = '2024-01-02';
INSERT INTO stay VALUES (2, '2024-01-09', '2024-01-15');
-- refresh
UPDATE stay SET leaves = '2024-01-02' WHERE id = 1;
-- refresh
