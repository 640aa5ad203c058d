-- Nexmark's questions as SELECTs over tables. Its windows in time become date_bin and date_trunc; every order is total, up to
-- rows that are equal in all that is shown.

-- part: q00_passthrough
SELECT auction, bidder, price, date_time FROM bid

-- part: q01_currency
SELECT auction, bidder, 0.908 * price AS price, date_time FROM bid

-- part: q02_selection
SELECT auction, price FROM bid WHERE auction % 7 = 0 OR auction IN (1, 20, 33, 51)

-- part: q03_local_items
SELECT p.name, p.city, p.state, a.id
FROM auction a JOIN person p ON a.seller = p.id
WHERE a.category = 10 AND p.state IN ('OR', 'ID', 'CA')

-- part: q04_category_average
SELECT q.category, avg(q.final) AS average
FROM (SELECT a.id, a.category, max(b.price) AS final
      FROM auction a JOIN bid b ON a.id = b.auction
      WHERE b.date_time BETWEEN a.date_time AND a.expires
      GROUP BY a.id, a.category) q
GROUP BY q.category

-- part: q05_hot_items
WITH counted AS (
    SELECT date_bin('10 minutes', date_time, timestamp '2024-01-01') AS starts, auction, count(*) AS num FROM bid GROUP BY 1, 2)
SELECT c.starts, c.auction, c.num
FROM counted c JOIN (SELECT starts, max(num) AS most FROM counted GROUP BY starts) m ON m.starts = c.starts AND m.most = c.num

-- part: q06_seller_average
SELECT seller, avg(final) AS average
FROM (SELECT w.seller, w.final, row_number() OVER (PARTITION BY w.seller ORDER BY w.expires DESC, w.id DESC) AS n
      FROM (SELECT a.id, a.seller, a.expires, max(b.price) AS final
            FROM auction a JOIN bid b ON b.auction = a.id
            WHERE b.date_time BETWEEN a.date_time AND a.expires
            GROUP BY a.id, a.seller, a.expires) w) last
WHERE n <= 10
GROUP BY seller

-- part: q07_highest_bid
SELECT b.auction, b.price, b.bidder, b.date_time
FROM bid b
JOIN (SELECT date_bin('10 minutes', date_time, timestamp '2024-01-01') AS starts, max(price) AS most FROM bid GROUP BY 1) m
  ON b.price = m.most AND b.date_time >= m.starts AND b.date_time < m.starts + interval '10 minutes'

-- part: q08_new_users
SELECT p.id, p.name, p.starts
FROM (SELECT id, name, date_bin('1 hour', date_time, timestamp '2024-01-01') AS starts FROM person) p
JOIN (SELECT DISTINCT seller, date_bin('1 hour', date_time, timestamp '2024-01-01') AS starts FROM auction) a
  ON p.id = a.seller AND p.starts = a.starts

-- part: q09_winning_bids
SELECT id, item_name, bidder, price, bid_time
FROM (SELECT a.id, a.item_name, b.bidder, b.price, b.date_time AS bid_time,
             row_number() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.date_time, b.bidder) AS rank
      FROM auction a JOIN bid b ON a.id = b.auction AND b.date_time BETWEEN a.date_time AND a.expires) ranked
WHERE rank <= 1

-- part: q10_log
SELECT auction, bidder, price, to_char(date_time, 'YYYY-MM-DD') AS day, to_char(date_time, 'HH24:MI') AS minute FROM bid

-- part: q11_sessions
SELECT bidder, session, count(*) AS bids, min(date_time) AS starts, max(date_time) AS ends
FROM (SELECT bidder, date_time, sum(begins) OVER (PARTITION BY bidder ORDER BY date_time) AS session
      FROM (SELECT bidder, date_time,
                   CASE WHEN date_time - lag(date_time) OVER (PARTITION BY bidder ORDER BY date_time) < interval '5 minutes' THEN 0 ELSE 1 END AS begins
            FROM bid) marked) numbered
GROUP BY bidder, session

-- part: q12_bids_per_window
SELECT bidder, date_trunc('hour', date_time) AS starts, count(*) AS bids FROM bid GROUP BY bidder, date_trunc('hour', date_time)

-- part: q13_side_table
SELECT b.auction, b.bidder, b.price, c.name AS category
FROM bid b JOIN auction a ON a.id = b.auction LEFT JOIN category c ON c.id = a.category

-- part: q14_calculation
SELECT auction, bidder, 0.908 * price AS price,
       CASE WHEN extract(hour FROM date_time) BETWEEN 8 AND 18 THEN 'day'
            WHEN extract(hour FROM date_time) <= 6 OR extract(hour FROM date_time) >= 20 THEN 'night' ELSE 'other' END AS time_of_day,
       length(url) - length(replace(url, 'c', '')) AS c_counts
FROM bid WHERE 0.908 * price > 500 AND 0.908 * price < 5000

-- part: q15_statistics
SELECT date_trunc('day', date_time) AS day, count(*) AS total, count(*) FILTER (WHERE price < 1000) AS low,
       count(*) FILTER (WHERE price >= 1000 AND price < 5000) AS middle, count(DISTINCT bidder) AS bidders,
       count(DISTINCT bidder) FILTER (WHERE price < 1000) AS low_bidders, count(DISTINCT auction) AS auctions,
       count(DISTINCT auction) FILTER (WHERE price >= 5000) AS high_auctions
FROM bid GROUP BY date_trunc('day', date_time)

-- part: q16_channel_statistics
SELECT channel, date_time::date AS day, max(date_time::time) AS last, count(*) AS total,
       count(*) FILTER (WHERE price < 1000) AS low, count(DISTINCT bidder) AS bidders,
       count(DISTINCT auction) FILTER (WHERE price >= 1000) AS high_auctions
FROM bid GROUP BY channel, date_time::date

-- part: q17_auction_statistics
SELECT auction, date_time::date AS day, count(*) AS total, min(price) AS lowest, max(price) AS highest,
       avg(price) AS average, sum(price) AS turnover
FROM bid GROUP BY auction, date_time::date

-- part: q18_last_bid
SELECT auction, bidder, price, channel, url, date_time
FROM (SELECT *, row_number() OVER (PARTITION BY bidder, auction ORDER BY date_time DESC, price DESC, channel, url) AS n FROM bid) ranked
WHERE n <= 1

-- part: q19_top_10
SELECT *
FROM (SELECT *, row_number() OVER (PARTITION BY auction ORDER BY price DESC, date_time, bidder, channel, url) AS rank FROM bid) ranked
WHERE rank <= 10

-- part: q20_expanded_bids
SELECT b.auction, b.bidder, b.price, b.date_time, a.item_name, a.reserve, a.seller
FROM bid b JOIN auction a ON b.auction = a.id WHERE a.category = 10

-- part: q21_channel_id
SELECT auction, bidder, price, channel,
       CASE lower(channel) WHEN 'apple' THEN '0' WHEN 'google' THEN '1' WHEN 'facebook' THEN '2' WHEN 'baidu' THEN '3'
            ELSE substring(url FROM 'channel_id=(\d+)') END AS channel_id
FROM bid WHERE substring(url FROM 'channel_id=(\d+)') IS NOT NULL OR lower(channel) IN ('apple', 'google', 'facebook', 'baidu')

-- part: q22_url_directories
SELECT auction, bidder, price, channel, split_part(url, '/', 4) AS dir1, split_part(url, '/', 5) AS dir2, split_part(url, '/', 6) AS dir3 FROM bid

-- part: busy_auctions
SELECT a.id, a.item_name, count(*) AS bids
FROM auction a JOIN bid b ON b.auction = a.id
GROUP BY a.id, a.item_name HAVING count(*) >= (SELECT count(*) / (SELECT count(*) FROM auction) FROM bid)

-- part: unsold
SELECT a.id, a.item_name, p.name AS seller
FROM auction a LEFT JOIN person p ON p.id = a.seller
WHERE NOT EXISTS (SELECT FROM bid b WHERE b.auction = a.id AND b.price >= coalesce(a.reserve, 0) AND b.date_time <= a.expires)

-- part: never_bid_here
SELECT DISTINCT p.state, p.city, p.name FROM person p WHERE p.id NOT IN (SELECT bidder FROM bid WHERE bidder IS NOT NULL AND channel = 'apple')

-- part: places
SELECT state, city, count(*) AS persons, count(email) AS mails FROM person GROUP BY ROLLUP (state, city)

-- part: activity
SELECT 'bid' AS what, bidder AS person, date_time FROM bid WHERE price > 2000
UNION SELECT 'auction', seller, date_time FROM auction
UNION SELECT 'entry', id, date_time FROM person

-- part: buyers_and_sellers
SELECT seller AS person FROM auction INTERSECT SELECT bidder FROM bid WHERE price > 1000

-- part: only_buyers
SELECT bidder FROM bid EXCEPT SELECT seller FROM auction

-- part: last_minutes
SELECT b.auction, b.price, b.date_time
FROM bid b WHERE b.date_time >= (SELECT max(o.date_time) - interval '10 minutes' FROM bid o WHERE o.auction = b.auction)

-- part: best_offers
SELECT a.id, a.item_name, o.price, o.bidder
FROM auction a CROSS JOIN LATERAL (SELECT price, bidder FROM bid WHERE auction = a.id ORDER BY price DESC, bidder, date_time LIMIT 2) o

-- part: dearest
SELECT auction, bidder, price, date_time FROM bid ORDER BY price DESC, auction, bidder, date_time LIMIT 25

-- part: running_total
SELECT auction, price, date_time, sum(price) OVER (PARTITION BY auction ORDER BY date_time, price) AS so_far,
       dense_rank() OVER (PARTITION BY auction ORDER BY price DESC) AS rank
FROM bid

-- part: over_categories
SELECT c.name, q.average, s.persons
FROM q04_category_average q LEFT JOIN category c ON c.id = q.category
CROSS JOIN (SELECT max(persons) AS persons FROM places WHERE state IS NOT NULL) s

-- part: over_statistics
SELECT s.day, count(*) AS auctions, sum(s.turnover) AS turnover, max(s.highest) AS highest, count(b.id) AS busy
FROM q17_auction_statistics s LEFT JOIN busy_auctions b ON b.id = s.auction
GROUP BY s.day

-- part: over_winners
SELECT w.id, w.item_name, w.price, h.starts AS hot, o.price AS offer
FROM q09_winning_bids w LEFT JOIN q05_hot_items h ON h.auction = w.id AND h.num > 1
JOIN best_offers o ON o.id = w.id AND o.price >= w.price
