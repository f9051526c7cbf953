// Progress as a client outside sees it: Node's own WebSocket, and the bare upgrade where that one is too polite.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, describe, test } from "node:test";
import { caller, endOf, setUp, startScan } from "./support/api.mjs";
import { newState, sleep, startRuntime, tick } from "./support/runtime.mjs";
import { openSocket, watch } from "./support/socket.mjs";

const port = 8802;
const delayMs = 40;
const rounds = Number(process.env.E2E_ROUNDS ?? 6);
const seed = Number(process.env.E2E_SEED ?? Date.now() % 1_000_000);

/** mulberry32: the same numbers for the same seed. */
function randomOf(start) {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const numbered = (frames) => frames.filter(({ seq }) => seq !== undefined);
const isEnd = ({ type }) => type === "complete";

function assertRising(frames) {
  for (const member of ["seq", "eventId", "percent"]) {
    const values = frames.flatMap((frame) => frame[member] ?? []);
    values.slice(1).forEach((value, at) => {
      const rises = member === "percent" ? value >= values[at] : value > values[at];
      assert.ok(rises, `${member} ${values[at]} → ${value}`);
    });
  }
}

/** What findings frames say in all. */
const opened = (frames) => frames.reduce((sum, { type, counts }) => sum + (type === "finding" ? counts.opened : 0), 0);

/** The answer to an upgrade that is refused. */
const refusedUpgrade = (path, headers = {}) =>
  new Promise((resolve, reject) => {
    const upgrade = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    const asked = request({ host: "127.0.0.1", port, path, headers: { ...upgrade, ...headers } });
    asked.on("response", async (answer) => {
      let body = "";
      for await (const chunk of answer.setEncoding("utf8")) body += chunk;
      resolve({ status: answer.statusCode, body: JSON.parse(body) });
    });
    asked.on("upgrade", (_, socket) => {
      socket.destroy();
      reject(new Error(`${path} was upgraded`));
    });
    asked.on("error", reject);
    asked.end();
  });

/** Reads events after this one until there are so many frames, or the end of a scan; then goes away without a word. */
async function readEvents(url, key, lastEventId, count) {
  const leaving = new AbortController();
  const answer = await fetch(url, {
    headers: { authorization: `Bearer ${key}`, "last-event-id": String(lastEventId) },
    signal: leaving.signal,
  });
  const frames = [];
  let text = "";
  for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + part).split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const [, id] = /^id: (\d+)$/m.exec(block) ?? [];
      const [, data] = /^data: (.*)$/m.exec(block) ?? [];
      const frame = data && JSON.parse(data);
      if (frame?.seq === undefined) continue;
      assert.equal(frame.eventId, Number(id));
      frames.push(frame);
    }
    if (frames.length >= count || frames.some(isEnd)) break;
  }
  leaving.abort();
  return frames;
}

describe("live progress", { timeout: 300_000 }, () => {
  const state = newState("live");
  let runtime;
  let demo;

  before(async () => {
    runtime = await startRuntime({ port, state, delayMs });
    demo = await setUp(runtime.origin);
  });
  after(() => runtime.kill());

  const carried = (key) => `cloudglass.bearer.${Buffer.from(key).toString("base64url")}`;
  const scanSocket = (scanId) => openSocket(`${runtime.origin}/api/v1/scans/${scanId}/ws`);

  test("ready, sync, progress that only rises, complete, and then nothing", async () => {
    const scan = await startScan(demo);
    const socket = await watch(demo, scan.id);
    await socket.until(isEnd);
    await sleep(500);
    const [ready, sync, ...rest] = socket.frames;
    assert.deepEqual(
      [ready.type, ready.protocol, sync.type, sync.scan.id],
      ["ready", "cloudglass.v1", "sync", scan.id],
    );
    assert.ok(rest.length > 10);
    assert.deepEqual([...new Set(rest.slice(0, -1).map(({ type }) => type))].toSorted(), ["finding", "progress"]);
    assert.ok(rest[0].seq > sync.scan.seq);
    assertRising(rest);
    const last = rest.at(-1);
    assert.deepEqual([last.type, last.status, last.scanId], ["complete", "complete", scan.id]);
    const { data } = await demo.api("GET", `/scans/${scan.id}`);
    assert.equal(last.summary.resourcesDiscovered, data.resourcesDiscovered);
    assert.equal(opened(rest), data.findingsNew);
    // Some seventy collectors in each of seventeen regions are told of by a handful of frames for each task.
    assert.ok(rest.length < data.cost.tasks * 8, `${rest.length} frames of ${data.cost.tasks} tasks`);
    socket.close();
  });

  test("the organization's socket tells of the same scan", async () => {
    const socket = openSocket(`${runtime.origin}/api/v1/ws?org=${demo.organizationId}`);
    await socket.opened;
    socket.send({ type: "auth", token: demo.key });
    await socket.until(({ type }) => type === "ready");
    const scan = await startScan(demo);
    await socket.until(isEnd);
    const told = numbered(socket.frames);
    assert.ok(told.every(({ scanId }) => scanId === scan.id));
    assertRising(told);
    assert.equal(told[0].seq, 1);
    socket.close();
  });

  test("nothing before the credential, and 1008 without one within a second", async () => {
    const scan = await startScan(demo);
    const socket = scanSocket(scan.id);
    await socket.opened;
    const openedAt = performance.now();
    await sleep(700);
    assert.deepEqual(socket.frames, []);
    const { type, code: word } = await socket.until(() => true);
    const afterMs = performance.now() - openedAt;
    assert.deepEqual([type, word], ["error", "AUTH_TIMEOUT"]);
    assert.ok(afterMs >= 900 && afterMs < 1_700, `${afterMs} ms`);
    const { code, reason } = await socket.closed;
    assert.deepEqual([code, reason, socket.frames.length], [1008, "auth_timeout", 1]);
  });

  test(
    "without a credential the connection itself ends within two seconds",
    { todo: "it is held for ten more" },
    async () => {
      const socket = scanSocket((await demo.api("GET", "/scans/recent")).data[0].id);
      await socket.opened;
      const { afterMs } = await socket.closed;
      assert.ok(afterMs < 2_000, `${afterMs} ms`);
    },
  );

  const wrong = {
    "another word instead of `auth`": { type: "resume", scanId: crypto.randomUUID(), seq: 0 },
    "a key that is none": { type: "auth", token: "nonsense" },
    "a well-formed key of nobody": { type: "auth", token: `cg_live_${"a".repeat(36)}` },
    "no JSON": "}{",
    "an auth with more in it": { type: "auth", token: "x", scanId: crypto.randomUUID() },
  };
  for (const [name, message] of Object.entries(wrong)) {
    test(`1008 for ${name}`, async () => {
      const scan = (await demo.api("GET", "/scans/recent")).data[0];
      const socket = scanSocket(scan.id);
      await socket.opened;
      socket.send(message);
      const { code, reason } = await socket.closed;
      assert.deepEqual([code, reason, socket.frames], [1008, "unauthorized", []]);
    });
  }

  test("1008 for a good key at a scan that is not the organization's", async () => {
    const socket = scanSocket(crypto.randomUUID());
    await socket.opened;
    socket.send({ type: "auth", token: demo.key });
    assert.equal((await socket.closed).code, 1008);
    assert.deepEqual(socket.frames, []);
  });

  test("1009 for a message of more than 4 KiB", async () => {
    const socket = await watch(demo, (await demo.api("GET", "/scans/recent")).data[0].id);
    await socket.until(({ type }) => type === "sync");
    socket.send({ type: "ping", padding: "x".repeat(5_000) });
    assert.equal((await socket.closed).code, 1009);
  });

  test("a ping is answered; what cannot be understood is told and nothing else", async () => {
    const socket = await watch(demo, (await demo.api("GET", "/scans/recent")).data[0].id);
    await socket.until(({ type }) => type === "sync");
    socket.send({ type: "ping" });
    await socket.until(({ type }) => type === "pong");
    socket.send({ type: "subscribe" });
    assert.equal((await socket.until(({ type }) => type === "error")).code, "INVALID_MESSAGE");
    socket.close();
  });

  test("a fourth socket of a credential takes the place of the oldest", async () => {
    const scan = (await demo.api("GET", "/scans/recent")).data[0];
    const sockets = [];
    for (let count = 0; count < 4; count += 1) {
      const socket = await watch(demo, scan.id);
      await socket.until(({ type }) => type === "sync");
      sockets.push(socket);
    }
    const { code, reason } = await sockets[0].closed;
    assert.deepEqual([code, reason], [1001, "newer_connection"]);
    for (const socket of sockets.slice(1)) {
      socket.send({ type: "ping" });
      await socket.until(({ type }) => type === "pong");
      socket.close();
    }
  });

  test("a key in the URL, a foreign origin and a bare GET are refused as problems", async () => {
    const scan = (await demo.api("GET", "/scans/recent")).data[0];
    const path = `/api/v1/scans/${scan.id}/ws`;
    const inUrl = await refusedUpgrade(`${path}?token=${demo.key}`);
    assert.deepEqual([inUrl.status, inUrl.body.code], [400, "INVALID_REQUEST"]);
    const foreign = await refusedUpgrade(path, { origin: "https://evil.example" });
    assert.deepEqual([foreign.status, foreign.body.code], [403, "FORBIDDEN"]);
    const badKey = await refusedUpgrade(path, { authorization: "Bearer nonsense" });
    assert.deepEqual([badKey.status, badKey.body.code], [401, "UNAUTHORIZED"]);
    const bare = await caller(runtime.origin, demo.key)("GET", `/scans/${scan.id}/ws`);
    assert.deepEqual([bare.status, bare.body.code], [426, "UPGRADE_REQUIRED"]);
  });

  test(`cut at random frames and resumed, nothing is missing at the end (seed ${seed})`, async () => {
    const random = randomOf(seed);
    for (let round = 0; round < rounds; round += 1) {
      const scan = await startScan(demo);
      const got = new Map();
      let cuts = -1;
      let last;
      while (last?.type !== "complete") {
        const socket = scanSocket(scan.id);
        // 429: an address opens 60 a minute.
        const isOpen = await socket.opened.then(
          () => true,
          () => false,
        );
        if (!isOpen) {
          await new Promise((done) => setTimeout(done, 2_000));
          continue;
        }
        const point = { scanId: scan.id, seq: last?.seq ?? 0 };
        socket.send({ type: "auth", token: demo.key, resume: [point] });
        const cutAfter = 1 + Math.floor(random() * 4);
        await socket.until(({ seq, type }) => seq >= point.seq + cutAfter || type === "complete");
        socket.close();
        const fresh = numbered(socket.frames);
        fresh.forEach((frame, index) => assert.equal(frame.seq, point.seq + 1 + index));
        for (const frame of fresh) got.set(frame.seq, frame);
        last = fresh.at(-1);
        cuts += 1;
      }
      assert.ok(cuts > 0);
      const frames = [...got.values()].toSorted((a, b) => a.seq - b.seq);
      assertRising(frames);
      assert.equal(frames.length, frames.at(-1).seq);
      const { data } = await demo.api("GET", `/scans/${scan.id}`);
      assert.deepEqual([frames.at(-1).status, data.status], ["complete", "complete"]);
      assert.equal(frames.at(-1).summary.resourcesDiscovered, data.resourcesDiscovered);
    }
  });

  test("a ticket opens one socket, of the organization or of one scan, and nothing a second time", async () => {
    const scan = await startScan(demo);
    const { data: all } = await demo.api("POST", "/ws/tickets");
    const { data: one } = await demo.api("POST", "/ws/tickets", { scanId: scan.id });
    assert.ok(Date.parse(all.expiresAt) - Date.now() <= 30_000);
    for (const { url } of [all, one]) {
      const socket = openSocket(url);
      const { scan: state } = await socket.until(({ type }) => type === "sync");
      assert.equal(state.id, scan.id);
      const { pathname, search } = new URL(url);
      const again = await refusedUpgrade(`${pathname}${search}`);
      assert.deepEqual([again.status, again.body.code], [401, "UNAUTHORIZED"]);
      socket.close();
    }
    await endOf(demo, scan.id);
  });

  test("a key as a subprotocol, of which only the name is echoed", async () => {
    const socket = openSocket(`${runtime.origin}/api/v1/ws`, ["cloudglass.v1", carried(demo.key)]);
    await socket.until(({ type }) => type === "ready");
    assert.equal(socket.protocol(), "cloudglass.v1");
    socket.close();
  });

  test(`Server-Sent Events, cut at random and resumed, tell what a socket is told (seed ${seed})`, async () => {
    const random = randomOf(seed + 1);
    // With a key of its own: what was cut may still count among the three connections of a key.
    const { data: other } = await demo.api("POST", "/api-keys", {
      name: "witness",
      role: "viewer",
      scopes: ["scans:read", "findings:read"],
    });
    const witness = openSocket(`${runtime.origin}/api/v1/ws`, ["cloudglass.v1", carried(other.key)]);
    await witness.opened;
    const { eventId } = await witness.until(({ type }) => type === "ready");
    const got = [];
    let last = eventId;
    let cuts = -1;
    const scan = await startScan(demo);
    while (got.at(-1)?.type !== "complete") {
      const upTo = 1 + Math.floor(random() * 4);
      const fresh = await readEvents(`${runtime.origin}/api/v1/events`, demo.key, last, upTo);
      got.push(...fresh);
      last = got.at(-1)?.eventId ?? last;
      cuts += 1;
    }
    await witness.until(isEnd);
    assert.ok(cuts > 0);
    assert.deepEqual(got, numbered(witness.frames));
    assert.equal(got.at(-1).scanId, scan.id);
    witness.close();
  });

  test("after the end, resuming from any frame gives the rest of them", async () => {
    const scan = await startScan(demo);
    const whole = await watch(demo, scan.id);
    await whole.until(isEnd);
    const frames = numbered(whole.frames);
    whole.close();
    const socket = await watch(demo, scan.id);
    const sync = await socket.until(({ type }) => type === "sync");
    assert.deepEqual([sync.scan.status, sync.scan.percent, sync.scan.seq], ["complete", 100, frames.at(-1).seq]);
    for (const { seq } of frames.slice(0, -1)) {
      const from = socket.frames.length;
      socket.send({ type: "resume", scanId: scan.id, seq });
      const rest = frames.filter((frame) => frame.seq > seq);
      while (socket.frames.length < from + rest.length) await sleep(5);
      assert.deepEqual(socket.frames.slice(from), rest);
    }
    socket.send({ type: "resume", scanId: scan.id, seq: 1_000_000 });
    const before = socket.frames.length;
    while (socket.frames.length === before) await sleep(5);
    assert.deepEqual([socket.frames.at(-1).type, socket.frames.at(-1).scan.status], ["sync", "complete"]);
    socket.close();
  });

  test("everything is killed in the middle of a scan: who comes back is told the rest, to the same end", async () => {
    const scan = await startScan(demo);
    const before = await watch(demo, scan.id);
    await before.until(({ percent }) => percent > 20);
    await runtime.kill();
    await before.closed;
    runtime = await startRuntime({ port, state, delayMs });
    const last = numbered(before.frames).at(-1);
    const after = scanSocket(scan.id);
    await after.opened;
    after.send({ type: "auth", token: demo.key, resume: [{ scanId: scan.id, seq: last.seq }] });
    // The lease of what was under way is over (`leaseMs` of a task: 15 minutes).
    await tick(runtime.origin, new Date(Date.now() + 16 * 60_000));
    await after.until(isEnd);
    const frames = [...numbered(before.frames), ...numbered(after.frames)];
    assertRising(frames);
    const { data } = await demo.api("GET", `/scans/${scan.id}`);
    assert.deepEqual([frames.at(-1).status, data.status], ["complete", "complete"]);
    assert.equal(frames.at(-1).summary.resourcesDiscovered, data.resourcesDiscovered);
    after.close();
  });
});
