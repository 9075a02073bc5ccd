// The arrows of the architecture: agent → protocol ← ingest, with host beside them.
// The TypeScript in use has no JavaScript API, so swc reads the sources (`parser` below).
const test = "[.]test[.]ts$";
const ours = "^(packages|scripts|test)/";
const inputAndOutput = [
  "child_process",
  "cluster",
  "dgram",
  "dns",
  "fs",
  "http",
  "http2",
  "https",
  "net",
  "os",
  "process",
  "readline",
  "repl",
  "tls",
  "tty",
  "worker_threads",
];

/** @param {string} name @param {string} comment @param {object} from @param {object} to */
function forbid(name, comment, from, to) {
  return { name, comment, severity: "error", from, to };
}

export default {
  forbidden: [
    forbid(
      "protocol-stands-alone",
      "protocol is what agent and server agree on: it imports nothing of ours",
      { path: "^packages/protocol/", pathNot: test },
      { path: ours, pathNot: "^packages/protocol/" },
    ),
    forbid(
      "protocol-does-no-io",
      "protocol computes; whoever uses it reads and writes",
      { path: "^packages/protocol/", pathNot: test },
      { path: `^(node:)?(${inputAndOutput.join("|")})(/|$)`, dependencyTypes: ["core"] },
    ),
    forbid(
      "host-stands-alone",
      "host imports nothing of ours and no package",
      { path: "^packages/host/", pathNot: test },
      { path: "^(packages|scripts|test|node_modules)/", pathNot: "^packages/host/" },
    ),
    forbid(
      "host-is-for-the-programs",
      "only the two programs ask something of their machine",
      { path: "^packages/", pathNot: "^packages/(host|agent|ingest)/" },
      { path: "^packages/host/" },
    ),
    forbid(
      "agent-is-no-server",
      "agent and server know each other by the protocol only",
      { path: "^packages/agent/" },
      { path: "^packages/", pathNot: "^packages/(agent|protocol|host)/" },
    ),
    forbid(
      "ingest-is-no-agent",
      "agent and server know each other by the protocol only",
      { path: "^packages/ingest/" },
      { path: "^packages/", pathNot: "^packages/(ingest|protocol|host)/" },
    ),
    forbid(
      "packages-stand-without-the-repository",
      "what is delivered cannot import what is not",
      { path: "^packages/" },
      { path: "^(scripts|test)/" },
    ),
    forbid(
      "store-knows-no-http",
      "the store is below the routes",
      { path: "^packages/ingest/src/store/", pathNot: test },
      { path: "^packages/ingest/src/http/" },
    ),
    forbid(
      "queries-stay-in-their-domain",
      "another domain calls a domain's rules; only the assembly, which finds out who calls, asks for itself",
      { path: "^packages/ingest/src/([^/]+)/", pathNot: [test, "^packages/ingest/src/(http|testing)/"] },
      { path: "^packages/ingest/src/[^/]+/[a-z-]*queries[.]ts$", pathNot: "^packages/ingest/src/$1/" },
    ),
    forbid(
      "collectors-load-little",
      "the process that looks at the machine starts at every check-in: it knows the protocol by its types",
      {
        path: "^packages/agent/src/(collectors|linux|collecting/(child|look|run-collector|serve-task))",
        pathNot: test,
      },
      {
        path: "^packages/(protocol|host)/|node_modules/zod/",
        dependencyTypesNot: ["type-only"],
      },
    ),
    forbid(
      "no-tests-in-the-program",
      "a test is no place for code that others use",
      { pathNot: test },
      { path: test },
    ),
    forbid("no-cycles", "what needs each other belongs into one file", {}, { circular: true }),
    forbid(
      "no-unresolved",
      "an import that leads nowhere escapes every other rule",
      {},
      { couldNotResolve: true },
    ),
  ],
  options: {
    parser: "swc",
    // Type imports count: a type that crosses a border is knowledge that crosses it.
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)dist/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".mjs", ".js", ".d.ts"],
    },
  },
};
