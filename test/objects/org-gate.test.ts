import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { defaultSettings, type OrgSettings } from "#db/values";
import { newId } from "#lib/id";
import type { GateGroup, OrgGate } from "#objects/org-gate";

const nowMs = Date.UTC(2026, 10, 21, 12);

/** A gate of its own for one test. */
async function makeGate(limits: Partial<OrgSettings["limits"]> = {}) {
  const gate = env.ORG_GATE.getByName(newId());
  if (Object.keys(limits).length > 0) await gate.configure({ ...defaultSettings.limits, ...limits });
  return gate;
}

type Gate = Awaited<ReturnType<typeof makeGate>>;

interface Asked {
  readonly credentialId?: string;
  readonly group?: GateGroup | null;
  readonly at?: number;
}

const ask = (gate: Gate, { credentialId = "key-1", group = null, at = nowMs }: Asked = {}) =>
  gate.admit({ credentialId, group, nowMs: at });

/** Sends so many requests, so many at a time, and answers how many were admitted. */
async function flood(
  requests: number,
  concurrency: number,
  send: () => Promise<{ admitted: boolean }>,
): Promise<number> {
  let admitted = 0;
  let left = requests;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      if ((await send()).admitted) admitted += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return admitted;
}

describe("the gate's limits", () => {
  it("2,000 requests, 50 at a time, limit 100: exactly 100 admitted", async () => {
    const gate = await makeGate({ perCredentialPerMinute: 100 });
    expect(await flood(2_000, 50, () => ask(gate))).toBe(100);
  });

  it("the same for the whole organization, whatever number of credentials asks", async () => {
    const gate = await makeGate({ perOrganizationPerMinute: 100 });
    let number = 0;
    expect(await flood(2_000, 50, () => ask(gate, { credentialId: `key-${(number += 1)}` }))).toBe(100);
  });

  it("with a restart after every request never more than 100, and no fewer than one for each block", async () => {
    const gate = await makeGate({ perCredentialPerMinute: 100 });
    let admitted = 0;
    for (let count = 0; count < 150; count += 1) {
      if ((await ask(gate)).admitted) admitted += 1;
      await evictDurableObject(gate);
    }
    expect(admitted).toBe(10);
  });

  it("with 20 restarts while 50 at a time ask: never more than 100", async () => {
    const gate = await makeGate({ perCredentialPerMinute: 100 });
    let admitted = 0;
    for (let round = 0; round < 20; round += 1) {
      admitted += await flood(100, 50, () => ask(gate));
      await evictDurableObject(gate);
    }
    expect(admitted).toBe(100);
  });

  it("a restart between any two requests admits at most fewer", async () => {
    const gate = await makeGate({ perCredentialPerMinute: 100 });
    let admitted = 0;
    for (let round = 0; round < 40; round += 1) {
      admitted += await flood(7, 7, () => ask(gate));
      if (round % 3 === 0) await evictDurableObject(gate);
    }
    expect(admitted).toBeLessThanOrEqual(100);
    expect(admitted).toBeGreaterThanOrEqual(60);
  });

  it("a window is written a few times, not once for each request", async () => {
    const gate = await makeGate({ perCredentialPerMinute: 200 });
    const writes = await runInDurableObject(gate, (object: OrgGate, state) => {
      const put = vi.spyOn(state.storage.kv, "put");
      for (let count = 0; count < 300; count += 1) object.admit({ credentialId: "key-1", group: null, nowMs });
      return put.mock.calls.length;
    });
    expect(writes).toBeLessThanOrEqual(14);
  });

  it("a refused request consumes nothing of the windows that had room", async () => {
    const gate = await makeGate({ perCredentialPerMinute: 2 });
    const answers = [await ask(gate), await ask(gate), await ask(gate), await ask(gate)];
    expect(answers.map(({ admitted }) => admitted)).toEqual([true, true, false, false]);
    expect(answers[3]?.violated).toEqual(["default"]);
    expect(answers[3]?.windows).toEqual([
      { name: "default", limit: 2, remaining: 0, windowSeconds: 60, resetSeconds: 60 },
      { name: "org", limit: 1000, remaining: 998, windowSeconds: 60, resetSeconds: 60 },
    ]);
    expect((await ask(gate, { credentialId: "key-2" })).admitted).toBe(true);
  });

  it.each([
    ["scan-create", 10],
    ["key-create", 5],
    ["webhook-test", 5],
  ] as const)("group %s: %i a minute for the organization, and the rest of it goes on", async (group, limit) => {
    const gate = await makeGate();
    let number = 0;
    const admitted = await flood(40, 10, () => ask(gate, { group, credentialId: `key-${(number += 1)}` }));
    expect(admitted).toBe(limit);
    expect((await ask(gate, { group })).violated).toEqual([group]);
    expect((await ask(gate)).admitted).toBe(true);
  });

  it("an hourly window where one is set, told beside the others", async () => {
    const gate = await makeGate({ perOrganizationPerHour: 3 });
    for (const minute of [0, 2, 4]) expect((await ask(gate, { at: nowMs + minute * 60_000 })).admitted).toBe(true);
    const refused = await ask(gate, { at: nowMs + 6 * 60_000 });
    expect(refused.violated).toEqual(["hour"]);
    expect(refused.windows.at(-1)).toEqual({
      name: "hour",
      limit: 3,
      remaining: 0,
      windowSeconds: 3600,
      resetSeconds: 3240,
    });
    expect((await ask(gate, { at: nowMs + 3_600_000 })).admitted).toBe(true);
  });

  it("a new window opens when the old one has ended, also after a restart", async () => {
    const gate = await makeGate({ perCredentialPerMinute: 1 });
    expect((await ask(gate)).admitted).toBe(true);
    expect((await ask(gate, { at: nowMs + 59_999 })).admitted).toBe(false);
    await evictDurableObject(gate);
    expect((await ask(gate, { at: nowMs + 59_999 })).admitted).toBe(false);
    expect((await ask(gate, { at: nowMs + 60_000 })).admitted).toBe(true);
  });

  it("a clock that goes backwards opens no window, also after a restart", async () => {
    const gate = await makeGate({ perCredentialPerMinute: 1 });
    expect((await ask(gate)).admitted).toBe(true);
    expect((await ask(gate, { at: nowMs - 3_600_000 })).admitted).toBe(false);
    await evictDurableObject(gate);
    expect((await ask(gate, { at: nowMs - 3_600_000 })).admitted).toBe(false);
  });

  it("new limits hold from the next request and survive a restart", async () => {
    const gate = await makeGate();
    await ask(gate);
    await gate.configure({ ...defaultSettings.limits, perCredentialPerMinute: 1 });
    expect((await ask(gate)).violated).toEqual(["default"]);
    await evictDurableObject(gate);
    expect((await ask(gate)).windows[0]?.limit).toBe(1);
  });

  it.each([
    ["auth", 30],
    ["login", 5],
    ["ws-connect", 60],
  ] as const)("an address gets %s %i times a minute", async (group, limit) => {
    const gate = env.ORG_GATE.getByName(`ip:${newId()}`);
    expect(await flood(200, 50, () => gate.admitIp({ group, nowMs }))).toBe(limit);
    expect((await gate.admitIp({ group, nowMs })).violated).toEqual([group]);
  });

  it("windows that have ended leave nothing in storage; revocations stay", async () => {
    const address = env.ORG_GATE.getByName(`ip:${newId()}`);
    await address.admitIp({ group: "auth", nowMs: Date.now() - 3_600_000 });
    expect(await runDurableObjectAlarm(address)).toBe(true);
    expect(await runInDurableObject(address, (_, state) => [...state.storage.kv.list()].length)).toBe(0);
    const gate = await makeGate();
    await gate.revoke("key-1");
    for (let count = 2; count < 30; count += 1)
      await ask(gate, { credentialId: `key-${count}`, at: Date.now() - 3_600_000 });
    await runDurableObjectAlarm(gate);
    expect(await runInDurableObject(gate, (_, state) => [...state.storage.kv.list()].map(([key]) => key))).toEqual([
      "revoked:key-1",
    ]);
  });

  it("a window that is open is not removed", async () => {
    const gate = await makeGate({ perCredentialPerMinute: 1 });
    const at = Date.now();
    await ask(gate, { at });
    await runDurableObjectAlarm(gate);
    expect((await ask(gate, { at })).admitted).toBe(false);
  });
});

describe("revocation", () => {
  it("holds from the moment revoke returns: 0 of 1,000 requests pass", async () => {
    const gate = await makeGate({ perCredentialPerMinute: 5_000, perOrganizationPerMinute: 10_000 });
    await ask(gate);
    await gate.revoke("key-1");
    expect(await flood(1_000, 50, () => ask(gate))).toBe(0);
    expect(await ask(gate)).toMatchObject({ admitted: false, revoked: true, violated: [] });
  });

  it("survives a restart right after it", async () => {
    const gate = await makeGate();
    await gate.revoke("key-1");
    await evictDurableObject(gate);
    expect(await gate.isRevoked("key-1")).toBe(true);
    expect((await ask(gate)).revoked).toBe(true);
    expect((await ask(gate, { credentialId: "key-2" })).revoked).toBe(false);
  });

  it("a revoked credential consumes nothing", async () => {
    const gate = await makeGate({ perOrganizationPerMinute: 3 });
    await gate.revoke("key-1");
    for (let count = 0; count < 10; count += 1) await ask(gate);
    expect((await ask(gate, { credentialId: "key-2" })).windows[1]).toMatchObject({ name: "org", remaining: 2 });
  });
});

describe("the gate's speed", () => {
  it("is told, of 2,000 calls that all pass", async () => {
    const gate = await makeGate({ perCredentialPerMinute: 100_000, perOrganizationPerMinute: 100_000 });
    const startedAt = performance.now();
    expect(await flood(2_000, 50, () => ask(gate))).toBe(2_000);
    const ms = performance.now() - startedAt;
    console.warn(`gate: ${((ms * 1000) / 2_000).toFixed(0)} µs a call, 50 at a time`);
  });
});
