"""Rows as the reconciler would have left them, put straight into the database."""

import secrets
import sqlite3
import time

CREATE_STEPS = ("namespace", "release", "database", "setup", "web", "route")
INSERT_STORE = """
INSERT INTO store (uid, id, owner_id, engine, plan, host, title, admin_email, currency, country,
                   sample_products, desired, generation, status, cause, reason, created_at,
                   status_at, observed_at, ready_at, deleted_at)
VALUES (:uid, :id, (SELECT id FROM account WHERE name = :owner), :engine, 'small', :host, :title,
        'owner@example.com', 'eur', 'de', 1, :desired, 1, :status, '', :reason, :created_at,
        :created_at, :created_at, :ready_at, :deleted_at)
"""


def now():
    return int(time.time() * 1000)


class Seed:
    def __init__(self, path):
        self.path = path

    def run(self, work):
        db = sqlite3.connect(self.path, timeout=10)
        try:
            db.execute("PRAGMA foreign_keys = ON")
            with db:
                return work(db)
        finally:
            db.close()

    def query(self, sql, *values):
        return self.run(lambda db: db.execute(sql, values).fetchall())

    def store(self, id, owner="member", status="ready", title=None, reason="", steps=None, age_ms=60000):
        """One store with its operation and a timeline of one line; returns its uid."""
        uid = secrets.token_hex(10)
        deleting = status in ("deleting", "delete_failed", "deleted")
        at = now() - age_ms
        row = {
            "uid": uid, "id": id, "owner": owner, "engine": "medusa", "host": f"{id}.localtest.me",
            "title": title or id.title(), "desired": "absent" if deleting else "present",
            "status": status, "reason": reason, "created_at": at,
            "ready_at": at + 31200 if status in ("ready", "degraded") else None,
            "deleted_at": at + 40000 if status == "deleted" else None,
        }
        if steps is None:
            steps = CREATE_STEPS if status in ("ready", "degraded") else ()

        def work(db):
            db.execute(INSERT_STORE, row)
            operation = db.execute(
                "INSERT INTO operation (store_uid, kind, state, requested_by, requested_at)"
                " VALUES (?, ?, 'succeeded', (SELECT id FROM account WHERE name = ?), ?)",
                (uid, "delete" if deleting else "create", owner, at),
            ).lastrowid
            for i, name in enumerate(steps):
                db.execute("INSERT INTO step VALUES (?, ?, ?, ?, ?)",
                           (operation, i, name, at + 1000 * i, at + 1000 * i + 900))
            db.execute("INSERT INTO event (store_uid, operation_id, at, level, message)"
                       " VALUES (?, ?, ?, 'info', 'Asked for.')", (uid, operation, at))

        self.run(work)
        return uid
