-- Every statement that a program runs, by name. lib/db makes "-- name: x" into SQL_X.

-- name: revision
SELECT number FROM revision;

-- Accounts and sessions ------------------------------------------------------------------

-- name: account_insert
INSERT INTO account (name, role, password_hash, created_at, email)
VALUES (?1, ?2, ?3, ?4, nullif(?5, ''));

-- name: account_count
SELECT count(*) FROM account;

-- name: account_by_name
SELECT id, name, role, password_hash, disabled_at FROM account WHERE name = ?1;

-- name: account_oldest_admin
SELECT name FROM account WHERE role = 'admin' AND disabled_at IS NULL ORDER BY id LIMIT 1;

-- name: account_set_password
UPDATE account SET password_hash = ?2 WHERE id = ?1;

-- name: account_signed_in
UPDATE account SET signed_in_at = ?2 WHERE id = ?1;

-- name: account_set_role
UPDATE account SET role = ?2 WHERE id = ?1;

-- name: account_set_disabled
UPDATE account SET disabled_at = nullif(?2, 0) WHERE id = ?1;

-- name: account_delete
DELETE FROM account WHERE id = ?1;

-- Admins who can sign in, but for one.
-- name: account_other_admins
SELECT count(*) FROM account
WHERE role = 'admin' AND disabled_at IS NULL AND id <> ?1
  AND (password_hash <> '' OR id IN (SELECT account_id FROM identity));

-- Everybody, by name; or ?1 alone.
-- name: person_list
SELECT a.id, a.name, a.role, a.password_hash = '' AND a.id NOT IN (SELECT account_id FROM identity) AS invited, a.disabled_at, a.created_at,
       a.signed_in_at, l.expires_at AS link_expires_at,
       (SELECT count(*) FROM store s WHERE s.owner_id = a.id AND s.status <> 'deleted') AS stores,
       (SELECT count(*) FROM session t
        WHERE t.account_id = a.id AND t.expires_at > ?2 AND t.last_seen_at > ?3) AS sessions
FROM account a LEFT JOIN access_link l ON l.account_id = a.id AND l.expires_at > ?2
WHERE ?1 = 0 OR a.id = ?1
ORDER BY a.name;

-- name: access_link_set
INSERT INTO access_link (account_id, token_hash, purpose, created_at, expires_at)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (account_id) DO UPDATE SET token_hash = ?2, purpose = ?3, created_at = ?4, expires_at = ?5;

-- name: access_link_find
SELECT a.id, a.name, l.purpose, l.expires_at
FROM access_link l JOIN account a ON a.id = l.account_id
WHERE l.token_hash = ?1 AND l.expires_at > ?2 AND a.disabled_at IS NULL;

-- name: access_link_delete
DELETE FROM access_link WHERE account_id = ?1;

-- name: identity_account
SELECT a.id, a.name, a.role, a.disabled_at FROM identity i JOIN account a ON a.id = i.account_id
WHERE i.issuer = ?1 AND i.subject = ?2;

-- Invited under this address, and not in use yet.
-- name: identity_invited
SELECT id, name, role, disabled_at FROM account
WHERE email = ?1 COLLATE NOCASE AND password_hash = '' AND disabled_at IS NULL
  AND id NOT IN (SELECT account_id FROM identity);

-- name: identity_insert
INSERT INTO identity (issuer, subject, account_id, created_at) VALUES (?1, ?2, ?3, ?4);

-- name: account_limit_list
SELECT name, value FROM account_limit WHERE account_id = ?1;

-- name: account_limit_set
INSERT INTO account_limit (account_id, name, value) VALUES (?1, ?2, ?3)
ON CONFLICT (account_id, name) DO UPDATE SET value = ?3;

-- name: account_limit_clear
DELETE FROM account_limit WHERE account_id = ?1 AND name = ?2;

-- What one person has, a row a plan: stores that are not gone, stores asked for since ?2, and
-- stores being provisioned.
-- name: account_usage
SELECT plan, count(*) FILTER (WHERE status <> 'deleted'), count(*) FILTER (WHERE created_at > ?2),
       count(*) FILTER (WHERE status IN ('requested', 'provisioning')), min(created_at) FILTER (WHERE created_at > ?2)
FROM store WHERE owner_id = ?1 AND (status <> 'deleted' OR created_at > ?2) GROUP BY plan;

-- name: session_insert
INSERT INTO session (token_hash, account_id, created_at, last_seen_at, expires_at, address, user_agent)
VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6);

-- name: session_find
SELECT a.id, a.name, a.role, s.last_seen_at, a.password_hash <> ''
FROM session s JOIN account a ON a.id = s.account_id
WHERE s.token_hash = ?1 AND s.expires_at > ?2 AND s.last_seen_at > ?3 AND a.disabled_at IS NULL;

-- name: session_touch
UPDATE session SET last_seen_at = ?2 WHERE token_hash = ?1;

-- name: session_delete
DELETE FROM session WHERE token_hash = ?1;

-- name: session_list
SELECT token_hash, created_at, last_seen_at, address, user_agent FROM session
WHERE account_id = ?1 AND expires_at > ?2 AND last_seen_at > ?3 ORDER BY last_seen_at DESC;

-- name: session_delete_one
DELETE FROM session WHERE account_id = ?1 AND substr(token_hash, 1, 8) = ?2;

-- name: session_delete_of_account
DELETE FROM session WHERE account_id = ?1;

-- name: session_delete_others
DELETE FROM session WHERE account_id = ?1 AND token_hash <> ?2;

-- name: session_delete_expired
DELETE FROM session WHERE expires_at <= ?1 OR last_seen_at <= ?2;

-- name: sign_in_blocked_until
SELECT coalesce(max(blocked_until), 0) FROM sign_in_failure WHERE subject IN (?1, ?2);

-- name: sign_in_failure_add
INSERT INTO sign_in_failure (subject, failures, last_at, blocked_until) VALUES (?1, 1, ?2, 0)
ON CONFLICT (subject) DO UPDATE SET
    failures = CASE WHEN last_at < ?2 - 3600000 THEN 1 ELSE failures + 1 END,
    last_at = ?2;

-- Five tries are free; then the wait doubles from one second to ?3 ms.
-- name: sign_in_failure_block
UPDATE sign_in_failure
SET blocked_until = ?2 + min(?3, 1000 << min(failures - 5, 20))
WHERE subject = ?1 AND failures >= 5;

-- name: known_network_count
SELECT count(*) FROM known_network k JOIN account a ON a.id = k.account_id
WHERE a.name = ?1 AND k.network = ?2;

-- name: known_network_add
INSERT INTO known_network (account_id, network, last_at) VALUES (?1, ?2, ?3)
ON CONFLICT (account_id, network) DO UPDATE SET last_at = ?3;

-- name: known_network_forget
DELETE FROM known_network WHERE last_at < ?1;

-- name: sign_in_failure_clear
DELETE FROM sign_in_failure WHERE subject = ?1;

-- The account's from wherever, and the address's. 14: the length of "account:" and " from ".
-- name: sign_in_failure_forgive
DELETE FROM sign_in_failure
 WHERE subject IN ('account:' || lower(?1), 'address:' || ?2)
    OR substr(subject, 1, length(?1) + 14) = 'account:' || lower(?1) || ' from ';

-- name: sign_in_failure_forget
DELETE FROM sign_in_failure WHERE last_at < ?1 AND blocked_until < ?1;

-- The audit log ------------------------------------------------------------------------------

-- name: audit_insert
INSERT INTO audit (id, at, account_id, actor, address, action, object, result, detail, previous, hash)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);

-- name: audit_last
SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1;

-- name: audit_from
SELECT * FROM audit WHERE id > ?1 ORDER BY id LIMIT ?2;

-- Parameters: 1 actor, 2 action (whole, or its part before the dot), 3 object, 4 result ('' for
-- all), 5 and 6 the times from and before, 7 only id below, 8 how many.
-- name: audit_page_older
SELECT * FROM audit
WHERE (?1 = '' OR actor = ?1 COLLATE NOCASE)
  AND (?2 = '' OR action = ?2 OR substr(action, 1, length(?2) + 1) = ?2 || '.')
  AND (?3 = '' OR object = ?3 COLLATE NOCASE) AND (?4 = '' OR result = ?4)
  AND at >= ?5 AND at < ?6 AND id < ?7
ORDER BY id DESC LIMIT ?8;

-- As audit_page_older, but id above ?7, oldest first.
-- name: audit_page_newer
SELECT * FROM audit
WHERE (?1 = '' OR actor = ?1 COLLATE NOCASE)
  AND (?2 = '' OR action = ?2 OR substr(action, 1, length(?2) + 1) = ?2 || '.')
  AND (?3 = '' OR object = ?3 COLLATE NOCASE) AND (?4 = '' OR result = ?4)
  AND at >= ?5 AND at < ?6 AND id > ?7
ORDER BY id LIMIT ?8;

-- Stores -------------------------------------------------------------------------------

-- name: store_insert
INSERT INTO store (uid, id, owner_id, engine, plan, host, title, admin_email, currency, country,
                   sample_products, desired, generation, status, created_at, status_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'present', 1, 'requested', ?12, ?12);

-- The store of an ID: the wanted one before one that is still being deleted, and one that is deleted
-- only where ?2, when none is living.
-- name: store_by_id
SELECT s.*, a.name AS owner_name FROM store s JOIN account a ON a.id = s.owner_id
WHERE s.id = ?1 AND (?2 OR s.status <> 'deleted')
ORDER BY s.status <> 'deleted' DESC, s.desired = 'present' DESC, s.seq DESC LIMIT 1;

-- Of those that account ?3 may see. The search goes from the account to its stores and never looks
-- at anybody else's, so that it takes the same time whether somebody else has the ID or nobody.
-- name: store_by_id_seen_by
WITH seen (uid, own) AS (
    SELECT o.uid, 1 FROM store o INDEXED BY store_by_owner_and_id
    WHERE o.owner_id = ?3 AND o.id = ?1
    UNION ALL
    SELECT o.uid, 0 FROM store_share h CROSS JOIN store o ON o.uid = h.store_uid
    WHERE h.account_id = ?3 AND o.id = ?1
)
SELECT s.*, a.name AS owner_name
FROM seen CROSS JOIN store s ON s.uid = seen.uid CROSS JOIN account a ON a.id = s.owner_id
WHERE ?2 OR s.status <> 'deleted'
ORDER BY s.status <> 'deleted' DESC, seen.own DESC, s.desired = 'present' DESC, s.seq DESC LIMIT 1;

-- name: store_by_uid
SELECT s.*, a.name AS owner_name FROM store s JOIN account a ON a.id = s.owner_id WHERE s.uid = ?1;

-- What keeps an ID from being asked for: the wanted store, or one whose deletion failed.
-- name: store_living_id_status
SELECT status FROM store
WHERE id = ?1 AND (desired = 'present' AND status <> 'deleted' OR status = 'delete_failed')
ORDER BY desired = 'present' DESC LIMIT 1;

-- name: store_delete_failed_by_id
SELECT uid FROM store WHERE id = ?1 AND status = 'delete_failed' ORDER BY seq LIMIT 1;

-- name: store_share_add
INSERT INTO store_share (store_uid, account_id, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING;

-- name: store_share_remove
DELETE FROM store_share WHERE store_uid = ?1 AND account_id = ?2;

-- name: store_share_list
SELECT a.id, a.name, a.role FROM store_share h JOIN account a ON a.id = h.account_id
WHERE h.store_uid = ?1 ORDER BY a.name;

-- Parameters: 1 whose (their own and those shared with them) or 0 for all, 2 status or NULL for all living, 3 part of id, title or host
-- ('' for all; LIKE characters are escaped by the caller), 4 only seq below, 5 how many.
-- name: store_page_older
SELECT s.*, a.name AS owner_name FROM store s JOIN account a ON a.id = s.owner_id
WHERE (?1 = 0 OR s.owner_id = ?1
       OR s.uid IN (SELECT store_uid FROM store_share WHERE account_id = ?1))
  AND CASE WHEN ?2 IS NULL THEN s.status <> 'deleted' ELSE s.status = ?2 END
  AND (?3 = '' OR s.id LIKE '%' || ?3 || '%' ESCAPE '!' OR s.title LIKE '%' || ?3 || '%' ESCAPE '!'
       OR s.host LIKE '%' || ?3 || '%' ESCAPE '!')
  AND s.seq < ?4
ORDER BY s.seq DESC LIMIT ?5;

-- As store_page_older, but seq above ?4, oldest first.
-- name: store_page_newer
SELECT s.*, a.name AS owner_name FROM store s JOIN account a ON a.id = s.owner_id
WHERE (?1 = 0 OR s.owner_id = ?1
       OR s.uid IN (SELECT store_uid FROM store_share WHERE account_id = ?1))
  AND CASE WHEN ?2 IS NULL THEN s.status <> 'deleted' ELSE s.status = ?2 END
  AND (?3 = '' OR s.id LIKE '%' || ?3 || '%' ESCAPE '!' OR s.title LIKE '%' || ?3 || '%' ESCAPE '!'
       OR s.host LIKE '%' || ?3 || '%' ESCAPE '!')
  AND s.seq > ?4
ORDER BY s.seq LIMIT ?5;

-- name: store_counts
SELECT status, count(*) FROM store
WHERE ?1 = 0 OR owner_id = ?1 OR uid IN (SELECT store_uid FROM store_share WHERE account_id = ?1)
GROUP BY status;

-- name: store_want_absent
UPDATE store SET desired = 'absent', generation = generation + 1, status = 'deleting',
                 cause = '', reason = '', status_at = ?2
WHERE uid = ?1;

-- name: store_want_again
UPDATE store SET generation = generation + 1, status = ?2, cause = '', reason = '', status_at = ?3
WHERE uid = ?1;

-- What was decided of generation ?7; a request that came in between is not overwritten.
-- name: store_observed
UPDATE store SET status = ?2, cause = ?3, reason = ?4, status_at = ?5, observed_at = ?6
WHERE uid = ?1 AND generation = ?7;

-- name: store_observed_ready
UPDATE store SET status = ?2, cause = ?3, reason = ?4, status_at = ?5, observed_at = ?6,
                 ready_at = coalesce(ready_at, ?6)
WHERE uid = ?1 AND generation = ?7;

-- name: store_observed_deleted
UPDATE store SET status = ?2, cause = ?3, reason = ?4, status_at = ?5, observed_at = ?6,
                 deleted_at = ?6
WHERE uid = ?1 AND generation = ?7;

-- name: store_applied
UPDATE store SET applied_generation = max(applied_generation, ?2), repairing = 0 WHERE uid = ?1;

-- name: store_repairing
UPDATE store SET repairing = ?2 WHERE uid = ?1;

-- All that the reconciler looks after, with the operation that is under way.
-- name: store_to_reconcile
SELECT s.*, a.name AS owner_name,
       o.id AS operation_id, o.kind AS operation_kind, o.attempt, o.started_at, o.not_before,
       o.error AS operation_error
FROM store s JOIN account a ON a.id = s.owner_id
LEFT JOIN operation o ON o.store_uid = s.uid AND o.state IN ('queued', 'running')
WHERE s.status <> 'deleted' ORDER BY s.seq;

-- Those of them that have one.
-- name: store_with_operation
SELECT s.*, a.name AS owner_name,
       o.id AS operation_id, o.kind AS operation_kind, o.attempt, o.started_at, o.not_before,
       o.error AS operation_error
FROM operation o JOIN store s ON s.uid = o.store_uid JOIN account a ON a.id = s.owner_id
WHERE o.state IN ('queued', 'running') AND s.status <> 'deleted' ORDER BY s.seq;

-- Operations ---------------------------------------------------------------------------

-- name: operation_insert
INSERT INTO operation (store_uid, kind, state, requested_by, idempotency_key, requested_at)
VALUES (?1, ?2, 'queued', ?3, ?4, ?5);

-- name: operation_by_key
SELECT store_uid FROM operation WHERE requested_by = ?1 AND idempotency_key = ?2;

-- name: operation_supersede
UPDATE operation SET state = 'superseded', finished_at = ?2
WHERE store_uid = ?1 AND state IN ('queued', 'running');

-- A start that is still to come is from before the clock was set back.
-- name: operation_start
UPDATE operation SET state = 'running',
                     started_at = CASE WHEN started_at <= ?2 THEN started_at ELSE ?2 END
WHERE id = ?1;

-- A helm run failed: the next one waits.
-- name: operation_helm_failed
UPDATE operation SET attempt = ?4, not_before = ?2, error = ?3 WHERE id = ?1;

-- name: operation_finish
UPDATE operation SET state = ?2, finished_at = ?3, error = ?4
WHERE id = ?1 AND state IN ('queued', 'running');

-- What is asked for and not begun.
-- name: operation_queued_count
SELECT (SELECT count(*) FROM operation WHERE state = 'queued') +
       (SELECT count(*) FROM orphan WHERE wish <> '');

-- name: operation_newest
SELECT id, kind FROM operation WHERE store_uid = ?1 ORDER BY id DESC LIMIT 1;

-- name: step_begin
INSERT INTO step (operation_id, position, name, started_at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT DO NOTHING;

-- name: step_finish
UPDATE step SET finished_at = ?3 WHERE operation_id = ?1 AND position = ?2 AND finished_at IS NULL;

-- name: step_reopen
UPDATE step SET finished_at = NULL WHERE operation_id = ?1 AND position = ?2;

-- name: step_list
SELECT name, started_at, finished_at FROM step WHERE operation_id = ?1 ORDER BY position;

-- name: event_insert
INSERT INTO event (store_uid, operation_id, at, level, message) VALUES (?1, nullif(?2, 0), ?3, ?4, ?5);

-- Not when the same was told of the store within the last ?6 milliseconds.
-- name: event_insert_once
INSERT INTO event (store_uid, operation_id, at, level, message)
SELECT ?1, nullif(?2, 0), ?3, ?4, ?5
WHERE NOT EXISTS (SELECT 1 FROM event WHERE store_uid = ?1 AND message = ?5 AND at > ?3 - ?6
                  AND coalesce(operation_id, 0) = ?2);

-- name: event_list
SELECT id, at, level, message FROM event WHERE store_uid = ?1 ORDER BY id DESC LIMIT ?2;

-- What the platform stands on -------------------------------------------------------------

-- name: condition_set
INSERT INTO condition (name, ok, message, since) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (name) DO UPDATE SET
    since = CASE WHEN ok = ?2 THEN since ELSE ?4 END, ok = ?2, message = ?3
WHERE ok <> ?2 OR message <> ?3;

-- name: condition_trouble
SELECT message FROM condition WHERE ok = 0 ORDER BY since LIMIT 1;

-- name: foreign_namespace_add
INSERT INTO foreign_namespace (name) VALUES (?1) ON CONFLICT DO NOTHING;

-- name: foreign_namespace_remove
DELETE FROM foreign_namespace WHERE name = ?1;

-- name: foreign_namespace_list
SELECT name FROM foreign_namespace;

-- name: foreign_namespace_find
SELECT 1 FROM foreign_namespace WHERE name = ?1 UNION SELECT 1 FROM orphan WHERE namespace = ?1;

-- The fleet --------------------------------------------------------------------------------

-- name: capacity_set
INSERT INTO capacity (one, nodes, pods, cpu_milli, memory, node_cpu_milli, node_memory, other_pods,
                      other_cpu_milli, other_memory, seen_at)
VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ON CONFLICT (one) DO UPDATE SET
    nodes = ?1, pods = ?2, cpu_milli = ?3, memory = ?4, node_cpu_milli = ?5, node_memory = ?6,
    other_pods = ?7, other_cpu_milli = ?8, other_memory = ?9, seen_at = ?10
WHERE (nodes, pods, cpu_milli, memory, node_cpu_milli, node_memory, other_pods, other_cpu_milli,
       other_memory) IS NOT (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

-- name: capacity_get
SELECT nodes, pods, cpu_milli, memory, node_cpu_milli, node_memory, other_pods, other_cpu_milli,
       other_memory, seen_at
FROM capacity;

-- name: store_count_by_kind
SELECT engine, plan, count(*) FROM store WHERE status <> 'deleted' GROUP BY engine, plan;

-- Takes in what the cluster remembers: parameters in the order of struct store, 12 desired,
-- 13 status, 14 reason, 15 applied_generation, 16 created_at, 17 now, 18 ready_at or 0.
-- name: store_recover
INSERT INTO store (uid, id, owner_id, engine, plan, host, title, admin_email, currency, country,
                   sample_products, desired, generation, status, reason, applied_generation,
                   created_at, status_at, ready_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 1, ?13, ?14, ?15, ?16, ?17,
        nullif(?18, 0));

-- The row of that uid was closed, and its namespace is there all the same.
-- name: store_reopen
UPDATE store SET desired = ?2, generation = generation + 1, status = ?3, cause = '', reason = ?4,
                 status_at = ?5, deleted_at = NULL
WHERE uid = ?1 AND status = 'deleted';

-- name: store_count_of_uid
SELECT count(*) FROM store WHERE uid = ?1;

-- name: store_missing
SELECT s.*, a.name AS owner_name FROM store s JOIN account a ON a.id = s.owner_id
WHERE s.status = 'degraded' AND s.cause IN ('namespace-missing', 'data-missing')
ORDER BY s.id LIMIT ?1;

-- name: orphan_set
INSERT INTO orphan (namespace, kind, store_uid, engine, owner, seen_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (namespace) DO UPDATE SET
    kind = ?2, store_uid = ?3, engine = ?4, owner = ?5, seen_at = ?6, wish = '', wished_by = NULL,
    answer = ''
WHERE kind <> ?2 OR store_uid <> ?3;

-- name: orphan_remove
DELETE FROM orphan WHERE namespace = ?1;

-- name: orphan_list
SELECT namespace, kind, store_uid, engine, owner, seen_at, wish, answer FROM orphan
ORDER BY namespace;

-- name: orphan_is_release
SELECT kind = 'release' FROM orphan WHERE namespace = ?1;

-- name: orphan_wish
UPDATE orphan SET wish = ?2, wished_by = ?3, answer = '' WHERE namespace = ?1;

-- name: orphan_wished
SELECT o.namespace, o.kind, o.store_uid, o.wish, a.id, a.name
FROM orphan o JOIN account a ON a.id = o.wished_by
WHERE o.wish <> '' ORDER BY o.namespace LIMIT 1;

-- name: orphan_answer
UPDATE orphan SET wish = '', wished_by = NULL, answer = ?2 WHERE namespace = ?1;
