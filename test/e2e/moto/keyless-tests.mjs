// The keyless way: a second deployment, with an organization and signing keys of its own, enters the same account by tokens.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { all, endOf, startScan } from "../support/api.mjs";
import { eventually, tick } from "../support/runtime.mjs";
import { deploy, watchedScan } from "./deployment.mjs";
import { newIssuer } from "./issuer.mjs";
import { listedByApi } from "./lists.mjs";
import { publishedKeys } from "./web-identity.mjs";

/** Free, because files are run one after the other. */
const port = 8806;
/** A key that is found nowhere, if all is well. */
export const accessKey = {
  method: "access_key",
  accessKeyId: "AKIACANARYOFTHISTEST",
  secretAccessKey: "CanarySecretOfAnAccessKeyInMoto000000000",
};

const keysOfAnother = "the keys of another deployment";

const linesOf = (found) =>
  Object.entries(found)
    .flatMap(([collector, rows]) => rows.map(({ line, arn }) => `${collector} ${line} ${arn}`))
    .toSorted();
const stateOf = (coverage) =>
  coverage.map(({ collector, region, state }) => `${collector} ${region} ${state}`).toSorted();

/** How a role may not trust the deployment whose keys these are, and what STS says then. */
async function distrusts([{ kid }], strangers) {
  const { jwk } = await newIssuer(kid);
  return {
    [keysOfAnother]: ["InvalidIdentityToken", { keys: () => strangers }],
    "another subject": ["AccessDenied", { subject: "org:another:account:another" }],
    "another audience": ["InvalidIdentityToken", { audience: "sigstore" }],
    "another issuer": ["InvalidIdentityToken", { issuer: "https://issuer.example" }],
    "a stranger's key by the name of ours": ["InvalidIdentityToken", { keys: () => [jwk] }],
  };
}

/**
 * `world()` is what is there already: the `front`, and what was `found` by role in these `regions` with which `coverage`. What is
 * started here is added to its `deployments`.
 */
export function keylessTests(world) {
  const roleArn = "arn:aws:iam::123456789012:role/cloudglass-keyless";
  let front;
  let demo;
  let webIdentity;
  let refused;
  let found;

  const trust = (change) => {
    const keys = () => publishedKeys(demo.origin);
    front.trust(roleArn, { ...webIdentity, keys, ...change });
  };
  const account = async () => (await demo.api("GET", `/accounts/${demo.account.id}`)).data;
  const scanned = async () => endOf(demo, (await startScan(demo)).id);

  /** Either what the role must trust, or where its owner's AWS must find the keys. */
  function saysWhatToDo(message, code) {
    assert.ok(message.startsWith(`${code}: `), message);
    const { issuer, audience, subject } = webIdentity;
    const areKeysUnread = message.includes("key that signed");
    const trusted = [issuer, audience, subject, roleArn.split(":")[4]];
    const parts = areKeysUnread ? [`${issuer}/.well-known/openid-configuration`] : trusted;
    for (const part of parts) assert.ok(message.includes(part), message);
  }

  before(async () => {
    const { regions, deployments, front: aws } = world();
    const strangers = await publishedKeys(deployments[0].origin);
    front = aws;
    const credential = { method: "keyless", roleArn };
    front.forget();
    demo = await deploy({ name: "keyless", port, connected: { awsAccountId: "123456789012", credential, regions } });
    deployments.push(demo);
    ({ webIdentity } = demo.account);
    refused = await distrusts(await publishedKeys(demo.origin), strangers);
  });

  test("is told what its role must trust, and waits", async () => {
    const { id, credentialMethod, externalId } = demo.account;
    assert.deepEqual([credentialMethod, externalId], ["keyless", null]);
    const subject = `org:${demo.organizationId}:account:${id}`;
    assert.deepEqual(webIdentity, { issuer: "https://cloudglass.test", audience: "sts.amazonaws.com", subject });
    await eventually("the first attempt", async () => (await account()).lastError);
    await tick(demo.origin);
    const { status, lastError, connectedAt } = await account();
    assert.deepEqual([status, connectedAt], ["pending", null]);
    saysWhatToDo(lastError, "AccessDenied");
  });

  test("is not entered by a role that trusts somebody else", async (t) => {
    for (const [what, [code, change]] of Object.entries(refused))
      await t.test(what, async () => {
        trust(change);
        await tick(demo.origin);
        const { status, lastError, connectedAt } = await account();
        assert.deepEqual([status, connectedAt], ["pending", null]);
        saysWhatToDo(lastError, code);
      });
    assert.deepEqual([Object.keys(front.calls()), await all(demo.api, "/resources")], [["sts"], []]);
  });

  test("turns ok by itself at the next tick once its role trusts the deployment", async () => {
    trust();
    await tick(demo.origin);
    const { status, lastError, connectedAt } = await account();
    assert.deepEqual([status, lastError, typeof connectedAt], ["ok", null, "string"]);
  });

  test("is found to hold what was found by role, and is entered by tokens alone", async () => {
    const { found: byRole, coverage } = world();
    const scan = await watchedScan(demo);
    found = linesOf(await listedByApi(demo.api));
    assert.deepEqual(found, linesOf(byRole));
    assert.deepEqual(stateOf(await all(demo.api, `/scans/${scan.id}/coverage`)), stateOf(coverage));
    const { AssumeRole = 0, AssumeRoleWithWebIdentity } = front.calls().sts;
    assert.deepEqual([AssumeRole, AssumeRoleWithWebIdentity > 0, front.strangers()], [0, true, 0]);
  });

  test("keeps what was found while its role trusts somebody else, and it is said what to do", async (t) => {
    // The session of the last scan is good for an hour; an account that was changed is entered anew.
    await demo.api("PATCH", `/accounts/${demo.account.id}`, { name: "renamed" });
    // Keys that AWS cannot read it may read the next moment: such a scan is tried for a minute and a half.
    const { [keysOfAnother]: _, ...denied } = refused;
    for (const [what, [code, change]] of Object.entries(denied))
      await t.test(what, async () => {
        trust(change);
        const { status, errorMessage, resourcesRemoved, findingsResolved } = await scanned();
        assert.deepEqual([status, resourcesRemoved, findingsResolved], ["error", 0, 0]);
        const { status: now, lastError } = await account();
        assert.deepEqual([now, lastError], ["error", errorMessage]);
        saysWhatToDo(lastError, code);
        assert.deepEqual(linesOf(await listedByApi(demo.api)), found);
      });
  });

  test("can be given an access key in its place", async () => {
    await demo.api("PATCH", `/accounts/${demo.account.id}`, { credential: accessKey });
    await eventually("the account to be entered", async () => (await account()).status === "ok");
  });
}
