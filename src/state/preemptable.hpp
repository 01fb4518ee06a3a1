#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "basalt/model/objects.hpp"

namespace basalt {

/// The annotation of a key, else the label, else null: the order in which Volcano looks.
inline const std::string* annotation_or_label(const ObjectMeta& meta, std::string_view key) {
  const std::string* value = find_value(meta.annotations, key);
  return value != nullptr ? value : find_value(meta.labels, key);
}

/// What a pod or a PodGroup says about being evicted; absent: nothing, which means yes for a pod,
/// and for a PodGroup that it leaves the answer to its pods. Text that is no boolean of Go's
/// ParseBool means no. Source: Volcano's `volcano.sh/preemptable`.
inline std::optional<bool> stated_preemptable(const ObjectMeta& meta) {
  const std::string* text = annotation_or_label(meta, "volcano.sh/preemptable");
  if (text == nullptr) return std::nullopt;
  return *text == "1" || *text == "t" || *text == "T" || *text == "true" || *text == "TRUE" || *text == "True";
}

}  // namespace basalt
