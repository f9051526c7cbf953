import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { Fault, type FaultDetail } from "#lib/fault";
import { canonicalJson } from "#lib/hash";
import type { NewFramework, Portable } from "./own-shapes.ts";
import { inputOf } from "./own-shapes.ts";
import { ownMax, refuseUnknownRules, rulesNamedIn } from "./own.ts";
import { builtInIds } from "./score.ts";
import { ownIn, ownStatements, type FrameworkRow } from "./standing.ts";

export interface Imported {
  readonly dryRun: boolean;
  readonly frameworks: readonly { readonly id: string; readonly outcome: "created" | "replaced" | "unchanged" }[];
}

/**
 * Stores frameworks as they were exported: those that are new are made, those that differ replaced, all of them or none. What
 * is not named stays. The same again changes nothing. Faults: INVALID_REQUEST; CONFLICT where somebody else changed one at the
 * same moment, or there would be more than 50.
 */
export async function importCompliance(org: OrgContext, input: Portable, dryRun: boolean): Promise<Imported> {
  refuseIds(input);
  const { frameworks: stored } = ownIn(await org.db.atomic(ownStatements(org)));
  await refuseUnknownRules(
    org,
    input.frameworks.flatMap((one, index) => rulesNamedIn(one, `/frameworks/${index}`)),
  );
  const planned = input.frameworks.map((framework) => ({ framework, outcome: outcomeOf(framework, stored) }));
  const created = planned.filter(({ outcome }) => outcome === "created").length;
  if (stored.length + created > ownMax)
    throw new Fault("CONFLICT", `There would be more than ${ownMax} frameworks. Delete some first.`);
  const changed = planned.filter(({ outcome }) => outcome !== "unchanged").map(({ framework }) => framework);
  if (!dryRun && changed.length > 0) await store(org, changed, stored);
  return { dryRun, frameworks: planned.map(({ framework: { id }, outcome }) => ({ id, outcome })) };
}

function refuseIds({ frameworks }: Portable): void {
  const errors = frameworks.flatMap(({ id }, index): FaultDetail[] => {
    const pointer = `/frameworks/${index}/id`;
    if (builtInIds.includes(id)) return [{ in: "body", pointer, message: "is that of a built-in framework" }];
    const first = frameworks.findIndex((one) => one.id === id);
    return first < index ? [{ in: "body", pointer, message: "is named twice" }] : [];
  });
  if (errors.length > 0)
    throw new Fault("INVALID_REQUEST", "The frameworks cannot be stored; see `errors`.", { errors });
}

function outcomeOf(
  { id, ...input }: NewFramework,
  stored: readonly FrameworkRow[],
): Imported["frameworks"][number]["outcome"] {
  const before = stored.find((row) => row.id === id);
  if (!before) return "created";
  return canonicalJson(inputOf(before)) === canonicalJson(input) ? "unchanged" : "replaced";
}

async function store(
  org: OrgContext,
  changed: readonly NewFramework[],
  stored: readonly FrameworkRow[],
): Promise<void> {
  const ids = changed.map(({ id }) => id);
  const entry = {
    action: "compliance.import",
    target: { type: "organization", id: org.id },
    after: { frameworks: ids },
  } as const;
  const [written] = await org.change(entry, [upsert(org, changed, stored)]);
  // safe: the statement answers the ids of what it wrote.
  if ((written as unknown[]).length === changed.length) return;
  throw new Fault("CONFLICT", "Somebody changed the frameworks at the same moment. Import again.");
}

/** One statement, which writes nothing unless the frameworks are still those that were read. */
const upsert = (org: OrgContext, changed: readonly NewFramework[], stored: readonly FrameworkRow[]): Statement =>
  org.db.sql(
    `INSERT INTO custom_frameworks (org_id, id, title, edition, controls, version, created_at, updated_at)
     SELECT ?1, f.value ->> 'id', f.value ->> 'title', f.value ->> 'edition', f.value -> 'controls', 1, ?4, ?4 FROM json_each(?2) AS f
     WHERE (SELECT coalesce(group_concat(s.id || ':' || s.version, ' '), '') FROM
       (SELECT id, version FROM custom_frameworks WHERE org_id = ?1 ORDER BY id) AS s) = ?3
     ON CONFLICT (org_id, id) DO UPDATE SET title = excluded.title, edition = excluded.edition, controls = excluded.controls,
       version = version + 1, updated_at = excluded.updated_at
     RETURNING id`,
    org.id,
    JSON.stringify(changed),
    stored.map(({ id, version }) => `${id}:${version}`).join(" "),
    org.now.toISOString(),
  );
