// WAV (and whatever else libsndfile reads: FLAC, Ogg, AIFF) as int16 counts of full scale.
#include <fmt/format.h>
#include <sndfile.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "data/import/importer.hpp"

namespace mote::data {
namespace {

constexpr int32_t channels_max = 64;
constexpr double full_scale_per_count = 1.0 / 32768.0;
constexpr int64_t block_frames = 1 << 14;

struct Cursor {
  Bytes bytes;
  sf_count_t at;
};

sf_count_t length_of(void* user) {
  return static_cast<sf_count_t>(static_cast<Cursor*>(user)->bytes.size());
}

sf_count_t seek_to(sf_count_t offset, int whence, void* user) {
  auto* cursor = static_cast<Cursor*>(user);
  const sf_count_t base = whence == SEEK_SET   ? 0
                          : whence == SEEK_CUR ? cursor->at
                                               : length_of(user);
  const sf_count_t target = base + offset;
  if (target < 0 || target > length_of(user)) return -1;
  return cursor->at = target;
}

sf_count_t read_some(void* to, sf_count_t count, void* user) {
  auto* cursor = static_cast<Cursor*>(user);
  const sf_count_t size = std::clamp<sf_count_t>(length_of(user) - cursor->at, 0, count);
  // An empty file has no address to copy from.
  if (size > 0) std::memcpy(to, cursor->bytes.data() + cursor->at, static_cast<size_t>(size));
  cursor->at += size;
  return size;
}

sf_count_t write_nothing(const void*, sf_count_t, void*) {
  return 0;
}

sf_count_t tell(void* user) {
  return static_cast<Cursor*>(user)->at;
}

struct Close {
  void operator()(SNDFILE* file) const { sf_close(file); }
};

// The header promises `data` bytes that a truncated file does not have; libsndfile silently
// shortens the sound, so the promise is checked here. Only for RIFF.
void check_riff_complete(std::string_view name, Bytes bytes) {
  if (bytes.size() < 12 || std::memcmp(bytes.data(), "RIFF", 4) != 0) return;
  size_t at = 12;
  while (bytes.size() - at >= 8) {
    const uint8_t* chunk = bytes.data() + at;
    const uint32_t size =
        chunk[4] | chunk[5] << 8 | chunk[6] << 16 | static_cast<uint32_t>(chunk[7]) << 24;
    const size_t left = bytes.size() - at - 8;
    if (size > left) {
      if (std::memcmp(chunk, "data", 4) != 0) return;
      throw DataError(
          fmt::format("{}: is truncated: {} bytes of sound promised, {} there", name, size, left));
    }
    at += 8 + std::min<size_t>(left, size_t{size} + (size & 1U));
  }
}

}  // namespace

std::vector<Recording> read_wav(std::string_view name, Bytes bytes, const ImportOptions&) {
  check_riff_complete(name, bytes);
  Cursor cursor{bytes, 0};
  SF_VIRTUAL_IO io{length_of, seek_to, read_some, write_nothing, tell};
  SF_INFO format{};
  const std::unique_ptr<SNDFILE, Close> file(sf_open_virtual(&io, SFM_READ, &format, &cursor));
  if (!file) throw DataError(fmt::format("{}: {}", name, sf_strerror(nullptr)));
  if (format.channels < 1 || format.channels > channels_max || format.samplerate < 1) {
    throw DataError(
        fmt::format("{}: {} channels at {} Hz can't be", name, format.channels, format.samplerate));
  }
  std::vector<int16_t> counts;
  std::vector<int16_t> block(static_cast<size_t>(block_frames * format.channels));
  for (;;) {
    const sf_count_t frames = sf_readf_short(file.get(), block.data(), block_frames);
    if (frames <= 0) break;
    counts.insert(counts.end(), block.begin(), block.begin() + frames * format.channels);
  }
  if (sf_error(file.get()) != SF_ERR_NO_ERROR) {
    throw DataError(fmt::format("{}: {}", name, sf_strerror(file.get())));
  }
  Recording recording;
  recording.info.units = "fs";
  recording.info.rate_hz = format.samplerate;
  recording.info.scale = full_scale_per_count;
  recording.info.frames = static_cast<int64_t>(counts.size()) / format.channels;
  for (int32_t i = 0; i < format.channels; ++i) {
    recording.info.axes.push_back(format.channels == 1 ? "audio" : fmt::format("audio{}", i + 1));
  }
  recording.values = std::move(counts);
  return {std::move(recording)};
}

}  // namespace mote::data
