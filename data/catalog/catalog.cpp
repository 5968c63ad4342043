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

std::vector<CatalogEntry> table() {
  const std::string no_importer = "it is listed for reference only: ";
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
       .note = "the official test (takes 0 to 4) holds the speakers of the training set by design"},
      {.name = "speech-commands-v2-test",
       .title = "Speech Commands v0.02, test archive: 10 words, _unknown_, _silence_, 16 kHz",
       .home = "http://download.tensorflow.org/data/speech_commands_v0.02.tar.gz",
       .licence = "CC BY 4.0",
       .sha256 = "d8aab33fa94d25c423f4b6fa477ac8563381ee0a43772db81c0a7636987a9ceb",
       .format = "wav"},
      {.name = "speech-commands-v1-30words",
       .title = "Speech Commands v0.01: 30 words, 10 clips each, 16 kHz",
       .home = "http://download.tensorflow.org/data/speech_commands_v0.01.tar.gz",
       .licence = "CC BY 4.0",
       .sha256 = "261d338ef52811e1de050a5c6d4a19fa734504632d3adf254e491230dd4ae543",
       .format = "wav",
       .rewrites = {{"split", "overlaps-v2-test-speaker", "split", "excluded"}},
       .note = "clips of speakers who are in speech-commands-v2-test are excluded"},
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
       .home = "GitHub: zephyr-ei-xiao-nrf-demo",
       .licence = "Apache-2.0",
       .sha256 = "c0f37f7528b17fbaee5c37775c684ed1c264c5db541d9c7504575bc05b2dd0d7",
       .format = "edge-impulse",
       .options = units("g"),
       .note = "one person, one device; the files say m/s2, but the values are in g"},
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
       .note = "one pump; each experiment is a group"},
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
       .title = "MIT-BIH Arrhythmia: 18 ambulatory ECG records, 360 Hz",
       .home = "https://physionet.org/content/mitdb/1.0.0/",
       .licence = "ODC-By 1.0",
       .refusal = no_importer + "WFDB records (.dat, .hea, .atr) have no importer"},
      {.name = "mnist-t10k",
       .title = "MNIST test digits, 28x28",
       .home = "http://yann.lecun.com/exdb/mnist/",
       .licence = "CC BY-SA 3.0",
       .refusal = no_importer + "images are not recordings of a sensor over time"},
      {.name = "tflm-testdata",
       .title = "Test files of tflite-micro: a few WAV, BMP and PNG",
       .home = "https://github.com/tensorflow/tflite-micro",
       .licence = "Apache-2.0",
       .refusal = no_importer + "single test files, not a set to learn from"},
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
