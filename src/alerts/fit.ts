import type { AlertItem, AlertMessage, FindingEvidence } from "#db/values";

/** UTF-8 bytes of a message as JSON: an event's body holds its envelope beside it. */
export const messageBytesMax = 18_000;

/** Items of one message. */
export const itemsMax = 10;

/** How long texts may be, in characters; the tighter the less of them fits. */
interface Limits {
  readonly text: number;
  readonly fix: number;
  readonly value: number;
  readonly evidence: number;
}

const ladder: readonly Limits[] = [
  { text: 300, fix: 400, value: 160, evidence: 3 },
  { text: 200, fix: 240, value: 60, evidence: 3 },
  { text: 160, fix: 120, value: 40, evidence: 1 },
  { text: 80, fix: 0, value: 0, evidence: 0 },
  { text: 20, fix: 0, value: 0, evidence: 0 },
];

const encoder = new TextEncoder();
const bytesOf = (value: unknown): number => encoder.encode(JSON.stringify(value)).length;

/** Cut between characters, not inside one. */
export function shortened(text: string, max: number): string {
  const whole = text.toWellFormed();
  return whole.length <= max ? whole : `${whole.slice(0, Math.max(0, max - 1)).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

const orNull = (text: string | null, max: number): string | null => (text === null ? null : shortened(text, max));

const evidenceWithin = ({ call, field, value }: FindingEvidence, max: number): FindingEvidence => {
  const text = JSON.stringify(value) ?? "null";
  return {
    call: shortened(call, 80),
    field: shortened(field, 80),
    value: text.length <= max ? value : shortened(text, max),
  };
};

const itemWithin = (item: AlertItem, { text, fix, value, evidence }: Limits): AlertItem => ({
  ...item,
  id: shortened(item.id, 80),
  title: shortened(item.title, text),
  summary: shortened(item.summary, text),
  accountName: orNull(item.accountName, 80),
  resourceName: orNull(item.resourceName, text),
  resourceArn: orNull(item.resourceArn, text),
  evidence: item.evidence.slice(0, evidence).map((one) => evidenceWithin(one, value)),
  fix: fix === 0 ? null : orNull(item.fix, fix),
});

/**
 * A message that stays within 18 kB of JSON, whatever is in it: at most ten items, their texts shortened as far as they must be;
 * what still does not fit is omitted, and counted there.
 */
export function fitted(message: AlertMessage): AlertMessage {
  const total = message.items.length + message.omitted;
  const head = {
    ...message,
    ruleName: shortened(message.ruleName, 120),
    title: shortened(message.title, 200),
    summary: shortened(message.summary, 500),
    group: orNull(message.group, 256),
  };
  const within = (items: readonly AlertItem[]): AlertMessage => ({ ...head, items, omitted: total - items.length });
  for (const limits of ladder) {
    const whole = within(message.items.slice(0, itemsMax).map((item) => itemWithin(item, limits)));
    if (bytesOf(whole) <= messageBytesMax) return whole;
  }
  return within([]);
}
