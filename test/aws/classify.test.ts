import { describe, it } from "vitest";
import { classify } from "#aws/classify";
import { faultOf } from "#aws/fault";

type Row = readonly [status: number, code: string, message: string, kind: string, retry: boolean];

const table: readonly Row[] = [
  [400, "Throttling", "Rate exceeded", "throttled", true],
  [400, "ThrottlingException", "", "throttled", true],
  [503, "RequestLimitExceeded", "", "throttled", true],
  [503, "SlowDown", "", "throttled", true],
  [400, "TooManyRequestsException", "", "throttled", true],
  [429, "Http429", "", "throttled", true],
  [403, "AccessDenied", "", "denied", false],
  [403, "UnauthorizedOperation", "", "denied", false],
  [400, "AccessDeniedException", "", "denied", false],
  [403, "SignatureDoesNotMatch", "The request signature we calculated", "denied", false],
  [401, "AuthFailure", "", "denied", false],
  [403, "InvalidClientTokenId", "", "denied", false],
  [403, "Http403", "", "denied", false],
  [403, "OptInRequired", "", "unavailable", false],
  [403, "ExpiredToken", "", "expired", false],
  [400, "ExpiredTokenException", "", "expired", false],
  [403, "RequestTimeTooSkewed", "", "skewed", false],
  [400, "RequestExpired", "", "skewed", false],
  [403, "SignatureDoesNotMatch", "Signature expired: 20261121T000000Z is now earlier than", "skewed", false],
  [400, "InvalidSignatureException", "Signature not yet current", "skewed", false],
  [404, "NoSuchEntity", "", "missing", false],
  [400, "InvalidVolume.NotFound", "", "missing", false],
  [404, "NoSuchBucketPolicy", "", "missing", false],
  [500, "InternalError", "", "broken", true],
  [503, "ServiceUnavailable", "", "broken", true],
  [502, "Http502", "", "broken", true],
  [400, "InternalFailure", "", "broken", true],
  [0, "NO_ANSWER", "", "broken", true],
  [400, "ValidationError", "", "broken", false],
  [301, "PermanentRedirect", "", "broken", false],
];

const subject = {
  service: "ec2",
  action: "DescribeVolumes",
  iamAction: "ec2:DescribeVolumes",
  region: "us-east-1",
} as const;

describe("an error of AWS", () => {
  for (const [status, code, message, kind, retry] of table) {
    it(`${status} ${code} ${message.slice(0, 22)} is ${kind}${retry ? " and tried again" : ""}`, ({ expect }) => {
      expect(classify(status, code, message)).toMatchObject({ kind, retry });
    });
  }

  it("of an unknown key means the region is not enabled, where a region must be", ({ expect }) => {
    for (const code of ["AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException"]) {
      expect(classify(401, code, "", true)).toMatchObject({ kind: "unavailable", retry: false });
      expect(faultOf({ ...subject, region: "ap-east-1" }, { status: 401, code, message: "" }).fault.remedy).toContain(
        "ap-east-1",
      );
    }
  });

  it("says who denied it", ({ expect }) => {
    const denied = (message: string) => faultOf(subject, { status: 403, code: "AccessDenied", message }).fault;
    expect(denied("because no identity-based policy allows the action").remedy).toMatch(/^Allow ec2:DescribeVolumes/);
    expect(denied("with an explicit deny in a service control policy").remedy).toContain("organization");
    expect(denied("with an explicit deny in a resource-based policy").remedy).toContain("policy of the resource");
    expect(denied("because no permissions boundary allows it").remedy).toContain("permissions boundary");
  });

  it("of AssumeRole names the trust policy", ({ expect }) => {
    const sts = { service: "sts", action: "AssumeRole", iamAction: "sts:AssumeRole", region: "us-east-1" } as const;
    expect(faultOf(sts, { status: 403, code: "AccessDenied", message: "" }).fault.remedy).toContain("trust policy");
  });

  it("never carries AWS's message, which may repeat the session token", ({ expect }) => {
    const message = "The Canonical String should have been x-amz-security-token:FwoGSECRET";
    const { fault } = faultOf(subject, { status: 403, code: "SignatureDoesNotMatch", message });
    expect(JSON.stringify([fault, fault.message, fault.stack, fault.remedy])).not.toContain("FwoGSECRET");
  });
});
