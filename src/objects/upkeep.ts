import { readKeys } from "#db/api-keys";
import { finalFrame, type ScanRecord } from "#db/frames";
import { closings, type Connection } from "./connection.ts";
import type { Desk } from "./desk.ts";
import { allFeeds } from "./frame-store.ts";
import { listeningOf, mayListen } from "./socket-access.ts";

/** While anybody listens, credentials are looked at this often. */
export const upkeepEveryMs = 300_000;
/** While a scan runs and somebody listens, the database is asked this often whether it has ended. */
export const upkeepWhileRunningMs = 60_000;
/** A socket that has said nothing for so long is not there any more. */
const silentMs = 900_000;
/** A socket of a scan that has ended may still ask for what it missed. */
const lingerMs = 60_000;

/** Looks after the sockets: who may still listen, who is still there, and what has ended without a word. */
export async function lookAfterAll(desk: Desk, nowMs: number): Promise<void> {
  const [first] = desk.audience.ready();
  if (!first) return;
  // Each of them as far as it gets: one that cannot be done now is done next time.
  const done = await Promise.allSettled([revalidate(desk, first.connection, nowMs), endScans(desk, first.connection)]);
  dropExpired(desk, nowMs);
  dropSilent(desk, nowMs);
  await dropDone(desk, first.connection, nowMs);
  for (const outcome of done) if (outcome.status === "rejected") throw outcome.reason;
}

/** Asks the gate and the database about every credential that has sockets here. */
async function revalidate(desk: Desk, { orgId, shard }: Connection, nowMs: number): Promise<void> {
  const { env, audience } = desk;
  const ids = new Set(audience.ready().map(({ connection }) => connection.credentialId ?? ""));
  for (const id of await env.ORG_GATE.getByName(orgId).areRevoked([...ids])) audience.closeCredential(id);
  const keys = await readKeys(env, orgId, shard ?? 0, [...ids]);
  for (const { socket, connection } of audience.ready()) {
    if (!ids.has(connection.credentialId ?? "")) continue;
    const key = keys.get(connection.credentialId ?? "");
    if (!key) audience.close(socket, closings.revoked);
    else if (!mayListen(key)) audience.close(socket, closings.forbidden);
    else if (key.expiresAt !== null && Date.parse(key.expiresAt) <= nowMs) audience.close(socket, closings.expired);
    else if (key.expiresAt !== connection.expiresAt) audience.change(socket, connection, listeningOf(key));
  }
}

/** Publishes the end of scans whose last frame was lost. */
async function endScans(desk: Desk, connection: Connection): Promise<void> {
  const running = [...allFeeds(desk.ctx.storage.kv)].filter(([, { ended }]) => !ended).map(([scanId]) => scanId);
  if (running.length > 0) await settle(desk, await desk.read(connection, running), running);
}

/** What the database says of scans that are under way for the feed: ended, nowhere, or indeed under way. */
export async function settle(desk: Desk, records: readonly ScanRecord[], scanIds: readonly string[]): Promise<void> {
  const known = new Set(records.map(({ id }) => id));
  for (const scanId of scanIds) if (!known.has(scanId)) desk.deleteScan(scanId);
  await desk.publish(records.filter(({ active }) => !active).map(finalFrame));
}

/** Also where nobody could be asked: the alarm comes when a credential ends, and would come for the same one for ever. */
function dropExpired({ audience }: Desk, nowMs: number): void {
  for (const { socket, connection } of audience.ready()) {
    if (Date.parse(connection.expiresAt ?? "") <= nowMs) audience.close(socket, closings.expired);
  }
}

/** Browsers that are gone can stay open for ever: who is there sends a ping. */
function dropSilent({ ctx, audience }: Desk, nowMs: number): void {
  for (const { socket, connection } of audience.ready()) {
    const pingedAtMs = ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0;
    if (Math.max(pingedAtMs, connection.heardAtMs ?? 0) + silentMs <= nowMs) audience.close(socket, closings.silent);
  }
}

/** Nothing follows on the sockets of a scan whose end was told, or that had ended before anything was told of it. */
async function dropDone(desk: Desk, connection: Connection, nowMs: number): Promise<void> {
  const isOver = (sinceMs: number | null): boolean => (sinceMs ?? 0) + lingerMs <= nowMs;
  const feeds = allFeeds(desk.ctx.storage.kv);
  const waiting = desk.audience.ready().filter(({ connection: { scanId, heardAtMs } }) => {
    const { ended, endedAtMs } = feeds.get(scanId ?? "") ?? { ended: true, endedAtMs: null };
    return scanId !== null && isOver(heardAtMs) && ended && isOver(endedAtMs);
  });
  const scanIds = [...new Set(waiting.flatMap((one) => one.connection.scanId ?? []))];
  if (scanIds.length === 0) return;
  const records = await desk.read(connection, scanIds);
  const active = new Set(records.filter((record) => record.active).map(({ id }) => id));
  for (const one of waiting) {
    if (!active.has(one.connection.scanId ?? "")) desk.audience.close(one.socket, closings.done);
  }
}
