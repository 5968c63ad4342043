// Edge Impulse's data acquisition format, JSON (docs.edgeimpulse.com: "Data acquisition format").
// The signature is not checked: it needs the project's HMAC key, which the file does not carry.
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "data/import/importer.hpp"

namespace mote::data {
namespace {

using Json = nlohmann::json;

constexpr size_t axes_max = 4096;
constexpr size_t depth_max = 16;

// nlohmann recurses when it destroys deep documents; a real acquisition has five levels.
void check_depth(std::string_view name, Bytes bytes) {
  size_t depth = 0;
  bool in_text = false;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const uint8_t c = bytes[i];
    if (in_text) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_text = false;
      }
    } else if (c == '"') {
      in_text = true;
    } else if (c == '[' || c == '{') {
      if (++depth > depth_max) throw DataError(fmt::format("{}: is nested too deeply", name));
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
}

const Json& member(std::string_view name, const Json& object, const char* key) {
  if (!object.is_object() || !object.contains(key)) {
    throw DataError(fmt::format("{}: has no '{}'; is it an Edge Impulse acquisition?", name, key));
  }
  return object[key];
}

}  // namespace

std::vector<Recording> read_edge_impulse(std::string_view name, Bytes bytes, const ImportOptions&) {
  check_depth(name, bytes);
  const Json document = Json::parse(bytes.begin(), bytes.end(), nullptr, false);
  if (document.is_discarded()) {
    throw DataError(fmt::format("{}: is not JSON; is it truncated?", name));
  }
  const Json& payload = member(name, document, "payload");
  const Json& interval_ms = member(name, payload, "interval_ms");
  const Json& sensors = member(name, payload, "sensors");
  const Json& rows = member(name, payload, "values");
  if (!interval_ms.is_number() || !(interval_ms.get<double>() > 0)) {
    throw DataError(fmt::format("{}: interval_ms is not a number above 0", name));
  }
  if (!sensors.is_array() || sensors.empty() || sensors.size() > axes_max || !rows.is_array()) {
    throw DataError(fmt::format("{}: 'sensors' and 'values' must be lists", name));
  }
  Recording recording;
  recording.info.rate_hz = 1000.0 / interval_ms.get<double>();
  for (const Json& sensor : sensors) {
    const Json& axis = member(name, sensor, "name");
    if (!axis.is_string()) throw DataError(fmt::format("{}: a sensor's name is no text", name));
    recording.info.axes.push_back(axis.get<std::string>());
    const Json& units = member(name, sensor, "units");
    if (recording.info.units.empty() && units.is_string()) {
      recording.info.units = units.get<std::string>();
    }
  }
  std::vector<float> values;
  values.reserve(rows.size() * sensors.size());
  for (size_t r = 0; r < rows.size(); ++r) {
    // A single sensor's values may come without the inner list.
    const Json row = rows[r].is_array() ? rows[r] : Json::array({rows[r]});
    if (row.size() != sensors.size()) {
      throw DataError(fmt::format("{}: row {} of values has {} numbers, not {}", name, r,
                                  row.size(), sensors.size()));
    }
    for (const Json& value : row) {
      if (!value.is_number()) {
        throw DataError(
            fmt::format("{}: row {} of values holds something else than numbers", name, r));
      }
      values.push_back(static_cast<float>(value.get<double>()));
    }
  }
  recording.info.frames = static_cast<int64_t>(rows.size());
  recording.values = std::move(values);
  return {std::move(recording)};
}

}  // namespace mote::data
