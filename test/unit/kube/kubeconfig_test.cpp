#include "kube/kubeconfig.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <vector>

namespace basalt::kube {
namespace {

namespace fs = std::filesystem;

class Kubeconfig : public ::testing::Test {
 protected:
  Kubeconfig()
      : folder_(fs::temp_directory_path() /
                ("basalt-kubeconfig-" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) +
                 "-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~Kubeconfig() override { fs::remove_all(folder_); }

  fs::path write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  // A file with one context whose cluster and user have these lines.
  fs::path write_one(const std::string& cluster, const std::string& user) const {
    return write("config", "clusters:\n- name: c\n  cluster: {" + cluster + "}\nusers:\n- name: u\n  user: {" + user +
                               "}\ncontexts:\n- name: x\n  context: {cluster: c, user: u}\ncurrent-context: x\n");
  }
  static Result<ClusterAccess> load(const fs::path& file, const std::string& context = {}) {
    return load_kubeconfig({&file, 1}, context);
  }
  std::string error_of(const std::string& cluster, const std::string& user) const {
    const auto access = load(write_one(cluster, user));
    if (access) return "accepted";
    std::string message = access.error().message;
    const std::string prefix = "kubeconfig " + (folder_ / "config").string() + ": ";
    return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
  }
  Surroundings surroundings() const {
    Surroundings result;
    result.variable = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    };
    result.service_account = folder_ / "serviceaccount";
    return result;
  }

  const fs::path folder_;
  std::map<std::string, std::string> variables_;
};

TEST_F(Kubeconfig, ReadsEverythingOfAContext) {
  const auto file = write("config", R"(
apiVersion: v1
kind: Config
preferences: {}
current-context: prod
clusters:
- name: other
  cluster: {server: "https://other"}
- name: main
  cluster:
    server: https://api.example.com:6443/k8s/clusters/c-1/
    certificate-authority: pki/ca.crt
    tls-server-name: kubernetes.default
users:
- name: admin
  user:
    client-certificate: ../admin.crt
    client-key: /abs/admin.key
    as: jane
    as-uid: "12"
    as-groups: [dev, ops]
    as-user-extra: {scopes: [a, b]}
contexts:
- name: prod
  context: {cluster: main, user: admin, namespace: batch}
)");
  const auto access = load(file);
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ((ServerAddress{true, "api.example.com", 6443, "/k8s/clusters/c-1"}), access->server);
  EXPECT_EQ((folder_ / "pki/ca.crt").string(), access->tls.authorities.file);
  EXPECT_EQ((folder_.parent_path() / "admin.crt").string(), access->tls.certificate.file);
  EXPECT_EQ("/abs/admin.key", access->tls.key.file);
  EXPECT_EQ("kubernetes.default", access->tls.server_name);
  EXPECT_TRUE(access->tls.verify);
  EXPECT_EQ("batch", access->default_space);
  EXPECT_EQ((Impersonation{"jane", "12", {"dev", "ops"}, {{"scopes", {"a", "b"}}}}), access->auth.impersonation);
  EXPECT_EQ("kubeconfig " + file.string() + ", context 'prod'", access->origin);
}

TEST_F(Kubeconfig, DataBeatsFiles) {
  const auto access = load(write_one("server: 'https://a', certificate-authority: ca, certificate-authority-data: UEVN",
                                     "client-certificate: c, client-certificate-data: Q0VSVA==, client-key: k, "
                                     "client-key-data: S0VZ"));
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ((PemSource{"PEM", ""}), access->tls.authorities);
  EXPECT_EQ((PemSource{"CERT", ""}), access->tls.certificate);
  EXPECT_EQ((PemSource{"KEY", ""}), access->tls.key);
}

TEST_F(Kubeconfig, TokenFilesAreRelativeToTheKubeconfig) {
  const auto access = load(write_one("server: 'https://a'", "token: first, tokenFile: t/token"));
  ASSERT_TRUE(access);
  EXPECT_EQ("first", access->auth.token);
  EXPECT_EQ((folder_ / "t/token").string(), access->auth.token_file);
}

TEST_F(Kubeconfig, MayBeJson) {
  const auto access = load(write("config", R"({"clusters":[{"name":"c","cluster":{"server":"https://[fd00::1]:6443"}}],
      "contexts":[{"name":"x","context":{"cluster":"c"}}],"current-context":"x"})"));
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ((ServerAddress{true, "fd00::1", 6443, ""}), access->server);
  EXPECT_EQ("default", access->default_space);
}

TEST_F(Kubeconfig, ErrorsSayWhatWhereAndWhatWasExpected) {
  EXPECT_EQ("user 'u': exec is not supported; use a token, tokenFile or client certificate",
            error_of("server: 'https://a'", "exec: {command: aws}"));
  EXPECT_EQ("user 'u': auth-provider is not supported; use a token, tokenFile or client certificate",
            error_of("server: 'https://a'", "auth-provider: {name: gcp}"));
  EXPECT_EQ("cluster 'c': proxy-url is not supported; use a server URL that is reachable directly",
            error_of("server: 'https://a', proxy-url: 'http://p'", ""));
  EXPECT_EQ("cluster 'c': server: expected the URL of the API server", error_of("", ""));
  EXPECT_EQ("cluster 'c': server: expected a string", error_of("server: [1]", ""));
  EXPECT_EQ("cluster 'c': insecure-skip-tls-verify: expected true or false",
            error_of("server: 'https://a', insecure-skip-tls-verify: maybe", ""));
  EXPECT_EQ("cluster 'c': insecure-skip-tls-verify and a certificate-authority: expected one of the two",
            error_of("server: 'https://a', insecure-skip-tls-verify: true, certificate-authority: x", ""));
  EXPECT_EQ("cluster 'c': certificate-authority-data: expected base64 of PEM text",
            error_of("server: 'https://a', certificate-authority-data: '%%%'", ""));
  EXPECT_EQ("user 'u': token and username/password: expected one of the two",
            error_of("server: 'https://a'", "token: t, username: n"));
  EXPECT_EQ("user 'u': client-certificate and client-key: expected both or neither",
            error_of("server: 'https://a'", "client-certificate: x"));
  EXPECT_EQ("user 'u': as-uid, as-groups and as-user-extra need 'as'",
            error_of("server: 'https://a'", "as-groups: [x]"));
  EXPECT_EQ("user 'u': as-groups: expected a list of strings", error_of("server: 'https://a'", "as: a, as-groups: x"));
}

TEST_F(Kubeconfig, UnsupportedIsACodeOfItsOwn) {
  EXPECT_EQ(ErrorCode::unsupported, load(write_one("server: 'https://a'", "exec: {command: x}")).error().code);
}

TEST_F(Kubeconfig, NamesWhatIsMissing) {
  const auto file = write("config", "contexts:\n- name: a\n  context: {cluster: gone}\n- name: b\n  context: {}\n");
  const std::string prefix = "kubeconfig " + file.string();
  EXPECT_EQ(prefix + ": no current-context, expected the name of a context", load(file).error().message);
  EXPECT_EQ(prefix + ": there is no context 'z', expected one of: 'a', 'b'", load(file, "z").error().message);
  EXPECT_EQ(prefix + ": context 'a': there is no cluster 'gone', expected one of: (none defined)",
            load(file, "a").error().message);
}

TEST_F(Kubeconfig, OddDocumentsAreErrors) {
  for (const char* text : {"- 1", "a: [", "clusters: 5", "clusters: [1]", "clusters: [{cluster: {}}]", "kind: Pod",
                           "users: [{name: u, user: 3}]", "plain", "contexts: {a: b}", "{{}: 1, ? [x] : y}"}) {
    const auto access = load(write("config", text));
    EXPECT_FALSE(access) << text;
    EXPECT_EQ(ErrorCode::invalid, access.error().code) << text;
  }
}

TEST_F(Kubeconfig, CredentialsAreNotSentInTheClear) {
  const auto access = load(write_one("server: 'http://a:8080'", "token: secret, as: jane"));
  ASSERT_TRUE(access);
  EXPECT_EQ(AuthSettings{}, access->auth);
}

TEST_F(Kubeconfig, OfSeveralFilesTheFirstValueWinsAndMissingOnesAreSkipped) {
  const auto first = write("one/config", R"(
current-context: x
clusters: [{name: c, cluster: {server: 'https://first', certificate-authority: ca}}]
)");
  const auto second = write("two/config", R"(
current-context: y
clusters: [{name: c, cluster: {server: 'https://second'}}]
users: [{name: u, user: {tokenFile: token}}]
contexts: [{name: x, context: {cluster: c, user: u}}, {name: y, context: {cluster: c}}]
)");
  variables_["KUBECONFIG"] = first.string() + ":" + (folder_ / "absent").string() + "::" + second.string();
  const auto access = choose_access({}, surroundings());
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ("first", access->server.host);
  EXPECT_EQ((folder_ / "one/ca").string(), access->tls.authorities.file);
  EXPECT_EQ((folder_ / "two/token").string(), access->auth.token_file);
}

TEST_F(Kubeconfig, HomeIsTheLastResort) {
  fs::rename(write_one("server: 'https://home'", ""),
             (fs::create_directories(folder_ / ".kube"), folder_ / ".kube/config"));
  variables_["HOME"] = folder_.string();
  const auto access = choose_access({}, surroundings());
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ("home", access->server.host);
}

TEST_F(Kubeconfig, WithNothingTheErrorNamesWhatWasTried) {
  variables_["HOME"] = folder_.string();
  const auto access = choose_access({}, surroundings());
  ASSERT_FALSE(access);
  EXPECT_EQ(ErrorCode::not_found, access.error().code);
  EXPECT_NE(std::string::npos, access.error().message.find("KUBERNETES_SERVICE_HOST"));
  EXPECT_NE(std::string::npos, access.error().message.find((folder_ / ".kube/config").string()));
}

TEST_F(Kubeconfig, MasterReplacesOnlyTheServer) {
  AccessFlags flags;
  flags.kubeconfig = write_one("server: 'https://a', certificate-authority: ca", "token: t").string();
  flags.master = "https://10.0.0.9:6443";
  const auto access = choose_access(flags, surroundings());
  ASSERT_TRUE(access);
  EXPECT_EQ("10.0.0.9", access->server.host);
  EXPECT_EQ("t", access->auth.token);
  EXPECT_FALSE(access->tls.authorities.empty());

  flags.kubeconfig.clear();
  flags.master = "http://127.0.0.1:8080";
  EXPECT_EQ((ServerAddress{false, "127.0.0.1", 8080, ""}), choose_access(flags, surroundings())->server);
  flags.master = "ftp://x";
  EXPECT_FALSE(choose_access(flags, surroundings()));
}

TEST_F(Kubeconfig, InsideAPodItIsNotNeeded) {
  variables_ = {{"KUBERNETES_SERVICE_HOST", "fd00::1"}, {"KUBERNETES_SERVICE_PORT", "443"}};
  const auto without_token = in_cluster_access(surroundings());
  ASSERT_FALSE(without_token);
  EXPECT_NE(std::string::npos, without_token.error().message.find("token"));
  write("serviceaccount/token", "t\n");
  write("serviceaccount/namespace", "volcano-system\n");
  auto access = choose_access({}, surroundings());
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ((ServerAddress{true, "fd00::1", 443, ""}), access->server);
  EXPECT_EQ((folder_ / "serviceaccount/token").string(), access->auth.token_file);
  EXPECT_TRUE(access->tls.authorities.empty());
  EXPECT_EQ("volcano-system", access->default_space);
  write("serviceaccount/ca.crt", "pem");
  EXPECT_FALSE(in_cluster_access(surroundings())->tls.authorities.empty());
}

TEST(ServerUrl, IsParsed) {
  EXPECT_EQ((ServerAddress{true, "a", 443, ""}), *parse_server_url("https://a"));
  EXPECT_EQ((ServerAddress{true, "a", 443, ""}), *parse_server_url("https://a/"));
  EXPECT_EQ((ServerAddress{false, "a", 80, "/p/q"}), *parse_server_url("http://a/p/q"));
  EXPECT_EQ((ServerAddress{false, "localhost", 8080, ""}), *parse_server_url("localhost:8080"));
  EXPECT_EQ((ServerAddress{true, "::1", 6443, "/x"}), *parse_server_url("https://[::1]:6443/x"));
  for (const char* url : {"", "https://", "https://:1", "https://a:0", "https://a:65536", "https://a:b", "ftp://a",
                          "https://u@a", "https://a?x", "https://a#x", "https://[::1", "https://::1", "https://a b",
                          "https://[::1]x", "https://a\r\nb"}) {
    EXPECT_FALSE(parse_server_url(url)) << url;
  }
}

TEST(ServerUrl, HostHeaderHasBracketsAndUnusualPorts) {
  EXPECT_EQ("a", host_header(*parse_server_url("https://a:443")));
  EXPECT_EQ("a:443", host_header(*parse_server_url("http://a:443")));
  EXPECT_EQ("[::1]:6443", host_header(*parse_server_url("https://[::1]:6443")));
}

}  // namespace
}  // namespace basalt::kube
