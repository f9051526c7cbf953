import { createExecutionContext, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { ScanFindings, ScanFrame, ScanProgress } from "#db/frames";
import type { ScanStatus } from "#db/schema";
import type { ScanSummary } from "#db/values";
import { createApp } from "#http/app";
import { newId } from "#lib/id";
import { connectionOf } from "#objects/connection";
import { append, feedOf as feedInStore, lastEventId } from "#objects/frame-store";
import { anyAddress } from "../support/api.ts";

const app = createApp([]);

export type Frame = Readonly<Record<string, unknown>> & { readonly type: string };

/** A socket's other end: what it got, and how it was closed. */
export interface Client {
  readonly frames: Frame[];
  readonly closed: () => { readonly code: number; readonly reason: string } | null;
  say(message: unknown): void;
  sayRaw(text: string): void;
  cut(): void;
  /** Waits for a frame of this type, and answers the first. */
  next(type: string): Promise<Frame>;
  /** Waits until the socket is closed. */
  end(): Promise<{ readonly code: number; readonly reason: string }>;
}

/** A request to a socket's address, as a client makes it. */
export const knock = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  Promise.resolve(
    app.fetch(
      new Request(`https://cloudglass.test/api/v1${path}`, {
        headers: { "CF-Connecting-IP": anyAddress(), ...headers },
      }),
      env,
      createExecutionContext(),
    ),
  );

const patience = { interval: 5 };

/** Opens a socket; throws when it is refused. */
export async function open(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Client> {
  const response = await knock(path, { Upgrade: "websocket", ...headers });
  const { webSocket } = response;
  if (!webSocket) throw new Error(`${response.status} ${await response.text()}`);
  const frames: Frame[] = [];
  let closed: { code: number; reason: string } | null = null;
  webSocket.addEventListener("message", ({ data }) => {
    // safe: the tests say what they expect of each frame.
    frames.push(JSON.parse(String(data)) as Frame);
  });
  webSocket.addEventListener("close", ({ code, reason }) => {
    closed = { code, reason };
  });
  webSocket.accept();
  return {
    frames,
    closed: () => closed,
    say: (message) => webSocket.send(JSON.stringify(message)),
    sayRaw: (text) => webSocket.send(text),
    cut: () => webSocket.close(1000, "cut"),
    async next(type) {
      await expect.poll(() => frames.map((frame) => frame.type), patience).toContain(type);
      const frame = frames.find((candidate) => candidate.type === type);
      if (!frame) throw new Error(`No ${type}`);
      return frame;
    },
    async end() {
      await expect.poll(() => closed, patience).not.toBeNull();
      if (!closed) throw new Error("Still open");
      return closed;
    },
  };
}

export const bearer = (key: string): Record<string, string> => ({ Authorization: `Bearer ${key}` });

const summary: ScanSummary = {
  tasksTotal: 4,
  tasksDone: 4,
  resourcesDiscovered: 12,
  resourcesAdded: 2,
  resourcesChanged: 0,
  resourcesRemoved: 0,
  findingsNew: 1,
  findingsReopened: 0,
  findingsResolved: 0,
  awsCalls: 20,
  stsCalls: 4,
  rowsRead: 100,
  rowsWritten: 10,
  queueMessages: 5,
  coverage: { "eu-west-1": {} },
};

/** A scan straight into the database. */
export async function makeScan(orgId: string, status: ScanStatus = "running"): Promise<string> {
  const id = newId();
  await env.DB.prepare(
    `INSERT INTO scans (org_id, id, run_id, kind, account_id, aws_account_id, seq, status, active, summary, deadline_at,
       started_at, version, created_at, updated_at)
     VALUES (?1, ?2, ?3, 'account', ?4, '123456789012', 1, ?5, ?6, ?7, ?8, ?8, 1, ?8, ?8)`,
  )
    .bind(orgId, id, newId(), newId(), status, activeOf(status), JSON.stringify(summary), new Date().toISOString())
    .run();
  return id;
}

export async function setScanStatus(scanId: string, status: ScanStatus): Promise<void> {
  await env.DB.prepare("UPDATE scans SET status = ?2, active = ?3 WHERE id = ?1")
    .bind(scanId, status, activeOf(status))
    .run();
}

const activeOf = (status: ScanStatus): number =>
  ["queued", "processing", "running", "analyzing"].includes(status) ? 1 : 0;

export const progress = (scanId: string, percent: number): ScanProgress => ({
  type: "progress",
  scanId,
  percent,
  step: "collecting",
  ts: new Date().toISOString(),
  region: "eu-west-1",
  service: "ec2",
  counts: { resources: percent },
});

/** Of those that come together, one frame is made, which counts them all. */
export const findings = (scanId: string, opened = 1): ScanFindings => ({
  type: "finding",
  scanId,
  opened: [],
  counts: { opened, reopened: 0, resolved: 0 },
});

/** All that a client was told to have opened. */
export const openedOf = ({ frames }: Pick<Client, "frames">): number =>
  frames.reduce((sum, { type, counts }) => sum + (type === "finding" ? (counts as { opened: number }).opened : 0), 0);

/** Keeps frames as if they had been published, each by itself and to nobody. */
export const keepFrames = (orgId: string, frames: readonly ScanFrame[]): Promise<void> =>
  runInDurableObject(feedOf(orgId), (_, { storage: { kv } }) => {
    for (const frame of frames) append(kv, frame);
  });

/** As if so much had been published of other scans that nothing from before is kept. */
export const loseFrames = (orgId: string): Promise<void> =>
  runInDurableObject(feedOf(orgId), (_, { storage: { kv } }) => kv.put("lastEventId", lastEventId(kv) + 1_001));

/** Number of the last frame of a scan. */
export const seqOf = (orgId: string, scanId: string): Promise<number> =>
  runInDurableObject(feedOf(orgId), (_, { storage: { kv } }) => feedInStore(kv, scanId).seq);

/** The numbers of the frames a client got, in the order in which they came. */
export const numbers = (client: Client): unknown[] =>
  client.frames.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
export const types = (client: Client): string[] => client.frames.map(({ type }) => type);
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const { coverage: _coverage, ...frameSummary } = summary;
export const complete = (scanId: string) =>
  ({ type: "complete", scanId, status: "complete", summary: frameSummary }) as const;

export const feedOf = (orgId: string) => env.SCAN_FEED.getByName(orgId);

/** Sockets that the object holds and has not closed itself. */
export const openSockets = (orgId: string): Promise<number> =>
  runInDurableObject(feedOf(orgId), (_, state) => {
    const phases = state.getWebSockets().map((socket) => connectionOf(socket)?.phase);
    return phases.filter((phase) => phase !== undefined && phase !== "closed").length;
  });
