// The static files beside the Worker, as its binding answers them: what is said of checks is read from there.
import { readFile } from "node:fs/promises";
import path from "node:path";

const folder = path.join(import.meta.dirname, "..", "..", "assets");

export const env = {
  ASSETS: { fetch: async (url) => new Response(await readFile(path.join(folder, path.basename(url)))) },
};
