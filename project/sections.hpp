// The keys of each section; sections.cpp holds the tables.
#pragma once

#include <string>
#include <vector>

#include "project/fields.hpp"
#include "project/project.hpp"

namespace mote::project {

// [window] as the file says it: in ms or in frames.
struct WindowKeys {
  double length_ms = 0;
  double stride_ms = 0;
  int64_t length = 0;
  int64_t stride = 0;
  WindowSection rest;
};

const std::vector<Field<ProjectSection>>& project_fields();
const std::vector<Field<DataSection>>& data_fields();
const std::vector<Field<SensorSection>>& sensor_fields();
const std::vector<Field<WindowKeys>>& window_fields();
const std::vector<Field<ModelSection>>& model_fields();
const std::vector<Field<TrainSection>>& train_fields();
const std::vector<Field<AugmentSection>>& augment_fields();
const std::vector<Field<QuantizeSection>>& quantize_fields();
const std::vector<Field<TargetSection>>& target_fields();
const std::vector<Field<PublishSection>>& publish_fields();

// The model types that a key of [model] counts for; empty: all.
std::vector<std::string> model_types_of(const std::string& key);

// One [[features]] table; `place` names it.
features::FeatureBlock read_feature(const Place& place, const Node& node);

}  // namespace mote::project
