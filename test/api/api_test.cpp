#include "api/api_test.hpp"

#include <ostream>

namespace basalt::api {
namespace {

constexpr std::chrono::seconds kTimeLimit{30};

// Collects lines until there are enough.
class Lines final : public kube::StreamReceiver {
 public:
  explicit Lines(std::size_t wanted) : wanted_(wanted) {}
  bool on_open(const kube::HttpResponse&) override { return wanted_ > 0; }
  bool on_bytes(std::string_view bytes) override {
    rest_ += bytes;
    for (std::size_t end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n')) {
      events.push_back(Json::parse(rest_.substr(0, end)));
      rest_.erase(0, end + 1);
    }
    return events.size() < wanted_;
  }

  std::vector<Json> events;

 private:
  const std::size_t wanted_;
  std::string rest_;
};

}  // namespace

Json Seen::at(const std::string& pointer) const {
  const Json::json_pointer where(pointer);
  return body.contains(where) ? body.at(where) : Json();
}

void PrintTo(const Seen& seen, std::ostream* out) { *out << "HTTP " << seen.status << " " << seen.text; }

Names names(const Seen& list) {
  Names found;
  for (const Json& item : list.at("/items")) found.push_back(item.at("metadata").at("name"));
  return found;
}

void ApiTest::SetUp() {
  if (server() == nullptr) {
    GTEST_SKIP() << "no control plane: set BASALT_E2E_CONTROL_PLANE to the folder that "
                    "test/e2e/control_plane_binaries.sh prints, or run `make e2e`";
  }
  const Seen made = post("/api/v1/namespaces", {{"metadata", {{"generateName", "t-"}}}});
  ASSERT_EQ(201, made.status) << made.text;
  space_ = made.at("/metadata/name");
}

void ApiTest::TearDown() {
  if (!space_.empty()) remove("/api/v1/namespaces/" + space_);
}

Seen ApiTest::ask(const std::string& method, const std::string& path, const std::string& body,
                  const std::string& content_type, const std::string& accept) {
  kube::HttpRequest request{method, path, {{"Accept", accept}}, body};
  if (!body.empty()) request.headers.push_back({"Content-Type", content_type});
  const auto response = server()->transport().call(request, kTimeLimit, {});
  if (!response) {
    ADD_FAILURE() << method << " " << path << ": " << response.error().message;
    return {};
  }
  return {response->status, std::string(response->header("content-type")), response->body,
          Json::parse(response->body, nullptr, false)};
}

std::vector<Json> ApiTest::watch(const std::string& path, std::size_t count, std::chrono::milliseconds silence) {
  Lines lines(count);
  const std::string query = path + (path.find('?') == std::string::npos ? "?" : "&") + "watch=true";
  const auto end =
      server()->transport().stream({"GET", query, {{"Accept", kJson}}, ""}, {kTimeLimit, silence}, lines, {});
  if (!end) ADD_FAILURE() << path << ": " << end.error().message;
  if (end && !end->head.ok()) lines.events.push_back({{"type", "HTTP"}, {"object", Json::parse(end->head.body)}});
  return std::move(lines.events);
}

Names ApiTest::story(const std::vector<Json>& events) {
  Names told;
  for (const Json& event : events) {
    const Json::json_pointer name("/object/metadata/name");
    told.push_back(event.value("type", "") + (event.contains(name) ? " " + event.at(name).get<std::string>() : ""));
  }
  return told;
}

Json ApiTest::pod(const std::string& name, const Json& more) {
  Json made = {
      {"apiVersion", "v1"},
      {"kind", "Pod"},
      {"metadata", {{"name", name}}},
      {"spec",
       {{"containers", {{{"name", "c"}, {"image", "busybox:1"}, {"resources", {{"requests", {{"cpu", "1"}}}}}}}}}}};
  made.merge_patch(more);
  return made;
}

Seen ApiTest::make_config(const std::string& name, const Json& more) {
  Json made = {{"metadata", {{"name", name}}}, {"data", {{"k", "v"}}}};
  made.merge_patch(more);
  return post(core("configmaps"), made);
}

Seen ApiTest::bind(const std::string& name, const std::string& node, const std::string& uid) {
  Json binding = {{"apiVersion", "v1"},
                  {"kind", "Binding"},
                  {"metadata", {{"name", name}}},
                  {"target", {{"kind", "Node"}, {"name", node}}}};
  if (!uid.empty()) binding["metadata"]["uid"] = uid;
  return post(pods("/" + name + "/binding"), binding);
}

}  // namespace basalt::api
