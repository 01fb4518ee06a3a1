#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "kube/list_fetch.hpp"
#include "kube/object.hpp"
#include "kube/reflector.hpp"

namespace basalt::kube {

/// Tells a sink what lists and events change, given what it was told before. Keeps key, uid and resourceVersion of each
/// object. Not thread-safe.
class Delivery {
 public:
  explicit Delivery(ObjectSink& sink) : sink_(sink) {}

  /// Delivers a whole list, and deletes for what is not in it. Objects that cannot be read are reported to the sink and
  /// otherwise taken as absent; returns how many there were.
  std::size_t replace(const FetchedList& list);

  /// An object is there. An object with the same key and another uid is deleted first.
  void upsert(const ObjectHead& head, const ObjectBytes& object);

  /// An object is gone; one that is not known, or is known with another uid, is ignored.
  void remove(const ObjectHead& head, const ObjectBytes& last);

  [[nodiscard]] std::size_t objects() const { return known_.size(); }

 private:
  struct Known {
    std::string uid;
    std::string resource_version;
    std::uint64_t list = 0;  // number of the list that had it last
  };

  ObjectSink& sink_;
  std::map<ObjectKey, Known> known_;  // ordered: deletes after a list come in the order of keys
  std::uint64_t list_ = 0;
};

}  // namespace basalt::kube
