// [[features]]: each block is a table with an `op`.
#include <algorithm>

#include "project/sections.hpp"

namespace mote::project {
namespace {

constexpr double frequency_hz_max = 1e6;
const std::vector<std::string> window_shapes = {"hann", "hamming", "rectangular"};

bool is_power_of_two(int64_t n) {
  return n > 0 && (n & (n - 1)) == 0;
}

// `fft_length`, whose range the field can't say: a power of two.
template <typename Block>
Field<Block> fft_length(bool zero_allowed) {
  return {"fft_length", [=](const Place& place, const Node& node, Block& block) {
            integer("fft_length", &Block::fft_length, 0, 16384).read(place, node, block);
            const bool fits = block.fft_length >= 16 && is_power_of_two(block.fft_length);
            if (fits || (zero_allowed && block.fft_length == 0)) return;
            place.fail(node.line, fmt::format("'fft_length' is {}; allowed: 16, 32, 64, ..., 16384",
                                              block.fft_length));
          }};
}

const std::vector<Field<features::RawBlock>>& raw_fields() {
  using B = features::RawBlock;
  static const std::vector<Field<B>> fields = {
      elsewhere<B>("op"),
      flag("remove_mean", &B::remove_mean),
  };
  return fields;
}

const std::vector<Field<features::MelBlock>>& mel_fields() {
  using B = features::MelBlock;
  static const std::vector<Field<B>> fields = {
      elsewhere<B>("op"),
      number("frame_ms", &B::frame_ms, 0.1, 60000),
      number("hop_ms", &B::hop_ms, 0.1, 60000),
      choice("window", &B::window, window_shapes),
      fft_length<B>(true),
      integer("bands", &B::bands, 1, 256),
      number("low_hz", &B::low_hz, 0, frequency_hz_max),
      number("high_hz", &B::high_hz, 0, frequency_hz_max),
      integer("coefficients", &B::coefficients, 0, 256),
      number("pre_emphasis", &B::pre_emphasis, 0, 0.999),
      number("noise_floor_db", &B::noise_floor_db, -200, 0),
  };
  return fields;
}

const std::vector<Field<features::StatisticsBlock>>& statistics_fields() {
  using B = features::StatisticsBlock;
  static const std::vector<Field<B>> fields = {
      elsewhere<B>("op"),
      texts("statistics", &B::statistics, 32),
  };
  return fields;
}

const std::vector<Field<features::SpectralBlock>>& spectral_fields() {
  using B = features::SpectralBlock;
  static const std::vector<Field<B>> fields = {
      elsewhere<B>("op"),
      fft_length<B>(false),
      choice("window", &B::window, window_shapes),
      flag("remove_mean", &B::remove_mean),
      integer("bands", &B::bands, 0, 256),
      number("low_hz", &B::low_hz, 0, frequency_hz_max),
      number("high_hz", &B::high_hz, 0, frequency_hz_max),
      integer("peaks", &B::peaks, 0, 16),
      number("envelope_low_hz", &B::envelope_low_hz, 0, frequency_hz_max),
      number("envelope_high_hz", &B::envelope_high_hz, 0, frequency_hz_max),
  };
  return fields;
}

template <typename Block>
features::FeatureBlock read_block(const Place& place, const Node& node,
                                  const std::vector<Field<Block>>& fields) {
  Block block;
  read_table(place, node, fields, block);
  return block;
}

}  // namespace

features::FeatureBlock read_feature(const Place& place, const Node& node) {
  static const std::vector<std::string> ops = {"raw", "mel", "statistics", "spectral"};
  const auto* table = node.as<Node::Table>();
  if (table == nullptr) place.fail(node.line, "takes tables: write [[features]] above each");
  const auto op = table->find("op");
  if (op == table->end() || op->second.as<std::string>() == nullptr) {
    place.fail(node.line, fmt::format("has no 'op' (allowed: {})", fmt::join(ops, ", ")));
  }
  const std::string& name = *op->second.as<std::string>();
  const Place block{place.file, fmt::format("{} '{}'", place.section, name)};
  if (name == "raw") return read_block(block, node, raw_fields());
  if (name == "mel") return read_block(block, node, mel_fields());
  if (name == "statistics") return read_block(block, node, statistics_fields());
  if (name == "spectral") return read_block(block, node, spectral_fields());
  place.fail(op->second.line, fmt::format("'op' is '{}'{}", name, suggestion(name, ops)));
}

}  // namespace mote::project
