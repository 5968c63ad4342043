#include "compiler/plan/memory.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <random>

namespace mote::plan {
namespace {

constexpr uint32_t buffer_alignment = 16;

uint32_t align_up(uint32_t value) {
  return (value + buffer_alignment - 1) / buffer_alignment * buffer_alignment;
}

bool alive_together(const Buffer& a, const Buffer& b) {
  return a.first <= b.last && b.first <= a.last;
}

// Nullptr when the pair must not share memory.
const Overlap* find_overlap(const std::vector<Overlap>& overlaps, int32_t a, int32_t b) {
  for (const Overlap& overlap : overlaps) {
    if ((overlap.output == a && overlap.input == b) ||
        (overlap.output == b && overlap.input == a)) {
      return &overlap;
    }
  }
  return nullptr;
}

bool compatible(const std::vector<Buffer>& buffers, const std::vector<Overlap>& overlaps, int32_t a,
                uint32_t offset_a, int32_t b, uint32_t offset_b) {
  const Buffer& first = buffers[static_cast<size_t>(a)];
  const Buffer& second = buffers[static_cast<size_t>(b)];
  if (!alive_together(first, second)) return true;
  if (offset_a + first.bytes <= offset_b || offset_b + second.bytes <= offset_a) return true;
  const Overlap* overlap = find_overlap(overlaps, a, b);
  if (overlap == nullptr) return false;
  const uint32_t output = overlap->output == a ? offset_a : offset_b;
  const uint32_t input = overlap->output == a ? offset_b : offset_a;
  return output + overlap->lead <= input && (input - output) % overlap->step == 0;
}

Layout place_in_order(const std::vector<Buffer>& buffers, const std::vector<Overlap>& overlaps,
                      const std::vector<int32_t>& order) {
  Layout layout{std::vector<uint32_t>(buffers.size(), 0), 0};
  std::vector<int32_t> placed;
  for (const int32_t index : order) {
    // The lowest free offset is 0, an end of a placed buffer, or the edge of an allowed overlap.
    std::vector<uint32_t> candidates{0};
    for (const int32_t other : placed) {
      const uint32_t offset = layout.offsets[static_cast<size_t>(other)];
      candidates.push_back(align_up(offset + buffers[static_cast<size_t>(other)].bytes));
      const Overlap* overlap = find_overlap(overlaps, index, other);
      if (overlap == nullptr) continue;
      if (overlap->input == index) {
        candidates.push_back(align_up(offset + overlap->lead));
      } else if (offset >= overlap->lead) {
        candidates.push_back((offset - overlap->lead) / buffer_alignment * buffer_alignment);
      }
    }
    std::ranges::sort(candidates);
    for (const uint32_t offset : candidates) {
      const bool free = std::ranges::all_of(placed, [&](int32_t other) {
        return compatible(buffers, overlaps, index, offset, other,
                          layout.offsets[static_cast<size_t>(other)]);
      });
      if (!free) continue;
      layout.offsets[static_cast<size_t>(index)] = offset;
      break;
    }
    placed.push_back(index);
    layout.bytes = std::max(layout.bytes, layout.offsets[static_cast<size_t>(index)] +
                                              buffers[static_cast<size_t>(index)].bytes);
  }
  layout.bytes = align_up(layout.bytes);
  return layout;
}

}  // namespace

uint32_t memory_lower_bound(const std::vector<Buffer>& buffers,
                            const std::vector<Overlap>& overlaps) {
  uint32_t bound = 0;
  for (const Buffer& at : buffers) {
    uint32_t sum = 0;
    for (const Buffer& other : buffers) {
      if (other.first <= at.first && at.first <= other.last) sum += other.bytes;
    }
    for (const Overlap& overlap : overlaps) {
      const Buffer& output = buffers[static_cast<size_t>(overlap.output)];
      if (output.first != at.first) continue;
      // Overlapped, the pair covers max(output, lead + input) at least.
      const uint32_t input = buffers[static_cast<size_t>(overlap.input)].bytes;
      const uint32_t together = std::max(output.bytes, overlap.lead + input);
      sum -= std::min(output.bytes + input - together, std::min(output.bytes, input));
    }
    bound = std::max(bound, sum);
  }
  return align_up(bound);
}

Layout plan_memory(const std::vector<Buffer>& buffers, const std::vector<Overlap>& overlaps,
                   int rounds) {
  std::vector<int32_t> order(buffers.size());
  std::iota(order.begin(), order.end(), 0);
  const auto at = [&](int32_t i) -> const Buffer& { return buffers[static_cast<size_t>(i)]; };
  using Before = std::function<bool(int32_t, int32_t)>;
  std::vector<bool> may_overlap(buffers.size(), false);
  for (const Overlap& overlap : overlaps) {
    may_overlap[static_cast<size_t>(overlap.output)] = true;
    may_overlap[static_cast<size_t>(overlap.input)] = true;
  }
  const auto overlapping = [&](int32_t i) -> bool { return may_overlap[static_cast<size_t>(i)]; };
  const std::vector<Before> orders = {
      [&](int32_t a, int32_t b) { return at(a).bytes > at(b).bytes; },
      [&](int32_t a, int32_t b) { return at(a).first > at(b).first; },
      [&](int32_t a, int32_t b) { return at(a).first < at(b).first; },
      [&](int32_t a, int32_t b) { return at(a).last - at(a).first > at(b).last - at(b).first; },
      // The last first, each next one a lead behind it; scratch around them.
      [&](int32_t a, int32_t b) {
        if (overlapping(a) != overlapping(b)) return overlapping(a);
        return at(a).last > at(b).last;
      },
  };
  Layout best;
  std::vector<int32_t> best_order;
  for (const Before& before : orders) {
    std::vector<int32_t> sorted = order;
    std::ranges::stable_sort(sorted, before);
    Layout layout = place_in_order(buffers, overlaps, sorted);
    if (!best_order.empty() && layout.bytes >= best.bytes) continue;
    best = std::move(layout);
    best_order = std::move(sorted);
  }

  const uint32_t bound = memory_lower_bound(buffers, overlaps);
  std::mt19937 random(1);
  for (int round = 0; round < rounds && best.bytes > bound; ++round) {
    std::vector<int32_t> changed = best_order;
    const size_t a = random() % changed.size(), b = random() % changed.size();
    std::swap(changed[a], changed[b]);
    Layout layout = place_in_order(buffers, overlaps, changed);
    if (layout.bytes > best.bytes) continue;
    best = std::move(layout);
    best_order = std::move(changed);
  }
  return best;
}

std::vector<std::pair<int32_t, int32_t>> find_conflicts(const std::vector<Buffer>& buffers,
                                                        const std::vector<Overlap>& overlaps,
                                                        const Layout& layout) {
  std::vector<std::pair<int32_t, int32_t>> conflicts;
  const auto count = static_cast<int32_t>(buffers.size());
  for (int32_t a = 0; a < count; ++a) {
    for (int32_t b = a + 1; b < count; ++b) {
      if (!compatible(buffers, overlaps, a, layout.offsets[static_cast<size_t>(a)], b,
                      layout.offsets[static_cast<size_t>(b)])) {
        conflicts.emplace_back(a, b);
      }
    }
  }
  return conflicts;
}

}  // namespace mote::plan
