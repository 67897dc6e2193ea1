-- An ID may be asked for again while its former store is still being deleted: the new one waits.
DROP INDEX store_living_id;
DROP INDEX store_living_host;
CREATE UNIQUE INDEX store_wanted_id ON store (id) WHERE desired = 'present' AND status <> 'deleted';
CREATE UNIQUE INDEX store_wanted_host ON store (host)
    WHERE desired = 'present' AND status <> 'deleted';
CREATE INDEX store_by_id ON store (id, seq);
