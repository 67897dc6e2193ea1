-- People whom an identity provider vouches for.

ALTER TABLE account ADD COLUMN email TEXT; -- that an admin invited; NULL: none
CREATE UNIQUE INDEX account_email ON account (email COLLATE NOCASE);

-- Who somebody is at a provider. An account may have several.
CREATE TABLE identity (
    issuer     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,               -- the provider's own name for a person, never reused
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_by_account ON identity (account_id);
