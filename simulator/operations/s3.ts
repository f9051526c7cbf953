import { AwsError, xml } from "../answers.ts";
import { text, type Call, type Operation } from "../calls.ts";
import { DEMO_ACCOUNT_ID } from "../demo.ts";
import { indexOf } from "../inventory.ts";
import { kinds } from "../kinds.ts";
import { windowOf, type Paging } from "../paging.ts";
import { isHidden, present, presentOne, sliceOf, type Presented } from "../present.ts";
import { recordingsOf } from "../recordings.ts";
import { HOME_REGION } from "../regions.ts";
import { serviceOf } from "../services.ts";
import { named } from "../templates.ts";

/** Source: S3 API 2006-03-01. */
const paging: Paging = { token: "continuation-token", limit: "max-buckets", byDefault: 10_000, min: 1, max: 10_000 };

const recordedNames = kinds.bucket.fragments.map(kinds.bucket.idOf);

/** Bucket names are everybody's: those of other accounts carry the account. */
const owned = (name: string, awsAccountId: string): string =>
  awsAccountId === DEMO_ACCOUNT_ID ? name : `${name}-${awsAccountId}`;

const nameOf = ({ account }: Call, { template, spot }: Presented): string =>
  named(owned(recordedNames[template] ?? "", account.id), spot.copy);

/** Copies go round the account's regions. */
function regionOf({ account }: Call, { fragment, spot }: Presented): string {
  const { regions } = account.settings;
  const recorded = fragment.includes("us-east-1") ? "us-east-1" : HOME_REGION;
  return (spot.copy === 0 && regions.includes(recorded) ? recorded : regions[spot.copy % regions.length]) ?? recorded;
}

function bucketElement(call: Call, bucket: Presented): string {
  const region = `<BucketRegion>${regionOf(call, bucket)}</BucketRegion>`;
  // Only a request with a page size is answered with regions.
  const shown = text(call, "max-buckets") === undefined ? "" : region;
  return bucket.fragment
    .replace(/<Name>[^<]*/, `<Name>${nameOf(call, bucket)}`)
    .replace(/<BucketRegion>[^<]*<\/BucketRegion>/, shown);
}

const { namespace } = serviceOf("s3");
const ownerId = "bcaf1ffd86f41161ca5fb16fd081034f";

const listBuckets: Operation = (call) => {
  const slice = sliceOf(call.account, "bucket");
  const window = windowOf(call, slice.count, paging);
  const shown = present(call.account, slice, window).filter((one) => !isHidden(call.account, nameOf(call, one)));
  const token = window.next === undefined ? "" : `<ContinuationToken>${window.next}</ContinuationToken>`;
  return xml(
    '<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
      `<Owner><ID>${ownerId}</ID></Owner><Buckets>${shown.map((one) => bucketElement(call, one)).join("")}</Buckets>` +
      `${token}</ListAllMyBucketsResult>`,
  );
};

/** The bucket a request names, asked in its own region. Throws NoSuchBucket or PermanentRedirect. */
function bucketOf(call: Call): Presented {
  const name = text(call, "Bucket") ?? "";
  const slice = sliceOf(call.account, "bucket");
  for (const [template, recorded] of recordedNames.entries()) {
    const own = owned(recorded, call.account.id);
    if (name !== own && !name.startsWith(`${own}-`)) continue;
    const copy = name === own ? 0 : Number(name.slice(own.length + 1));
    const one = presentOne(call.account, slice, indexOf(slice, template, copy) ?? -1);
    if (!one || nameOf(call, one) !== name || isHidden(call.account, name)) continue;
    if (regionOf(call, one) === call.region) return one;
    throw new AwsError(
      "PermanentRedirect",
      301,
      "The bucket you are attempting to access must be addressed using another endpoint.",
    );
  }
  throw new AwsError("NoSuchBucket", 404, "The specified bucket does not exist");
}

/** Since 2023 every bucket is encrypted with SSE-S3 unless it says otherwise; moto does not know that. */
const encryptedByDefault =
  '<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule>' +
  "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>" +
  "<BucketKeyEnabled>false</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>";

const tagsOf = (recorded: string, revision: number): string => {
  const tag = `<Tag><Key>revision</Key><Value>${revision}</Value></Tag>`;
  if (recorded.includes("</TagSet>")) return recorded.replace("</TagSet>", `${tag}</TagSet>`);
  return `<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet>${tag}</TagSet></Tagging>`;
};

/** A recorded answer with the names of this account's buckets in it. */
function withNames(body: string, call: Call, bucket: Presented): string {
  const own = recordedNames[bucket.template] ?? "";
  const name = nameOf(call, bucket);
  return (
    recordedNames
      .reduce(
        (text, one) =>
          text.replaceAll(new RegExp(`\\b${one}(?![a-z0-9-])`, "g"), one === own ? name : owned(one, call.account.id)),
        body,
      )
      .replaceAll(DEMO_ACCOUNT_ID, call.account.id)
      // moto names this answer after the operation.
      .replaceAll("GetBucketVersioningResponse", "VersioningConfiguration")
      .replace(/^<\?xml[^>]*\?>\s*/, "")
  );
}

/** A bucket's setting as it was recorded for the one it is a copy of. */
const setting: Operation = (call) => {
  const bucket = bucketOf(call);
  const own = recordedNames[bucket.template] ?? "";
  const recording = recordingsOf("s3", call.action).find((one) => one.case === own);
  const body = recording ? withNames(recording.body, call, bucket) : "";
  if (call.action === "GetBucketEncryption" && recording?.status !== 200) return xml(encryptedByDefault);
  if (call.action === "GetBucketTagging" && bucket.spot.revision > 0) return xml(tagsOf(body, bucket.spot.revision));
  if (body.startsWith("{")) return new Response(body, { headers: { "content-type": "application/json" } });
  return xml(body, recording?.status ?? 404);
};

/** Public: a policy that allows everyone without a condition, which of those recorded only one does. */
const policyStatus: Operation = (call) => {
  const own = recordedNames[bucketOf(call).template];
  const policy = recordingsOf("s3", "GetBucketPolicy").find((one) => one.case === own);
  if (policy?.status !== 200) throw new AwsError("NoSuchBucketPolicy", 404, "The bucket policy does not exist");
  const isPublic = /"Allow", "Principal": (\{"AWS": )?"\*"/.test(policy.body);
  return xml(`<PolicyStatus xmlns="${namespace}"><IsPublic>${isPublic}</IsPublic></PolicyStatus>`);
};

/** Nobody but the owner, as in every bucket made since April 2023. */
const acl: Operation = (call) => {
  bucketOf(call);
  return xml(
    `<AccessControlPolicy xmlns="${namespace}"><Owner><ID>${ownerId}</ID></Owner><AccessControlList><Grant>` +
      '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">' +
      `<ID>${ownerId}</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>`,
  );
};

/** The bucket that is in order has a rule. */
const lifecycle: Operation = (call) => {
  const { template } = bucketOf(call);
  if (!kinds.bucket.tidy.includes(template)) {
    throw new AwsError("NoSuchLifecycleConfiguration", 404, "The lifecycle configuration does not exist");
  }
  return xml(
    `<LifecycleConfiguration xmlns="${namespace}"><Rule><ID>old versions</ID><Filter><Prefix/></Filter>` +
      "<Status>Enabled</Status><NoncurrentVersionExpiration><NoncurrentDays>90</NoncurrentDays>" +
      "</NoncurrentVersionExpiration><AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation>" +
      "</AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>",
  );
};

const location: Operation = (call) =>
  xml(
    `<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${regionOf(call, bucketOf(call))}</LocationConstraint>`,
  );

export const s3: Readonly<Record<string, Operation>> = {
  ListBuckets: listBuckets,
  GetPublicAccessBlock: setting,
  GetBucketPolicy: setting,
  GetBucketPolicyStatus: policyStatus,
  GetBucketAcl: acl,
  GetBucketVersioning: setting,
  GetBucketLogging: setting,
  GetBucketEncryption: setting,
  GetBucketLifecycleConfiguration: lifecycle,
  GetBucketTagging: setting,
  GetBucketLocation: location,
};
