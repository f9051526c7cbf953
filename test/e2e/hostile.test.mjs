// Whatever is sent, the answer is a problem in the caller's words, never a 5xx, and the service goes on.
import assert from "node:assert/strict";
import { request } from "node:http";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { all, caller, setUp, startScan } from "./support/api.mjs";
import { hostile } from "./support/hostile.mjs";
import { newState, startRuntime } from "./support/runtime.mjs";

const port = 8805;

/** Sends the path as it is written; `fetch` would tidy it up. */
const send = (method, path, headers, body) =>
  new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const asked = request({ host: "127.0.0.1", port, method, path, headers: { ...length, ...headers } });
    asked.on("response", async (answer) => {
      let text = "";
      for await (const chunk of answer.setEncoding("utf8")) text += chunk;
      resolve({ status: answer.statusCode, headers: answer.headers, text });
    });
    asked.on("error", reject);
    asked.end(body);
  });

/** Bytes as they are; answers all that comes back. */
const sendRaw = (bytes) =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    let text = "";
    socket.setEncoding("latin1");
    socket.setTimeout(1_500, () => socket.destroy());
    socket.on("data", (data) => (text += data));
    socket.on("close", () => resolve(text));
    socket.on("error", (error) => (error.code === "ECONNRESET" ? resolve(text) : reject(error)));
  });

function assertProblem({ status, headers, text }) {
  const told = `${status} ${headers["content-type"]} ${text.slice(0, 300)}`;
  assert.ok(status >= 400 && status < 500, told);
  assert.equal(headers["content-type"], "application/problem+json", told);
  const problem = JSON.parse(text);
  assert.equal(problem.status, status);
  assert.match(problem.code, /^[A-Z][A-Z_]+$/);
  assert.ok(problem.title && problem.detail && problem.type && problem.instance, told);
  assert.ok(problem.requestId);
  assert.equal(headers["x-request-id"], problem.requestId);
  assert.doesNotMatch(text, /sqlite|d1_error|drizzle|zod|stack|at \w+ \(|worker\.js/i);
}

describe("hostile requests", { timeout: 180_000 }, () => {
  let runtime;
  let demo;
  const authorized = (key) => (key === false ? {} : { authorization: `Bearer ${demo.key}` });

  before(async () => {
    runtime = await startRuntime({ port, state: newState("hostile") });
    demo = await setUp(runtime.origin);
    await startScan(demo);
  });
  after(() => runtime.kill());

  for (const [name, method, path, { headers = {}, body, key } = {}] of hostile) {
    test(name, async () => assertProblem(await send(method, path, { ...authorized(key), ...headers }, body)));
  }

  test("cursors that were ours: bent, of another list, of other filters", async () => {
    const first = await demo.api("GET", "/resources?limit=2");
    const cursor = first.pagination.nextCursor;
    const bent = [
      cursor.slice(0, -1) + (cursor.endsWith("A") ? "B" : "A"),
      cursor.slice(1),
      cursor + cursor,
      cursor.toUpperCase(),
      `${cursor}%00`,
    ];
    for (const value of bent) assertProblem(await send("GET", `/api/v1/resources?cursor=${value}`, authorized()));
    for (const route of ["/findings", "/scans", "/resources?service=ec2", "/resources?sort=name"]) {
      const joined = `/api/v1${route}${route.includes("?") ? "&" : "?"}cursor=${cursor}`;
      assertProblem(await send("GET", joined, authorized()));
    }
    assert.equal((await send("GET", `/api/v1/resources?limit=2&cursor=${cursor}`, authorized())).status, 200);
  });

  test("a body without end is cut off", async () => {
    const answer = await new Promise((resolve, reject) => {
      const asked = request({
        host: "127.0.0.1",
        port,
        method: "POST",
        path: "/api/v1/webhooks",
        headers: { ...authorized(), "content-type": "application/json", "transfer-encoding": "chunked" },
      });
      asked.on("response", async (response) => {
        let text = "";
        for await (const chunk of response.setEncoding("utf8")) text += chunk;
        resolve({ status: response.statusCode, headers: response.headers, text });
      });
      asked.on("error", reject);
      for (let count = 0; count < 20; count += 1) asked.write(Buffer.alloc(16_384, 0x20));
      asked.end();
    });
    assertProblem(answer);
    assert.equal(answer.status, 413);
  });

  test("a request id that could break a log is not taken over", async () => {
    for (const given of ["a b", "x".repeat(65), '","level":"error', "../../x", "<script>"]) {
      const { status, headers } = await send("GET", "/api/v1/whoami", { ...authorized(), "x-request-id": given });
      assert.equal(status, 200);
      assert.match(headers["x-request-id"], /^[\da-f-]{36}$/);
    }
  });

  const host = `Host: 127.0.0.1:${port}`;
  const rawRequests = {
    "no HTTP": "\u0016\u0003\u0001\u0002\u0000\u0001",
    "NUL in the path": `GET /api/v1/\u0000 HTTP/1.1\r\n${host}\r\n\r\n`,
    "NUL in a header": `GET /health HTTP/1.1\r\n${host}\r\nX-A: a\u0000b\r\n\r\n`,
    "a bare line feed in a header": `GET /health HTTP/1.1\r\n${host}\r\nX-A: a\nX-B: b\rc\r\n\r\n`,
    "a header of 200,000 bytes": `GET /health HTTP/1.1\r\n${host}\r\nX-A: ${"a".repeat(200_000)}\r\n\r\n`,
    "5,000 headers": `GET /health HTTP/1.1\r\n${host}\r\n${Array.from({ length: 5_000 }, (_, n) => `X-${n}: ${"a".repeat(40)}\r\n`).join("")}\r\n`,
    "a path of 200,000 bytes": `GET /${"a".repeat(200_000)} HTTP/1.1\r\n${host}\r\n\r\n`,
    "two lengths": `POST /api/v1/scans HTTP/1.1\r\n${host}\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n{}`,
    "length and chunks": `POST /api/v1/scans HTTP/1.1\r\n${host}\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    "a length that is none": `POST /api/v1/scans HTTP/1.1\r\n${host}\r\nContent-Length: -1\r\n\r\n{}`,
    "a chunk that is none": `POST /api/v1/scans HTTP/1.1\r\n${host}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
    "a method that is none": `G\u00e4T / HTTP/1.1\r\n${host}\r\n\r\n`,
    "HTTP/9.9": `GET / HTTP/9.9\r\n${host}\r\n\r\n`,
  };
  for (const [name, bytes] of Object.entries(rawRequests)) {
    // What the HTTP server refuses never reaches us, and its words are its own; so are those of the local runtime's proxies,
    // which answer 500 where Cloudflare's edge answers 400.
    test(`bytes: ${name}`, async (t) => {
      const answer = await sendRaw(Buffer.from(bytes, "latin1"));
      const [line] = answer.split("\r\n");
      t.diagnostic(line || "closed without a word");
      if (line.startsWith("HTTP/1.1 5")) assert.match(answer, /miniflare/);
    });
  }

  test("afterwards everything works as before, and nothing was made", async () => {
    assert.equal((await caller(runtime.origin, demo.key)("GET", "/findings")).status, 200);
    assert.deepEqual((await all(demo.api, "/accounts")).length, 1);
    assert.deepEqual((await all(demo.api, "/webhooks")).length, 0);
    assert.deepEqual((await all(demo.api, "/api-keys")).length, 1);
    assert.doesNotMatch(runtime.log(), /"status":5\d\d|Uncaught|job failed/);
  });
});
