"""Random tables: with and without keys, partitioned, inherited, and views on them."""

import dataclasses

import sqltypes as T
from tree import N, listed, optional


@dataclasses.dataclass
class Column:
    name: str
    ty: T.Type
    decl: str = ""
    exact: bool = True
    required: bool = False  # NOT NULL


@dataclasses.dataclass
class Relation:
    """What a query can read. `key`: columns that no two rows share, or empty."""

    name: str
    columns: list
    key: list = dataclasses.field(default_factory=list)

    def of(self, ty):
        return [c for c in self.columns if c.ty is ty]


@dataclasses.dataclass
class Table(Relation):
    """What changes can write. `writes`: the names under which rows are put into it (partitions, children)."""

    kind: str = "plain"
    ddl: N = None
    extra: list = dataclasses.field(default_factory=list)  # statements after it: indexes, partitions
    writes: list = dataclasses.field(default_factory=list)
    references: str = None


@dataclasses.dataclass
class View(Relation):
    definition: N = None


NAMES = ("a", "b", "c", "d", "e", "f")


def column(rng, name, ty):
    return Column(name, ty, rng.choice(ty.columns))


def key_columns(rng, columns):
    """A primary key of one or two columns whose values can be told apart; None where there is none."""
    usable = [c for c in columns if c.ty.comparable and c.ty not in (T.JSONB, T.PAIR)]
    if not usable or rng.random() < 0.35:
        return []
    return [c.name for c in rng.sample(usable, min(len(usable), rng.choice((1, 2, 2))))]


def table(rng, name, earlier):
    """A table `name`; it may refer to one of `earlier`."""
    columns = [column(rng, n, rng.choice(T.COMMON)) for n in NAMES[: rng.randint(2, 6)]]
    if rng.random() < 0.6:  # a key of many values, beside the colliding columns
        columns.insert(0, Column("id", T.INT, "int"))
        key = ["id"]
    else:
        key = key_columns(rng, columns)
    t = Table(name, columns, key)
    for c in columns:
        c.required = c.name in key or rng.random() < 0.1
    items = [N("column", f"{c.name} {c.decl}", optional(" NOT NULL") if c.required and c.name not in key else "") for c in columns]
    chance = rng.random()
    if chance < 0.08 and columns[0].ty in (T.INT, T.BIGINT, T.TEXT) and (not key or columns[0].name in key):
        t.kind = "partitioned"
    elif chance < 0.14:
        t.kind = "inherited"
    if t.key:
        items.append(optional(f"PRIMARY KEY ({', '.join(t.key)})"))
    refers = [e for e in earlier if e.key == ["id"] and e.kind == "plain"]
    ints = [c for c in columns if c.ty is T.INT and c.name not in key]
    if refers and ints and t.kind == "plain" and rng.random() < 0.3:
        t.references = rng.choice(refers).name
        items.append(optional(f"FOREIGN KEY ({rng.choice(ints).name}) REFERENCES {t.references} ON UPDATE CASCADE ON DELETE "
                              + rng.choice(("CASCADE", "SET NULL"))))
    partition = f" PARTITION BY HASH ({columns[0].name})" if t.kind == "partitioned" else ""
    t.ddl = N("ddl", f"CREATE TABLE {name} (", listed(items), ")", partition)
    t.writes = [name]
    if t.kind == "partitioned":
        t.extra += [f"CREATE TABLE {name}_{i} PARTITION OF {name} FOR VALUES WITH (MODULUS 2, REMAINDER {i})" for i in (0, 1)]
    elif t.kind == "inherited":
        t.extra.append(f"CREATE TABLE {name}_child () INHERITS ({name})")
        t.writes.append(name + "_child")
        t.key = []  # the child has none
    for c in columns:
        if c.ty.comparable and c.name not in t.key and rng.random() < 0.2:
            t.extra.append(f"CREATE INDEX ON {name} ({c.name})")
    if t.kind == "plain" and rng.random() < 0.15:
        pair = [c.name for c in columns if c.ty in (T.INT, T.TEXT, T.DATE)][-2:]
        if len(pair) == 2:
            t.extra.append(f"CREATE UNIQUE INDEX ON {name} ({', '.join(pair)})")
    return t


def view(rng, name, source):
    """A view on a table or on a view: some of its columns, perhaps some of its rows."""
    columns = rng.sample(source.columns, rng.randint(1, len(source.columns)))
    columns = [Column(f"{c.name}", c.ty, "", c.exact) for c in columns]
    where = ""
    ints = source.of(T.INT)
    if ints and rng.random() < 0.5:
        where = optional(f" WHERE {rng.choice(ints).name} " + rng.choice(("< 3", "IS NOT NULL", "<> 1", "IN (0, 1, 2)")))
    v = View(name, columns)
    v.key = [k for k in source.key] if all(k in [c.name for c in columns] for k in source.key) else []
    items = [N("item", c.name) for c in columns]
    v.definition = N("ddl", f"CREATE VIEW {name} AS SELECT ", listed(items), f" FROM {source.name}", where)
    return v


@dataclasses.dataclass
class Schema:
    tables: list
    views: list

    def statements(self):
        """DDL, in order."""
        out = [d for name, d in T.DEFINITIONS]
        for t in self.tables:
            out += [str(t.ddl), *t.extra]
        return out + [str(v.definition) for v in self.views]

    def relations(self):
        return [*self.tables, *self.views]


def generate(rng):
    tables = []
    for i in range(rng.choice((2, 3, 3, 4, 5))):
        tables.append(table(rng, f"t{i + 1}", tables))
    views = []
    if rng.random() < 0.35:
        views.append(view(rng, "v1", rng.choice(tables)))
        if rng.random() < 0.6:
            views.append(view(rng, "v2", views[0]))
    return Schema(tables, views)
