import type { About } from "#checks/check";
import type { Env } from "#env";
import { Fault } from "#lib/fault";

let known: Promise<Readonly<Record<string, About>>> | null = null;

/**
 * What people read about checks, by check. It lies beside the Worker as a static file, written from the checks' own files, and
 * is read once by each isolate. Fault: UNAVAILABLE.
 */
export function aboutChecks({ ASSETS }: Pick<Env, "ASSETS">): Promise<Readonly<Record<string, About>>> {
  known ??= read(ASSETS).catch((error: unknown) => {
    known = null;
    throw error;
  });
  return known;
}

async function read(assets: Fetcher): Promise<Readonly<Record<string, About>>> {
  const answer = await assets.fetch("https://assets.invalid/checks.json");
  if (!answer.ok) throw new Fault("UNAVAILABLE", "The words about checks could not be read. Try again.");
  // safe: scripts/assets.mjs writes it from the checks' own declarations.
  return answer.json();
}
