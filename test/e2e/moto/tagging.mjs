// Apart, because it can only be loaded once the SDK has been installed.
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";

export { paginateGetResources } from "@aws-sdk/client-resource-groups-tagging-api";
export const tagging = (client) => client(ResourceGroupsTaggingAPIClient);
