// The whole of `mote` as a function, so that tests can run a command line in-process.
#pragma once

namespace mote::cli {

// Parses and runs one command line. Returns the exit code (command.hpp). Reports go to stdout,
// errors to stderr as `mote: error: what, where, what to do`.
int run(int argc, const char* const* argv);

}  // namespace mote::cli
