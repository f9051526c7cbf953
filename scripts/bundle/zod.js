// zod as the Worker bundles it: what `zod` exports, without its languages, its compiler and its reader of JSON Schema, which
// are a fifth of the bundle and are not used. A name that is missing here fails the build.
import * as z from "./zod-exports.js";
export * from "./zod-exports.js";
export { z, z as default };
