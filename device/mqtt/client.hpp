// An MQTT 3.1.1 client (OASIS Standard mqtt-v3.1.1) as a polled state machine: QoS 0 and 1 both
// ways, last will, keep-alive, reconnect with jittered exponential back-off. Never blocks,
// allocates nothing.
//
// Delivery: an accepted QoS 1 message is kept until the broker acknowledges it and is sent again,
// marked as duplicate, on every new connection. The receiver may so see it twice, never not at all;
// a sequence number in the payload makes it exactly once. Brokers acknowledge before they have
// stored: one that is killed in between has forgotten what the client need not keep any more. So
// the last `replay_max` acknowledged messages are sent again, too.
//
// The stream below may be a UART that never tells of a lost peer. So the client takes silence for a
// loss (ack_timeout_ms without an answer that is due), stays quiet for the back-off, and starts
// over with CONNECT on a stream whose old input was discarded. A broker that finds the middle of a
// packet at the start of a connection closes it, and the next attempt starts clean.
#pragma once

#include "device/io/stream.hpp"
#include "device/mqtt/packet.hpp"
#include "device/mqtt/queue.hpp"

namespace mote::mqtt {

struct Subscription {
  Text filter;
  uint8_t qos;  // 0 or 1
};

// Texts and buffers are the caller's and must outlive the client.
struct ClientConfig {
  Connect connect;  // keep_alive_s: 0 (off) to 65,535; at least a few ack timeouts make sense
  Message birth;    // sent (QoS 0) after every CONNACK; topic absent: none
  Span<const Subscription> subscriptions;  // asked for after every CONNACK

  uint32_t ack_timeout_ms = 5000;  // > 0: longest wait for an answer before the link counts as dead
  uint32_t backoff_ms_min = 1000;  // > 0: first pause before connecting again
  uint32_t backoff_ms_max = 60000;  // >= backoff_ms_min
  uint32_t in_flight_max = 8;       // >= 1: QoS 1 messages sent ahead of their acknowledgement
  uint32_t replay_max = 0;          // acknowledged QoS 1 messages sent again on a new connection
  uint32_t seed = 1;                // of the jitter; different on every device

  Bytes receive;  // at least 8; a longer packet is passed over and counted
  Bytes control;  // at least 16 and the size of CONNECT, birth and each SUBSCRIBE packet
  Bytes queue;    // each message takes its packet's size + 4

  void* context = nullptr;
  // Called from poll() for every message of a subscription; nullptr: passed over. The message is
  // valid during the call. May call publish(), not poll().
  void (*on_message)(void* context, const Message& message) = nullptr;
};

#define MOTE_MQTT_STATE_LIST(X)                          \
  X(waiting)  /* for the back-off to pass */             \
  X(opening)  /* the stream connects */                  \
  X(greeting) /* CONNECT goes out, CONNACK is awaited */ \
  X(online)                                              \
  X(closing) /* queue and DISCONNECT go out */           \
  X(stopped)

enum class ClientState : uint8_t {
#define MOTE_MQTT_STATE_ENUM(name) name,
  MOTE_MQTT_STATE_LIST(MOTE_MQTT_STATE_ENUM)
#undef MOTE_MQTT_STATE_ENUM
};

const char* state_text(ClientState state);

// Since construction; each wraps at 2^32.
struct ClientCounters {
  uint32_t connects;      // CONNACKs that accepted
  uint32_t losses;        // connections given up after that, for any reason
  uint32_t refusals;      // CONNACKs and SUBACKs that refused
  uint32_t acknowledged;  // QoS 1 messages done, each once
  uint32_t stray_acks;    // acknowledgements of nothing that was waiting
  uint32_t received;      // messages handed to on_message
  uint32_t oversized;     // received packets larger than the receive buffer
};

class Client {
 public:
  // stream: copied; its context must outlive the client.
  Client(const StreamIo& stream, const ClientConfig& config);

  // Does what can be done now, and returns. now_ms: any monotonic millisecond count that wraps at
  // 2^32; call it at least every few hundred milliseconds. Result: why the connection was lost in
  // this call, otherwise ok.
  Status poll(uint32_t now_ms);

  // Accepts a message for sending, in order, whatever the state of the connection. After ok, a QoS
  // 1 message will reach the broker as long as the client is polled and a broker comes back. busy:
  // the queue is full now; out_of_memory: larger than the queue; invalid_argument: bad topic or
  // QoS; closed: stop() was called.
  Status publish(const Message& message);

  // Lets the queue drain, then says DISCONNECT (so that the broker drops the will) and stops.
  // Without a connection and with nothing to deliver it stops at once.
  void stop();

  ClientState state() const { return state_; }
  const ClientCounters& counters() const { return counters_; }
  // Messages not done with, those that are sent again among them.
  uint32_t pending() const { return queue_.count(); }

 private:
  void lose();
  void begin_session();
  Status pump_out();
  Status pump_in();
  Status take_received();
  Status take_packet(const Header& header, ConstBytes body);
  Status take_connack(ConstBytes body);
  Status take_publish(const Header& header, ConstBytes body);
  Status take_oversized(const Header& header);
  Status check_timers();
  Status fill_control();
  void answered();
  bool answer_due() const;
  uint16_t new_packet_id();
  uint32_t random();

  StreamIo stream_;
  ClientConfig config_;
  Queue queue_;
  ClientCounters counters_ = {};
  ClientState state_ = ClientState::waiting;
  bool stopping_ = false;
  bool started_ = false;  // poll() was called once
  bool birth_due_ = false;
  bool ping_due_ = false;
  bool ping_unanswered_ = false;
  bool disconnect_sent_ = false;
  uint8_t attempt_ = 0;        // connection attempts since the last CONNACK
  uint16_t packet_id_ = 0;     // last one given out
  uint16_t subscribe_id_ = 0;  // of the SUBSCRIBE that waits for its SUBACK
  uint16_t puback_id_ = 0;     // of a received message that waits for our PUBACK
  size_t subscribed_ = 0;      // subscriptions asked for on this connection
  size_t received_ = 0;        // bytes in config_.receive
  uint32_t skip_ = 0;          // bytes of an oversized packet still to come
  size_t control_size_ = 0;    // packet in config_.control
  size_t control_written_ = 0;
  uint32_t now_ = 0;
  uint32_t due_ms_ = 0;        // end of the back-off
  uint32_t last_sent_ms_ = 0;  // last time a byte went out
  uint32_t unanswered_since_ms_ = 0;
  bool unanswered_ = false;  // something that the broker must answer is out
  uint32_t random_;
};

}  // namespace mote::mqtt
