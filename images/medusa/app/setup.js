// Prepares a store's database before the shop serves. Can be killed and run again at any moment:
// the data and the marker row appear together or not at all.
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { promisify } = require("node:util");
const zlib = require("node:zlib");
const settings = require("./settings");
const marker = require("./marker");
const { connect } = require("./connect");
const { Failure, OTHER, WRONG_DATABASE, WRONG_SETTING } = require("./failure");

const version = require("@medusajs/medusa/package.json").version;
const templates = path.join(__dirname, "template");
const samples = path.join(__dirname, "samples");
const uploads = path.join(__dirname, "static");

function say(text) {
  console.log(`setup: ${text}`);
}

function compareVersions(one, other) {
  return one.localeCompare(other, "en", { numeric: true });
}

async function readTemplate(sampleProducts) {
  const file = path.join(templates, sampleProducts ? "sample.sql.gz" : "base.sql.gz");
  return (await promisify(zlib.gunzip)(await fs.promises.readFile(file))).toString("utf8");
}

// The pictures of the sample products, beside what the store's admin will upload.
async function copyPictures() {
  await fs.promises.mkdir(uploads, { recursive: true });
  for (const name of await fs.promises.readdir(samples)) {
    await fs.promises.copyFile(path.join(samples, name), path.join(uploads, name));
  }
}

async function restore(client, store, owner) {
  // Loaded here, as a restart has no use for it.
  const { passwordHash, personalise } = require("./personalise");
  const [template, hash] = await Promise.all([
    readTemplate(store.sampleProducts),
    passwordHash(owner.password),
  ]);
  if (store.sampleProducts) {
    await copyPictures();
  }
  await client.query("BEGIN");
  await client.query(template);
  await personalise(client, store, owner, hash);
  await marker.write(client, { storeId: store.id, version, how: "restored" });
  await client.query("COMMIT");
}

// Medusa's own migrations, in a process of their own: they keep more memory than we may.
function migrate() {
  return new Promise((resolve, reject) => {
    const cli = require.resolve("@medusajs/cli/cli.js");
    const child = spawn(process.execPath,
      [cli, "db:migrate", "--execute-safe-links", "--execute-safe-search"],
      // The command line, unlike the server, insists on writing its configuration.
      { cwd: __dirname, stdio: "inherit",
        env: { ...process.env, STOREWRIGHT_MIGRATING: "yes", XDG_CONFIG_HOME: "/tmp" } });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) {
        resolve();
      } else {
        reject(new Failure(OTHER, `the migration of the database to ${version} failed (${signal ?? `exit status ${code}`}); its output is above`));
      }
    });
  });
}

async function upgrade(client, store, from) {
  say(`the database is of ${from}; migrating it to ${version}`);
  await migrate();
  await marker.write(client, { storeId: store.id, version, how: `migrated from ${from}` });
}

async function prepare(client, store, owner) {
  await marker.lock(client);
  const found = await marker.read(client);
  if (found && found.store_id !== store.id) {
    throw new Failure(WRONG_DATABASE, `the database belongs to the store ${found.store_id}, not to ${store.id}`);
  }
  if (!found) {
    if (!(await marker.isEmpty(client))) {
      throw new Failure(WRONG_DATABASE, "the database holds tables that no setup of a store made; give the store an empty one");
    }
    await restore(client, store, owner);
    return "the store is prepared";
  }
  const order = compareVersions(found.version, version);
  if (order > 0) {
    throw new Failure(WRONG_DATABASE, `the database is of Medusa ${found.version} and this image is ${version}: it cannot go back`);
  }
  if (order < 0) {
    await upgrade(client, store, found.version);
    return "the store is migrated";
  }
  return "nothing to do";
}

async function main() {
  const begun = Date.now();
  const store = settings.store();
  const owner = settings.owner();
  const client = await connectAndCheck();
  try {
    const result = await prepare(client, store, owner);
    say(`${result} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
  } finally {
    await client.end().catch(() => {});
  }
}

async function connectAndCheck() {
  const client = await connect(settings.database());
  // A connection that breaks later also fails the query that runs, with the same error.
  client.on("error", () => {});
  return client;
}

main().catch((error) => {
  const status = error instanceof settings.SettingError ? WRONG_SETTING : error.status ?? OTHER;
  if (status === OTHER) {
    console.error(error.stack);
  }
  console.error(`setup: failed: ${error.message}`);
  process.exitCode = status;
});
