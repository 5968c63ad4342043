#include "cli/run.hpp"

int main(int argc, char** argv) {
  return mote::cli::run(argc, argv);
}
