// Writes wrangler.dev.toml: wrangler.toml with the simulated AWS account behind the binding AWS and secrets that open nothing.
// With --check it only says whether the committed file is stale.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { OPERATOR_ACCESS_KEY_ID, OPERATOR_SECRET_ACCESS_KEY } from "../simulator/demo.ts";

const root = path.join(import.meta.dirname, "..");
const target = path.join(root, "wrangler.dev.toml");

const secrets = {
  MASTER_KEYS: `1:${Buffer.alloc(32, "development").toString("base64")}`,
  BOOTSTRAP_TOKEN: "bootstrap-token-for-development",
  WEBHOOKS_ALLOW_LOOPBACK: "true",
  OPERATOR_ACCESS_KEY_ID,
  OPERATOR_SECRET_ACCESS_KEY,
};
const lines = Object.entries(secrets).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);

const production = readFileSync(path.join(root, "wrangler.toml"), "utf8");
const withoutSecrets = production.replace(/\[secrets\]\n(?:.+\n)*/, "");
const withVars = withoutSecrets.replace(
  "[vars]\n",
  `[vars]\n# For development only: they open nothing anywhere else.\n${lines.join("\n")}\n`,
);
/** E-mail is not sent: wrangler writes it to files and says where. */
const withMail = withVars
  .replace('EMAIL_FROM = ""', 'EMAIL_FROM = "alerts@cloudglass.test"')
  .replace(/# E-mail: [^[]*\n# \[\[send_email\]\]\n# name/, "[[send_email]]\nname");
const withIssuer = withMail.replace('ISSUER_URL = ""', 'ISSUER_URL = "https://cloudglass.test"');
/** In development wrangler bundles the source itself, and again whenever it changes. */
const fromSource = withIssuer
  .replace(/# Built by .*\nmain = ".*"\nno_bundle = true\n/, 'main = "src/worker.ts"\n')
  .replace("node scripts/build.mjs", "node scripts/registry.mjs && node scripts/assets.mjs");
const text = `# Written from wrangler.toml by scripts/dev-config.mjs.
${fromSource}
[[services]]
binding = "AWS"
service = "cloudglass-aws-simulator"
`;

if (!process.argv.includes("--check")) writeFileSync(target, text);
else if (!existsSync(target) || readFileSync(target, "utf8") !== text) {
  console.error("wrangler.dev.toml is stale: run `node scripts/dev-config.mjs`.");
  process.exit(1);
}
