// What is wrong with an account in moto is what was made wrong there, and nothing else: for each check a thing that is as it
// should be and one that is not. `POSTURE=sqs,sns` seeds only these services, and looks at their findings alone.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { OPERATOR_ACCESS_KEY_ID } from "../../simulator/demo.ts";
import { deploy } from "./moto/deployment.mjs";
import { installEmulator, runPython, startEmulator } from "./moto/emulator.mjs";
import { startFront } from "./moto/front.mjs";
import { other, params } from "./moto/posture-params.mjs";
import { unjudged } from "./moto/unjudged.mjs";
import { all, endOf, startScan } from "./support/api.mjs";

const port = 8807;
/** As in moto/front/wrangler.toml. */
const frontPort = 8808;
/** Where things are made. */
const regions = ["eu-west-1", "us-east-1"];
/** Switched on, as if of moto's many there were no others: what an account is said to have nowhere is looked for in all. */
const enabled = [...regions, "eu-west-2", "sa-east-1"];
const awsAccountId = "123456789012";
/** As in moto/posture/account.py: it has what an account has once, and little else. */
const otherAccountId = "222233334444";
const otherServices = ["ce", "cloudtrail", "cloudwatch", "iam", "logs", "s3"];
const services = process.env["POSTURE"] ?? "all";
const isAsked = (service) => services === "all" || services.split(",").includes(service);

/** For the front: the regions that are switched on. */
function instead(service, operation) {
  if (service !== "ec2" || operation !== "DescribeRegions") return null;
  const items = enabled.map((region) => `<item><regionName>${region}</regionName></item>`).join("");
  const body = `<DescribeRegionsResponse><regionInfo>${items}</regionInfo></DescribeRegionsResponse>`;
  return { status: 200, headers: { "content-type": "text/xml" }, body };
}

const { checks } = await import("../../src/checks/registry.ts");

describe("an account in moto with good and bad things", { timeout: 900_000 }, () => {
  let emulator;
  let front;
  let demo;
  let seeded;
  let findings;
  let resources;

  before(async () => {
    installEmulator();
    emulator = await startEmulator();
    const script = path.join(import.meta.dirname, "moto", "posture.py");
    seeded = await runPython(script, emulator.port, services, ...regions);
    front = await startFront({ motoPort: emulator.port, port: frontPort, instead });
    demo = await deploy({ name: "posture", port, connected: connected(awsAccountId) });
    await scanned(demo.account, { checkParams: params, allowedRegions: null });
    if (isAsked("account")) {
      const account = {
        name: "Other",
        environment: "production",
        services: otherServices,
        ...connected(otherAccountId),
      };
      await scanned((await demo.api("POST", "/accounts", account)).data, other);
    }
    findings = await all(demo.api, "/findings");
    resources = await all(demo.api, "/resources");
  });

  after(async () => {
    await demo?.stop();
    front?.stop();
    await emulator?.stop();
  });

  const connected = (account) => ({
    awsAccountId: account,
    credential: { method: "role", roleArn: `arn:aws:iam::${account}:role/cloudglass` },
  });

  async function scanned(account, settings) {
    const { roleArn } = connected(account.awsAccountId).credential;
    front.trust(roleArn, { accessKeyId: OPERATOR_ACCESS_KEY_ID, externalId: account.externalId });
    await demo.api("PATCH", "/organization/settings", settings);
    const scan = await startScan({ api: demo.api, account });
    await endOf(demo, scan.id);
  }

  const placeOf = (thing) => `${thing.awsAccountId === awsAccountId ? "" : `${thing.awsAccountId}:`}${thing.region}`;

  /** `<place> <token>` means this thing. */
  const isMeant = (line, thing) => {
    const [place, ...token] = line.split(" ");
    const texts = [thing.arn, thing.name, thing.resourceId];
    return place === placeOf(thing) && texts.some((text) => text?.includes(token.join(" ")));
  };

  /** Said of somewhere that was looked at. */
  const isThere = (line) => ["global", ...enabled].includes(line.split(" ", 1)[0].split(":").at(-1));

  test("everything could be made", () => assert.deepEqual(seeded.failed, []));

  const ids = checks.map(({ id }) => id).toSorted();
  for (const id of ids)
    test(id, async (t) => {
      const bad = (seeded.bad[id] ?? []).filter(isThere);
      const { [id]: good = [] } = seeded.good;
      if (services !== "all" && bad.length + good.length === 0) return t.skip("not of the services asked for");
      const own = findings.filter(({ type }) => type === id);
      const described = own.map((finding) => {
        const { awsAccountId, region, arn, name, resourceId } = resources.find(({ id }) => id === finding.resourceId);
        return { awsAccountId, region, arn, name, resourceId };
      });
      const unexpected = described.filter((thing) => !bad.some((line) => isMeant(line, thing)));
      const missing = bad.filter((line) => !described.some((thing) => isMeant(line, thing)));
      assert.deepEqual({ unexpected, missing }, { unexpected: [], missing: [] });
      for (const line of good) {
        const meant = resources.filter((resource) => isMeant(line, resource));
        const details = await Promise.all(
          meant.map(async (one) => (await demo.api("GET", `/resources/${one.id}`)).data),
        );
        const verdicts = details.map(({ verdicts }) => verdicts[id]).filter((verdict) => verdict !== undefined);
        assert.deepEqual(
          [...new Set(verdicts)],
          ["pass"],
          `${line}: ${JSON.stringify(verdicts)} of ${meant.length} things`,
        );
      }
      if (services !== "all") return;
      const isProven = bad.length > 0 && good.length > 0;
      assert.equal(isProven, !Object.hasOwn(unjudged, id), "seeded, or it is said why not, and not both");
    });

  test("the checks proven this way, and the rest with the reason", (t) => {
    if (services !== "all") return;
    const proven = ids.filter((id) => !Object.hasOwn(unjudged, id));
    const share = Math.round((100 * proven.length) / ids.length);
    t.diagnostic(`${proven.length} of ${ids.length} checks proven (${share} %): ${proven.join(", ")}`);
    for (const [id, why] of Object.entries(unjudged)) t.diagnostic(`not proven: ${id}: ${why}`);
  });
});
