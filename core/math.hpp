// Elementary functions in float32 for cores without a maths library, with the same bits on every
// one of them: only integer arithmetic and correctly rounded instructions. Each header states its
// largest error; math_test measures it over all floats.
#pragma once

#include "core/math_exp.hpp"
#include "core/math_log.hpp"
#include "core/math_sqrt.hpp"
#include "core/math_trigonometry.hpp"
