// Runs a model over windows from a file and reports what it cost.
//
//   input.bin   windows one after another, each all inputs in order, elements in memory order
//   output.bin  the outputs, likewise
//   ticks.bin   uint32 for each window: ticks that its inference took
//   report.bin  uint32 words: version, ticks_hz, arena bytes, stack bytes, ticks of an empty
//               measurement, ticks of an empty mark, ticks of loading the package, number of
//               windows, number of operators, and of each operator, in the last window: ticks, and
//               how often it ran
//
// The operators are those between the marks of an image built with lab/firmware/profile.hpp;
// without it there are none.
#include "lab/firmware/clock.hpp"
#include "lab/firmware/engine.hpp"
#include "lab/firmware/files.hpp"

namespace {

constexpr uint32_t report_version = 3;
constexpr size_t stack_paint_bytes = 24 * 1024;
constexpr uint32_t operators_max = 1024;

struct Operator {
  uint32_t ticks;
  uint32_t runs;
};
Operator operators[operators_max];
uint32_t current = 0;  // the operator after the last mark
uint32_t started = 0;  // ticks at that mark

int fail(const char* what, const char* why) {
  mote::machine::say(what);
  mote::machine::say(": ");
  mote::machine::say(why);
  mote::machine::say("\n");
  return 1;
}

__attribute__((noinline)) void nothing() {
  asm volatile("" ::: "memory");
}

using Timed = void (*)();

__attribute__((noinline)) uint32_t measure(Timed run) {
  asm volatile("" ::: "memory");
  const uint32_t start = mote::machine::ticks();
  run();
  return mote::machine::ticks() - start;
}

class Words {
 public:
  explicit Words(int handle) : handle_(handle) {}
  void put(uint32_t word) { good_ = good_ && mote::files::write(handle_, &word, sizeof(word)); }
  bool good() const { return good_; }

 private:
  int handle_;
  bool good_ = true;
};

size_t window_bytes() {
  size_t bytes = 0;
  for (size_t i = 0; i < mote::engine::input_count(); ++i) bytes += mote::engine::input(i).bytes;
  return bytes;
}

bool read_window(int handle) {
  bool good = true;
  for (size_t i = 0; i < mote::engine::input_count(); ++i) {
    const mote::engine::Port port = mote::engine::input(i);
    good = good && mote::files::read(handle, port.data, port.bytes);
  }
  return good;
}

bool write_outputs(int handle) {
  bool good = true;
  for (size_t i = 0; i < mote::engine::output_count(); ++i) {
    const mote::engine::Port port = mote::engine::output(i);
    good = good && mote::files::write(handle, port.data, port.bytes);
  }
  return good;
}

}  // namespace

// Reading the counter is the last thing before the operator and the first after it.
extern "C" __attribute__((noinline)) void mote_profile_mark(uint32_t index) {
  const uint32_t now = mote::machine::ticks();
  operators[current].ticks += now - started;
  ++operators[current].runs;
  current = index < operators_max ? index : operators_max - 1;
  started = mote::machine::ticks();
}

int main() {
  using namespace mote;
  const char* refused = engine::open();
  if (refused != nullptr) return fail("the model is refused", refused);
  const int input = files::open_read("input.bin");
  const int output = files::open_write("output.bin");
  const int report = files::open_write("report.bin");
  if (input == files::closed || output == files::closed || report == files::closed) {
    return fail("files", "input.bin, output.bin or report.bin can't be opened");
  }
  const size_t bytes = window_bytes();
  const auto windows = static_cast<uint32_t>(bytes == 0 ? 0 : files::size(input) / bytes);

  mote_profile_mark(0);
  operators[0] = {0, 0};
  mote_profile_mark(0);
  const uint32_t mark_cost = operators[0].ticks;
  measure(nothing);  // brings the code into the emulator's and the host's caches
  const uint32_t empty_cost = measure(nothing);
  size_t stack = 0;
  const int ticks_file = files::open_write("ticks.bin");
  Words ticks(ticks_file);
  for (uint32_t w = 0; w < windows; ++w) {
    if (!read_window(input)) return fail("input.bin", "can't be read");
    for (Operator& one : operators) one = {0, 0};
    current = operators_max - 1;  // what comes before the first mark
    if (w == 0) machine::stack_paint(stack_paint_bytes);
    const uint32_t cost = measure(engine::invoke);
    if (w == 0) stack = machine::stack_high_water();
    ticks.put(cost);
    if (!write_outputs(output)) return fail("output.bin", "can't be written");
  }
  Words words(report);
  words.put(report_version);
  words.put(machine::ticks_hz());
  words.put(engine::arena_bytes());
  words.put(static_cast<uint32_t>(stack));
  words.put(empty_cost);
  words.put(mark_cost);
  words.put(engine::load_ticks());
  words.put(windows);
  const uint32_t operator_count = current < operators_max - 1 ? current : 0;
  words.put(operator_count);
  for (uint32_t i = 0; i < operator_count; ++i) {
    words.put(operators[i].ticks);
    words.put(operators[i].runs);
  }
  files::close(input);
  files::close(output);
  files::close(report);
  files::close(ticks_file);
  return ticks.good() && words.good() ? 0 : fail("report.bin", "can't be written");
}
