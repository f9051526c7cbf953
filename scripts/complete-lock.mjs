// A registry that does not carry a tool's packages for other platforms leaves them out of package-lock.json, and `npm ci` then
// refuses it. This writes them in by name and version; npm fetches only those of the platform it runs on.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const file = path.join(import.meta.dirname, "..", "package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8"));

const systems = { windows: "win32" };
const processors = { 64: "x64" };

/** `@oxlint/binding-linux-x64-musl` → `{ os: ["linux"], cpu: ["x64"] }`. */
function platformOf(name) {
  const [, os = "", cpu = ""] = /(android|darwin|freebsd|linux|openharmony|win32|windows)-(\w+)/.exec(name) ?? [];
  return { cpu: [processors[cpu] ?? cpu], os: [systems[os] ?? os] };
}

const missing = Object.values(lock.packages).flatMap(({ optionalDependencies = {} }) =>
  Object.entries(optionalDependencies).filter(
    ([name]) => !lock.packages[`node_modules/${name}`] && platformOf(name).os[0],
  ),
);
for (const [name, version] of missing) {
  lock.packages[`node_modules/${name}`] = { version, ...platformOf(name), dev: true, optional: true };
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${missing.length} packages of other platforms written in.`);
