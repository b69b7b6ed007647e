"""A throw-away PostgreSQL server."""
import os, pathlib, pwd, re, shutil, socket, subprocess, sys

TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Cluster:
    """A PostgreSQL server of our own."""

    def __init__(self, folder):
        found = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True)
        self.bin = pathlib.Path(found.stdout.strip())
        self.folder, self.port = folder / "cluster", free_port()
        self.user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        self.folder.mkdir()
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.run("initdb", "-D", self.folder, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        with open(self.folder / "postgresql.auto.conf", "a") as conf:
            conf.write(
                f"port={self.port}\nlisten_addresses='127.0.0.1'\nunix_socket_directories=''\nmax_connections=300\n"
                "shared_buffers='2GB'\nmax_wal_size='8GB'\ncheckpoint_timeout='30min'\neffective_cache_size='12GB'\n"
                "random_page_cost=1.1\njit=off\nlogging_collector=off\n"
            )
        self.run("pg_ctl", "-D", self.folder, "-l", self.folder / "log", "-w", "start")

    def run(self, program, *args):
        command = [str(self.bin / program), *map(str, args)]
        if os.getuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    def url(self, role, database):
        return f"postgres://{role}@127.0.0.1:{self.port}/{database}"

    def sql(self, database, text, role="postgres"):
        out = subprocess.run(
            ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", self.url(role, database)],
            input=text, capture_output=True, text=True)
        if out.returncode:
            sys.exit(f"{text[:200]}: {out.stderr}")
        return out.stdout

    def stop(self):
        self.run("pg_ctl", "-D", self.folder, "-m", "immediate", "stop")

    def cpu(self):
        """Seconds that all its processes have used."""
        total, leader = 0.0, int((self.folder / "postmaster.pid").read_text().split()[0])
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[1]) == leader or stat.parent.name == str(leader):
                total += sum(map(int, fields[11:15 if stat.parent.name == str(leader) else 13])) / TICK
        return total
