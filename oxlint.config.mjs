// The walls between the rooms of src/ (ARCHITECTURE.md) and the rules of the house.

/** What each room may import beside itself (by `./…`, or by its name from a folder inside). `env` is the list of bindings. */
const rooms = {
  lib: [],
  db: ["scores", "lib", "env"],
  aws: ["lib", "env"],
  prices: ["lib"],
  collectors: ["aws", "prices", "lib"],
  checks: ["collectors", "prices", "lib"],
  frameworks: ["lib"],
  scores: ["checks", "frameworks", "lib"],
  rules: ["db", "lib"],
  templates: ["db", "lib"],
  scans: ["collectors", "checks", "frameworks", "scores", "rules", "aws", "db", "lib", "env"],
  deliveries: ["templates", "db", "lib", "env"],
  alerts: ["scans", "checks", "collectors", "scores", "db", "lib", "env"],
  objects: ["db", "lib", "env"],
  http: ["db", "lib", "env"],
  modules: [
    "alerts",
    "deliveries",
    "scans",
    "checks",
    "collectors",
    "frameworks",
    "scores",
    "rules",
    "aws",
    "db",
    "lib",
    "env",
  ],
  queues: ["modules", "alerts", "deliveries", "scans", "aws", "db", "lib", "env"],
  schedules: ["modules", "alerts", "deliveries", "scans", "aws", "db", "lib", "env"],
};

/** Packages that belong to some rooms alone. */
const owners = {
  "drizzle-orm": ["db", "modules", "alerts", "deliveries", "scans"],
  aws4fetch: ["aws"],
  saxen: ["aws"],
  "@marcbachmann/cel-js": ["rules"],
  hono: ["http"],
  "@hono/zod-openapi": ["http"],
  "cloudflare:workers": ["objects"],
};

const everyRoom = [...Object.keys(rooms), "env"];

function wall(room, also = { rooms: [], packages: [] }) {
  const allowed = new Set([room, ...rooms[room], ...also.rooms]);
  const closed = everyRoom.filter((other) => !allowed.has(other));
  const foreign = Object.entries(owners)
    .filter(([name, owning]) => !owning.includes(room) && !also.packages.includes(name))
    .map(([name]) => name);
  return [
    "error",
    {
      patterns: [
        { group: ["../*", "../**"], message: "Leave a room by its name: `#room/…`." },
        {
          group: closed.flatMap((other) => [`#${other}`, `#${other}/**`]),
          message: `src/${room} may import ${[...allowed].join(", ")}.`,
        },
        ...(foreign.length > 0
          ? [{ group: foreign.flatMap((name) => [name, `${name}/**`]), message: `Not for src/${room}.` }]
          : []),
      ],
    },
  ];
}

const walls = Object.keys(rooms).map((room) => ({
  files: [`src/${room}/**/*.ts`],
  rules: { "no-restricted-imports": wall(room) },
}));

/** The wire of a module: its declarations and bodies know HTTP; its verbs do not. */
const wire = {
  files: ["src/modules/*/endpoints.ts", "src/modules/*/*shapes.ts", "src/modules/*/filters.ts"],
  rules: { "no-restricted-imports": wall("modules", { rooms: ["http"], packages: ["hono", "@hono/zod-openapi"] }) },
};

export default {
  plugins: ["typescript", "import", "unicorn", "promise", "vitest"],
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  ignorePatterns: [
    "node_modules",
    "assets",
    "docs",
    "src/*/registry.ts",
    "simulator/recordings",
    "scripts/bundle",
    "test/client/schema.d.ts",
  ],
  rules: {
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
    "no-unused-vars": [
      "error",
      { argsIgnorePattern: "^_", varsIgnorePattern: "^_", destructuredArrayIgnorePattern: "^_" },
    ],
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/switch-exhaustiveness-check": "error",
    "typescript/only-throw-error": "error",
    "import/no-default-export": "error",
    eqeqeq: "error",
    "no-var": "error",
    "prefer-const": "error",
    // Order and dependence are meant where a loop awaits: pages, retries, migrations.
    "no-await-in-loop": "off",
    // `expect(value, message)`, and tests that hold answers against the OpenAPI document as they come.
    "vitest/valid-expect": "off",
    "vitest/expect-expect": "off",
    "vitest/no-conditional-expect": "off",
    // A cast stands in a named place with `// safe: …`; this rule cannot read that.
    "typescript/no-unsafe-type-assertion": "off",
    // `fc.assert` is how fast-check is written.
    "import/no-named-as-default-member": "off",
    // A function stands where it is used.
    "unicorn/consistent-function-scoping": "off",
    // `...(condition ? [x] : [])` and copies of defaults read as meant.
    "unicorn/no-useless-spread": "off",
    // A local of the name of what it is one of reads best.
    "no-shadow": "off",
    // Interfaces are written with methods; parts of them are handed on knowingly.
    "typescript/unbound-method": "off",
    // Texts and statuses sort as they stand.
    "typescript/require-array-sort-compare": "off",
    "no-underscore-dangle": "off",
    "max-lines": ["warn", { max: 250, skipBlankLines: true, skipComments: true }],
    "max-lines-per-function": ["warn", { max: 40, skipBlankLines: true, skipComments: true }],
  },
  overrides: [
    ...walls,
    wire,
    {
      files: [
        "src/worker.ts",
        "*.config.ts",
        "*.config.mjs",
        "simulator/**/*.ts",
        "scripts/bench/workers/*.mjs",
        "test/e2e/support/*.mjs",
        "test/e2e/moto/front/*.js",
      ],
      rules: { "import/no-default-export": "off" },
    },
    {
      files: ["test/**", "simulator/**", "scripts/**", "vitest.config.ts"],
      rules: { "max-lines": "off", "max-lines-per-function": "off" },
    },
    {
      // Plain JavaScript, whose types are guesses; `node:test` waits for its tests itself.
      files: ["scripts/**/*.mjs", "test/**/*.mjs"],
      rules: {
        "typescript/no-floating-promises": "off",
        "typescript/no-misused-promises": "off",
        "typescript/no-base-to-string": "off",
        "typescript/restrict-template-expressions": "off",
      },
    },
    { files: ["src/db/schema.ts"], rules: { "max-lines": "off" } },
    // Data.
    { files: ["src/frameworks/**"], rules: { "max-lines": "off" } },
    // A check carries its examples.
    { files: ["src/checks/**"], rules: { "max-lines-per-function": "off", "max-lines": "off" } },
  ],
};
