// Parts of zod that no schema here asks for (parts.mjs): promises, encoding, schemas that hold themselves, giving up at the first issue,
// patterns within patterns, other libraries' interface, and what errors say besides their issues.

const schemas = /zod[\\/]v4[\\/](?:core|classic)[\\/]schemas\.js$/;
const core = /zod[\\/]v4[\\/]core[\\/]schemas\.js$/;
const classic = /zod[\\/]v4[\\/]classic[\\/]schemas\.js$/;
const parse = /zod[\\/]v4[\\/]core[\\/]parse\.js$/;
const coreErrors = /zod[\\/]v4[\\/]core[\\/]errors\.js$/;
const errors = /zod[\\/]v4[\\/]classic[\\/]errors\.js$/;
const zodCore = /zod[\\/]v4[\\/]core[\\/]core\.js$/;
const english = /zod[\\/]v4[\\/]locales[\\/]en\.js$/;
const api = /zod[\\/]v4[\\/]core[\\/]api\.js$/;

export const leanZod = [
  [schemas, /\b_?\w+ instanceof Promise\b/g, "false"],
  [parse, /\b\w+ instanceof Promise\b/g, "false"],
  [core, /if \(ctx\.async\) \{[^]*?\n        \}/, ""],
  [core, /asyncResult \|\| false/g, "false"],
  [core, /proms\.length/g, "0"],
  [schemas, /_?ctx\??\.direction === "backward"/g, "false"],
  [schemas, /_?ctx\??\.direction !== "backward"/g, "true"],
  [core, /const direction = ctx\.direction \|\| "forward";\n +if \(direction === "forward"\)/g, "if (true)"],
  [core, /!?ctx\??\.skipChecks/g, (found) => String(found.startsWith("!"))],
  [core, /const memo = core\.globalConfig\.memoizer;/g, "const memo = void 0;"],
  [core, "core.globalConfig.memoizer?.guard(inst);", ""],
  [core, /(?:payload|result)\.memo\b(?! =)/g, "false"],
  [core, /const abortEarly = .*;/g, "const abortEarly = false;"],
  [core, /^    util\.defineLazyInternal\(inst, "pattern", (?:\(zod\) => \{\n[^]*?^    \}\);|.*\);)\n/gm, ""],
  [core, /^    inst\._zod\.pattern = (?:regexes|def)\..*;\n/gm, ""],
  [schemas, /^    (?:get|set) "~standard"\([^]*?^    \},\n/gm, ""],
  [classic, /^    (?:parseAsync|encode|decode|encodeAsync|decodeAsync): [^]*?^    \},\n/gm, ""],
  [
    classic,
    /^    (?:with|brand|describe|apply|merge|catchall|get description|get _def|normalize|toUpperCase|multipleOf|step|unwrap|rest|url|datetime|date)\([^]*?^    \},\n/gm,
    "",
  ],
  [classic, /^    inst\.(?:unwrap|removeDefault|removeCatch) = .*;\n/gm, ""],
  [classic, /^    inst\.(?:extract|exclude) = [^]*?^    \};\n/gm, ""],
  [classic, /^    (?:minValue|maxValue|isInt|minDate|maxDate): [^]*?^    \},\n/gm, ""],
  [errors, /^    const proto = [^]*?(?=^\};)/m, ""],
  [coreErrors, /^    \/\* `toString` lives[^]*?(?=^\};)/m, ""],
  [api, /^    codec\._zod\.bag\..*\n/gm, ""],
  // UUIDs of any version, records of whole keys, unions without a second guess.
  [core, "if (def.version)", "if (false)"],
  [core, 'def.mode === "loose"', "false"],
  [core, "!def.partial", "true"],
  [core, /!?\b(?:zod\.)?def\.unionFallback/g, (found) => String(found.startsWith("!"))],
  [api, /^        reverseTransform: [^]*?^        \}\),\n/m, ""],
  [zodCore, /^        const pp = .*\n +if \(pp\)\n.*\n/m, ""],
  // What messages call formats and things that no schema names.
  [
    english,
    /^ +(?:emoji|uuidv4|uuidv6|nanoid|guid|cuid|cuid2|ulid|xid|ksuid|time|duration|ipv4|ipv6|mac|cidrv4|cidrv6|base64|base64url|json_string|e164|currency_code|credit_card|iban|jwt|template_literal|file|set|map): .*,\n/gm,
    "",
  ],
];
