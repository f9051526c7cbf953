import { DurableObject } from "cloudflare:workers";
import { newMeter, orgDatabase } from "#db/database";
import { finalFrame, readScanRecords, type ProgressFrame, type ScanRecord } from "#db/frames";
import { shardOf } from "#db/shards";
import type { Env } from "#env";
import { Fault } from "#lib/fault";
import { newId } from "#lib/id";
import {
  changeConnection,
  closeSocket,
  closingFor,
  closings,
  connectionOf,
  sendFrame,
  type Connection,
} from "./connection.ts";
import { allFeeds, append, deleteFeed, emptyFeed, feedOf, framesAfter, openFeed } from "./frame-store.ts";
import { broadcast, closeCredential, keepNewest, readyListeners, topicOf } from "./listeners.ts";
import { newsSince, stateFrame } from "./news.ts";
import { authTimeoutMs, messageBytes, parseMessage, readOpening, type ClientMessage, type Opening } from "./opening.ts";
import { identify, passGate } from "./socket-access.ts";

const messageBytesMax = 4_096;
/** Messages of one socket that may wait while one of them is being worked on. */
const messagesWaitingMax = 16;
/** The runtime holds 32,768; who comes after ours is told to come back. */
const socketsMax = 20_000;
/** While a scan runs and somebody listens, the database is asked this often whether it has ended. */
const reconcileEveryMs = 60_000;

const scanNotFound = { type: "error", code: "RESOURCE_NOT_FOUND", reason: "scan_not_found" } as const;
type AuthMessage = Extract<ClientMessage, { type: "auth" }>;

/**
 * An organization's live news: one object per organization, named by its id. Scans publish, sockets listen; between frames
 * the object sleeps and its sockets stay.
 *
 * Guarantees: no frame before the credential is good (but for `pong` and the news of a timeout); none to another organization;
 * `seq` of a scan strictly increases; percent never falls; nothing follows a scan's last frame. Not guaranteed: that every
 * frame arrives. Who missed some gets them by `resume` (the last 200 of each scan), and the end of a scan is read from
 * the database when its frame was lost.
 */
export class ScanFeed extends DurableObject<Env> {
  /** By connection: what is being worked on. Lost with the memory, together with the work. */
  readonly #inboxes = new Map<string, { last: Promise<void>; waiting: number }>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('{"type":"ping"}', '{"type":"pong"}'));
    // Timers do not outlive a restart, and neither does a check under way.
    for (const socket of ctx.getWebSockets("message")) this.#expectCredential(socket);
  }

  /** Numbers, keeps and broadcasts. Answers how many sockets were written to. */
  async publish(frames: readonly ProgressFrame[]): Promise<number> {
    const numbered = frames.map((frame) => append(this.ctx.storage.kv, frame)).filter((frame) => frame !== null);
    const reached = broadcast(this.ctx, numbered);
    if (reached > 0 && numbered.some(({ type }) => type === "progress")) await this.#scheduleReconcile();
    return reached;
  }

  /** Closes every socket of a credential at once. To be called when the gate knows of the revocation. Answers how many. */
  closeCredential(credentialId: string): number {
    return closeCredential(this.ctx, credentialId);
  }

  /** Forgets a scan's frames. */
  deleteScan(scanId: string): void {
    deleteFeed(this.ctx.storage.kv, scanId);
  }

  /** Takes a socket over from the Worker, which has written `openingHeaders`. */
  override async fetch(request: Request): Promise<Response> {
    const opening = readOpening(request.headers);
    if (this.ctx.getWebSockets().length >= socketsMax) return new Response(null, { status: 503 });
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [topicOf(opening.scan), opening.auth]);
    server.serializeAttachment(newConnection(opening, Date.now() + authTimeoutMs(this.env)));
    if (opening.auth === "header") await this.#guarded(server, () => this.#welcomeKnown(server));
    else this.#expectCredential(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  /** One message after the other for each socket, so that what follows an `auth` waits for its outcome. */
  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const connection = connectionOf(socket);
    if (!connection || connection.phase === "closed") return;
    if (messageBytes(message) > messageBytesMax) return closeSocket(socket, closings.tooBig);
    const inbox = this.#inboxes.get(connection.connectionId) ?? { last: Promise.resolve(), waiting: 0 };
    if (inbox.waiting >= messagesWaitingMax) return closeSocket(socket, closings.tooManyMessages);
    if (connection.phase === "waiting") changeConnection(socket, connection, { phase: "checking" });
    inbox.waiting += 1;
    inbox.last = inbox.last.then(() => this.#guarded(socket, () => this.#handle(socket, parseMessage(message))));
    this.#inboxes.set(connection.connectionId, inbox);
    await inbox.last;
    inbox.waiting -= 1;
    if (inbox.waiting === 0) this.#inboxes.delete(connection.connectionId);
  }

  /** Ends what the database knows to have ended, and closes who may no longer listen; only while a scan is listened to. */
  override async alarm(): Promise<void> {
    // An alarm that throws is tried six times and then gone; this one comes again by itself.
    await this.#reconcile().catch(logBug);
    const running = [...allFeeds(this.ctx.storage.kv).values()].some(({ ended }) => !ended);
    if (running && readyListeners(this.ctx).length > 0) await this.#scheduleReconcile();
  }

  async #reconcile(): Promise<void> {
    const ready = readyListeners(this.ctx);
    const [first] = ready;
    if (!first) return;
    const credentials = new Map(ready.map(({ connection }) => [connection.credentialId ?? "", connection.orgId]));
    for (const [credentialId, orgId] of credentials) {
      if (await this.env.ORG_GATE.getByName(orgId).isRevoked(credentialId)) this.closeCredential(credentialId);
    }
    const running = [...allFeeds(this.ctx.storage.kv)].filter(([, { ended }]) => !ended).map(([scanId]) => scanId);
    const records = await this.#read(first.connection, running);
    const known = new Set(records.map(({ id }) => id));
    for (const scanId of running) if (!known.has(scanId)) this.deleteScan(scanId);
    await this.publish(records.filter(({ active }) => !active).map(finalFrame));
  }

  /** Closes the socket at its deadline if it is then still where it is now. */
  #expectCredential(socket: WebSocket): void {
    const connection = connectionOf(socket);
    if (connection?.phase !== "waiting" && connection?.phase !== "checking") return;
    const late = (): void => {
      if (connectionOf(socket)?.phase !== connection.phase) return;
      sendFrame(socket, { type: "error", code: "AUTH_TIMEOUT", reason: closings.authTimeout.reason });
      closeSocket(socket, closings.authTimeout);
    };
    setTimeout(late, Math.max(0, connection.deadlineMs - Date.now()));
  }

  async #guarded(socket: WebSocket, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Fault)) logBug(error);
      closeSocket(socket, closingFor(error));
    }
  }

  async #handle(socket: WebSocket, message: ClientMessage | null): Promise<void> {
    const connection = connectionOf(socket);
    if (!connection || connection.phase === "closed") return;
    if (connection.phase !== "ready") {
      if (message?.type !== "auth") throw new Fault("UNAUTHORIZED", "The first message must be `auth`.");
      return this.#authenticate(socket, connection, message);
    }
    if (message?.type === "ping") return void sendFrame(socket, { type: "pong" });
    if (message?.type === "resume" && (connection.scanId ?? message.scanId) === message.scanId) {
      return this.#resume(socket, connection, message);
    }
    sendFrame(socket, { type: "error", code: "INVALID_MESSAGE", reason: "invalid_message" });
  }

  async #authenticate(socket: WebSocket, connection: Connection, { token, resume = [] }: AuthMessage): Promise<void> {
    const now = new Date();
    const waitUntil = (promise: Promise<unknown>): void => this.ctx.waitUntil(promise);
    const credential = await identify(token, { env: this.env, connection, now, waitUntil });
    if (connectionOf(socket)?.phase !== "checking") return;
    // Written before the gate is asked: a revocation either finds the socket here or is known there.
    const { keyId: credentialId, shard, expiresAt } = credential;
    const named = changeConnection(socket, connection, { credentialId, shard, expiresAt });
    await passGate(this.env, credential, now);
    await this.#welcome(socket, named, new Map(resume.map(({ scanId, seq }) => [scanId, seq])));
  }

  async #welcomeKnown(socket: WebSocket): Promise<void> {
    const connection = connectionOf(socket);
    if (!connection) return;
    // The Worker asked the gate before this object knew the socket; a revocation may lie between.
    const revoked = await this.env.ORG_GATE.getByName(connection.orgId).isRevoked(connection.credentialId ?? "");
    if (revoked) throw new Fault("KEY_REVOKED", "This key was revoked.");
    await this.#welcome(socket, connection, new Map());
  }

  /**
   * `ready`, then the state of each scan, then what was missed and what was published while that was being read. Nothing is
   * waited for once the socket is ready, so that live frames come after all this.
   */
  async #welcome(socket: WebSocket, connection: Connection, resume: ReadonlyMap<string, number>): Promise<void> {
    const { kv } = this.ctx.storage;
    const { connectionId, scanId, credentialId } = connection;
    const before = allFeeds(kv);
    const records = await this.#readListened(connection, resume);
    const running = records.filter(({ active }) => active);
    if (running.length > 0) await this.#scheduleReconcile();
    if (connectionOf(socket)?.phase !== "checking") return;
    changeConnection(socket, connection, { phase: "ready", authenticatedAtMs: Date.now() });
    keepNewest(this.ctx, credentialId);
    sendFrame(socket, { type: "ready", connectionId, protocol: "cloudglass.v1" });
    for (const record of records) sendFrame(socket, stateFrame(record, before.get(record.id) ?? emptyFeed));
    for (const frame of newsSince(kv, before, scanId, resume)) sendFrame(socket, frame);
    for (const { id } of running) openFeed(kv, id);
    const known = new Set(records.map(({ id }) => id));
    for (const id of resume.keys()) if (!known.has(id)) sendFrame(socket, scanNotFound);
  }

  /** The scan that is listened to, or those under way; and those that are resumed. */
  async #readListened(connection: Connection, resume: ReadonlyMap<string, number>): Promise<ScanRecord[]> {
    const { scanId } = connection;
    const records = await this.#read(connection, scanId === null ? "active" : [scanId]);
    if (scanId !== null && records.length === 0) throw new Fault("RESOURCE_NOT_FOUND", "There is no such scan.");
    const known = new Set(records.map(({ id }) => id));
    const others = scanId === null ? [...resume.keys()].filter((id) => !known.has(id)) : [];
    return others.length === 0 ? records : [...records, ...(await this.#read(connection, others))];
  }

  /** The frames that were missed; the state instead when they are no longer kept, or when the last of them was lost. */
  async #resume(
    socket: WebSocket,
    connection: Connection,
    { scanId, seq }: { scanId: string; seq: number },
  ): Promise<void> {
    const { kv } = this.ctx.storage;
    const missed = framesAfter(kv, scanId, seq);
    for (const frame of missed ?? []) sendFrame(socket, frame);
    if (missed && feedOf(kv, scanId).ended) return;
    const [record] = await this.#read(connection, [scanId]);
    // It may have ended while we read: then the database says so now.
    const [latest] = feedOf(kv, scanId).ended ? await this.#read(connection, [scanId]) : [record];
    if (!latest) return void sendFrame(socket, scanNotFound);
    if (!missed || !latest.active) sendFrame(socket, stateFrame(latest, feedOf(kv, scanId)));
  }

  #read({ orgId, shard }: Connection, which: "active" | readonly string[]): Promise<ScanRecord[]> {
    if (shard === null) throw new Error("A socket without a shard asked for scans");
    return readScanRecords(orgDatabase(shardOf(this.env, shard), orgId, newMeter()), orgId, which);
  }

  async #scheduleReconcile(): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + reconcileEveryMs);
  }
}

/** One JSON line; neither statements with their parameters nor tokens are in it. */
function logBug(error: unknown): void {
  const failure = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const text = failure instanceof Error ? `${failure.name}: ${failure.message}` : typeof failure;
  console.error(JSON.stringify({ level: "error", msg: "scan feed", cause: text }));
}

function newConnection(opening: Opening, deadlineMs: number): Connection {
  return {
    connectionId: newId(),
    phase: opening.auth === "header" ? "checking" : "waiting",
    orgId: opening.org,
    shard: opening.shard,
    scanId: opening.scan,
    credentialId: opening.credential,
    expiresAt: opening.expires,
    address: opening.address,
    deadlineMs,
    authenticatedAtMs: null,
  };
}
