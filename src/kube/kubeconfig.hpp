#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "basalt/base/result.hpp"
#include "kube/access.hpp"

namespace basalt::kube {

/// What the choice of a cluster depends on besides flags; tests hand in their own.
struct Surroundings {
  /// Value of an environment variable; empty when it is not set.
  std::function<std::optional<std::string>(const std::string&)> variable;
  /// Where a pod finds its token, ca.crt and namespace.
  std::filesystem::path service_account = "/var/run/secrets/kubernetes.io/serviceaccount";
};

/// The environment of this program.
Surroundings process_surroundings();

/// The flags by which a user says which cluster. All may be empty.
struct AccessFlags {
  std::string master;      ///< --master: URL that replaces the one of the kubeconfig
  std::string kubeconfig;  ///< --kubeconfig: file
  std::string context;     ///< context to use instead of current-context
};

/// Chooses as Volcano's scheduler does: with --master or --kubeconfig, the kubeconfig file (--master replaces only its
/// server URL, and is enough alone); else in-cluster; else the files of $KUBECONFIG, else ~/.kube/config. The error
/// names everything that was tried.
Result<ClusterAccess> choose_access(const AccessFlags& flags, const Surroundings& surroundings);

/// Reads kubeconfig files, merged: of two entries with one name, and of two current-contexts, the first wins; files
/// that do not exist are skipped, but not all of them. Relative paths are relative to the folder of the file they stand
/// in; data beats file. `context` empty: the current-context. `master`, if given, replaces the server's URL.
/// Credentials are dropped when that URL is http. Fails with `invalid` (says file, entry, and what was expected),
/// `not_found` (no file), or `unsupported` for exec plugins, auth-provider and proxy-url (names the entry).
Result<ClusterAccess> load_kubeconfig(std::span<const std::filesystem::path> files, const std::string& context,
                                      const std::string& master = {});

/// What a pod is given: KUBERNETES_SERVICE_HOST/PORT, token file, CA and namespace. Fails with `not_found` outside a
/// pod. A missing CA file is not an error (the roots of the system then decide).
Result<ClusterAccess> in_cluster_access(const Surroundings& surroundings);

}  // namespace basalt::kube
