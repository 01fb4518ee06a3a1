#pragma once

#include <string_view>

namespace basalt::embedded {

/// The field numbers of the Kubernetes API, as text: a line with the name of a message, then indented lines of its
/// fields: name, number, type; "[]" before the type is a list, "{}" a map from strings; "." as the name means that the
/// members of that type stand in JSON among those of the message itself.
extern const std::string_view kMessageTable;

}  // namespace basalt::embedded
