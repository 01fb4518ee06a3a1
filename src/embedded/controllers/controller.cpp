#include "embedded/controllers/controller.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "embedded/objects/timestamp.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

bool is_gone(const Refusal& refusal) { return refusal.code == 404; }

// FNV-1a: a name for a message that is the same in each run.
std::string hash_of(std::string_view text) {
  std::uint64_t hash = 14'695'981'039'346'656'037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  std::string digits;
  for (int shift = 60; shift >= 0; shift -= 4) digits += "0123456789abcdef"[(hash >> shift) & 15U];
  return digits;
}

}  // namespace

ObjectPtr Workplace::find(const ObjectName& object) const {
  const KindRef found = kind(object.resource);
  return found ? cluster.store().find(*found, object.key) : nullptr;
}

Objection Workplace::write_status(const ObjectName& object, const Json& seen, Json status) const {
  if (kube::member_at(seen, "status") == status) return {};
  Json wanted = seen;
  wanted["status"] = std::move(status);
  const auto written = cluster.modify(*kind(object.resource), object.key, Part::status,
                                      [&](const Json&) -> Outcome<Json> { return std::move(wanted); });
  if (written || is_gone(written.refusal())) return {};
  return written.refusal();
}

Objection Workplace::remove(const ObjectName& object, const std::string& uid, DeleteRequest request) const {
  request.uid = uid;
  const auto removed = cluster.remove(*kind(object.resource), object.key, request);
  // A conflict: another object has the name by now.
  if (removed || is_gone(removed.refusal()) || removed.refusal().code == 409) return {};
  return removed.refusal();
}

Objection Workplace::drop_finalizer(const ObjectName& object, const std::string& uid,
                                    std::string_view finalizer) const {
  const auto changed =
      cluster.modify(*kind(object.resource), object.key, Part::main, [&](const Json& present) -> Outcome<Json> {
        Json wanted = present;
        if (text_at(present, "metadata.uid") != uid) return wanted;
        Json& finalizers = wanted["metadata"]["finalizers"];
        if (!finalizers.is_array()) return present;
        finalizers.erase(std::remove(finalizers.begin(), finalizers.end(), finalizer), finalizers.end());
        return wanted;
      });
  if (changed || is_gone(changed.refusal())) return {};
  return changed.refusal();
}

void Workplace::warn(const Json& about, const std::string& reason, const std::string& message) const {
  const std::string name = text_at(about, "metadata.name");
  const std::string space = text_at(about, "metadata.namespace");
  const std::string uid = text_at(about, "metadata.uid");
  const std::string now = format_time(cluster.clock().now());
  const Json event = {{"metadata", {{"name", name + "." + hash_of(uid + reason)}}},
                      {"involvedObject",
                       {{"apiVersion", about.at("apiVersion")},
                        {"kind", about.at("kind")},
                        {"namespace", space},
                        {"name", name},
                        {"uid", uid}}},
                      {"type", "Warning"},
                      {"reason", reason},
                      {"message", message},
                      {"source", {{"component", "basalt-cluster"}}},
                      {"firstTimestamp", now},
                      {"lastTimestamp", now},
                      {"count", 1}};
  // Refused when it is there already: it says the same.
  static_cast<void>(cluster.create(*kind({"", "events"}), space, event));
}

}  // namespace basalt::embedded
