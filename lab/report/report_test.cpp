#include "lab/report/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>

#include "lab/report/svg.hpp"

namespace mote::lab::report {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Svg, EscapesWhatMarkupWouldRead) {
  EXPECT_EQ(escape("a<b & \"c\"\x01>"), "a&lt;b &amp; &quot;c&quot;&gt;");
}

TEST(Svg, CutsTextBetweenCodePoints) {
  EXPECT_EQ(fit("größer", 1000), "größer");
  EXPECT_EQ(fit("größer", 6.6 * 4), "grö…");
  EXPECT_EQ(fit("größer", 0), "");
}

TEST(Svg, TicksAreRoundAndInside) {
  EXPECT_EQ(ticks_between(0, 10, 5), (std::vector<double>{0, 2, 4, 6, 8, 10}));
  EXPECT_EQ(ticks_between(3, 3, 5), (std::vector<double>{3}));
  for (const double tick : ticks_between(-0.37, 0.91, 4)) {
    EXPECT_GE(tick, -0.37);
    EXPECT_LE(tick, 0.91);
  }
}

TEST(ConfusionMatrix, SaysCountsAndRecall) {
  const std::string svg = confusion_matrix_svg({{"ok", "fault"}, {8, 2, 0, 5}});
  EXPECT_THAT(svg, HasSubstr("13 of 15 decisions"));
  EXPECT_THAT(svg, HasSubstr("ok taken for fault: 2 (20.0 %)"));
  EXPECT_THAT(svg, HasSubstr("80.0 %"));
  EXPECT_THAT(svg, HasSubstr("100.0 %"));
}

Waveform chirp() {
  Waveform waveform{1000, "g", {"x", "y"}, {{}, {}}, {}, {}};
  for (int i = 0; i < 12000; ++i) {
    const double t = i / 1000.0;
    const double fault = t > 6 ? 0.8 * std::exp(-std::fmod(t, 0.11) * 40) : 0;
    waveform.samples[0].push_back(static_cast<float>(std::sin(120 * t) * (0.3 + fault)));
    waveform.samples[1].push_back(static_cast<float>(std::cos(97 * t) * (0.2 + fault / 2)));
  }
  waveform.truth = {{0, 6, "normal"}, {6, 12, "bearing fault"}};
  waveform.events = {{7.1, "bearing fault", 0.97}, {9.4, "bearing fault", 0.99}};
  return waveform;
}

TEST(WaveformPicture, SaysTruthAndEvents) {
  const std::string svg = waveform_svg(chirp());
  EXPECT_THAT(svg, HasSubstr("Labelled bearing fault from 6.0 to 12.0 s."));
  EXPECT_THAT(svg, HasSubstr("The device reported bearing fault at 7.1 s."));
  EXPECT_THAT(svg, HasSubstr("confidence 97 %"));
  EXPECT_THAT(waveform_svg({}), HasSubstr("No samples"));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
}

TEST(MemoryMap, NamesEveryBuffer) {
  const std::string svg = memory_map_svg({{"x", 0, 100, 0, 0}, {"a<b", 100, 60, 0, 1}}, 160, 2);
  EXPECT_THAT(svg, HasSubstr("2 buffers share an arena of 160 bytes"));
  EXPECT_THAT(svg, HasSubstr("a&lt;b: 60 bytes at 100, operators 0 to 1"));
}

TEST(OpCosts, SaysCostPerMac) {
  const std::string svg = op_costs_svg({{"conv2d", 2200, 1000}, {"softmax", 800, 0}});
  EXPECT_THAT(svg, HasSubstr(">2.20<"));
  EXPECT_THAT(svg, HasSubstr("3,000 together"));
}

TEST(ModelGraphPicture, RunsLongReadsBesideTheColumn) {
  const GraphNode first{"conv2d", "[1,4]", "3x3", 1000, 90, 4, true, {-1}};
  const GraphNode second{"relu", "[1,4]", "", 0, 0, 4, true, {0}};
  const GraphNode third{"a<b", "[1,4]", "no kernel", 0, 0, 4, false, {1, 0}};
  const std::string svg = model_graph_svg({{first, second, third}, "x", "y"});
  EXPECT_THAT(svg, HasSubstr("3 operators and 1,000 multiply-accumulates, from x to y"));
  EXPECT_THAT(svg, HasSubstr("2  a&lt;b"));
  EXPECT_THAT(svg, HasSubstr("node_bad"));
  EXPECT_THAT(svg, HasSubstr("90 bytes of weights"));
  size_t detours = 0;
  for (size_t at = svg.find("curve0"); at != std::string::npos; at = svg.find("curve0", at + 1))
    ++detours;
  EXPECT_EQ(detours, 1u) << "the addition reads the convolution past the activation";
}

Page sample_page() {
  Page page;
  page.title = "predictive-maintenance <demo>";
  page.subtitle = "From vibration to decisions.";
  page.tiles = {{"99.2 %", "accuracy", "on the board"}, {"143,220", "instructions", "exact"}};
  page.stages = {{"data", 1.2, "400 recordings"}, {"train", 12.25, "30 epochs"}};
  std::vector<Epoch> epochs;
  for (int i = 0; i < 30; ++i) {
    epochs.push_back({std::exp(-i / 6.0), std::exp(-i / 7.0) + 0.05, 1 - 0.7 * std::exp(-i / 4.0)});
  }
  page.sections = {
      {"Decisions", "Rows are labels.",
       confusion_matrix_svg({{"normal", "imbalance", "bearing"}, {40, 1, 0, 0, 38, 2, 0, 0, 44}})},
      {"A caught fault", "The device's events in pink.", waveform_svg(chirp())},
      {"Memory", "One arena.",
       memory_map_svg({{"input", 0, 4096, 0, 0},
                       {"conv", 4096, 8192, 0, 1},
                       {"scratch of op 1", 0, 1024, 1, 1},
                       {"pool", 1024, 2048, 1, 3}},
                      12288, 4)},
      {"Cost", "Exact instructions.",
       op_costs_svg({{"conv2d [1,25,5,64]", 803221, 320000}, {"softmax [1,12]", 3100, 0}})},
      {"Training", "Loss and accuracy.", learning_curve_svg(epochs)},
      {"Events", "As they came.", table_html({{"time", "label"}, {"7.1 s", "bearing & fault"}})}};
  page.footer = "Made by mote.";
  return page;
}

TEST(PageHtml, IsWholeAndEscaped) {
  const std::string html = page_html(sample_page());
  EXPECT_THAT(html, HasSubstr("<title>predictive-maintenance &lt;demo&gt;</title>"));
  EXPECT_THAT(html, HasSubstr("bearing &amp; fault"));
  EXPECT_THAT(html, HasSubstr("12.2 s"));
  EXPECT_THAT(html, HasSubstr("prefers-color-scheme: dark"));
  EXPECT_THAT(html, Not(HasSubstr("http")));  // nothing is fetched
  if (const char* path = std::getenv("MOTE_REPORT_SAMPLE")) std::ofstream(path) << html;
}

TEST(Report, APictureStandsAlone) {
  const std::string svg = confusion_matrix_svg({{"a", "b"}, {3, 1, 0, 4}});
  const std::string file = picture_file(svg);
  EXPECT_EQ(file.rfind("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"", 0), 0U);
  EXPECT_NE(file.find("viewBox=\"0 0 "), std::string::npos);
  EXPECT_NE(file.find("prefers-color-scheme"), std::string::npos);
  EXPECT_NE(file.find("Confusion matrix: 7 of 8"), std::string::npos);
  EXPECT_TRUE(file.ends_with("</svg>\n"));
  EXPECT_EQ(file.find("@media print"), std::string::npos) << "the page's rules stay with the page";
  EXPECT_THROW(picture_file("<p>"), std::invalid_argument);
}

}  // namespace
}  // namespace mote::lab::report
