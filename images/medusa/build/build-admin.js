// build-admin.js OUT: builds the admin's pages. Their addresses are relative to the host that
// serves them, so that one build does for every store.
const { build } = require("@medusajs/admin-bundler");

build({
  disable: false,
  sources: [],
  plugins: ["@medusajs/draft-order/admin"],
  path: "/app",
  backendUrl: "/",
  outDir: process.argv[2],
}).catch((error) => {
  console.error(error);
  process.exit(1);
});
