import { CloudTrailClient, paginateListTrails } from "@aws-sdk/client-cloudtrail";

/** A trail is at home in one region, whatever regions it writes of. */
export async function expected(client, region) {
  const all = await Array.fromAsync(
    paginateListTrails({ client: client(CloudTrailClient) }, {}),
    ({ Trails }) => Trails,
  );
  const ids = all.flat().filter(({ HomeRegion }) => HomeRegion === region);
  return { "cloudtrail.trails": ids.map(({ TrailARN }) => TrailARN) };
}
