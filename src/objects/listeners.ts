import type { NumberedFrame } from "#db/frames";
import { closeSocket, closings, connectionOf, sendFrame, type Connection } from "./connection.ts";

/** A newer socket of the same credential takes the place of the oldest. */
const socketsPerCredential = 3;

/** Tag of the sockets that hear of all scans. */
const everything = "org";

/** What a socket listens to, as the tag under which the runtime finds it. */
export const topicOf = (scanId: string | null): string => (scanId === null ? everything : `scan:${scanId}`);

interface Listener {
  readonly socket: WebSocket;
  readonly connection: Connection;
}

/** Sockets that we have not closed, with or without a credential. */
function listeners(ctx: DurableObjectState, tag?: string): Listener[] {
  return ctx.getWebSockets(tag).flatMap((socket) => {
    const connection = connectionOf(socket);
    return connection && connection.phase !== "closed" ? [{ socket, connection }] : [];
  });
}

/** Sockets that get frames. */
export const readyListeners = (ctx: DurableObjectState, tag?: string): Listener[] =>
  listeners(ctx, tag).filter(({ connection }) => connection.phase === "ready");

/** Sends frames to who listens to all scans and to who listens to theirs. Answers how many sockets were written to. */
export function broadcast(ctx: DurableObjectState, frames: readonly NumberedFrame[]): number {
  const scanIds = new Set(frames.map(({ scanId }) => scanId));
  const reached = [...scanIds].map((scanId) => {
    const theirs = frames.filter((frame) => frame.scanId === scanId);
    return sendAll(readyListeners(ctx, topicOf(scanId)), theirs);
  });
  const general = frames.length > 0 ? sendAll(readyListeners(ctx, topicOf(null)), frames) : 0;
  return reached.reduce((sum, count) => sum + count, general);
}

function sendAll(receivers: readonly Listener[], frames: readonly NumberedFrame[]): number {
  const now = new Date().toISOString();
  const served = receivers.filter(({ socket, connection }) => {
    if (connection.expiresAt === null || connection.expiresAt > now) {
      return frames.every((frame) => sendFrame(socket, frame));
    }
    closeSocket(socket, closings.expired);
    return false;
  });
  return served.length;
}

/** Closes every socket of a credential, also those whose check has not ended. Answers how many. */
export function closeCredential(ctx: DurableObjectState, credentialId: string): number {
  const theirs = listeners(ctx).filter(({ connection }) => connection.credentialId === credentialId);
  for (const { socket } of theirs) closeSocket(socket, closings.revoked);
  return theirs.length;
}

/** Connection ids are in order of time, so the smallest is the oldest. */
export function keepNewest(ctx: DurableObjectState, credentialId: string | null): void {
  const theirs = readyListeners(ctx)
    .filter(({ connection }) => connection.credentialId === credentialId)
    .toSorted((a, b) => (a.connection.connectionId < b.connection.connectionId ? -1 : 1));
  for (const { socket } of theirs.slice(0, Math.max(0, theirs.length - socketsPerCredential))) {
    closeSocket(socket, closings.newerConnection);
  }
}
