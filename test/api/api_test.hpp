#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "api/server.hpp"

namespace basalt::api {

using Json = nlohmann::json;
using Names = std::vector<std::string>;

inline constexpr const char* kJson = "application/json";
inline constexpr const char* kMerge = "application/merge-patch+json";
inline constexpr const char* kStrategic = "application/strategic-merge-patch+json";
inline constexpr const char* kJsonPatch = "application/json-patch+json";
inline constexpr const char* kTable = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

/// What the server answered.
struct Seen {
  int status = 0;
  std::string content_type;
  std::string text;
  Json body;

  [[nodiscard]] std::string reason() const { return body.value("reason", ""); }
  [[nodiscard]] std::string message() const { return body.value("message", ""); }
  /// The value at a JSON pointer; null when there is none.
  [[nodiscard]] Json at(const std::string& pointer) const;
  [[nodiscard]] std::string version() const { return at("/metadata/resourceVersion").get<std::string>(); }
  [[nodiscard]] std::string uid() const { return at("/metadata/uid").get<std::string>(); }
};

/// Shown when an expectation about it fails.
void PrintTo(const Seen& seen, std::ostream* out);

/// Names of the items of a list, in its order.
Names names(const Seen& list);

/// One test in a namespace of its own on the server of this program. Nothing here knows which server that is; where
/// servers differ, has() says how, and docs/api-differences.md why.
class ApiTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  [[nodiscard]] static bool has(Trait trait) { return server()->has(trait); }

  static Seen ask(const std::string& method, const std::string& path, const std::string& body,
                  const std::string& content_type = kJson, const std::string& accept = kJson);
  static Seen get(const std::string& path, const std::string& accept = kJson) {
    return ask("GET", path, "", "", accept);
  }
  static Seen post(const std::string& path, const Json& body) { return ask("POST", path, body.dump()); }
  static Seen put(const std::string& path, const Json& body) { return ask("PUT", path, body.dump()); }
  static Seen patch(const std::string& path, const Json& body, const std::string& type = kMerge) {
    return ask("PATCH", path, body.dump(), type);
  }
  static Seen remove(const std::string& path, const Json& options = nullptr) {
    return ask("DELETE", path, options.is_null() ? "" : options.dump());
  }

  /// Events of a watch: until there are so many, or the server ends it, or `silence` passes without any.
  static std::vector<Json> watch(const std::string& path, std::size_t count,
                                 std::chrono::milliseconds silence = std::chrono::seconds(20));
  /// "ADDED a" and so on.
  static Names story(const std::vector<Json>& events);

  /// Paths in the namespace of the test.
  [[nodiscard]] const std::string& space() const { return space_; }
  [[nodiscard]] std::string core(const std::string& rest) const { return "/api/v1/namespaces/" + space_ + "/" + rest; }
  [[nodiscard]] std::string in(const std::string& group_version, const std::string& rest) const {
    return "/apis/" + group_version + "/namespaces/" + space_ + "/" + rest;
  }
  [[nodiscard]] std::string pods(const std::string& rest = "") const { return core("pods" + rest); }

  /// A pod of one container that asks for one cpu. `more` is merged in.
  static Json pod(const std::string& name, const Json& more = Json::object());
  Seen make_pod(const std::string& name, const Json& more = Json::object()) { return post(pods(), pod(name, more)); }
  Seen make_config(const std::string& name, const Json& more = Json::object());
  Seen bind(const std::string& name, const std::string& node, const std::string& uid = "");

 private:
  std::string space_;
};

}  // namespace basalt::api
