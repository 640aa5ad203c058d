"""What a run prints: failures as case files, and how much of SQL was met in which mode."""

import re


def reproduce(args, number):
    return f"tests/random/run.py --seed {args.seed} --batch {number}" + (f" --pg {args.pg}" if args.pg != 15 else "")


def failure(f, case, args, number):
    q = f"\n  {f.stream.query.sql()}" if f.stream else ""
    return f"FAIL batch {number}: {f.kind} {f.stream.name if f.stream else ''}: {f.text}{q}\n  again: {reproduce(args, number)}"


def small(shrinker, f, made, args, number):
    """A failure that was made small, as a case file for tests/equivalence."""
    name = f"batch {number}, {f.kind} {f.stream.name if f.stream else ''}"
    if made is None:
        return f"---- {name}: not again when it was tried alone"
    return (f"---- {name}, made small in {shrinker.tries} tries: {shrinker.failure.text}\n"
            f"  again: {reproduce(args, number)}\n  as a case file:\n{case_file(made, shrinker.failure)}----")


def case_file(case, f):
    lines = ["-- (what this proves)", "-- mode: any"]
    stream = f.stream or case.streams[-1]
    if stream.query.by_value:
        lines.append("-- compare: equality")
    lines.append("-- tables")
    lines += [d + ";" for d in case.schema.statements() if needed(d, case)]
    lines += [written(s) for s in case.fill]
    for s in case.streams:
        lines.append("-- query" if len(case.streams) == 1 else f"-- stream {s.name}")
        lines.append(str(s.query.tree))
    lines.append("-- changes")
    end = None
    for step in case.steps:
        if end:
            lines.append(end + ";")
            end = None
        session = ""
        for s in step.statements():
            if s.session != session:
                lines.append(f"-- session {s.session}".rstrip())
                session = s.session
            lines.append(written(s))
        if not stream.late:
            lines.append("-- refresh" + (" => FULL" if step.full else ""))
        if step.inside:
            end = step.end
    if end:
        lines.append(end + ";")
    if stream.late or end:
        lines.append("-- refresh")
    return "\n".join(lines) + "\n"


def needed(ddl, case):
    """Types that nothing uses are left out."""
    m = re.match(r"CREATE (?:TYPE|DOMAIN) (\w+)", ddl)
    if m is None:
        return True
    text = " ".join([*(str(s.query.tree) for s in case.streams), *(str(t.ddl) for t in case.schema.tables)])
    return re.search(rf"\b{m.group(1)}\b", text) is not None


def written(s):
    marks = f"-- fails: {s.fails}\n" if s.fails else ""
    data = f"\n{s.copy}\\." if s.copy is not None else ""
    return f"{marks}{s.sql()};{data}"


def totals(total, features, actions, seconds):
    print(f"{total['queries']} queries ({total['differential']} differential), {total['tables']} stream tables,"
          f" {total['refreshes']} refreshes of many ({', '.join(f'{n} {a}' for a, n in sorted(actions.items()))};"
          f" {total['changed']} by a delta changed rows),"
          f" {total['refused']} queries refused by PostgreSQL, {total['raised']} raised an error, {total['deadlocks']} deadlocks at DROP, {seconds:.0f} s")
    names = sorted({f for f, _ in features}, key=lambda f: -features[(f, "all")])
    print("met in queries (of these, differential):")
    line = ""
    for f in names:
        word = f"{f} {features[(f, 'all')]} ({features[(f, 'differential')]})"
        if len(line) + len(word) > 118:
            print("  " + line)
            line = ""
        line += ("; " if line else "") + word
    print("  " + line)
