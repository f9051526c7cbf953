import { describe, it } from "vitest";
import { ec2Arn, encryptedBy, logsTo, related, relatedEc2 } from "#collectors/relations";

const place = { partition: "aws", awsAccountId: "111122223333", region: "eu-west-1" };

describe("relations", () => {
  it.for([
    ["1234", "AWS::KMS::Key", "arn:aws:kms:eu-west-1:111122223333:key/1234"],
    ["alias/app", "AWS::KMS::Alias", "arn:aws:kms:eu-west-1:111122223333:alias/app"],
    ["arn:aws:kms:eu-west-1:444455556666:key/1", "AWS::KMS::Key", "arn:aws:kms:eu-west-1:444455556666:key/1"],
    ["arn:aws:kms:eu-west-1:444455556666:alias/a", "AWS::KMS::Alias", "arn:aws:kms:eu-west-1:444455556666:alias/a"],
  ] as const)("a key named %s is a %s", ([key, resourceType, target], { expect }) => {
    expect(encryptedBy(key, place)).toEqual([{ kind: "encryptedBy", resourceType, target }]);
  });

  it("are none to nothing, and one to what is named twice", ({ expect }) => {
    expect([...encryptedBy(null, place), ...related("in", "T", undefined), ...related("in", "T", ["", null])]).toEqual(
      [],
    );
    expect(related("in", "T", ["a", null, "b", "a"])).toEqual([
      { kind: "in", resourceType: "T", target: "a" },
      { kind: "in", resourceType: "T", target: "b" },
    ]);
    expect(logsTo("arn:aws:logs:eu-west-1:111122223333:log-group:a:*")).toEqual([
      {
        kind: "logsTo",
        resourceType: "AWS::Logs::LogGroup",
        target: "arn:aws:logs:eu-west-1:111122223333:log-group:a",
      },
    ]);
  });

  it("name things of EC2 as it does itself: images and snapshots carry no account", ({ expect }) => {
    expect(ec2Arn(place, "Instance", "i-1")).toBe("arn:aws:ec2:eu-west-1:111122223333:instance/i-1");
    expect(relatedEc2("madeOf", "Snapshot", "snap-1", place)).toEqual([
      { kind: "madeOf", resourceType: "AWS::EC2::Snapshot", target: "arn:aws:ec2:eu-west-1::snapshot/snap-1" },
    ]);
  });
});
