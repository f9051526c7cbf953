/** The region recorded bodies stand for; things there keep their recorded ids in the demo account. */
export const HOME_REGION = "eu-west-1";

/** Every region of the `aws` partition. A region's place gives the number that goes into ids: append only. */
export const allRegions: readonly string[] = [
  "eu-west-1", "us-east-1", "eu-central-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1",
  "eu-north-1", "eu-west-2", "eu-west-3", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1",
  "ap-southeast-1", "ap-southeast-2", "af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3",
  "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1",
  "eu-south-2", "il-central-1", "me-central-1", "me-south-1", "mx-central-1",
]; // prettier-ignore

const firstOptIn = allRegions.indexOf("af-south-1");

/** 0 for the home region. */
export const regionNumber = (region: string): number => Math.max(0, allRegions.indexOf(region));

export const isKnownRegion = (region: string): boolean => allRegions.includes(region);

/** Must be enabled by an account before it answers. */
export const isOptIn = (region: string): boolean => allRegions.indexOf(region) >= firstOptIn;
