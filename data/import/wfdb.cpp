// PhysioNet's WFDB records (header(5), signal(5), annot(5) of the WFDB Applications Guide):
// NAME.hea says what NAME.dat holds; NAME.atr, if it is there, what a cardiologist saw. Each beat
// becomes a segment from half the way to the beat before to half the way to the next; its label is
// the annotation's letter (N, V, A, ...).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "data/csv.hpp"
#include "data/import/importer.hpp"

namespace mote::data {
namespace {

constexpr size_t signals_max = 64;
constexpr int64_t frames_max = int64_t{1} << 31;
constexpr double default_gain = 200;  // of a header that gives none, per mV

struct Signal {
  std::string file;
  int32_t format = 0;
  size_t offset = 0;  // bytes before the first sample
  double gain = default_gain;
  int32_t baseline = 0;
  std::string units = "mV";
  std::optional<int32_t> checksum;  // 16 bits, of all samples
  std::string name;
};

struct Header {
  double rate_hz = 250;  // the format's default
  int64_t frames = 0;    // 0: as many as the file holds
  std::vector<Signal> signals;
};

[[noreturn]] void fail(std::string_view file, const std::string& what) {
  throw DataError(fmt::format("{}: {}", file, what));
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

double number(std::string_view file, const std::string& text, double low, double high) {
  double value = 0;
  if (!parse_number(text, value) || !(value >= low && value <= high)) {
    fail(file, fmt::format("'{}' is no number from {} to {}", text, low, high));
  }
  return value;
}

// "200(1024)/mV": gain, baseline and units, of which the last two may be missing.
void parse_gain(std::string_view file, const std::string& word, Signal& signal,
                bool& has_baseline) {
  std::string text = word;
  if (const size_t slash = text.find('/'); slash != std::string::npos) {
    signal.units = text.substr(slash + 1);
    text.resize(slash);
  }
  if (const size_t open = text.find('('); open != std::string::npos) {
    if (text.back() != ')') fail(file, fmt::format("gain '{}' is not closed", word));
    const std::string baseline = text.substr(open + 1, text.size() - open - 2);
    signal.baseline = static_cast<int32_t>(number(file, baseline, -32768, 32767));
    has_baseline = true;
    text.resize(open);
  }
  const double gain = number(file, text, 0, 1e9);
  if (gain > 0) signal.gain = gain;
}

// "FILE FORMAT[+OFFSET] GAIN RESOLUTION ZERO INITIAL CHECKSUM BLOCK NAME": from the third word on
// everything may be missing.
Signal parse_signal(std::string_view file, const std::string& line) {
  const std::vector<std::string> words = words_of(line);
  if (words.size() < 2) fail(file, fmt::format("'{}' is no line about a signal", line));
  Signal signal;
  signal.file = words[0];
  std::string format = words[1];
  if (const size_t plus = format.find('+'); plus != std::string::npos) {
    signal.offset = static_cast<size_t>(number(file, format.substr(plus + 1), 0, 1e9));
    format.resize(plus);
  }
  if (format != "212" && format != "16") {
    fail(file, fmt::format("signal format '{}' is not known (allowed: 16, 212)", words[1]));
  }
  signal.format = format == "16" ? 16 : 212;
  bool has_baseline = false;
  if (words.size() > 2) parse_gain(file, words[2], signal, has_baseline);
  if (words.size() > 4 && !has_baseline) {
    signal.baseline = static_cast<int32_t>(number(file, words[4], -32768, 32767));
  }
  if (words.size() > 6) {
    signal.checksum = static_cast<int32_t>(number(file, words[6], -65536, 65535));
  }
  for (size_t i = 8; i < words.size(); ++i) signal.name += (i > 8 ? " " : "") + words[i];
  return signal;
}

Header parse_header(std::string_view file, const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty() && line[0] != '#') lines.push_back(line);
  }
  if (lines.empty()) fail(file, "is empty");
  const std::vector<std::string> words = words_of(lines[0]);
  if (words.size() < 2)
    fail(file, "its first line is no record line (name, signals, rate, samples)");
  if (words[0].find('/') != std::string::npos)
    fail(file, "records of several segments are not read");
  Header header;
  const auto count = static_cast<size_t>(number(file, words[1], 1, signals_max));
  if (words.size() > 2)
    header.rate_hz = number(file, words[2].substr(0, words[2].find('/')), 1e-6, 1e9);
  if (words.size() > 3) {
    header.frames =
        static_cast<int64_t>(number(file, words[3], 0, static_cast<double>(frames_max)));
  }
  if (lines.size() < 1 + count) {
    fail(file, fmt::format("tells of {} signals, but has {} lines about them; is it truncated?",
                           count, lines.size() - 1));
  }
  for (size_t i = 0; i < count; ++i) {
    header.signals.push_back(parse_signal(file, lines[1 + i]));
    const Signal& signal = header.signals.back();
    const Signal& first = header.signals.front();
    if (signal.file != first.file || signal.format != first.format ||
        signal.offset != first.offset) {
      fail(file, "its signals are in several files or formats; that is not read");
    }
  }
  return header;
}

// The i-th sample of format 212: two samples of 12 bits in three bytes.
int32_t sample_212(std::string_view data, size_t i) {
  const size_t at = i / 2 * 3;
  const auto byte = [&](size_t k) {
    return static_cast<int32_t>(static_cast<uint8_t>(data[at + k]));
  };
  const int32_t bits =
      i % 2 == 0 ? byte(0) | (byte(1) & 0x0f) << 8 : byte(2) | (byte(1) & 0xf0) << 4;
  return bits >= 0x800 ? bits - 0x1000 : bits;
}

int32_t sample_16(std::string_view data, size_t i) {
  const auto low = static_cast<uint8_t>(data[2 * i]), high = static_cast<uint8_t>(data[2 * i + 1]);
  return static_cast<int16_t>(static_cast<uint16_t>(low | high << 8));
}

// All samples, frames interleaved.
std::vector<int32_t> read_samples(const std::string& file, std::string_view data,
                                  const Header& header, int64_t& frames) {
  const Signal& first = header.signals.front();
  const size_t signals = header.signals.size();
  if (data.size() < first.offset) fail(file, "is truncated");
  data.remove_prefix(first.offset);
  const bool packed = first.format == 212;
  // 3 bytes hold two samples, 2 the first of them alone.
  const size_t there =
      packed ? data.size() / 3 * 2 + (data.size() % 3 == 2 ? 1 : 0) : data.size() / 2;
  frames = header.frames > 0 ? header.frames : static_cast<int64_t>(there / signals);
  const auto wanted = static_cast<size_t>(frames) * signals;
  if (frames == 0 || there < wanted) {
    fail(file, fmt::format("holds {} of {} samples; it is truncated", there, wanted));
  }
  std::vector<int32_t> samples(wanted);
  for (size_t i = 0; i < wanted; ++i)
    samples[i] = packed ? sample_212(data, i) : sample_16(data, i);
  for (size_t s = 0; s < signals; ++s) {
    if (!header.signals[s].checksum) continue;
    uint32_t sum = 0;
    for (size_t i = s; i < wanted; i += signals) sum += static_cast<uint32_t>(samples[i]);
    if ((sum & 0xffffU) != (static_cast<uint32_t>(*header.signals[s].checksum) & 0xffffU)) {
      fail(file, fmt::format("the checksum of signal {} is wrong: the file is damaged", s + 1));
    }
  }
  return samples;
}

struct Beat {
  int64_t frame;
  std::string letter;
};

// ecgcodes.h of the WFDB library: the letters of codes that mark a beat; "" for all others.
std::string_view beat_letter(uint32_t code) {
  constexpr std::string_view letters[] = {"",  "N", "L", "R", "a", "V", "F",
                                          "J", "A", "S", "E", "j", "/", "Q"};
  if (code < std::size(letters)) return letters[code];
  switch (code) {
    case 25:
      return "B";
    case 34:
      return "e";
    case 35:
      return "n";
    case 38:
      return "f";
    case 41:
      return "r";
    default:
      return "";
  }
}

std::vector<Beat> parse_annotations(const std::string& file, std::string_view data,
                                    int64_t frames) {
  constexpr uint32_t skip = 59, number_code = 60, channel = 62, text = 63;
  const auto word = [&](size_t at) {
    return static_cast<uint32_t>(static_cast<uint8_t>(data[at]) | static_cast<uint8_t>(data[at + 1])
                                                                      << 8);
  };
  std::vector<Beat> beats;
  int64_t frame = 0;
  for (size_t at = 0;; at += 2) {
    if (at + 2 > data.size()) fail(file, "has no end mark; it is truncated");
    const uint32_t code = word(at) >> 10, value = word(at) & 0x3ff;
    if (code == 0 && value == 0) return beats;
    if (code == skip) {
      if (at + 6 > data.size()) fail(file, "is truncated");
      frame += static_cast<int32_t>(word(at + 2) << 16 | word(at + 4));
      at += 4;
    } else if (code == text) {
      at += value + value % 2;
    } else if (code < number_code || code > channel) {
      frame += value;
      const std::string_view letter = beat_letter(code);
      if (letter.empty()) continue;
      if (frame < 0 || frame >= frames || (!beats.empty() && frame <= beats.back().frame)) {
        fail(file, fmt::format("a beat at sample {} is out of order", frame));
      }
      beats.push_back({frame, std::string(letter)});
    }
  }
}

std::vector<Segment> segments_of(const std::vector<Beat>& beats, int64_t frames,
                                 const std::map<std::string, std::string>& names) {
  std::vector<Segment> segments;
  for (size_t i = 0; i < beats.size(); ++i) {
    const int64_t before = i > 0 ? beats[i].frame - beats[i - 1].frame : 0;
    const int64_t after = i + 1 < beats.size() ? beats[i + 1].frame - beats[i].frame : before;
    const int64_t begin =
        i > 0 ? segments.back().end : std::max<int64_t>(0, beats[i].frame - after / 2);
    const int64_t end = std::min(frames, beats[i].frame + after / 2 + 1);
    const auto named = names.find(beats[i].letter);
    segments.push_back({begin, end, named == names.end() ? beats[i].letter : named->second});
  }
  return segments;
}

}  // namespace

std::vector<Recording> read_wfdb(std::string_view name, Bytes bytes, const ImportOptions& options) {
  const size_t dot = name.rfind('.');
  const std::string stem(name.substr(0, dot));
  const std::string header_file = stem + ".hea";
  const std::string given(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const bool is_header = name.ends_with(".hea");
  const std::optional<std::string> text = is_header ? given : companion_of(options, header_file);
  if (!text) fail(name, fmt::format("has no {} beside it", header_file));
  const Header header = parse_header(header_file, *text);
  const size_t slash = stem.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : stem.substr(0, slash + 1);
  const std::string data_file = folder + header.signals.front().file;
  const std::optional<std::string> data =
      data_file == name ? given : companion_of(options, data_file);
  if (!data) fail(name, fmt::format("its samples, {}, are not there", data_file));

  Recording recording;
  RecordingInfo& info = recording.info;
  info.rate_hz = header.rate_hz;
  const std::vector<int32_t> samples = read_samples(data_file, *data, header, info.frames);
  const size_t signals = header.signals.size();
  const Signal& first = header.signals.front();
  info.units = first.units;
  bool alike = true;  // one scale, so that counts stay counts
  for (size_t s = 0; s < signals; ++s) {
    const Signal& signal = header.signals[s];
    if (signal.units != first.units) {
      fail(header_file,
           fmt::format("signals in {} and {}; take them apart", first.units, signal.units));
    }
    alike = alike && signal.gain == first.gain;
    std::string axis = signal.name.empty() ? fmt::format("signal{}", s + 1) : signal.name;
    if (std::count(info.axes.begin(), info.axes.end(), axis) > 0) axis += fmt::format("#{}", s + 1);
    info.axes.push_back(axis);
  }
  std::vector<float> values(samples.size());
  std::vector<int16_t> counts(samples.size());
  for (size_t i = 0; i < samples.size(); ++i) {
    const Signal& signal = header.signals[i % signals];
    const int32_t count = samples[i] - signal.baseline;
    if (count < INT16_MIN || count > INT16_MAX) alike = false;
    counts[i] = static_cast<int16_t>(count);
    values[i] = static_cast<float>(count / signal.gain);
  }
  if (alike) {
    info.scale = 1 / first.gain;
    recording.values = std::move(counts);
  } else {
    recording.values = std::move(values);
  }
  const std::string annotation_file = stem + ".atr";
  if (const auto annotations = companion_of(options, annotation_file)) {
    info.segments = segments_of(parse_annotations(annotation_file, *annotations, info.frames),
                                info.frames, options.label_names);
  }
  return {std::move(recording)};
}

}  // namespace mote::data
