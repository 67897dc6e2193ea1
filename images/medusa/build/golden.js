// medusa exec golden.js DIRECTORY: seeds the database that DATABASE_* names and writes it as
// DIRECTORY/base.sql.gz (without products) and DIRECTORY/sample.sql.gz (with them).
//
// Runs once, when the image is made. A new store restores one of the files in a fraction of a
// second; migrating and seeding would take it half a minute.
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const zlib = require("node:zlib");
const settings = require("./settings");
const { seedBase, seedProducts } = require("./seed");

// Lines that only psql understands, or only the version of the server that made the dump.
const dropped = /^(\\(un)?restrict |SET transaction_timeout |SELECT pg_catalog\.set_config\('search_path')/;

function dump() {
  const { host, port, database, user, password } = settings.database();
  const text = execFileSync(
    "pg_dump",
    ["--no-owner", "--no-privileges", "--no-comments", "--inserts", "--rows-per-insert=200",
      "--host", host, "--port", String(port), "--username", user, database],
    { env: { ...process.env, PGPASSWORD: password }, encoding: "utf8", maxBuffer: 64 << 20 }
  );
  if (!text.includes("PostgreSQL database dump complete")) {
    throw new Error("pg_dump did not finish");
  }
  return text
    .split("\n")
    .filter((line) => !dropped.test(line))
    .join("\n");
}

// A store must never inherit an identity or a way in from the template.
async function refuseIdentities(container, query) {
  for (const table of ["user", "invite", "auth_identity", "provider_identity", "customer"]) {
    const { rows } = await query.raw(`SELECT count(*)::int AS n FROM "${table}"`);
    if (rows[0].n !== 0) {
      throw new Error(`the template holds ${rows[0].n} rows of ${table}`);
    }
  }
  const { rows } = await query.raw(`SELECT type, token FROM api_key`);
  if (rows.length !== 1 || rows[0].type !== "publishable" || rows[0].token !== "") {
    throw new Error("the template must hold one publishable key, without a token");
  }
}

module.exports.default = async function golden({ container, args }) {
  const [directory] = args;
  const query = container.resolve("__pg_connection__");
  await seedBase(container);
  await query.raw(`UPDATE api_key SET token = '', redacted = '', salt = ''`);
  await refuseIdentities(container, query);
  fs.writeFileSync(path.join(directory, "base.sql.gz"), zlib.gzipSync(dump(), { level: 9 }));
  await seedProducts(container);
  await refuseIdentities(container, query);
  fs.writeFileSync(path.join(directory, "sample.sql.gz"), zlib.gzipSync(dump(), { level: 9 }));
};
