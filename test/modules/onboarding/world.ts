import { api } from "../../support/api.ts";
import { makeOrg, type TestOrg } from "../../support/org.ts";
import { arrange, newAwsAccountId } from "../accounts/world.ts";

/** The management account of an organization of 25. */
export const organization = { things: { "organizations.organizations": 1, "organizations.accounts": 25 } };

const secretAccessKey = "a".repeat(40);

/** An account connected by an access key, behind which stands a simulated one with these settings. */
export async function connected(
  settings: object = {},
  given?: TestOrg,
): Promise<{ org: TestOrg; id: string; awsAccountId: string }> {
  const [org, awsAccountId] = [given ?? (await makeOrg()), newAwsAccountId()];
  const accessKeyId = `AKIA${awsAccountId}ABCD`;
  await arrange(awsAccountId, { accessKeyId, secretAccessKey, regions: ["eu-west-1", "us-east-1"], ...settings });
  const { body, status, text } = await api(org.keys.admin).post<{ data: { id: string } }>("/accounts", {
    name: "Management",
    environment: "production",
    awsAccountId,
    regions: ["eu-west-1"],
    credential: { method: "access_key", accessKeyId, secretAccessKey },
  });
  if (status !== 201) throw new Error(text);
  return { org, id: body.data.id, awsAccountId };
}
