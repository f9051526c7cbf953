// A whole account in moto, an AWS emulator written by others: what Cloudglass finds in it by way of a role is what the AWS SDK
// lists from the same emulator, thing by thing, and by tokens it finds the same. What moto cannot answer stands in moto/unproven.mjs.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { OPERATOR_ACCESS_KEY_ID, OPERATOR_SECRET_ACCESS_KEY } from "../../simulator/demo.ts";
import { placesOf, whereabouts } from "./moto/canaries.mjs";
import { crawl, deploy, watchedScan } from "./moto/deployment.mjs";
import { installEmulator, seed, startEmulator } from "./moto/emulator.mjs";
import { startFront } from "./moto/front.mjs";
import { newIssuer } from "./moto/issuer.mjs";
import { accessKey, keylessTests } from "./moto/keyless-tests.mjs";
import { clientsOf, listedByApi, listedBySdk, registry, taggedBySdk } from "./moto/lists.mjs";
import { tokenTests } from "./moto/token-tests.mjs";
import { gaps, unproven } from "./moto/unproven.mjs";
import { publishedKeys } from "./moto/web-identity.mjs";
import { all, endOf, startScan } from "./support/api.mjs";
import { eventually, tick } from "./support/runtime.mjs";

const port = 8807;
/** As in moto/front/wrangler.toml. */
const frontPort = 8808;
const regions = ["eu-central-1", "eu-west-1", "us-east-1"];
const awsAccountId = "123456789012";
const roleArn = `arn:aws:iam::${awsAccountId}:role/cloudglass`;
const credential = { method: "role", roleArn };

const seconds = (ms) => Math.floor(ms / 1000);

describe("a role for a token", { timeout: 60_000 }, tokenTests);

describe("an account in moto", { timeout: 3_600_000 }, () => {
  let emulator;
  let front;
  let demo;
  let scan;
  let coverage;
  let collectorIds;
  let clientIn;
  let found;
  const deployments = [];
  const took = {};

  async function timed(what, work) {
    const begun = performance.now();
    const answer = await work();
    took[what] = Math.round(performance.now() - begun);
    return answer;
  }

  async function scanned(account = demo.account) {
    const { id } = await startScan({ api: demo.api, account });
    return endOf(demo, id);
  }

  before(async () => {
    await timed("install", installEmulator);
    emulator = await startEmulator();
    await timed("seed", () => seed(emulator.port, regions));
    clientIn = clientsOf(emulator.port);
    front = await startFront({ motoPort: emulator.port, port: frontPort });
    const connected = { awsAccountId, credential, regions };
    demo = await timed("runtime", () => deploy({ name: "role", port, connected }));
    deployments.push(demo);
    front.trust(roleArn, { accessKeyId: OPERATOR_ACCESS_KEY_ID, externalId: demo.account.externalId });
    scan = await timed("scan", () => watchedScan(demo));
    coverage = await all(demo.api, `/scans/${scan.id}/coverage`);
    collectorIds = (await registry()).map(({ id }) => id).toSorted();
    found = await listedByApi(demo.api);
  });

  after(async () => {
    for (const deployment of deployments) await deployment.stop();
    front?.stop();
    await emulator?.stop();
  });

  /** Asks the front's STS as the SDK would: unsigned. Answers the status and the fault's code. */
  async function assumedWith(token, arn) {
    const form = { Action: "AssumeRoleWithWebIdentity", Version: "2011-06-15", RoleArn: arn, RoleSessionName: "test" };
    const answer = await fetch(`http://127.0.0.1:${front.port}/`, {
      method: "POST",
      headers: { "x-original-host": "sts.eu-west-1.amazonaws.com" },
      body: new URLSearchParams({ ...form, WebIdentityToken: token }),
    });
    const text = await answer.text();
    return [answer.status, /<Code>(.*)<\/Code>/.exec(text)?.[1] ?? /<AccessKeyId>(ASIA)/.exec(text)?.[1]];
  }

  test("STS gives keys for a token of the trusted issuer, and for no other", async () => {
    const { jwk, token } = await newIssuer("own");
    const arn = `arn:aws:iam::${awsAccountId}:role/by-token`;
    const policy = { issuer: "https://issuer.example", audience: "sts.amazonaws.com", subject: "organization:1" };
    front.trust(arn, { ...policy, keys: () => [jwk] });
    const iat = seconds(Date.now());
    const claims = { iss: policy.issuer, aud: policy.audience, sub: policy.subject, iat, exp: iat + 300 };
    assert.deepEqual(await assumedWith(await token(claims), arn), [200, "ASIA"]);
    assert.deepEqual(await assumedWith(await token({ ...claims, sub: "organization:2" }), arn), [403, "AccessDenied"]);
    assert.deepEqual(await assumedWith(await token(claims), roleArn), [403, "AccessDenied"]);
  });

  test("the keys a deployment publishes are RSA keys for signatures", async () => {
    const keys = await publishedKeys(demo.origin);
    assert.equal(keys.length, 1);
    for (const { kty, alg, use, kid, d } of keys)
      assert.deepEqual([kty, alg, use, typeof kid, d], ["RSA", "RS256", "sig", "string", undefined]);
  });

  test("every call but STS's was signed with the role's temporary keys", () => {
    assert.equal(front.strangers(), 0);
    assert.ok(front.calls().ec2.DescribeVolumes >= regions.length);
  });

  test("what could not be read is what moto lacks, and no more", () => {
    assert.deepEqual([...new Set(coverage.map(({ collector }) => collector))].toSorted(), collectorIds);
    const unread = coverage.filter(({ state }) => state !== "done");
    const isWhole = ({ collector }) => !Object.hasOwn(unproven, collector);
    assert.deepEqual(
      [...new Set(unread.map(({ collector }) => collector))].toSorted(),
      [...new Set([...Object.keys(unproven), ...Object.keys(gaps).map((gap) => gap.split(" ")[0])])].toSorted(),
    );
    const missing = coverage
      .filter(isWhole)
      .flatMap(({ collector, errors }) => errors.map(({ action }) => `${collector} ${action}`));
    assert.deepEqual([...new Set(missing)].toSorted(), Object.keys(gaps).toSorted());
    // A collector of the other table has nothing at all where it was to look.
    const works = coverage.filter((entry) => !isWhole(entry) && entry.state === "done");
    assert.deepEqual(works, []);
  });

  test("every collector is proven by its own list, or it is said why not", async (t) => {
    const listed = await timed("sdk", () => listedBySdk(clientIn, { regions, awsAccountId }));
    assert.deepEqual(collectorIds, [...Object.keys(listed), ...Object.keys(unproven)].toSorted());
    // What was spent is no resource: it is told day by day, of the one day that moto is given.
    const { byService } = (await demo.api("GET", "/costs?from=2026-01-01&to=2026-01-02")).data;
    const costs = byService.map(({ service }) => ({ line: `global ${service}`, attributes: { service } }));
    for (const [collector, things] of Object.entries(listed)) {
      const rows = collector === "ce.costs" ? costs : (found[collector] ?? []);
      await t.test(`${collector}: ${things.length}`, () => {
        assert.ok(things.length > 0, "nothing was made for it");
        assert.deepEqual(rows.map(({ line }) => line).toSorted(), things.map(([line]) => line).toSorted());
        for (const [line, facts] of things.filter(([, facts]) => facts)) {
          const { attributes } = rows.find((row) => row.line === line);
          assert.deepEqual(Object.fromEntries(Object.keys(facts).map((name) => [name, attributes[name]])), facts, line);
        }
      });
    }
    const proven = Object.keys(listed);
    const all = Object.values(listed).flat().length;
    t.diagnostic(`milliseconds: ${JSON.stringify(took)}`);
    t.diagnostic(
      `${proven.length} of ${collectorIds.length} collectors proven by ${all} resources: ${proven.join(", ")}`,
    );
    for (const [collector, why] of Object.entries({ ...unproven, ...gaps }))
      t.diagnostic(`not proven: ${collector}: ${why}`);
  });

  test("tags are those the tagging API tells", async (t) => {
    const tagged = await taggedBySdk(clientIn, regions);
    const checked = [];
    for (const { arn, tags, resourceType } of Object.values(found)
      .flat()
      .filter((row) => tagged.has(row.arn))) {
      assert.deepEqual(tags, tagged.get(arn), arn);
      checked.push(resourceType);
    }
    assert.ok(checked.length > 0);
    t.diagnostic(`${checked.length} resources of ${new Set(checked).size} kinds`);
  });

  test("a second scan of the same account changes nothing", async () => {
    const again = await timed("rescan", () => scanned());
    const { resourcesAdded, resourcesChanged, resourcesRemoved, cost } = again;
    assert.deepEqual([resourcesAdded, resourcesChanged, resourcesRemoved], [0, 0, 0]);
    assert.ok(cost.rowsWritten <= 8 * cost.tasks + 60, `${cost.rowsWritten} rows for ${cost.tasks} tasks`);
  });

  test("a role that expects another external id lets nobody in, and it is said what to do", async () => {
    const other = { awsAccountId: "210987654321", roleArn: "arn:aws:iam::210987654321:role/cloudglass" };
    front.trust(other.roleArn, { accessKeyId: OPERATOR_ACCESS_KEY_ID, externalId: "cg-of-somebody-else" });
    const { data: account } = await demo.api("POST", "/accounts", {
      name: "another",
      environment: "test",
      awsAccountId: other.awsAccountId,
      credential: { method: "role", roleArn: other.roleArn },
      regions,
    });
    const refused = await scanned(account);
    assert.equal(refused.status, "error");
    assert.match(refused.errorMessage, /external id/i);
    const { status, lastError } = (await demo.api("GET", `/accounts/${account.id}`)).data;
    assert.deepEqual([status, lastError], ["error", refused.errorMessage]);
  });

  const unguarded = [
    ["equalsIfExists", "without an external id"],
    ["exists", "with a wrong external id"],
    ["nothing", "without an external id"],
  ];
  for (const [index, [compares, how]] of unguarded.entries())
    test(`a role whose trust policy compares the external id as "${compares}" is refused until it is mended`, async () => {
      const id = `33333333333${index}`;
      const credential = { method: "role", roleArn: `arn:aws:iam::${id}:role/cloudglass` };
      const input = { name: compares, environment: "test", awsAccountId: id, credential };
      const { data: account } = await demo.api("POST", "/accounts", input);
      const now = async () => (await demo.api("GET", `/accounts/${account.id}`)).data;
      const policy = { accessKeyId: OPERATOR_ACCESS_KEY_ID, externalId: account.externalId };
      await eventually("the first attempt", async () => (await now()).lastError);
      front.trust(credential.roleArn, { ...policy, compares });
      await tick(demo.origin);
      const { status, lastError, connectedAt } = await now();
      assert.deepEqual([status, connectedAt], ["error", null]);
      assert.match(lastError, new RegExp(`^ROLE_UNGUARDED: The role lets Cloudglass in ${how}.*sts:ExternalId`));
      front.trust(credential.roleArn, policy);
      await tick(demo.origin);
      assert.equal((await now()).status, "ok");
    });

  describe("by tokens, without any secret,", () =>
    keylessTests(() => ({ front, regions, found, coverage, deployments })));

  test("no secret of AWS lies in any file, queue, log, answer, frame or webhook", async (t) => {
    for (const deployment of deployments) {
      await crawl(deployment);
      await deployment.stop();
    }
    const places = Object.assign({}, ...deployments.map(placesOf));
    const secrets = [
      ...front.secrets(),
      { kind: "the operator's key", text: OPERATOR_SECRET_ACCESS_KEY },
      { kind: "an account's key", text: accessKey.secretAccessKey },
    ];
    assert.deepEqual(whereabouts(places, secrets), []);

    // What is no secret is found by the same search in every kind of place.
    const ids = deployments.flatMap(({ account, organizationId }) => [account.id, account.externalId, organizationId]);
    const known = ids.filter(Boolean).map((text) => ({ kind: "id", text }));
    const seen = new Set(whereabouts(places, known).map((line) => line.split(/ |: /, 2).join(" ")));
    const kinds = ["answers", "d1", "do", "frames", "kv", "log", "queues", "webhooks"];
    assert.deepEqual(
      deployments.flatMap(({ name }) => kinds.filter((kind) => !seen.has(`${name} ${kind}`))),
      [],
    );
    const planted = Buffer.from(Buffer.from(`{"id":"${ids[0]}"}`).toString("base64"));
    assert.deepEqual(whereabouts({ planted }, known), ["planted: id"]);
    const bytes = Object.values(places).reduce((sum, { length }) => sum + length, 0);
    t.diagnostic(`${secrets.length} secrets, ${Object.keys(places).length} places, ${bytes} bytes`);
  });
});
