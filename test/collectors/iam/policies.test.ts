import { describe, it } from "vitest";
import { AwsFault } from "#aws/fault";
import { collector } from "#collectors/iam/policies";
import { allOf, fakeAws } from "../../support/fake-aws.ts";
import { askedDetails, details, documentOf, fullAdmin, fullAdminRead, taggedAs } from "./wire.ts";

const arn = "arn:aws:iam::111122223333:policy/ops/deploy";
const version = (id: string, isDefault: boolean, document: string): string =>
  `<member><Document>${document}</Document><VersionId>${id}</VersionId><IsDefaultVersion>${isDefault}</IsDefaultVersion><CreateDate>2025-01-01T00:00:00Z</CreateDate></member>`;
const member = (more: string): string =>
  `<member><PolicyName>deploy</PolicyName><PolicyId>ANPADEPLOY</PolicyId><Arn>${arn}</Arn><Path>/ops/</Path><DefaultVersionId>v2</DefaultVersionId><IsAttachable>true</IsAttachable><CreateDate>2024-01-01T00:00:00Z</CreateDate><UpdateDate>2025-01-01T00:00:00Z</UpdateDate>${more}</member>`;
const versions = `<PolicyVersionList>${version("v2", true, documentOf(fullAdmin))}${version("v1", false, "no policy")}</PolicyVersionList>`;
const policiesOf = (...members: readonly string[]) => ({
  GetAccountAuthorizationDetails: () => details({ policies: members.join("") }),
});

describe("iam.policies", () => {
  it("reads the version in force, and the tags from the tagging API", async ({ expect }) => {
    const counts =
      "<AttachmentCount>3</AttachmentCount><PermissionsBoundaryUsageCount>1</PermissionsBoundaryUsageCount>";
    const aws = fakeAws({
      ...policiesOf(member(counts + versions)),
      GetResources: () => taggedAs(arn, "team", "core"),
    });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arn,
        arn,
        name: "deploy",
        state: null,
        tags: { team: "core" },
        tagsUnread: false,
        createdAt: "2024-01-01T00:00:00.000Z",
        region: null,
        costMonthly: 0,
        attributes: {
          policyId: "ANPADEPLOY",
          path: "/ops/",
          defaultVersionId: "v2",
          statements: [fullAdminRead],
          attached: true,
        },
        observed: { attachmentCount: 3, boundaryCount: 1 },
      },
    ]);
    expect(aws.asked).toEqual([askedDetails, `GetResources {"ResourceARNList":["${arn}"]}`]);
  });

  it("leaves open what AWS does not say, and tags it does not give", async ({ expect }) => {
    const [policy] = await allOf(collector, fakeAws(policiesOf(member("<PolicyVersionList/>"))));
    expect(policy).toMatchObject({ tags: {}, tagsUnread: true });
    expect(policy?.attributes).toMatchObject({ statements: undefined, attached: null });
    expect(policy?.observed).toEqual({ attachmentCount: null, boundaryCount: null });
  });

  it("says of an unattached one that it is", async ({ expect }) => {
    const aws = fakeAws(policiesOf(member(`<AttachmentCount>0</AttachmentCount>${versions}`)));
    expect((await allOf(collector, aws))[0]?.attributes.attached).toBe(false);
  });

  it("finds no policy with one call", async ({ expect }) => {
    const aws = fakeAws(policiesOf());
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual([askedDetails]);
  });

  it("throws when the list is denied", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toBeInstanceOf(AwsFault);
  });
});
