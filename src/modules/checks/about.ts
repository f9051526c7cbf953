import type { About } from "#checks/check";
import type { Env } from "#env";
import { jsonAsset } from "#lib/asset";

const read = jsonAsset<Readonly<Record<string, About>>>("checks.json");

/** What people read about checks, by check: written from the checks' own files and kept beside the Worker. Fault: UNAVAILABLE. */
export const aboutChecks = ({ ASSETS }: Pick<Env, "ASSETS">): Promise<Readonly<Record<string, About>>> => read(ASSETS);
