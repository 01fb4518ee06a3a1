#pragma once

#include <filesystem>
#include <string>

namespace basalt::e2e {

/// A real control plane of its own, made by control_plane.sh in `folder`; it is stopped when this object goes, or when
/// this program ends in any other way. Throws std::runtime_error when the script fails.
class ControlPlane {
 public:
  explicit ControlPlane(std::filesystem::path folder);
  ~ControlPlane();
  ControlPlane(const ControlPlane&) = delete;
  ControlPlane& operator=(const ControlPlane&) = delete;

  /// Of the user "admin" or "scheduler".
  [[nodiscard]] std::filesystem::path kubeconfig(const std::string& user) const;
  /// Every request of the scheduler's account, one JSON object a line (audit.k8s.io Event).
  [[nodiscard]] std::filesystem::path audit_log() const { return folder_ / "log" / "audit.log"; }

  /// SIGKILL to "etcd", "kube-apiserver" or "kube-controller-manager".
  void kill(const std::string& server);
  /// Starts it again; returns when the API is ready, if its server runs.
  void resume(const std::string& server);

 private:
  const std::filesystem::path folder_;
};

/// The root of the source tree: deploy/ and the scripts are read from there.
std::filesystem::path source_folder();

/// The folder with etcd, kube-apiserver and kube-controller-manager that the environment names; empty: none, then the
/// tests that need them are skipped.
std::filesystem::path control_plane_binaries();

}  // namespace basalt::e2e
