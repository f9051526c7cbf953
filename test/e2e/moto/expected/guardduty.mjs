import { GetDetectorCommand, GuardDutyClient, paginateListDetectors } from "@aws-sdk/client-guardduty";

/** Every region has one, be it that there is no detector: then that is what is told of it. */
export async function expected(client, region) {
  const guardduty = client(GuardDutyClient);
  const pages = paginateListDetectors({ client: guardduty }, {});
  const [detectorId = null] = (await Array.fromAsync(pages, ({ DetectorIds }) => DetectorIds)).flat();
  const detector = detectorId && (await guardduty.send(new GetDetectorCommand({ DetectorId: detectorId })));
  return { "guardduty.detectors": [[region, { detectorId, isEnabled: detector && detector.Status === "ENABLED" }]] };
}
