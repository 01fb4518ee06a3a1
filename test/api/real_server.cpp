#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "api/server.hpp"
#include "e2e/harness/control_plane.hpp"
#include "kube/connect.hpp"
#include "kube/kubeconfig.hpp"

namespace basalt::api {
namespace {

constexpr std::chrono::seconds kTimeLimit{30};

template <class T>
T value_or_throw(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(result).value();
}

std::filesystem::path make_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "basalt-api-tests.XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder: " + pattern);
  return pattern;
}

class RealServer final : public Server {
 public:
  RealServer() {
    const std::array<std::filesystem::path, 1> files{control_plane_.kubeconfig("admin")};
    kube::ClusterAccess access = value_or_throw(kube::load_kubeconfig(files, ""));
    transport_ = value_or_throw(kube::make_transport(access, {}, "basalt-api-tests", clock_));
    access.auth = {};
    stranger_ = value_or_throw(kube::make_transport(access, {}, "basalt-api-tests", clock_));
    minor_ = std::stoi(ask(*transport_, {"GET", "/version", {}, ""}).at("minor").get<std::string>());
  }
  ~RealServer() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_ / "etcd", ignored);
  }
  RealServer(const RealServer&) = delete;
  RealServer& operator=(const RealServer&) = delete;

  kube::Transport& transport() override { return *transport_; }
  kube::Transport& stranger() override { return *stranger_; }
  [[nodiscard]] bool has(Trait trait) const override {
    return minor_ >= traits()[static_cast<std::size_t>(trait)].since_minor;
  }

  // Through etcd's gateway, as kube-apiserver itself does it every five minutes (here: never).
  void compact() override {
    const auto now = ask(*transport_, {"GET", "/api/v1/namespaces?limit=1", {}, ""});
    const std::string revision = now.at("metadata").at("resourceVersion").get<std::string>();
    const auto etcd = value_or_throw(kube::make_beast_transport(etcd_address(), {}));
    ask(*etcd, {"POST", "/v3/kv/compaction", {}, R"({"revision":")" + revision + R"(","physical":true})"});
  }

  // The watch cache of a kind remembers what came since the kind is served, whatever etcd still knows.
  std::string forgotten_version() override { return "1"; }

 private:
  static nlohmann::json ask(kube::Transport& transport, const kube::HttpRequest& request) {
    const auto response = value_or_throw(transport.call(request, kTimeLimit, {}));
    if (!response.ok()) throw std::runtime_error(request.path + ": HTTP " + std::to_string(response.status));
    return nlohmann::json::parse(response.body);
  }
  [[nodiscard]] kube::ServerAddress etcd_address() const {
    std::ifstream command(folder_ / "run" / "etcd.command");
    for (std::string word; std::getline(command, word);) {
      const std::string flag = "--listen-client-urls=";
      if (word.starts_with(flag)) return value_or_throw(kube::parse_server_url(word.substr(flag.size())));
    }
    throw std::runtime_error("no --listen-client-urls in etcd's command line");
  }

  const SystemClock clock_;
  const std::filesystem::path folder_ = make_folder();
  e2e::ControlPlane control_plane_{folder_};
  std::unique_ptr<kube::Transport> transport_;
  std::unique_ptr<kube::Transport> stranger_;
  int minor_ = 0;
};

}  // namespace

Server* server() {
  static const std::unique_ptr<RealServer> only =
      e2e::control_plane_binaries().empty() ? nullptr : std::make_unique<RealServer>();
  return only.get();
}

}  // namespace basalt::api
