// The MQTT client against a broker that sends anything: the input is what arrives on the stream,
// cut into reads. No byte sequence may crash it, make it read outside its buffers, or lose a
// message.
#include <cstdint>
#include <cstdlib>

#include "device/mqtt/client.hpp"

namespace {

using namespace mote;

struct Source {
  const uint8_t* data;
  size_t size;
  size_t at = 0;
};

// Each read takes as many bytes as its first byte's low bits say, so that packets are torn
// anywhere.
Result<size_t> read_some(void* context, Bytes out) {
  Source& source = *static_cast<Source*>(context);
  if (source.at >= source.size) return size_t{0};
  const uint8_t control = source.data[source.at++];
  if (control == 0xff) return Status::closed;
  size_t count = 0;
  while (count < (control & 63u) && count < out.size && source.at < source.size) {
    out[count++] = source.data[source.at++];
  }
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Source source{data, size};
  const StreamIo stream = {&source, [](void*) { return Status::ok; }, read_some,
                           [](void*, ConstBytes out) -> Result<size_t> { return out.size; },
                           [](void*) {}};
  uint8_t receive[48], control[64], queue[128];
  const mqtt::Subscription wanted[] = {{mqtt::text("a/+"), 1}};
  mqtt::ClientConfig config;
  config.connect.client_id = mqtt::text("fuzz");
  config.connect.keep_alive_s = 3;
  config.subscriptions = wanted;
  config.birth = {mqtt::text("s"), {}, 0, true};
  config.replay_max = size % 4;
  config.receive = receive;
  config.control = control;
  config.queue = queue;
  config.context = &source;
  config.on_message = [](void*, const mqtt::Message& message) {
    if (!mqtt::topic_valid(message.topic)) std::abort();
    volatile uint32_t sum = 0;
    for (const uint8_t byte : message.payload) sum = sum + byte;
  };
  mqtt::Client client(stream, config);
  uint32_t accepted = 0, now = 0;
  const uint8_t payload[1] = {1};
  for (int step = 0; step < 4096 && source.at < source.size; ++step) {
    if (client.publish({mqtt::text("e"), payload, 1, false}) == Status::ok) ++accepted;
    (void)client.poll(now += 100);
    // What is sent again is pending once more.
    const uint32_t known = client.pending() + client.counters().acknowledged;
    if (config.replay_max == 0 ? known != accepted : known < accepted) std::abort();
  }
  return 0;
}
