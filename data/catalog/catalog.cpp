#include "data/catalog/catalog.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "data/generate/motor_vibration.hpp"

namespace mote::data {
namespace {

std::vector<Recording> motor_vibration(const std::function<void(size_t, size_t)>& progress) {
  return generate_motor_vibration(MotorVibrationSpec{}, progress);
}

ImportOptions units(const std::string& units) {
  ImportOptions options;
  options.units = units;
  return options;
}

ImportOptions sp_sw_har_options() {
  ImportOptions options;
  options.columns = {"x_acc", "y_acc", "z_acc", "x_gyro", "y_gyro", "z_gyro"};
  options.label_column = "label";
  options.label_names = {{"WALKING", "walking"},
                         {"TURNING", "turning"},
                         {"SITTING_DOWN", "sitting_down"},
                         {"SEATED", "seated"},
                         {"STANDING_UP", "standing_up"}};
  options.time_column = "timestamp";
  options.time_unit_s = 1e-3;
  options.units = "m/s2";
  return options;
}

ImportOptions cwru_options() {
  ImportOptions options;
  options.columns = {"DE", "FE"};
  options.rate_hz = 12000;
  options.units = "g";
  return options;
}

ImportOptions skab_options() {
  ImportOptions options;
  options.delimiter = ';';
  options.columns = {"Accelerometer1RMS", "Accelerometer2RMS", "Current", "Pressure",
                     "Temperature",       "Thermocouple",      "Voltage", "Volume Flow RateRMS"};
  options.label_column = "anomaly";
  options.label_names = {{"0.0", "normal"}, {"1.0", "anomaly"}, {"0", "normal"}, {"1", "anomaly"}};
  options.time_column = "datetime";
  options.units = "mixed";
  return options;
}

ImportOptions occupancy_options() {
  ImportOptions options;
  options.columns = {"column1", "column2", "column3", "column4", "column5"};
  options.axes = {"temperature", "humidity", "light", "co2", "humidity_ratio"};
  options.label_column = "column6";
  options.label_names = {{"0", "empty"}, {"1", "occupied"}};
  options.rate_hz = 1.0 / 60;
  options.units = "mixed";
  return options;
}

// The AAMI classes of the letters that annotate a beat (ANSI/AAMI EC57).
ImportOptions mitbih_options() {
  ImportOptions options;
  const std::pair<std::string, std::string> classes[] = {{"normal", "NLRej"},
                                                         {"supraventricular", "AaJSn"},
                                                         {"ventricular", "VEr"},
                                                         {"fusion", "F"},
                                                         {"unclassified", "/fQ"}};
  for (const auto& [name, letters] : classes) {
    for (const char letter : letters) options.label_names[std::string(1, letter)] = name;
  }
  return options;
}

// De Chazal et al. 2004: 22 patients to learn from (DS1), 22 others to judge by (DS2); four with
// pacemakers are left out. Each record is a patient of its own, but for 201 and 202.
std::vector<Rewrite> mitbih_splits() {
  return {{"name", "([0-9]+)\\.hea", "group", "$1"},
          {"name", "20[12]\\.hea", "group", "201"},
          {"name",
           "(101|106|108|109|112|114|115|116|118|119|122|124|201|203|205|207|208|209|215|220|223|"
           "230)\\.hea",
           "split", "train"},
          {"name",
           "(100|103|105|111|113|117|121|123|200|210|212|213|214|219|221|222|228|231|232|233|"
           "234)\\.hea",
           "split", "test"},
          {"name", "(102|104|107|202|217)\\.hea", "split", "excluded"}};
}

// "seven/9ab86dd2_nohash_1.wav": the word, and who says it.
std::vector<Rewrite> speech_commands_names() {
  return {{"name", "([^/]+)/.*", "label", "$1"},
          {"name", "[^/]+/([0-9a-f]+)_nohash_.*", "group", "$1"}};
}

std::vector<CatalogEntry> table() {
  return {
      {.name = "motor-vibration",
       .title = "Motor test bench, simulated: 12 machines, 6 conditions, 3 axes at 4 kHz",
       .home = "built in (data/generate/motor_vibration.hpp)",
       .licence = "Apache-2.0",
       .note = "simulated; shows that the path works, not how well it works on your motor",
       .generate = motor_vibration},
      {.name = "fsdd",
       .title = "Free Spoken Digit Dataset: ten digits, 5 speakers, 8 kHz",
       .home = "https://github.com/Jakobovski/free-spoken-digit-dataset",
       .licence = "CC BY-SA 4.0",
       .sha256 = "10f3cc5f9b5b15c58d9cb62d0d0853b63ae992f22630d45600dd7c30086c460f",
       .format = "wav",
       .note = "the official test (takes 0 to 4) holds the speakers of the training set by design",
       .download = {.urls = {"https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/"
                             "heads/master.zip"},
                    .folder = "free-spoken-digit-dataset-master",
                    .only = "recordings/.*\\.wav",
                    .rewrites = {{"name", "recordings/([0-9])_.*", "label", "$1"},
                                 {"name", "recordings/[0-9]_([a-z]+)_.*", "group", "$1"},
                                 {"name", ".*_[0-4]\\.wav", "split", "test"},
                                 {"name", ".*_([5-9]|[0-9]{2})\\.wav", "split", "train"}},
                    .note = "six speakers, the mirror has five"}},
      {.name = "speech-commands-v2-test",
       .title = "Speech Commands v0.02, test archive: 10 words, _unknown_, _silence_, 16 kHz",
       .home = "http://download.tensorflow.org/data/speech_commands_v0.02.tar.gz",
       .licence = "CC BY 4.0",
       .sha256 = "d8aab33fa94d25c423f4b6fa477ac8563381ee0a43772db81c0a7636987a9ceb",
       .format = "wav",
       .download = {.urls = {"http://download.tensorflow.org/data/"
                             "speech_commands_test_set_v0.02.tar.gz"},
                    .only = ".*\\.wav",
                    .rewrites = speech_commands_names(),
                    .note = "the whole test set, 4,890 clips; the mirror has 1,035 of them"}},
      {.name = "speech-commands-v1-30words",
       .title = "Speech Commands v0.01: 30 words, 10 clips each, 16 kHz",
       .home = "http://download.tensorflow.org/data/speech_commands_v0.01.tar.gz",
       .licence = "CC BY 4.0",
       .sha256 = "261d338ef52811e1de050a5c6d4a19fa734504632d3adf254e491230dd4ae543",
       .format = "wav",
       .rewrites = {{"split", "overlaps-v2-test-speaker", "split", "excluded"}},
       .note = "clips of speakers who are in speech-commands-v2-test are excluded",
       .download = {.urls = {"http://download.tensorflow.org/data/speech_commands_v0.01.tar.gz"},
                    .only = "[a-z]+/0[0-9a-f]+_nohash_.*\\.wav",
                    .rewrites = speech_commands_names(),
                    .note = "one speaker of sixteen; speakers of speech-commands-v2-test are among "
                            "them: don't judge by that set"}},
      {.name = "sp-sw-har",
       .title = "Phone and watch motion: 5 activities, 18 subjects, about 103 Hz",
       .home = "https://zenodo.org/doi/10.5281/zenodo.8398688",
       .licence = "CC BY 4.0",
       .sha256 = "4b8efeaff8f78f9bee956b1ea7e21123322ffa3f4e2f0e222063c1a0b8bb0e78",
       .format = "csv",
       .options = sp_sw_har_options(),
       .rewrites = {{"group", "subject (s[0-9]+) .*", "group", "$1"}},
       .note = "phone (*_sp.csv) and watch (*_sw.csv) of one subject are one group; time stamps"
               " are those of delivery, so each recording's mean rate is taken; acceleration in"
               " m/s2, rotation in rad/s"},
      {.name = "ei-motionsense-esp",
       .title = "Fall, idle, shake, groundquack: one-second windows, 62.5 Hz",
       .home = "GitHub: MotionSense-ESP",
       .licence = "Apache-2.0 / MIT",
       .sha256 = "873bdc22805be519235ee78e577c07727fcf9a016b44faf3df944aa3a88cec7a",
       .format = "edge-impulse",
       .note = "the official split is not independent of sessions or persons"},
      {.name = "ei-gestures-xiao-nrf54",
       .title = "Idle, circle, updown, flick: 10 s recordings, 104 Hz",
       .home = "https://github.com/iotengineer22/zephyr-ei-xiao-nrf-demo",
       .licence = "Apache-2.0",
       .sha256 = "c0f37f7528b17fbaee5c37775c684ed1c264c5db541d9c7504575bc05b2dd0d7",
       .format = "edge-impulse",
       .options = units("g"),
       .note = "one person, one device; the files say m/s2, but the values are in g",
       .download =
           {.urls = {"https://github.com/iotengineer22/zephyr-ei-xiao-nrf-demo/archive/refs/"
                     "heads/main.zip"},
            .only = ".*/(training|testing)/.*\\.json",
            .rewrites = {{"name", ".*/training/.*", "split", "train"},
                         {"name", ".*/testing/.*", "split", "test"}}}},
      {.name = "cwru-bearing",
       .title = "Motor bearings: normal, ball, inner and outer race faults, 12 kHz",
       .home = "https://engineering.case.edu/bearingdatacenter",
       .licence = "none stated: local tests only",
       .sha256 = "cc32f2c19e225316506d0df7447c26caaea63b20c4f6e3fda53d71b850d6607f",
       .format = "npz",
       .options = cwru_options(),
       // A fault of one kind and size is one physical bearing, whatever the load.
       .rewrites = {{"label", "(.*)", "group", "$1"},
                    {"group", ".*_007", "split", "train"},
                    {"group", ".*_021", "split", "val"},
                    {"group", ".*_014", "split", "test"},
                    {"label", "(.*)_[0-9]+", "label", "$1"}},
       .note = "too easy for claims: one healthy recording, cut by time; faults are split by"
               " bearing (7 mil train, 21 mil val, 14 mil test), so the same defect at another"
               " load never straddles"},
      {.name = "skab",
       .title = "Skoltech Anomaly Benchmark: water pump, 8 channels, anomaly flag per row, 1 Hz",
       .home = "https://github.com/waico/SKAB",
       .licence = "GPL-3.0 (data)",
       .sha256 = "df23c3effb6754fc853af47c9bd748b7eec521e244cca969ecfd6495263cd528",
       .format = "csv",
       .options = skab_options(),
       .rewrites = {{"name", "(.*)\\.csv", "group", "$1"}},
       .note = "one pump; each experiment is a group",
       .download = {.urls = {"https://github.com/waico/SKAB/archive/refs/heads/master.zip"},
                    .folder = "SKAB-master/data",
                    .only = "[^/]+/[^/]+\\.csv",
                    .rewrites = {{"name", "(.*)\\.csv", "group", "$1"},
                                 {"name", "anomaly-free/.*", "label", "normal"}}}},
      {.name = "uci-occupancy-detection",
       .title = "Room occupancy from temperature, humidity, light and CO2, one row per minute",
       .home = "https://archive.ics.uci.edu/dataset/357/occupancy+detection",
       .licence = "CC BY 4.0",
       .sha256 = "3b596211671756987e61ce7f81333e7d217f3e4a9681c62ab5ec66c45e060ef7",
       .format = "csv",
       .options = occupancy_options(),
       .rewrites = {{"name", "(data.*)\\.txt", "group", "$1"},
                    {"name", "datatraining\\.txt", "split", "train"},
                    {"name", "datatest\\.txt", "split", "test"}},
       .note = "one room; training and test are different days"},
      {.name = "mitbih-arrhythmia-subset",
       .title = "MIT-BIH Arrhythmia: 18 ambulatory ECG records, 360 Hz, a label per beat",
       .home = "https://physionet.org/content/mitdb/1.0.0/",
       .licence = "ODC-By 1.0",
       .sha256 = "d99e83c692e8d1cb08dea0a11527dd4255a99d50293a594444744c919850588b",
       .format = "wfdb",
       .options = mitbih_options(),
       .rewrites = {{"label", ".*", "label", ""}},
       .note = "train and test are different patients (DS1, DS2); the leads differ between records",
       .download = {.urls = {"https://physionet.org/static/published-projects/mitdb/"
                             "mit-bih-arrhythmia-database-1.0.0.zip"},
                    .folder = "mit-bih-arrhythmia-database-1.0.0",
                    .only = "[0-9]+\\.hea",
                    .rewrites = mitbih_splits(),
                    .note = "all 48 records"}},
      {.name = "mnist-t10k",
       .title = "MNIST test digits: pictures of 28x28, read row by row as 28 axes",
       .home = "http://yann.lecun.com/exdb/mnist/",
       .licence = "CC BY-SA 3.0",
       .sha256 = "cc83e853d93c25effffc9ebe6bfb5b62b1e03348ddfb825cad4bf9b3d75f76c4",
       .note = "not a sensor: a picture lasts one second, a row is a frame",
       .download = {.urls = {"https://storage.googleapis.com/cvdf-datasets/mnist/"
                             "t10k-images-idx3-ubyte.gz",
                             "https://storage.googleapis.com/cvdf-datasets/mnist/"
                             "t10k-labels-idx1-ubyte.gz"},
                    .note = "10,000 pictures; the mirror has 7,983"}},
      {.name = "tflm-testdata",
       .title = "Test files of tflite-micro: yes, no, noise, silence; 16 kHz",
       .home = "https://github.com/tensorflow/tflite-micro",
       .licence = "Apache-2.0",
       .sha256 = "ddeb030f7d295fc19e503b47aa48d71d9bed86283076980dae1cd027e99b83b5",
       .rewrites = {{"split", "smoke-test", "split", "test"},
                    {"label", "(yes|no|noise|silence)_.*", "label", "$1"}},
       .note = "six clips to try a model on, nothing to learn from; its pictures are skipped",
       .download = {.urls = {"https://github.com/tensorflow/tflite-micro/archive/refs/heads/"
                             "main.zip"},
                    .only = ".*/micro_speech/testdata/[a-z]+_1000ms\\.wav",
                    .rewrites = {{"name", ".*/([a-z]+)_1000ms\\.wav", "label", "$1"},
                                 {"name", ".*", "split", "test"}}}},
  };
}

}  // namespace

const std::vector<CatalogEntry>& catalog() {
  static const std::vector<CatalogEntry> entries = table();
  return entries;
}

const CatalogEntry& catalog_entry(std::string_view name) {
  std::vector<std::string> names;
  for (const CatalogEntry& entry : catalog()) {
    if (entry.name == name) return entry;
    names.push_back(entry.name);
  }
  throw DataError(
      fmt::format("'{}' is not in the catalogue (it has: {})", name, fmt::join(names, ", ")));
}

}  // namespace mote::data
