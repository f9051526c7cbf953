import type { Env } from "#env";
import { jsonAsset } from "#lib/asset";
import { faults, type FaultCode } from "#lib/fault";
import { problemType, slugOf } from "./problem.ts";

/** Problem → what to do about it: `advice.ts`, kept beside the Worker. */
export type Advice = Readonly<Record<FaultCode, string>>;

const read = jsonAsset<Advice>("advice.json");

/** What to do about each problem. Fault: UNAVAILABLE. */
export const problemAdvice = ({ ASSETS }: Pick<Env, "ASSETS">): Promise<Advice> => read(ASSETS);

// safe: the keys of the table.
export const problemCodes = Object.keys(faults) as FaultCode[];

export interface ProblemEntry {
  readonly type: string;
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly advice: string;
  readonly page: string;
}

export const problemEntry = (code: FaultCode, origin: string, advice: Advice): ProblemEntry => ({
  type: problemType(origin, code),
  code,
  ...faults[code],
  advice: advice[code],
  page: `${origin}/problems/${slugOf(code)}`,
});

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** The page that a problem's `type` leads to; null when there is no such problem. Fault: UNAVAILABLE. */
export async function problemPage(slug: string, env: Pick<Env, "ASSETS">): Promise<string | null> {
  const code = problemCodes.find((candidate) => slugOf(candidate) === slug);
  if (!code) return null;
  const advice = await problemAdvice(env);
  const { status, title } = faults[code];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title><meta name="viewport" content="width=device-width"></head>
<body><h1>${escaped(title)}</h1><p>Status ${status}, code <code>${code}</code></p><p>${escaped(advice[code])}</p>
<p><a href="/api/v1/problems">All problems</a> · <a href="/api/docs">API reference</a></p></body></html>
`;
}
