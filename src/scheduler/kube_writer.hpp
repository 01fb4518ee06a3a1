#pragma once

#include "kube/client.hpp"
#include "scheduler/writer.hpp"

namespace basalt {

/// Writes through the Kubernetes API. The client repeats what the server asks it to repeat (429 with Retry-After).
class KubeWriter final : public Writer {
 public:
  /// REQUIRES: `client` outlives this.
  explicit KubeWriter(kube::Client& client) : client_(client) {}

  Result<void> bind(const BindOrder& order, std::stop_token stop) override;
  Result<void> patch_pod_status(const ObjectName& pod, std::string body, std::stop_token stop) override;
  Result<void> delete_pod(const ObjectName& pod, std::stop_token stop) override;
  Result<PodPlace> read_pod(const ObjectName& pod, std::stop_token stop) override;
  Result<void> patch_pod_group(const ObjectName& group, std::string body, std::stop_token stop) override;
  Result<void> patch_queue_status(const ObjectName& queue, std::string body, std::stop_token stop) override;
  Result<void> find_queue(const std::string& name, std::stop_token stop) override;
  Result<void> create_queue(std::string body, std::stop_token stop) override;
  Result<void> create_event(const kube::EventRecord& record, std::stop_token stop) override;
  Result<void> patch_event(const kube::EventRecord& record, std::string body, std::stop_token stop) override;

 private:
  kube::Client& client_;
};

}  // namespace basalt
