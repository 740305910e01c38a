// Verifies with the options in the first argument, as JSON; exits 0 when the verifier says yes, 1 when it says no.
import pact from "@pact-foundation/pact-core";

const options = JSON.parse(process.argv[2]);

pact.default.verifyPacts(options).then(
  () => process.exit(0),
  (reason) => {
    console.error(String(reason));
    process.exit(1);
  },
);
