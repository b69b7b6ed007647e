"""An import through the service, and the same rows by plain inserts of 500 at a time."""
import re, subprocess, time

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
TABLES = ["pupils", "enrolments"]


def upn(number):
    rest = f"8252{number:08}"
    return LETTERS[sum(int(d) * (at + 2) for at, d in enumerate(rest)) % 23] + rest


def file(rows, first=1):
    lines = [f"{upn(n)},Amara,Fenwick {n},01/10/2015,03/09/2024,5" for n in range(first, first + rows)]
    return "UPN,Forename,Surname,DOB,Admission date,Year group\n" + "\n".join(lines) + "\n"


def wait(service, token, path, state):
    while True:
        job = service.ask(path, token)
        if job["state"] == state:
            return
        if job["state"] in ("failed", "expired", "cancelled"):
            raise SystemExit(f"the import ended as {job}")
        time.sleep(0.05)


def through(service, token, school, rows):
    """Seconds to rehearse and to apply."""
    begun = time.monotonic()
    job = service.ask(f"/v1/imports?map=pupils&school_id={school}", token, file(rows),
                      {"Content-Type": "text/csv", "Idempotency-Key": f'"bench-import-{begun}"'})
    path = f"/v1/imports/{job['id']}"
    wait(service, token, path, "rehearsed")
    rehearsed = time.monotonic()
    plan = service.ask(path, token)["plan_hash"]
    service.ask(f"{path}/application", token, f'{{"plan_hash": "{plan}"}}', {"Idempotency-Key": f'"apply-{begun}"'})
    wait(service, token, path, "applied")
    return rehearsed - begun, time.monotonic() - rehearsed


def plainly(cluster, database, trust, folder):
    """Seconds to store the imported rows again, by inserts of many rows in one transaction: as the service's role, under
    the same row-level security, keys and indexes."""
    mine = "name_folded LIKE '%fenwick%' AND upn LIKE '_8252%'"
    where = {"pupils": mine, "enrolments": f"pupil_id IN (SELECT id FROM pupils WHERE {mine})"}
    lines = ["BEGIN;", f"SET LOCAL tutela.trust_id = '{trust}';"]
    for table in TABLES:
        columns = cluster.sql(database, f"SELECT quote_ident(column_name) FROM information_schema.columns WHERE table_name = "
                                        f"'{table}' ORDER BY ordinal_position").split()
        row = " || ',' || ".join(f"quote_nullable({column}::text)" for column in columns)
        rows = cluster.sql(database, f"SELECT '(' || {row} || ')' FROM {table} WHERE {where[table]}").splitlines()
        for at in range(0, len(rows), 500):
            lines.append(f"INSERT INTO {table} ({', '.join(columns)}) VALUES {','.join(rows[at:at + 500])};")
    count = len(rows)
    lines.append("COMMIT;")
    for table in reversed(TABLES):
        cluster.sql(database, f"DELETE FROM {table} WHERE {where[table]}")
    sql = folder / "import.sql"
    sql.write_text("\n".join(lines))
    begun = time.monotonic()
    subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", cluster.url("app", database), "-f", str(sql)], check=True)
    return count, time.monotonic() - begun
