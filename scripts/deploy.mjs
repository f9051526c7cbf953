// `npm run deploy`: brings Cloudglass to your Cloudflare account. The first time it makes the deployment's secrets (kept in
// .secrets.json, which is not committed) and lets wrangler provision the database, namespaces and queues; later it migrates
// the database before the new code goes live.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = path.join(import.meta.dirname, "..");
const secretsFile = path.join(root, ".secrets.json");

function wrangler(...args) {
  const { status } = spawnSync(process.execPath, [path.join(root, "node_modules/wrangler/bin/wrangler.js"), ...args], {
    cwd: root,
    stdio: "inherit",
  });
  return status === 0;
}

const migrate = () => wrangler("d1", "migrations", "apply", "DB", "--remote");

if (!existsSync(secretsFile)) {
  const secrets = {
    MASTER_KEYS: `1:${randomBytes(32).toString("base64")}`,
    BOOTSTRAP_TOKEN: randomBytes(24).toString("base64url"),
  };
  writeFileSync(secretsFile, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  console.log("Made .secrets.json. Keep it: without MASTER_KEYS nothing that was sealed opens again.");
}

const migrated = migrate();
const deployed = wrangler("deploy", "--secrets-file", secretsFile);
process.exit(deployed && (migrated || migrate()) ? 0 : 1);
