// What is wrong with an account in moto is what was made wrong there, and nothing else: for each check a thing that is as it
// should be and one that is not. `POSTURE=sqs,sns` seeds only these services, and looks at their findings alone.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { OPERATOR_ACCESS_KEY_ID } from "../../simulator/demo.ts";
import { deploy } from "./moto/deployment.mjs";
import { installEmulator, runPython, startEmulator } from "./moto/emulator.mjs";
import { startFront } from "./moto/front.mjs";
import { params } from "./moto/posture-params.mjs";
import { unjudged } from "./moto/unjudged.mjs";
import { all, endOf, startScan } from "./support/api.mjs";

const port = 8807;
/** As in moto/front/wrangler.toml. */
const frontPort = 8808;
const regions = ["eu-west-1", "us-east-1"];
const awsAccountId = "123456789012";
const roleArn = `arn:aws:iam::${awsAccountId}:role/cloudglass`;
const services = process.env["POSTURE"] ?? "all";

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
    front = await startFront({ motoPort: emulator.port, port: frontPort });
    const connected = { awsAccountId, credential: { method: "role", roleArn } };
    demo = await deploy({ name: "posture", port, connected });
    front.trust(roleArn, { accessKeyId: OPERATOR_ACCESS_KEY_ID, externalId: demo.account.externalId });
    await demo.api("PATCH", "/organization/settings", { checkParams: params, allowedRegions: null });
    const scan = await startScan(demo);
    await endOf(demo, scan.id);
    findings = await all(demo.api, "/findings?limit=500");
    resources = await all(demo.api, "/resources?limit=500");
  });

  after(async () => {
    await demo?.stop();
    front?.stop();
    await emulator?.stop();
  });

  /** `<region> <token>` means this thing. */
  const isMeant = (line, { region, arn, name }) => {
    const [place, ...token] = line.split(" ");
    return place === region && [arn, name].some((text) => text?.includes(token.join(" ")));
  };

  test("everything could be made", () => assert.deepEqual(seeded.failed, []));

  const ids = checks.map(({ id }) => id).toSorted();
  for (const id of ids)
    test(id, async (t) => {
      const { [id]: bad = [] } = seeded.bad;
      const { [id]: good = [] } = seeded.good;
      if (services !== "all" && bad.length + good.length === 0) return t.skip("not of the services asked for");
      const own = findings.filter(({ type }) => type === id);
      const described = own.map(({ region, resourceArn, resourceName }) => ({
        region,
        arn: resourceArn,
        name: resourceName,
      }));
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
