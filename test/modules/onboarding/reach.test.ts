import { describe, expect, it } from "vitest";
import { api } from "../../support/api.ts";
import { makeOrg } from "../../support/org.ts";
import { arrange, callsOf, getAccount } from "../accounts/world.ts";
import { connected, organization } from "./world.ts";

interface Test {
  readonly data: {
    readonly entered: boolean;
    readonly error: { readonly code: string; readonly remedy: string } | null;
    readonly missing: readonly string[];
    readonly actions: readonly { action: string; result: string; region: string | null; remedy: string | null }[];
  };
}

const deny = (service: string, action: string): object => ({ service, action, kind: "deny" });

describe("POST /accounts/{id}/test", () => {
  it("200: says action by action what AWS allows, and what to do about the rest", async () => {
    const things = { "kms.keys": 3, "lambda.functions": 1, "sqs.queues": 1 };
    const faults = [
      deny("ec2", "DescribeVolumes"),
      deny("s3", "GetBucketPolicy"),
      deny("kms", "GetKeyPolicy"),
      { service: "rds", action: "DescribeDBClusters", kind: "error500" },
    ];
    const { org, id } = await connected({ things, faults });
    const { status, body } = await api(org.keys.admin).post<Test>(`/accounts/${id}/test`);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ entered: true, error: null });
    expect(body.data.missing).toEqual(["ec2:DescribeVolumes", "kms:GetKeyPolicy", "s3:GetBucketPolicy"]);
    const resultOf = new Map(body.data.actions.map((one) => [one.action, one]));
    expect(resultOf.get("ec2:DescribeVolumes")).toEqual({
      action: "ec2:DescribeVolumes",
      result: "denied",
      region: "eu-west-1",
      code: "UnauthorizedOperation",
      remedy: "Allow ec2:DescribeVolumes in the policy of the role Cloudglass uses.",
    });
    expect(resultOf.get("rds:DescribeDBClusters")?.result).toBe("unknown");
    for (const action of ["ec2:DescribeInstances", "kms:DescribeKey", "lambda:GetPolicy", "iam:GetAccountSummary"]) {
      expect([action, resultOf.get(action)?.result]).toEqual([action, "allowed"]);
    }
    expect(resultOf.get("ecs:DescribeServices")?.result).toBe("untested");
  });

  it("200: asks about one thing of each kind, and of one region, however many there are", async () => {
    const { org, id, awsAccountId } = await connected({ things: { "kms.keys": 250, "sqs.queues": 1_300 } });
    await api(org.keys.admin).post(`/accounts/${id}/test`);
    const calls = await callsOf(awsAccountId);
    for (const action of ["DescribeKey", "GetKeyPolicy", "GetQueueAttributes", "ListQueues", "ListKeys"]) {
      expect([action, calls.get(action)]).toEqual([action, 1]);
    }
  });

  it("200: says why AWS does not let Cloudglass in at all, and what to do", async () => {
    const { org, id, awsAccountId } = await connected();
    await arrange(awsAccountId, { secretAccessKey: "b".repeat(40) });
    await api(org.keys.admin).patch(`/accounts/${id}`, { name: "Renamed" });
    const { body } = await api(org.keys.admin).post<Test>(`/accounts/${id}/test`);
    expect(body.data).toMatchObject({ entered: false, missing: [], actions: [] });
    expect(body.data.error?.code).toBe("SignatureDoesNotMatch");
    expect(body.data.error?.remedy).toMatch(/connect it again/);
  });

  it("404: another organization's account", async () => {
    const { id } = await connected();
    expect((await api((await makeOrg()).keys.admin).post(`/accounts/${id}/test`)).status).toBe(404);
  });
});

interface Members {
  readonly data: readonly {
    readonly awsAccountId: string;
    readonly accountId: string | null;
    readonly isManagement: boolean;
    readonly state: string;
    readonly enrolled: { readonly id: string; readonly status: string; readonly externalId: string | null } | null;
  }[];
}

const path = "/accounts/import-organization";

describe("POST /accounts/import-organization", () => {
  it("200: lists all members without connecting any", async () => {
    const { org, id, awsAccountId } = await connected(organization);
    const { status, body } = await api(org.keys.admin).post<Members>(path, { accountId: awsAccountId });
    expect(status).toBe(200);
    expect(body.data).toHaveLength(25);
    expect(body.data.filter(({ isManagement }) => isManagement)).toMatchObject([{ awsAccountId, accountId: id }]);
    expect(body.data.filter(({ accountId }) => accountId !== null)).toHaveLength(1);
  });

  it("200: connects the chosen ones, each with an external id of its own, and those once only", async () => {
    const { org, awsAccountId } = await connected(organization);
    const listed = (await api(org.keys.admin).post<Members>(path, { accountId: awsAccountId })).body.data;
    const chosen = listed.filter((one) => one.accountId === null && one.state === "ACTIVE").slice(0, 3);
    const request = {
      accountId: awsAccountId,
      awsAccountIds: chosen.map((one) => one.awsAccountId),
      method: "role",
      roleName: "audit/Cloudglass",
    };
    const enrolled = (await api(org.keys.admin).post<Members>(path, request)).body.data.flatMap(
      (one) => one.enrolled ?? [],
    );
    expect(enrolled).toHaveLength(3);
    expect(new Set(enrolled.map(({ externalId }) => externalId)).size).toBe(3);
    for (const { id } of enrolled)
      expect(await getAccount(org, id)).toMatchObject({ status: "pending", credentialMethod: "role" });
    const again = (await api(org.keys.admin).post<Members>(path, request)).body.data;
    expect(again.filter((one) => one.enrolled)).toEqual([]);
    expect(again.filter(({ accountId }) => accountId !== null)).toHaveLength(4);
  });

  it("400: an account that is no member; 409: an account that is no management account", async () => {
    const { org, awsAccountId } = await connected(organization);
    const strange = await api(org.keys.admin).post<{ code: string; detail: string }>(path, {
      accountId: awsAccountId,
      awsAccountIds: ["999999999999"],
    });
    expect([strange.status, strange.body.code]).toEqual([400, "INVALID_REQUEST"]);
    expect(strange.body.detail).toContain("999999999999");
    const alone = await connected();
    const refused = await api(alone.org.keys.admin).post<{ code: string }>(path, { accountId: alone.awsAccountId });
    expect([refused.status, refused.body.code]).toEqual([409, "CONFLICT"]);
  });
});
