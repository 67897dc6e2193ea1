// Turns the restored template into this store: its name, key, owner, currency and country.
// Runs inside the transaction of the restore.
const scrypt = require("scrypt-kdf");
const { ulid } = require("ulid");
const { SettingError } = require("./settings");

const id = (prefix) => `${prefix}_${ulid()}`;

// The hash that Medusa's e-mail and password sign-in compares with.
async function passwordHash(password) {
  return (await scrypt.kdf(password, { logN: 15, r: 8, p: 1 })).toString("base64");
}

async function changeOne(client, what, sql, values) {
  const { rowCount } = await client.query(sql, values);
  if (rowCount !== 1) {
    throw new Error(`the template has ${rowCount} rows where ${what} should be one`);
  }
}

// The template's rows were made with the image; in the store they begin now.
async function startClock(client) {
  await client.query(`
    DO $$
    DECLARE name text;
    BEGIN
      FOR name IN SELECT table_name FROM information_schema.columns
                  WHERE table_schema = 'public' AND column_name IN ('created_at', 'updated_at')
                  GROUP BY 1 HAVING count(*) = 2 LOOP
        EXECUTE format('UPDATE public.%I SET created_at = now(), updated_at = now()', name);
      END LOOP;
    END $$`);
}

async function setKey(client, token) {
  await changeOne(client, "the publishable key",
    "UPDATE api_key SET token = $1, redacted = $2, salt = '' WHERE type = 'publishable'",
    [token, `${token.slice(0, 6)}***${token.slice(-3)}`]);
}

async function addOwner(client, email, hash) {
  const user = id("user");
  const identity = id("authid");
  await client.query(`INSERT INTO "user" (id, email) VALUES ($1, $2)`, [user, email]);
  await client.query("INSERT INTO auth_identity (id, app_metadata) VALUES ($1, $2)",
    [identity, { user_id: user }]);
  await client.query(
    `INSERT INTO provider_identity (id, entity_id, provider, auth_identity_id, provider_metadata)
     VALUES ($1, $2, 'emailpass', $3, $4)`,
    [id("provid"), email, identity, { password: hash }]);
}

async function addCurrency(client, code) {
  const known = await client.query("SELECT 1 FROM currency WHERE code = $1", [code]);
  if (known.rowCount === 0) {
    throw new SettingError(`STORE_CURRENCY is "${code}", which Medusa does not know as a currency`);
  }
  await client.query(
    `INSERT INTO store_currency (id, currency_code, store_id)
     SELECT $1, $2, id FROM store
     WHERE NOT EXISTS (SELECT FROM store_currency WHERE currency_code = $2)`,
    [id("stocur"), code]);
  await client.query("UPDATE store_currency SET is_default = (currency_code = $1)", [code]);
  await addPreference(client, "currency_code", code);
  // Whatever has a price in the template's first currency gets the same number in this one.
  await client.query(
    `INSERT INTO price (id, title, price_set_id, currency_code, raw_amount, rules_count, amount)
     SELECT 'price_' || upper(left(md5(random()::text || id), 26)), title, price_set_id, $1,
            raw_amount, rules_count, amount
     FROM price p WHERE currency_code = 'eur' AND rules_count = 0 AND NOT EXISTS
       (SELECT FROM price q WHERE q.price_set_id = p.price_set_id AND q.currency_code = $1)`,
    [code]);
}

// Prices are shown without tax.
async function addPreference(client, attribute, value) {
  await client.query(
    `INSERT INTO price_preference (id, attribute, value, is_tax_inclusive)
     SELECT $1, $2, $3, false
     WHERE NOT EXISTS (SELECT FROM price_preference WHERE attribute = $2 AND value = $3)`,
    [id("prpref"), attribute, value]);
}

// The region that sells to the store's own country in its own currency.
async function homeRegion(client, { country, currency }) {
  const { rows } = await client.query(
    `SELECT c.display_name, c.region_id, r.currency_code
     FROM region_country c LEFT JOIN region r ON r.id = c.region_id WHERE c.iso_2 = $1`, [country]);
  if (rows.length === 0) {
    throw new SettingError(`STORE_COUNTRY is "${country}", which Medusa does not know as a country`);
  }
  if (rows[0].currency_code === currency) {
    return rows[0].region_id;
  }
  const region = id("reg");
  await client.query("INSERT INTO region (id, name, currency_code) VALUES ($1, $2, $3)",
    [region, rows[0].display_name, currency]);
  await client.query("UPDATE region_country SET region_id = $1 WHERE iso_2 = $2", [region, country]);
  await client.query(
    `INSERT INTO region_payment_provider (id, region_id, payment_provider_id)
     VALUES ($1, $2, 'pp_system_default')`, [id("regpp"), region]);
  await addPreference(client, "region_id", region);
  return region;
}

async function deliverTo(client, country) {
  await client.query(
    `INSERT INTO geo_zone (id, type, country_code, service_zone_id)
     SELECT $1, 'country', $2, id FROM service_zone
     WHERE NOT EXISTS (SELECT FROM geo_zone WHERE country_code = $2)`, [id("fgz"), country]);
  await client.query(
    `INSERT INTO tax_region (id, provider_id, country_code)
     SELECT $1, 'tp_system', $2
     WHERE NOT EXISTS (SELECT FROM tax_region WHERE country_code = $2)`, [id("txreg"), country]);
  await client.query("UPDATE stock_location_address SET country_code = $1", [country]);
}

// As Medusa writes the addresses of uploads: whole, so that any storefront can use them.
async function addressPictures(client, url) {
  await client.query("UPDATE product SET thumbnail = $1 || thumbnail WHERE thumbnail LIKE '/static/%'", [url]);
  await client.query("UPDATE image SET url = $1 || url WHERE url LIKE '/static/%'", [url]);
}

async function personalise(client, store, owner, hash) {
  await startClock(client);
  await setKey(client, owner.publishableKey);
  await addOwner(client, owner.email, hash);
  await addCurrency(client, store.currency);
  const region = await homeRegion(client, store);
  await deliverTo(client, store.country);
  await addressPictures(client, store.url);
  await changeOne(client, "the store", "UPDATE store SET name = $1, default_region_id = $2",
    [store.title, region]);
}

module.exports = { passwordHash, personalise };
