-- Invitations and links, limits, shared stores; the audit log becomes a chain.

-- '' as account.password_hash: invited, and no password chosen yet.
ALTER TABLE account ADD COLUMN signed_in_at INTEGER; -- last time; NULL: never

-- One-time links that let somebody set a password. The token itself is nowhere: only its hash.
CREATE TABLE access_link (
    account_id INTEGER NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE, -- a new one
                                               -- takes the place of the one before
    token_hash BLOB    NOT NULL UNIQUE,        -- BLAKE2b-256 of the token
    purpose    TEXT    NOT NULL CHECK (purpose IN ('invitation', 'reset')),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

-- What one person may have, where it differs from the configuration.
CREATE TABLE account_limit (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,               -- 'stores', 'creations_per_hour' ... (lib/store/limit.c)
    value      INTEGER NOT NULL CHECK (value >= 0),
    PRIMARY KEY (account_id, name)
) STRICT, WITHOUT ROWID;

-- Who may read a store besides its owner and the admins.
CREATE TABLE store_share (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    store_uid  TEXT    NOT NULL REFERENCES store (uid),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, store_uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX store_share_by_store ON store_share (store_uid);
CREATE TRIGGER revision_share_added AFTER INSERT ON store_share
BEGIN
    UPDATE revision SET number = number + 1;
END;
CREATE TRIGGER revision_share_removed AFTER DELETE ON store_share
BEGIN
    UPDATE revision SET number = number + 1;
END;

-- Who did what. Rows are only added, numbered from 1 without a gap, and each is chained to the one
-- before (lib/store/audit.h has the encoding). The first log had no chain to continue.
DROP TABLE audit;
CREATE TABLE audit (
    id         INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    account_id INTEGER NOT NULL,               -- 0: nobody was signed in, or the command line
    actor      TEXT    NOT NULL,               -- the name at that time
    address    TEXT    NOT NULL,               -- where from; 'local' for the command line
    action     TEXT    NOT NULL,               -- 'store.create', 'session.sign-in' ...
    object     TEXT    NOT NULL,               -- the store's ID or the person's name
    result     TEXT    NOT NULL CHECK (result IN ('ok', 'refused')),
    detail     TEXT    NOT NULL,
    previous   BLOB    NOT NULL CHECK (length(previous) = 32), -- hash of the row before; zeros: none
    hash       BLOB    NOT NULL CHECK (length(hash) = 32)      -- of previous and of this row
) STRICT;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit rows are only added');
END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit rows are only added');
END;
