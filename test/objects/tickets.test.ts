import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { makeTicket } from "#db/ticket-format";
import { newId } from "#lib/id";
import { api, origin } from "../support/api.ts";
import { makeApiKey, makeOrg } from "../support/org.ts";
import { bearer, feedOf, knock, makeScan, open, progress, type Client } from "./live.ts";

interface TicketAnswer {
  readonly data: { readonly ticket: string; readonly expiresAt: string; readonly url: string };
}

const ask = async (key: string, body?: object): Promise<TicketAnswer["data"]> =>
  (await api(key).post<TicketAnswer>("/ws/tickets", body)).body.data;
/** The path of a ticket's `url`, below the API's. */
const pathOf = (url: string): string => url.replace(/^wss:\/\/cloudglass\.test\/api\/v1/, "");
const upgrade = { Upgrade: "websocket" };
const codeOf = async (answer: Response): Promise<unknown> => [
  answer.status,
  (await answer.json<{ code: string }>()).code,
];

describe("a ticket", () => {
  it("201: opens the organization's socket, or one scan's, at the url it comes with", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const all = await ask(org.keys.viewer);
    const one = await ask(org.keys.viewer, { scanId });
    expect(all.url).toBe(`${origin.replace("https", "wss")}/api/v1/ws?ticket=${all.ticket}`);
    expect(Date.parse(all.expiresAt) - Date.now()).toBeLessThanOrEqual(30_000);
    const clients = [
      await open(pathOf(all.url)),
      await open(pathOf(one.url)),
      await open(`/ws?token=${(await ask(org.keys.viewer)).ticket}`),
    ];
    for (const client of clients) expect((await client.next("sync"))["scan"]).toMatchObject({ id: scanId });
    expect(await feedOf(org.id).publish([progress(scanId, 5)])).toBe(3);
  });

  it("404: for a scan of somebody else, as for one of nobody", async () => {
    const [mine, theirs] = [await makeOrg(), await makeOrg()];
    for (const scanId of [await makeScan(theirs.id), newId()]) {
      expect((await api(mine.keys.admin).post("/ws/tickets", { scanId })).status).toBe(404);
    }
  });

  it("401: works once, also for two that come at the same moment, and across a restart", async () => {
    const org = await makeOrg();
    for (let round = 0; round < 10; round += 1) {
      const path = pathOf((await ask(org.keys.viewer)).url);
      if (round % 2 === 0) await evictDurableObject(feedOf(org.id));
      const answers = await Promise.all([1, 2, 3].map(() => knock(path, upgrade)));
      expect(answers.map(({ status }) => status).toSorted()).toEqual([101, 401, 401]);
      for (const { webSocket } of answers) webSocket?.accept();
      for (const { webSocket } of answers) webSocket?.close();
      expect(await codeOf(await knock(path, upgrade))).toEqual([401, "UNAUTHORIZED"]);
    }
  });

  it("401: is too old after thirty seconds, and is then not kept", async () => {
    const org = await makeOrg();
    const path = pathOf((await ask(org.keys.viewer)).url);
    await ask(org.keys.viewer);
    const now = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 30_000);
    try {
      expect((await knock(path, upgrade)).status).toBe(401);
      await runDurableObjectAlarm(feedOf(org.id));
    } finally {
      now.mockRestore();
    }
    expect(await runInDurableObject(feedOf(org.id), (_, state) => [...state.storage.kv.list()].length)).toBe(0);
  });

  it("403: one for a scan opens nothing else, and is used up by trying", async () => {
    const org = await makeOrg();
    const [scanId, other] = [await makeScan(org.id), await makeScan(org.id)];
    for (const path of ["/ws", `/scans/${other}/ws`]) {
      const { ticket } = await ask(org.keys.viewer, { scanId });
      expect(await codeOf(await knock(`${path}?ticket=${ticket}`, upgrade))).toEqual([403, "FORBIDDEN"]);
      expect((await knock(`/scans/${scanId}/ws?ticket=${ticket}`, upgrade)).status).toBe(401);
    }
  });

  it("401: dies with its key: revoked, deleted or expired in between", async () => {
    const org = await makeOrg();
    const [revoked, deleted, ended] = [await makeApiKey(org.id), await makeApiKey(org.id), await makeApiKey(org.id)];
    const paths = await Promise.all([revoked, deleted, ended].map(async ({ key }) => pathOf((await ask(key)).url)));
    expect((await api(org.keys.admin).post(`/api-keys/${revoked.id}/revoke`)).status).toBe(200);
    expect((await api(org.keys.admin).delete(`/api-keys/${deleted.id}`)).status).toBe(204);
    const past = new Date(Date.now() - 1).toISOString();
    await env.DB.prepare("UPDATE api_keys SET expires_at = ?2 WHERE id = ?1").bind(ended.id, past).run();
    const codes = [];
    for (const path of paths) codes.push(await codeOf(await knock(path, upgrade)));
    expect(codes).toEqual([
      [401, "KEY_REVOKED"],
      [401, "KEY_REVOKED"],
      [401, "KEY_EXPIRED"],
    ]);
  });

  it("its sockets are those of its key: revocation closes them, and a fourth sends the first away", async () => {
    const org = await makeOrg();
    const clients: Client[] = [];
    for (let count = 0; count < 4; count += 1) {
      const client = await open(
        count === 0 ? "/ws" : pathOf((await ask(org.keys.viewer)).url),
        count === 0 ? bearer(org.keys.viewer) : {},
      );
      await client.next("ready");
      clients.push(client);
    }
    expect(await clients[0]?.end()).toEqual({ code: 1001, reason: "newer_connection" });
    await api(org.keys.admin).post(`/api-keys/${org.keyIds.viewer}/revoke`);
    for (const client of clients.slice(1)) expect(await client.end()).toEqual({ code: 1008, reason: "revoked" });
  });

  it("is known by its hash only", async () => {
    const org = await makeOrg();
    const { ticket } = await ask(org.keys.viewer);
    const kept = await runInDurableObject(feedOf(org.id), (_, state) => JSON.stringify([...state.storage.kv.list()]));
    expect(kept).toContain("ticket:");
    expect(kept).not.toContain(ticket.slice(-43));
  });

  it("401, then 429: who guesses pays with his address, and leaves nothing behind", async () => {
    const org = await makeOrg();
    const headers = { ...upgrade, "CF-Connecting-IP": "203.0.113.99" };
    const statuses: number[] = [];
    for (let count = 0; count < 32; count += 1)
      statuses.push((await knock(`/ws?ticket=${makeTicket(org.id)}`, headers)).status);
    expect(statuses).toEqual([...Array.from({ length: 30 }, () => 401), 429, 429]);
    for (const ticket of ["", "x", `cg_ticket_${org.id}`])
      expect((await knock(`/ws?ticket=${ticket}`, upgrade)).status).toBe(401);
    expect(await runInDurableObject(feedOf(org.id), (_, state) => [...state.storage.kv.list()].length)).toBe(0);
  });

  it("400: a ticket beside a key", async () => {
    const org = await makeOrg();
    const path = pathOf((await ask(org.keys.viewer)).url);
    expect(await codeOf(await knock(path, { ...upgrade, ...bearer(org.keys.viewer) }))).toEqual([
      400,
      "AMBIGUOUS_CREDENTIALS",
    ]);
  });
});

describe("a key as a subprotocol", () => {
  const offer = (...names: string[]) => ({ ...upgrade, "Sec-WebSocket-Protocol": names.join(", ") });
  const carried = (key: string): string =>
    `cloudglass.bearer.${new TextEncoder().encode(key).toBase64({ alphabet: "base64url", omitPadding: true })}`;

  it("101: lets in, and answers the name of the protocol alone", async () => {
    const org = await makeOrg();
    const answer = await knock("/ws", offer("cloudglass.v1", carried(org.keys.viewer)));
    expect([answer.status, answer.headers.get("Sec-WebSocket-Protocol")]).toEqual([101, "cloudglass.v1"]);
    answer.webSocket?.accept();
    answer.webSocket?.close();
  });

  it("400 without the protocol's name beside it; 401 for what is no key", async () => {
    const org = await makeOrg();
    expect((await knock("/ws", offer(carried(org.keys.viewer)))).status).toBe(400);
    for (const name of ["cloudglass.bearer.%%%", carried("nonsense")]) {
      expect((await knock("/ws", offer("cloudglass.v1", name))).status).toBe(401);
    }
  });
});

describe("the origin", () => {
  it("101: a page of our own may open a socket, one of another host may not", async () => {
    const org = await makeOrg();
    const from = async (Origin: string): Promise<number> => {
      const answer = await knock("/ws", { ...upgrade, ...bearer(org.keys.viewer), Origin });
      answer.webSocket?.accept();
      answer.webSocket?.close();
      return answer.status;
    };
    expect(await from(origin)).toBe(101);
    for (const foreign of ["http://cloudglass.test", "https://cloudglass.test:8443", `${origin}.evil.example`]) {
      expect(await from(foreign)).toBe(403);
    }
  });
});
