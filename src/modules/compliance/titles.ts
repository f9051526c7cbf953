import type { Env } from "#env";
import { Fault } from "#lib/fault";

type Titles = Readonly<Record<string, Readonly<Record<string, string>>>>;

let known: Promise<Titles> | null = null;

/**
 * Framework → control → our title, of the built-in frameworks. A static file beside the Worker, written from src/frameworks and
 * read once by each isolate. Fault: UNAVAILABLE.
 */
export function controlTitles({ ASSETS }: Pick<Env, "ASSETS">): Promise<Titles> {
  known ??= read(ASSETS).catch((error: unknown) => {
    known = null;
    throw error;
  });
  return known;
}

async function read(assets: Fetcher): Promise<Titles> {
  const answer = await assets.fetch("https://assets.invalid/frameworks.json");
  if (!answer.ok) throw new Fault("UNAVAILABLE", "The controls of the frameworks could not be read. Try again.");
  // safe: scripts/assets.mjs writes it from the frameworks' own declarations.
  return answer.json();
}
