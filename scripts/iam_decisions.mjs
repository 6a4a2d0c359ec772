// Decides the cases of its standard input by @cloud-copilot/iam-simulate, a letter each: see iam_decisions.py.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

// Its public functions check contexts against keys of their own list, or leave out a session's policies.
const part = (path) => import(pathToFileURL(resolve("node_modules/@cloud-copilot", path)));
const { loadPolicy } = await part("iam-policy/dist/esm/index.js");
const { authorize } = await part("iam-simulate/dist/esm/core_engine/CoreSimulatorEngine.js");
const { AwsRequestImpl } = await part("iam-simulate/dist/esm/request/request.js");
const { RequestContextImpl } = await part("iam-simulate/dist/esm/requestContext.js");
const constraints = "iam-simulate/dist/esm/context_keys/discoveryContextKeyConstraints.js";
const { DiscoveryContextKeyConstraints } = await part(constraints);

const LETTERS = { Allowed: "A", ExplicitlyDenied: "E", ImplicitlyDenied: "I" };
const named = (policy, name) => (policy ? loadPolicy(policy, { name }) : undefined);
const { principal, account, cases } = JSON.parse(readFileSync(0, "utf-8"));
let decisions = "";
for (const each of cases) {
  const context = new RequestContextImpl(each.context);
  const { result } = authorize({
    request: new AwsRequestImpl(principal, { resource: each.resource, accountId: account }, each.action, context),
    identityPolicies: each.identity.map((policy, index) => named(policy, `identity${index}`)),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: named(each.resourcePolicy, "resource"),
    sessionPolicy: named(each.session, "session"),
    permissionBoundaries: each.boundary ? [named(each.boundary, "boundary")] : undefined,
    vpcEndpointPolicies: undefined,
    simulationParameters: {
      simulationMode: "Strict",
      discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints([]),
    },
    serviceSettings: { s3: {} },
  });
  decisions += LETTERS[result] ?? "?";
}
process.stdout.write(decisions);
