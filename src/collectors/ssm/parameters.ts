import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found, Place } from "#collectors/collector";
import { instant, list, text } from "#collectors/json";
import { arnIn, encryptedBy } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";

/** A parameter without its value, which is never read. */
export interface Parameter {
  /** `String`, `StringList` or `SecureString`. */
  readonly type: string | null;
  /** `Standard`, `Advanced` or `Intelligent-Tiering`. */
  readonly tier: string | null;
  /** `text` or what a reader is told it holds, e.g. `aws:ec2:image`. */
  readonly dataType: string | null;
  readonly kmsKeyId: string | null;
  readonly lastModifiedAt: string | null;
  /** When its policy deletes it. */
  readonly expiresAt: string | null | undefined;
  /** AWS tells when it has not changed for so long. */
  readonly noChangeAfterHours: number | null | undefined;
}

const describeParameters: Operation = {
  service: "ssm",
  action: "DescribeParameters",
  paging: { token: "NextToken", next: "NextToken", limit: ["MaxResults", 50] },
};

const ListedParameter = z.object({
  Name: z.string(),
  Type: text,
  KeyId: text,
  LastModifiedDate: instant,
  Tier: text,
  DataType: text,
  Policies: list(z.object({ PolicyText: text, PolicyType: text })),
});
type ListedParameter = z.infer<typeof ListedParameter>;

const Page = z.object({ Parameters: z.array(ListedParameter) });

const Expiration = z
  .object({ Attributes: z.object({ Timestamp: z.iso.datetime({ offset: true }) }) })
  .transform(({ Attributes }) => new Date(Attributes.Timestamp).toISOString());
const NoChange = z
  .object({ Attributes: z.object({ After: z.coerce.number(), Unit: z.enum(["Days", "Hours"]) }) })
  .transform(({ Attributes: { After, Unit } }) => (Unit === "Days" ? After * 24 : After));

/** Source: Systems Manager API 2014-11-06, DescribeParameters. 50 per page. */
export const collector: Collector<Parameter> = {
  id: "ssm.parameters",
  service: "ssm",
  resourceType: "AWS::SSM::Parameter",
  scope: "regional",
  actions: ["ssm:DescribeParameters", ...tagActions],
  async *list(context) {
    const { aws, place } = context;
    for await (const page of aws.walk(describeParameters)) {
      yield Page.parse(page).Parameters.map((parameter) => found(parameter, place));
    }
  },
};

/** `/shop/db` and `shop` both follow `parameter/`. */
const arnOf = (name: string, place: Place): string => arnIn(place, "ssm", `parameter/${name.replace(/^\//, "")}`);

/** What the first policy of a type says; `undefined`: something we cannot read. */
function policyOf<Schema extends z.ZodType>(
  { Policies }: ListedParameter,
  type: string,
  schema: Schema,
): z.output<Schema> | null | undefined {
  const policy = Policies.find(({ PolicyType }) => PolicyType === type);
  if (!policy) return null;
  try {
    return schema.safeParse(JSON.parse(policy.PolicyText ?? "")).data;
  } catch {
    return undefined;
  }
}

function found(parameter: ListedParameter, place: Place): Found<Parameter> {
  const arn = arnOf(parameter.Name, place);
  const expiresAt = policyOf(parameter, "Expiration", Expiration);
  return {
    nativeId: arn,
    arn,
    name: parameter.Name,
    state: null,
    ...taggedAs(arn),
    createdAt: null,
    expiresAt: expiresAt ?? null,
    costMonthly: parameter.Tier === "Standard" ? 0 : null,
    relations: encryptedBy(parameter.KeyId, place),
    attributes: {
      type: parameter.Type,
      tier: parameter.Tier,
      dataType: parameter.DataType,
      kmsKeyId: parameter.KeyId,
      lastModifiedAt: parameter.LastModifiedDate,
      expiresAt,
      noChangeAfterHours: policyOf(parameter, "NoChangeNotification", NoChange),
    },
  };
}
