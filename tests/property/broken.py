"""Rules broken on purpose, in the SQL they emit: what breaks, the rules that must notice, a pattern, what takes its place."""

TERM = r"SELECT [^()]*?d\d\.weir_w AS weir_w(?:(?!UNION ALL).)*? UNION ALL "  # the first of a join's terms

BROKEN = [
    # net.c, scan.c
    ("net: only what came", "scan|aggregate", r"HAVING sum\(p\.weir_w\) <> 0", "HAVING sum(p.weir_w) > 0"),
    ("net: what came and went stays", "fail|scan", r" HAVING sum\(p\.weir_w\) <> 0", ""),
    ("net: values instead of images", "scan, without|a bag", r', CAST\(p\."x" AS text\) COLLATE "C"', ""),
    ("net: the first image's weight", "without equality", r"CAST\(sum\(p\.weir_w\) OVER image AS integer\)", "p.weir_w"),
    ("net: a row too few where rows are repeated", "^aggregate|^setop", r"generate_series\(1, abs", "generate_series(2, abs"),
    ("scan: another condition is asked", "^filter", r" p WHERE \(", " p WHERE NOT ("),
    ("scan: rows too many to be read are left", "scan", r"LIMIT \d+", "LIMIT 2"),
    # join.c
    ("join: a term is missing", "^join", TERM, ""),
    ("join: the sign of pairs", "^join, every", r"-\((d1\.weir_w \* d2\.weir_w)\)", r"\1"),
    ("join: the sign of pairs that meet", "^join", r"-\((\(weir_d\.weir_d1\)\.weir_w \* \(weir_d\.weir_d2\)\.weir_w)\)", r"\1"),
    ("join: the sign of three", "^join.*three", r"(?<!-\()(\(weir_d\.weir_d1\)\.weir_w \* \(weir_d\.weir_d2\)\.weir_w \* \(weir_d\.weir_d3\)\.weir_w) AS", r"-(\1) AS"),
    ("join: deltas meet on nothing", "^join", r" WHERE (?:(?!WHERE).)*? OFFSET 0\) weir_d", " OFFSET 0) weir_d"),
    ("join: telescoped over what is, not what was", "four", r" UNION ALL SELECT -p\.weir_w AS weir_w(?:(?!\)).)*\)", ")"),
    ("join: the old state's sign", "four", r"-p\.weir_w AS weir_w", "p.weir_w AS weir_w"),
    ("repeats: below zero", "^setop.*ALL", r"GREATEST\(0, ", "GREATEST(-1, "),
    # aggregate.c, minmax.c, reread.c
    ("aggregate: what goes is added", "^aggregate", r"- coalesce\(d\.weir_m", "+ coalesce(d.weir_m"),
    ("aggregate: values counted with rows", "^aggregate", r'(sum\(b\.weir_w\)) FILTER \(WHERE b\."\w+" IS NOT NULL\)', r"\1"),
    ("aggregate: NULL of no values", "^aggregate", r"CASE WHEN [^\n]*? > 0 THEN (coalesce[^\n]*?) END", r"\1"),
    ("aggregate: digits stay that no value has", "numeric", r"ELSE round\((.*?), 0\) END", r"ELSE (\1) END"),
    ("aggregate: a numeric sum is never read again", "numeric", r"AS weir_r", "AND false AS weir_r"),
    ("minmax: an extreme never leaves", "^minmax", r"AS weir_r", "AND false AS weir_r"),
    ("minmax: what went may be the extreme", "^minmax", r"(NOT coalesce\(d\.weir_m\d [<>]) ", r"\1= "),
    ("minmax: what came is enough", "^minmax", r" AND NOT coalesce\((d\.weir_p\d [<>]=)", r" AND coalesce(NOT \1"),
    ("reread: groups by NULL", "^reread", r"= k\.weir_hash AND", r"= k.weir_hash AND false AND"),
    ("reread: one NULL", "^reread|^minmax", r'(r\d\."\w+" IS NULL) AND \(SELECT EXISTS', r"NOT \1 AND (SELECT EXISTS"),
    ("group: NULL keys meet nothing", "^aggregate|^setop", r"IS NOT DISTINCT FROM", "="),
    ("group: empty ones stay", "^aggregate|^setop", r"v\.weir_n <= 0", "v.weir_n < 0"),
    ("setop: the other side counts", "^setop", r"\(NOT true\)", "true"),
    # eager.c, pending.c
    ("eager: what goes comes", "^aggregate", r"p\.weir_w \* count\(\*\) AS weir_w", "abs(p.weir_w) * count(*) AS weir_w"),
    ("eager: a row stands for one", "^aggregate", r"p\.weir_w \* count\(\*\) AS weir_w", "p.weir_w"),
    ("eager: values counted with rows", "before a join", r"p\.weir_w \* count\(p\.[^)]+\) AS", "p.weir_w * count(*) AS"),
    ("pending: whatever is presumed is right", "^aggregate|^join", r"\(SELECT o\.go FROM go o\)", "true"),
    ("pending: nothing presumed is right", "^aggregate|^join", r"\(SELECT o\.go FROM go o\)", "false"),
    ("pending: other tables have nothing", "^join", r" AND NOT EXISTS \(SELECT FROM pgtrickle_data\.pending_\d+_\d+\)", ""),
    # apply_*.c
    ("keyed: a key that moved", "^scan", r"k\.weir_w > 0 AND record_image_ne", "false AND record_image_ne"),
    ("keyed: what went stays", "^scan|^join", r"k\.weir_w < 0 RETURNING", "false RETURNING"),
    ("bag: one of several equal rows", "^scan, without|^union", r"x\.weir_r <= -x\.weir_w", "x.weir_r <= 1"),
    ("bag: rows that come twice", "^scan, without|^union", r"generate_series\(2, d\.weir_w\)", "generate_series(3, d.weir_w)"),
    ("bag: equal is not the same", "^scan, without", r"s\.weir_hash = d\.weir_hash AND record_image_eq", "record_eq"),
    # affected.c, apply_sliced.c
    ("slice: rows that have left", "^slice", r" UNION ALL SELECT (?:(?!UNION).)*? WHERE s\.weir_w < 0\)", ")"),
    ("slice: keys of only what came", "^slice", r"(n\d AS MATERIALIZED \(SELECT CAST\(sum\(p\.weir_w\)[^\n]*? HAVING sum\(p\.weir_w\)) <> 0", r"\1 > 0"),
    ("slice: a changed leaf is not followed", "^slice", r"\nUNION ALL SELECT [^\n]*?(\) q\) q\))", r"\1"),
    ("slice: old rows stay", "^slice", r"s\.ctid = d\.weir_t RETURNING", "false RETURNING"),
    ("slice: rows that are there twice", "^slice", r"n\.weir_i = o\.weir_i AND ", ""),
    ("slice: old rows are not found", "^slice", r"record_eq\(", "NOT record_eq("),
    ("full join: rows with a partner stay alone", "^full join", r"NOT EXISTS \(", "EXISTS ("),
    # what every statement has
    ("new rows are left out", "", r"(ins AS \(INSERT[^\n]*?WHERE) ", r"\1 false AND "),
]
