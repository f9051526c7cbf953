// One organization's frames to very many sockets: when the first and the last of them has a frame, and what that takes of memory.
// All clients are on the same machine, which takes its share of it: in one process, and, where that may not open so many files,
// the others in a Worker beside the product.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { median, quantile } from "./client.mjs";
import { makeOrganization, newKey } from "./organization.mjs";
import { newGroup } from "./report.mjs";
import { other, startRuntime } from "./runtime.mjs";

/** A credential may have so many. */
const socketsPerKey = 3;
const openedAtOnce = 32;
const framesPublished = 10;
const lastMaxMs = 2_000;
const mib = (kib) => kib / 1024;

/** The runtime takes two files for each socket. */
const filesNeeded = 32_768;

/** Lets this process, and what it starts, open so many files; answers how many connections there can be. */
function makeRoom() {
  try {
    execFileSync("prlimit", [`--pid=${process.pid}`, `--nofile=${filesNeeded}:${filesNeeded}`], { stdio: "ignore" });
  } catch {
    // It may not, or there is no such command: fewer connections then.
  }
  try {
    const [, files] = /Max open files\s+(\d+)/.exec(readFileSync("/proc/self/limits", "utf8"));
    return Math.floor(Number(files) / 2) - 500;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Resident memory of the runtimes this process has started, in KiB; NaN where /proc does not tell. */
function residentKib() {
  try {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    const own = pids.filter((pid) => {
      try {
        const [, name, parent] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"));
        return name.startsWith("workerd") && Number(parent) === process.pid;
      } catch {
        return false;
      }
    });
    const sizes = own.map((pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]));
    return sizes.reduce((sum, size) => sum + size, 0) || Number.NaN;
  } catch {
    return Number.NaN;
  }
}

/** Length of the whole WebSocket message at the beginning (RFC 6455 section 5.2; servers do not mask); 0: not all of it is here. */
function messageLength(buffer) {
  if (buffer.length < 4) return 0;
  const short = buffer[1] & 0x7f;
  const size = short < 126 ? 2 + short : 4 + buffer.readUInt16BE(2);
  return buffer.length >= size ? size : 0;
}

/** One socket. `onFrame` is called with the type of each frame. */
async function openSocket(origin, key, onFrame) {
  const { host, hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname).setNoDelay(true);
  await once(socket, "connect");
  const opened = Promise.withResolvers();
  let received = Buffer.alloc(0);
  let isOpen = false;
  socket.on("data", (data) => {
    received = received.length === 0 ? data : Buffer.concat([received, data]);
    if (!isOpen) {
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) return;
      const isUpgraded = received.subarray(0, 12).toString().endsWith("101");
      if (!isUpgraded) opened.reject(new Error(`A socket was refused: ${received.toString().slice(0, 200)}`));
      isOpen = true;
      received = received.subarray(end + 4);
    }
    for (let size = messageLength(received); size > 0; size = messageLength(received)) {
      const { type } = JSON.parse(received.toString("utf8", received[1] < 126 ? 2 : 4, size));
      received = received.subarray(size);
      if (type === "ready") opened.resolve();
      else onFrame(type);
    }
  });
  socket.on("error", opened.reject).on("close", () => opened.reject(new Error("A socket was closed")));
  const lines = [
    "GET /api/v1/ws HTTP/1.1",
    `Host: ${host}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    `Authorization: Bearer ${key}`,
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  await opened.promise;
  return socket;
}

/** Sockets that end in the Worker `watchers`, one for each key. `hear(at)` is called with the type of each frame. */
async function openWithin(origin, keys, hear) {
  const leaving = new AbortController();
  const answer = await fetch(origin, { method: "POST", body: JSON.stringify(keys), signal: leaving.signal });
  const opened = Promise.withResolvers();
  let ready = 0;
  const listen = async () => {
    let rest = "";
    for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + piece).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        const [at, type] = line.split(" ");
        if (type !== "ready") hear(Number(at))(type);
        else if ((ready += 1) === keys.length) opened.resolve();
      }
    }
  };
  listen().catch(opened.reject);
  await opened.promise;
  return () => leaving.abort();
}

/** Does something so many times, so many at once; answers what came of each. */
async function many(count, atOnce, work) {
  const results = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < count; at = next++) results[at] = await work(at);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

const finding = (scanId, n) => ({
  type: "finding",
  scanId,
  opened: Array.from({ length: 3 }, (_, at) => ({
    id: crypto.randomUUID(),
    type: "security_group_open_port",
    title: "Security group open to the world",
    severity: "critical",
    service: "ec2",
    region: "eu-west-1",
    accountId: scanId,
    resourceName: `group ${n} ${at}`,
  })),
  counts: { opened: 3, reopened: 0, resolved: 0 },
});

const progress = (scanId, percent) => ({
  type: "progress",
  scanId,
  percent,
  step: "collecting",
  ts: new Date().toISOString(),
  region: "eu-west-1",
  service: "ec2",
  counts: { tasksDone: 1, tasksTotal: 17 },
});

async function measureWatchers(runtime, organization, keys, { watchers, connections }) {
  const publish = async (frames) => {
    const body = JSON.stringify({ org: organization.id, frames });
    const { reached } = await (await fetch(`${runtime.origin}/publish`, { method: "POST", body })).json();
    return reached;
  };
  const scanId = crypto.randomUUID();
  const perSocket = new Uint32Array(watchers);
  let arrivals = [];
  const hear = (at) => (type) => {
    arrivals.push(performance.now());
    if (type === "progress") perSocket[at] += 1;
  };
  const keyOf = (at) => keys[Math.floor(at / socketsPerKey)];
  const kibBefore = residentKib();
  const openingAt = performance.now();
  const sockets = await many(connections, openedAtOnce, (at) => openSocket(runtime.origin, keyOf(at), hear(at)));
  const others = Array.from({ length: watchers - connections }, (_, at) => connections + at);
  const leave =
    others.length === 0
      ? () => {}
      : await openWithin(runtime.origins.watchers, others.map(keyOf), (at) => hear(connections + at));
  const openedMs = performance.now() - openingAt;
  const kibOpen = residentKib();

  const heard = async (count) => {
    const until = performance.now() + 60_000;
    while (arrivals.length < count && performance.now() < until) await new Promise((done) => setTimeout(done, 2));
    if (arrivals.length < count) throw new Error(`${arrivals.length} of ${count} arrived`);
  };
  const firsts = [];
  const lasts = [];
  for (let n = 0; n < framesPublished; n += 1) {
    arrivals = [];
    const start = performance.now();
    const reached = await publish([finding(scanId, n)]);
    if (reached !== watchers) throw new Error(`${reached} of ${watchers} sockets were written to`);
    await heard(watchers);
    firsts.push(arrivals[0] - start);
    lasts.push(arrivals.at(-1) - start);
  }
  const burstAt = performance.now();
  for (let percent = 1; percent <= 100; percent += 1) await publish([progress(scanId, percent)]);
  const burstMs = performance.now() - burstAt;
  await new Promise((done) => setTimeout(done, 2_500));
  const most = perSocket.reduce((a, b) => Math.max(a, b), 0);
  const kibAfter = residentKib();
  for (const socket of sockets) socket.removeAllListeners("close").destroy();
  leave();
  await new Promise((done) => setTimeout(done, 1_000));
  return { openedMs, firsts, lasts, burstMs, most, kibBefore, kibOpen, kibAfter };
}

export async function measureFanOut({ watchers }) {
  const { group, table, atMost } = newGroup("fan-out", "Fan-out");
  const room = makeRoom();
  const beside = ({ name, compatibilityDate }) => [
    other("watchers", compatibilityDate, { serviceBindings: { CLOUDGLASS: name } }),
  ];
  const runtime = await startRuntime({ around: "feed", others: beside });
  try {
    const organization = await makeOrganization(runtime.origin);
    const keysNeeded = Math.ceil(Math.max(...watchers) / socketsPerKey);
    const keys = await many(keysNeeded, 8, (at) => newKey(organization, `watcher ${at}`));
    const rows = [];
    for (const size of watchers) {
      const connections = Math.min(size, room);
      const seen = await measureWatchers(runtime, organization, keys, { watchers: size, connections });
      const sorted = seen.lasts.toSorted((a, b) => a - b);
      const { kibBefore, kibOpen, kibAfter } = seen;
      rows.push([
        size,
        connections,
        size / (seen.openedMs / 1_000),
        median(seen.firsts),
        median(seen.lasts),
        quantile(sorted, 1),
        mib(kibOpen - kibBefore),
        mib(kibAfter - kibBefore),
        seen.most,
      ]);
      atMost("a frame at its last socket, ms", quantile(sorted, 1), lastMaxMs, `${size} sockets`);
      // One at once, and then as many as the pace lets out, the last of which comes late.
      const paceMs = size > 1_000 ? 1_000 : 100;
      const mostAllowed = 2 + Math.ceil(seen.burstMs / paceMs);
      atMost("progress frames of a burst of 100 at one socket", seen.most, mostAllowed, `${size} sockets`);
    }
    table(
      `${framesPublished} frames of findings, each to every socket: ms from the call that publishes it. Memory is the whole runtime's, beyond what it had.`,
      [
        "sockets",
        "with a connection",
        "opened per s",
        "first, ms",
        "last, ms",
        "slowest last, ms",
        "open, MiB",
        "after frames, MiB",
        "of 100 progress frames",
      ],
      rows,
    );
    return group;
  } finally {
    await runtime.stop();
  }
}
