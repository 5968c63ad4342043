#include "lab/event_ledger.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "formats/telemetry/event.hpp"
#include "lab/board.hpp"

namespace mote::lab {
namespace {

std::string payload(uint32_t boot, uint32_t sequence) {
  char out[304];
  const telemetry::Event event{boot, sequence, 3, "loud", 0.75F, sequence, 64, 5, 6};
  const Result<size_t> size = telemetry::write_event(event, {out, sizeof out});
  return {out, size.value};
}

TEST(EventLedger, KeepsTheFirstOfEachAndTellsStartsApart) {
  EventLedger ledger;
  EXPECT_TRUE(ledger.take(payload(7, 1)));
  EXPECT_TRUE(ledger.take(payload(7, 3)));
  EXPECT_FALSE(ledger.take(payload(7, 1)));
  EXPECT_TRUE(ledger.take(payload(2, 1))) << "another start counts anew";
  EXPECT_EQ(ledger.duplicates(), 1U);
  EXPECT_EQ(ledger.boots(), (std::vector<uint32_t>{2, 7}));
  EXPECT_EQ(ledger.missing(7), std::vector<uint32_t>{2});
  EXPECT_TRUE(ledger.missing(2).empty());
  EXPECT_TRUE(ledger.of(5).empty());
  EXPECT_EQ(ledger.of(7).at(1).label, "loud");
}

TEST(EventLedger, RefusesWhatIsNoEvent) {
  EventLedger ledger;
  EXPECT_THROW(ledger.take("{}"), LabError);
  EXPECT_THROW(ledger.take("{\"boot\":1"), LabError);
  EXPECT_THROW(ledger.take(R"({"boot":1,"seq":"x"})"), LabError);
  EXPECT_EQ(ledger.count(), 0U);
}

// A device that starts several times, over a link that repeats, reorders and drops: the ledger says
// exactly what was dropped, of which start.
TEST(EventLedger, CountsAcrossReboots) {
  for (uint32_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::vector<std::pair<uint32_t, uint32_t>> sent;
    std::map<uint32_t, std::vector<uint32_t>> dropped;
    uint32_t repeated = 0;
    for (uint32_t boot : {uint32_t(random()), uint32_t(random()), uint32_t(random())}) {
      const uint32_t count = 1 + random() % 40;
      dropped[boot] = {};
      for (uint32_t sequence = 1; sequence <= count; ++sequence) {
        if (sequence < count && random() % 4 == 0) {
          dropped[boot].push_back(sequence);
          continue;
        }
        sent.emplace_back(boot, sequence);
        if (random() % 3 == 0) sent.emplace_back(boot, sequence), ++repeated;
      }
    }
    std::shuffle(sent.begin(), sent.end(), random);
    EventLedger ledger;
    for (const auto& [boot, sequence] : sent) ledger.take(payload(boot, sequence));
    EXPECT_EQ(ledger.duplicates(), repeated);
    EXPECT_EQ(ledger.boots().size(), dropped.size());
    for (const auto& [boot, sequences] : dropped) EXPECT_EQ(ledger.missing(boot), sequences);
  }
}

}  // namespace
}  // namespace mote::lab
