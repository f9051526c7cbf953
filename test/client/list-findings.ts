// A typed client made of the OpenAPI document alone: `schema.d.ts` is generated from it by `npm run client`.
import createClient from "openapi-fetch";
import type { components, operations, paths } from "./schema.d.ts";

export type Finding = components["schemas"]["Finding"];
type Severity = Finding["severity"];
/** Lists also answer text/csv; this client does not ask for it. */
type MediaType = "application/json" | "application/problem+json";
type Query = NonNullable<operations["listFindings"]["parameters"]["query"]>;

/** Every open finding of the severities named, page by page. Throws what the API says is wrong. */
export async function listFindings(
  baseUrl: string,
  key: string,
  severities: readonly Severity[] = ["critical", "high", "medium", "low"],
  limit = 50,
): Promise<Finding[]> {
  const client = createClient<paths, MediaType>({ baseUrl, headers: { authorization: `Bearer ${key}` } });
  const pageOf = async (query: Query) => {
    const { data, error } = await client.GET("/api/v1/findings", { params: { query } });
    if (data === undefined) throw new Error(`${error.code}: ${error.detail}`);
    return data;
  };
  const asked: Query = { severity: severities.join(","), limit };
  let page = await pageOf(asked);
  const findings = page.data;
  while (page.pagination.nextCursor !== null) {
    page = await pageOf({ ...asked, cursor: page.pagination.nextCursor });
    findings.push(...page.data);
  }
  return findings;
}
