// A typed client made of the OpenAPI document alone: `schema.d.ts` is generated from it by `npm run client`.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.d.ts";

export type Finding = components["schemas"]["Finding"];
type Severity = Finding["severity"];

/** Every open finding of the severities named, page by page. Throws what the API says is wrong. */
export async function listFindings(
  baseUrl: string,
  key: string,
  severities: readonly Severity[] = ["critical", "high", "medium", "low"],
  limit = 50,
): Promise<Finding[]> {
  const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${key}` } });
  const findings: Finding[] = [];
  let cursor: string | null = null;
  do {
    const query = { severity: severities.join(","), limit, ...(cursor === null ? {} : { cursor }) };
    const { data: page, error }: Answer = await client.GET("/api/v1/findings", { params: { query } });
    if (!page) throw new Error(`${error?.code}: ${error?.detail}`);
    findings.push(...page.data);
    cursor = page.pagination.nextCursor;
  } while (cursor !== null);
  return findings;
}

type List = paths["/api/v1/findings"]["get"]["responses"];
/** What the loop reads of an answer; written down, as its own next request depends on it. */
interface Answer {
  readonly data?: List[200]["content"]["application/json"];
  readonly error?: components["schemas"]["Problem"];
}
