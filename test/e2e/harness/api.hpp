#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>

#include "basalt/base/clock.hpp"
#include "kube/transport.hpp"

namespace basalt::e2e {

/// What the API server answered to one request.
struct Answer {
  int status = 0;
  nlohmann::json body;

  [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
};

/// The API server refused a request of the test itself.
class ApiRefused : public std::runtime_error {
 public:
  ApiRefused(const std::string& request, const Answer& answer);
  [[nodiscard]] int status() const { return status_; }

 private:
  int status_;
};

/// How a patch is to be read.
enum class Patch { merge, strategic };

/// The API server as a test sees it: paths and JSON, under the identity of a kubeconfig. All but send() and read_text()
/// throw ApiRefused when the answer is not 2xx; all throw std::runtime_error when there is none. Thread-safe.
class Api {
 public:
  explicit Api(const std::filesystem::path& kubeconfig);

  nlohmann::json get(const std::string& path);
  nlohmann::json create(const std::string& collection, const nlohmann::json& object);
  nlohmann::json patch(const std::string& path, const nlohmann::json& change, Patch type = Patch::merge);
  void remove(const std::string& path, const nlohmann::json& options = nlohmann::json::object());

  /// Creates many objects over a few connections at once; the order is not kept.
  void create_all(const std::string& collection, std::span<const nlohmann::json> objects);

  /// Any request. A refusal is an answer.
  Answer send(const std::string& method, const std::string& path, const nlohmann::json& body = nullptr,
              const std::string& content_type = "application/json");

  /// A reply that is not JSON, such as /metrics.
  std::string read_text(const std::string& path);

 private:
  kube::HttpResponse call(const kube::HttpRequest& request);
  nlohmann::json expect_ok(const std::string& method, const std::string& path, const nlohmann::json& body,
                           const std::string& content_type = "application/json");

  SystemClock clock_;
  std::unique_ptr<kube::Transport> transport_;
};

/// Any plain HTTP server on loopback, such as the scheduler's own endpoints. Status 0 when nobody answers.
kube::HttpResponse http_get(int port, const std::string& path);
/// The same with any method, and no body.
kube::HttpResponse http_send(int port, const std::string& method, const std::string& path);

}  // namespace basalt::e2e
