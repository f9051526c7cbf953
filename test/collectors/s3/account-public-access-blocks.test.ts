import { describe, it } from "vitest";
import { collector } from "#collectors/s3/account-public-access-blocks";
import { collect, fakeAws, type Answers } from "../../support/fake-aws.ts";

/** Buckets are listed from the home region of the partition. */
const account = (answers: Answers) => fakeAws(answers, { region: "us-east-1" });

const request = "us-east-1 /v20180820/configuration/publicAccessBlock";

describe("s3.accountPublicAccessBlocks", () => {
  it("reads the four settings", async ({ expect }) => {
    const aws = account({
      [request]:
        '<?xml version="1.0" encoding="UTF-8"?>\n<PublicAccessBlockConfiguration xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/"><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>',
    });
    expect(await collect(collector, aws)).toEqual([
      [
        {
          nativeId: "111122223333",
          arn: null,
          name: null,
          state: null,
          tags: {},
          createdAt: null,
          region: null,
          attributes: {
            publicAccessBlock: {
              blockPublicAcls: true,
              ignorePublicAcls: false,
              blockPublicPolicy: true,
              restrictPublicBuckets: true,
            },
          },
        },
      ],
    ]);
    expect(aws.calls.map(({ request }) => request)).toEqual([request]);
  });

  it("says null when it was never set", async ({ expect }) => {
    const aws = account({
      [request]: {
        status: 404,
        body: "<ErrorResponse><Error><Code>NoSuchPublicAccessBlockConfiguration</Code><Message>The public access block configuration was not found</Message><AccountId>111122223333</AccountId></Error><RequestId>1</RequestId></ErrorResponse>",
      },
    });
    expect(await collect(collector, aws)).toMatchObject([[{ attributes: { publicAccessBlock: null } }]]);
  });

  it("says undefined when it is denied", async ({ expect }) => {
    const [page] = await collect(collector, account({}));
    expect(page).toHaveLength(1);
    expect(page?.[0]?.attributes).toEqual({ publicAccessBlock: undefined });
  });
});
