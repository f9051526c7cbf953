// What the page at /live asks for, with a document of its own; how it looks is seen by test/e2e/live-page.test.mjs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import vm from "node:vm";

const source = readFileSync(path.join(import.meta.dirname, "..", "..", "pages", "live.js"), "utf8");

/** As much of an element as the page uses. */
class Element {
  dataset = {};
  children = [];
  value = "";
  listeners = {};
  append(...children) {
    for (const child of children) child.parent = this;
    this.children.push(...children);
  }
  prepend(child) {
    child.parent = this;
    this.children.unshift(child);
  }
  remove() {
    this.parent.children = this.parent.children.filter((child) => child !== this);
  }
  replaceChildren() {
    this.children = [];
  }
  addEventListener(name, listener) {
    this.listeners[name] = listener;
  }
  setAttribute() {}
  focus() {}
}

/** The page, entered with a key. `answer` is given the request: `GET /scans/…`. */
function openPage(answer) {
  const elements = new Map();
  const by = (id) => elements.get(id) ?? elements.set(id, new Element()).get(id);
  const page = { by, asked: [], socket: null };
  class WebSocket extends Element {
    static OPEN = 1;
    readyState = 1;
    constructor() {
      super();
      page.socket = this;
    }
    close() {}
  }
  const fetch = async (url, { method }) => {
    const request = `${method} ${url.replace("/api/v1", "")}`;
    page.asked.push(request);
    return { ok: true, json: async () => ({ data: await answer(request) }) };
  };
  const timers = { setTimeout: () => 0, clearTimeout() {}, setInterval: () => 0, clearInterval() {} };
  const document = { getElementById: by, createElement: () => new Element() };
  const globals = { document, fetch, WebSocket, URL, navigator: { onLine: true }, addEventListener() {}, ...timers };
  vm.runInNewContext(source, globals);
  by("key").value = "cg_live_x";
  by("entry").listeners.submit({ preventDefault() {} });
  page.say = async (frame) => {
    page.socket.listeners.message({ data: JSON.stringify(frame) });
    await setImmediate();
  };
  page.shown = () => by("scans").children.map(({ dataset }) => dataset.scan);
  return page;
}

const ticket = { url: "wss://cloudglass.test/api/v1/ws?ticket=t" };
const scan = { accountId: "a", awsAccountId: "1", status: "running" };
const answer = (request) => (request.includes("tickets") ? ticket : request.includes("accounts") ? [] : scan);
const idsOf = (count) => Array.from({ length: count }, (_, n) => `scan-${n}`);

test("scans under way are all shown, and asked about once", async () => {
  const page = openPage(answer);
  await setImmediate();
  await page.say({ type: "ready", eventId: 0 });
  const ids = idsOf(30);
  let eventId = 0;
  for (const percent of [1, 2, 3])
    for (const scanId of ids)
      await page.say({ type: "progress", scanId, percent, step: "collect", counts: {}, eventId: (eventId += 1) });
  assert.deepEqual(page.shown().toReversed(), ids);
  assert.deepEqual(
    page.asked.filter((request) => request.startsWith("GET /scans")),
    ids.map((id) => `GET /scans/${id}`),
  );
});

test("of scans that have ended the last are shown", async () => {
  const page = openPage(answer);
  await setImmediate();
  const sync = (id, status) => page.say({ type: "sync", scan: { ...scan, id, status, percent: 0 } });
  await sync("under way", "running");
  const ids = idsOf(30);
  for (const id of ids) await sync(id, "complete");
  assert.deepEqual(page.shown().toReversed(), ["under way", ...ids.slice(-19)]);
});

test("who leaves before it is connected stays away", async () => {
  const names = Promise.withResolvers();
  const page = openPage((request) => (request.includes("accounts") ? names.promise : answer(request)));
  page.by("leave").listeners.click();
  names.resolve([]);
  await setImmediate();
  assert.deepEqual([page.asked, page.socket], [["GET /accounts?limit=500"], null]);
});
