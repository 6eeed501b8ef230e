// `tomte-agent renew`: a certificate that soon runs out, or ran out, is exchanged for a new one of
// the same key. Run daily by a timer; does nothing while it is not time.
#pragma once

namespace agent {

// The arguments after the verb. Gives the exit status.
int run_renew(int argc, char const* const* argv);

}  // namespace agent
