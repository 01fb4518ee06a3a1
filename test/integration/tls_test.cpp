#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "integration/certificates.hpp"
#include "integration/libraries.hpp"
#include "integration/scripted_server.hpp"
#include "kube/base64.hpp"
#include "kube/connect.hpp"
#include "kube/kubeconfig.hpp"

namespace basalt::kube {
namespace {

using basalt::testing::Exchange;
using basalt::testing::Identity;
using basalt::testing::issue;
using basalt::testing::kDeadline;
using basalt::testing::make_authority;
using basalt::testing::ScriptedServer;

class TlsOver : public ::testing::TestWithParam<HttpLibrary> {
 protected:
  static bool answer(Exchange& exchange) { return exchange.reply(200, "hello " + exchange.peer); }

  Result<HttpResponse> call(const ScriptedServer& server, const TlsSettings& tls,
                            const std::string& host = "127.0.0.1") {
    ServerAddress address = server.address();
    address.host = host;
    auto transport = make_backend(GetParam(), address, tls);
    if (!transport) return transport.error();
    return (*transport)->call({"GET", "/", {}, ""}, kDeadline, {});
  }
  TlsSettings trusting() const {
    TlsSettings tls;
    tls.authorities.text = authority_.certificate;
    return tls;
  }

  const Identity authority_ = make_authority("test authority");
  const Identity by_address_ = issue(authority_, "api", {"IP:127.0.0.1"});
  const Identity by_name_ = issue(authority_, "api", {"DNS:api.internal"});
};

INSTANTIATE_TEST_SUITE_P(Each, TlsOver, basalt::testing::kLibraries, basalt::testing::library_name);

TEST_P(TlsOver, AServerOfATrustedAuthorityIsBelieved) {
  ScriptedServer server(answer, ScriptedServer::Tls{by_address_});
  const auto response = call(server, trusting());
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ("hello ", response->body);
}

TEST_P(TlsOver, AServerOfAnotherAuthorityIsRefusedUnlessVerificationIsOff) {
  ScriptedServer server(answer, ScriptedServer::Tls{by_address_});
  TlsSettings tls;
  tls.authorities.text = make_authority("somebody else").certificate;
  const auto refused = call(server, tls);
  ASSERT_FALSE(refused);
  EXPECT_EQ(ErrorCode::refused, refused.error().code) << refused.error().message;
  EXPECT_EQ(ErrorCode::refused, call(server, TlsSettings{}).error().code);  // the system's roots
  tls = TlsSettings{};
  tls.verify = false;
  EXPECT_TRUE(call(server, tls));
}

TEST_P(TlsOver, TheCertificateMustNameTheServer) {
  ScriptedServer server(answer, ScriptedServer::Tls{by_name_});
  const auto refused = call(server, trusting());
  ASSERT_FALSE(refused);
  EXPECT_EQ(ErrorCode::refused, refused.error().code);
  EXPECT_NE(std::string::npos, refused.error().message.find("mismatch")) << refused.error().message;
  EXPECT_EQ(ErrorCode::refused, call(server, trusting(), "localhost").error().code);
}

TEST_P(TlsOver, AServerNameMayBeGiven) {
  ScriptedServer server(answer, ScriptedServer::Tls{by_name_});
  TlsSettings tls = trusting();
  tls.server_name = "api.internal";
  const auto response = call(server, tls);
  ASSERT_TRUE(response) << response.error().message;
  tls.server_name = "api.external";
  EXPECT_FALSE(call(server, tls));
}

TEST_P(TlsOver, AClientCertificateIsShown) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    ScriptedServer server(answer, ScriptedServer::Tls{by_address_, authority_.certificate, version});
    const Identity client = issue(authority_, "scheduler", {});
    TlsSettings tls = trusting();
    tls.certificate.text = client.certificate;
    tls.key.text = client.key;
    const auto response = call(server, tls);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ("hello scheduler", response->body);

    const auto without = call(server, trusting());
    ASSERT_FALSE(without);
    EXPECT_EQ(ErrorCode::refused, without.error().code) << version << ": " << without.error().message;
  }
}

TEST_P(TlsOver, TheNameOnACertificateWithoutAlternativesDoesNotCount) {
  const Identity old_style = issue(authority_, "localhost", {});
  ScriptedServer server(answer, ScriptedServer::Tls{old_style});
  TlsSettings tls = trusting();
  tls.server_name = "elsewhere";
  EXPECT_EQ(ErrorCode::refused, call(server, tls, "localhost").error().code);
}

TEST_P(TlsOver, KeptConnectionsAndStreamsAreSecureToo) {
  ScriptedServer server(
      [](Exchange& exchange) {
        if (exchange.path != "/watch") return exchange.reply(200, std::to_string(exchange.connection));
        return exchange.begin_stream() && exchange.chunk("a") && exchange.chunk("b") && exchange.end_stream();
      },
      ScriptedServer::Tls{by_address_});
  auto transport = make_backend(GetParam(), server.address(), trusting());
  ASSERT_TRUE(transport);
  for (int i = 0; i < 3; ++i) EXPECT_EQ("1", (*transport)->call({"POST", "/", {}, "{}"}, kDeadline, {})->body);
  class Collect final : public StreamReceiver {
   public:
    bool on_open(const HttpResponse&) override { return true; }
    bool on_bytes(std::string_view bytes) override {
      body += bytes;
      return true;
    }
    std::string body;
  } collect;
  const auto end = (*transport)->stream({"GET", "/watch", {}, ""}, {}, collect, {});
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(StreamEndReason::finished, end->reason) << end->message;
  EXPECT_EQ("ab", collect.body);
}

TEST_P(TlsOver, VersionsBeforeTls12AreRefused) {
  ScriptedServer server(answer, ScriptedServer::Tls{by_address_, "", TLS1_1_VERSION});
  EXPECT_FALSE(call(server, trusting()));
}

TEST_P(TlsOver, MaterialThatIsNoPemIsInvalidAndNamesItsPlace) {
  const ServerAddress address{true, "127.0.0.1", 1, ""};
  const auto message = [&](const TlsSettings& tls) {
    const auto transport = make_backend(GetParam(), address, tls);
    return transport ? "accepted" : transport.error().message;
  };
  TlsSettings tls;
  tls.authorities.file = "/no/such/ca.crt";
  EXPECT_EQ("TLS certificate authorities from file /no/such/ca.crt: cannot be opened", message(tls));
  tls.authorities = {"rubbish", ""};
  EXPECT_EQ("TLS certificate authorities from the given PEM text: no certificate found, expected PEM", message(tls));
  tls = trusting();
  tls.certificate.text = by_name_.certificate;
  EXPECT_EQ("TLS client certificate and key: expected both or neither", message(tls));
  tls.key.text = "rubbish";
  EXPECT_TRUE(message(tls).starts_with("TLS client key from the given PEM text: no usable key")) << message(tls);
  tls.key.text = by_address_.key;
  EXPECT_TRUE(message(tls).starts_with("TLS client key from the given PEM text: does not belong to the certificate"));
  tls.certificate.text = "rubbish";
  EXPECT_TRUE(message(tls).starts_with("TLS client certificate from the given PEM text: no usable certificate"));
}

TEST_P(TlsOver, AKubeconfigLeadsToTheServer) {
  ScriptedServer server(
      [](Exchange& exchange) {
        return exchange.reply(200, exchange.headers["user-agent"] + ", " + exchange.headers["authorization"]);
      },
      ScriptedServer::Tls{by_address_});
  const auto folder = std::filesystem::temp_directory_path() / ("basalt-tls-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto file = folder / "config";
  std::ofstream(file) << "clusters: [{name: c, cluster: {server: 'https://127.0.0.1:" << server.port()
                      << "', certificate-authority-data: " << encode_base64(authority_.certificate) << "}}]\n"
                      << "users: [{name: u, user: {token: secret}}]\n"
                      << "contexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n";
  const auto access = load_kubeconfig({&file, 1}, "");
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(access) << access.error().message;
  const SystemClock clock;
  const auto transport = make_transport(*access, {}, user_agent("1.2.3"), clock, GetParam());
  ASSERT_TRUE(transport) << transport.error().message;
  const auto response = (*transport)->call({"GET", "/", {}, ""}, kDeadline, {});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ("basalt-scheduler/1.2.3 (linux/amd64), Bearer secret", response->body);
}

}  // namespace
}  // namespace basalt::kube
