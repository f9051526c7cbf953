import type { Env } from "#env";
import { jsonAsset } from "#lib/asset";

type Titles = Readonly<Record<string, Readonly<Record<string, string>>>>;

const read = jsonAsset<Titles>("frameworks.json");

/** Framework → control → our title, of the built-in frameworks: written from src/frameworks and kept beside the Worker. Fault: UNAVAILABLE. */
export const controlTitles = ({ ASSETS }: Pick<Env, "ASSETS">): Promise<Titles> => read(ASSETS);
