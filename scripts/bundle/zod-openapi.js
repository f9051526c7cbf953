// `@hono/zod-openapi` as the Worker bundles it: `z` alone. The description of the API is written when the Worker is built, so
// what `.openapi()` is told is not needed where it runs.
import { z, ZodType } from "./zod.js";

ZodType.prototype.openapi = function () {
  return this;
};

export { z };
