"""What the service sends to PostgreSQL, as a script for pgbench."""
import re

UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
LINE = re.compile(r"^\d{4}-\d\d-\d\d .*?(LOG|DETAIL):  (.*?)(?=^\d{4}-\d\d-\d\d |\Z)", re.S | re.M)


def statements(log, since):
    """What the service sent, from the server's log: (text, parameters)."""
    with open(log, errors="replace") as file:
        file.seek(since)
        text = file.read()
    found = []
    for kind, words in LINE.findall(text):
        words = words.strip()
        if kind == "LOG" and (m := re.match(r"(?:statement|execute [^:]*): (.*)", words, re.S)):
            found.append([m[1], {}])
        elif kind == "DETAIL" and words.lower().startswith("parameters:") and found:
            found[-1][1] = {int(n): (None if v == "NULL" else v[1:-1].replace("''", "'"))
                            for n, v in re.findall(r"\$(\d+) = (NULL|'(?:[^']|'')*')", words)}
    return found


def without_audit_of_reads(found):
    """The read's own statements: its audit entry is what the service does besides, in a batch."""
    kept, inside = [], False
    for text, values in found:
        if text == "BEGIN":
            inside = True
        if not inside and "FROM \"trusts\"" not in text:
            kept.append((text, values))
        if text in ("COMMIT", "ROLLBACK"):
            inside = False
    return kept


def quoted(value):
    """A literal. A colon would begin one of pgbench's variables, in a literal too."""
    value = value.replace("'", "''")
    if ":" not in value:
        return f"'{value}'"
    return "E'" + value.replace("\\", "\\\\").replace(":", "\\x3a") + "'"


def script(found, varied, key=None, fixed=()):
    """The same statements. `varied` says which values are another one each time, and by which expression; an
    idempotency key and the identifiers that the service made are new each time."""
    fresh, lines = {}, []

    def literal(value):
        if value is None:
            return "NULL"
        if value in varied:
            return varied[value]
        if value.startswith("{") and value[1:-1] in varied:
            return f"ARRAY[{varied[value[1:-1]]}]"
        if key and key in value:
            before, after = value.split(key, 1)
            return f"({quoted(before + 'bench-')} || :r::bigint || {quoted(after)})::text"
        if key and UUID.match(value) and value not in fixed and not value.startswith("01900000-"):
            number = fresh.setdefault(value, len(fresh))
            return (f"(lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') || '7{number:03x}8' || "
                    "right(lpad(to_hex(:r::bigint), 15, '0'), 15))::uuid")
        return quoted(value)

    for text, values in found:
        text = re.sub(r"\$(\d+)", lambda m: literal(values[int(m[1])]) if int(m[1]) in values else m[0], text)
        lines += [part.strip().replace("\n", " ") + ";" for part in text.split("; ") if part.strip()] \
            if text.startswith("BEGIN") else [text.replace("\n", " ") + ";"]
    return "\\set r random(1, 1000000000000000000)\n" + "\n".join(lines) + "\n"
