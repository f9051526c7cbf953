// A real browser. Its driver is a development dependency; the browser itself, 75 MB, is installed from npm when it is first needed.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import puppeteer from "puppeteer-core";

const root = path.join(import.meta.dirname, "..", "..", "..");
const folder = path.join(root, ".browser");
const name = "@sparticuz/chromium";
const version = "153.0.0";

function installed() {
  const require = createRequire(path.join(folder, "package.json"));
  const manifest = path.join(folder, "node_modules", name, "package.json");
  if (!existsSync(manifest) || require(manifest).version !== version) {
    const args = ["install", "--no-save", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"];
    execFileSync("npm", [...args, "--prefix", folder, `${name}@${version}`], { stdio: "pipe" });
  }
  return import(require.resolve(name));
}

export async function openBrowser() {
  const { default: chromium } = await installed();
  const executablePath = await chromium.executablePath();
  const args = await puppeteer.defaultArgs({ args: [...chromium.args, "--lang=en-US"], headless: "shell" });
  return puppeteer.launch({ executablePath, args, headless: "shell", env: { ...process.env, TZ: "UTC" } });
}
