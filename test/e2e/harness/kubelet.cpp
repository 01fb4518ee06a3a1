#include "e2e/harness/kubelet.hpp"

#include "e2e/harness/objects.hpp"

namespace basalt::e2e {
namespace {

std::string phase_of(const nlohmann::json& pod) { return pod.at("status").value("phase", ""); }

bool named_so(const nlohmann::json& pod, const std::string& prefix) {
  return pod.at("metadata").at("name").get<std::string>().starts_with(prefix);
}

nlohmann::json status(const std::string& phase, const std::string& ready) {
  nlohmann::json change;
  change["status"] = {{"phase", phase},
                      {"conditions", nlohmann::json::array({{{"type", "Ready"}, {"status", ready}}})}};
  return change;
}

}  // namespace

void Kubelet::for_each(const std::string& space, const std::function<bool(const nlohmann::json&)>& chosen,
                       const std::function<void(const std::string& path)>& act) {
  const nlohmann::json pods = api_.get(pods_path(space));
  for (const auto& pod : pods.at("items")) {
    if (chosen(pod)) act(pods_path(space) + "/" + pod.at("metadata").at("name").get<std::string>());
  }
}

void Kubelet::run_bound(const std::string& space) {
  for_each(
      space,
      [](const nlohmann::json& pod) { return pod.at("spec").contains("nodeName") && phase_of(pod) == "Pending"; },
      [&](const std::string& path) { api_.patch(path + "/status", status("Running", "True"), Patch::strategic); });
}

void Kubelet::finish(const std::string& prefix, const std::string& phase, const std::string& space) {
  for_each(
      space, [&](const nlohmann::json& pod) { return named_so(pod, prefix) && phase_of(pod) == "Running"; },
      [&](const std::string& path) { api_.patch(path + "/status", status(phase, "False"), Patch::strategic); });
}

void Kubelet::remove(const std::string& prefix, const std::string& space) {
  for_each(
      space, [&](const nlohmann::json& pod) { return named_so(pod, prefix); },
      [&](const std::string& path) {
        api_.remove(path, {{"gracePeriodSeconds", 0}});
      });
}

}  // namespace basalt::e2e
