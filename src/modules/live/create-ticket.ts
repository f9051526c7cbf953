import { and, eq } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { scans } from "#db/schema";
import { makeTicket } from "#db/ticket-format";
import { notFound } from "#lib/fault";
import { sha256Hex } from "#lib/hash";

export interface NewTicket {
  readonly ticket: string;
  readonly scanId: string | null;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
}

const ticketMs = 30_000;

/**
 * A ticket that lets one socket or stream in as whoever asks, once. It lies, hashed, in the organization's object. Fault:
 * RESOURCE_NOT_FOUND.
 */
export async function createTicket(org: OrgContext, scanId: string | null): Promise<NewTicket> {
  if (scanId !== null) await refuseUnknown(org, scanId);
  const ticket = makeTicket(org.id);
  const untilMs = org.now.getTime() + ticketMs;
  const owner = { credentialId: org.actor.id, shard: org.shard, scanId };
  await org.env.SCAN_FEED.getByName(org.id).keepTicket(await sha256Hex(ticket), owner, untilMs);
  return { ticket, scanId, expiresAt: new Date(untilMs).toISOString() };
}

async function refuseUnknown(org: OrgContext, scanId: string): Promise<void> {
  const mine = and(eq(scans.orgId, org.id), eq(scans.id, scanId));
  const [scan] = await org.db.select({ id: scans.id }).from(scans).where(mine);
  if (!scan) throw notFound("scan");
}
