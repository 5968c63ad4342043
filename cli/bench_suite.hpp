// `mote bench --suite`: several models on several boards beside a peer.
#pragma once

#include <string>

namespace mote::cli {

struct BenchSuiteOptions {
  std::string suite;
  std::string board;  // empty: all boards of the suite
  std::string into;   // markdown file whose marked part is replaced; empty: none
  bool json = false;
  bool markdown = false;
};

int run_bench_suite(const BenchSuiteOptions& options);

}  // namespace mote::cli
