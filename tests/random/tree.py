"""SQL as a tree of text: what is generated, and what the shrinker cuts.

A node knows no grammar. It has a category, and two nodes of one category may stand for each other; PostgreSQL says
whether the result still is a query.
"""


class N:
    """`parts` are strings and nodes. `ty` is the type of an expression. `exact`: of a float, that sums of it do not
    depend on their order."""

    __slots__ = ("cat", "parts", "sep", "least", "ty", "exact")

    def __init__(self, cat, *parts, sep="", least=1, ty=None, exact=True):
        self.cat = cat
        self.parts = list(parts)
        self.sep = sep  # between parts, of a list
        self.least = least  # parts that a list must keep
        self.ty = ty
        self.exact = exact

    def __str__(self):
        return self.sep.join(str(p) for p in self.parts)

    def nodes(self):
        yield self
        for p in self.parts:
            if isinstance(p, N):
                yield from p.nodes()

    def size(self):
        return sum(1 for _ in self.nodes())

    def replaced(self, old, new):
        """A copy in which the node `old` (that very object) is `new`."""
        if self is old:
            return new
        parts = [p.replaced(old, new) if isinstance(p, N) else p for p in self.parts]
        if all(a is b for a, b in zip(parts, self.parts)):
            return self
        return self.with_parts(parts)

    def with_parts(self, parts):
        return N(self.cat, *parts, sep=self.sep, least=self.least, ty=self.ty, exact=self.exact)


def listed(items, sep=", ", least=1):
    """A list whose items the shrinker may drop."""
    return N("list", *items, sep=sep, least=least)


def optional(*parts):
    """What may be left out."""
    return N("optional", *parts)


def expr(ty, *parts, exact=True):
    return N("e:" + ty.name, *parts, ty=ty, exact=exact)


def query(*parts):
    return N("query", *parts)
