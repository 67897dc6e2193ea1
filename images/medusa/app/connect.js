const { Client } = require("pg");
const { Failure, NO_DATABASE } = require("./failure");

const patience = 120_000; // a volume may have to be made and a database started
const impatience = 15_000; // a refused password is seldom mended by waiting
const pause = 100;

// SQLSTATE codes: wrong password, role refused, database absent.
const refusals = new Set(["28P01", "28000", "3D000"]);

function plainWords(error, { host, port, database, user }) {
  switch (error.code) {
    case "28P01":
    case "28000":
      return `the database at ${host}:${port} refuses the password of user ${user}`;
    case "3D000":
      return `the database server at ${host}:${port} has no database ${database}`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `the name ${host} of the database server is not known`;
    default:
      return `the database at ${host}:${port} does not answer (${error.message})`;
  }
}

// Connects, however long the server takes to come up within reason.
async function connect(options) {
  const begun = Date.now();
  for (;;) {
    // A server that accepts and then says nothing must not hold us either.
    const client = new Client({ ...options, connectionTimeoutMillis: 3000, keepAlive: true });
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      const waited = Date.now() - begun;
      if (waited > (refusals.has(error.code) ? impatience : patience)) {
        throw new Failure(NO_DATABASE, `${plainWords(error, options)}; tried for ${Math.round(waited / 1000)} s`);
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

module.exports = { connect };
