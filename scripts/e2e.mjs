// `npm run e2e`: Cloudglass from outside, in the local runtime of `npm start`, killed, cut off, treated badly,
// and held against what others made (moto, the AWS SDK).
// `npm run e2e -- crash live` runs only those of test/e2e. Ports 8801 to 8809 must be free.
import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import path from "node:path";

const root = path.join(import.meta.dirname, "..");
const asked = process.argv.slice(2);
const known = globSync("test/e2e/*.test.mjs", { cwd: root }).toSorted();
const files = known.filter((file) => asked.length === 0 || asked.includes(path.basename(file, ".test.mjs")));
if (files.length === 0) {
  console.error(`There is no such test. Tests: ${known.map((file) => path.basename(file, ".test.mjs")).join(", ")}.`);
  process.exit(2);
}

// The typed client cannot be run before it has been generated.
if (!existsSync(path.join(root, "test", "client", "schema.d.ts"))) {
  const made = spawnSync(process.execPath, [path.join("scripts", "client.mjs")], { cwd: root, stdio: "inherit" });
  if (made.status !== 0) process.exit(made.status ?? 1);
}

// One file after the other: each has a runtime of its own, and the clock of sockets and retries is tested.
const options = ["--test", "--test-concurrency=1", "--test-force-exit", "--test-reporter=spec"];
const { status } = spawnSync(process.execPath, [...options, ...files], { cwd: root, stdio: "inherit" });
process.exit(status ?? 1);
