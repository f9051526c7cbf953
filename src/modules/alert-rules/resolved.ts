import { checks } from "#checks/registry";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { frameworks } from "#frameworks/registry";
import { Fault, type FaultDetail } from "#lib/fault";
import { bodyPointer } from "#lib/validate";
import { accountsNamed, servicesOf } from "#modules/accounts";
import { ruleIdOf } from "#scans/rules";
import type { AlertRuleInput } from "./shapes.ts";

type Condition = AlertRuleInput["condition"];

const frameworkIds: readonly string[] = frameworks.map(({ id }) => id);
const checkIds: ReadonlySet<string> = new Set(checks.map(({ id }) => id));

/** Something a rule names, and where. */
interface Mention {
  readonly kind: "account" | "channel" | "policy" | "framework" | "rule" | "check";
  readonly id: string;
  readonly pointer: string;
}

/**
 * What people wrote, with accounts by their UUIDs and services by AWS's names. Fault: INVALID_REQUEST for what it names and is not
 * there. What a rule named before may be gone: it can be changed all the same.
 */
export async function resolved(
  org: OrgContext,
  input: AlertRuleInput,
  before: AlertRuleInput | null = null,
): Promise<AlertRuleInput> {
  const refs = accountRefs(input);
  const named = await accountsNamed(org, refs);
  const after = withIds(input, (ref) => named.get(ref.toLowerCase()) ?? ref);
  const kept = new Set(before ? mentionsIn(before).map(nameOf) : []);
  const mentions = mentionsIn(after).filter((mention) => !kept.has(nameOf(mention)));
  const known = await knownHere(org, mentions);
  const errors = mentions.flatMap((mention): FaultDetail[] =>
    isKnown(mention, known) ? [] : [{ in: "body", pointer: mention.pointer, message: complaint(mention) }],
  );
  if (errors.length > 0)
    throw new Fault("INVALID_REQUEST", "The alert rule names what is not there; see `errors`.", { errors });
  return after;
}

const nameOf = ({ kind, id }: Pick<Mention, "kind" | "id">): string => `${kind}:${id}`;

const listOf = (value: string | readonly string[] | null | undefined): readonly string[] =>
  value === null || value === undefined ? [] : typeof value === "string" ? [value] : value;

const filterOf = (condition: Condition) => ("filter" in condition ? condition.filter : {});

const accountRefs = ({ condition, route }: AlertRuleInput): readonly string[] => [
  ...listOf(filterOf(condition).accountId),
  ...("accountId" in condition ? listOf(condition.accountId) : []),
  ...(route?.by === "account" ? Object.keys(route.channels).map((ref) => ref.toLowerCase()) : []),
];

/** The same with each account's own id; twins are one. */
function withIds(input: AlertRuleInput, idOf: (ref: string) => string): AlertRuleInput {
  const { condition, route, channels } = input;
  const distinct = (refs: readonly string[]): string[] => [...new Set(refs.map(idOf))];
  return {
    ...input,
    channels: [...new Set(channels)],
    condition: conditionWithIds(condition, idOf, distinct),
    route:
      route?.by === "account"
        ? {
            ...route,
            channels: Object.fromEntries(Object.entries(route.channels).map(([ref, ids]) => [idOf(ref), ids])),
          }
        : route,
  };
}

function conditionWithIds(
  condition: Condition,
  idOf: (ref: string) => string,
  distinct: (refs: readonly string[]) => string[],
): Condition {
  if ("filter" in condition) {
    const { accountId, service, ...filter } = condition.filter;
    const more = {
      ...(accountId && { accountId: distinct(accountId) }),
      ...(service && { service: servicesOf(service) }),
    };
    return { ...condition, filter: { ...filter, ...more } };
  }
  if (condition.kind === "score_below" || condition.kind === "spend_over")
    return { ...condition, accountId: condition.accountId && idOf(condition.accountId) };
  if (condition.kind === "scan_ended" || condition.kind === "no_complete_scan")
    return { ...condition, accountId: condition.accountId && distinct(condition.accountId) };
  return condition;
}

function mentionsIn({ condition, channels, route }: AlertRuleInput): readonly Mention[] {
  const all = (kind: Mention["kind"], ids: readonly string[], pointer: string): Mention[] =>
    ids.map((id) => ({ kind, id, pointer }));
  const { type = [], accountId = [] } = filterOf(condition);
  const types = type.map((id): Mention => {
    const rule = ruleIdOf(id);
    return { kind: rule === null ? "check" : "rule", id: rule ?? id, pointer: "/condition/filter/type" };
  });
  return [
    ...types,
    ...all("account", accountId, "/condition/filter/accountId"),
    ...("accountId" in condition ? all("account", listOf(condition.accountId), "/condition/accountId") : []),
    ...(condition.kind === "score_below" ? all("framework", [condition.framework], "/condition/framework") : []),
    ...(condition.kind === "policy_failed" ? all("policy", condition.policyId ?? [], "/condition/policyId") : []),
    ...all("channel", channels, "/channels"),
    ...Object.entries(route?.channels ?? {}).flatMap(([value, ids]) => [
      ...(route?.by === "account" ? all("account", [value], "/route/channels") : []),
      ...all("channel", ids, bodyPointer(["route", "channels", value])),
    ]),
  ];
}

const isKnown = ({ kind, id }: Mention, known: ReadonlySet<string>): boolean =>
  (kind === "check" && checkIds.has(id)) ||
  (kind === "framework" && frameworkIds.includes(id)) ||
  known.has(nameOf({ kind, id }));

function complaint({ kind, id }: Mention): string {
  if (kind === "check") return `${id} is not a check; see GET /checks.`;
  if (kind === "framework") return `${id} is not known; known: ${frameworkIds.join(", ")}, and your own.`;
  if (kind === "channel") return `There is no channel or webhook ${id}.`;
  return `There is no ${kind} ${id}.`;
}

const tables = {
  account: "accounts WHERE org_id = ?1",
  channel: "webhooks WHERE org_id = ?1",
  policy: "policies WHERE org_id = ?1",
  framework: "custom_frameworks WHERE org_id = ?1",
  rule: "rules WHERE org_id = ?1 AND ended_at IS NULL",
} as const;

/** Those of the organization's own things that are mentioned and there, as `kind:id`. One round trip. */
async function knownHere(org: OrgContext, mentions: readonly Mention[]): Promise<ReadonlySet<string>> {
  const asked = Object.entries(tables).flatMap(([kind, from]): Statement[] => {
    const ids = mentions.flatMap((mention) => (mention.kind === kind ? [mention.id] : []));
    const text = `SELECT '${kind}:' || id AS id FROM ${from} AND id IN (SELECT value FROM json_each(?2))`;
    return ids.length === 0 ? [] : [org.db.sql(text, org.id, JSON.stringify(ids))];
  });
  // safe: each statement answers ids.
  return new Set(((await org.db.atomic(asked)) as { id: string }[][]).flat().map(({ id }) => id));
}
