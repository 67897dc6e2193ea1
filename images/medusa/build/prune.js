// prune.js SOURCE OUT: copies to OUT/node_modules what the server loads out of SOURCE/node_modules:
// the packages that the roots depend on, less those that only build something or belong to an
// integration that this image does not offer, and of each package only what Node reads.
const fs = require("node:fs");
const path = require("node:path");

const roots = ["@medusajs/medusa", "@medusajs/framework", "@medusajs/cli"];

const denied = [
  // Build the admin, which is built already.
  /^@medusajs\/(dashboard|ui|icons|js-sdk|admin-vite-plugin|admin-sdk)$/,
  /^(react|react-dom|vite|autoprefixer|postcss|tailwindcss|typescript|esbuild|rollup|glob-prune)$/,
  /^(@vitejs|@esbuild|@rollup|@swc|@radix-ui|@tanstack|@ariakit|@uiw|@hookform)\//,
  /^(yalc|ts-node|@types\/.*|@babel\/(core|parser|traverse|generator|types|template)|rollup-plugin-.*)$/,
  // Reach services that a store of ours does not use.
  /^@medusajs\/(file-s3|notification-sendgrid|analytics-posthog)$/,
  /^@medusajs\/(cache-redis|caching-redis|event-bus-redis|locking-redis|workflow-engine-redis)$/,
  /^(@aws-sdk|@smithy|@sendgrid|@opentelemetry(?!\/api$))\//,
  /^(posthog-node|connect-dynamodb|bullmq|@mikro-orm\/cli|@medusajs\/test-utils)$/,
];

// Packages of which the server needs only to know that they are there.
const named = new Set(["@medusajs/draft-order"]);

const droppedFiles = /\.(d\.[cm]?ts|[cm]?tsx?|map|md|markdown|flow|tsbuildinfo)$/i;
const licences = /^(licen[cs]e|copying|notice)/i;
const droppedFolders = new Set(["__tests__", "__mocks__", "__fixtures__", "node_modules", ".github", "docs", "examples"]);

function isDenied(name) {
  return denied.some((pattern) => pattern.test(name));
}

// The folder that Node finds package NAME in when asked from FOLDER.
function locate(name, folder, source) {
  for (let at = folder; ; at = path.dirname(at)) {
    const candidate = path.join(at, "node_modules", name);
    if (fs.existsSync(path.join(candidate, "package.json"))) {
      return candidate;
    }
    if (at === source || at === path.dirname(at)) {
      return undefined;
    }
  }
}

// Folders of all packages that are reached from the roots.
function walk(source) {
  const reached = new Map();
  const queue = roots.map((name) => ({ name, from: source, optional: false }));
  while (queue.length > 0) {
    const { name, from, optional } = queue.pop();
    if (isDenied(name)) {
      continue;
    }
    const folder = locate(name, from, source);
    if (!folder && optional) {
      continue;
    }
    if (!folder) {
      throw new Error(`${name}, which ${from} depends on, is not installed`);
    }
    if (reached.has(folder)) {
      continue;
    }
    const manifest = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
    reached.set(folder, name);
    if (named.has(name)) {
      continue;
    }
    for (const [kind, isOptional] of [["dependencies", false], ["optionalDependencies", true], ["peerDependencies", true]]) {
      for (const dependency of Object.keys(manifest[kind] ?? {})) {
        queue.push({ name: dependency, from: folder, optional: isOptional || dependency in (manifest.optionalDependencies ?? {}) });
      }
    }
  }
  return reached;
}

function copyPackage(from, to) {
  fs.mkdirSync(to, { recursive: true });
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    if (entry.isDirectory()) {
      if (!droppedFolders.has(entry.name)) {
        copyPackage(source, path.join(to, entry.name));
      }
    } else if (entry.isFile() && (licences.test(entry.name) || !droppedFiles.test(entry.name))) {
      fs.copyFileSync(source, path.join(to, entry.name));
    }
  }
}

function copyNamed(from, to) {
  fs.mkdirSync(to, { recursive: true });
  fs.copyFileSync(path.join(from, "package.json"), path.join(to, "package.json"));
}

// Medusa's migrator makes this folder where it is missing, and the image is read-only.
function addMigrationsFolder(to) {
  if (fs.existsSync(path.join(to, "dist"))) {
    fs.mkdirSync(path.join(to, "dist", "migrations"), { recursive: true });
  }
}

function main([source, out]) {
  const reached = walk(path.resolve(source));
  for (const [folder, name] of reached) {
    const to = path.join(out, path.relative(source, folder));
    (named.has(name) ? copyNamed : copyPackage)(folder, to);
    if (name.startsWith("@medusajs/")) {
      addMigrationsFolder(to);
    }
  }
  console.log(`prune: ${reached.size} packages stay`);
}

main(process.argv.slice(2));
