#include "device/mqtt/client.hpp"

#include <cstring>

#include "device/io/clock.hpp"

namespace mote::mqtt {
namespace {

// Packets taken and reads made in one poll(), so that a talkative broker can't hold the device.
constexpr int reads_per_poll = 16;
constexpr uint8_t attempt_max = 20;

}  // namespace

const char* state_text(ClientState state) {
  switch (state) {
#define MOTE_MQTT_STATE_TEXT(name) \
  case ClientState::name:          \
    return #name;
    MOTE_MQTT_STATE_LIST(MOTE_MQTT_STATE_TEXT)
#undef MOTE_MQTT_STATE_TEXT
  }
  return "unknown";
}

Client::Client(const StreamIo& stream, const ClientConfig& config)
    : stream_(stream),
      config_(config),
      queue_(config.queue, config.replay_max),
      random_(config.seed ? config.seed : 1) {}

uint32_t Client::random() {  // xorshift32, Marsaglia 2003
  random_ ^= random_ << 13;
  random_ ^= random_ >> 17;
  random_ ^= random_ << 5;
  return random_;
}

uint16_t Client::new_packet_id() {
  if (++packet_id_ == 0) packet_id_ = 1;
  return packet_id_;
}

Status Client::publish(const Message& message) {
  if (stopping_) return Status::closed;
  if (!message.qos) return queue_.push(message, 0);
  const uint16_t before = packet_id_;
  const Status status = queue_.push(message, new_packet_id());
  if (status != Status::ok) packet_id_ = before;
  return status;
}

void Client::stop() {
  stopping_ = true;
  if (state_ == ClientState::online) {
    state_ = ClientState::closing;
  } else if (state_ != ClientState::closing && queue_.count() == 0) {
    stream_.close(stream_.context);  // nobody to say goodbye to, nothing to deliver
    state_ = ClientState::stopped;
  }
}

// Equal jitter: half of the exponential delay is kept, half is random, so that devices which lost
// one broker don't return in step.
void Client::lose() {
  stream_.close(stream_.context);
  if (state_ == ClientState::online || state_ == ClientState::closing) ++counters_.losses;
  queue_.rewind();
  uint32_t delay = config_.backoff_ms_min;
  for (int i = 0; i < attempt_ && delay < config_.backoff_ms_max; ++i) {
    delay = delay > config_.backoff_ms_max / 2 ? config_.backoff_ms_max : delay * 2;
  }
  if (delay > config_.backoff_ms_max) delay = config_.backoff_ms_max;
  due_ms_ = now_ + delay / 2 + random() % (delay / 2 + 1);
  if (attempt_ < attempt_max) ++attempt_;
  state_ = ClientState::waiting;
}

void Client::begin_session() {
  received_ = 0;
  skip_ = 0;
  control_written_ = 0;
  subscribed_ = 0;
  subscribe_id_ = 0;
  puback_id_ = 0;
  birth_due_ = ping_due_ = ping_unanswered_ = disconnect_sent_ = false;
  const Result<size_t> size = encode_connect(config_.connect, config_.control);
  control_size_ = size.ok() ? size.value : 0;
  unanswered_ = true;
  unanswered_since_ms_ = now_;
  last_sent_ms_ = now_;
  state_ = ClientState::greeting;
}

Status Client::poll(uint32_t now_ms) {
  now_ = now_ms;
  if (!started_) {
    started_ = true;
    due_ms_ = now_ms;
  }
  if (state_ == ClientState::stopped) return Status::ok;
  if (state_ == ClientState::waiting) {
    if (!time_reached(now_, due_ms_)) return Status::ok;
    state_ = ClientState::opening;
    unanswered_since_ms_ = now_;
  }
  Status status = Status::ok;
  if (state_ == ClientState::opening) {
    status = stream_.open(stream_.context);
    if (status == Status::busy) {
      if (!time_reached(now_, unanswered_since_ms_ + config_.ack_timeout_ms)) return Status::ok;
      status = Status::timeout;
    }
    if (status == Status::ok) {
      begin_session();
      if (!control_size_) status = Status::invalid_argument;
    }
  }
  if (status == Status::ok) status = pump_in();
  if (state_ == ClientState::stopped) return Status::ok;
  if (status == Status::ok) status = check_timers();
  if (status == Status::ok) status = pump_out();
  if (status != Status::ok) lose();
  return status;
}

// The link is dead when an answer stays away; it is kept alive by a ping when we say nothing.
Status Client::check_timers() {
  if (unanswered_ && time_reached(now_, unanswered_since_ms_ + config_.ack_timeout_ms)) {
    return Status::timeout;
  }
  if (state_ == ClientState::greeting || !config_.connect.keep_alive_s) return Status::ok;
  // Three quarters of the keep-alive leave the packet time to arrive; section 3.1.2.10.
  const uint32_t idle_ms = uint32_t{config_.connect.keep_alive_s} * 750;
  if (!ping_unanswered_ && time_reached(now_, last_sent_ms_ + idle_ms)) ping_due_ = true;
  return Status::ok;
}

bool Client::answer_due() const {
  return state_ == ClientState::greeting || ping_unanswered_ || subscribe_id_ ||
         queue_.in_flight() > 0;
}

// An answer came: the clock starts again for the next one that is due.
void Client::answered() {
  unanswered_ = answer_due();
  unanswered_since_ms_ = now_;
}

// Puts the next control packet into the buffer, if one is due.
Status Client::fill_control() {
  Result<size_t> size = size_t{0};
  const Bytes out = config_.control;
  if (puback_id_) {
    size = encode_puback(puback_id_, out);
    puback_id_ = 0;
  } else if (state_ == ClientState::greeting) {
    return Status::ok;
  } else if (birth_due_) {
    Message birth = config_.birth;
    birth.qos = 0;
    size = encode_publish({birth, 0, false}, out);
    birth_due_ = false;
  } else if (subscribed_ < config_.subscriptions.size && !subscribe_id_) {
    const Subscription& wanted = config_.subscriptions[subscribed_++];
    subscribe_id_ = new_packet_id();
    size = encode_subscribe(subscribe_id_, wanted.filter, wanted.qos, out);
  } else if (ping_due_) {
    size = encode_pingreq(out);
    ping_due_ = false;
    ping_unanswered_ = true;
  } else if (state_ == ClientState::closing && queue_.count() == 0 && !disconnect_sent_) {
    size = encode_disconnect(out);
    disconnect_sent_ = true;
  }
  if (!size.ok()) return size.status;
  control_size_ = size.value;
  control_written_ = 0;
  return Status::ok;
}

// Writes control packets first, then the queue; a packet is never cut by another.
Status Client::pump_out() {
  for (;;) {
    if (control_size_ == 0 && !queue_.torn()) {
      const Status status = fill_control();
      if (status != Status::ok) return status;
    }
    const bool control = control_size_ > 0;
    ConstBytes bytes;
    if (control) {
      bytes = ConstBytes(config_.control.data, control_size_).drop(control_written_);
    } else if (state_ != ClientState::greeting) {
      bytes = queue_.next(config_.in_flight_max);
    }
    if (bytes.empty()) return Status::ok;
    const Result<size_t> count = stream_.write(stream_.context, bytes);
    if (!count.ok()) return count.status;
    if (count.value == 0) return Status::ok;
    last_sent_ms_ = now_;
    if (control) {
      control_written_ += count.value;
      if (control_written_ == control_size_) control_size_ = 0;
    } else {
      queue_.written(count.value);
    }
    if (!unanswered_ && answer_due()) {
      unanswered_ = true;
      unanswered_since_ms_ = now_;
    }
    if (disconnect_sent_ && control_size_ == 0) {
      stream_.close(stream_.context);
      state_ = ClientState::stopped;
      return Status::ok;
    }
  }
}

Status Client::pump_in() {
  for (int i = 0; i < reads_per_poll; ++i) {
    const Status status = take_received();
    if (status != Status::ok || state_ == ClientState::stopped) return status;
    const Bytes room = config_.receive.drop(received_);
    if (room.empty()) return Status::ok;  // held up by a PUBACK that can't leave
    const Result<size_t> count = stream_.read(stream_.context, room);
    if (!count.ok()) return count.status;
    if (count.value == 0) return Status::ok;
    received_ += count.value;
  }
  return Status::ok;
}

// Takes every whole packet out of the receive buffer and moves the rest to its start.
Status Client::take_received() {
  size_t at = 0;
  Status status = Status::ok;
  while (at < received_ && status == Status::ok && state_ != ClientState::stopped) {
    const ConstBytes in = ConstBytes(config_.receive.data, received_).drop(at);
    if (skip_) {
      const size_t skipped = skip_ < in.size ? skip_ : in.size;
      skip_ -= static_cast<uint32_t>(skipped);
      at += skipped;
      continue;
    }
    // The PUBACK of one message has to leave before the next message can ask for another.
    if (puback_id_) status = pump_out();
    if (puback_id_ || status != Status::ok) break;
    const Result<Header> header = decode_header(in);
    if (header.status == Status::busy) break;
    if (!header.ok()) return header.status;
    const size_t total = header.value.header_bytes + size_t{header.value.remaining};
    if (total > config_.receive.size) {
      if (in.size < config_.receive.size) break;  // wait for as much of it as fits
      status = take_oversized(header.value);
      skip_ = static_cast<uint32_t>(total);
      continue;
    }
    if (in.size < total) break;
    const ConstBytes body{in.data + header.value.header_bytes, header.value.remaining};
    status = take_packet(header.value, body);
    at += total;
  }
  std::memmove(config_.receive.data, config_.receive.data + at, received_ - at);
  received_ -= at;
  return status;
}

Status Client::take_packet(const Header& header, ConstBytes body) {
  if ((state_ == ClientState::greeting) != (header.type == PacketType::connack)) {
    return Status::protocol_error;  // CONNACK comes first and once, section 3.2
  }
  switch (header.type) {
    case PacketType::connack:
      return take_connack(body);
    case PacketType::publish:
      return take_publish(header, body);
    case PacketType::puback: {
      const Result<uint16_t> id = decode_puback(body);
      if (!id.ok()) return id.status;
      switch (queue_.acknowledge(id.value)) {
        case Acknowledged::first:
          ++counters_.acknowledged;
          break;
        case Acknowledged::again:
          break;
        case Acknowledged::nothing:
          ++counters_.stray_acks;
          break;
      }
      answered();
      return Status::ok;
    }
    case PacketType::suback: {
      const Result<Suback> suback = decode_suback(body);
      if (!suback.ok()) return suback.status;
      if (suback.value.packet_id != subscribe_id_) {
        ++counters_.stray_acks;
        return Status::ok;
      }
      if (suback.value.return_code == 0x80) ++counters_.refusals;
      subscribe_id_ = 0;
      answered();
      return Status::ok;
    }
    case PacketType::pingresp:
      if (!body.empty()) return Status::protocol_error;
      ping_unanswered_ = false;
      answered();
      return Status::ok;
    case PacketType::connect:
    case PacketType::subscribe:
    case PacketType::pingreq:
    case PacketType::disconnect:
      break;
  }
  return Status::protocol_error;
}

Status Client::take_connack(ConstBytes body) {
  const Result<Connack> connack = decode_connack(body);
  if (!connack.ok()) return connack.status;
  if (connack.value.return_code) {
    ++counters_.refusals;
    return Status::refused;
  }
  if (connack.value.session_present && config_.connect.clean_session) {
    return Status::protocol_error;  // section 3.2.2.2
  }
  ++counters_.connects;
  attempt_ = 0;
  birth_due_ = config_.birth.topic.data != nullptr;
  state_ = stopping_ ? ClientState::closing : ClientState::online;
  answered();
  return Status::ok;
}

Status Client::take_publish(const Header& header, ConstBytes body) {
  const Result<Publish> packet = decode_publish(header.flags, body);
  if (!packet.ok()) return packet.status;
  ++counters_.received;
  if (config_.on_message) config_.on_message(config_.context, packet.value.message);
  puback_id_ = packet.value.packet_id;
  return Status::ok;
}

// The receive buffer is full with the start of a packet that doesn't fit. It is passed over, and
// acknowledged where its id can be seen, or the broker would send it again for ever.
Status Client::take_oversized(const Header& header) {
  if (state_ == ClientState::greeting || header.type != PacketType::publish) {
    return Status::protocol_error;
  }
  ++counters_.oversized;
  if (!(header.flags & 0x06)) return Status::ok;
  const ConstBytes in{config_.receive.data, config_.receive.size};
  const ConstBytes body = in.drop(header.header_bytes);
  if (body.size < 2) return Status::ok;
  const size_t at = 2 + (size_t{body[0]} << 8 | body[1]);
  if (at + 2 > body.size) return Status::ok;
  puback_id_ = static_cast<uint16_t>(body[at] << 8 | body[at + 1]);
  return Status::ok;
}

}  // namespace mote::mqtt
