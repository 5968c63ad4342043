#include "project/project.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "data/dataset.hpp"
#include "data/test_files.hpp"
#include "project/recordings.hpp"

namespace mote::project {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string minimal = R"([project]
name = "p"
[data]
datasets = ["set"]
[sensor]
axes = ["x"]
units = "g"
rate_hz = 100
range = 16384
[window]
length_ms = 40
)";

std::string error_of(const std::string& text) {
  try {
    parse(text, "mote.toml");
  } catch (const ProjectError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Project, ReadsAMinimalFileWithDefaults) {
  const Project project = parse(minimal, "mote.toml");
  EXPECT_EQ(project.window.length, 4);
  EXPECT_EQ(project.window.stride, 4);
  EXPECT_EQ(project.publish.topic, "p");
  EXPECT_DOUBLE_EQ(project.sensor.scale(), 0.5);
}

TEST(Project, ReadsEveryExample) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(MOTE_SOURCE_DIR "/examples")) {
    if (entry.path().extension() != ".toml") continue;
    EXPECT_NO_THROW(load(entry.path().string())) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 6);
}

TEST(Project, ReadsFeatures) {
  const Project project =
      parse(minimal +
                "stride_ms = 10\n[[features]]\nop = \"mel\"\nframe_ms = 20\nfft_length = 16\n"
                "[[features]]\nop = \"statistics\"\n",
            "m");
  ASSERT_EQ(project.features.size(), 2U);
  EXPECT_EQ(std::get<features::MelBlock>(project.features[0]).fft_length, 16);
  EXPECT_DOUBLE_EQ(project.recipe().rate_hz, 100);
  EXPECT_EQ(project.window.stride, 1);
}

struct Wrong {
  std::string text;  // behind `minimal`, whose last line is 11
  std::string error;
};

TEST(Project, RefusesWithLineAllowedValuesAndSuggestion) {
  const std::vector<Wrong> cases = {
      {"strid_ms = 2\n", "mote.toml:12: [window] 'strid_ms' is unknown; did you mean 'stride_ms'?"},
      {"length = 4\n", "says both 'length' and 'length_ms'"},
      {"[trian]\n", "mote.toml:12: section 'trian' is unknown; did you mean 'train'?"},
      {"[train]\nepochs = 0\n",
       "mote.toml:13: [train] 'epochs' is 0; allowed: a whole number, 1.."},
      {"[train]\nepochs = \"ten\"\n", "'epochs' is text; it takes a whole number"},
      {"[train]\nlearning_rate = inf\n", "'learning_rate' is inf"},
      {"[target]\nboard = \"mps2-an368\"\n", "did you mean 'mps2-an386'?"},
      {"[target]\nram = \"64 kilo\"\n", "'ram' takes bytes"},
      {"[target]\nram = \"8 MiB\"\n",
       "mote.toml:13: target.ram: 8388608 bytes, but mps2-an386 has"},
      {"[model]\ntype = \"mlp\"\nblocks = 3\n", "mote.toml:14: model.blocks: belongs to ds_cnn"},
      {"[model]\ntype = \"autoencoder\"\n", "an autoencoder learns task"},
      {"[[features]]\nfft = 3\n", "mote.toml:12: [[features]] has no 'op'"},
      {"[[features]]\nop = \"mfcc\"\n", "'op' is 'mfcc' (allowed: raw, mel"},
      {"[[features]]\nop = \"mel\"\nframe_ms = 500\n", "does not fit the window of 40 ms"},
      {"[[features]]\nop = \"mel\"\nframe_ms = 20\nhigh_hz = 80\n",
       "half the sensor's rate (50 Hz)"},
      {"[[features]]\nop = \"spectral\"\nfft_length = 100\n", "allowed: 16, 32, 64"},
      {"[[features]]\nop = \"statistics\"\nstatistics = [\"rsm\"]\n", "did you mean 'rms'?"},
      {"[train.augment]\nshift_ms = 41\n", "is longer than the window"},
      {"[train.augment]\ncopies = 3\n", "'copies' is unknown"},
      {"[train.augment]\nbackground = 0.3\n", "background_label go together"},
      {"[train.augment]\nbackground_label = \"hum\"\n", "background_label go together"},
      {"[[features]]\nop = \"statistics\"\n[train.augment]\ntime_mask = 0.1\n",
       "train.augment.time_mask: masks an image"},
      {"[model]\ntype = \"autoencoder\"\n[train]\ntask = \"anomaly\"\nmixup = 0.1\n",
       "train.mixup: is about classes"},
      {"[train]\nmixup = 0.6\n", "'mixup' is 0.6; allowed: a number, 0..0.5"},
      {"[publish]\ntopic = \"a/#\"\n", "'topic' is 'a/#'"},
      {"[publish\n", "mote.toml:12: is not TOML"},
  };
  for (const Wrong& wrong : cases) {
    EXPECT_THAT(error_of(minimal + wrong.text), HasSubstr(wrong.error)) << wrong.text;
  }
}

TEST(Project, RefusesABackgroundThatIsNoLabel) {
  std::string text = minimal;
  const std::string datasets = "datasets = [\"set\"]\n";
  text.insert(text.find(datasets) + datasets.size(), "labels = [\"yes\", \"hiss\"]\n");
  text += "[train.augment]\nbackground = 0.3\nbackground_label = \"his\"\n";
  EXPECT_THAT(error_of(text), HasSubstr("'his' is not in labels; did you mean 'hiss'?"));
}

TEST(Project, SaysWhatIsMissing) {
  EXPECT_THAT(error_of("[project]\nname = \"p\"\n"), HasSubstr("data.datasets: is missing"));
  EXPECT_THAT(error_of(""), HasSubstr("project.name: is missing"));
}

TEST(Project, SurvivesTruncationAndFlippedBits) {
  std::ifstream file(MOTE_SOURCE_DIR "/examples/predictive-maintenance/mote.toml");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  ASSERT_FALSE(text.empty());
  for (size_t i = 0; i < text.size(); i += 3) {
    error_of(text.substr(0, i));
    std::string broken = text;
    broken[i] = static_cast<char>(broken[i] ^ (1 << (i % 8)));
    error_of(broken);
  }
}

data::Recording labelled(const std::string& name, const std::string& label,
                         const std::string& group, data::Split split) {
  data::Recording recording = data::make_recording(name, {1, 2, 3, 4, 5, 6, 7, 8}, label, group);
  recording.info.split = split;
  return recording;
}

TEST(LoadData, MapsLabelsAndCutsWindowsPerSplit) {
  const data::ScratchFolder folder;
  data::Dataset dataset = data::Dataset::create(folder / "set", "set");
  dataset.add({}, {labelled("a.wav", "yes", "anna", data::Split::train),
                   labelled("b.wav", "dog", "bert", data::Split::train),
                   labelled("c.wav", "nope", "carl", data::Split::val),
                   labelled("d.csv", "yes", "dora", data::Split::val)});
  dataset.save();
  std::string text = minimal;
  text.replace(
      text.find("datasets = [\"set\"]"), 18,
      "datasets = [\"./set\"]\ninclude = [\"*.wav\"]\nlabels = [\"yes\", \"no\", \"other\"]\n"
      "other_label = \"other\"\nrelabel = { nope = \"no\" }");
  data::write_file(folder / "mote.toml", text);
  const Project project = load(folder / "mote.toml");
  const ProjectData loaded = load_data(project);
  const ExampleSet train = examples_of(project, loaded, data::Split::train);
  EXPECT_THAT(train.classes, ElementsAre(0, 0, 2, 2));
  EXPECT_THAT(train.recordings, ElementsAre(0, 0, 1, 1));
  EXPECT_EQ(train.counts.size(), 16U);
  EXPECT_THAT(examples_of(project, loaded, data::Split::val).classes, ElementsAre(1, 1));
  EXPECT_EQ(loaded.hash, load_data(project).hash);
}

TEST(LoadData, NamesWhatDoesNotFit) {
  const data::ScratchFolder folder;
  data::Dataset dataset = data::Dataset::create(folder / "set", "set");
  dataset.add({}, {labelled("a", "yes", "anna", data::Split::train)});
  dataset.save();
  const auto load_error = [&](const std::string& from, const std::string& to) -> std::string {
    std::string text = minimal;
    text.replace(text.find("\"set\""), 5, "\"./set\"");
    text.replace(text.find(from), from.size(), to);
    data::write_file(folder / "mote.toml", text);
    try {
      load_data(load(folder / "mote.toml"));
    } catch (const ProjectError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(load_error("./set", "./gone"), HasSubstr("mote.toml:4: data.datasets.0"));
  EXPECT_THAT(load_error("\"g\"", "\"m/s2\""), HasSubstr("mote.toml:7: sensor.units"));
  EXPECT_THAT(load_error("[\"x\"]", "[\"z\"]"), HasSubstr("has no axis 'z' (it has: x)"));
  EXPECT_THAT(load_error("[sensor]", "labels = [\"yes\", \"no\"]\n[sensor]"),
              HasSubstr("nothing in the data is 'no'"));
}

}  // namespace
}  // namespace mote::project
