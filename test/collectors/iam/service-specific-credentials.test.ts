import { describe, it } from "vitest";
import { AwsFault } from "#aws/fault";
import { collector } from "#collectors/iam/service-specific-credentials";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";
import { iamAnswer } from "./wire.ts";

const member = (id: string, more = ""): string =>
  `<member><CreateDate>2026-01-01T00:00:00Z</CreateDate><ServiceName>bedrock.amazonaws.com</ServiceName><UserName>alice</UserName><ServiceSpecificCredentialId>${id}</ServiceSpecificCredentialId><Status>Active</Status>${more}</member>`;
const page = (members: string, rest = "<IsTruncated>false</IsTruncated>"): string =>
  iamAnswer(
    "ListServiceSpecificCredentials",
    `<ServiceSpecificCredentials>${members}</ServiceSpecificCredentials>${rest}`,
  );

describe("iam.serviceSpecificCredentials", () => {
  it("tells whose they are, for what and until when", async ({ expect }) => {
    const more =
      "<ServiceUserName>alice-at-111122223333</ServiceUserName><ExpirationDate>2026-04-01T00:00:00Z</ExpirationDate>";
    const aws = fakeAws({ ListServiceSpecificCredentials: () => page(member("ACCAONE", more)) });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: "ACCAONE",
        arn: null,
        name: "alice-at-111122223333",
        state: "Active",
        tags: {},
        createdAt: "2026-01-01T00:00:00.000Z",
        expiresAt: "2026-04-01T00:00:00.000Z",
        region: null,
        costMonthly: 0,
        attributes: {
          userName: "alice",
          serviceName: "bedrock.amazonaws.com",
          serviceUserName: "alice-at-111122223333",
          active: true,
        },
      },
    ]);
    expect(aws.asked).toEqual(['ListServiceSpecificCredentials {"AllUsers":true,"MaxItems":1000}']);
  });

  it("takes one that never expires and is off, to the last page", async ({ expect }) => {
    const aws = fakeAws({
      ListServiceSpecificCredentials: ({ Marker }) =>
        Marker === "m2"
          ? page(member("ACCATWO").replace("Active", "Inactive"))
          : page(member("ACCAONE"), "<IsTruncated>true</IsTruncated><Marker>m2</Marker>"),
    });
    const pages = await collect(collector, aws);
    expect(pages).toMatchObject([
      [{ nativeId: "ACCAONE" }],
      [{ nativeId: "ACCATWO", name: "alice", expiresAt: null, attributes: { active: false, serviceUserName: null } }],
    ]);
  });

  it("finds none with one call", async ({ expect }) => {
    const aws = fakeAws({ ListServiceSpecificCredentials: () => page("") });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toHaveLength(1);
  });

  it("throws when the list is denied, or is none", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toBeInstanceOf(AwsFault);
    const odd = fakeAws({ ListServiceSpecificCredentials: () => iamAnswer("ListServiceSpecificCredentials", "") });
    await expect(allOf(collector, odd)).rejects.toThrow();
  });
});
