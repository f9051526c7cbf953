// The page at /live in a real browser. LIVE_SCREENSHOT=docs/live.png keeps a picture of it in the middle of a scan.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { endOf, setUp, startScan } from "./support/api.mjs";
import { openBrowser } from "./support/browser.mjs";
import { eventually, newState, startRuntime, tick } from "./support/runtime.mjs";

const port = 8809;
const delayMs = 60;
const screenshot = process.env.LIVE_SCREENSHOT;

describe("the page at /live", { timeout: 240_000 }, () => {
  const state = newState("live-page");
  const complaints = [];
  let runtime;
  let demo;
  let browser;
  let page;
  let viewer;

  before(async () => {
    runtime = await startRuntime({ port, state, delayMs });
    demo = await setUp(runtime.origin);
    viewer = (await demo.api("POST", "/api-keys", { name: "page", role: "viewer" })).data;
    browser = await openBrowser();
    page = await browser.newPage();
    await page.setViewport({ width: 1200, height: 820 });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      // What cannot be reached while it is down is told by the browser itself.
      if (message.type() === "error" && !/net::ERR_|Failed to load resource|WebSocket connection/.test(message.text()))
        complaints.push(message.text());
    });
    await page.goto(`${runtime.origin}/live`);
  });
  after(async () => {
    await browser?.close();
    await runtime?.kill();
  });

  const textOf = (selector) => page.$eval(selector, (element) => element.textContent.trim());
  const shows = (selector, pattern) =>
    eventually(`${pattern} in ${selector}`, async () => pattern.test(await textOf(selector).catch(() => "")), {
      timeoutMs: 60_000,
      everyMs: 50,
    });
  const percentOf = (scanId) => page.$eval(`[data-scan="${scanId}"] progress`, ({ value }) => value).catch(() => 0);
  const findingsShown = () => page.$$eval("#findings li", (items) => items.length);
  const tallied = async () => Number(/^(\d+) opened/.exec(await textOf("#tally"))?.[1] ?? 0);
  const enter = async (key) => {
    await page.type("#key", key);
    await page.click("#entry button");
  };

  test("is static, and its headers let nothing else in", async () => {
    const { status, headers } = await fetch(`${runtime.origin}/live`);
    assert.equal(status, 200);
    assert.match(headers.get("content-security-policy"), /default-src 'none'; script-src 'self'; style-src 'self'/);
    assert.equal(headers.get("x-frame-options"), "DENY");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(
      await page.$$eval("[onclick], [onload], [style], script:not([src]), style", ({ length }) => length),
      0,
    );
  });

  test("every control has a name, and the states are announced", async () => {
    const unnamed = await page.$$eval("input, button, a", (elements) =>
      elements.filter((one) => !(one.labels?.length || one.textContent.trim())).map(({ outerHTML }) => outerHTML),
    );
    assert.deepEqual(unnamed, []);
    assert.equal(await page.$eval("#state", (element) => element.role ?? element.getAttribute("role")), "status");
    assert.equal(await page.$eval("html", ({ lang }) => lang), "en");
  });

  test("says so when a key is refused", async () => {
    await enter("cg_live_nonsense");
    await shows("#complaint", /not an API key/);
    assert.equal(await textOf("#state"), "Refused");
  });

  test("shows a scan and its findings as they happen, and misses nothing of a time offline", async () => {
    await enter(viewer.key);
    await shows("#state", /^Connected$/);
    const scan = await startScan(demo);
    await eventually("progress", async () => (await percentOf(scan.id)) > 5, { everyMs: 20 });
    await eventually("findings", async () => (await findingsShown()) > 3, { everyMs: 20 });
    assert.match(await textOf(`[data-scan="${scan.id}"] .name`), /^Demo$/);
    if (screenshot) await page.screenshot({ path: screenshot, optimizeForSpeed: false });
    const before = await percentOf(scan.id);
    assert.ok(before < 100, `${before} %`);

    await page.setOfflineMode(true);
    await shows("#state", /Offline/);
    const { status, findingsNew } = await endOf(demo, scan.id);
    assert.ok((await percentOf(scan.id)) < 100);
    await page.setOfflineMode(false);
    await shows("#state", /^Connected$/);
    await shows(`[data-scan="${scan.id}"] .status`, new RegExp(`^${status} · 100 %$`));
    assert.equal(await tallied(), findingsNew);
    assert.ok((await findingsShown()) >= Math.min(20, findingsNew));
  });

  test("asks how a scan stands after an absence of which it cannot be told all, and says so", async () => {
    const scan = await startScan(demo);
    await eventually("progress", async () => (await percentOf(scan.id)) > 5, { everyMs: 20 });
    await page.setOfflineMode(true);
    await shows("#state", /Offline/);
    const { status } = await endOf(demo, scan.id);
    // A number that the feed cannot count on from, as after more frames than it keeps.
    await page.evaluate(() => {
      const { set } = URLSearchParams.prototype;
      URLSearchParams.prototype.set = function (name, value) {
        URLSearchParams.prototype.set = set;
        this.set(name, value + 1_000_000);
      };
    });
    await page.setOfflineMode(false);
    await shows("#state", /^Connected$/);
    await shows(`[data-scan="${scan.id}"] .status`, new RegExp(`^${status} · 100 %$`));
    assert.match(await textOf("#tally"), /some may be missing/);
  });

  test("comes back by itself when everything is killed in the middle of a scan, and shows its end", async () => {
    const scan = await startScan(demo);
    await eventually("progress", async () => (await percentOf(scan.id)) > 5, { everyMs: 20 });
    const before = await percentOf(scan.id);
    await runtime.kill();
    await shows("#state", /reconnecting/);
    runtime = await startRuntime({ port, state, delayMs });
    await shows("#state", /^Connected$/);
    assert.ok((await percentOf(scan.id)) >= before);
    // The lease of what was under way is over (`leaseMs` of a task: 15 minutes).
    await tick(runtime.origin, new Date(Date.now() + 16 * 60_000));
    const { status } = await endOf(demo, scan.id);
    await shows(`[data-scan="${scan.id}"] .status`, new RegExp(`^${status} · 100 %$`));
  });

  test("keeps the key nowhere, and forgets it when it is revoked", async () => {
    const kept = await page.evaluate(() =>
      JSON.stringify([
        Object.entries(localStorage),
        Object.entries(sessionStorage),
        document.cookie,
        location.href,
        document.documentElement.outerHTML,
      ]),
    );
    assert.ok(!kept.includes(viewer.key.slice(8)));
    await demo.api("POST", `/api-keys/${viewer.id}/revoke`);
    await shows("#complaint", /refused or revoked/);
    assert.equal(await page.$$eval("#scans li, #findings li", ({ length }) => length), 0);
    assert.equal(await page.$eval("#key", ({ value }) => value), "");
  });

  test("has broken no rule of its own", () => assert.deepEqual(complaints, []));
});
