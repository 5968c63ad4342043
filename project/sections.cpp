#include "project/sections.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace mote::project {
namespace {

constexpr int64_t seed_max = std::numeric_limits<int64_t>::max();
constexpr int64_t frames_max = 1 << 20;
constexpr double window_ms_max = 3'600'000;
constexpr size_t labels_max = 256;
constexpr size_t axes_max = 64;

bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

std::string check_name(const std::string& name) {
  const bool fits =
      !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), is_word_char);
  return fits ? "" : "a name has 1 to 64 letters, digits, '-' and '_'";
}

std::string check_topic(const std::string& topic) {
  const bool fits = !topic.empty() && topic.size() <= 64 &&
                    topic.find_first_of("+#") == std::string::npos && topic.front() != '/' &&
                    topic.back() != '/' &&
                    std::all_of(topic.begin(), topic.end(), [](char c) { return c > ' '; });
  return fits ? "" : "a topic has 1 to 64 characters, no '+', '#' or spaces, no '/' at its ends";
}

std::vector<std::string> board_names() {
  std::vector<std::string> names;
  for (const Board& board : boards()) names.push_back(board.name);
  return names;
}

}  // namespace

int64_t parse_bytes(const std::string& text) {
  struct Unit {
    std::string_view name;
    int64_t bytes;
  };
  static constexpr Unit units[] = {
      {"B", 1}, {"KB", 1000}, {"KiB", 1024}, {"MB", 1000000}, {"MiB", 1 << 20}};
  int64_t value = 0;
  const char* end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || value < 0) return -1;
  while (rest != end && *rest == ' ') ++rest;
  const std::string_view name(rest, static_cast<size_t>(end - rest));
  for (const Unit& unit : units) {
    const bool fits = value <= std::numeric_limits<int64_t>::max() / unit.bytes;
    if (name == unit.name && fits) return value * unit.bytes;
  }
  return -1;
}

const std::vector<Board>& boards() {
  constexpr int64_t mebibyte = 1 << 20;
  static const std::vector<Board> table = {
      {"mps2-m0plus", 4 * mebibyte, 4 * mebibyte},  // Cortex-M0+
      {"mps2-an385", 4 * mebibyte, 4 * mebibyte},   // Cortex-M3
      {"mps2-an386", 4 * mebibyte, 4 * mebibyte},   // Cortex-M4F
      {"mps2-an500", 4 * mebibyte, 4 * mebibyte},   // Cortex-M7
      {"mps2-an505", 4 * mebibyte, 4 * mebibyte},   // Cortex-M33
      {"mps3-an547", mebibyte / 2, mebibyte / 2},   // Cortex-M55
      {"riscv-virt", 4 * mebibyte, 4 * mebibyte},   // RV32IMC
      {"aarch64", 1024 * mebibyte, 1024 * mebibyte},
      {"host-portable", 1024 * mebibyte, 1024 * mebibyte},
      {"host", 1024 * mebibyte, 1024 * mebibyte},
  };
  return table;
}

const std::vector<Field<ProjectSection>>& project_fields() {
  using S = ProjectSection;
  static const std::vector<Field<S>> fields = {
      text("name", &S::name, check_name),
      text("description", &S::description),
  };
  return fields;
}

const std::vector<Field<DataSection>>& data_fields() {
  using S = DataSection;
  static const std::vector<Field<S>> fields = {
      texts("datasets", &S::datasets, 16),
      texts("include", &S::include, 64),
      texts("exclude", &S::exclude, 64),
      texts("labels", &S::labels, labels_max),
      text_map("relabel", &S::relabel),
      text("other_label", &S::other_label),
      number("val", &S::val_fraction, 0, 0.9),
      number("test", &S::test_fraction, 0, 0.9),
      integer("split_seed", &S::split_seed, 0, seed_max),
      choice("split_by", &S::split_by, {"group", "recording"}),
      flag("official_split", &S::official_split),
  };
  return fields;
}

const std::vector<Field<SensorSection>>& sensor_fields() {
  using S = SensorSection;
  static const std::vector<Field<S>> fields = {
      texts("axes", &S::axes, axes_max),
      choice("units", &S::units, {"counts", "fs", "g", "m/s2", "rad/s", "deg/s", "degC", "mixed"}),
      number("rate_hz", &S::rate_hz, 1e-6, 1e6),
      number("range", &S::range, 1e-9, 1e12),
  };
  return fields;
}

const std::vector<Field<WindowKeys>>& window_fields() {
  using S = WindowKeys;
  static const auto in_rest = [](const Field<WindowSection>& field) {
    return Field<S>{field.key, [field](const Place& place, const Node& node, S& keys) {
                      field.read(place, node, keys.rest);
                    }};
  };
  static const std::vector<Field<S>> fields = {
      number("length_ms", &S::length_ms, 1e-3, window_ms_max),
      number("stride_ms", &S::stride_ms, 1e-3, window_ms_max),
      integer("length", &S::length, 1, frames_max),
      integer("stride", &S::stride, 1, frames_max),
      in_rest(number("label_cover", &WindowSection::label_cover, 0.01, 1)),
      in_rest(choice("when_short", &WindowSection::when_short, {"pad_end", "pad_centre", "skip"})),
  };
  return fields;
}

const std::vector<Field<ModelSection>>& model_fields() {
  using S = ModelSection;
  static const std::vector<Field<S>> fields = {
      choice("type", &S::type, {"mlp", "conv1d", "ds_cnn", "autoencoder"}),
      integers("hidden", &S::hidden, 0, 8, 1, 4096),
      integer("code", &S::code, 1, 1024),
      flag("batch_norm", &S::batch_norm),
      integers("filters", &S::filters, 1, 8, 1, 512),
      integer("kernel", &S::kernel, 1, 64),
      integer("stride", &S::stride, 1, 16),
      integer("channels", &S::channels, 1, 512),
      integer("blocks", &S::blocks, 0, 16),
      integers("stem", &S::stem, 2, 2, 1, 64),
      integers("stem_stride", &S::stem_stride, 2, 2, 1, 16),
      number("dropout", &S::dropout, 0, 0.95),
  };
  return fields;
}

std::vector<std::string> model_types_of(const std::string& key) {
  static const std::map<std::string, std::vector<std::string>> types = {
      {"hidden", {"mlp", "autoencoder"}},
      {"code", {"autoencoder"}},
      {"batch_norm", {"mlp", "autoencoder"}},
      {"filters", {"conv1d"}},
      {"kernel", {"conv1d"}},
      {"stride", {"conv1d"}},
      {"channels", {"ds_cnn"}},
      {"blocks", {"ds_cnn"}},
      {"stem", {"ds_cnn"}},
      {"stem_stride", {"ds_cnn"}},
  };
  const auto found = types.find(key);
  return found == types.end() ? std::vector<std::string>{} : found->second;
}

const std::vector<Field<TrainSection>>& train_fields() {
  using S = TrainSection;
  static const std::vector<Field<S>> fields = {
      choice("task", &S::task, {"classify", "anomaly"}),
      text("normal_label", &S::normal_label),
      integer("epochs", &S::epochs, 1, 100000),
      integer("batch", &S::batch, 1, 65536),
      number("learning_rate", &S::learning_rate, 1e-8, 1),
      number("weight_decay", &S::weight_decay, 0, 1),
      number("label_smoothing", &S::label_smoothing, 0, 0.9),
      number("mixup", &S::mixup, 0, 0.5),
      number("average", &S::average, 0, 0.99999),
      integer("seed", &S::seed, 0, seed_max),
      integer("patience", &S::patience, 0, 100000),
      flag("class_weights", &S::class_weights),
      elsewhere<S>("augment"),
  };
  return fields;
}

const std::vector<Field<AugmentSection>>& augment_fields() {
  using S = AugmentSection;
  static const std::vector<Field<S>> fields = {
      number("noise", &S::noise, 0, 2),
      number("shift_ms", &S::shift_ms, 0, window_ms_max),
      number("speed", &S::speed, 0, 0.5),
      number("gain", &S::gain, 0, 0.95),
      number("tilt", &S::tilt, 0, 0.95),
      number("background", &S::background, 0, 10),
      text("background_label", &S::background_label),
      number("time_mask", &S::time_mask, 0, 0.9),
      number("band_mask", &S::band_mask, 0, 0.9),
      integer("every", &S::every, 1, 100000),
  };
  return fields;
}

const std::vector<Field<QuantizeSection>>& quantize_fields() {
  using S = QuantizeSection;
  static const std::vector<Field<S>> fields = {
      integer("epochs", &S::epochs, 0, 100000),
      number("learning_rate", &S::learning_rate, 1e-8, 1),
  };
  return fields;
}

const std::vector<Field<TargetSection>>& target_fields() {
  using S = TargetSection;
  constexpr int64_t bytes_max = int64_t{1} << 40;
  static const std::vector<Field<S>> fields = {
      choice("board", &S::board, board_names()),
      bytes("ram", &S::ram_bytes, 1024, bytes_max),
      bytes("flash", &S::flash_bytes, 1024, bytes_max),
      choice("engine", &S::engine, {"vm", "code"}),
      choice("optimize", &S::optimize, {"latency", "ram", "balanced", "flash"}),
  };
  return fields;
}

const std::vector<Field<PublishSection>>& publish_fields() {
  using S = PublishSection;
  static const std::vector<Field<S>> fields = {
      text("topic", &S::topic, check_topic),
      integer("qos", &S::qos, 0, 1),
      integer("smoothing", &S::smoothing, 1, 64),
      number("threshold", &S::threshold, 0.01, 1),
      texts("quiet_labels", &S::quiet_labels, labels_max),
      integer("keep_alive_s", &S::keep_alive_s, 0, 65535),
  };
  return fields;
}

}  // namespace mote::project
