import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { collectors } from "#collectors/registry";
import { systemContext } from "#db/context";
import { planOnboarding } from "../../../src/modules/onboarding/plan.ts";
import { readPolicies } from "../../../src/modules/onboarding/permissions.ts";
import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import { connectRole, newAwsAccountId, withAws } from "../accounts/world.ts";
import { quietOrg } from "../findings/world.ts";

interface Policy {
  readonly Version: string;
  readonly Statement: readonly { readonly Sid: string; readonly Action: readonly string[] }[];
}

interface Template {
  readonly Parameters: Readonly<Record<string, { readonly Default?: string; readonly AllowedPattern: string }>>;
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>
  >;
  readonly Outputs: object;
}

interface Onboarding {
  readonly actions: readonly string[];
  readonly policies: readonly Policy[];
  readonly trustPolicy: object | null;
  readonly oidcProvider: object | null;
  readonly operatorPrincipal: string | null;
  readonly cloudFormation: {
    readonly quickCreateUrl: string;
    readonly parameters: readonly { readonly name: string }[];
  };
}

const methods = ["keyless", "role", "access_key"] as const;
const path = "/accounts/onboarding";
const ask = async (org: TestOrg, query: string): Promise<Onboarding> =>
  (await api(org.keys.viewer).get<{ data: Onboarding }>(`${path}?${query}`)).body.data;
const templateOf = async (org: TestOrg, query: string): Promise<Template> =>
  JSON.parse((await api(org.keys.viewer).get(`${path}?format=cloudformation&${query}`)).text) as Template;
const actionsOf = (policies: readonly Policy[]): string[] =>
  policies.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action));

describe("the permissions", () => {
  const declared = Object.values(collectors).flatMap(({ actions }): readonly string[] => actions);
  // Every scan begins with the list of regions, which no collector asks for.
  const union = [...new Set([...declared, "ec2:DescribeRegions"])].toSorted();

  it("are what the collectors declare, each once, whatever the method and the format", async ({ expect }) => {
    const org = await quietOrg();
    for (const method of methods) {
      const { actions, policies } = await ask(org, `method=${method}`);
      expect(actions).toEqual(union);
      expect(actionsOf(policies)).toEqual(union);
      const { Resources } = await templateOf(org, `method=${method}`);
      const documents = Object.values(Resources).filter(({ Type }) => Type === "AWS::IAM::ManagedPolicy");
      expect(documents.map(({ Properties }) => Properties["PolicyDocument"])).toEqual(policies);
      const { text } = await api(org.keys.viewer).get(`${path}?method=${method}&format=terraform`);
      const inText = [...text.matchAll(/"([a-z0-9-]+:[A-Z]\w+)"/g)].map(([, action]) => action);
      expect(inText.filter((action) => !action?.startsWith("sts:"))).toEqual(union);
      for (const policy of policies)
        expect(JSON.stringify(policy).replaceAll(/\s/g, "").length).toBeLessThanOrEqual(6_144);
    }
  });

  it("read, and change nothing", ({ expect }) => {
    // API Gateway's actions are HTTP methods.
    const others = union.filter((action) => !/^[a-z0-9-]+:(?:Get|List|Describe)/.test(action));
    expect(others).toEqual(["apigateway:GET", "iam:GenerateCredentialReport"]);
  });

  it("fill as many policies as AWS's limit demands, a service in several where one does not hold it", ({ expect }) => {
    const many = ["bedrock-agent", "ec2", "s3"].flatMap((service) =>
      Array.from({ length: 250 }, (_, n) => `${service}:Describe${"Thing".repeat(4)}${String(n).padStart(3, "0")}`),
    );
    const policies = readPolicies(many) as readonly Policy[];
    expect(policies.length).toBeGreaterThan(3);
    expect(actionsOf(policies)).toEqual(many);
    for (const policy of policies) {
      expect(JSON.stringify(policy).length).toBeLessThanOrEqual(6_144);
      const sids = policy.Statement.map(({ Sid }) => Sid);
      expect(new Set(sids).size).toBe(sids.length);
      for (const sid of sids) expect(sid).toMatch(/^[A-Za-z0-9]+$/);
      for (const { Action } of policy.Statement) expect(new Set(Action.map((one) => one.split(":")[0])).size).toBe(1);
    }
    expect(readPolicies(["s3:ListAllMyBuckets"])).toEqual([
      {
        Version: "2012-10-17",
        Statement: [{ Sid: "ReadS3", Effect: "Allow", Action: ["s3:ListAllMyBuckets"], Resource: "*" }],
      },
    ]);
  });
});

describe("GET /accounts/onboarding", () => {
  it("200: keyless, names the subject of a connected account by either name, and asks for it otherwise", async ({
    expect,
  }) => {
    const org = await quietOrg();
    const awsAccountId = newAwsAccountId();
    const account = await connectRole(org, "keyless", awsAccountId);
    const { subject } = account["webIdentity"] as { subject: string };
    for (const query of [`accountId=${account.id}`, `accountId=${awsAccountId}`, `awsAccountId=${awsAccountId}`]) {
      const told = await ask(org, `method=keyless&${query}`);
      expect(told.trustPolicy).toEqual(account["trustPolicy"]);
      expect(told.oidcProvider).toEqual({ url: "https://cloudglass.test", audience: "sts.amazonaws.com" });
      expect((await templateOf(org, `method=keyless&${query}`)).Parameters["Subject"]?.Default).toBe(subject);
      const url = new URL(told.cloudFormation.quickCreateUrl.replace("#/stacks/quickcreate", ""));
      expect(Object.fromEntries(url.searchParams)).toEqual({
        templateURL: "{templateUrl}",
        stackName: "cloudglass",
        param_RoleName: "cloudglass",
        param_Subject: subject,
        param_CreateProvider: "true",
      });
    }
    const { Parameters } = await templateOf(org, "method=keyless&awsAccountId=123456789012");
    expect(Parameters["Subject"]).not.toHaveProperty("Default");
    expect(new RegExp(Parameters["Subject"]?.AllowedPattern ?? "").test(subject)).toBe(true);
    const unknown = JSON.stringify((await ask(org, "method=keyless&awsAccountId=123456789012")).trustPolicy);
    expect(unknown).toContain("arn:aws:iam::123456789012:oidc-provider/cloudglass.test");
    expect(unknown).toContain('"cloudglass.test:sub":"<webIdentity.subject>"');
  });

  it("200: role, names the operator's principal and asks for the external id, which it does not know", async ({
    expect,
  }) => {
    const org = await quietOrg();
    const account = await connectRole(org, "role", newAwsAccountId());
    const told = await ask(org, `method=role&accountId=${account.id}`);
    expect(told).toMatchObject({
      operatorPrincipal: "arn:aws:iam::999988887777:user/cloudglass",
      oidcProvider: null,
      trustPolicy: { Statement: [{ Condition: { StringEquals: { "sts:ExternalId": "<externalId>" } } }] },
    });
    const { Parameters, Resources } = await templateOf(org, `method=role&accountId=${account.id}`);
    expect(Parameters["ExternalId"]).not.toHaveProperty("Default");
    expect(new RegExp(Parameters["ExternalId"]?.AllowedPattern ?? "").test(String(account["externalId"]))).toBe(true);
    expect(JSON.stringify(Resources["Role"])).toContain('"sts:ExternalId":{"Fn::Sub":"${ExternalId}"}');
    expect(JSON.stringify([told, Parameters, Resources])).not.toContain(account["externalId"]);
  });

  it("200: every template refers only to what stands in it", async ({ expect }) => {
    const org = await quietOrg();
    for (const method of methods) {
      const template = await templateOf(org, `method=${method}`);
      const text = JSON.stringify([template.Resources, template.Outputs]);
      const references = [...text.matchAll(/"Ref":"(\w+)"|"Fn::GetAtt":\["(\w+)"|\$\{(\w+)\}/g)].map((found) =>
        found.slice(1).find((name) => name !== undefined),
      );
      const known = new Set([...Object.keys(template.Parameters), ...Object.keys(template.Resources)]);
      expect(references.filter((name) => !known.has(name ?? ""))).toEqual([]);
      expect(Object.keys(template)).toContain("AWSTemplateFormatVersion");
      const { text: terraform } = await api(org.keys.viewer).get(`${path}?method=${method}&format=terraform`);
      const variables = new Set([...terraform.matchAll(/^variable "(\w+)"/gm)].map(([, name]) => name));
      for (const [, name] of terraform.matchAll(/var\.(\w+)/g)) expect(variables).toContain(name);
      for (const [open, close] of ["{}", "[]", "()"].map((pair) => pair.split(""))) {
        expect(terraform.split(open ?? "").length).toBe(terraform.split(close ?? "").length);
      }
    }
  });

  it("200: a document has its own media type and name, is the same each time, and 304 when it is known", async ({
    expect,
  }) => {
    const org = await quietOrg();
    const types = { cloudformation: "application/json", terraform: "text/plain; charset=utf-8" };
    for (const [format, type] of Object.entries(types)) {
      const get = (headers = {}) => api(org.keys.viewer).get(`${path}?method=access_key&format=${format}`, headers);
      const [once, again] = [await get(), await get()];
      expect([once.headers.get("content-type"), once.text]).toEqual([type, again.text]);
      expect(once.headers.get("content-disposition")).toMatch(
        /^attachment; filename="cloudglass-access-key\.[a-z.]+"$/,
      );
      expect((await get({ Accept: type.split(";")[0] })).status).toBe(200);
      expect((await get({ Accept: "text/html" })).status).toBe(406);
      expect((await get({ "If-None-Match": once.headers.get("etag") })).status).toBe(304);
    }
  });

  it("404: another organization's account; 400: two accounts, unknown words; 422: a deployment that cannot", async ({
    expect,
  }) => {
    const [org, other] = [await quietOrg(), await quietOrg()];
    const account = await connectRole(other, "keyless", newAwsAccountId());
    const status = async (key: string, query: string) => (await api(key).get(`${path}?${query}`)).status;
    expect(await status(org.keys.viewer, `method=keyless&accountId=${account.id}`)).toBe(404);
    for (const query of ["", "method=oidc", "method=role&format=xml", "method=role&awsAccountId=1"]) {
      expect(await status(org.keys.viewer, query)).toBe(400);
    }
    const two = `method=keyless&accountId=${account.id}&awsAccountId=123456789012`;
    expect(await status(other.keys.viewer, two)).toBe(400);
    const context = (deployment: typeof env) =>
      systemContext(deployment, { orgId: org.id, shard: 0 }, new Date(), () => undefined);
    const { OPERATOR_ACCESS_KEY_ID: _, ...bare } = { ...env, ISSUER_URL: "" };
    for (const method of ["keyless", "role"] as const) {
      await expect(planOnboarding(context(bare), { method })).rejects.toMatchObject({ code: "METHOD_UNAVAILABLE" });
    }
  });

  it("names the operator as configured, and the operator's account where AWS does not say who that is", async ({
    expect,
  }) => {
    const { id: orgId } = await quietOrg();
    const planned = async (deployment: object) => {
      const context = systemContext({ ...env, ...deployment }, { orgId, shard: 0 }, new Date(), () => undefined);
      return (await planOnboarding(context, { method: "role" })).trust;
    };
    const arn = "arn:aws:iam::999988887777:role/operator";
    expect(await planned({ OPERATOR_PRINCIPAL_ARN: arn })).toEqual({ method: "role", principalArn: arn });
    const { AWS } = withAws(async () => new Response("", { status: 403 }));
    // The key of another account, so that nobody has asked for it before.
    expect(await planned({ AWS, OPERATOR_ACCESS_KEY_ID: "AKIAQNZGKIQY56JQ7WML" })).toEqual({
      method: "role",
      principalArn: "arn:aws:iam::029608264753:root",
    });
  });
});
