-- A thousand rows in five transactions, after which there are as many rows as before.
-- part: update
UPDATE item SET amount = (amount + 4321) % 10000, price = price + 1 WHERE id IN (SELECT item FROM picked(START, STEP) WHERE n < 600)
-- part: move
UPDATE item SET customer = (customer + 1) % (ROWS / 10) WHERE id IN (SELECT item FROM picked(START, STEP) WHERE n BETWEEN 600 AND 699)
-- part: delete
DELETE FROM item WHERE id IN (SELECT item FROM picked(START, STEP) WHERE n BETWEEN 700 AND 799)
-- part: insert
INSERT INTO item SELECT nextval('item_id'), customer, n % 4, n * START % 10000, n FROM picked(START, STEP) WHERE n BETWEEN 800 AND 899
-- part: customers
UPDATE customer SET name = name || '.', active = NOT active WHERE id IN (SELECT customer FROM picked(START, STEP) WHERE n >= 900)
