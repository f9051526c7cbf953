// zod as the Worker bundles it: the names that are used, and no others. What is a member of a namespace that is handed around
// cannot be shaken off, and all of zod is a fifth of the bundle. test/node/bundle.test.mjs holds the list against the source.
import * as z from "./zod-exports.js";
export * from "./zod-exports.js";
export { z, z as default };
