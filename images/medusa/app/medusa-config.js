const { defineConfig } = require("@medusajs/framework/utils");
const settings = require("./settings");

const origin = settings.storeUrl();

module.exports = defineConfig({
  projectConfig: {
    databaseUrl: settings.databaseUrl(),
    databaseDriverOptions: { connection: { ssl: false }, pool: { min: 0, max: 10 } },
    workerMode: "shared",
    http: {
      storeCors: origin,
      adminCors: origin,
      authCors: origin,
      jwtSecret: settings.secret("jwt-secret"),
      cookieSecret: settings.secret("cookie-secret"),
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
