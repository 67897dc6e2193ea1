// What the store is, from the environment, and its secrets, from files: nothing secret is ever in
// the environment or in an argument, where other programs could read it.
const fs = require("node:fs");
const path = require("node:path");

// A setting is missing or wrong; the message is for the person who runs the store.
class SettingError extends Error {}

function setting(name, fallback) {
  const value = (process.env[name] ?? "").trim();
  if (value !== "") {
    return value;
  }
  if (fallback === undefined) {
    throw new SettingError(`the environment variable ${name} is not set`);
  }
  return fallback;
}

function matching(name, fallback, pattern, rule) {
  const value = setting(name, fallback);
  if (!pattern.test(value)) {
    throw new SettingError(`${name} is "${value}", but must be ${rule}`);
  }
  return value;
}

function secret(name) {
  const file = path.join(setting("SECRETS_DIR", "/run/secrets/store"), name);
  let value;
  try {
    value = fs.readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    throw new SettingError(`the secret file ${file} cannot be read (${error.code})`);
  }
  if (value === "") {
    throw new SettingError(`the secret file ${file} is empty`);
  }
  return value;
}

function database() {
  return {
    host: setting("DATABASE_HOST"),
    port: Number(matching("DATABASE_PORT", "5432", /^[0-9]{1,5}$/, "a port number")),
    database: setting("DATABASE_NAME"),
    user: setting("DATABASE_USER"),
    password: secret("database-password"),
  };
}

function databaseUrl() {
  const { host, port, database: name, user, password } = database();
  const address = host.includes(":") ? `[${host}]` : host;
  return `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${address}:${port}/${encodeURIComponent(name)}`;
}

// Scheme, host and port without a slash at the end, as an Origin header has it.
function storeUrl() {
  const value = setting("STORE_URL");
  let url;
  try {
    url = new URL(value);
  } catch {
    url = undefined;
  }
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== "/" || url.search || url.username) {
    throw new SettingError(`STORE_URL is "${value}", but must be http://host or https://host`);
  }
  return url.origin;
}

function store() {
  const id = setting("STORE_ID");
  return {
    id,
    title: setting("STORE_TITLE", id),
    url: storeUrl(),
    currency: matching("STORE_CURRENCY", "eur", /^[A-Za-z]{3}$/, "a currency code of three letters, such as EUR").toLowerCase(),
    country: matching("STORE_COUNTRY", "de", /^[A-Za-z]{2}$/, "a country code of two letters, such as DE").toLowerCase(),
    sampleProducts: matching("STORE_SAMPLE_PRODUCTS", "yes", /^(yes|no)$/, "yes or no") === "yes",
  };
}

// What only setup writes into the database, once.
function owner() {
  const key = secret("publishable-key");
  if (!/^pk_[0-9a-f]{64}$/.test(key)) {
    throw new SettingError("the secret publishable-key must be pk_ and 64 hexadecimal digits");
  }
  const email = secret("admin-email");
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) {
    throw new SettingError("the secret admin-email is not an e-mail address");
  }
  const password = secret("admin-password");
  if (password.length < 8) {
    throw new SettingError("the secret admin-password must have eight characters or more");
  }
  return { publishableKey: key, email, password };
}

module.exports = { SettingError, database, databaseUrl, owner, secret, setting, store, storeUrl };
