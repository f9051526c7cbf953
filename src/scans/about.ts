import type { About } from "#checks/check";
import type { Env } from "#env";
import { jsonAsset } from "#lib/asset";

/** Check → what stands about it in the catalogue. */
export type AboutChecks = Readonly<Record<string, About>>;

const read = jsonAsset<AboutChecks>("checks.json");

/** Written from the checks' own files and kept beside the Worker. Fault: UNAVAILABLE. */
export const aboutChecks = ({ ASSETS }: Pick<Env, "ASSETS">): Promise<AboutChecks> => read(ASSETS);
