#include <atomic>
#include <cstdlib>

#include "api/server.hpp"
#include "embedded/api/server.hpp"
#include "kube/connect.hpp"
#include "kube/credentials.hpp"

namespace basalt::api {
namespace {

constexpr const char* kToken = "let-me-in";

class EmbeddedServer final : public Server {
 public:
  EmbeddedServer() {
    const kube::ServerAddress address{false, "127.0.0.1", server_->port(), ""};
    kube::AuthSettings auth;
    auth.token = kToken;
    transport_ =
        kube::make_authenticated_transport(*kube::make_beast_transport(address, {}), auth, "basalt-api-tests", clock_);
    stranger_ = *kube::make_beast_transport(address, {});
  }

  kube::Transport& transport() override { return *transport_; }
  kube::Transport& stranger() override { return *stranger_; }
  [[nodiscard]] bool has(Trait trait) const override { return traits()[static_cast<std::size_t>(trait)].embedded; }
  void compact() override { cluster_.store().compact(); }
  std::string forgotten_version() override {
    compact();
    return "1";
  }

 private:
  const SystemClock clock_;
  embedded::Cluster cluster_{clock_, {}};
  embedded::ApiServer api_{cluster_, {.token = kToken, .faults = false, .clock = nullptr}};
  std::unique_ptr<embedded::HttpServer> server_ = *embedded::HttpServer::start({}, api_);
  std::unique_ptr<kube::Transport> transport_;
  std::unique_ptr<kube::Transport> stranger_;
};

}  // namespace

Server* server() {
  static EmbeddedServer only;
  return &only;
}

}  // namespace basalt::api
