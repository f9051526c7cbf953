import { describe, it } from "vitest";
import { collector } from "#collectors/s3/buckets";
import { collect, fakeAws, type Answers } from "../../support/fake-aws.ts";

/** Buckets are listed from the home region of the partition. */
const account = (answers: Answers) => fakeAws(answers, { region: "us-east-1" });

const xmlns = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

const bucketXml = (name: string, region?: string): string =>
  `<Bucket><Name>${name}</Name><CreationDate>2019-12-11T23:32:47+00:00</CreationDate>${
    region === undefined ? "" : `<BucketRegion>${region}</BucketRegion>`
  }<BucketArn>arn:aws:s3:::${name}</BucketArn></Bucket>`;

const listXml = (buckets: string, token?: string): string =>
  `${declaration}<ListAllMyBucketsResult ${xmlns}><Owner><ID>75aa57f09aa0c8caeab4f8c24e99d10f</ID></Owner>${
    buckets === "" ? "<Buckets/>" : `<Buckets>${buckets}</Buckets>`
  }${token === undefined ? "" : `<ContinuationToken>${token}</ContinuationToken>`}</ListAllMyBucketsResult>`;

const missing = (code: string) => ({
  status: 404,
  body: `${declaration}<Error><Code>${code}</Code><Message>There is none</Message><BucketName>acme</BucketName></Error>`,
});

const aclXml = (grants: string): string =>
  `${declaration}<AccessControlPolicy ${xmlns}><Owner><ID>75aa57f09aa0c8ca</ID></Owner><AccessControlList>${grants}</AccessControlList></AccessControlPolicy>`;
const grantXml = (type: string, grantee: string, permission: string): string =>
  `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${type}">${grantee}</Grantee><Permission>${permission}</Permission></Grant>`;
const ownGrant = grantXml("CanonicalUser", "<ID>75aa57f09aa0c8ca</ID>", "FULL_CONTROL");

const list = "us-east-1 /?max-buckets=10000";

/** A bucket on which everything is set. */
const full = (bucket: string, region: string): Answers => ({
  [`${region} /${bucket}?publicAccessBlock`]: `${declaration}<PublicAccessBlockConfiguration ${xmlns}><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets></PublicAccessBlockConfiguration>`,
  [`${region} /${bucket}?policy`]: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
        Condition: { Bool: { "aws:SecureTransport": false }, IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "::1/128"] } },
      },
    ],
  }),
  [`${region} /${bucket}?policyStatus`]: `${declaration}<PolicyStatus ${xmlns}><IsPublic>TRUE</IsPublic></PolicyStatus>`,
  [`${region} /${bucket}?acl`]: aclXml(
    grantXml("Group", "<URI>http://acs.amazonaws.com/groups/s3/LogDelivery</URI>", "WRITE") +
      grantXml("Group", "<URI>http://acs.amazonaws.com/groups/global/AllUsers</URI>", "READ") +
      ownGrant,
  ),
  [`${region} /${bucket}?lifecycle`]: `${declaration}<LifecycleConfiguration ${xmlns}><Rule><ID>tidy</ID><Filter/><Status>Enabled</Status><NoncurrentVersionTransition><NoncurrentDays>10</NoncurrentDays><StorageClass>GLACIER</StorageClass></NoncurrentVersionTransition><NoncurrentVersionExpiration><NoncurrentDays>30</NoncurrentDays></NoncurrentVersionExpiration><AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule><Rule><ID/><Filter><Prefix>tmp/</Prefix></Filter><Status>Disabled</Status><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>`,
  [`${region} /${bucket}?versioning`]: `${declaration}<VersioningConfiguration ${xmlns}><Status>Enabled</Status><MfaDelete>Enabled</MfaDelete></VersioningConfiguration>`,
  [`${region} /${bucket}?logging`]: `${declaration}<BucketLoggingStatus ${xmlns}><LoggingEnabled><TargetBucket>acme-logs</TargetBucket><TargetPrefix>s3/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>`,
  [`${region} /${bucket}?encryption`]: `${declaration}<ServerSideEncryptionConfiguration ${xmlns}><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>arn:aws:kms:eu-west-1:111122223333:key/1</KMSMasterKeyID></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>`,
  [`${region} /${bucket}?tagging`]: `${declaration}<Tagging ${xmlns}><TagSet><Tag><Key>team</Key><Value>data &amp; ai</Value></Tag><Tag><Key>empty</Key><Value/></Tag></TagSet></Tagging>`,
});

/** A bucket on which nothing is set. */
const bare = (bucket: string, region: string): Answers => ({
  [`${region} /${bucket}?publicAccessBlock`]: missing("NoSuchPublicAccessBlockConfiguration"),
  [`${region} /${bucket}?policy`]: missing("NoSuchBucketPolicy"),
  [`${region} /${bucket}?acl`]: aclXml(ownGrant),
  [`${region} /${bucket}?lifecycle`]: missing("NoSuchLifecycleConfiguration"),
  [`${region} /${bucket}?versioning`]: `${declaration}<VersioningConfiguration ${xmlns}/>`,
  [`${region} /${bucket}?logging`]: `${declaration}<BucketLoggingStatus ${xmlns} />`,
  [`${region} /${bucket}?encryption`]: missing("ServerSideEncryptionConfigurationNotFoundError"),
  [`${region} /${bucket}?tagging`]: missing("NoSuchTagSet"),
});

const one = async (answers: Answers) =>
  (await collect(collector, account({ [list]: listXml(bucketXml("acme", "eu-west-1")), ...answers })))[0]?.[0];

/** What the bucket's policy is read as. */
const policyOf = async (policy: unknown) =>
  (await one({ ...bare("acme", "eu-west-1"), "eu-west-1 /acme?policy": JSON.stringify(policy) }))?.attributes.policy;

describe("s3.buckets", () => {
  it("reads a bucket on which everything is set, in its own region", async ({ expect }) => {
    const found = await one(full("acme", "eu-west-1"));
    expect(found).toEqual({
      nativeId: "arn:aws:s3:::acme",
      arn: "arn:aws:s3:::acme",
      name: "acme",
      state: null,
      tags: { team: "data & ai", empty: "" },
      tagsUnread: false,
      createdAt: "2019-12-11T23:32:47.000Z",
      region: "eu-west-1",
      relations: [
        { kind: "encryptedBy", resourceType: "AWS::KMS::Key", target: "arn:aws:kms:eu-west-1:111122223333:key/1" },
        { kind: "logsTo", resourceType: "AWS::S3::Bucket", target: "arn:aws:s3:::acme-logs" },
      ],
      dnsNames: [
        "acme.s3.amazonaws.com",
        "acme.s3.eu-west-1.amazonaws.com",
        "acme.s3-website-eu-west-1.amazonaws.com",
        "acme.s3-website.eu-west-1.amazonaws.com",
      ],
      attributes: {
        publicAccessBlock: {
          blockPublicAcls: true,
          ignorePublicAcls: true,
          blockPublicPolicy: true,
          restrictPublicBuckets: false,
        },
        policy: [
          {
            sid: "TlsOnly",
            effect: "Deny",
            principals: { AWS: ["*"] },
            notPrincipals: {},
            actions: ["s3:*"],
            notActions: [],
            resources: ["arn:aws:s3:::acme", "arn:aws:s3:::acme/*"],
            notResources: [],
            conditions: [
              { operator: "Bool", key: "aws:SecureTransport", values: ["false"] },
              { operator: "IpAddress", key: "aws:SourceIp", values: ["10.0.0.0/8", "::1/128"] },
            ],
          },
        ],
        policyIsPublic: true,
        groupGrants: [
          { group: "AllUsers", permission: "READ" },
          { group: "LogDelivery", permission: "WRITE" },
        ],
        versioning: "Enabled",
        mfaDelete: true,
        logging: { targetBucket: "acme-logs", targetPrefix: "s3/" },
        encryption: [
          { algorithm: "aws:kms", kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/1", bucketKeyEnabled: true },
        ],
        lifecycle: [
          { id: "tidy", isEnabled: true, abortUploadDays: 7, noncurrentExpirationDays: 30, movesNoncurrent: true },
          { id: null, isEnabled: false, abortUploadDays: null, noncurrentExpirationDays: null, movesNoncurrent: false },
        ],
        tagCount: 2,
      },
    });
  });

  it("says null where AWS says there is none", async ({ expect }) => {
    const found = await one(bare("acme", "eu-west-1"));
    expect(found?.tags).toEqual({});
    expect(found?.attributes).toEqual({
      publicAccessBlock: null,
      policy: null,
      policyIsPublic: null,
      groupGrants: [],
      versioning: null,
      mfaDelete: false,
      logging: null,
      encryption: null,
      lifecycle: null,
      tagCount: 0,
    });
    expect(Object.values(found?.attributes ?? {})).not.toContain(undefined);
  });

  it("says undefined where a call is denied, and keeps the other buckets", async ({ expect }) => {
    const aws = account({
      [list]: listXml(bucketXml("closed", "eu-west-1") + bucketXml("acme", "us-west-2")),
      ...bare("acme", "us-west-2"),
    });
    const [closed, open] = (await collect(collector, aws)).flat();
    expect(Object.values(closed?.attributes ?? {})).toEqual(Array.from({ length: 10 }));
    expect(closed).toMatchObject({ name: "closed", region: "eu-west-1", tags: {}, tagsUnread: true });
    expect(open?.attributes.policy).toBeNull();
    expect(Object.values(open?.attributes ?? {})).not.toContain(undefined);
  });

  it("goes through all pages, with the regions AWS names", async ({ expect }) => {
    const aws = account({
      [list]: listXml(bucketXml("a", "eu-west-1") + bucketXml("b", "us-east-1"), "next=/+"),
      [`${list}&continuation-token=next%3D%2F%2B`]: listXml(bucketXml("c", "ap-southeast-2")),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ name, region }) => `${name} ${region}`))).toEqual([
      ["a eu-west-1", "b us-east-1"],
      ["c ap-southeast-2"],
    ]);
    expect(aws.calls.filter(({ request }) => request.includes("/c?"))).toHaveLength(9);
    expect(aws.calls.filter(({ request }) => request.startsWith("ap-southeast-2 /c?"))).toHaveLength(9);
  });

  it("asks for no policy status where there is no policy", async ({ expect }) => {
    const aws = account({ [list]: listXml(bucketXml("acme", "eu-west-1")), ...bare("acme", "eu-west-1") });
    await collect(collector, aws);
    expect(aws.calls.map(({ request }) => request).toSorted()).toEqual(
      [
        list,
        ..."publicAccessBlock policy acl versioning logging encryption lifecycle tagging"
          .split(" ")
          .map((setting) => `eu-west-1 /acme?${setting}`),
      ].toSorted(),
    );
    expect(aws.gaps).toEqual([]);
  });

  it("takes what is no policy status for not read", async ({ expect }) => {
    const found = await one({
      ...full("acme", "eu-west-1"),
      "eu-west-1 /acme?policyStatus": `${declaration}<ListBucketResult ${xmlns}><Name>acme</Name></ListBucketResult>`,
    });
    expect(found?.attributes.policyIsPublic).toBeUndefined();
  });

  it("knows keys by id and by alias, each once", async ({ expect }) => {
    const rule = (key: string): string =>
      `<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>${key}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule>`;
    const found = await one({
      ...bare("acme", "eu-west-1"),
      "eu-west-1 /acme?encryption": `<ServerSideEncryptionConfiguration ${xmlns}>${rule("1")}${rule("1")}${rule("alias/data")}</ServerSideEncryptionConfiguration>`,
    });
    expect(found?.relations).toEqual([
      { kind: "encryptedBy", resourceType: "AWS::KMS::Key", target: "arn:aws:kms:eu-west-1:111122223333:key/1" },
      { kind: "encryptedBy", resourceType: "AWS::KMS::Alias", target: "arn:aws:kms:eu-west-1:111122223333:alias/data" },
    ]);
  });

  it("leaves out a bucket that is gone since it was listed", async ({ expect }) => {
    const settings = "publicAccessBlock policy policyStatus acl versioning logging encryption lifecycle tagging";
    const answers = settings.split(" ").map((setting) => [`eu-west-1 /gone?${setting}`, missing("NoSuchBucket")]);
    const aws = account({
      [list]: listXml(bucketXml("gone", "eu-west-1") + bucketXml("acme", "eu-west-1")),
      ...(Object.fromEntries(answers) as Answers),
      ...bare("acme", "eu-west-1"),
    });
    expect((await collect(collector, aws)).flat().map(({ name }) => name)).toEqual(["acme"]);
    expect(aws.gaps).toEqual([]);
  });

  it("makes one call for an account without buckets", async ({ expect }) => {
    const aws = account({ [list]: listXml("") });
    expect((await collect(collector, aws)).flat()).toEqual([]);
    expect(aws.calls.map(({ request }) => request)).toEqual([list]);
  });

  it("asks in the home region when no region is named", async ({ expect }) => {
    const aws = account({ [list]: listXml(bucketXml("acme")), ...bare("acme", "us-east-1") });
    const [found] = (await collect(collector, aws)).flat();
    expect(found).toMatchObject({ region: "us-east-1", attributes: { policy: null } });
  });

  it("fails as a whole when the list is denied, or is no list", async ({ expect }) => {
    await expect(collect(collector, account({}))).rejects.toThrow("AccessDenied");
    const odd = account({ [list]: `${declaration}<ListAllMyBucketsResult ${xmlns}/>` });
    await expect(collect(collector, odd)).rejects.toThrow();
  });

  it("reads the many ways to write a policy", async ({ expect }) => {
    const policy = await policyOf({
      Statement: {
        Effect: "Allow",
        Principal: { Service: "cloudtrail.amazonaws.com", AWS: ["arn:aws:iam::111122223333:root", "444455556666"] },
        NotAction: ["s3:DeleteObject"],
        NotResource: "arn:aws:s3:::acme/private/*",
        Condition: { NumericLessThan: { "s3:TlsVersion": 1.2 }, Null: { "aws:SourceIp": ["true"] } },
      },
    });
    expect(policy).toEqual([
      {
        sid: null,
        effect: "Allow",
        principals: {
          Service: ["cloudtrail.amazonaws.com"],
          AWS: ["arn:aws:iam::111122223333:root", "444455556666"],
        },
        notPrincipals: {},
        actions: [],
        notActions: ["s3:DeleteObject"],
        resources: [],
        notResources: ["arn:aws:s3:::acme/private/*"],
        conditions: [
          { operator: "NumericLessThan", key: "s3:TlsVersion", values: ["1.2"] },
          { operator: "Null", key: "aws:SourceIp", values: ["true"] },
        ],
      },
    ]);
    expect(await policyOf({ Statement: [{ Effect: "Deny", NotPrincipal: { AWS: "*" } }] })).toMatchObject([
      { principals: {}, notPrincipals: { AWS: ["*"] } },
    ]);
  });

  it.for([
    {},
    { Statement: "all" },
    { Statement: [{ Effect: "Maybe" }] },
    { Statement: [{ Effect: "Deny", Action: { s3: "*" } }] },
    { Statement: [{ Effect: "Deny", Condition: [] }] },
    [],
  ])("does not guess at what is no policy: %j", async (policy, { expect }) => {
    expect(await policyOf(policy)).toBeUndefined();
  });

  it("names the permissions it needs", ({ expect }) => {
    expect(collector.actions).toContain("s3:ListAllMyBuckets");
    expect(collector.actions).toContain("s3:GetEncryptionConfiguration");
    expect(collector.actions).toContain("s3:GetBucketPublicAccessBlock");
    expect(collector.actions).toContain("s3:GetLifecycleConfiguration");
    expect(collector.actions).toHaveLength(10);
  });
});
