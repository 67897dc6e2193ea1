const { randomBytes } = require("node:crypto");
const { defineConfig } = require("@medusajs/framework/utils");
const settings = require("./settings");

const origin = settings.storeUrl();

// A migration signs nothing, and setup is not given what the server signs with.
function signingSecret(name) {
  return process.env.STOREWRIGHT_MIGRATING ? randomBytes(32).toString("hex") : settings.secret(name);
}

module.exports = defineConfig({
  projectConfig: {
    databaseUrl: settings.databaseUrl(),
    databaseDriverOptions: { connection: { ssl: false }, pool: { min: 0, max: 10 } },
    workerMode: "shared",
    http: {
      storeCors: origin,
      adminCors: origin,
      authCors: origin,
      jwtSecret: signingSecret("jwt-secret"),
      cookieSecret: signingSecret("cookie-secret"),
    },
    // A browser sends a "secure" cookie over https only, so over plain http nobody could sign in.
    cookieOptions: { secure: origin.startsWith("https:"), sameSite: "lax" },
  },
  admin: { backendUrl: "/", path: "/app" },
  modules: [
    {
      resolve: "@medusajs/medusa/file",
      options: {
        providers: [
          {
            resolve: "@medusajs/medusa/file-local",
            id: "local",
            options: { upload_dir: "static", backend_url: `${origin}/static` },
          },
        ],
      },
    },
  ],
});
