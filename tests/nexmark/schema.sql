-- An auction house. Bids have no key: two of them may be the same.
CREATE TABLE person (
    id int PRIMARY KEY,
    name text NOT NULL,
    email text,
    city text,
    state text,
    date_time timestamp NOT NULL
);
CREATE TABLE category (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE auction (
    id int PRIMARY KEY,
    item_name text NOT NULL,
    initial_bid int NOT NULL,
    reserve int,
    date_time timestamp NOT NULL,
    expires timestamp NOT NULL,
    seller int NOT NULL REFERENCES person ON DELETE CASCADE,
    category int REFERENCES category ON UPDATE CASCADE
);
CREATE TABLE bid (
    auction int NOT NULL REFERENCES auction ON DELETE CASCADE,
    bidder int REFERENCES person ON DELETE SET NULL,
    price int NOT NULL,
    channel text,
    url text,
    date_time timestamp NOT NULL
);
CREATE INDEX ON auction (seller);
CREATE INDEX ON bid (auction);
CREATE INDEX ON bid (bidder);
