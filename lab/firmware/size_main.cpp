// The smallest application of a model, to see what the model adds to an image: inputs come from
// and outputs go to places that the compiler can't see through.
#include "lab/firmware/engine.hpp"

int main() {
  if (mote::engine::open() != nullptr) return 1;
  mote::engine::invoke();
  return 0;
}
