// AWS as the Worker sees it: moto, and before it what moto leaves out. A role is only given to whom its trust policy names,
// every call is counted, and each can be made to take a while.
import http from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { denied, refusalOfToken } from "./web-identity.mjs";

/** The operation of a request, as far as it can be told without the service's model: `DescribeVolumes`, `GET /{}?acl`. */
function operationOf(service, { method, url, headers }, form) {
  const named = headers["x-amz-target"]?.split(".").at(-1) ?? form?.get("Action");
  if (named) return named;
  const { pathname, searchParams } = new URL(url, "http://front");
  if (service !== "s3" || pathname.startsWith("/v20180820/")) {
    const isFixed = (part) => /^(?:[a-z][a-z-]*|v?\d+(?:-\d\d-\d\d)?)?$/.test(part);
    const parts = pathname.split("/").map((part) => (isFixed(part) ? part : "{}"));
    return `${method} ${parts.join("/")}`;
  }
  const setting = [...searchParams.keys()].find((name) => searchParams.get(name) === "");
  return `${method} ${pathname === "/" ? "/" : "/{}"}${setting ? `?${setting}` : ""}`;
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A fault as STS writes it. Source: STS API 2011-06-15, "Common Error Types". */
function refuse(response, { status, code, message }) {
  response.writeHead(status, { "content-type": "text/xml" });
  response.end(
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code>` +
      `<Message>${escaped(message)}</Message></Error><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>`,
  );
}

/** What the conditions of trust policies admit: `StringEquals`, `StringEqualsIfExists`, `Null: false`, none. */
const admits = {
  equals: (given, wanted) => given === wanted,
  equalsIfExists: (given, wanted) => given === null || given === wanted,
  exists: (given) => given !== null,
  nothing: () => true,
};

/** Why STS would not give the role; null: it would. */
async function refusalOf(form, signer, policies) {
  const roleArn = form.get("RoleArn") ?? "";
  const policy = policies.get(roleArn);
  switch (form.get("Action")) {
    case "AssumeRole": {
      const { accessKeyId, externalId, compares = "equals" } = policy ?? {};
      const isNamed = externalId !== undefined && accessKeyId === signer;
      if (isNamed && admits[compares](form.get("ExternalId"), externalId)) return null;
      return denied(`${signer} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`);
    }
    case "AssumeRoleWithWebIdentity":
      return refusalOfToken(form.get("WebIdentityToken") ?? "", policy);
    default:
      return null;
  }
}

/** Asks moto, with the host AWS would have been asked at: some of its answers and S3's addressing hang on it. */
function forward(port, { method, url }, headers, body) {
  return new Promise((resolve, reject) => {
    const asked = http.request({ host: "127.0.0.1", port, method, path: url, headers, agent: false }, (answer) => {
      Array.fromAsync(answer).then(
        (chunks) => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) }),
        reject,
      );
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** moto lists buckets without their regions, which AWS tells where a page size was asked for: they are asked for one by one. */
async function withRegions(port, headers, listed) {
  let text = listed.toString();
  for (const [, name] of text.matchAll(/<Bucket>\s*<Name>([^<]+)</g)) {
    const { body } = await forward(port, { method: "GET", url: `/${name}?location` }, headers, "");
    const [, region = "us-east-1"] = />([a-z0-9-]+)<\/LocationConstraint>/.exec(body.toString()) ?? [];
    text = text.replace(`<Name>${name}</Name>`, `$&<BucketRegion>${region}</BucketRegion>`);
  }
  return Buffer.from(text);
}

/** moto tells the tags of everything, whichever ARNs are named: it is asked page by page, and those named are told. */
async function tagsOfNamed(port, headers, { ResourceARNList: named }) {
  const told = [];
  let token = "";
  do {
    const asked = JSON.stringify({ ResourcesPerPage: 100, TagsPerPage: 500, ...(token && { PaginationToken: token }) });
    const sent = { ...headers, "content-length": Buffer.byteLength(asked) };
    const page = JSON.parse((await forward(port, { method: "POST", url: "/" }, sent, asked)).body.toString());
    told.push(...page.ResourceTagMappingList.filter(({ ResourceARN }) => named.includes(ResourceARN)));
    token = page.PaginationToken;
  } while (token);
  return Buffer.from(JSON.stringify({ ResourceTagMappingList: told, PaginationToken: "" }));
}

const ec2Names = "http://ec2.amazonaws.com/doc/2016-11-15/";

/** moto lists all snapshots, whoever may restore them: each is asked who may, and those that everybody may are told. */
async function restorableByAll(port, headers, listed) {
  const items = [];
  for (const [, id] of listed.toString().matchAll(/<snapshotId>([^<]+)</g)) {
    const named = { Action: "DescribeSnapshotAttribute", Version: "2016-11-15", Attribute: "createVolumePermission" };
    const asked = new URLSearchParams({ ...named, SnapshotId: id }).toString();
    const sent = { ...headers, "content-length": Buffer.byteLength(asked) };
    const { body } = await forward(port, { method: "POST", url: "/" }, sent, asked);
    if (body.toString().includes("<group>all</group>")) items.push(`<item><snapshotId>${id}</snapshotId></item>`);
  }
  const set = `<snapshotSet>${items.join("")}</snapshotSet>`;
  return Buffer.from(`<DescribeSnapshotsResponse xmlns="${ec2Names}">${set}</DescribeSnapshotsResponse>`);
}

const hopByHop = new Set(["connection", "content-length", "keep-alive", "transfer-encoding"]);
const endToEnd = (headers) => Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));

/** What makes two requests the same, whoever signed them and when. */
const requestKey = ({ method, url }, { "x-amz-target": target = "" }, host, body) =>
  [method, host, url, target, body.toString()].join("\n");

/** What moto answers, mended. */
async function askMoto(port, service, request, headers, body) {
  const given = await forward(port, request, headers, body);
  const told = await mended(port, service, request, headers, { asked: body, told: given.body });
  return { status: given.status, headers: endToEnd(given.headers), body: told };
}

async function mended(port, service, { url }, headers, { asked, told }) {
  if (service === "s3" && url.startsWith("/?") && url.includes("max-buckets=")) return withRegions(port, headers, told);
  if (service === "ec2" && asked.includes("RestorableBy.1=all")) return restorableByAll(port, headers, told);
  const input = service === "tagging" ? JSON.parse(asked.toString()) : {};
  return input.ResourceARNList ? tagsOfNamed(port, headers, input) : told;
}

/** Answers kept by what was asked: while `replay` is off everything is asked and kept, then only what is not known. */
function newRecordings() {
  const known = new Map();
  let replays = false;
  let misses = 0;
  return {
    replay: (on) => (replays = on),
    misses: () => misses,
    async answer(key, ask) {
      if (replays && known.has(key)) return known.get(key);
      misses += 1;
      const given = await ask();
      known.set(key, given);
      return given;
    },
  };
}

/**
 * Starts it. `trust(roleArn, policy)` says who is let into a role: `{ accessKeyId, externalId }`, or `{ issuer, audience,
 * subject, keys }` for tokens. `calls()`: how often each operation of each service was asked for, since `forget()`.
 * `strangers()`: calls to moto that were not signed with keys given here. `secrets()`: what STS was shown and gave, each with
 * its kind. `delay(ms)`: how long every call takes at least. `replay(true)`: from then on what was asked before is answered from
 * memory, but for STS; `misses()`: how often moto was asked all the same. `instead(service, operation)` may answer
 * `{ status, headers, body }` in moto's place. `onCall` is told each call when it was answered: key, service, operation, region,
 * status, start and end.
 */
export async function startFront({ motoPort, port = 0, instead = () => null, onCall = () => {} }) {
  const policies = new Map();
  const issued = new Set();
  const secrets = [];
  const recordings = newRecordings();
  let counts = {};
  let strangers = 0;
  let delayMs = 0;

  function keep(answer) {
    for (const [, id] of answer.matchAll(/<AccessKeyId>([^<]+)</g)) issued.add(id);
    for (const [, kind, text] of answer.matchAll(/<(SecretAccessKey|SessionToken)>([^<]+)</g))
      secrets.push({ kind, text });
  }

  /** A fault of STS, or what moto says. */
  async function given({ request, service, operation, signer, form, headers, body, key }) {
    const refusal = service === "sts" && form ? await refusalOf(form, signer, policies) : null;
    if (refusal) return { refusal };
    if (service !== "sts" && !issued.has(signer)) strangers += 1;
    const ask = () => instead(service, operation) ?? askMoto(motoPort, service, request, headers, body);
    const answer = service === "sts" ? await ask() : await recordings.answer(key, ask);
    if (service === "sts") keep(answer.body.toString());
    return { answer };
  }

  async function answer(request, response) {
    const start = performance.now();
    const body = Buffer.concat(await Array.fromAsync(request));
    const { "x-original-host": host = request.headers.host, ...headers } = request.headers;
    const [, signer, region, scope] =
      /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? "") ?? [];
    const service = scope ?? host.split(".", 1)[0];
    const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
    const form = isForm ? new URLSearchParams(body.toString()) : null;

    const token = form?.get("WebIdentityToken");
    if (token) secrets.push({ kind: "web identity token", text: token });
    const operation = operationOf(service, request, form);
    counts[service] ??= {};
    counts[service][operation] = (counts[service][operation] ?? 0) + 1;
    const key = requestKey(request, headers, host, body);
    const sent = { ...endToEnd(headers), host, "content-length": body.length };
    const [said] = await Promise.all([
      given({ request, service, operation, signer, form, headers: sent, body, key }),
      delayMs > 0 && pause(delayMs),
    ]);
    const status = said.refusal?.status ?? said.answer.status;
    onCall({ key, service, operation, region, status, start, end: performance.now() });
    if (said.refusal) return refuse(response, said.refusal);
    response.writeHead(said.answer.status, said.answer.headers);
    return response.end(said.answer.body);
  }

  const server = http.createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    port: server.address().port,
    trust: (roleArn, policy) => policies.set(roleArn, policy),
    calls: () => structuredClone(counts),
    forget: () => (counts = {}),
    strangers: () => strangers,
    secrets: () => [...secrets],
    delay: (ms) => (delayMs = ms),
    replay: recordings.replay,
    misses: recordings.misses,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
