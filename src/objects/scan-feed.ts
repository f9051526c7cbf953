import { DurableObject } from "cloudflare:workers";
import { newMeter, orgDatabase } from "#db/database";
import { finalFrame, readScanRecords, type NumberedFrame, type ProgressFrame, type ScanRecord } from "#db/frames";
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
  type Closing,
  type Connection,
} from "./connection.ts";
import { allFeeds, append, deleteFeed, feedOf, framesAfter, openFeed, type Feed } from "./frame-store.ts";
import { authTimeoutMs, messageBytes, parseMessage, readOpening, type ClientMessage } from "./opening.ts";
import { identify, passGate } from "./socket-access.ts";

const messageBytesMax = 4_096;
/** Messages of one socket that may wait while one of them is being worked on. */
const messagesWaitingMax = 16;
export const socketsPerCredential = 3;
/** The runtime holds 32,768; what is beyond ours is told to come back. */
const socketsMax = 20_000;
/** While a scan runs and somebody listens, the database is asked this often whether it has ended. */
const reconcileEveryMs = 60_000;
const everything = "org";

interface Listener {
  readonly socket: WebSocket;
  readonly connection: Connection;
}

/**
 * An organization's live news: one object per organization, named by its id. Scans publish, sockets listen; between frames
 * the object sleeps and its sockets stay.
 *
 * Guarantees: no frame before the credential is good; none to another organization; `seq` of a scan strictly increases; percent
 * never falls; nothing follows a scan's last frame. Not guaranteed: that every frame arrives. Whoever missed some gets them by
 * `resume` (the last 200 of each scan), and the end of a scan is read from the database if its frame was lost.
 */
export class ScanFeed extends DurableObject<Env> {
  /** By connection: what is being worked on. Lost with the memory, together with the work. */
  readonly #inboxes = new Map<string, { last: Promise<void>; waiting: number }>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('{"type":"ping"}', '{"type":"pong"}'));
    // Timers do not outlive a restart; what was being checked was lost with it.
    for (const socket of ctx.getWebSockets("message")) this.#expectCredential(socket);
  }

  /** Numbers, keeps and broadcasts. Answers how many sockets were written to. */
  async publish(frames: readonly ProgressFrame[]): Promise<number> {
    const numbered = frames.map((frame) => append(this.ctx.storage.kv, frame)).filter((frame) => frame !== null);
    const reached = this.#broadcast(numbered);
    if (reached > 0) await this.#scheduleReconcile();
    return reached;
  }

  /** Closes every socket of a credential at once. Call it when the gate knows of the revocation. Answers how many. */
  closeCredential(credentialId: string): number {
    const theirs = this.#listeners().filter(({ connection }) => connection.credentialId === credentialId);
    for (const { socket } of theirs) closeSocket(socket, closings.revoked);
    return theirs.length;
  }

  /** Forgets a scan's frames. */
  deleteScan(scanId: string): void {
    deleteFeed(this.ctx.storage.kv, scanId);
  }

  /** Takes a socket over from the Worker, which has written the headers (`openingHeaders`). */
  override async fetch(request: Request): Promise<Response> {
    const opening = readOpening(request.headers);
    if (this.ctx.getWebSockets().length >= socketsMax) return new Response(null, { status: 503 });
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [opening.scan === null ? everything : `scan:${opening.scan}`, opening.auth]);
    server.serializeAttachment({
      connectionId: newId(),
      phase: opening.auth === "header" ? "checking" : "waiting",
      orgId: opening.org,
      shard: opening.shard,
      scanId: opening.scan,
      credentialId: opening.credential,
      expiresAt: opening.expires,
      address: opening.address,
      deadlineMs: Date.now() + authTimeoutMs(this.env),
      authenticatedAtMs: null,
    } satisfies Connection);
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

  override webSocketClose(socket: WebSocket, code: number): void {
    // Older runtimes leave the answer to the closing handshake to us; 1005 and 1006 may not be written.
    closeSocket(socket, { code: code === 1005 || code === 1006 ? 1000 : code, reason: "" });
  }

  /** Ends what the database knows to have ended, and closes who may no longer listen; only while a scan runs and is listened to. */
  override async alarm(): Promise<void> {
    try {
      await this.#reconcile();
    } finally {
      const running = [...allFeeds(this.ctx.storage.kv).values()].some(({ ended }) => !ended);
      if (running && this.#ready().length > 0) await this.#scheduleReconcile();
    }
  }

  async #reconcile(): Promise<void> {
    const [first] = this.#ready();
    if (!first) return;
    const running = [...allFeeds(this.ctx.storage.kv)].filter(([, { ended }]) => !ended).map(([scanId]) => scanId);
    const records = await this.#read(first.connection, running);
    const known = new Set(records.map(({ id }) => id));
    for (const scanId of running) if (!known.has(scanId)) this.deleteScan(scanId);
    await this.publish(records.filter(({ active }) => !active).map(finalFrame));
    await this.#closeRevoked();
  }

  async #closeRevoked(): Promise<void> {
    const credentials = new Map(this.#ready().map(({ connection }) => [connection.credentialId ?? "", connection.orgId]));
    for (const [credentialId, orgId] of credentials) {
      if (await this.env.ORG_GATE.getByName(orgId).isRevoked(credentialId)) this.closeCredential(credentialId);
    }
  }

  #expectCredential(socket: WebSocket): void {
    const connection = connectionOf(socket);
    if (connection?.phase !== "waiting" && connection?.phase !== "checking") return;
    const lost = connection.phase;
    setTimeout(
      () => {
        if (connectionOf(socket)?.phase !== lost) return;
        sendFrame(socket, { type: "error", code: "AUTH_TIMEOUT", reason: closings.authTimeout.reason });
        closeSocket(socket, closings.authTimeout);
      },
      Math.max(0, connection.deadlineMs - Date.now()),
    );
  }

  async #guarded(socket: WebSocket, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Fault)) console.error(error);
      closeSocket(socket, closingFor(error));
    }
  }

  async #handle(socket: WebSocket, message: ClientMessage | null): Promise<void> {
    const connection = connectionOf(socket);
    if (!connection || connection.phase === "closed") return;
    if (connection.phase !== "ready") {
      if (message?.type !== "auth") throw new Fault("UNAUTHORIZED", "The first message must be `auth`.");
      return this.#authenticate(socket, connection, message.token);
    }
    if (message?.type === "ping") return void socket.send('{"type":"pong"}');
    const ofOther = message?.type === "resume" && connection.scanId !== null && connection.scanId !== message.scanId;
    if (message?.type === "resume" && !ofOther) return this.#resume(socket, connection, message);
    sendFrame(socket, { type: "error", code: "INVALID_MESSAGE", reason: "invalid_message" });
  }

  async #authenticate(socket: WebSocket, connection: Connection, token: string): Promise<void> {
    const now = new Date();
    const waitUntil = (promise: Promise<unknown>): void => this.ctx.waitUntil(promise);
    const credential = await identify(token, { env: this.env, connection, now, waitUntil });
    const { keyId: credentialId, shard, expiresAt } = credential;
    // Written before the gate is asked: a revocation either finds the socket here or is known there.
    if (connectionOf(socket)?.phase !== "checking") return;
    const named = changeConnection(socket, connection, { credentialId, shard, expiresAt });
    await passGate(this.env, credential, now);
    await this.#welcome(socket, named);
  }

  async #welcomeKnown(socket: WebSocket): Promise<void> {
    const connection = connectionOf(socket);
    if (!connection) return;
    // The Worker asked the gate before this object knew of the socket; a revocation may lie between.
    const revoked = await this.env.ORG_GATE.getByName(connection.orgId).isRevoked(connection.credentialId ?? "");
    if (revoked) throw new Fault("KEY_REVOKED", "This key was revoked.");
    await this.#welcome(socket, connection);
  }

  /** `ready`, then the state of each scan, then what was published while that was being read. */
  async #welcome(socket: WebSocket, connection: Connection): Promise<void> {
    const { kv } = this.ctx.storage;
    const before = allFeeds(kv);
    const records = await this.#read(connection, connection.scanId === null ? "active" : [connection.scanId]);
    if (connection.scanId !== null && records.length === 0) throw new Fault("RESOURCE_NOT_FOUND", "There is no such scan.");
    if (connectionOf(socket)?.phase !== "checking") return;
    changeConnection(socket, connection, { phase: "ready", authenticatedAtMs: Date.now() });
    this.#keepNewest(connection);
    sendFrame(socket, { type: "ready", connectionId: connection.connectionId, protocol: "cloudglass.v1" });
    for (const record of records) this.#sendState(socket, record, before.get(record.id));
    for (const [scanId, { seq }] of connection.scanId === null ? allFeeds(kv) : [[connection.scanId, feedOf(kv, connection.scanId)] as const]) {
      const seen = before.get(scanId)?.seq ?? 0;
      if (seq > seen) for (const frame of framesAfter(kv, scanId, seen) ?? []) sendFrame(socket, frame);
    }
    const running = records.filter(({ active }) => active);
    for (const { id } of running) openFeed(kv, id);
    if (running.length > 0) await this.#scheduleReconcile();
  }
}
