-- The source tables: ROWS rows in src, five in dim.
CREATE TABLE src (
    id       serial PRIMARY KEY,
    region   text NOT NULL,
    category text NOT NULL,
    amount   int NOT NULL,
    score    int NOT NULL
);
INSERT INTO src (region, category, amount, score)
SELECT (ARRAY['north', 'south', 'east', 'west', 'central'])[i % 5 + 1], (ARRAY['A', 'B', 'C', 'D'])[i % 4 + 1],
       (i * 17 + 13) % 10000, (i * 31 + 7) % 100
FROM generate_series(1, ROWS) i;

CREATE TABLE dim (id serial PRIMARY KEY, region text NOT NULL, region_name text NOT NULL, multiplier numeric);
INSERT INTO dim (region, region_name, multiplier)
VALUES ('north', 'Northern Territory', 1.1), ('south', 'Southern Coast', 0.9), ('east', 'Eastern Plains', 1.0),
       ('west', 'Western Hills', 1.2), ('central', 'Central Valley', 1.05);
ANALYZE src, dim;
