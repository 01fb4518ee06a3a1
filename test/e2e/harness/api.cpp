#include "e2e/harness/api.hpp"

#include <array>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "kube/connect.hpp"
#include "kube/kubeconfig.hpp"

namespace basalt::e2e {
namespace {

constexpr std::chrono::seconds kTimeLimit{60};
constexpr int kParallelRequests = 6;

template <class T>
T value_or_throw(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(result).value();
}

std::unique_ptr<kube::Transport> connect(const std::filesystem::path& kubeconfig, const Clock& clock) {
  const std::array<std::filesystem::path, 1> files{kubeconfig};
  const auto access = value_or_throw(kube::load_kubeconfig(files, ""));
  return value_or_throw(kube::make_transport(access, {}, "basalt-e2e", clock));
}

}  // namespace

ApiRefused::ApiRefused(const std::string& request, const Answer& answer)
    : std::runtime_error(request + ": HTTP " + std::to_string(answer.status) + " " + answer.body.dump()),
      status_(answer.status) {}

Api::Api(const std::filesystem::path& kubeconfig) : transport_(connect(kubeconfig, clock_)) {}

kube::HttpResponse Api::call(const kube::HttpRequest& request) {
  return value_or_throw(transport_->call(request, kTimeLimit, {}));
}

Answer Api::send(const std::string& method, const std::string& path, const nlohmann::json& body,
                 const std::string& content_type) {
  kube::HttpRequest request{.method = method, .path = path, .headers = {{"Accept", "application/json"}}, .body = {}};
  if (!body.is_null()) {
    request.headers.push_back({"Content-Type", content_type});
    request.body = body.dump();
  }
  const kube::HttpResponse response = call(request);
  return {.status = response.status, .body = nlohmann::json::parse(response.body, nullptr, false)};
}

nlohmann::json Api::expect_ok(const std::string& method, const std::string& path, const nlohmann::json& body,
                              const std::string& content_type) {
  Answer answer = send(method, path, body, content_type);
  if (!answer.ok()) throw ApiRefused(method + " " + path, answer);
  return std::move(answer.body);
}

nlohmann::json Api::get(const std::string& path) { return expect_ok("GET", path, nullptr); }

nlohmann::json Api::create(const std::string& collection, const nlohmann::json& object) {
  return expect_ok("POST", collection, object);
}

nlohmann::json Api::patch(const std::string& path, const nlohmann::json& change, Patch type) {
  return expect_ok("PATCH", path, change,
                   type == Patch::merge ? "application/merge-patch+json" : "application/strategic-merge-patch+json");
}

void Api::remove(const std::string& path, const nlohmann::json& options) { expect_ok("DELETE", path, options); }

void Api::create_all(const std::string& collection, std::span<const nlohmann::json> objects) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    try {
      for (std::size_t i = next++; i < objects.size(); i = next++) create(collection, objects[i]);
    } catch (const std::exception&) {
      const std::scoped_lock lock(mutex);
      failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kParallelRequests; ++i) threads.emplace_back(work);
  }
  if (failure) std::rethrow_exception(failure);
}

std::string Api::read_text(const std::string& path) {
  const kube::HttpResponse response = call({.method = "GET", .path = path, .headers = {}, .body = {}});
  if (!response.ok()) throw std::runtime_error("GET " + path + ": HTTP " + std::to_string(response.status));
  return response.body;
}

kube::HttpResponse http_get(int port, const std::string& path) { return http_send(port, "GET", path); }

kube::HttpResponse http_send(int port, const std::string& method, const std::string& path) {
  kube::ServerAddress server{
      .tls = false, .host = "127.0.0.1", .port = static_cast<std::uint16_t>(port), .path_prefix = ""};
  const auto transport = value_or_throw(kube::make_beast_transport(server, {}));
  const auto response =
      transport->call({.method = method, .path = path, .headers = {}, .body = {}}, std::chrono::seconds{10}, {});
  return response ? *response : kube::HttpResponse{};
}

}  // namespace basalt::e2e
