import type { ScanRecord } from "#db/frames";
import { concerns } from "./audience.ts";
import { sendFrame, type Connection } from "./connection.ts";
import { refuseMessage, refuseScan, type Desk } from "./desk.ts";
import { feedOf, framesAfter } from "./frame-store.ts";
import { stateFrame } from "./news.ts";
import type { ClientMessage } from "./opening.ts";

/** Scans one socket may listen to by name: they are kept with it. */
const subscribedMax = 32;

/** Answers what a socket that is ready has said; null: nothing we know. */
export async function answerMessage(
  desk: Desk,
  socket: WebSocket,
  connection: Connection,
  message: ClientMessage | null,
): Promise<void> {
  if (message?.type === "ping") return void sendFrame(socket, { type: "pong" });
  if (message?.type === "resume" && (connection.scanId ?? message.scanId) === message.scanId) {
    return resume(desk, socket, connection, message);
  }
  if (message?.type === "subscribe" && connection.scanId === null) {
    return subscribe(desk, socket, connection, message.scanIds);
  }
  if (message?.type === "unsubscribe" && connection.scanId === null) {
    return unsubscribe(desk, socket, connection, message.scanIds);
  }
  const others = connection.scanId === null ? "subscribe, unsubscribe, resume" : "resume (of this scan)";
  refuseMessage(socket, `Say one of: ${others}, ping.`);
}

/** The frames that were missed; the state instead when they are no longer kept, or when the last of them was lost. */
async function resume(
  desk: Desk,
  socket: WebSocket,
  connection: Connection,
  { scanId, seq }: { scanId: string; seq: number },
): Promise<void> {
  const { kv } = desk.ctx.storage;
  const missed = framesAfter(kv, scanId, seq);
  // What it did not subscribe to it may still ask for.
  for (const frame of missed ?? []) if (concerns(frame, { ...connection, subscribed: null })) sendFrame(socket, frame);
  if (missed && feedOf(kv, scanId).ended) return;
  const [record] = await statesOf(desk, connection, [scanId]);
  if (!record) return refuseScan(socket, scanId);
  if (!missed || !record.active) sendFrame(socket, stateFrame(record, feedOf(kv, scanId)));
}

/** From all scans to these, or to these as well: told by `subscribed`, and by the state of each. */
async function subscribe(
  desk: Desk,
  socket: WebSocket,
  connection: Connection,
  scanIds: readonly string[],
): Promise<void> {
  const { audience, ctx } = desk;
  const before = connection.subscribed ?? [];
  const wanted = [...new Set([...before, ...scanIds])];
  if (wanted.length > subscribedMax) {
    return refuseMessage(socket, `A socket subscribes to ${subscribedMax} scans at most; without any it hears of all.`);
  }
  // Written before the database is asked, so that no frame falls between.
  const hopeful = audience.change(socket, connection, { subscribed: wanted });
  const records = await statesOf(desk, connection, scanIds);
  if (audience.of(socket)?.phase !== "ready") return;
  const known = new Set([...before, ...records.map(({ id }) => id)]);
  const subscribed = wanted.filter((id) => known.has(id));
  audience.change(socket, hopeful, { subscribed });
  sendFrame(socket, { type: "subscribed", scanIds: subscribed });
  for (const record of records) sendFrame(socket, stateFrame(record, feedOf(ctx.storage.kv, record.id)));
  for (const id of new Set(scanIds)) if (!known.has(id)) refuseScan(socket, id);
}

/** Away from these; without ids back to all scans. */
function unsubscribe({ audience }: Desk, socket: WebSocket, connection: Connection, scanIds?: readonly string[]): void {
  const subscribed = scanIds ? (connection.subscribed?.filter((id) => !scanIds.includes(id)) ?? null) : null;
  audience.change(socket, connection, { subscribed });
  sendFrame(socket, { type: "subscribed", scanIds: subscribed });
}

/** A scan may end while it is read: then the database says so when it is asked again. */
async function statesOf(desk: Desk, connection: Connection, scanIds: readonly string[]): Promise<ScanRecord[]> {
  const records = await desk.read(connection, scanIds);
  const { kv } = desk.ctx.storage;
  return records.some(({ id, active }) => active && feedOf(kv, id).ended) ? desk.read(connection, scanIds) : records;
}
