// One row that says whose this database is and what made it. It is written in the same
// transaction as the data, so it is there exactly if all of the data is.
const lockNumber = 7266_1933; // any number that nothing else locks

async function lock(client) {
  await client.query("SELECT pg_advisory_lock($1)", [lockNumber]);
}

async function read(client) {
  const { rows } = await client.query("SELECT to_regclass('storewright.setup') IS NOT NULL AS there");
  if (!rows[0].there) {
    return undefined;
  }
  return (await client.query("SELECT store_id, version, how FROM storewright.setup")).rows[0];
}

async function write(client, { storeId, version, how }) {
  await client.query(`
    CREATE SCHEMA IF NOT EXISTS storewright;
    CREATE TABLE IF NOT EXISTS storewright.setup (
      one boolean PRIMARY KEY DEFAULT true CHECK (one),
      store_id text NOT NULL,
      version text NOT NULL,
      how text NOT NULL,
      done_at timestamptz NOT NULL)`);
  await client.query(
    `INSERT INTO storewright.setup (store_id, version, how, done_at) VALUES ($1, $2, $3, now())
     ON CONFLICT (one) DO UPDATE SET version = $2, how = $3, done_at = now()`,
    [storeId, version, how]
  );
}

// Whether the database holds anything that setup did not put there.
async function isEmpty(client) {
  const { rows } = await client.query(
    `SELECT count(*)::int AS n FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
     WHERE s.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')`
  );
  return rows[0].n === 0;
}

module.exports = { isEmpty, lock, read, write };
