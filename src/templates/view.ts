import type { AlertItem, AlertMessage, DigestMessage } from "#db/values";
import { plain } from "./text.ts";

type Severity = AlertMessage["severity"];

/** What is to be told: an event as it is stored. */
export interface Told {
  readonly event: string;
  readonly eventId: string;
  /** When it happened. */
  readonly at: string;
  /** The event's data, of JSON. */
  readonly data: unknown;
  /** `https://…` of this deployment, where it is known: paths become links. */
  readonly origin: string | null;
}

export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** One thing that is told about. */
export interface Part {
  readonly title: string;
  readonly severity: Severity | null;
  readonly summary: string;
  readonly facts: readonly Fact[];
}

/** The same for every kind of channel: plain text of one line each, which templates shorten further, escape and lay out. */
export interface View {
  readonly event: string;
  /** Names what it is about, over all messages about it. */
  readonly key: string;
  readonly at: string;
  readonly title: string;
  readonly severity: Severity | null;
  readonly resolved: boolean;
  readonly summary: string;
  readonly facts: readonly Fact[];
  readonly parts: readonly Part[];
  /** How many more there are than parts. */
  readonly omitted: number;
  /** Below the origin: where the API tells more; null: nowhere. */
  readonly path: string | null;
  readonly url: string | null;
}

/** What is told, as every template takes it. An event that is none of alerts is told by its name and what stands in it. */
export function viewOf(told: Told): View {
  // safe: what is stored under these names was written as these types.
  if (told.event === "alert.digest") return digestView(told, told.data as DigestMessage);
  if (isAlert(told.data)) return alertView(told, told.data);
  return noticeView(told);
}

const isAlert = (data: unknown): data is AlertMessage =>
  typeof data === "object" && data !== null && "alertId" in data && "items" in data;

/** `CRITICAL`, `RESOLVED`, or nothing. */
export const badge = ({ severity, resolved }: Pick<View, "severity" | "resolved">): string =>
  resolved ? "RESOLVED" : (severity ?? "").toUpperCase();

/** `CRITICAL: S3 bucket is public` */
export const headline = (view: Pick<View, "severity" | "resolved" | "title">): string =>
  [badge(view), view.title].filter((text) => text !== "").join(": ");

function alertView(told: Told, message: AlertMessage): View {
  return {
    ...placed(told, `/api/v1/alerts/${message.alertId}`),
    key: message.alertId,
    at: message.at,
    title: titleOf(message.title),
    severity: message.severity,
    resolved: message.status === "resolved",
    summary: plain(message.summary, 600),
    facts: [
      ...fact("Rule", message.ruleName),
      ...fact("For", message.group),
      ...fact("Affected", `${message.active}, ${message.fresh} of them new`),
    ],
    parts: message.items.map(partOf),
    omitted: message.omitted,
  };
}

function digestView(told: Told, { alerts, from, to }: DigestMessage): View {
  const gravest = severities.find((severity) => alerts.some((alert) => isOpen(alert) && alert.severity === severity));
  return {
    ...placed(told, "/api/v1/alerts"),
    key: told.eventId,
    at: told.at,
    title: alerts.length === 1 ? "1 alert" : `${alerts.length} alerts`,
    severity: gravest ?? null,
    resolved: false,
    summary: `What was told from ${from} to ${to}.`,
    facts: [],
    parts: alerts.map(digestPart),
    omitted: 0,
  };
}

const severities = ["critical", "high", "medium", "low"] as const;
const isOpen = ({ status }: AlertMessage): boolean => status !== "resolved";

function digestPart(message: AlertMessage): Part {
  const [first] = message.items;
  return {
    title: headline({ ...message, resolved: !isOpen(message), title: titleOf(message.title) }),
    severity: message.severity,
    summary: plain(message.summary, 400),
    facts: [
      ...fact("Rule", message.ruleName),
      ...fact("For", message.group),
      ...(first && first.title !== message.title ? fact("First", first.title) : []),
      ...(first ? itemFacts(first) : []),
      ...(message.omitted > 0 ? fact("More", String(message.omitted)) : []),
      ...fact("Alert", `/api/v1/alerts/${message.alertId}`),
    ],
  };
}

const noticeTitles: Readonly<Record<string, readonly [string, Severity | null]>> = {
  "webhook.failing": ["A webhook or channel is failing", "medium"],
  "webhook.disabled": ["A webhook or channel was disabled", "high"],
  "webhook.recovered": ["A webhook or channel works again", null],
};

function noticeView(told: Told): View {
  // safe: events' data are objects; whatever else would have no members to tell of.
  const members = Object.entries((told.data ?? {}) as Record<string, unknown>);
  const [title, severity] = noticeTitles[told.event] ?? [told.event, null];
  const about = members.find(([name]) => name.endsWith("Id"))?.[1];
  return {
    ...placed(told, null),
    key: typeof about === "string" ? about : told.eventId,
    at: told.at,
    title: titleOf(title),
    severity,
    resolved: told.event === "webhook.recovered",
    summary: "",
    facts: members
      .filter(([, value]) => value !== null)
      .slice(0, 10)
      .flatMap(([name, value]) => fact(plain(name, 40), shown(value))),
    parts: [],
    omitted: 0,
  };
}

const titleOf = (text: string): string => plain(text, 200) || "Untitled";

const placed = ({ event, origin }: Told, path: string | null): Pick<View, "event" | "path" | "url"> => ({
  event,
  path,
  url: path === null || origin === null ? null : `${origin}${path}`,
});

const partOf = (item: AlertItem): Part => ({
  title: titleOf(item.title),
  severity: item.severity,
  summary: plain(item.summary, 400),
  facts: itemFacts(item),
});

/** Where it is, what was seen there, and what to do about it. */
const itemFacts = (item: AlertItem): Fact[] => [
  ...fact("Account", accountOf(item)),
  ...fact("Region", item.region),
  ...fact("Resource", item.resourceName),
  ...fact("ARN", item.resourceArn),
  ...item.evidence
    .slice(0, 3)
    .flatMap(({ call, field, value }) => fact("Evidence", `${call} ${field} = ${shown(value)}`)),
  ...fact("Fix", item.fix),
];

function accountOf({ accountName, awsAccountId }: AlertItem): string | null {
  return accountName !== null && awsAccountId !== null
    ? `${accountName} (${awsAccountId})`
    : (accountName ?? awsAccountId);
}

const fact = (label: string, value: string | null): Fact[] => {
  const text = plain(value ?? "", 300);
  return text === "" ? [] : [{ label, value: text }];
};

const shown = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
