import type { OrgContext } from "./context.ts";
import type { Statement } from "./database.ts";

export type CountedSubject = "finding" | "resource";

/** Counter dimension → column. `all` has the empty value. */
const dimensions: Readonly<Record<CountedSubject, Readonly<Record<string, string>>>> = {
  finding: {
    severity: "severity",
    type: "type",
    category: "category",
    service: "service",
    region: "region",
    account: "account_id",
    resourceType: "resource_type",
  },
  resource: {
    service: "service",
    region: "region",
    account: "account_id",
    state: "state",
    resourceType: "resource_type",
  },
};

const tables: Readonly<Record<CountedSubject, string>> = { finding: "findings", resource: "resources" };

const statusSum = (subject: CountedSubject, status: string): string =>
  subject === "finding" ? `sum(t.status = '${status}')` : "0";

/** Adds (sign 1) or takes away (sign −1) what the rows with these ids are now counted as. */
function tally(org: OrgContext, subject: CountedSubject, idsJson: string, sign: 1 | -1): Statement {
  const pairs = Object.entries(dimensions[subject]).map(
    ([dimension, column]) => `'${dimension}', coalesce(t.${column}, '')`,
  );
  const sums = ["open", "snoozed", "ignored", "resolved"].map((status) => `${sign} * ${statusSum(subject, status)}`);
  return org.db.sql(
    `INSERT INTO counters (org_id, subject, dimension, value, total, open, snoozed, ignored, resolved)
     SELECT ?1, '${subject}', d.key, d.value, ${sign} * count(*), ${sums.join(", ")}
     FROM json_each(?2) AS i CROSS JOIN ${tables[subject]} AS t CROSS JOIN json_each(json_object('all', '', ${pairs.join(", ")})) AS d
     WHERE t.org_id = ?1 AND t.id = i.value GROUP BY d.key, d.value
     ON CONFLICT (org_id, subject, dimension, value) DO UPDATE SET
       total = total + excluded.total, open = open + excluded.open, snoozed = snoozed + excluded.snoozed,
       ignored = ignored + excluded.ignored, resolved = resolved + excluded.resolved`,
    org.id,
    idsJson,
  );
}

/**
 * Statements that change rows with these ids (a JSON array of at most 1 MB), with the counters kept equal to the rows: what
 * they counted as before is taken away and what they count as afterwards is added, in the same batch. Costs one written row
 * for each group touched, and none when nothing is.
 */
export function recounted(
  org: OrgContext,
  subject: CountedSubject,
  idsJson: string,
  statements: readonly Statement[],
): Statement[] {
  const { before, after } = recountedAround(org, subject, idsJson);
  return [...before, ...statements, ...after];
}

/** What `recounted` puts before and after. */
export const recountedAround = (
  org: OrgContext,
  subject: CountedSubject,
  idsJson: string,
): { readonly before: readonly Statement[]; readonly after: readonly Statement[] } => ({
  before: [tally(org, subject, idsJson, -1)],
  after: [tally(org, subject, idsJson, 1), org.db.sql("DELETE FROM counters WHERE org_id = ?1 AND total = 0", org.id)],
});
