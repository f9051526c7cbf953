import type { ScanRecord } from "#db/frames";
import { Fault } from "#lib/fault";
import { concerns } from "./audience.ts";
import { sendFrame, type Connection } from "./connection.ts";
import { refuseScan, type Desk, type Listened } from "./desk.ts";
import { allFeeds, emptyFeed, keepsAfter, lastEventId, openFeed, type Feed } from "./frame-store.ts";
import { newsSince, stateFrame } from "./news.ts";
import type { ClientMessage } from "./opening.ts";
import { identify, listeningOf, passGate } from "./socket-access.ts";
import { settle, upkeepEveryMs, upkeepWhileRunningMs } from "./upkeep.ts";

type AuthMessage = Extract<ClientMessage, { type: "auth" }>;

/** Lets a socket in whose first message this was. Faults: those of `identify` and `passGate`, RESOURCE_NOT_FOUND. */
export async function admitByMessage(
  desk: Desk,
  socket: WebSocket,
  connection: Connection,
  { token, resume = [] }: AuthMessage,
): Promise<void> {
  const { env, ctx, audience } = desk;
  const now = new Date();
  const waitUntil = (promise: Promise<unknown>): void => ctx.waitUntil(promise);
  const credential = await identify(token, { env, connection, now, waitUntil });
  if (audience.of(socket)?.phase !== "checking") return;
  // Written before the gate is asked: a revocation either finds the socket here or is known there.
  const named = audience.change(socket, connection, listeningOf(credential));
  await passGate(env, credential, now);
  await welcome(desk, socket, named, new Map(resume.map(({ scanId, seq }) => [scanId, seq])));
}

/** Lets a socket in whose credential the Worker has checked. Faults: KEY_REVOKED, RESOURCE_NOT_FOUND. */
export async function admitKnown(desk: Desk, socket: WebSocket): Promise<void> {
  const connection = desk.audience.of(socket);
  if (!connection) return;
  // The Worker asked the gate before this object knew the socket; a revocation may lie between.
  const revoked = await desk.env.ORG_GATE.getByName(connection.orgId).isRevoked(connection.credentialId ?? "");
  if (revoked) throw new Fault("KEY_REVOKED", "This key was revoked.");
  await welcome(desk, socket, connection, new Map());
}

/**
 * `ready`, then the state of each scan, then what was missed and what was published while that was being read. Nothing is
 * waited for once the socket is ready, so that live frames come after all this. Who comes back and is told all it has missed
 * needs no states; who was away for too long is told those of scans that have ended meanwhile, too.
 */
async function welcome(
  desk: Desk,
  socket: WebSocket,
  connection: Connection,
  resume: ReadonlyMap<string, number>,
): Promise<void> {
  const { ctx, audience } = desk;
  const { kv } = ctx.storage;
  const { connectionId, scanId, credentialId, after } = connection;
  const isBack = after !== null && keepsAfter(kv, after);
  const tooLate = after !== null && !isBack;
  const { records, feeds, eventId } = await readListened(desk, connection, resume, tooLate);
  const ended = await overlooked(desk, connection, records, feeds);
  await desk.lookAfter(nextLookMs(connection, records));
  if (audience.of(socket)?.phase !== "checking") return;
  const since = isBack ? after : eventId;
  const points = new Map([...resume].filter(([id]) => scanId === null || scanId === id));
  const news = newsSince(kv, since, points);
  const ready = audience.change(socket, connection, { phase: "ready", heardAtMs: Date.now() });
  audience.keepNewest(credentialId ?? "");
  sendFrame(socket, { type: "ready", connectionId, protocol: "cloudglass.v1", eventId: since });
  const told = isBack ? [] : records;
  for (const record of told) sendFrame(socket, stateFrame(record, feeds.get(record.id) ?? emptyFeed));
  for (const frame of news) if (concerns(frame, ready)) sendFrame(socket, frame);
  for (const { id, active } of records) if (active) openFeed(kv, id);
  const known = new Set(records.map(({ id }) => id));
  for (const id of points.keys()) if (!known.has(id)) refuseScan(socket, id);
  await settle(desk, ended.records, ended.scanIds);
}

function nextLookMs({ expiresAt }: Connection, records: readonly ScanRecord[]): number {
  const everyMs = records.some(({ active }) => active) ? upkeepWhileRunningMs : upkeepEveryMs;
  return expiresAt === null ? everyMs : Math.max(0, Math.min(everyMs, Date.parse(expiresAt) - Date.now()));
}

/** The scan that is listened to, or those under way; and those that are resumed, or all whose frames are kept. */
async function readListened(
  desk: Desk,
  connection: Connection,
  resume: ReadonlyMap<string, number>,
  allKept: boolean,
): Promise<Listened> {
  const { scanId } = connection;
  const { kv } = desk.ctx.storage;
  if (scanId !== null) {
    const before = { feeds: allFeeds(kv), eventId: lastEventId(kv) };
    const records = await desk.read(connection, [scanId]);
    if (records.length === 0) throw new Fault("RESOURCE_NOT_FOUND", "There is no such scan.");
    return { ...before, records };
  }
  const listened = await (allKept ? desk.readKept(connection) : desk.readActive(connection));
  const known = new Set(listened.records.map(({ id }) => id));
  const others = [...resume.keys()].filter((id) => !known.has(id));
  if (others.length === 0) return listened;
  return { ...listened, records: [...listened.records, ...(await desk.read(connection, others))] };
}

/** Scans whose end was never told: for the feed they are under way, for the database they are not. */
async function overlooked(
  desk: Desk,
  connection: Connection,
  records: readonly ScanRecord[],
  feeds: ReadonlyMap<string, Feed>,
): Promise<{ scanIds: string[]; records: ScanRecord[] }> {
  const active = new Set(records.filter((record) => record.active).map(({ id }) => id));
  const scanIds = [...feeds]
    .filter(([id, { ended }]) => !ended && !active.has(id) && (connection.scanId ?? id) === id)
    .map(([id]) => id);
  return { scanIds, records: scanIds.length === 0 ? [] : await desk.read(connection, scanIds) };
}
