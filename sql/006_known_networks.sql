-- Networks from which an account was signed in to: guesses from elsewhere do not keep its owner out.
CREATE TABLE known_network (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    network    TEXT    NOT NULL,               -- an IPv4 address, or the /64 of an IPv6 address
    last_at    INTEGER NOT NULL,               -- the last sign-in; forgotten after 90 days
    PRIMARY KEY (account_id, network)
) STRICT, WITHOUT ROWID;
