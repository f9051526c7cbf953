/** Whoever brings a ticket is let in as the credential that asked for it. */
export interface Ticket {
  readonly credentialId: string;
  readonly shard: number;
  /** Null: whatever the credential may listen to. */
  readonly scanId: string | null;
}

interface StoredTicket extends Ticket {
  readonly untilMs: number;
}

const prefix = "ticket:";

/** Known only by its SHA-256 from here on. */
export function keepTicket(kv: SyncKvStorage, hash: string, ticket: Ticket, untilMs: number): void {
  kv.put<StoredTicket>(prefix + hash, { ...ticket, untilMs });
}

/** Once: it is gone before anybody is told. Null: used, too old, or never given. */
export function takeTicket(kv: SyncKvStorage, hash: string, nowMs: number): Ticket | null {
  const ticket = kv.get<StoredTicket>(prefix + hash);
  if (!ticket) return null;
  kv.delete(prefix + hash);
  const { untilMs, ...rest } = ticket;
  return untilMs > nowMs ? rest : null;
}

/** Removes what is too old. Answers whether any are left. */
export function dropOldTickets(kv: SyncKvStorage, nowMs: number): boolean {
  // Listed before the first is deleted: the list reads on as it is walked.
  const tickets = [...kv.list<StoredTicket>({ prefix })];
  const old = tickets.filter(([, { untilMs }]) => untilMs <= nowMs);
  for (const [key] of old) kv.delete(key);
  return old.length < tickets.length;
}
