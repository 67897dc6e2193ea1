// Serves the store. Setup has prepared the database.
require("./resolve");
const settings = require("./settings");

try {
  settings.store();
} catch (error) {
  console.error(`serve: failed: ${error.message}`);
  process.exit(64);
}
process.env.MEDUSA_BACKEND_URL = settings.storeUrl();

const { default: start } = require("@medusajs/medusa/commands/start");

start({ directory: __dirname, port: Number(settings.setting("PORT", "9000")) });
