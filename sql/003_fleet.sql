-- What the cluster can give, and what is in it that fits no row.

-- What the nodes that take pods can give, and what pods that are no store's ask of that, as last
-- seen. No row: they were not seen yet.
CREATE TABLE capacity (
    one             INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    nodes           INTEGER NOT NULL,
    pods            INTEGER NOT NULL, -- how many they may run
    cpu_milli       INTEGER NOT NULL, -- thousandths of a CPU
    memory          INTEGER NOT NULL, -- bytes
    node_cpu_milli  INTEGER NOT NULL, -- of the node that has most
    node_memory     INTEGER NOT NULL,
    other_pods      INTEGER NOT NULL,
    other_cpu_milli INTEGER NOT NULL,
    other_memory    INTEGER NOT NULL,
    seen_at         INTEGER NOT NULL  -- when any of it last changed
) STRICT;
CREATE INDEX store_living_kind ON store (engine, plan) WHERE status <> 'deleted';

-- Namespaces that carry a store's uid and belong to no row ('namespace'), and stores' releases in
-- namespaces that do not carry their uid ('release'), as last seen. A person decides about each.
CREATE TABLE orphan (
    namespace  TEXT    NOT NULL PRIMARY KEY,
    kind       TEXT    NOT NULL CHECK (kind IN ('namespace', 'release')),
    store_uid  TEXT    NOT NULL,            -- as the label has it
    engine     TEXT    NOT NULL,            -- as the label has it; '' when it does not say
    owner      TEXT    NOT NULL,            -- as the annotation has it; '' when it does not say
    seen_at    INTEGER NOT NULL,            -- when it was found
    wish       TEXT    NOT NULL DEFAULT '' CHECK (wish IN ('', 'adopt', 'remove')),
    wished_by  INTEGER REFERENCES account (id), -- NULL: no wish
    answer     TEXT    NOT NULL DEFAULT ''  -- why the last wish could not be fulfilled
) STRICT, WITHOUT ROWID;
