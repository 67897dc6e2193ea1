// Where every module is that the server loads, remembered from a start when the image was made:
// looking for six thousand files in a tree of folders is a large part of a start.
//
// With STOREWRIGHT_RECORD set to a file this writes down what it sees; otherwise it reads
// resolved.json beside it, and whatever is not in there is looked for as ever.
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");

const known = path.join(__dirname, "resolved.json");
const search = Module._resolveFilename;

// { folder: { request: file } }, all below this folder and relative to it.
function record(target) {
  const seen = {};
  Module._resolveFilename = function (request, parent, isMain, options) {
    const file = search.call(this, request, parent, isMain, options);
    if (!options && parent?.path?.startsWith(__dirname) && file.startsWith(__dirname)) {
      const folder = path.relative(__dirname, parent.path);
      (seen[folder] ??= {})[request] = path.relative(__dirname, file);
    }
    return file;
  };
  process.on("exit", () => fs.writeFileSync(target, JSON.stringify(seen)));
}

function remember(seen) {
  const files = new Map();
  for (const [folder, requests] of Object.entries(seen)) {
    const found = new Map();
    for (const [request, file] of Object.entries(requests)) {
      found.set(request, path.join(__dirname, file));
    }
    files.set(path.join(__dirname, folder), found);
  }
  Module._resolveFilename = function (request, parent, isMain, options) {
    const file = options ? undefined : files.get(parent?.path)?.get(request);
    return file ?? search.call(this, request, parent, isMain, options);
  };
}

if (process.env.STOREWRIGHT_RECORD) {
  record(process.env.STOREWRIGHT_RECORD);
} else if (fs.existsSync(known)) {
  remember(JSON.parse(fs.readFileSync(known, "utf8")));
}
