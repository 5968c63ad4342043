// A TCG plugin that counts instructions by class, and the words that they load and store. QEMU
// loads it with
//   -plugin FILE,begin=ADDRESS,end=ADDRESS,out=PATH
// Counting starts afresh whenever the instruction at `begin` runs, and stops before the one at
// `end`. The report at `out` is a line `NAME COUNT` for each class, then words_loaded,
// words_stored and words_listed (those of both that instructions for several words moved).
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>

#include "lab/plugin/qemu_plugin.hpp"
#include "lab/plugin/thumb.hpp"

namespace {

using mote::lab::Instruction;
using mote::lab::InstructionClass;

struct Place {
  uint64_t address;
  uint64_t next;  // address behind it
  Instruction what;
};

uint64_t begin = 0, end = 0;
std::string out;
std::deque<Place> places;  // their addresses stay
uint64_t counts[mote::lab::instruction_classes];
uint64_t words_loaded = 0, words_stored = 0;
uint64_t words_listed = 0;  // of both: by instructions that move several
bool counting = false;
bool after_single = false;    // the instruction before the last moved one word
const Place* last = nullptr;  // counted when the next one tells whether it jumped

bool loads(const Place& place) {
  const InstructionClass kind = place.what.kind;
  return kind == InstructionClass::load || kind == InstructionClass::load_multiple;
}

void add(const Place& place, InstructionClass kind) {
  const auto words = static_cast<uint64_t>(place.what.registers);
  ++counts[static_cast<int>(kind)];
  (loads(place) ? words_loaded : words_stored) += words;
  const InstructionClass moved = place.what.kind;
  if (moved == InstructionClass::load_multiple || moved == InstructionClass::store_multiple) {
    words_listed += words;
  }
}

// What the instruction was, now that `next` is known to follow it.
InstructionClass class_before(const Place& place, uint64_t next) {
  if (next != place.next) {
    return loads(place) ? InstructionClass::load_jump : InstructionClass::branch_taken;
  }
  const bool pipelined = place.what.kind == InstructionClass::load && after_single;
  return pipelined ? InstructionClass::load_pipelined : place.what.kind;
}

void execute(unsigned, void* data) {
  const auto& place = *static_cast<const Place*>(data);
  if (counting && last != nullptr) {
    add(*last, class_before(*last, place.address));
    after_single = last->what.registers == 1;
  }
  last = &place;
  if (place.address == begin) {
    std::memset(counts, 0, sizeof(counts));
    words_loaded = words_stored = words_listed = 0;
    counting = true;
    after_single = false;
  } else if (place.address == end) {
    counting = false;
  }
}

void translate(qemu_plugin_id_t, qemu_plugin_tb* block) {
  const size_t count = qemu_plugin_tb_n_insns(block);
  for (size_t i = 0; i < count; ++i) {
    qemu_plugin_insn* insn = qemu_plugin_tb_get_insn(block, i);
    uint16_t halves[2] = {};
    const size_t bytes = qemu_plugin_insn_size(insn);
    std::memcpy(halves, qemu_plugin_insn_data(insn), bytes < 4 ? bytes : 4);
    const uint64_t address = qemu_plugin_insn_vaddr(insn);
    places.push_back({address, address + bytes, mote::lab::classify_thumb(halves[0], halves[1])});
    qemu_plugin_register_vcpu_insn_exec_cb(insn, execute, QEMU_PLUGIN_CB_NO_REGS, &places.back());
  }
}

void report() {
  std::FILE* file = std::fopen(out.c_str(), "w");
  if (file == nullptr) return;
  for (int i = 0; i < mote::lab::instruction_classes; ++i) {
    std::fprintf(file, "%s %llu\n", mote::lab::instruction_class_names[i],
                 static_cast<unsigned long long>(counts[i]));
  }
  std::fprintf(file, "words_loaded %llu\nwords_stored %llu\nwords_listed %llu\n",
               static_cast<unsigned long long>(words_loaded),
               static_cast<unsigned long long>(words_stored),
               static_cast<unsigned long long>(words_listed));
  std::fclose(file);
}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id,
                                                               const qemu_info_t*, int argc,
                                                               char** argv) {
  for (int i = 0; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument.rfind("begin=", 0) == 0) begin = std::strtoull(argv[i] + 6, nullptr, 0);
    if (argument.rfind("end=", 0) == 0) end = std::strtoull(argv[i] + 4, nullptr, 0);
    if (argument.rfind("out=", 0) == 0) out = argument.substr(4);
  }
  if (begin == 0 || end == 0 || out.empty()) return 1;
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  std::atexit(report);  // firmware ends QEMU by exit(), which skips what plugins register
  return 0;
}

}  // extern "C"
