-- The first schema. Times are UTC milliseconds since 1970. Text is UTF-8.

-- People who may sign in.
CREATE TABLE account (
    id            INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL COLLATE NOCASE UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    role          TEXT    NOT NULL CHECK (role IN ('admin', 'member', 'viewer')),
    password_hash TEXT    NOT NULL,           -- argon2id in its own encoded form
    created_at    INTEGER NOT NULL,
    disabled_at   INTEGER                     -- NULL: may sign in
) STRICT;

-- Signed-in browsers. The cookie's token itself is nowhere: only its hash.
CREATE TABLE session (
    token_hash   BLOB    NOT NULL PRIMARY KEY, -- BLAKE2b-256 of the token
    account_id   INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,             -- renewed at most once a minute
    expires_at   INTEGER NOT NULL,
    address      TEXT    NOT NULL,             -- of the browser at sign-in
    user_agent   TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_account ON session (account_id);
CREATE INDEX session_by_expiry ON session (expires_at);

-- Failed sign-ins, by what they are counted against.
CREATE TABLE sign_in_failure (
    subject       TEXT    NOT NULL PRIMARY KEY, -- 'account:NAME' or 'address:ADDRESS'
    failures      INTEGER NOT NULL,             -- since the last success or the last quiet spell
    last_at       INTEGER NOT NULL,
    blocked_until INTEGER NOT NULL              -- no attempt is looked at before
) STRICT, WITHOUT ROWID;

-- Shops: what is asked for, and beside it what was last seen. Deleted ones stay.
CREATE TABLE store (
    seq                INTEGER PRIMARY KEY,    -- order of creation; pages are keyed by it
    uid                TEXT    NOT NULL UNIQUE, -- identity of this incarnation of the ID
    id                 TEXT    NOT NULL,        -- the DNS label that was typed; also namespace and release
    owner_id           INTEGER NOT NULL REFERENCES account (id),
    engine             TEXT    NOT NULL,
    plan               TEXT    NOT NULL,
    host               TEXT    NOT NULL,        -- where visitors find it, lower case
    title              TEXT    NOT NULL,
    admin_email        TEXT    NOT NULL,        -- who signs in to the shop's own admin
    currency           TEXT    NOT NULL,        -- ISO 4217, lower case
    country            TEXT    NOT NULL,        -- ISO 3166-1 alpha-2, lower case
    sample_products    INTEGER NOT NULL CHECK (sample_products IN (0, 1)),
    desired            TEXT    NOT NULL CHECK (desired IN ('present', 'absent')),
    generation         INTEGER NOT NULL,        -- raised by each change of what is asked for
    status             TEXT    NOT NULL CHECK (status IN ('requested', 'provisioning', 'ready',
                               'degraded', 'failed', 'deleting', 'delete_failed', 'deleted')),
    cause              TEXT    NOT NULL DEFAULT '', -- a word for programs: 'image-pull', 'quota' ...
    reason             TEXT    NOT NULL DEFAULT '', -- the same for people
    applied_generation INTEGER NOT NULL DEFAULT 0,  -- the last that helm took
    created_at         INTEGER NOT NULL,
    status_at          INTEGER NOT NULL,        -- when status became what it is
    observed_at        INTEGER,                 -- when the cluster was last asked about it
    ready_at           INTEGER,                 -- first time it was ready
    deleted_at         INTEGER
) STRICT;
CREATE UNIQUE INDEX store_living_id ON store (id) WHERE status <> 'deleted';
CREATE UNIQUE INDEX store_living_host ON store (host) WHERE status <> 'deleted';
CREATE INDEX store_by_owner ON store (owner_id, seq);
CREATE INDEX store_by_status ON store (status, seq);

-- Asked-for changes. At most one of a store is unfinished: a new one supersedes it.
CREATE TABLE operation (
    id              INTEGER PRIMARY KEY,
    store_uid       TEXT    NOT NULL REFERENCES store (uid),
    kind            TEXT    NOT NULL CHECK (kind IN ('create', 'delete', 'retry')),
    state           TEXT    NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed',
                            'superseded')),
    requested_by    INTEGER NOT NULL REFERENCES account (id),
    idempotency_key TEXT,                       -- of the form that asked; NULL: none
    attempt         INTEGER NOT NULL DEFAULT 0, -- helm runs that failed for it
    requested_at    INTEGER NOT NULL,
    started_at      INTEGER,
    not_before      INTEGER NOT NULL DEFAULT 0, -- the next attempt waits until then
    finished_at     INTEGER,
    error           TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX operation_by_store ON operation (store_uid, id);
CREATE UNIQUE INDEX operation_unfinished ON operation (store_uid)
    WHERE state IN ('queued', 'running');
CREATE UNIQUE INDEX operation_key ON operation (requested_by, idempotency_key)
    WHERE idempotency_key IS NOT NULL;

-- The steps of an operation as a person follows them.
CREATE TABLE step (
    operation_id INTEGER NOT NULL REFERENCES operation (id),
    position     INTEGER NOT NULL,              -- order on the page
    name         TEXT    NOT NULL,              -- 'namespace', 'release', 'database' ...
    started_at   INTEGER NOT NULL,
    finished_at  INTEGER,                       -- NULL: not done
    PRIMARY KEY (operation_id, position)
) STRICT, WITHOUT ROWID;

-- A store's timeline.
CREATE TABLE event (
    id           INTEGER PRIMARY KEY,
    store_uid    TEXT    NOT NULL REFERENCES store (uid),
    operation_id INTEGER REFERENCES operation (id),
    at           INTEGER NOT NULL,
    level        TEXT    NOT NULL CHECK (level IN ('info', 'warning', 'error')),
    message      TEXT    NOT NULL
) STRICT;
CREATE INDEX event_by_store ON event (store_uid, id);

-- Who did what. Rows are only added.
CREATE TABLE audit (
    id         INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    account_id INTEGER REFERENCES account (id), -- NULL: nobody was signed in
    actor      TEXT    NOT NULL,                -- the name at that time
    address    TEXT    NOT NULL,                -- where from; 'local' for the command line
    action     TEXT    NOT NULL,                -- 'store.create', 'session.sign-in' ...
    object     TEXT    NOT NULL,
    result     TEXT    NOT NULL CHECK (result IN ('ok', 'refused')),
    detail     TEXT    NOT NULL
) STRICT;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit rows are only added');
END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit rows are only added');
END;

-- Namespaces of the cluster that are not ours, as last seen: their names cannot be store IDs.
CREATE TABLE foreign_namespace (
    name TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- State of what the platform stands on, shown on every page when it is not well.
CREATE TABLE condition (
    name    TEXT    NOT NULL PRIMARY KEY,       -- 'cluster', 'helm'
    ok      INTEGER NOT NULL CHECK (ok IN (0, 1)),
    message TEXT    NOT NULL,
    since   INTEGER NOT NULL                    -- when ok became what it is
) STRICT, WITHOUT ROWID;

-- One number that grows whenever anything a page shows has changed (for ETag and caches).
CREATE TABLE revision (
    one    INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL
) STRICT;
INSERT INTO revision (one, number) VALUES (1, 1);
CREATE TRIGGER revision_store_added AFTER INSERT ON store
BEGIN
    UPDATE revision SET number = number + 1;
END;
CREATE TRIGGER revision_store_changed
AFTER UPDATE OF status, reason, title, plan, host, desired, generation ON store
BEGIN
    UPDATE revision SET number = number + 1;
END;
CREATE TRIGGER revision_event AFTER INSERT ON event
BEGIN
    UPDATE revision SET number = number + 1;
END;
CREATE TRIGGER revision_step_added AFTER INSERT ON step
BEGIN
    UPDATE revision SET number = number + 1;
END;
CREATE TRIGGER revision_step_changed AFTER UPDATE ON step
BEGIN
    UPDATE revision SET number = number + 1;
END;
CREATE TRIGGER revision_condition_added AFTER INSERT ON condition
BEGIN
    UPDATE revision SET number = number + 1;
END;
CREATE TRIGGER revision_condition_changed AFTER UPDATE OF ok, message ON condition
BEGIN
    UPDATE revision SET number = number + 1;
END;
