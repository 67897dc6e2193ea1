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
  // A build container may have as few as 1024 file descriptors, and a file that cannot be opened
  // looks to vite like one that is missing.
  vite: () => ({ build: { rollupOptions: { maxParallelFileOps: 100 } } }),
}).catch((error) => {
  console.error(error);
  process.exit(1);
});
