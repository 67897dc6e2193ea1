"""One platform of the test's own: configuration, SQLite, dashboards, nginx, reconciler and storectl, in a temporary
folder, beside whatever else runs on the machine."""

import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time

from . import ACCESS, BUILD, ROOT, tool, wait
from .web import Browser

ADMIN, PASSWORD = "tester", "correct horse battery"
MOVING = ("requested", "provisioning", "deleting")

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Platform:
    """kube: the cluster (harness.kube); settings: rows of the configuration that differ from the tests' own."""

    def __init__(self, kube, **settings):
        self.kube = kube
        # Short: a Unix socket's path has at most 107 bytes.
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="sw-"))
        self.children, self.port, self.listener = [], None, None
        self.extra_locations = ""  # of nginx
        self.config_file = self.dir / "storewright.conf"
        self.env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "STOREWRIGHT_CONFIG": str(self.config_file)}
        self.settings = {
            "database": self.dir / "storewright.db",
            "run_dir": self.dir,
            "kubeconfig": ACCESS / "reconciler.kubeconfig",
            "dashboard_kubeconfig": ACCESS / "dashboard.kubeconfig",
            "reconciler_account": "storewright/reconciler",
            "helm": tool("helm"),
            "helm_home": self.dir / "helm",
            "chart": ROOT / "helm/store",
            "reconcile": BUILD / "cron/reconcile",
            "reconcile_log": self.dir / "reconcile.log",
            "templates": ROOT / "templates",
            # The tests wait until a reconciler has ended to know that nothing is left to do.
            "linger_seconds": 0,
        }
        self.configure(**settings)
        (self.dir / "helm").mkdir()
        self.add_user(ADMIN, "admin", PASSWORD)

    # Configuration and files.

    def configure(self, **settings):
        """Writes the configuration anew; programs that run keep what they read. None removes a row."""
        self.settings.update(settings)
        rows = [f"{k} = {v}\n" for k, v in self.settings.items() if v is not None]
        self.config_file.write_text("".join(rows), encoding="utf-8")

    @property
    def database(self):
        return pathlib.Path(self.settings["database"] or self.dir / "storewright.db")

    def sql(self, statement, *values):
        """Rows as dictionaries. Only reads, but for what a test does on purpose."""
        db = sqlite3.connect(self.database, timeout=10)
        try:
            db.row_factory = sqlite3.Row
            rows = [dict(r) for r in db.execute(statement, values)]
            db.commit()
            return rows
        finally:
            db.close()

    def log(self):
        """Everything the platform's programs have logged, quotes as they were before they were escaped."""
        files = [self.dir / "reconcile.log", self.dir / "dashboard.log", self.dir / "nginx.log"]
        return "".join(f.read_text(encoding="utf-8", errors="replace") for f in files if f.exists()).replace('\\"', '"')

    # Programs.

    def storectl(self, *argv, check=True, stdin=None, timeout=60):
        argv = [BUILD / "cli/storectl", *argv]
        r = subprocess.run(argv, env=self.env, input=stdin, text=True, capture_output=True, timeout=timeout)
        if check and r.returncode != 0:
            raise AssertionError(f"storectl {argv[1:]} ended with {r.returncode}: {r.stdout}{r.stderr}")
        return r

    def add_user(self, name, role, password):
        self.storectl("user", "add", name, "--role", role, "--password-stdin", stdin=password + "\n")

    def start(self, *argv, log, env=None, **more):
        out = open(self.dir / log, "ab")
        child = subprocess.Popen([str(a) for a in argv], stdout=out, stderr=out, env=self.env | (env or {}), cwd="/", **more)
        out.close()
        self.children.append(child)
        return child

    def cron(self, **env):
        """What cron does each minute. Returns the process, which may end at once."""
        return self.start(self.settings["reconcile"], log="reconcile.log", stdin=subprocess.DEVNULL, env=env)

    def serve(self, dashboards=2, strict=True):
        """Starts the dashboard programs and nginx. strict: a variable that a page lacks is an error."""
        if strict:
            self.env["STOREWRIGHT_STRICT_TEMPLATES"] = "1"
        self.listener = self._listen("dashboard.sock")
        for _ in range(dashboards):
            self.dashboard()
        passwords = self._listen("passwords.sock")
        self.start(BUILD / "cgi/dashboard", log="dashboard.log", stdin=passwords.fileno())
        passwords.close()
        self.port = free_port()
        (self.dir / "nginx.conf").write_text(self._nginx_conf(), encoding="utf-8")
        nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        argv = [nginx, "-p", self.dir, "-e", self.dir / "nginx.log", "-c", self.dir / "nginx.conf"]
        # Who made the temporary folder reads it.
        self.start(*argv, "-g", "user root;" if os.geteuid() == 0 else "", log="nginx.log")
        wait(lambda: f"nginx: {self.log()}", self._listens, 10)

    def _listen(self, name):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.dir / name))
        listener.listen(128)
        return listener

    def _nginx_conf(self):
        """The one that ./up installs, for these folders."""
        names = {
            "WEB_RUN": self.dir, "WEB_OWNER": "root", "SHARE": ROOT, "ADDRESS": f"127.0.0.1:{self.port}",
            "DASHBOARD": BUILD / "cgi/dashboard",
        }  # fmt: skip
        argv = [ROOT / "deploy/fill", ROOT / "deploy/nginx.conf.in", *(f"{k}={v}" for k, v in names.items())]
        text = subprocess.run(argv, check=True, text=True, stdout=subprocess.PIPE).stdout
        return text.replace("location / {", self.extra_locations + "\n        location / {", 1)

    def dashboard(self, **env):
        """One more dashboard program on the same socket."""
        return self.start(BUILD / "cgi/dashboard", log="dashboard.log", stdin=self.listener.fileno(), env=env)

    def _listens(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def browser(self, sign_in=True):
        if not self.port:
            self.serve()
        browser = Browser("127.0.0.1", self.port)
        if sign_in:
            browser.sign_in(ADMIN, PASSWORD)
        return browser

    # Processes: only those of this platform, known by their environment.

    def processes(self, *names):
        """Process ids of this platform's "reconcile", "dashboard" or "helm"."""
        ours = f"STOREWRIGHT_CONFIG={self.config_file}"
        marks = {"reconcile": ours, "dashboard": ours, "helm": f"HOME={self.settings['helm_home']}"}
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                environ = (entry / "environ").read_bytes().split(b"\0")
                argv = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            for name in names:
                if marks[name].encode() in environ and (name == "helm" or argv[0].endswith(name.encode())):
                    found.append(int(entry.name))
        return found

    def wait_helm(self, store, what="install"):
        """Until helm was started for the store; it may have ended by now, on a machine that does other things as well."""
        wait(f"helm {what} of {store}", lambda: f'"helm started" store={store} what={what}' in self.log(), 20, 0.01)

    def kill(self, *names, sig=signal.SIGKILL):
        """Returns whom it was sent to. After SIGKILL they are dead: what they held is free."""
        pids = self.processes(*names)
        for pid in pids:
            try:
                os.kill(pid, sig)
            except ProcessLookupError:
                pass
        if sig == signal.SIGKILL:
            wait(f"{names} are dead", lambda: not pids or not set(pids) & set(self.processes(*names)), 5, 0.002)
        return pids

    def wait_idle(self, seconds=20):
        """Until no reconciler runs, which says that nothing is left to do."""
        wait(lambda: f"the reconciler ends; {self.log()[-2000:]}", lambda: not self.processes("reconcile"), seconds)

    # Stores.

    def create(self, store, *more, engine="medusa", **options):
        self.storectl("create", store, "--engine", engine, *more, **options)

    def delete(self, store, *more):
        self.storectl("delete", store, "--confirm", store, *more)

    def row(self, store):
        """The newest row of that ID."""
        rows = self.sql("SELECT * FROM store WHERE id = ? ORDER BY seq DESC LIMIT 1", store)
        return rows[0] if rows else None

    def status(self, store):
        return (self.row(store) or {}).get("status")

    def steps(self, store):
        """Names of the newest operation's steps, those that are done and those that are not."""
        rows = self.sql(
            "SELECT name, finished_at FROM step WHERE operation_id = (SELECT max(o.id) FROM operation o"
            " JOIN store s ON s.uid = o.store_uid WHERE s.id = ?) ORDER BY position",
            store,
        )
        done = [r["name"] for r in rows if r["finished_at"]]
        return done, [r["name"] for r in rows if not r["finished_at"]]

    def events(self, store):
        uid = self.row(store)["uid"]
        return [r["message"] for r in self.sql("SELECT message FROM event WHERE store_uid = ? ORDER BY id", uid)]

    def wait_status(self, store, status, seconds=30, cause=None):
        def story():
            row = self.row(store) or {}
            return f"{store} {status}; it is {row.get('status')}, {row.get('cause')}: {row.get('reason')}\n{self.log()[-2500:]}"

        def question():
            row = self.row(store)
            return row and row["status"] == status and (cause is None or row["cause"] == cause) and row

        return wait(story, question, seconds)

    def stop(self):
        """Ends every program and removes every file; stores that are left in the cluster too. Returns the log."""
        for child in self.children:
            child.terminate()  # nginx ends its workers with it, which nobody would after SIGKILL
        for child in self.children:
            child.wait(timeout=20)
        if self.listener:
            self.listener.close()
        wait("reconcile and helm ended", lambda: not self.kill("reconcile", "helm"), 5)
        uids = {r["uid"] for r in self.sql("SELECT uid FROM store")} if self.database.exists() else set()
        for ns in self.kube.items("/api/v1/namespaces"):
            if ns["metadata"].get("labels", {}).get("storewright.io/uid") in uids:
                self.kube.delete(f"/api/v1/namespaces/{ns['metadata']['name']}")
        log = self.log()
        shutil.rmtree(self.dir)
        return log


def times(platform, store):
    """What the row tells of a store's times, in seconds since it was asked for."""
    row = platform.row(store)
    return {k: round((row[k] - row["created_at"]) / 1000, 3) for k in ("ready_at", "deleted_at") if row[k]}


def keep_figures(name, figures):
    """Figures for people, in the build's output; no test depends on them."""
    file = BUILD / "figures.json"
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    known[name] = figures | {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    file.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
