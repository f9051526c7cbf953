import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { describe, it } from "vitest";
import * as demo from "../../simulator/demo.ts";
import { demoKeys, requestOf, world, type World } from "./world.ts";

const regions = { Action: "DescribeRegions", Version: "2016-11-15" };
const users = { Action: "GetAccountAuthorizationDetails", Version: "2010-05-08" };
const operator = { accessKeyId: demo.OPERATOR_ACCESS_KEY_ID, secretAccessKey: demo.OPERATOR_SECRET_ACCESS_KEY };
const role = {
  Action: "AssumeRole",
  RoleArn: demo.DEMO_ROLE_ARN,
  RoleSessionName: "cloudglass",
  ExternalId: demo.DEMO_EXTERNAL_ID,
};

const part = (body: string, name: string): string => new RegExp(`<${name}>([^<]*)`).exec(body)?.[1] ?? "";

async function sessionOf({ ask }: World) {
  const { body } = await ask({ service: "sts", form: role, keys: operator });
  return {
    accessKeyId: part(body, "AccessKeyId"),
    secretAccessKey: part(body, "SecretAccessKey"),
    sessionToken: part(body, "SessionToken"),
  };
}

describe("signatures", () => {
  it("200: accepts what aws4fetch signs", async ({ expect }) => {
    const { ask } = world();
    expect((await ask({ service: "ec2", form: regions })).status).toBe(200);
    expect(
      (await ask({ service: "s3", url: "https://s3.eu-west-1.amazonaws.com/cloudglass-logs?policy" })).status,
    ).toBe(200);
  });

  it("200: accepts what AWS's own signer signs", async ({ expect }) => {
    const body = new URLSearchParams(regions).toString();
    const hostname = "ec2.eu-west-1.amazonaws.com";
    const signer = new SignatureV4({ credentials: demoKeys, region: "eu-west-1", service: "ec2", sha256: Sha256 });
    const headers = { host: hostname, "content-type": "application/x-www-form-urlencoded" };
    const signed = await signer.sign({ method: "POST", protocol: "https:", hostname, path: "/", headers, body });
    const response = await world().simulator.fetch(
      new Request(`https://${hostname}/`, { method: "POST", headers: signed.headers, body }),
    );
    expect(response.status).toBe(200);
  });

  it("refuses a wrong secret, an unknown key and no signature, each in the service's words", async ({ expect }) => {
    const { ask, simulator } = world();
    const wrong = { ...demoKeys, secretAccessKey: "wrong" };
    const unknown = { ...demoKeys, accessKeyId: "AKIAUNKNOWN000000000" };
    const iam = { service: "iam", region: "us-east-1", url: "https://iam.amazonaws.com/", form: users };
    const s3 = { service: "s3", url: "https://s3.eu-west-1.amazonaws.com/" };
    expect(await ask({ service: "ec2", form: regions, keys: wrong })).toMatchObject({
      status: 403,
      body: expect.stringContaining("<Errors><Error><Code>SignatureDoesNotMatch</Code>"),
    });
    expect(part((await ask({ ...iam, keys: wrong })).body, "Code")).toBe("SignatureDoesNotMatch");
    expect(part((await ask({ service: "ec2", form: regions, keys: unknown })).body, "Code")).toBe("AuthFailure");
    expect(part((await ask({ ...iam, keys: unknown })).body, "Code")).toBe("InvalidClientTokenId");
    expect(part((await ask({ ...s3, keys: unknown })).body, "Code")).toBe("InvalidAccessKeyId");
    const acm = await ask({ service: "acm", form: {}, keys: unknown });
    expect(JSON.parse(acm.body)).toMatchObject({ __type: "UnrecognizedClientException" });
    const plain = await simulator.fetch(new Request("https://ec2.eu-west-1.amazonaws.com/", { method: "POST" }));
    expect(part(await plain.text(), "Code")).toBe("MissingAuthenticationToken");
  });

  it("refuses a body that is not the signed one", async ({ expect }) => {
    const request = await requestOf({ service: "ec2", form: regions });
    const body = new URLSearchParams({ ...regions, Action: "DescribeVolumes" }).toString();
    const changed = new Request(request.url, { method: "POST", headers: request.headers, body });
    expect(part(await (await world().simulator.fetch(changed)).text(), "Code")).toBe("SignatureDoesNotMatch");
  });

  it("refuses a signature for another region or service, and one six minutes old", async ({ expect }) => {
    const { ask } = world();
    const old = new Date(Date.now() - 6 * 60_000).toISOString().replaceAll(/[:-]|\.\d{3}/g, "");
    const code = async (signed: object) => part((await ask({ service: "ec2", form: regions, signed })).body, "Code");
    expect(await code({ region: "us-east-1" })).toBe("SignatureDoesNotMatch");
    expect(await code({ service: "rds" })).toBe("SignatureDoesNotMatch");
    expect(await code({ datetime: old })).toBe("RequestExpired");
  });
});

describe("AssumeRole", () => {
  it("200: gives keys that act in the role's account, with their token only", async ({ expect }) => {
    const one = world();
    const keys = await sessionOf(one);
    expect(keys.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    const identity = { Action: "GetCallerIdentity" };
    const { body } = await one.ask({ service: "sts", form: identity, keys });
    expect(part(body, "Arn")).toBe("arn:aws:sts::111122223333:assumed-role/Cloudglass/cloudglass");
    const { sessionToken: _, ...bare } = keys;
    expect(part((await one.ask({ service: "ec2", form: regions, keys: bare })).body, "Code")).toBe("AuthFailure");
  });

  it("403: hides a role behind its external id, and from everybody but the operator", async ({ expect }) => {
    const { ask } = world();
    const code = async (form: Record<string, string>, keys = operator) =>
      part((await ask({ service: "sts", form, keys })).body, "Code");
    const { ExternalId: _, ...without } = role;
    expect(await code({ ...role, ExternalId: "another" })).toBe("AccessDenied");
    expect(await code(without)).toBe("AccessDenied");
    expect(await code({ ...role, RoleArn: "arn:aws:iam::444455556666:role/Cloudglass" })).toBe("AccessDenied");
    expect(
      await code(role, { accessKeyId: demo.DEMO_ACCESS_KEY_ID, secretAccessKey: demo.DEMO_SECRET_ACCESS_KEY }),
    ).toBe("AccessDenied");
  });
});
