export { getResource } from "./get.ts";
export { resourceOf, type Resource, type ResourceRow } from "./resource.ts";
export { resourceBody, ResourceBody, ResourcePath, resourceTypeList } from "./shapes.ts";
