// Copies the reference UI's script from its package to where the Worker serves static files from.
import { copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";

const root = path.join(import.meta.dirname, "..");
const assets = path.join(root, "assets");

mkdirSync(assets, { recursive: true });
copyFileSync(path.join(root, "node_modules/rapidoc/dist/rapidoc-min.js"), path.join(assets, "rapidoc-min.js"));
