import { Fault } from "./fault.ts";

/** A static file that lies beside the Worker, as text. Fault: UNAVAILABLE. */
export async function readAsset(assets: Pick<Fetcher, "fetch">, name: string): Promise<string> {
  const answer = await assets.fetch(`https://assets.invalid/${name}`);
  if (answer.ok) return answer.text();
  throw new Fault("UNAVAILABLE", `A part of this deployment could not be read (${name}). Try again.`);
}

/** A JSON file beside the Worker, read once by each isolate. */
export function jsonAsset<Value>(name: string): (assets: Pick<Fetcher, "fetch">) => Promise<Value> {
  let known: Promise<Value> | null = null;
  return (assets) => {
    known ??= readAsset(assets, name).then(
      // safe: scripts/assets.mjs writes it from the declarations that have this type.
      (text) => JSON.parse(text) as Value,
      (error: unknown) => {
        known = null;
        throw error;
      },
    );
    return known;
  };
}
